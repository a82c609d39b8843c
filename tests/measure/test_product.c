/* Rounded products, computed by hand, and the growth of errors in sums of them. */
#include "../core/expect.h"
#include "bitcrush/product.h"

static const double a = 1.23112332, b = 0.521341232;

static const struct {
    int bits;
    double step, a, b, product;
} rows[] = {
    { 2, 1.0, 1.0, 1.0, 1.0 }, /* the factors lie in -2 .. 2: step 4 / 2^n */
    { 4, 0.25, 1.25, 0.5, 0.625 },
    { 8, 0x1p-6, 79 * 0x1p-6, 33 * 0x1p-6, 79 * 33 * 0x1p-12 },
};

static void by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_grid grid;
        bc_scale scale;

        assert_int_equal(bc_product_fixed_point(rows[i].bits, a, b, &grid, &scale, NULL), BC_OK);
        EXPECT_NEAR(scale.gain / grid.den, rows[i].step, 0.0, "%d bits: step", rows[i].bits);

        const bc_product p = bc_product_rounded(&grid, &scale, a, b);

        EXPECT_NEAR(p.a, rows[i].a, 0.0, "%d bits: a", rows[i].bits);
        EXPECT_NEAR(p.b, rows[i].b, 0.0, "%d bits: b", rows[i].bits);
        EXPECT_NEAR(p.product, rows[i].product, 0.0, "%d bits: product", rows[i].bits);
        EXPECT_NEAR(p.error, rows[i].product - 0.64183534839, 1e-11, "%d bits: error",
                    rows[i].bits);
        /* (a + da)(b + db) - ab = da b + a db + da db; rounding of doubles only. */
        EXPECT_NEAR(p.error_a + p.error_b + (p.a - a) * (p.b - b), p.error, 1e-15,
                    "%d bits: parts of the error", rows[i].bits);
    }
    bc_grid grid;
    bc_scale scale;

    assert_int_equal(bc_product_fixed_point(33, a, b, &grid, &scale, NULL), BC_E_USAGE);
}

/* 1 + 1/sqrt(2 N) is the spread of a root mean square of N values: 4000 trials, 4 sigma is 4.5
 * %. */
static void sums_grow_by_the_root(void **state)
{
    static const uint32_t terms[] = { 1, 16, 1024 };
    bc_grid grid;
    bc_scale scale;

    (void)state;
    assert_int_equal(bc_product_fixed_point(8, a, b, &grid, &scale, NULL), BC_OK);

    const double q = 0x1p-12 / 12.0, one = sqrt(q * (a * a + b * b) / 3.0 + q * q);

    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        const double want = sqrt(terms[i]) * one;
        double signal;
        const double got = bc_dot_error_measured(&grid, &scale, a, b, terms[i], 4000, 7, &signal);

        EXPECT_NEAR(bc_dot_error_expected(&grid, &scale, a, b, terms[i]), want, 1e-12 * want,
                    "%u terms: theory", terms[i]);
        EXPECT_NEAR(got, want, 0.045 * want, "%u terms: error", terms[i]);
        /* A product of uniform factors has the mean square a^2 b^2 / 9. */
        EXPECT_NEAR(signal, sqrt(terms[i]) * a * b / 3.0, 0.06 * signal, "%u terms: sum", terms[i]);
    }
}

static void no_theory_for_floats(void **state)
{
    const bc_scale scale = BC_SCALE_IDENTITY;
    bc_grid grid;

    (void)state;
    assert_int_equal(bc_grid_named("e4m3", &grid, NULL), BC_OK);
    assert_true(isnan(bc_dot_error_expected(&grid, &scale, a, b, 10)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("rounded products are those computed by hand", by_hand),
        SENTENCE("the error of a dot product grows with the root of its terms",
                 sums_grow_by_the_root),
        SENTENCE("floats have no closed form", no_theory_for_floats),
    };

    return cmocka_run_group_tests_name("product", tests, NULL, NULL);
}
