/* Knows how samples in memory become the bytes of a file. */
#include <math.h>
#include <stdlib.h>

#include "audio/sound_heads.h"
#include "base/fail.h"
#include "bitcrush/quantize.h"

enum { STRIP = 1024 };

/* n frames from `first` on, n <= STRIP. */
static void put_frames(bci_bytes *to, const double *const *planes, size_t first, size_t n,
                       uint32_t n_channels, const bc_grid *grid, int32_t **codes)
{
    const bc_scale scale = BC_SCALE_IDENTITY;
    const size_t at = to->n;

    for (uint32_t c = 0; c < n_channels; c++)
        bc_quantize_f64(grid, &scale, BC_ROUND_NEAREST, planes[c] + first, NULL, n, NULL, codes[c]);
    bci_bytes_put(to, NULL, n * n_channels * (size_t)grid->bits / 8);
    if (!to->is_short)
        bc_pcm_pack(grid->bits == 16 ? BC_SAMPLE_S16LE : BC_SAMPLE_S24LE,
                    (const int32_t *const *)codes, 0, n, n_channels, to->data + at);
}

bc_status bc_audio_encode(const double *const *planes, size_t n_frames, uint32_t n_channels,
                          uint32_t rate_hz, int bits, uint8_t **out, size_t *size, bc_error *err)
{
    const bci_sound_row *row = bci_sound_row_named("wav");
    const bci_sound_shape shape = { .encoding = BC_ENCODING_PCM,
                                    .container_bits = bits,
                                    .valid_bits = bits,
                                    .rate_hz = rate_hz,
                                    .n_channels = n_channels,
                                    .n_frames = n_frames,
                                    .has_short_fmt = true };
    int32_t **codes = malloc(n_channels * sizeof *codes);
    int32_t *memory = malloc((size_t)n_channels * STRIP * sizeof *memory);
    bci_bytes bytes = { 0 };
    bc_grid grid;
    bc_status st = bc_grid_pcm(bits, &grid, err);

    if (!st && codes && memory) {
        for (uint32_t c = 0; c < n_channels; c++)
            codes[c] = memory + (size_t)c * STRIP;
        row->head(&shape, &(bci_bytes){ 0 }, &bytes);
        for (size_t i = 0; i < n_frames; i += STRIP)
            put_frames(&bytes, planes, i, n_frames - i < STRIP ? n_frames - i : STRIP, n_channels,
                       &grid, codes);
        bci_bytes_put(&bytes, NULL, bytes.n % 2);
    }
    if (!st && (!codes || !memory || bytes.is_short))
        st = bci_fail(err, BC_E_LIMIT, "out of memory for a sound");
    free(codes);
    free(memory);
    if (st) {
        bci_bytes_free(&bytes);
        return st;
    }
    *out = bytes.data;
    *size = bytes.n;
    return BC_OK;
}
