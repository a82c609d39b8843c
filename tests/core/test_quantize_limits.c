/* What is not an ordinary number: NaN, infinities, denormals, and scales without extent. */
#include <float.h>

#include "bitcrush/quantize.h"
#include "bits.h"
#include "every_grid.h"

static void check(const char *name, const bc_grid *g, const bc_scale *s, double x, int32_t code,
                  double y)
{
    const float narrow = (float)x;
    double got;
    float narrow_got;
    int32_t got_code, narrow_code;

    bc_quantize_f64(g, s, BC_ROUND_NEAREST, &x, NULL, 1, &got, &got_code);
    bc_quantize_f32(g, s, BC_ROUND_NEAREST, &narrow, NULL, 1, &narrow_got, &narrow_code);
    EXPECT(got_code == code && narrow_code == code,
           "%s, gain %g: %g became code %d in f64, %d in f32, expected %d", name, s->gain, x,
           got_code, narrow_code, code);
    EXPECT(got == y || (isnan(y) && isnan(got)), "%s, gain %g: %g became %g, expected %g", name,
           s->gain, x, got, y);
    EXPECT(narrow_got == (float)y || (isnan(y) && isnan(narrow_got)),
           "%s f32, gain %g: %g became %g, expected %g", name, s->gain, x, (double)narrow_got, y);
}

/* Infinities take the end codes, which are infinities on the IEEE formats. */
static void infinities_at_ends(const char *name, const bc_grid *g)
{
    const bc_scale half = { 0.5, 0.0, 0 };

    check(name, g, &BC_SCALE_IDENTITY, INFINITY, g->hi, bc_grid_value(g, g->hi));
    check(name, g, &BC_SCALE_IDENTITY, -INFINITY, g->lo, bc_grid_value(g, g->lo));
    check(name, g, &half, INFINITY, g->hi, bc_grid_value(g, g->hi) * 0.5);
    check(name, g, &half, -INFINITY, g->lo, bc_grid_value(g, g->lo) * 0.5);
}

static void infinities(void **state)
{
    (void)state;
    on_every_grid(infinities_at_ends);
}

static void nan_has_its_code(const char *name, const bc_grid *g)
{
    const int32_t code = bc_grid_nan_code(g);

    check(name, g, &BC_SCALE_IDENTITY, NAN, code, bc_grid_value(g, code));
    check(name, g, &BC_SCALE_IDENTITY, -NAN, code, bc_grid_value(g, code));
}

static void nan_codes(void **state)
{
    (void)state;
    on_every_grid(nan_has_its_code);
}

/* Without NaN in the format, NaN lands on the code nearest to 0: of value 0 where there is one. */
static void nan_is_zero(void **state)
{
    static const float far[3] = { 5.0f, 6.0f, 9.0f }, around[3] = { -4.0f, 1.0f, 2.0f };
    const bc_grid grids[] = { grid_of("uniform8"), grid_of("pcm16"), grid_of("e2m1") };
    const bc_grid uint8 = grid_of("uint8");
    const bc_scale zero_point = { 2.0, 0.0, 37 };
    bc_grid g;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        check("a grid with 0", &grids[i], &BC_SCALE_IDENTITY, NAN, 0, 0.0);
    check("uint8", &uint8, &zero_point, NAN, 37, 0.0);
    assert_int_equal(bc_grid_codebook(far, 3, &g, NULL), BC_OK);
    check("codebook 5, 6, 9", &g, &BC_SCALE_IDENTITY, NAN, 0, 5.0);
    assert_int_equal(bc_grid_codebook(around, 3, &g, NULL), BC_OK);
    check("codebook -4, 1, 2", &g, &BC_SCALE_IDENTITY, NAN, 1, 1.0);
}

/* Denormals are far below half a step of every grid but the floats', and round to 0 there. */
static void denormals(void **state)
{
    static const char *const names[] = { "uniform16", "pcm32", "int16", "uint8",
                                         "float16",   "e5m2",  "e4m3",  "e2m1" };
    const double tiny[] = { 0x1p-149, 0x1p-127, 0x1p-1074, 0x1p-1023, 0.0 };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bc_grid g = grid_of(names[i]);

        for (size_t j = 0; j < sizeof tiny / sizeof *tiny; j++) {
            check(names[i], &g, &BC_SCALE_IDENTITY, tiny[j], 0, 0.0);
            check(names[i], &g, &BC_SCALE_IDENTITY, -tiny[j], 0, 0.0);
        }
    }
}

/* Gain 0, or one whose inverse overflows, stores the offset; infinities stay where the format
 * has them. */
static void no_extent(const char *name, const bc_grid *g)
{
    const double x[] = { 0.0, -0.0, 7.25, 1.0, -3.0, 1e30, -1e30, 0x1p-1074, INFINITY, -INFINITY };
    const double offsets[] = { 0.0, 7.25, -7.25 };
    const double gains[] = { 0.0, 0x1p-1074, 0x1p-1040 };

    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        for (size_t j = 0; j < 9; j++) {
            const bc_scale s = { gains[j / 3], offsets[j % 3], 0 };
            const bool stays = isinf(x[i]) && isinf(bc_grid_value(g, g->hi));
            const double want = stays ? x[i] : s.offset, noise = 0.75;
            const float narrow = (float)x[i], narrow_noise = 0.75f;
            double y;
            float narrow_y;

            bc_quantize_f64(g, &s, BC_ROUND_NEAREST, &x[i], &noise, 1, &y, NULL);
            bc_quantize_f32(g, &s, BC_ROUND_NEAREST, &narrow, &narrow_noise, 1, &narrow_y, NULL);
            /* The largest value of a code is 2^128, and 2^128 2^-1040 is nothing beside 7. */
            EXPECT_NEAR(y, want, 1e-200, "%s, gain %g, offset %g: %g", name, s.gain, s.offset,
                        x[i]);
            EXPECT_NEAR((double)narrow_y, want, 0.0, "%s f32, gain %g, offset %g: %g", name, s.gain,
                        s.offset, x[i]);
        }
    }
}

static void without_extent(void **state)
{
    (void)state;
    on_every_grid(no_extent);
}

/* Scales whose gain or inverse leaves the range of float while the data do not. */
static void float_range(void **state)
{
    static const struct {
        const char *grid;
        bc_scale scale;
        float x;
        int32_t code;
        float y;
    } rows[] = {
        { "uint8", { 2.0 * (double)FLT_MAX, -(double)FLT_MAX, 0 }, -FLT_MAX, 0, -FLT_MAX },
        { "uint8", { 2.0 * (double)FLT_MAX, -(double)FLT_MAX, 0 }, FLT_MAX, 255, FLT_MAX },
        { "uint8", { 1.275 * 0x1p128, 0.0, 100 }, 0.0f, 100, 0.0f },
        { "uint8", { 1.275 * 0x1p128, 0.0, 100 }, FLT_MAX / 2, 200, 0x1p127f },
        { "int8", { 127 * 0x1p-149, 0.0, 0 }, 0x1p-149f, 1, 0x1p-149f },
        { "int8", { 127 * 0x1p-149, 0.0, 0 }, -100 * 0x1p-149f, -100, -100 * 0x1p-149f },
        { "pcm16", { 0x1p-140, 0.0, 0 }, 0x1p-141f, 16384, 0x1p-141f },
        { "e4m3", { 0x1p-149, 0.0, 0 }, 448 * 0x1p-149f, 0x7E, 448 * 0x1p-149f },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bc_grid g = grid_of(rows[i].grid);
        float y, decoded;
        int32_t code;

        bc_quantize_f32(&g, &rows[i].scale, BC_ROUND_NEAREST, &rows[i].x, NULL, 1, &y, &code);
        bc_dequantize_f32(&g, &rows[i].scale, &code, 1, &decoded);
        EXPECT(code == rows[i].code && y == rows[i].y && decoded == y,
               "row %zu, %s: %a became code %d, %a, decoded %a; expected code %d, %a", i,
               rows[i].grid, (double)rows[i].x, code, (double)y, (double)decoded, rows[i].code,
               (double)rows[i].y);
    }
}

/* Numbers that are far too large do not wrap round. */
static void far_beyond(const char *name, const bc_grid *g)
{
    const double x[] = { 1e9, 1e30, 0x1p127, 1e300, DBL_MAX };
    const bc_scale small = { 1e-3, 0.0, 0 };

    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        double values[2] = { x[i] * (1.0 + bc_grid_value(g, top_finite_code(g)) * 1e-38), -x[i] };
        int32_t codes[2];

        if (bc_grid_value(g, top_finite_code(g)) > 1e30)
            continue; /* these formats hold such numbers: float_rounding.c */
        bc_quantize_f64(g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, values, NULL, 2, NULL, codes);
        EXPECT(codes[0] == g->hi && codes[1] == g->lo, "%s: +-%g became codes %d and %d", name,
               x[i], codes[0], codes[1]);
        bc_quantize_f64(g, &small, BC_ROUND_NEAREST, values, NULL, 2, NULL, codes);
        EXPECT(codes[0] == g->hi && codes[1] == g->lo, "%s, gain 1e-3: +-%g became codes %d and %d",
               name, x[i], codes[0], codes[1]);
    }
}

static void clamped(void **state)
{
    (void)state;
    on_every_grid(far_beyond);
}

/* Grids that reach far down, or whose zero lies far out, have codes that floats do not count. */
static void far_codes(void **state)
{
    static const struct {
        int32_t lo, hi, zero;
    } rows[] = { { -(1 << 30), 4, 0 }, { INT32_MIN, 4, 0 }, { 0, 255, -(1 << 28) } };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const bc_grid g = { .family = BC_GRID_AFFINE,
                            .lo = rows[r].lo,
                            .hi = rows[r].hi,
                            .den = 4.0,
                            .bits = 32,
                            .shift_gain = 1.0 };
        const bc_scale s = { 1.0, 0.0, rows[r].zero };

        for (int i = 0; i < 1000; i++) {
            const double wanted = rows[r].zero < 0 ? (double)i / 5.0 : -1234567.25 * i;
            const float x = (float)((wanted - rows[r].zero) / g.den);
            const double position =
                fmin(fmax(rint((double)x * g.den) + rows[r].zero, (double)g.lo), (double)g.hi);
            int32_t code;
            float y;

            bc_quantize_f32(&g, &s, BC_ROUND_NEAREST, &x, NULL, 1, &y, &code);
            EXPECT((double)code == position && y == (float)((position - rows[r].zero) / g.den),
                   "row %zu: %.9g is code %d, %.9g, expected %.0f", r, (double)x, code, (double)y,
                   position);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("infinities take the end codes", infinities),
        SENTENCE("NaN takes its code and value", nan_codes),
        SENTENCE("NaN is the code nearest to 0 on a grid without NaN", nan_is_zero),
        SENTENCE("denormals round to 0 on grids with coarse steps", denormals),
        SENTENCE("a scale without extent stores its offset", without_extent),
        SENTENCE("a scale beyond the range of float serves float data", float_range),
        SENTENCE("numbers far beyond the ends take the end codes", clamped),
        SENTENCE("codes that floats do not count are exact", far_codes),
    };

    return cmocka_run_group_tests_name("quantize limits", tests, NULL, NULL);
}
