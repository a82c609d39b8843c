/* What non-subtractive dither does to the error of rounding (Lipshitz, Wannamaker, Vanderkooy,
 * JAES 40(5), 1992): its mean and power at constant inputs, in steps, where nothing clips. */
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/quantize.h"
#include "bits.h"
#include "grids.h"

enum { N = 1 << 17 };

/* Error moments at a constant input that lies `offset` steps above a mark. */
typedef struct {
    double mean, power;
} moments;

static double normal_cdf(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

/* Uniform noise of one step: the mark above is taken with probability `offset`. */
static moments of_rpdf(double offset)
{
    return (moments){ 0.0, offset * (1.0 - offset) };
}

/* Triangular noise: mean and power do not depend on the input. */
static moments of_tpdf(double offset)
{
    (void)offset;
    return (moments){ 0.0, 3.0 / 12 };
}

/* Gaussian noise, sigma 1/2: mark k is taken when offset + noise falls within k +- 1/2. */
static moments of_gaussian(double offset)
{
    moments m = { 0.0, 0.0 };

    for (int k = -6; k <= 6; k++) {
        const double chance =
            normal_cdf((k + 0.5 - offset) / 0.5) - normal_cdf((k - 0.5 - offset) / 0.5);

        m.mean += chance * (k - offset);
        m.power += chance * (k - offset) * (k - offset);
    }
    return m;
}

static const struct {
    const char *dither;
    moments (*at)(double offset);
    double power; /* mean of the above over all offsets, in steps^2 */
} rows[] = {
    { "rpdf", of_rpdf, 2.0 / 12 },
    { "tpdf", of_tpdf, 3.0 / 12 },
    { "hptpdf", of_tpdf, 3.0 / 12 },
    { "gaussian", of_gaussian, 4.0 / 12 },
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static moments measure(const bc_grid *g, double x_steps, const double *x, const double *noise)
{
    static double constant[N], y[N];
    bc_error_sums sums = { 0 };

    for (size_t i = 0; i < N && !x; i++)
        constant[i] = x_steps / g->den;
    bc_quantize_f64(g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x ? x : constant, noise, N, y, NULL);
    bc_error_add_f64(&sums, x ? x : constant, y, N);
    return (moments){ sums.sum_e / N * g->den, sums.sum_e2 / N * g->den * g->den };
}

static void constant_inputs(void **state)
{
    static double noise[N];
    const bc_grid grids[] = { grid_of("pcm8"), grid_of("uniform6") };

    (void)state;
    for (size_t r = 0; r < N_ROWS; r++) {
        for (size_t i = 0; i < 2; i++) {
            bc_noise_fill_f64(bc_noise_find(rows[r].dither), BC_DEFAULT_SEED, 1 + (uint32_t)i, 0,
                              noise, N);
            for (int eighths = 0; eighths < 8; eighths++) {
                const double offset = eighths / 8.0;
                const moments got = measure(&grids[i], 17.0 + offset, NULL, noise);
                const moments want = rows[r].at(offset);

                /* 5 sigma: sqrt(power / N) for the mean, and for the power sqrt(3 power^2 / N)
                 * at most (the fourth moment of a Gaussian). */
                EXPECT_NEAR(got.mean, want.mean, 5.0 * sqrt(want.power / N) + 1e-12,
                            "%s, grid %zu: mean error at %g of a step", rows[r].dither, i, offset);
                EXPECT_NEAR(got.power, want.power, 5.0 * sqrt(3.0 / N) * want.power + 1e-12,
                            "%s, grid %zu: error power at %g of a step", rows[r].dither, i, offset);
            }
        }
    }
}

/* Over a signal that visits all places of a step alike, and as the rows of the registry say. */
static void uniform_inputs(void **state)
{
    static double noise[N], x[N];
    const bc_grid g = grid_of("pcm8");
    uint64_t seed = 41;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = random_between(&seed, -120.0, 120.0) / 128.0;
    for (size_t r = 0; r < N_ROWS; r++) {
        const bc_noise *kind = bc_noise_find(rows[r].dither);

        bc_noise_fill_f64(kind, BC_DEFAULT_SEED, 3, 0, noise, N);
        const moments got = measure(&g, 0.0, x, noise);

        EXPECT_NEAR(got.mean, 0.0, 5.0 * sqrt(rows[r].power / N), "%s: mean error", rows[r].dither);
        EXPECT_NEAR(got.power, rows[r].power, 5.0 * sqrt(3.0 / N) * rows[r].power,
                    "%s: error power", rows[r].dither);
        EXPECT_NEAR(kind->error_power, rows[r].power, 1e-15, "%s: error power of the row",
                    rows[r].dither);
    }
}

/* Undithered, the error of a constant is that constant's own: what dither is for. */
static void without_dither(void **state)
{
    const bc_grid g = grid_of("pcm8");

    (void)state;
    for (int eighths = -3; eighths <= 3; eighths++) {
        const moments got = measure(&g, 17.0 + eighths / 8.0, NULL, NULL);

        EXPECT_NEAR(got.mean, -eighths / 8.0, 1e-12, "%d/8 of a step", eighths);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("undithered error follows the input", without_dither),
        SENTENCE("error moments at constant inputs are those of theory", constant_inputs),
        SENTENCE("error power is 2, 3, 3 and 4 twelfths of a squared step", uniform_inputs),
    };

    return cmocka_run_group_tests_name("dither", tests, NULL, NULL);
}
