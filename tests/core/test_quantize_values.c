/* Rounding to nearest against exact arithmetic, and scales against hand values. */
#include "bitcrush/quantize.h"
#include "bits.h"
#include "grids.h"

/* clang-format off */
static const struct {
    const char *grid;
    double x;
    int32_t code; /* position of x, halves to even, clamped */
} ties[] = {
    { "pcm3", 0.125, 0 },     { "pcm3", 0.375, 2 },     { "pcm3", 0.625, 2 },
    { "pcm3", 0.875, 3 },     { "pcm3", -0.125, 0 },    { "pcm3", -0.375, -2 },
    { "pcm3", -0.625, -2 },   { "pcm3", -0.875, -4 },   { "pcm3", -1.125, -4 },
    { "pcm3", 2.0, 3 },       { "pcm3", -2.0, -4 },     { "pcm1", -0.5, 0 },
    { "pcm1", 0.9, 0 },       { "pcm1", -0.6, -1 },     { "pcm16", 0x1p-16, 0 },
    { "pcm16", 3 * 0x1p-16, 2 },                        { "pcm16", -5 * 0x1p-16, -2 },
    { "uniform1", 0.5, 0 },   { "uniform1", 0.5000001, 1 }, { "uniform1", 0.25, 0 },
    { "uniform2", 0.5, 2 },   { "uniform4", 0.5, 8 },   { "uniform4", 0.1, 2 },
    { "uniform8", 0.5, 128 }, { "uniform8", 0.1, 26 },  { "uniform8", -0.1, 0 },
    { "uniform8", 1.1, 255 }, { "uint2", 0.5, 2 },      { "int2", 0.5, 0 },
    { "int2", -0.5, 0 },      { "int2", 0.75, 1 },      { "int3", 0.5, 2 },
    { "int3", -0.5, -2 },     { "int8", 1.5, 127 },     { "int8", -1.5, -127 },
    { "e2m1", 0.25, 0 },      { "e2m1", 0.75, 2 },      { "e2m1", 2.5, 4 },
    { "e2m1", 3.5, 6 },       { "e2m1", 5.0, 6 },       { "e2m1", -5.0, -6 },
    { "e2m1", 5.1, 7 },       { "e2m1", 99.0, 7 },
};
/* clang-format on */

static void literal_ties(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ties / sizeof *ties; i++) {
        const bc_grid g = grid_of(ties[i].grid);
        const float narrow = (float)ties[i].x;
        int32_t wide_code, narrow_code;

        bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, &ties[i].x, NULL, 1, NULL,
                        &wide_code);
        bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, &narrow, NULL, 1, NULL,
                        &narrow_code);
        EXPECT(wide_code == ties[i].code && narrow_code == ties[i].code,
               "%s: %.9g became code %d in f64 and %d in f32, expected %d", ties[i].grid, ties[i].x,
               wide_code, narrow_code, ties[i].code);
    }
}

/* The nearest integer of p, halves to even, by comparison. */
static double nearest_even(double p)
{
    const double below = floor(p), fraction = p - below;
    const bool odd = fmod(below, 2.0) != 0.0;

    return fraction > 0.5 || (fraction == 0.5 && odd) ? below + 1.0 : below;
}

/* Positions on PCM grids are exact: scaling by 2^(n-1) loses nothing. Random 24-bit floats
 * and all ties of the grid or a spread of them. */
static void pcm_is_exact(void **state)
{
    enum { N = 20000 };
    static float x[N];
    static double wide[N];
    static int32_t codes[N], wide_codes[N];

    (void)state;
    for (int n = 1; n <= 32; n++) {
        const bc_grid g = grid_of_bits("pcm", n);
        const double half = ldexp(1.0, n - 1);
        uint64_t seed = (uint64_t)n;

        for (size_t i = 0; i < N; i++) {
            const double at = floor(random_between(&seed, -1.1, 1.1) * half);

            wide[i] = i % 2 ? random_between(&seed, -1.2, 1.2) : (at + 0.5) / half;
            x[i] = (float)wide[i];
        }
        bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, NULL, N, NULL, codes);
        bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, wide, NULL, N, NULL, wide_codes);
        for (size_t i = 0; i < N; i++) {
            const double want = fmin(fmax(nearest_even((double)x[i] * half), -half), half - 1.0);
            const double wide_want = fmin(fmax(nearest_even(wide[i] * half), -half), half - 1.0);

            EXPECT(codes[i] == want, "pcm%d f32: %a became code %d, expected %.0f", n, (double)x[i],
                   codes[i], want);
            EXPECT(wide_codes[i] == wide_want, "pcm%d f64: %a became code %d, expected %.0f", n,
                   wide[i], wide_codes[i], wide_want);
        }
    }
}

/* On the other affine grids the position is rounded once or twice: the code is the nearest
 * one, or either neighbour within that rounding of a tie. */
static void others_are_nearest(void **state)
{
    static const char *const stems[] = { "uniform", "uint", "int" };

    (void)state;
    for (size_t s = 0; s < 3; s++) {
        for (int n = 2; n <= 16; n++) {
            const bc_grid g = grid_of_bits(stems[s], n);
            uint64_t seed = 21;

            for (int i = 0; i < 5000; i++) {
                const double x = random_between(&seed, g.lo < 0 ? -1.0 : 0.0, 1.0);
                const float narrow = (float)x;
                int32_t code, narrow_code;

                bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, &x, NULL, 1, NULL, &code);
                bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, &narrow, NULL, 1, NULL,
                                &narrow_code);
                EXPECT(fabs(x * g.den - code) <= 0.5 + 1e-11, "%s%d f64: %a became code %d",
                       stems[s], n, x, code);
                /* One rounding of a position of at most 2^16: 2^-9. */
                EXPECT(fabs((double)narrow * g.den - narrow_code) <= 0.5 + g.den * 0x1p-24,
                       "%s%d f32: %a became code %d", stems[s], n, (double)narrow, narrow_code);
            }
        }
    }
}

/* N bits to N bits: v / (2^n - 1) and v / 2^(n-1) come back as v, in both precisions. */
static void bit_exact(void **state)
{
    (void)state;
    for (int n = 1; n <= 24; n++) {
        const bc_grid g = grid_of_bits(n <= 16 ? "uniform" : "pcm", n);
        const int64_t stride = n <= 16 ? 1 : 61;

        for (int64_t v = g.lo; v <= g.hi; v += stride) {
            const double x = (double)v / (n <= 16 ? ldexp(1.0, n) - 1.0 : ldexp(1.0, n - 1));
            const float narrow = (float)x;
            int32_t code, narrow_code;

            bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, &x, NULL, 1, NULL, &code);
            bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, &narrow, NULL, 1, NULL,
                            &narrow_code);
            EXPECT(code == v && narrow_code == v, "%d bits: %d became %d in f64, %d in f32", n,
                   (int)v, code, narrow_code);
        }
    }
}

static const struct {
    const char *grid;
    bc_scale scale;
    double x, noise;
    int32_t code;
    double y;
} scaled[] = {
    /* x = offset + gain * (code - zero) / den */
    { "uint8", { 255.0, 0.0, 0 }, 7.4, 0.0, 7, 7.0 },
    { "uint8", { 255.0, 0.0, 100 }, 7.4, 0.0, 107, 7.0 },
    { "uint8", { 255.0, 0.0, 100 }, -100.0, 0.0, 0, -100.0 },
    { "uint8", { 255.0, 0.0, 100 }, 0.0, 0.0, 100, 0.0 },
    { "uint8", { 255.0, 0.0, 100 }, 1e9, 0.0, 255, 155.0 },
    { "uint8", { 255.0, 1000.0, 0 }, 1007.0, 0.0, 7, 1007.0 },
    { "uint4", { 7.5, -2.0, 0 }, 1.2, 0.0, 6, 1.0 },
    { "int8", { 127.0, 0.0, 0 }, -3.6, 0.0, -4, -4.0 },
    { "pcm8", { 2.0, 0.0, 0 }, 1.0, 0.0, 64, 1.0 },
    { "pcm8", { 128.0, 0.0, 0 }, 3.0, 0.4, 3, 3.0 },
    { "pcm8", { 128.0, 0.0, 0 }, 3.0, 0.6, 4, 4.0 },
    { "pcm8", { 128.0, 0.0, 0 }, 3.0, -0.5, 2, 2.0 }, /* 2.5: to even */
    { "pcm8", { 128.0, 0.0, 0 }, 127.0, 5.0, 127, 127.0 },
    { "e2m1", { 0.25, 0.0, 0 }, 0.8, 0.0, 5, 0.75 },
    { "e2m1", { 0.25, 0.0, 0 }, -1.5, 0.0, -7, -1.5 },
    { "e2m1", { 0.25, 10.0, 0 }, 9.0, 0.0, -6, 9.0 },
    { "e2m1", { 1.0, 0.0, 0 }, 2.0, 0.9, 5, 3.0 }, /* noise is in steps of the place */
    { "e2m1", { 1.0, 0.0, 0 }, 0.5, 0.9, 2, 1.0 },
    { "e2m1", { 1.0, 0.25, 0 }, -0.0625, 0.0, -1, -0.25 },
    { "e2m1", { 1.0, 0.25, 0 }, -0.0, 0.0, 0, 0.25 }, /* -0.25 is a tie; its value is > 0 */
};

static void literal_scales(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scaled / sizeof *scaled; i++) {
        const bc_grid g = grid_of(scaled[i].grid);
        const float narrow = (float)scaled[i].x, narrow_noise = (float)scaled[i].noise;
        double y;
        float narrow_y;
        int32_t code, narrow_code;

        bc_quantize_f64(&g, &scaled[i].scale, BC_ROUND_NEAREST, &scaled[i].x, &scaled[i].noise, 1,
                        &y, &code);
        bc_quantize_f32(&g, &scaled[i].scale, BC_ROUND_NEAREST, &narrow, &narrow_noise, 1,
                        &narrow_y, &narrow_code);
        EXPECT(code == scaled[i].code && narrow_code == scaled[i].code,
               "row %zu, %s: %g became code %d in f64, %d in f32, expected %d", i, scaled[i].grid,
               scaled[i].x, code, narrow_code, scaled[i].code);
        /* k / den * gain is rounded twice, in float too. */
        EXPECT_NEAR(y, scaled[i].y, 0x1p-50 * fabs(scaled[i].y), "row %zu, %s, f64", i,
                    scaled[i].grid);
        EXPECT_NEAR((double)narrow_y, scaled[i].y, 0x1p-22 * fabs(scaled[i].y), "row %zu, %s, f32",
                    i, scaled[i].grid);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("ties go to the even code, and ends are kept", literal_ties),
        SENTENCE("every PCM grid rounds exactly", pcm_is_exact),
        SENTENCE("the other affine grids round to nearest", others_are_nearest),
        SENTENCE("n bits to n bits is bit-exact", bit_exact),
        SENTENCE("gain, offset, zero-point and noise do what their definition says",
                 literal_scales),
    };

    return cmocka_run_group_tests_name("quantize values", tests, NULL, NULL);
}
