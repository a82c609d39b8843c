/* PNG row filters against the reconstruction functions of the PNG specification, clause 9. */
#include <stdlib.h>
#include <string.h>

#include "../core/bits.h"
#include "../core/expect.h"
#include "image/png_filter.h"

enum { MOST = 400 };

static int paeth(int a, int b, int c)
{
    const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* Recon(x) = Filt(x) + what the filter type predicts from the bytes before and above. */
static void reconstruct(int type, const uint8_t *filtered, const uint8_t *above, size_t n,
                        size_t bpp, uint8_t *row)
{
    for (size_t i = 0; i < n; i++) {
        const int a = i >= bpp ? row[i - bpp] : 0, b = above[i];
        const int c = i >= bpp ? above[i - bpp] : 0;
        const int predicted[] = { 0, a, b, (a + b) / 2, paeth(a, b, c) };

        row[i] = (uint8_t)(filtered[i] + predicted[type]);
    }
}

/* Rows of several natures; `above` is the row before, of the same. */
static uint8_t byte_of(int nature, size_t i, size_t y, size_t bpp, uint64_t *seed)
{
    const uint8_t random = (uint8_t)(random_bits(seed) >> 56);
    const size_t x = i / bpp, c = i % bpp;

    switch (nature) {
    case 0: return random;
    case 1: return (uint8_t)(3 * x + 40 * c + 90 * y);        /* a ramp to the right */
    case 2: return (uint8_t)(x * x * 7 + 11 * c);             /* columns */
    case 3: return (uint8_t)(2 * x + 5 * y + c + random % 3); /* a noisy slope */
    case 4: return (uint8_t)(x * x * 7 + 60 * y + 11 * c);    /* columns, other level */
    case 5: return (uint8_t)(y * 9 + c);                      /* flat */
    default: return (uint8_t)(random % 2 * 255);              /* the ends of the range */
    }
}

static void reconstruction(void **state)
{
    static const size_t widths[] = { 1, 2, 3, 17, 48 };
    int n_used[5] = { 0 };
    uint64_t seed = 5;

    (void)state;
    for (size_t bpp = 1; bpp <= 8; bpp++) {
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            for (int nature = 0; nature < 7; nature++) {
                const size_t n = bpp * widths[w];
                uint8_t above[MOST] = { 0 }, row[MOST], out[MOST + 1], scratch[MOST], back[MOST];

                for (size_t y = 0; y < 4; y++) {
                    for (size_t i = 0; i < n; i++)
                        row[i] = byte_of(nature, i, y, bpp, &seed);
                    bci_filter_row(row, above, n, bpp, out, scratch);
                    EXPECT(out[0] < 5, "filter type %d", out[0]);
                    n_used[out[0]]++;
                    reconstruct(out[0], out + 1, above, n, bpp, back);
                    EXPECT(memcmp(row, back, n) == 0,
                           "filter type %d of nature %d, %zu pixels of %zu bytes, row %zu", out[0],
                           nature, widths[w], bpp, y);
                    memcpy(above, row, n);
                }
            }
        }
    }
    for (int type = 0; type < 5; type++)
        EXPECT(n_used[type] > 0, "filter type %d was never chosen", type);
}

/* The filter is the one with the smallest sum of magnitudes, the first of equals. */
static void choice(void **state)
{
    static const struct {
        const char *row, *above;
        int type;
    } rows[] = {
        { "\0\0\0\0\0\0", "\0\0\0\0\0\0", 0 },
        { "\x50\x51\x52\x53\x54\x55", "\0\0\0\0\0\0", 1 },
        { "\x10\x90\x20\xa0\x30\xb0", "\x10\x90\x20\xa0\x30\xb0", 2 },
        { "\x01\xff\x01\xff\x01\xff", "\x70\x10\x70\x10\x70\x10", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t out[7], scratch[6];

        bci_filter_row((const uint8_t *)rows[i].row, (const uint8_t *)rows[i].above, 6, 1, out,
                       scratch);
        EXPECT(out[0] == rows[i].type, "row %zu: filter type %d, expected %d", i, out[0],
               rows[i].type);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every filter is undone by the functions of the specification", reconstruction),
        SENTENCE("the filter with the smallest sum is chosen", choice),
    };

    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
