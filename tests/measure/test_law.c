/* The best quantizers for values of a law, against the tables of those who found them. */
#include <math.h>

#include "../core/expect.h"
#include "bitcrush/measure.h"

/* Max, "Quantizing for minimum distortion", 1960, table I; Paez and Glisson, "Minimum
 * mean-squared-error quantization in speech PCM and DPCM systems", 1972, for the Laplacian; even
 * steps for the uniform. */
static void lloyd_max(void **state)
{
    static const double gaussian[] = { 4.40, 9.30, 14.62, 20.22, 26.01 };
    static const double laplacian[] = { 3.01, 7.54, 12.64, 18.13, 23.87 };

    (void)state;
    for (int i = 0; i < 5; i++) {
        EXPECT_NEAR(bc_theory_lloyd_max_db(BC_LAW_GAUSSIAN, i + 1), gaussian[i], 0.006, "Gaussian");
        EXPECT_NEAR(bc_theory_lloyd_max_db(BC_LAW_LAPLACIAN, i + 1), laplacian[i], 0.006,
                    "Laplacian");
    }
    for (int bits = 1; bits <= BC_LLOYD_MAX_BITS; bits++)
        EXPECT_NEAR(bc_theory_lloyd_max_db(BC_LAW_UNIFORM, bits), 20.0 * bits * log10(2.0), 1e-6,
                    "uniform");
}

/* Panter and Dite, 1951: 6.02 n - 4.35, and - 6.53 for the Laplacian, from below as bits grow. */
static void many_levels(void **state)
{
    (void)state;
    EXPECT_NEAR(bc_theory_lloyd_max_db(BC_LAW_GAUSSIAN, 8), 20.0 * 8 * log10(2.0) - 4.347, 0.06,
                "Gaussian");
    EXPECT_NEAR(bc_theory_lloyd_max_db(BC_LAW_LAPLACIAN, 8), 20.0 * 8 * log10(2.0) - 6.532, 0.06,
                "Laplacian");
}

/* Entropies: 1/2 log2 (2 pi e), log2 (e sqrt 2), log2 sqrt 12 bits at unit variance. */
static void rate(void **state)
{
    const double of_gaussian = 0.5 * log2(2.0 * 3.14159265358979323846 * exp(1.0));

    (void)state;
    EXPECT_NEAR(bc_theory_rate_db(BC_LAW_GAUSSIAN, 4.5), 4.5 * 20.0 * log10(2.0), 1e-9, "Gaussian");
    EXPECT_NEAR(bc_theory_rate_db(BC_LAW_LAPLACIAN, 0.0),
                20.0 * log10(2.0) * (of_gaussian - log2(exp(1.0) * sqrt(2.0))), 1e-6, "Laplacian");
    EXPECT_NEAR(bc_theory_rate_db(BC_LAW_UNIFORM, 0.0),
                20.0 * log10(2.0) * (of_gaussian - log2(sqrt(12.0))), 1e-6, "uniform");
    for (bc_law law = BC_LAW_UNIFORM; law <= BC_LAW_LAPLACIAN; law++)
        for (int bits = 1; bits <= BC_LLOYD_MAX_BITS; bits++)
            assert_true(bc_theory_lloyd_max_db(law, bits) < bc_theory_rate_db(law, bits));
}

static void which_law(void **state)
{
    (void)state;
    assert_int_equal(bc_law_of(0.87, 1.0), BC_LAW_UNIFORM);
    assert_int_equal(bc_law_of(1.6, 2.0), BC_LAW_GAUSSIAN);
    assert_int_equal(bc_law_of(0.5, 1.0), BC_LAW_LAPLACIAN);
    assert_int_equal(bc_law_of(0.0, 0.0), BC_LAW_NONE);
    assert_string_equal(bc_law_name(BC_LAW_GAUSSIAN), "Gaussian");
    assert_null(bc_law_name(BC_LAW_NONE));
    assert_true(isnan(bc_theory_lloyd_max_db(BC_LAW_NONE, 2)));
    assert_true(isnan(bc_theory_lloyd_max_db(BC_LAW_GAUSSIAN, BC_LLOYD_MAX_BITS + 1)));
    assert_true(isnan(bc_theory_rate_db(BC_LAW_NONE, 2)));
}

/* An error as large as the signal is no silence where there is a sound. */
static void silence(void **state)
{
    const float x[] = { 1.0f, -1.0f, 0.5f, -0.5f }, twice[] = { 2.0f, -2.0f, 1.0f, -1.0f };
    const float zeros[4] = { 0 };
    bc_error_sums s = { 0 }, other = { 0 }, empty = { 0 };

    (void)state;
    bc_error_add_f32(&s, x, zeros, 4);
    assert_true(bc_error_is_silent(&s));
    bc_error_add_f32(&other, x, twice, 4);
    EXPECT_NEAR(bc_error_snr_db(&other), 0.0, 0.0, "twice as loud");
    assert_false(bc_error_is_silent(&other));
    bc_error_merge(&s, &other);
    assert_false(bc_error_is_silent(&s));
    assert_false(bc_error_is_silent(&empty));
    bc_error_add_f32(&empty, zeros, zeros, 4); /* it was silent before */
    assert_false(bc_error_is_silent(&empty));
    empty = (bc_error_sums){ 0 };
    bc_error_add_pair(&empty, 0.25, 0.0, 7);
    assert_true(bc_error_is_silent(&empty));
    bc_error_add_pair(&empty, 0.25, 0.5, 1);
    assert_false(bc_error_is_silent(&empty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lloyd_max), cmocka_unit_test(many_levels), cmocka_unit_test(rate),
        cmocka_unit_test(which_law), cmocka_unit_test(silence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
