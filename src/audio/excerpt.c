/* Knows which samples of a sound are shown: a few periods where it is loudest. */
#include "audio/excerpt.h"

#include <stdlib.h>
#include <string.h>

#include "audio/soundfile.h"
#include "audio/zoom.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/pcm.h"

enum { BATCH = 4096 };

/* The first channel of frames, for which there is room. */
static void unpack_first(const bc_audio_info *info, const char *raw, size_t n, double *to,
                         double **planes, double *others)
{
    planes[0] = to;
    for (size_t c = 1; c < info->n_channels; c++)
        planes[c] = others;
    bc_pcm_unpack(info->layout, raw, n, info->n_channels, planes);
}

static bc_status walk(bci_sound *in, bci_zoom *z, bc_error *err)
{
    const bc_audio_info *info = bci_sound_info(in);
    const size_t channels = info->n_channels;
    char *raw = malloc(BATCH * channels * bc_sample_size(info->layout));
    double **planes = malloc(channels * sizeof *planes),
           *others = malloc(2 * BATCH * sizeof *others);
    double *own = others ? others + BATCH : NULL;
    bc_status st = raw && planes && others
                       ? BC_OK
                       : bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", channels);

    for (size_t got = 1; !st && got > 0;) {
        st = bci_sound_read(in, raw, BATCH, &got, err);
        if (st || got == 0)
            break;
        unpack_first(info, raw, got, own, planes, others);
        bci_zoom_add(z, own, NULL, got);
    }
    free(raw);
    free(planes);
    free(others);
    return st;
}

static bc_status take(bci_zoom *z, const char *path, double rate_hz, bc_excerpt *out, bc_error *err)
{
    const bci_zoomed part = bci_zoom_get(z, BC_EXCERPT_MOST);

    if (part.n == 0)
        return bci_fail(err, BC_E_UNSUPPORTED, "%s: no samples", path);
    memcpy(out->x, part.x, part.n * sizeof *part.x);
    out->n = part.n;
    out->scale = BC_SCALE_IDENTITY;
    out->along = "sample";
    out->values = "sample value";
    bci_format(out->what, sizeof out->what,
               "%zu sample(s) of the first channel where it is loudest, at %.1f s", out->n,
               (double)part.first / rate_hz);
    return bc_grid_pcm(3, &out->grid, err);
}

bc_status bci_audio_excerpt(const char *path, const bc_reading *reading, bc_excerpt *out,
                            bc_error *err)
{
    bci_zoom *z = NULL;
    bci_sound *in = NULL;
    bc_status st = bci_zoom_new(&z, err);

    if (!st)
        st = bci_sound_open(path, reading, &in, err);
    if (!st)
        st = walk(in, z, err);
    if (!st)
        st = take(z, path, bci_sound_info(in)->rate_hz, out, err);
    bci_sound_free(in);
    bci_zoom_free(z);
    return st;
}
