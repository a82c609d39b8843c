/* Knows how a test decodes a picture with the code under test. */
#ifndef DECODE_H
#define DECODE_H

#include "../base/scratch_dir.h"
#include "bitcrush/image.h"

/* Decode the file in calls of `step` rows (0: all at once) to RGBA of 16 bits, which the caller
 * frees; NULL on failure. */
static inline uint16_t *decode_rgba(const char *path, uint32_t step, bc_image_info *info,
                                    bc_status *status, bc_error *err)
{
    bc_image_reader *r = NULL;
    uint16_t *rgba = NULL;
    uint8_t *rows = NULL;
    bc_status st = bc_image_open(path, &r, err);

    *status = st;
    if (st)
        return NULL;
    *info = *bc_image_get_info(r);

    const uint32_t n = info->n_channels, height = info->height;
    const size_t row_bytes = (size_t)info->width * n * (info->maxval > 255 ? 2 : 1);

    rows = malloc(row_bytes * height);
    assert_non_null(rows);
    for (uint32_t y = 0; y < height && !st;) {
        const uint32_t now = step && step < height - y ? step : height - y;

        st = bc_image_read(r, rows + y * row_bytes, now, err);
        y += now;
    }
    bc_image_reader_free(r);
    *status = st;
    if (!st) {
        const size_t n_pixels = (size_t)info->width * height;
        const uint32_t unit = 65535u / info->maxval, n_colours = n - info->has_alpha;

        rgba = malloc(n_pixels * 4 * sizeof *rgba);
        assert_non_null(rgba);
        for (size_t i = 0; i < n_pixels * 4; i++) {
            const size_t c = i % 4, colour = n_colours == 1 ? 0 : c;
            const size_t at = i / 4 * n + (c == 3 ? n - 1 : colour);
            const uint32_t v =
                info->maxval > 255 ? ((const uint16_t *)(const void *)rows)[at] : rows[at];

            rgba[i] = (uint16_t)(c == 3 && !info->has_alpha ? 65535u : v * unit);
        }
    }
    free(rows);
    return rgba;
}

#endif
