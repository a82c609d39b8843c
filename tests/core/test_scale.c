/* Scales put the data where they say: against hand values, in both precisions. */
#include <float.h>

#include "bitcrush/quantize.h"
#include "grids.h"

/* Fit in double and in float; the two must agree. */
static bc_scale fit(const char *row, bc_scale_method method, const bc_grid *g, const double *x,
                    size_t n)
{
    float narrow[16];
    bc_scale wide_scale = { 77.0, 77.0, 77 }, narrow_scale = wide_scale;
    bc_error err = { .status = BC_OK };

    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++)
        narrow[i] = (float)x[i];
    EXPECT(bc_scale_fit_f64(method, 0.0, g, x, n, 1, NULL, &wide_scale, &err) == BC_OK &&
               bc_scale_fit_f32(method, 0.0, g, narrow, n, 1, NULL, &narrow_scale, &err) == BC_OK,
           "%s: %s", row, err.text);
    EXPECT(wide_scale.gain == narrow_scale.gain && wide_scale.offset == narrow_scale.offset &&
               wide_scale.zero == narrow_scale.zero,
           "%s: f32 gives gain %g, offset %g, zero %d", row, narrow_scale.gain, narrow_scale.offset,
           narrow_scale.zero);
    return wide_scale;
}

#define INF INFINITY

static const struct {
    const char *name, *grid;
    bc_scale_method method;
    size_t n;
    double x[6];
    bc_scale want;
} rows[] = {
    { "full", "uniform4", BC_SCALE_FULL, 2, { 5, -9 }, { 1, 0, 0 } },
    { "absmax, int8", "int8", BC_SCALE_ABSMAX, 3, { 1, -5, 3 }, { 5, 0, 0 } },
    { "absmax, e2m1: top 6", "e2m1", BC_SCALE_ABSMAX, 2, { 3, -1.5 }, { 0.5, 0, 0 } },
    { "absmax, e4m3: top 448", "e4m3", BC_SCALE_ABSMAX, 2, { 896, 1 }, { 2, 0, 0 } },
    { "absmax, float16: top 65504", "float16", BC_SCALE_ABSMAX, 2, { 32752, 1 }, { 0.5, 0, 0 } },
    { "absmax, pcm3: top 3/4", "pcm3", BC_SCALE_ABSMAX, 2, { -1.5, 1 }, { 2, 0, 0 } },
    { "absmax without NaN", "int8", BC_SCALE_ABSMAX, 4, { NAN, 2, INF, -INF }, { 2, 0, 0 } },
    { "absmax of NaN only", "int8", BC_SCALE_ABSMAX, 2, { NAN, INF }, { 0, 0, 0 } },
    { "absmax of nothing", "int8", BC_SCALE_ABSMAX, 0, { 0 }, { 0, 0, 0 } },
    { "minmax, uniform4", "uniform4", BC_SCALE_MINMAX, 3, { 2, -3, 5 }, { 8, -3, 0 } },
    { "minmax, uint8", "uint8", BC_SCALE_MINMAX, 3, { 7, 3, 5 }, { 4, 3, 0 } },
    { "minmax, int8: -1 to 1", "int8", BC_SCALE_MINMAX, 2, { 7, 3 }, { 2, 5, 0 } },
    { "minmax, e2m1: -6 to 6", "e2m1", BC_SCALE_MINMAX, 2, { 7, 1 }, { 0.5, 4, 0 } },
    { "minmax, pcm2: -1 to 1/2", "pcm2", BC_SCALE_MINMAX, 2, { 1, 7 }, { 4, 5, 0 } },
    { "minmax without infinities", "uint8", BC_SCALE_MINMAX, 4, { INF, 3, 5, -INF }, { 2, 3, 0 } },
    { "minmax of one value", "uint8", BC_SCALE_MINMAX, 1, { -7 }, { 0, -7, 0 } },
    { "minmax of nothing", "uint8", BC_SCALE_MINMAX, 0, { 0 }, { 0, 0, 0 } },
    { "zero-point, mixed", "uint8", BC_SCALE_ZERO_POINT, 2, { -100, 155 }, { 255, 0, 100 } },
    { "zero-point, positive", "uint4", BC_SCALE_ZERO_POINT, 2, { 6, 30 }, { 30, 0, 0 } },
    { "zero-point, negative", "uint4", BC_SCALE_ZERO_POINT, 2, { -6, -30 }, { 30, 0, 15 } },
    { "zero-point, rounded", "uint2", BC_SCALE_ZERO_POINT, 2, { -1, 7 }, { 8, 0, 0 } },
    { "zero-point of zeros", "uint4", BC_SCALE_ZERO_POINT, 2, { 0, -0.0 }, { 0, 0, 0 } },
    { "absmean, ternary", "int2", BC_SCALE_ABSMEAN, 4, { 0.5, -1, 2, -0.5 }, { 1, 0, 0 } },
    { "absmean, e2m1: top 6", "e2m1", BC_SCALE_ABSMEAN, 2, { 9, -3 }, { 1, 0, 0 } },
    { "absmean without NaN", "int2", BC_SCALE_ABSMEAN, 4, { NAN, 2, INF, -4 }, { 3, 0, 0 } },
    { "absmean of nothing", "int2", BC_SCALE_ABSMEAN, 0, { 0 }, { 0, 0, 0 } },
    { "mse of data on marks", "int3", BC_SCALE_MSE, 4, { 3, -1, 2, -3 }, { 3, 0, 0 } },
    { "mse with zero-point", "uint2", BC_SCALE_MSE, 4, { -1, 0, 1, 2 }, { 3, 0, 1 } },
    { "mse of NaN only", "int4", BC_SCALE_MSE, 2, { NAN, INF }, { 0, 0, 0 } },
    { "mse of nothing", "int4", BC_SCALE_MSE, 0, { 0 }, { 0, 0, 0 } },
    { "zero-point without NaN", "uint4", BC_SCALE_ZERO_POINT, 2, { NAN, 3 }, { 3, 0, 0 } },
};

static void hand_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bc_grid g = grid_of(rows[i].grid);
        const bc_scale got = fit(rows[i].name, rows[i].method, &g, rows[i].x, rows[i].n);

        EXPECT_NEAR(got.gain, rows[i].want.gain, 0.0, "%s: gain", rows[i].name);
        EXPECT_NEAR(got.offset, rows[i].want.offset, 0.0, "%s: offset", rows[i].name);
        EXPECT(got.zero == rows[i].want.zero, "%s: zero-point %d", rows[i].name, got.zero);
    }
}

/* Zero under a zero-point is exactly zero, and the ends are within half a step. */
static void zero_is_a_code(void **state)
{
    static const double pairs[][2] = { { -1, 1 },        { -0.3, 0.7 },  { 0.1, 0.2 },
                                       { -5, -4 },       { -1e-3, 1e3 }, { -1e30, 1e30 },
                                       { -1e-30, 2e-30 } };

    (void)state;
    for (int n = 1; n <= 16; n++) {
        const bc_grid g = grid_of_bits("uint", n);

        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            const float narrow[3] = { 0.0f, (float)pairs[i][0], (float)pairs[i][1] };
            const double x[3] = { 0.0, (double)narrow[1], (double)narrow[2] };
            const bc_scale s = fit("pair", BC_SCALE_ZERO_POINT, &g, x + 1, 2);
            const double half_step = 0.5 * s.gain / g.hi;
            double y[3];
            float narrow_y[3];
            int32_t codes[3];

            bc_quantize_f64(&g, &s, BC_ROUND_NEAREST, x, NULL, 3, y, codes);
            bc_quantize_f32(&g, &s, BC_ROUND_NEAREST, narrow, NULL, 3, narrow_y, NULL);
            EXPECT(codes[0] == s.zero && y[0] == 0.0 && narrow_y[0] == 0.0f,
                   "uint%d over %g..%g: 0 is code %d, %g", n, x[1], x[2], codes[0], y[0]);
            for (int k = 1; k < 3; k++) {
                /* The end itself is rounded, by less than 2^-20 of a step. */
                EXPECT_NEAR(y[k], x[k], half_step * (1.0 + 1e-6), "uint%d over %g..%g", n, x[1],
                            x[2]);
            }
        }
    }
}

/* Smallest and largest sample on the end codes. */
static void ends_on_ends(void **state)
{
    static const char *const names[] = { "uniform1", "uniform4", "uint8", "int2", "int8",
                                         "pcm2",     "pcm16",    "e2m1",  "e3m2", "e4m3" };
    static const double data[] = { 0.3, -2.5, 11.0, 4.0, NAN, 0.0 };
    double x[6];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bc_grid g = grid_of(names[i]);
        const bc_scale s = fit(names[i], BC_SCALE_MINMAX, &g, data, 6);
        int32_t codes[6];

        bc_quantize_f64(&g, &s, BC_ROUND_NEAREST, data, NULL, 6, x, codes);
        EXPECT(codes[1] == g.lo && codes[2] == g.hi, "%s: ends on codes %d and %d", names[i],
               codes[1], codes[2]);
        /* offset + gain * end: two roundings. */
        EXPECT_NEAR(x[1], -2.5, 1e-14, "%s: low end", names[i]);
        EXPECT_NEAR(x[2], 11.0, 1e-14, "%s: high end", names[i]);
    }
}

static const float codebook[3] = { -4.0f, -2.0f, -1.0f };

static void refusals(void **state)
{
    static const struct {
        const char *grid;
        bc_scale_method method;
        double percent;
    } bad[] = {
        { "float16", BC_SCALE_MINMAX, 0 },      { "e5m2", BC_SCALE_MINMAX, 0 },
        { "float32", BC_SCALE_MINMAX, 0 },      { "pcm8", BC_SCALE_ZERO_POINT, 0 },
        { "int8", BC_SCALE_ZERO_POINT, 0 },     { "e2m1", BC_SCALE_ZERO_POINT, 0 },
        { "int8", BC_SCALE_PERCENTILE, 0 },     { "int8", BC_SCALE_PERCENTILE, -1 },
        { "int8", BC_SCALE_PERCENTILE, 100.1 }, { "int8", BC_SCALE_PERCENTILE, NAN },
        { "pcm1", BC_SCALE_ABSMAX, 0 },         { "pcm1", BC_SCALE_PERCENTILE, 99 },
        { "codebook", BC_SCALE_ABSMAX, 0 }, /* no value above 0 */
    };
    const double x[2] = { 1.0, 2.0 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bc_scale s = { 77.0, 77.0, 77 };
        bc_error err = { .status = BC_OK };
        double scratch[2];
        bc_grid g;

        if (bad[i].grid[0] == 'c')
            assert_int_equal(bc_grid_codebook(codebook, 3, &g, NULL), BC_OK);
        else
            g = grid_of(bad[i].grid);
        EXPECT(bc_scale_fit_f64(bad[i].method, bad[i].percent, &g, x, 2, 1, scratch, &s, &err) ==
                       BC_E_USAGE &&
                   err.text[0],
               "row %zu, %s was not refused", i, bad[i].grid);
        EXPECT(s.gain == 77.0, "row %zu: a result was written", i);
    }
}

/* The span of the data may exceed the largest number; what comes out is still a number. (A
 * rounded zero-point may put an end half a step beyond the data.) */
static void widest_span(void **state)
{
    const double x[3] = { -DBL_MAX, 0.0, DBL_MAX };
    const float narrow[3] = { -0.99f * FLT_MAX, 0.0f, 0.99f * FLT_MAX };
    const bc_grid g = grid_of("uint8");

    (void)state;
    for (int method = BC_SCALE_ABSMAX; method <= BC_SCALE_ZERO_POINT; method++) {
        bc_scale s;
        double y[3];
        float narrow_y[3];

        assert_int_equal(bc_scale_fit_f64((bc_scale_method)method, 0, &g, x, 3, 1, NULL, &s, NULL),
                         BC_OK);
        bc_quantize_f64(&g, &s, BC_ROUND_NEAREST, x, NULL, 3, y, NULL);
        assert_int_equal(
            bc_scale_fit_f32((bc_scale_method)method, 0, &g, narrow, 3, 1, NULL, &s, NULL), BC_OK);
        bc_quantize_f32(&g, &s, BC_ROUND_NEAREST, narrow, NULL, 3, narrow_y, NULL);
        for (int i = 0; i < 3; i++)
            EXPECT(isfinite(y[i]) && isfinite(narrow_y[i]), "method %d: %g became %g, %g in f32",
                   method, x[i], y[i], (double)narrow_y[i]);
    }
}

/* Weights under absmean, by hand: BitNet b1.58 rounds x / mean to -1, 0, 1 (ties to even), XNOR-Net
 * keeps the sign. */
static void ternary_and_binary(void **state)
{
    static const float signs[2] = { -1.0f, 1.0f };
    static const double x[5] = { 0.25, -3.0, 0.75, 0.5, -0.5 }; /* mean magnitude 1 */
    static const double ternary[5] = { 0, -1, 1, 0, 0 }, binary[5] = { 1, -1, 1, 1, -1 };
    bc_grid g = grid_of("int2");
    bc_scale s = fit("int2", BC_SCALE_ABSMEAN, &g, x, 5);
    double y[5];

    (void)state;
    bc_quantize_f64(&g, &s, BC_ROUND_NEAREST, x, NULL, 5, y, NULL);
    for (int i = 0; i < 5; i++)
        EXPECT_NEAR(y[i], ternary[i], 0.0, "ternary %g", x[i]);
    assert_int_equal(bc_grid_codebook(signs, 2, &g, NULL), BC_OK);
    s = fit("signs", BC_SCALE_ABSMEAN, &g, x, 5);
    bc_quantize_f64(&g, &s, BC_ROUND_NEAREST, x, NULL, 5, y, NULL);
    for (int i = 0; i < 5; i++)
        EXPECT_NEAR(y[i], binary[i], 0.0, "binary %g", x[i]);
}

static void registry(void **state)
{
    const bc_scale_row *row;
    const size_t n = bc_scale_rows(&row);

    (void)state;
    assert_int_equal(n, 7);
    for (size_t i = 0; i < n; i++)
        EXPECT(row[i].name[0] && row[i].doc[0] && row[i].method == (bc_scale_method)i, "row %zu",
               i);
}

enum { N_DRAWN = 4096 };

/* The x with half_erfc(x) = 1 - p, by bisection. */
static double normal_quantile(double p)
{
    double low = -9.0, high = 9.0;

    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);

        if (0.5 * erfc(-middle / sqrt(2.0)) < p)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Steps and errors of uniform quantizers for the normal distribution, J. Max, Quantizing for
 * Minimum Distortion, IRE Trans. IT-6, 1960, table II. 4096 quantiles stand for the distribution:
 * they end at 3.7 sigma, which costs less than 1 % of the error. */
static void least_error_of_the_normal_distribution(void **state)
{
    static const struct {
        const char *grid;
        double step, error;
    } table[] = { { "int2", 1.224, 0.1902 }, { "int3", 0.6508, 0.04686 } };
    static double x[N_DRAWN], y[N_DRAWN];

    (void)state;
    for (size_t i = 0; i < N_DRAWN; i++)
        x[i] = normal_quantile(((double)i + 0.5) / N_DRAWN);
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        const bc_grid g = grid_of(table[k].grid);
        bc_scale scale;
        double error = 0.0;

        assert_int_equal(bc_scale_fit_f64(BC_SCALE_MSE, 0, &g, x, N_DRAWN, 1, NULL, &scale, NULL),
                         BC_OK);
        bc_quantize_f64(&g, &scale, BC_ROUND_NEAREST, x, NULL, N_DRAWN, y, NULL);
        for (size_t i = 0; i < N_DRAWN; i++)
            error += (y[i] - x[i]) * (y[i] - x[i]) / N_DRAWN;
        /* The error is flat about its minimum: 3 % of the step move it by less than 1 %. */
        EXPECT_NEAR(scale.gain / g.den, table[k].step, 0.03 * table[k].step, "%s", table[k].grid);
        EXPECT_NEAR(error, table[k].error, 0.01 * table[k].error, "%s", table[k].grid);
    }
}

/* In pieces it is the same search. */
static void the_search_in_pieces(void **state)
{
    static float x[1000];
    const bc_grid g = grid_of("int4");
    bc_scale want, whole, best = { 0 };
    double least = INFINITY;

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        x[i] = (float)normal_quantile(((double)(i * 617 % 1000) + 0.5) / 1000.0);
    assert_int_equal(bc_scale_fit_f32(BC_SCALE_MSE, 0, &g, x, 1000, 1, NULL, &want, NULL), BC_OK);
    assert_int_equal(bc_scale_fit_f32(BC_SCALE_ABSMAX, 0, &g, x, 1000, 1, NULL, &whole, NULL),
                     BC_OK);
    for (int i = 0; i < BC_SCALE_TRIES; i++) {
        const bc_scale tried = bc_scale_shrunk(&whole, i);
        bc_scale_moments m = { 0 };

        bc_scale_add_moments(&g, &tried, x, 300, &m);
        bc_scale_add_moments(&g, &tried, x + 300, 700, &m);
        best = m.error < least ? tried : best;
        least = m.error < least ? m.error : least;
    }
    for (int i = 0; i < BC_SCALE_ROUNDS; i++) {
        bc_scale_moments m = { 0 };

        bc_scale_add_moments(&g, &best, x, 300, &m);
        bc_scale_add_moments(&g, &best, x + 300, 700, &m);
        EXPECT(m.error <= least * (1 + 1e-12), "round %d", i);
        least = m.error;
        best = bc_scale_refined(&best, &m);
    }
    EXPECT_NEAR(best.gain, want.gain, 1e-12, "gain");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every method lays the grid where its definition says", hand_values),
        SENTENCE("zero is exactly a code under a zero-point", zero_is_a_code),
        SENTENCE("min-max puts the extremes on the end codes", ends_on_ends),
        SENTENCE("a method that the grid cannot serve is refused", refusals),
        SENTENCE("a span beyond the largest number gives numbers", widest_span),
        SENTENCE("absmean makes ternary and binary weights", ternary_and_binary),
        SENTENCE("mse reaches the least error of the normal distribution",
                 least_error_of_the_normal_distribution),
        SENTENCE("mse in pieces is the same search", the_search_in_pieces),
        SENTENCE("the registry lists the methods in order", registry),
    };

    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
