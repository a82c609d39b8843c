/* The random kinds have the distributions they are named for. */
#include "bitcrush/noise.h"
#include "bits.h"
#include "expect.h"

enum { N = 1 << 20 };

static float noise[N], other[N];

/* Variance and fourth central moment over variance^2 by hand: a uniform of width w has w^2 / 12
 * and 9/5; the sum of two of them adds variances and has 3 - (3 - 9/5) / 2 = 12/5; Gauss 3. */
static const struct {
    const char *name;
    double limit, variance, kurtosis;
    double lag1; /* correlation of neighbours: u[i] - u[i-1] shares one term of two, negated */
} rows[] = {
    { "rpdf", 0.5, 1.0 / 12, 9.0 / 5, 0.0 },
    { "tpdf", 1.0, 1.0 / 6, 12.0 / 5, 0.0 },
    { "hptpdf", 1.0, 1.0 / 6, 12.0 / 5, -0.5 },
    { "gaussian", 4.0, 1.0 / 4, 3.0, 0.0 },
};
enum { N_ROWS = sizeof rows / sizeof *rows };

/* Sums over neighbours that correlate by -1/2 and less scatter no more than twice as much as
 * independent ones; 5 sigma of those. */
static double bound(double variance_of_a_term)
{
    return 2.0 * 5.0 * sqrt(variance_of_a_term / N);
}

static double mean_product(const float *a, const float *b, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum / (double)n;
}

static void moments(void **state)
{
    (void)state;
    for (size_t r = 0; r < N_ROWS; r++) {
        const double v = rows[r].variance;
        double sum = 0.0, sum2 = 0.0, sum3 = 0.0, sum4 = 0.0, peak = 0.0;

        bc_noise_fill(bc_noise_find(rows[r].name), BC_DEFAULT_SEED, 9, 0, noise, N);
        for (size_t i = 0; i < N; i++) {
            const double d = (double)noise[i];

            sum += d;
            sum2 += d * d;
            sum3 += d * d * d;
            sum4 += d * d * d * d;
            peak = fmax(peak, fabs(d));
        }
        EXPECT(peak < rows[r].limit, "%s: peak %g", rows[r].name, peak);
        EXPECT_NEAR(sum / N, 0.0, bound(v), "%s: mean", rows[r].name);
        EXPECT_NEAR(sum2 / N, v, bound((rows[r].kurtosis - 1.0) * v * v), "%s: variance",
                    rows[r].name);
        EXPECT_NEAR(sum3 / N, 0.0, bound(15.0 * v * v * v), "%s: third moment", rows[r].name);
        EXPECT_NEAR(sum4 / N / (v * v), rows[r].kurtosis, bound(96.0), "%s: kurtosis",
                    rows[r].name);
        EXPECT_NEAR(bc_noise_find(rows[r].name)->variance, v, 1e-15, "%s: variance of the row",
                    rows[r].name);
    }
}

static void neighbours(void **state)
{
    (void)state;
    for (size_t r = 0; r < N_ROWS; r++) {
        const double v = rows[r].variance;

        bc_noise_fill(bc_noise_find(rows[r].name), BC_DEFAULT_SEED, 10, 0, noise, N);
        for (size_t lag = 1; lag <= 8; lag++)
            EXPECT_NEAR(mean_product(noise, noise + lag, N - lag) / v,
                        lag == 1 ? rows[r].lag1 : 0.0, bound(1.0), "%s: correlation at lag %zu",
                        rows[r].name, lag);
    }
}

/* P(noise <= t) at a few t: in halves of the limit the triangle has 1/8, 1/2, 7/8. */
static double uniform_below(double t)
{
    return t + 0.5;
}

static double triangle_below(double t)
{
    return t < 0.0 ? 0.5 * (1.0 + t) * (1.0 + t) : 1.0 - 0.5 * (1.0 - t) * (1.0 - t);
}

static double gauss_below(double t)
{
    return 0.5 * erfc(-t / 0.5 / sqrt(2.0));
}

static void distributions(void **state)
{
    static double (*const below[N_ROWS])(double) = { uniform_below, triangle_below, triangle_below,
                                                     gauss_below };

    (void)state;
    for (size_t r = 0; r < N_ROWS; r++) {
        bc_noise_fill(bc_noise_find(rows[r].name), BC_DEFAULT_SEED, 11, 0, noise, N);
        for (double at = -0.9375; at < 1.0; at += 0.0625) {
            const double t = at * (rows[r].limit > 1.0 ? 2.0 : rows[r].limit);
            const double want = below[r](t);
            size_t count = 0;

            for (size_t i = 0; i < N; i++)
                count += (double)noise[i] <= t;
            EXPECT_NEAR((double)count / N, want, bound(want * (1.0 - want)),
                        "%s: share of samples up to %g", rows[r].name, t);
        }
    }
}

/* Beyond 1, 2, 3, 4 sigma: 0.3173, 0.0455, 0.0027, 6.33e-5 (any table of the normal law). */
static void gaussian_tails(void **state)
{
    static const double shares[] = { 0.317310508, 0.045500264, 0.002699796, 6.3342e-5 };

    (void)state;
    bc_noise_fill(bc_noise_find("gaussian"), BC_DEFAULT_SEED, 12, 0, noise, N);
    for (int sigmas = 1; sigmas <= 4; sigmas++) {
        const double share = shares[sigmas - 1];
        size_t count = 0;

        for (size_t i = 0; i < N; i++)
            count += fabs((double)noise[i]) > 0.5 * sigmas;
        EXPECT_NEAR((double)count / N, share, bound(share), "beyond %d sigma", sigmas);
    }
}

/* Neither streams, nor seeds, nor kinds, nor a shift by some samples, go together. */
static void independence(void **state)
{
    static const struct {
        uint64_t seed;
        uint32_t stream;
        uint64_t first;
    } places[] = { { BC_DEFAULT_SEED, 1, 0 },
                   { BC_DEFAULT_SEED, 2, 0 },
                   { BC_DEFAULT_SEED, 0x80000001, 0 },
                   { BC_DEFAULT_SEED + 1, 1, 0 },
                   { BC_DEFAULT_SEED, 1, 3 * (uint64_t)N },
                   { BC_DEFAULT_SEED, 1, (uint64_t)1 << 33 } };
    enum { SHORT = 1 << 17 };

    (void)state;
    for (size_t r = 0; r < N_ROWS; r++) {
        bc_noise_fill(bc_noise_find(rows[r].name), BC_DEFAULT_SEED, 1, 0, noise, SHORT);
        for (size_t q = 0; q < N_ROWS; q++) {
            for (size_t p = q == r ? 1 : 0; p < sizeof places / sizeof *places; p++) {
                bc_noise_fill(bc_noise_find(rows[q].name), places[p].seed, places[p].stream,
                              places[p].first, other, SHORT);
                /* Independent: sigma of the correlation is 1 / sqrt(n), 5 of them and twice. */
                EXPECT_NEAR(mean_product(noise, other, SHORT) /
                                sqrt(rows[r].variance * rows[q].variance),
                            0.0, 10.0 / sqrt(SHORT), "%s and %s at place %zu: correlation",
                            rows[r].name, rows[q].name, p);
            }
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("mean, variance, skew, kurtosis and peak are those of the law", moments),
        SENTENCE("only high-pass noise correlates, -1/2 between neighbours", neighbours),
        SENTENCE("the distribution functions are uniform, triangular, normal", distributions),
        SENTENCE("Gaussian noise has Gaussian tails", gaussian_tails),
        SENTENCE("streams, seeds and kinds are independent", independence),
    };

    return cmocka_run_group_tests_name("noise moments", tests, NULL, NULL);
}
