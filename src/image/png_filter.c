/* Knows the PNG row filters and how one is chosen. */
#include "image/png_filter.h"

#include <stdlib.h>
#include <string.h>

enum { NONE, SUB, UP, AVERAGE, PAETH, N_FILTERS };

static uint8_t paeth(uint8_t left, uint8_t up, uint8_t corner)
{
    const int to_left = abs(up - corner), to_up = abs(left - corner);
    const int to_corner = abs(left + up - 2 * corner);
    const uint8_t vertical = to_up <= to_corner ? up : corner;

    return to_left <= to_up && to_left <= to_corner ? left : vertical;
}

/* One filter over bytes i of the row; bytes left of the first pixel are 0. */
static void apply(int filter, const uint8_t *row, const uint8_t *above, size_t n, size_t bpp,
                  uint8_t *restrict out)
{
    for (size_t i = 0; i < bpp && i < n; i++) {
        const uint8_t guess[N_FILTERS] = { 0, 0, above[i], (uint8_t)(above[i] / 2), above[i] };

        out[i] = (uint8_t)(row[i] - guess[filter]);
    }
    switch (filter) {
    case NONE: memcpy(out, row, n); return;
    case SUB:
        for (size_t i = bpp; i < n; i++)
            out[i] = (uint8_t)(row[i] - row[i - bpp]);
        return;
    case UP:
        for (size_t i = bpp; i < n; i++)
            out[i] = (uint8_t)(row[i] - above[i]);
        return;
    case AVERAGE:
        for (size_t i = bpp; i < n; i++)
            out[i] = (uint8_t)(row[i] - ((row[i - bpp] + above[i]) >> 1));
        return;
    case PAETH:
        for (size_t i = bpp; i < n; i++)
            out[i] = (uint8_t)(row[i] - paeth(row[i - bpp], above[i], above[i - bpp]));
        return;
    }
}

/* Sum of the bytes as signed magnitudes: small when the filter predicts well. */
static uint64_t cost(const uint8_t *bytes, size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (uint64_t)abs((int8_t)bytes[i]);
    return sum;
}

void bci_filter_row(const uint8_t *row, const uint8_t *above, size_t n, size_t pixel_bytes,
                    uint8_t *out, uint8_t *scratch)
{
    uint64_t best = UINT64_MAX;

    for (int filter = NONE; filter < N_FILTERS; filter++) {
        apply(filter, row, above, n, pixel_bytes, scratch);
        const uint64_t c = cost(scratch, n);

        if (c >= best)
            continue;
        best = c;
        out[0] = (uint8_t)filter;
        memcpy(out + 1, scratch, n);
    }
}
