/* Codebooks against what is published about them and what must hold of any. */
#include "bitcrush/codebook.h"

#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "expect.h"

static bc_points points_of(const float *coordinates, const float *weights, size_t n,
                           uint32_t n_dims)
{
    return (bc_points){ coordinates, weights, n, n_dims };
}

/* Split and refine; returns the number of centres. */
static uint32_t fit(const bc_points *p, uint32_t k, const bc_codebook_rules *rules, float *centres,
                    double *distortion)
{
    bc_error err = { 0 };
    uint32_t n = 0;

    EXPECT(bc_codebook_split(p, k, centres, &n, &err) == BC_OK, "%s", err.text);
    EXPECT(bc_codebook_refine(p, n, rules, centres, NULL, distortion, &err) == BC_OK, "%s",
           err.text);
    return n;
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* J. Max, Quantizing for Minimum Distortion, IRE Trans. IT-6, 1960, table I: unit Gaussian. */
static const struct {
    int bits;
    double distortion;
    double levels[8]; /* the positive ones */
} max_1960[] = {
    { 1, 0.3634, { 0.7980 } },
    { 2, 0.1175, { 0.4528, 1.510 } },
    { 3, 0.03454, { 0.2451, 0.7560, 1.344, 2.152 } },
    { 4, 0.009497, { 0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733 } },
};

enum { N_GAUSSIAN = 200001 };

static void gaussian_levels(void **state)
{
    static float x[N_GAUSSIAN], weights[N_GAUSSIAN];
    const bc_codebook_rules rules = { .max_rounds = 20000, .min_gain = 1e-13, .n_threads = 1 };

    (void)state;
    for (int i = 0; i < N_GAUSSIAN; i++) { /* the density on a fine comb, to 6 sigma */
        const double t = 12.0 * i / (N_GAUSSIAN - 1) - 6.0;

        x[i] = (float)t;
        weights[i] = (float)exp(-0.5 * t * t);
    }
    for (size_t r = 0; r < sizeof max_1960 / sizeof *max_1960; r++) {
        const bc_points p = points_of(x, weights, N_GAUSSIAN, 1);
        const uint32_t k = 1u << max_1960[r].bits;
        float centres[16];
        double distortion = 0.0;

        assert_int_equal(fit(&p, k, &rules, centres, &distortion), k);
        qsort(centres, k, sizeof *centres, by_value);
        /* On a comb of points centres settle once no point changes hands: a little early. */
        EXPECT_NEAR(distortion, max_1960[r].distortion, 1e-3 * max_1960[r].distortion,
                    "distortion at %d bits", max_1960[r].bits);
        for (uint32_t i = 0; i < k / 2; i++) {
            EXPECT_NEAR((double)centres[k / 2 + i], max_1960[r].levels[i], 1e-2,
                        "level %u at %d bits", i, max_1960[r].bits);
            EXPECT_NEAR((double)centres[k / 2 - 1 - i], -max_1960[r].levels[i], 1e-2,
                        "level -%u at %d bits", i, max_1960[r].bits);
        }
    }
}

/* Clusters far apart are found whole, in every number of dimensions. */
static void clusters(void **state)
{
    enum { N_CLUSTERS = 7, N_EACH = 300 };
    static float x[N_CLUSTERS * N_EACH * 4];
    const bc_codebook_rules rules = bc_codebook_rules_default();
    uint64_t seed = 3;

    (void)state;
    for (uint32_t n_dims = 1; n_dims <= 4; n_dims++) {
        float centres[N_CLUSTERS * 4];
        uint32_t owners[N_CLUSTERS * N_EACH];
        double distortion;
        bc_error err;

        for (size_t i = 0; i < N_CLUSTERS * N_EACH; i++)
            for (uint32_t d = 0; d < n_dims; d++)
                x[i * n_dims + d] = (float)((d == 0 ? (double)(i % N_CLUSTERS) : 0.0) +
                                            random_between(&seed, -0.1, 0.1));
        const bc_points p = points_of(x, NULL, N_CLUSTERS * N_EACH, n_dims);

        assert_int_equal(fit(&p, N_CLUSTERS, &rules, centres, &distortion), N_CLUSTERS);
        assert_int_equal(bc_codebook_refine(&p, N_CLUSTERS, &rules, centres, owners, NULL, &err),
                         BC_OK);
        for (size_t i = 0; i < N_CLUSTERS * N_EACH; i++)
            EXPECT(owners[i] == owners[i % N_CLUSTERS], "%u dimensions: point %zu", n_dims, i);
        /* Uniform in a cube of side 0.2: variance 0.2^2 / 12 in each dimension. */
        EXPECT_NEAR(distortion, n_dims * 0.04 / 12.0, 0.05 * n_dims * 0.04 / 12.0, "%u dimensions",
                    n_dims);
    }
}

static void few_points(void **state)
{
    static const float x[] = { 1.0f, 5.0f, 1.0f, 5.0f, 9.0f, 9.0f, 1.0f };
    static const float weights[] = { 1.0f, 2.0f, 1.0f, 1.0f, 4.0f, 0.0f, 0.0f };
    const bc_codebook_rules rules = bc_codebook_rules_default();
    float centres[8];
    double distortion = 1.0;
    bc_points p = points_of(x, NULL, 7, 1);

    (void)state;
    assert_int_equal(fit(&p, 8, &rules, centres, &distortion), 3);
    EXPECT(distortion == 0.0, "as many centres as values: %g", distortion);
    p.weights = weights;
    assert_int_equal(fit(&p, 1, &rules, centres, &distortion), 1);
    EXPECT_NEAR((double)centres[0], (2.0 + 15.0 + 36.0) / 9.0, 1e-6, "weighted mean");
    assert_int_equal(fit(&p, 2, &rules, centres, &distortion), 2);
}

/* From the worst of starts, all centres in one place, every cluster gets its own. */
static void empty_centres(void **state)
{
    static const float x[] = { 0.0f, 0.1f, 10.0f, 10.1f, 20.0f, 20.1f, 30.0f, 30.1f };
    const bc_codebook_rules rules = bc_codebook_rules_default();
    const bc_points p = points_of(x, NULL, 8, 1);
    float centres[4] = { 15.0f, 15.0f, 15.0f, 15.0f };
    double distortion;
    bc_error err;

    (void)state;
    assert_int_equal(bc_codebook_refine(&p, 4, &rules, centres, NULL, &distortion, &err), BC_OK);
    EXPECT_NEAR(distortion, 0.0025, 1e-5, "distortion");
}

static void threads(void **state)
{
    enum { N = 100000, K = 37 };
    static float x[N * 3], weights[N];
    static uint32_t owners[3][N];
    static const int n_threads[] = { 1, 2, 7 };
    float centres[3][K * 3];
    uint64_t seed = 5;

    (void)state;
    for (size_t i = 0; i < N * 3; i++)
        x[i] = (float)random_between(&seed, 0.0, 1.0);
    for (size_t i = 0; i < N; i++)
        weights[i] = (float)random_between(&seed, 0.0, 9.0);
    for (size_t t = 0; t < 3; t++) {
        const bc_points p = points_of(x, weights, N, 3);
        bc_codebook_rules rules = bc_codebook_rules_default();
        uint32_t n;
        bc_error err;

        rules.max_rounds = 12;
        rules.n_threads = n_threads[t];
        assert_int_equal(bc_codebook_split(&p, K, centres[t], &n, &err), BC_OK);
        assert_int_equal(bc_codebook_refine(&p, n, &rules, centres[t], owners[t], NULL, &err),
                         BC_OK);
        EXPECT(memcmp(centres[0], centres[t], sizeof centres[0]) == 0, "centres, %d threads",
               n_threads[t]);
        EXPECT(memcmp(owners[0], owners[t], sizeof owners[0]) == 0, "owners, %d threads",
               n_threads[t]);
    }
}

/* The search by neighbours finds what looking at all centres finds. */
static void nearest(void **state)
{
    enum { N = 4000, K = 90 };
    static float x[N * 3];
    static uint32_t owners[N];
    const bc_codebook_rules rules = { .max_rounds = 3 };
    const bc_points p = points_of(x, NULL, N, 3);
    float centres[K * 3];
    uint64_t seed = 8;
    bc_error err;

    (void)state;
    for (size_t i = 0; i < N * 3; i++)
        x[i] = (float)random_between(&seed, -1.0, 1.0);
    memcpy(centres, x, sizeof centres);
    assert_int_equal(bc_codebook_refine(&p, K, &rules, centres, owners, NULL, &err), BC_OK);
    for (size_t i = 0; i < N; i++) {
        double squares[K], least = INFINITY;

        for (size_t c = 0; c < K; c++) {
            squares[c] = 0.0;
            for (size_t d = 0; d < 3; d++)
                squares[c] += pow((double)x[3 * i + d] - (double)centres[3 * c + d], 2.0);
            least = fmin(least, squares[c]);
        }
        EXPECT(squares[owners[i]] <= least + 1e-6, "point %zu: %g, nearest %g", i,
               squares[owners[i]], least);
    }
}

static void misuse(void **state)
{
    static const float x[] = { 1.0f, 2.0f }, none[] = { 0.0f, 0.0f };
    static const struct {
        const char *name;
        uint32_t k, n_dims;
        size_t n;
        const float *weights;
    } rows[] = {
        { "no centre", 0, 1, 2, NULL },    { "too many centres", 4097, 1, 2, NULL },
        { "no dimension", 1, 0, 2, NULL }, { "too many dimensions", 1, 5, 0, NULL },
        { "no points", 1, 1, 0, NULL },    { "no weight", 1, 1, 2, none },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bc_points p = points_of(x, rows[i].weights, rows[i].n, rows[i].n_dims);
        float centres[1];
        uint32_t n;
        bc_error err = { 0 };

        EXPECT(bc_codebook_split(&p, rows[i].k, centres, &n, &err) == BC_E_USAGE && err.text[0],
               "%s", rows[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("Gaussian data get the levels and the distortion of Max 1960", gaussian_levels),
        SENTENCE("clusters far apart are found in 1 to 4 dimensions", clusters),
        SENTENCE("there are no more centres than distinct points", few_points),
        SENTENCE("an empty centre moves to where the error is largest", empty_centres),
        SENTENCE("threads do not change a bit", threads),
        SENTENCE("every point belongs to its nearest centre", nearest),
        SENTENCE("arguments out of range are told", misuse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
