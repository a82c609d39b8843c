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
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++)
        EXPECT(row[i].name[0] && row[i].doc[0] && row[i].method == (bc_scale_method)i, "row %zu",
               i);
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
        SENTENCE("the registry lists the methods in order", registry),
    };

    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
