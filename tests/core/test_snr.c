/* The SNR of plain rounding: measured, against closed forms worked out here, and the figures of
 * the theory functions against the same. */
#include "bitcrush/measure.h"
#include "bitcrush/quantize.h"
#include "bits.h"
#include "grids.h"

enum { N = 1 << 18, BATCH = 4096 };

static const double pi = 3.14159265358979324;

/* Positions uniform over L = hi - lo + 1 whole steps from lo - 1/2 to hi + 1/2, zero at `zero`:
 * E[p^2] = ((hi - zero + 1/2)^3 - (lo - zero - 1/2)^3) / (3 L); E[e^2] = 1/12. */
static double uniform_snr_db(double lo, double hi, double zero)
{
    const double above = hi - zero + 0.5, below = lo - zero - 0.5;

    return 10.0 * log10(4.0 * (above * above * above - below * below * below) / (hi - lo + 1.0));
}

/* A signal uniform over the span that does not clip, quantized in both precisions. */
static void measure_uniform(const bc_grid *g, const bc_scale *s, double snr_db[2])
{
    static double x[BATCH], y[BATCH];
    static float narrow_x[BATCH], narrow_y[BATCH];
    const double low = (g->lo - s->zero - 0.5) / g->den, high = (g->hi - s->zero + 0.5) / g->den;
    bc_error_sums wide = { 0 }, narrow = { 0 };
    uint64_t seed = 31;

    for (int done = 0; done < N; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            x[i] = random_between(&seed, low, high);
            narrow_x[i] = (float)x[i];
        }
        bc_quantize_f64(g, s, BC_ROUND_NEAREST, x, NULL, BATCH, y, NULL);
        bc_quantize_f32(g, s, BC_ROUND_NEAREST, narrow_x, NULL, BATCH, narrow_y, NULL);
        bc_error_add_f64(&wide, x, y, BATCH);
        bc_error_add_f32(&narrow, narrow_x, narrow_y, BATCH);
    }
    snr_db[0] = bc_error_snr_db(&wide);
    snr_db[1] = bc_error_snr_db(&narrow);
}

/* clang-format off */
static const struct {
    const char *stem;
    int min_bits;
    int32_t lo_power, lo_plus; /* lo = -2^(n-1) lo_power + lo_plus */
    int32_t hi_halvings;       /* hi = 2^(n - hi_halvings) - 1 */
    bool zero_in_the_middle;   /* zero-point 2^(n-1), else 0 */
} families[] = {
    { "uniform", 1, 0, 0, 0, false }, { "pcm", 1, 1, 0, 1, false },
    { "int", 2, 1, 1, 1, false },     { "uint", 1, 0, 0, 0, false },
    { "uint", 1, 0, 0, 0, true },
};
/* clang-format on */

static void uniform_noise(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (int n = families[f].min_bits; n <= 12; n++) {
            const bc_grid g = grid_of_bits(families[f].stem, n);
            const double half = ldexp(1.0, n - 1);
            const double lo = families[f].lo_plus - half * families[f].lo_power;
            const double hi = ldexp(1.0, n - families[f].hi_halvings) - 1.0;
            const bc_scale s = { 1.0, 0.0, families[f].zero_in_the_middle ? (int32_t)half : 0 };
            double snr_db[2];

            measure_uniform(&g, &s, snr_db);
            /* e^2 and p^2 have relative variance 4/5 or less: 3 sigma of the ratio of two means
             * over 2^18 samples are 0.7 %, 0.03 dB. */
            for (int precision = 0; precision < 2; precision++)
                EXPECT_NEAR(snr_db[precision], uniform_snr_db(lo, hi, s.zero), 0.05,
                            "%s%d, zero-point %d, %s", families[f].stem, n, s.zero,
                            precision ? "f32" : "f64");
        }
    }
}

static void theory_of_uniform_noise(void **state)
{
    const bc_grid e2m1 = grid_of("e2m1");

    (void)state;
    for (int n = 1; n <= 24; n++) { /* as many steps on either side of 0: 20 log10(2^n) */
        const bc_grid midrise = grid_of_bits("midrise", n);

        EXPECT_NEAR(bc_theory_uniform_snr_db(&midrise), 20.0 * log10(2.0) * n, 1e-9, "midrise%d",
                    n);
    }
    for (int n = 1; n <= 32; n++) {
        const double half = ldexp(1.0, n - 1);
        const bc_grid pcm = grid_of_bits("pcm", n);

        /* The difference of cubes loses some digits, never 9 of 16. */
        EXPECT_NEAR(bc_theory_uniform_snr_db(&pcm), uniform_snr_db(-half, half - 1.0, 0.0), 1e-6,
                    "pcm%d", n);
        if (n > 16)
            continue;
        const bc_grid uniform = grid_of_bits("uniform", n);

        EXPECT_NEAR(bc_theory_uniform_snr_db(&uniform), uniform_snr_db(0.0, 2.0 * half - 1.0, 0.0),
                    1e-6, "uniform%d", n);
        if (n < 2)
            continue;
        const bc_grid symmetric = grid_of_bits("int", n);

        EXPECT_NEAR(bc_theory_uniform_snr_db(&symmetric),
                    uniform_snr_db(1.0 - half, half - 1.0, 0.0), 1e-6, "int%d", n);
    }
    assert_true(isnan(bc_theory_uniform_snr_db(&e2m1)));
}

/* Full-scale sine, undithered: 6.02 b + 1.76 dB (Bennett 1948), with the peak on the largest
 * code, 1 - 2^-(b-1): 20 log10 of that less. */
static const struct {
    const char *name;
    int bits;
    double snr_db, tolerance; /* few bits: the error is not quite uniform */
} sines[] = {
    { "sine  4 bit", 4, 25.84 - 1.16, 0.5 }, { "sine  8 bit", 8, 49.92 - 0.07, 0.15 },
    { "sine 12 bit", 12, 74.01, 0.05 },      { "sine 16 bit", 16, 98.09, 0.05 },
    { "sine 20 bit", 20, 122.17, 0.05 },     { "sine 24 bit", 24, 146.25, 0.05 },
};

/* Mean square error, in steps, of rounding a sine of amplitude a steps: e^2 at x is
 * 1/12 + sum (-1)^n cos(2 pi n x) / (pi n)^2, and the mean of cos(z sin t) is J0(z). */
static double sine_error_power(double a)
{
    double sum = 1.0 / 12;

    for (int n = 1; n <= 2000; n++) /* terms fall as n^-2.5 */
        sum += (n % 2 ? -1.0 : 1.0) * j0(2.0 * pi * n * a) / (pi * n * pi * n);
    return sum;
}

static void full_scale_sines(void **state)
{
    static double x[N], y[N];
    const bc_noise *none = bc_noise_find("none");

    (void)state;
    for (size_t r = 0; r < sizeof sines / sizeof *sines; r++) {
        const bc_grid g = grid_of_bits("pcm", sines[r].bits);
        const double peak = 1.0 - ldexp(1.0, 1 - sines[r].bits), peak_steps = peak * g.den;
        const double exact_db =
            10.0 * log10(0.5 * peak_steps * peak_steps / sine_error_power(peak_steps));
        bc_error_sums sums = { 0 };

        for (size_t i = 0; i < N; i++) /* turns per sample: far from any simple fraction */
            x[i] = peak * sin(2.0 * pi * fmod((double)i * 0.0618033988749895, 1.0));
        bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, NULL, N, y, NULL);
        bc_error_add_f64(&sums, x, y, N);
        EXPECT_NEAR(bc_error_snr_db(&sums), sines[r].snr_db, sines[r].tolerance, "%s",
                    sines[r].name);
        /* 2^18 samples, and from 16 bits on each step is passed at random: 0.25 %, 0.01 dB. */
        EXPECT_NEAR(bc_error_snr_db(&sums), exact_db, 0.02, "%s: exact form", sines[r].name);
        /* The rule of thumb is the full scale of 1; here the power is peak^2 / 2. */
        EXPECT_NEAR(bc_theory_rule_of_thumb_db(sines[r].bits) + 20.0 * log10(peak), sines[r].snr_db,
                    0.01, "%s: rule of thumb", sines[r].name);
        EXPECT_NEAR(bc_theory_snr_db(&g, none, 0.5 * peak * peak), sines[r].snr_db, 0.01,
                    "%s: theory", sines[r].name);
    }
}

/* A sine of amplitude 1 on the mid-rise grid, which has room for all of it. Its error is uniform
 * over a step only where steps are many: with few, much of the time is spent in the steps at the
 * ends, where the sine turns round. The mean of (y - sin t)^2 is a sum over the 2^(n-1) marks y of
 * each sign, from the arcs of t that belong to them; with one bit, y = 1/2, it is 3/4 - 2/pi, 6.44
 * dB. */
static double midrise_sine_db(int bits)
{
    const double half = ldexp(1.0, bits - 1);
    double error = 0.5; /* mean of sin^2 */

    for (double k = 0.0; k < half; k++) {
        const double from = asin(k / half), to = asin((k + 1.0) / half), y = (k + 0.5) / half;

        error += (y * y * (to - from) - 2.0 * y * (cos(from) - cos(to))) / (0.5 * pi);
    }
    return 10.0 * log10(0.5 / error);
}

static void full_scale_sines_mid_rise(void **state)
{
    static const double few_db[] = { 6.44, 12.81, 19.09, 25.31, 31.48 };
    static double x[N], y[N];
    static float narrow_x[N], narrow_y[N];

    (void)state;
    for (size_t i = 0; i < N; i++) {
        x[i] = sin(2.0 * pi * fmod((double)i * 0.0618033988749895, 1.0));
        narrow_x[i] = (float)x[i];
    }
    for (int n = 1; n <= 16; n++) {
        const bc_grid g = grid_of_bits("midrise", n);
        const bc_granular region = bc_granular_of(&g, &BC_SCALE_IDENTITY);
        const double thumb_db = bc_theory_rule_of_thumb_db(n);
        bc_error_sums wide = { 0 }, narrow = { 0 };

        bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, NULL, N, y, NULL);
        bc_quantize_f32(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, narrow_x, NULL, N, narrow_y,
                        NULL);
        bc_error_add_f64(&wide, x, y, N);
        bc_error_add_f32(&narrow, narrow_x, narrow_y, N);
        EXPECT_NEAR(bc_error_snr_db(&wide), midrise_sine_db(n), 0.02, "midrise%d", n);
        EXPECT_NEAR(bc_error_snr_db(&narrow), midrise_sine_db(n), 0.02, "midrise%d in float", n);
        if (n <= 5)
            EXPECT_NEAR(bc_error_snr_db(&wide), few_db[n - 1], 0.05, "midrise%d", n);
        else
            EXPECT_NEAR(bc_error_snr_db(&wide), thumb_db, 0.3, "midrise%d: rule of thumb", n);
        bc_error_add_overload_f64(&wide, &region, x, y, N);
        EXPECT(wide.n_clipped == 0, "midrise%d clips a full-scale sine", n);
    }
}

/* Dither costs: 2, 3 and 4 twelfths instead of 1: 3.01, 4.77 and 6.02 dB. */
static const struct {
    const char *dither;
    double loss_db;
} losses[] = { { "none", 0.0 },
               { "rpdf", 3.0103 },
               { "tpdf", 4.7712 },
               { "hptpdf", 4.7712 },
               { "gaussian", 6.0206 } };

static void theory_of_dither(void **state)
{
    const bc_grid g = grid_of("pcm8"), fp8 = grid_of("e4m3");

    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        const bc_noise *noise = bc_noise_find(losses[i].dither);

        EXPECT_NEAR(bc_theory_snr_db(&g, noise, 0.5), 49.9257 - losses[i].loss_db, 1e-3, "%s",
                    losses[i].dither);
        assert_true(isnan(bc_theory_snr_db(&fp8, noise, 0.5)));
        assert_true(isnan(bc_theory_snr_db(&g, noise, 0.0)));
    }
    assert_true(isnan(bc_theory_snr_db(&g, bc_noise_find("bayer4"), 0.5)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("uniform noise has the SNR of its closed form on every affine grid",
                 uniform_noise),
        SENTENCE("theory gives that closed form", theory_of_uniform_noise),
        SENTENCE("a full-scale sine has 6.02 b + 1.76 dB", full_scale_sines),
        SENTENCE("on mid-rise grids it has that from 6 bits on, and what few marks give below",
                 full_scale_sines_mid_rise),
        SENTENCE("theory subtracts 3.01, 4.77 and 6.02 dB for dither", theory_of_dither),
    };

    return cmocka_run_group_tests_name("SNR", tests, NULL, NULL);
}
