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
            bc_diffuser_new(bc_diffusion_find(name), &g, BC_SCAN_RASTER, 1.0, 5, 1, &d, &err),
            BC_OK);
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
        const char *kernel = published[i].kernel;
        const int level = published[i].level;
        const double right = received(kernel, level, 1, 0);
        const double below_left = received(kernel, level, -1, 1);

        /* Half a unit of float at 0.5 over the smallest tone, and six printed digits. What the
         * pixel below gets comes in part by way of the one to the right: the sums say that of
         * it. */
        const double tolerance = 2e-6 + 4e-8 * 255.0 / (level + 0.5);

        EXPECT(fabs(right - published[i].right) < tolerance, "%s, level %d: right %.6f, not %.6f",
               kernel, level, right, published[i].right);
        EXPECT(fabs(below_left - published[i].below_left) < tolerance,
               "%s, level %d: below left %.6f, not %.6f", kernel, level, below_left,
               published[i].below_left);
        EXPECT(fabs(published[i].right + published[i].below_left + published[i].below - 1.0) < 2e-6,
               "%s, level %d: %.6f in all", kernel, level,
               published[i].right + published[i].below_left + published[i].below);
    }
}

/* The fourth column of the table in the author's program (Ostromoukhov, varcoeffED.c, version 1 of
 * August 2001): what the three weights of a level sum to. */
static const int ostromoukhov_sums[128] = {
    18,  18,  31,  11,  13,  78,  39,  26,  39,  78,  13,  936, 468, 312, 234, 936, 156, 936, 117,
    104, 468, 936, 6,   924, 77,  924, 462, 308, 231, 132, 154, 924, 231, 28,  462, 924, 11,  616,
    308, 616, 154, 616, 28,  88,  77,  616, 308, 616, 154, 616, 44,  616, 77,  56,  308, 616, 154,
    88,  308, 616, 77,  616, 308, 616, 2,   208, 104, 208, 52,  208, 104, 208, 13,  390, 195, 130,
    195, 6,   6,   6,   6,   6,   6,   6,   6,   6,   100, 150, 300, 50,  60,  150, 100, 150, 300,
    10,  10,  10,  10,  10,  10,  10,  10,  10,  10,  10,  10,  10,  600, 300, 200, 150, 120, 100,
    600, 150, 200, 60,  600, 50,  600, 300, 40,  150, 600, 100, 600, 6,
};

static void weights_of(const bc_diffusion_key *key, int64_t out[4])
{
    out[0] = key->right;
    out[1] = key->below_left;
    out[2] = key->below;
    out[3] = out[0] + out[1] + out[2];
}

/* The row of a level. Levels without one lie between two rows of the same weights. */
static const bc_diffusion_key *row_at(const bc_diffusion *k, int level)
{
    size_t i = 0;

    while (i + 1 < k->n_keys && k->keys[i + 1].level <= level)
        i++;
    return &k->keys[i];
}

static void sums_are_published(void **state)
{
    const bc_diffusion *k = bc_diffusion_find("ostromoukhov");

    (void)state;
    for (int level = 0; level < 128; level++) {
        int64_t w[4];

        weights_of(row_at(k, level), w);
        EXPECT(w[3] == ostromoukhov_sums[level], "level %d: weights sum to %d, not %d", level,
               (int)w[3], ostromoukhov_sums[level]);
    }
}

/* Between the levels that Ostromoukhov optimised, his shares lie on straight lines: exactly, as
 * fractions. So each row is known from the two at the ends of its line; those at the ends have two
 * lines, or are typed above. */
static void shares_lie_on_lines(void **state)
{
    static const int ends[] = { 4, 10, 22, 36, 64, 72, 77, 85, 95, 107, 127 };
    const bc_diffusion *k = bc_diffusion_find("ostromoukhov");

    (void)state;
    for (size_t i = 0; i + 1 < sizeof ends / sizeof *ends; i++)
        for (int level = ends[i] + 1; level < ends[i + 1]; level++) {
            const int64_t from = ends[i], to = ends[i + 1];
            int64_t a[4], b[4], w[4];

            weights_of(row_at(k, (int)from), a);
            weights_of(row_at(k, (int)to), b);
            weights_of(row_at(k, level), w);
            for (int j = 0; j < 3;
                 j++) /* w / W = (a / A (to - l) + b / B (l - from)) / (to - from) */
                EXPECT(w[j] * a[3] * b[3] * (to - from) ==
                           w[3] * (a[j] * b[3] * (to - level) + b[j] * a[3] * (level - from)),
                       "level %d: weight %d is off the line from %d to %d", level, j, (int)from,
                       (int)to);
        }
}

/* Zhou and Fang's rows as their own program has them (tmed.cpp, 25 April 2003), with the shares
 * that stand beside them there. */
static const struct {
    int level;
    int64_t weights[3];
    double shares[3];
} zhou_fang[] = {
    { 0, { 13, 0, 5 }, { 0.722222, 0.000000, 0.277778 } },
    { 1, { 1300249, 0, 499250 }, { 0.722562, 0.000000, 0.277438 } },
    { 2, { 214114, 287, 99357 }, { 0.682418, 0.000915, 0.316668 } },
    { 3, { 351854, 0, 199965 }, { 0.637626, 0.000000, 0.362374 } },
    { 4, { 801100, 0, 490999 }, { 0.619999, 0.000000, 0.380001 } },
    { 10, { 704075, 297466, 303694 }, { 0.539424, 0.227902, 0.232674 } },
    { 22, { 46613, 31917, 21469 }, { 0.466135, 0.319173, 0.214692 } },
    { 32, { 47482, 30617, 21900 }, { 0.474825, 0.306173, 0.219002 } },
    { 44, { 43024, 42131, 14826 }, { 0.430322, 0.421390, 0.148288 } },
    { 64, { 36411, 43219, 20369 }, { 0.364114, 0.432194, 0.203692 } },
    { 72, { 38477, 53843, 7678 }, { 0.384778, 0.538441, 0.076782 } },
    { 77, { 40503, 51547, 7948 }, { 0.405038, 0.515480, 0.079482 } },
    { 85, { 35865, 34108, 30026 }, { 0.358654, 0.341083, 0.300263 } },
    { 95, { 34117, 36899, 28983 }, { 0.341173, 0.368994, 0.289833 } },
    { 102, { 35132, 36059, 28807 }, { 0.351327, 0.360597, 0.288076 } },
    { 107, { 16477, 18810, 14712 }, { 0.329547, 0.376208, 0.294246 } },
    { 112, { 33360, 37954, 28685 }, { 0.333603, 0.379544, 0.286853 } },
    { 127, { 35269, 36066, 28664 }, { 0.352694, 0.360664, 0.286643 } },
};

static void zhou_fang_is_published(void **state)
{
    const bc_diffusion *k = bc_diffusion_find("zhou-fang");
    static const bc_diffusion_modulation modulations[] = {
        { 0, 0 },    { 44, 34 },  { 64, 50 },  { 85, 100 },  { 95, 17 },
        { 102, 50 }, { 107, 70 }, { 112, 79 }, { 127, 100 },
    };

    (void)state;
    assert_int_equal(k->n_keys, sizeof zhou_fang / sizeof *zhou_fang);
    for (size_t i = 0; i < k->n_keys; i++) {
        int64_t w[4];

        weights_of(&k->keys[i], w);
        EXPECT(k->keys[i].level == zhou_fang[i].level, "row %zu is for level %d, not %d", i,
               k->keys[i].level, zhou_fang[i].level);
        for (int j = 0; j < 3; j++) {
            EXPECT(w[j] == zhou_fang[i].weights[j], "level %d: weight %d is %d", zhou_fang[i].level,
                   j, (int)w[j]);
            /* Six digits, of which the last is cut off here and rounded there. */
            EXPECT_NEAR((double)w[j] / (double)w[3], zhou_fang[i].shares[j], 1.01e-6,
                        "level %d: share %d", zhou_fang[i].level, j);
        }
    }
    assert_int_equal(k->n_modulations, sizeof modulations / sizeof *modulations);
    for (size_t i = 0; i < k->n_modulations; i++)
        EXPECT(k->modulations[i].level == modulations[i].level &&
                   k->modulations[i].percent == modulations[i].percent,
               "modulation %zu is %d %% at level %d", i, k->modulations[i].percent,
               k->modulations[i].level);
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

                assert_int_equal(bc_diffuser_new(bc_diffusion_find(names[k]), &g,
                                                 BC_SCAN_SERPENTINE, 1.0, WIDTH, 1, &d, &err),
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
    const bc_diffusion *rows;
    const size_t n = bc_diffusion_rows(&rows);

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
    const bc_diffusion *arce = bc_diffusion_find("stevenson-arce");

    assert_int_equal(arce->divisor, 200);
    assert_int_equal(bc_diffusion_find("atkinson")->divisor, 8);
    assert_int_equal(bc_diffusion_find("atkinson")->n_taps, 6);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("shares by tone are the published ones", shares_are_published),
        SENTENCE("Ostromoukhov's rows have the published sums", sums_are_published),
        SENTENCE("between key levels his shares lie on straight lines", shares_lie_on_lines),
        SENTENCE("Zhou and Fang's rows are those of their program", zhou_fang_is_published),
        SENTENCE("flat greys keep their mean at 1 to 4 bits", means_are_kept),
        SENTENCE("only Atkinson loses light", sums_are_declared),
    };

    return cmocka_run_group_tests_name("tone kernels", tests, NULL, NULL);
}
