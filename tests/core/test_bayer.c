/* Ordered dither: the matrices of Bayer, ICC 1973, as printed in the literature. */
#include <string.h>

#include "bitcrush/noise.h"
#include "bitcrush/quantize.h"
#include "grids.h"

static const int bayer2[2][2] = { { 0, 2 }, { 3, 1 } };
static const int bayer4[4][4] = {
    { 0, 8, 2, 10 }, { 12, 4, 14, 6 }, { 3, 11, 1, 9 }, { 15, 7, 13, 5 }
};
static const int bayer8[8][8] = {
    { 0, 32, 8, 40, 2, 34, 10, 42 },  { 48, 16, 56, 24, 50, 18, 58, 26 },
    { 12, 44, 4, 36, 14, 46, 6, 38 }, { 60, 28, 52, 20, 62, 30, 54, 22 },
    { 3, 35, 11, 43, 1, 33, 9, 41 },  { 51, 19, 59, 27, 49, 17, 57, 25 },
    { 15, 47, 7, 39, 13, 45, 5, 37 }, { 63, 31, 55, 23, 61, 29, 53, 21 },
};

static void compare(const char *name, uint32_t side, const int *matrix)
{
    const bc_noise *kind = bc_noise_find(name);

    assert_non_null(kind);
    for (uint32_t y = 0; y < side; y++) {
        float row[8];

        bc_noise_fill_row(kind, 0, 0, side, 0, y, row, side);
        for (uint32_t x = 0; x < side; x++) {
            const double cells = (double)side * side;

            EXPECT_NEAR((double)row[x], 0.5 - (matrix[y * side + x] + 0.5) / cells, 0.0,
                        "%s: column %u, line %u", name, x, y);
        }
    }
}

static void printed_matrices(void **state)
{
    (void)state;
    compare("bayer2", 2, &bayer2[0][0]);
    compare("bayer4", 4, &bayer4[0][0]);
    compare("bayer8", 8, &bayer8[0][0]);
}

/* Over the tile: each threshold 1/2 - (M + 1/2) / n^2 once, mean 0, and the variance of n^2
 * equal steps, (1 - 1 / n^4) / 12. */
static void whole_tiles(void **state)
{
    const bc_noise *row;
    const size_t n_rows = bc_noise_rows(&row);
    int n_masks = 0;

    (void)state;
    for (size_t k = 0; k < n_rows; k++, row++) {
        if (row->form != BC_NOISE_BAYER)
            continue;
        const uint32_t side = row->mask_side;
        const double cells = (double)side * side;
        static bool seen[64 * 64];
        double sum = 0.0, sum2 = 0.0;

        assert_true(side <= 64);
        memset(seen, 0, sizeof seen);
        for (uint32_t y = 0; y < side; y++) {
            float line[64];

            bc_noise_fill_row(row, 1, 2, side, 0, y, line, side);
            for (uint32_t x = 0; x < side; x++) {
                const double rank = (0.5 - (double)line[x]) * cells - 0.5;

                EXPECT(rank == floor(rank) && rank >= 0 && rank < cells && !seen[(int)rank],
                       "%s: rank %g at column %u, line %u", row->name, rank, x, y);
                seen[(int)rank] = true;
                sum += (double)line[x];
                sum2 += (double)line[x] * (double)line[x];
            }
        }
        EXPECT_NEAR(sum, 0.0, 0.0, "%s: sum", row->name);
        EXPECT_NEAR(sum2 / cells, (1.0 - 1.0 / (cells * cells)) / 12.0, 1e-15, "%s: variance",
                    row->name);
        EXPECT_NEAR(row->variance, sum2 / cells, 1e-15, "%s: variance of the row", row->name);
        n_masks++;
    }
    assert_int_equal(n_masks, 6);
}

/* A grey of g / n^2 lights exactly g of the n^2 pixels of a tile at one bit. */
static void greys_light_their_share(void **state)
{
    static const struct {
        const char *name;
        uint32_t side;
    } masks[] = { { "bayer2", 2 }, { "bayer4", 4 }, { "bayer8", 8 }, { "bayer16", 16 } };
    const bc_grid one_bit = grid_of("uniform1");

    (void)state;
    for (size_t m = 0; m < 4; m++) {
        const uint32_t side = masks[m].side, cells = side * side;

        for (uint32_t grey = 0; grey <= cells; grey++) {
            uint32_t lit = 0;

            for (uint32_t y = 0; y < side; y++) {
                float noise[16], x[16];
                int32_t codes[16];

                bc_noise_fill_row(bc_noise_find(masks[m].name), 0, 0, side, 0, y, noise, side);
                for (uint32_t i = 0; i < side; i++)
                    x[i] = (float)grey / (float)cells;
                bc_quantize_f32(&one_bit, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, noise, side,
                                NULL, codes);
                for (uint32_t i = 0; i < side; i++)
                    lit += (uint32_t)codes[i];
            }
            EXPECT(lit == grey, "%s: grey %u of %u lights %u pixels", masks[m].name, grey, cells,
                   lit);
        }
    }
}

/* The tile repeats in both directions, from any place. */
static void tiles_repeat(void **state)
{
    const bc_noise *kind = bc_noise_find("bayer8");
    float first[40], moved[40];

    (void)state;
    for (uint32_t y = 0; y < 8; y++) {
        bc_noise_fill_row(kind, 0, 0, 1000, 0, y, first, 40);
        bc_noise_fill_row(kind, 0, 0, 1000, 16, y + 800, moved, 40);
        for (size_t i = 0; i < 40; i++)
            EXPECT(first[i] == moved[i] && first[i] == first[i % 8], "line %u, column %zu", y, i);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the matrices of 2, 4 and 8 are the printed ones", printed_matrices),
        SENTENCE("every tile holds each threshold once and has mean 0", whole_tiles),
        SENTENCE("a grey lights its share of a tile", greys_light_their_share),
        SENTENCE("tiles repeat in both directions", tiles_repeat),
    };

    return cmocka_run_group_tests_name("Bayer", tests, NULL, NULL);
}
