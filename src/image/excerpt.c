/* Knows which values of a picture are shown: where the row in its middle has the most to show. */
#include "image/excerpt.h"

#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/image.h"

enum { WIDTH = 96 };

/* Row y of an open picture. */
static bc_status read_row(bc_image_reader *r, uint32_t y, void *row, bc_error *err)
{
    bc_status st = BC_OK;

    for (uint32_t i = 0; !st && i <= y; i++)
        st = bc_image_read(r, row, 1, err);
    return st;
}

/* Pixel x of a row: green, or grey. */
static double value_at(const bc_image_info *info, const void *row, uint32_t x)
{
    const uint32_t channel = info->n_channels - info->has_alpha == 3 ? 1 : 0;
    const size_t at = (size_t)x * info->n_channels + channel;

    return (info->maxval > 255 ? ((const uint16_t *)row)[at] : ((const uint8_t *)row)[at]) /
           (double)info->maxval;
}

/* Where n pixels begin that span the most values. */
static uint32_t liveliest(const bc_image_info *info, const void *row, uint32_t n)
{
    uint32_t best = 0;
    double most = -1.0;

    for (uint32_t from = 0; from + n <= info->width; from += n / 4 + 1) {
        double low = 1.0, high = 0.0;

        for (uint32_t i = 0; i < n; i++) {
            low = fmin(low, value_at(info, row, from + i));
            high = fmax(high, value_at(info, row, from + i));
        }
        if (high - low > most) {
            most = high - low;
            best = from;
        }
    }
    return best;
}

static void take(const bc_image_info *info, const void *row, bc_excerpt *out)
{
    const uint32_t n = info->width < WIDTH ? info->width : WIDTH;
    const uint32_t from = liveliest(info, row, n);
    const bool has_colours = info->n_channels - info->has_alpha == 3;

    for (uint32_t i = 0; i < n; i++)
        out->x[i] = value_at(info, row, from + i);
    out->n = n;
    out->scale = BC_SCALE_IDENTITY;
    out->along = "pixel";
    out->values = "coded value";
    bci_format(out->what, sizeof out->what, "%s of %u neighbouring pixel(s), half way down",
               has_colours ? "green" : "grey", n);
}

bc_status bci_image_excerpt(const char *path, const bc_reading *reading, bc_excerpt *out,
                            bc_error *err)
{
    bc_image_reader *r = NULL;
    void *row = NULL;
    bc_status st = bc_image_open_with(path, reading, &r, err);

    if (!st) {
        const bc_image_info *info = bc_image_get_info(r);

        row = malloc((size_t)info->width * info->n_channels * sizeof(uint16_t));
        st = row ? read_row(r, info->height / 2, row, err)
                 : bci_fail(err, BC_E_LIMIT, "%s: out of memory for a row", path);
    }
    if (!st)
        st = bc_grid_uniform(3, &out->grid, err);
    if (!st)
        take(bc_image_get_info(r), row, out);
    free(row);
    bc_image_reader_free(r);
    return st;
}
