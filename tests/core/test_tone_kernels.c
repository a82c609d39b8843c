/* Kernels with weights by tone: the published rows, and what they are made for. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bitcrush/feedback.h"
#include "bitcrush/noise.h"
#include "expect.h"
#include "grids.h"

enum { WIDTH = 192, HEIGHT = 192, LINE = WIDTH };

/* Rows printed in Ostromoukhov 2001 and key rows of Zhou and Fang 2003: shares of right, below
 * left and below. */
static const struct {
    const char *kernel;
    int level;
    double right, below_left, below;
} published[] = {
    { "ostromoukhov", 0, 13.0 / 18, 0.0, 5.0 / 18 },
    { "ostromoukhov", 2, 21.0 / 31, 0.0, 10.0 / 31 },
    { "ostromoukhov", 3, 7.0 / 11, 0.0, 4.0 / 11 },
    { "ostromoukhov", 64, 0.5, 0.5, 0.0 },
    { "ostromoukhov", 80, 4.0 / 6, 1.0 / 6, 1.0 / 6 },
    { "ostromoukhov", 127, 4.0 / 6, 1.0 / 6, 1.0 / 6 },
    { "zhou-fang", 22, 0.466135, 0.319173, 0.214692 },
    { "zhou-fang", 85, 0.358654, 0.341083, 0.300263 },
    { "zhou-fang", 127, 0.352694, 0.360664, 0.286643 },
    /* Between keys, as the authors' program lists them. */
    { "zhou-fang", 7, 0.579712, 0.113951, 0.306337 },
    { "zhou-fang", 90, 0.349914, 0.355039, 0.295048 },
    { "zhou-fang", 120, 0.343785, 0.369475, 0.286741 },
};

/* The errors of one pixel of a tone, seen through the codes it tips: feed a line of that tone
 * and watch how much each neighbour needs to become 1. Bisection on the neighbour's value gives
 * the share it received. */
static double received(const char *name, int level, int dx, int dy)
{
    const bc_grid g = grid_of("uniform1");
    const float tone = (float)(((double)level + 0.5) / 255.0); /* the middle of the row's bin */
    double low = -1.0, high = 1.0;

    for (int i = 0; i < 30; i++) {
        const double middle = 0.5 * (low + high);
        float lines[2][5] = { { 0 }, { 0 } };
        uint16_t codes[5];
        bc_diffuser *d = NULL;
        bc_error err;

        lines[0][2] = tone;
        lines[dy][2 + dx] = (float)(0.5 - middle);
        assert_int_equal(
            bc_diffuser_new(bc_kernel_find(name), &g, BC_SCAN_RASTER, 1.0, 5, 1, &d, &err), BC_OK);
        bc_diffuse_row(d, lines[0], NULL, NULL, codes);
        if (dy == 1)
            bc_diffuse_row(d, lines[1], NULL, NULL, codes);
        bc_diffuser_free(d);
        if (codes[2 + dx]) /* it got more than the middle */
            low = middle;
        else
            high = middle;
    }
    return low / ((double)tone - (tone >= 0.5f)); /* of the error */
}

static void shares_are_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const double right = received(published[i].kernel, published[i].level, 1, 0);

        /* Half a unit of float at 0.5 over the smallest tone, and six printed digits. */
        const double tolerance = 2e-6 + 4e-8 * 255.0 / (published[i].level + 0.5);

        EXPECT(fabs(right - published[i].right) < tolerance, "%s, level %d: right %.6f, not %.6f",
               published[i].kernel, published[i].level, right, published[i].right);
    }
}

/* Mean of a flat grey over a whole picture, warmed up: nothing is lost on the way but what is
 * left below the last line, at most 1 step of 192 lines. */
static void means_are_kept(void **state)
{
    static const char *const names[] = { "ostromoukhov", "zhou-fang" };
    static float x[LINE], noise[LINE];
    static uint16_t codes[LINE];

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        for (int bits = 1; bits <= 4; bits++) {
            for (int tone = 1; tone < 16; tone++) {
                char grid[16];
                double sum = 0.0;
                bc_diffuser *d = NULL;
                bc_error err;

                snprintf(grid, sizeof grid, "uniform%d", bits);
                const bc_grid g = grid_of(grid);

                assert_int_equal(bc_diffuser_new(bc_kernel_find(names[k]), &g, BC_SCAN_SERPENTINE,
                                                 1.0, WIDTH, 1, &d, &err),
                                 BC_OK);
                for (int i = 0; i < WIDTH; i++)
                    x[i] = (float)tone / 16.0f;
                for (uint32_t y = 0; y < HEIGHT + 32; y++) {
                    bc_noise_fill_row(bc_noise_find("rpdf"), 1, 1, WIDTH, 0, y, noise, WIDTH);
                    bc_diffuse_row(d, x, k == 1 ? noise : NULL, NULL, codes);
                    for (int i = 0; y >= 32 && i < WIDTH; i++)
                        sum += bc_grid_value(&g, codes[i]);
                }
                bc_diffuser_free(d);
                EXPECT(fabs(sum / (WIDTH * HEIGHT) - tone / 16.0) < 1.0 / HEIGHT,
                       "%s, %d bits, tone %d/16: mean %.5f", names[k], bits, tone,
                       sum / (WIDTH * HEIGHT));
            }
        }
    }
}

/* Weights that do not sum to the divisor are declared; all others pass every error on. */
static void sums_are_declared(void **state)
{
    const bc_kernel *rows;
    const size_t n = bc_kernel_rows(&rows);

    (void)state;
    for (size_t k = 0; k < n; k++) {
        int sum = 0;

        for (int t = 0; t < rows[k].n_taps; t++)
            sum += rows[k].taps[t].weight;
        if (rows[k].keys)
            continue;
        EXPECT(sum == rows[k].divisor || strcmp(rows[k].name, "atkinson") == 0,
               "%s: weights sum to %d of %d", rows[k].name, sum, rows[k].divisor);
    }
    const bc_kernel *arce = bc_kernel_find("stevenson-arce");

    assert_int_equal(arce->divisor, 200);
    assert_int_equal(bc_kernel_find("atkinson")->divisor, 8);
    assert_int_equal(bc_kernel_find("atkinson")->n_taps, 6);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("shares by tone are the published ones", shares_are_published),
        SENTENCE("flat greys keep their mean at 1 to 4 bits", means_are_kept),
        SENTENCE("only Atkinson loses light", sums_are_declared),
    };

    return cmocka_run_group_tests_name("tone kernels", tests, NULL, NULL);
}
