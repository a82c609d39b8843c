/* Knows whether samples lie on a grid already. */
#include "audio/exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/quantize.h"

enum { STRIP = 1024 };

/* Integers of no more bits than the grid's are marks of it, where 0 is one. */
static bool holds(const bc_audio_info *info, const bc_grid *grid, int bits)
{
    return !info->is_float && !info->is_lossy && bits > 0 && grid->family == BC_GRID_AFFINE &&
           grid->rise == 0.0 && grid->den >= (double)(UINT64_C(1) << (bits - 1)) &&
           bc_grid_levels(grid) == UINT64_C(1) << grid->bits;
}

/* What is not finite is no reason to change the other samples: it is refused, kept, or becomes a
 * mark. */
static bool is_on_grid(const bc_grid *grid, double *const *x, double *y, size_t n_frames,
                       size_t n_channels)
{
    const bc_scale scale = BC_SCALE_IDENTITY;

    for (size_t c = 0; c < n_channels; c++) {
        bc_quantize_f64(grid, &scale, BC_ROUND_NEAREST, x[c], NULL, n_frames, y, NULL);
        for (size_t i = 0; i < n_frames; i++)
            if (isfinite(x[c][i]) && !(y[i] == x[c][i]))
                return false;
    }
    return true;
}

static bc_status scan(bci_sound *s, const bc_grid *grid, bool *out, bc_error *err)
{
    const bc_audio_info *info = bci_sound_info(s);
    const size_t n = info->n_channels;
    void *raw = malloc(STRIP * bci_sound_frame_size(s));
    double *planes = malloc((n + 1) * STRIP * sizeof *planes);
    double **x = malloc(n * sizeof *x);
    bc_status st = BC_OK;
    bool is_exact = true;
    size_t got = 1;

    if (!raw || !planes || !x) {
        st =
            bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu channel(s)", bci_sound_name(s), n);
        goto done;
    }
    for (size_t c = 0; c < n; c++)
        x[c] = planes + c * STRIP;
    while (is_exact && got > 0) {
        st = bci_sound_read(s, raw, STRIP, &got, err);
        if (st)
            goto done;
        bc_pcm_unpack(info->layout, raw, got, n, x);
        is_exact = is_on_grid(grid, x, planes + n * STRIP, got, n);
    }
    *out = is_exact;
done:
    free(raw);
    free(planes);
    free(x);
    return st;
}

bc_status bci_sound_keeps_promise(const bci_sound *s, const bc_grid *grid, const void *raw,
                                  size_t n_frames, bc_error *err)
{
    const bc_audio_info *info = bci_sound_info(s);
    const size_t n = info->n_channels, frame = bci_sound_frame_size(s);
    double *planes = malloc((n + 1) * STRIP * sizeof *planes);
    double **x = malloc(n * sizeof *x);
    bool is_exact = planes && x;
    bc_status st = is_exact ? BC_OK
                            : bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu channel(s)",
                                       bci_sound_name(s), n);

    for (size_t c = 0; is_exact && c < n; c++)
        x[c] = planes + c * STRIP;
    for (size_t i = 0; is_exact && i < n_frames; i += STRIP) {
        const size_t m = n_frames - i < STRIP ? n_frames - i : STRIP;

        bc_pcm_unpack(info->layout, (const char *)raw + i * frame, m, n, x);
        is_exact = is_on_grid(grid, x, planes + n * STRIP, m, n);
    }
    if (!st && !is_exact)
        st =
            bci_fail(err, BC_E_FORMAT,
                     "%s: the header says %d valid bit(s) and samples use more, which a pipe shows "
                     "too late, expected a file, or a dither by name",
                     bci_sound_name(s), info->valid_bits);
    free(planes);
    free(x);
    return st;
}

bc_status bci_sound_is_exact(const bci_sound *s, const char *path, const bc_grid *grid, bool *out,
                             bool *is_promise, bc_error *err)
{
    bci_sound *again;
    bc_status st;

    const bc_audio_info *info = bci_sound_info(s);
    const bool is_pipe = strcmp(path, "-") == 0 || bci_sound_size(s) == 0;

    *out = holds(info, grid, info->container_bits);
    *is_promise = !*out && is_pipe && info->valid_bits && holds(info, grid, info->valid_bits);
    *out |= *is_promise;
    if (*out || is_pipe)
        return BC_OK;
    st = bci_sound_open(path, bci_sound_reading(s), &again, err);
    if (st)
        return st;
    st = scan(again, grid, out, err);
    bci_sound_free(again);
    return st;
}
