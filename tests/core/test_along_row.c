/* Feedback along a row by its definition: after each weight, those not yet rounded are where the
 * squared error of the output would be least, found anew by solving for them. */
#include <string.h>

#include "bitcrush/feedback.h"
#include "bitcrush/shaper.h"
#include "bits.h"
#include "grids.h"

enum { MOST = 12 };

static uint64_t seed = 11;

/* Second moments of inputs that go together, and something on the diagonal. */
static void make_moments(size_t n, double h[MOST * MOST])
{
    enum { SAMPLES = 40 };

    for (size_t i = 0; i < n * n; i++)
        h[i] = i / n == i % n ? 1e-3 : 0.0;
    for (int s = 0; s < SAMPLES; s++) {
        double u[MOST], common = random_between(&seed, -1.0, 1.0);

        for (size_t i = 0; i < n; i++)
            u[i] = common + random_between(&seed, -0.5, 0.5);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                h[i * n + j] += u[i] * u[j] / SAMPLES;
    }
}

/* Solve a x = b by elimination with the largest pivots. */
static void solve(size_t n, double a[MOST][MOST], double b[MOST], double x[MOST])
{
    for (size_t c = 0; c < n; c++) {
        size_t best = c;

        for (size_t r = c + 1; r < n; r++)
            best = fabs(a[r][c]) > fabs(a[best][c]) ? r : best;
        for (size_t k = 0; k < n; k++) {
            const double swap = a[c][k];

            a[c][k] = a[best][k];
            a[best][k] = swap;
        }
        const double swap = b[c];

        b[c] = b[best];
        b[best] = swap;
        for (size_t r = c + 1; r < n; r++) {
            const double factor = a[r][c] / a[c][c];

            for (size_t k = c; k < n; k++)
                a[r][k] -= factor * a[c][k];
            b[r] -= factor * b[c];
        }
    }
    for (size_t r = n; r-- > 0;) {
        x[r] = b[r];
        for (size_t k = r + 1; k < n; k++)
            x[r] -= a[r][k] * x[k];
        x[r] /= a[r][r];
    }
}

/* Where weight `at` should be, when those before it have become y: the least d' H d over all that
 * are left, d = y - w, is where H_rr d_r = -H_rd d_d. */
static double wanted(size_t n, const double *h, const double *w, const double *y, size_t at)
{
    double a[MOST][MOST], b[MOST], d[MOST];

    for (size_t r = at; r < n; r++) {
        b[r - at] = 0.0;
        for (size_t k = 0; k < at; k++)
            b[r - at] -= h[r * n + k] * (y[k] - w[k]);
        for (size_t k = at; k < n; k++)
            a[r - at][k - at] = h[r * n + k];
    }
    solve(n - at, a, b, d);
    return w[at] + d[0];
}

static double output_error(size_t n, const double *h, const double *w, const double *y)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += (y[i] - w[i]) * h[i * n + j] * (y[j] - w[j]);
    return sum;
}

static void each_step_is_the_least_squares(void **state)
{
    static const char *const names[] = { "int3", "int8", "e2m1", "midrise2" };
    const bc_scale scale = { 0.8, 0.0, 0 };
    double plain_sum = 0.0, fed_sum = 0.0;

    (void)state;
    for (int run = 0; run < 200; run++) {
        const size_t n = 1 + (size_t)run % MOST;
        const bc_grid g = grid_of(names[run % 4]);
        double h[MOST * MOST], shares[MOST * MOST], w[MOST], y[MOST], plain[MOST];
        int32_t codes[MOST];

        make_moments(n, h);
        for (size_t i = 0; i < n; i++)
            w[i] = random_between(&seed, -1.2, 1.2); /* some clip */
        assert_int_equal(bc_row_shares(n, h, shares, NULL), BC_OK);
        bc_quantize_row_f64(&g, &scale, shares, w, NULL, n, y, codes);
        for (size_t i = 0; i < n; i++) {
            const double v = wanted(n, h, w, y, i);
            double nearest;
            int32_t code;

            bc_quantize_f64(&g, &scale, BC_ROUND_NEAREST, &v, NULL, 1, &nearest, &code);
            /* A hair from half way either will do. */
            EXPECT(code == codes[i] || fabs(fabs(y[i] - v) - fabs(nearest - v)) < 1e-9,
                   "run %d, weight %zu of %zu: code %d, expected %d", run, i, n, codes[i], code);
        }
        bc_quantize_f64(&g, &scale, BC_ROUND_NEAREST, w, NULL, n, plain, NULL);
        plain_sum += output_error(n, h, w, plain);
        fed_sum += output_error(n, h, w, y);
    }
    EXPECT(fed_sum < 0.8 * plain_sum, "error of the output %g, rounded one by one %g", fed_sum,
           plain_sum);
}

/* Shares of the first error: H_rr^-1 H_r0. By hand for two: h01 / h11. */
static void shares_of_two(void **state)
{
    double h[4] = { 2.0, 0.6, 0.6, 1.5 };

    (void)state;
    assert_int_equal(bc_row_shares(2, h, h, NULL), BC_OK); /* in place */
    EXPECT_NEAR(h[1], 0.4, 1e-15, "the second takes");
    assert_true(h[0] == 0.0 && h[2] == 0.0 && h[3] == 0.0);
}

/* Inputs that have nothing to do with each other: nothing can be made up for. */
static void a_diagonal_shares_nothing(void **state)
{
    const double h[9] = { 3.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 7.0 };
    const double w[3] = { 0.3, (double)NAN, -0.7 };
    const bc_grid g = grid_of("int4");
    double shares[9], y[3], plain[3];
    const double finite[3] = { 0.3, 0.0, -0.7 };

    (void)state;
    assert_int_equal(bc_row_shares(3, h, shares, NULL), BC_OK);
    for (size_t i = 0; i < 9; i++)
        assert_true(shares[i] == 0.0);
    bc_quantize_row_f64(&g, &BC_SCALE_IDENTITY, shares, w, NULL, 3, y, NULL);
    bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, finite, NULL, 3, plain, NULL);
    for (size_t i = 0; i < 3; i++)
        EXPECT(y[i] == plain[i], "%g, expected %g", y[i], plain[i]);
}

static void what_is_not_positive_definite(void **state)
{
    const double singular[4] = { 1.0, 1.0, 1.0, 1.0 };
    const double broken[4] = { 1.0, 0.0, 0.0, (double)NAN };
    double shares[4];
    bc_error err = { .status = BC_OK };

    (void)state;
    assert_int_equal(bc_row_shares(2, singular, shares, &err), BC_E_USAGE);
    EXPECT(strstr(err.text, "not positive definite at weight 0") != NULL, "%s", err.text);
    assert_int_equal(bc_row_shares(2, broken, shares, NULL), BC_E_USAGE);
    assert_int_equal(bc_row_shares(0, singular, shares, NULL), BC_OK);
}

/* Every kind once, by its place. */
static void kinds(void **state)
{
    const bc_feedback_row *rows;
    const size_t n = bc_feedback_rows(&rows);

    (void)state;
    assert_int_equal(n, BC_FEEDBACK_ROWS + 1);
    for (size_t i = 0; i < n; i++)
        EXPECT((size_t)rows[i].kind == i && rows[i].name[0] && rows[i].doc[0] &&
                   (rows[i].source[0] || i == BC_FEEDBACK_NONE),
               "row %zu", i);
    for (size_t i = 0; i < n; i++)
        EXPECT((rows[i].elsewhere != NULL) == (i != BC_FEEDBACK_NONE), "row %zu", i);
}

/* Every name of a diffusion and of a shaper is of its kind, and what is none is NULL. */
static void names_of_kinds(void **state)
{
    static const struct {
        const char *name;
        bc_feedback_kind kind;
    } few[] = { { "none", BC_FEEDBACK_NONE },
                { "rows", BC_FEEDBACK_ROWS },
                { "ath", BC_FEEDBACK_TIME },
                { "lipshitz", BC_FEEDBACK_TIME },
                { "floyd-steinberg", BC_FEEDBACK_PLANE } };
    static const char *const others[] = { "", "time", "plane", "tpdf", "blue", "Rows" };
    const bc_diffusion *kernels;
    const bc_shaper_row *shapers;
    const size_t n_kernels = bc_diffusion_rows(&kernels), n_shapers = bc_shaper_rows(&shapers);

    (void)state;
    for (size_t i = 0; i < sizeof few / sizeof *few; i++) {
        const bc_feedback_row *row = bc_feedback_find(few[i].name);

        EXPECT(row && row->kind == few[i].kind, "%s", few[i].name);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        EXPECT(!bc_feedback_find(others[i]), "%s", others[i]);
    for (size_t i = 0; i < n_kernels; i++)
        EXPECT(bc_feedback_find(kernels[i].name)->kind == BC_FEEDBACK_PLANE, "%s", kernels[i].name);
    for (size_t i = 0; i < n_shapers; i++)
        EXPECT(bc_feedback_find(shapers[i].name)->kind == BC_FEEDBACK_TIME, "%s", shapers[i].name);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("after each weight the others are where the output's error is least",
                 each_step_is_the_least_squares),
        SENTENCE("of two weights the second takes h01 / h11", shares_of_two),
        SENTENCE("with a diagonal matrix every weight is rounded by itself",
                 a_diagonal_shares_nothing),
        SENTENCE("a matrix that is not positive definite is refused",
                 what_is_not_positive_definite),
        SENTENCE("the table has every kind of feedback", kinds),
        SENTENCE("a name of feedback has the kind that it is of", names_of_kinds),
    };

    return cmocka_run_group_tests_name("feedback along a row", tests, NULL, NULL);
}
