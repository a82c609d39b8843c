/* Knows how a picture in memory becomes the bytes of a file. */
#include <stdlib.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "image/codec.h"

static bc_status write_rows(bci_image_writer *w, const uint8_t *samples, bc_error *err)
{
    const size_t n = (size_t)w->picture.width * w->picture.n_channels;
    uint16_t *row = malloc(n * sizeof *row);
    bc_status st = row ? w->codec->begin(w, err)
                       : bci_fail(err, BC_E_LIMIT, "out of memory for a row of a picture");

    for (uint32_t y = 0; !st && y < w->picture.height; y++, samples += n) {
        for (size_t i = 0; i < n; i++)
            row[i] = samples[i];
        st = w->codec->write(w, row, 1, err);
    }
    if (!st)
        st = w->codec->finish(w, err);
    if (row)
        w->codec->abandon(w);
    free(row);
    return st;
}

bc_status bc_image_encode(const uint8_t *samples, uint32_t width, uint32_t height,
                          uint32_t n_channels, uint8_t **out, size_t *size, bc_error *err)
{
    bci_bytes bytes = { 0 };
    bci_image_writer w = { .codec = bci_image_codec_named("png"),
                           .picture = { .width = width,
                                        .height = height,
                                        .n_channels = n_channels,
                                        .has_alpha = n_channels % 2 == 0,
                                        .bits = 8,
                                        .channel_bits = { 8, 8, 8 },
                                        .alpha_maxval = 255,
                                        .effort = 9,
                                        .path = "-" } };
    bc_status st;

    if (!w.codec || !w.codec->begin)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "pictures cannot be encoded: this build has no PNG, expected one with "
                        "libpng");
    st = bci_sink_open_memory(&bytes, &w.sink, err);
    if (!st)
        st = write_rows(&w, samples, err);
    if (!st)
        st = bci_sink_commit(w.sink, err);
    bci_sink_free(w.sink);
    if (st) {
        bci_bytes_free(&bytes);
        return st;
    }
    *out = bytes.data;
    *size = bytes.n;
    return BC_OK;
}
