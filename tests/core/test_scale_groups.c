/* Scales of awkward groups: constant data, percentiles, strides; and how shapes fall into
 * groups. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/quantize.h"
#include "bits.h"
#include "grids.h"

enum { N = 37 };

static const double constants[] = { 0.0,      -0.0,      1.0,   -1.0,    0.1,
                                    -7.3,     1e-3,      3e38,  -3e38,   (double)FLT_MAX,
                                    0x1p-149, -0x1p-140, 1e-38, 65504.0, 1.0 / 3 };

/* clang-format off */
static const struct {
    const char *grid;
    bc_scale_method method;
    bool exact; /* else one unit in the last place: the end mark is not -1 or 1 */
} rows[] = {
    { "int8", BC_SCALE_ABSMAX, true },       { "int2", BC_SCALE_ABSMAX, true },
    { "int16", BC_SCALE_PERCENTILE, true },  { "pcm8", BC_SCALE_ABSMAX, false },
    { "pcm24", BC_SCALE_ABSMAX, false },     { "e2m1", BC_SCALE_ABSMAX, false },
    { "e4m3", BC_SCALE_PERCENTILE, false },  { "float16", BC_SCALE_ABSMAX, false },
    { "uniform1", BC_SCALE_MINMAX, true },   { "uniform8", BC_SCALE_MINMAX, true },
    { "pcm8", BC_SCALE_MINMAX, true },       { "int4", BC_SCALE_MINMAX, true },
    { "e2m1", BC_SCALE_MINMAX, true },       { "e4m3", BC_SCALE_MINMAX, true },
    { "uint1", BC_SCALE_ZERO_POINT, true },  { "uint4", BC_SCALE_ZERO_POINT, true },
    { "uint8", BC_SCALE_ZERO_POINT, true },  { "uniform16", BC_SCALE_ZERO_POINT, true },
};
/* clang-format on */

/* Groups whose samples all are c come back as c. */
static void constant_groups(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const bc_grid g = grid_of(rows[r].grid);

        for (size_t k = 0; k < sizeof constants / sizeof *constants; k++) {
            const float c = (float)constants[k];
            const double ulp =
                rows[r].exact ? 0.0 : (double)(nextafterf(fabsf(c), INFINITY) - fabsf(c));
            double x[N], y[N], scratch[N];
            float narrow[N], narrow_y[N];
            bc_scale s;

            for (size_t i = 0; i < N; i++)
                x[i] = (double)(narrow[i] = c);
            EXPECT(bc_scale_fit_f64(rows[r].method, 50.0, &g, x, N, 1, scratch, &s, NULL) == BC_OK,
                   "row %zu", r);
            bc_quantize_f64(&g, &s, BC_ROUND_NEAREST, x, NULL, N, y, NULL);
            EXPECT(bc_scale_fit_f32(rows[r].method, 50.0, &g, narrow, N, 1, scratch, &s, NULL) ==
                       BC_OK,
                   "row %zu", r);
            bc_quantize_f32(&g, &s, BC_ROUND_NEAREST, narrow, NULL, N, narrow_y, NULL);
            for (size_t i = 0; i < N; i++) {
                EXPECT_NEAR(y[i], x[i], ulp * 0x1p-29, "%s, method %d, f64, all %g", rows[r].grid,
                            (int)rows[r].method, (double)c);
                EXPECT_NEAR((double)narrow_y[i], x[i], ulp, "%s, method %d, f32, all %g",
                            rows[r].grid, (int)rows[r].method, (double)c);
            }
        }
    }
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts the magnitudes of the finite samples; returns how many there are. */
static size_t sort_magnitudes(const double *x, size_t n, double *magnitudes)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i]))
            magnitudes[kept++] = fabs(x[i]);
    qsort(magnitudes, kept, sizeof *magnitudes, rising);
    return kept;
}

/* The smallest magnitude that at least p percent of the samples do not exceed: of the ranks from
 * 1 up, the first with rank / n >= p / 100; p in tenths, so that whole numbers decide. */
static void percentiles(void **state)
{
    static const size_t sizes[] = { 1, 2, 3, 7, 10, 100, 999, 1000 };
    const bc_grid g = grid_of("int8"); /* top value 1: the gain is the percentile */
    uint64_t seed = 61;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int kind = 0; kind < 4; kind++) { /* all different, few values, NaN among, rising */
            double x[1000], magnitudes[1000], scratch[1000];

            for (size_t k = 0; k < sizes[i]; k++) {
                x[k] = random_between(&seed, -1.0, 1.0);
                if (kind == 1)
                    x[k] = floor(4.0 * x[k]);
                if (kind == 2 && k % 5 == 3)
                    x[k] = k % 2 ? (double)NAN : -(double)INFINITY;
                if (kind == 3)
                    x[k] = (double)k;
            }
            const size_t n = sort_magnitudes(x, sizes[i], magnitudes);

            for (size_t tenths = 1; tenths <= 1000; tenths++) {
                const double percent = (double)tenths / 10.0;
                bc_scale s;

                EXPECT(bc_scale_fit_f64(BC_SCALE_PERCENTILE, percent, &g, x, sizes[i], 1, scratch,
                                        &s, NULL) == BC_OK,
                       "%zu samples", sizes[i]);
                EXPECT_NEAR(s.gain, magnitudes[(tenths * n + 999) / 1000 - 1], 0.0,
                            "%zu samples of kind %d, %g percent", sizes[i], kind, percent);
            }
        }
    }
}

/* Of 10 magnitudes 0 1 1 2 3 4 5 6 7 100 the eighth is 6: what it holds reaches from -4 to 6, so
 * that 0 is code 0.4 * 15 of uint4; 60 percent are cut at 4 on either side. */
static void percentiles_with_zero_point(void **state)
{
    static const double x[10] = { 100, -4, 7, -1, 0, 1, 2, 3, 5, 6 };
    const bc_grid g = grid_of("uint4");
    double scratch[10];
    bc_scale s;

    (void)state;
    assert_int_equal(bc_scale_fit_f64(BC_SCALE_PERCENTILE, 80.0, &g, x, 10, 1, scratch, &s, NULL),
                     BC_OK);
    EXPECT(s.gain == 10.0 && s.offset == 0.0 && s.zero == 6, "gain %g, zero %d", s.gain, s.zero);
    assert_int_equal(bc_scale_fit_f64(BC_SCALE_PERCENTILE, 60.0, &g, x, 10, 1, scratch, &s, NULL),
                     BC_OK);
    EXPECT(s.gain == 8.0 && s.zero == 8, "gain %g, zero %d", s.gain, s.zero);
}

/* Every third sample from the second on: the others are traps. */
static void strides(void **state)
{
    const bc_grid g = grid_of("int8"), u = grid_of("uint8");
    double x[30], scratch[10];
    float narrow[30];
    bc_scale s;

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        x[i] = i % 3 == 1 ? (double)i - 14.0 : 1e6; /* -13, -10 .. 14 */
        narrow[i] = (float)x[i];
    }
    assert_int_equal(bc_scale_fit_f64(BC_SCALE_ABSMAX, 0, &g, x + 1, 10, 3, NULL, &s, NULL), BC_OK);
    assert_true(s.gain == 14.0);
    assert_int_equal(bc_scale_fit_f32(BC_SCALE_ABSMAX, 0, &g, narrow + 1, 9, 3, NULL, &s, NULL),
                     BC_OK);
    assert_true(s.gain == 13.0);
    assert_int_equal(bc_scale_fit_f32(BC_SCALE_MINMAX, 0, &u, narrow + 1, 10, 3, NULL, &s, NULL),
                     BC_OK);
    assert_true(s.gain == 27.0 && s.offset == -13.0);
    assert_int_equal(bc_scale_fit_f64(BC_SCALE_PERCENTILE, 90, &g, x + 1, 10, 3, scratch, &s, NULL),
                     BC_OK);
    assert_true(s.gain == 13.0);
}

/* n_rows, row_length, n_channels, block_length; groups of each kind by hand. */
static const struct {
    bc_shape shape;
    size_t whole, channel, row, block;
} shapes[] = {
    { { 1, 1, 1, 1 }, 1, 1, 1, 1 },    { { 3, 10, 2, 4 }, 1, 2, 3, 9 },
    { { 5, 12, 3, 4 }, 1, 3, 5, 15 },  { { 1, 64, 4, 32 }, 1, 4, 1, 2 },
    { { 7, 33, 1, 32 }, 1, 1, 7, 14 }, { { 2, 31, 1, 32 }, 1, 1, 2, 2 },
    { { 4, 1, 1, 1000 }, 1, 1, 4, 4 }, { { 1, 257, 257, 256 }, 1, 257, 1, 2 },
    { { 0, 5, 1, 2 }, 1, 1, 0, 0 },    { { 3, 0, 1, 4 }, 1, 1, 3, 0 },
};

static void coverage(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        const bc_shape *s = &shapes[k].shape;
        const size_t total = s->n_rows * s->row_length;
        const size_t counts[] = { shapes[k].whole, shapes[k].channel, shapes[k].row,
                                  shapes[k].block };

        for (int per = BC_PER_WHOLE; per <= BC_PER_BLOCK; per++) {
            const size_t n = bc_group_count((bc_scale_group)per, s);
            uint8_t seen[512] = { 0 };

            EXPECT(n == counts[per], "shape %zu, grouping %d: %zu groups", k, per, n);
            assert_true(total <= sizeof seen);
            for (size_t i = 0; i < n; i++) {
                const bc_group g = bc_group_at((bc_scale_group)per, s, i);

                EXPECT(per != BC_PER_BLOCK || (g.n >= 1 && g.n <= s->block_length),
                       "shape %zu: block %zu of %zu samples", k, i, g.n);
                for (size_t j = 0; j < g.n; j++) {
                    const size_t at = g.first + j * g.stride;

                    EXPECT(at < total, "shape %zu, grouping %d: sample %zu of %zu", k, per, at,
                           total);
                    /* A channel is a residue, a row or block never crosses a row's end. */
                    EXPECT(per != BC_PER_CHANNEL || at % s->n_channels == i,
                           "shape %zu: sample %zu in channel %zu", k, at, i);
                    EXPECT(per < BC_PER_ROW || at / s->row_length == g.first / s->row_length,
                           "shape %zu, grouping %d: group %zu crosses a row", k, per, i);
                    seen[at]++;
                }
            }
            for (size_t at = 0; at < total; at++)
                EXPECT(seen[at] == 1, "shape %zu, grouping %d: sample %zu is in %d groups", k, per,
                       at, seen[at]);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("a group of equal samples is stored exactly", constant_groups),
        SENTENCE("percentiles are those of a sorted copy", percentiles),
        SENTENCE("percentiles with a zero-point cut both ends", percentiles_with_zero_point),
        SENTENCE("a stride reads its samples and no others", strides),
        SENTENCE("every grouping holds each sample exactly once", coverage),
    };

    return cmocka_run_group_tests_name("scale groups", tests, NULL, NULL);
}
