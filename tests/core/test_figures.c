/* The figures made of error sums and histograms, against hand values. */
#include "bitcrush/measure.h"
#include "expect.h"

static void decibels(void **state)
{
    /* 4 samples of x = 10, error 1: SNR 20 dB; peak 100: 40 dB. */
    const bc_error_sums s = {
        .n = 4, .sum_x = 40, .sum_x2 = 400, .sum_e = 4, .sum_e2 = 4, .max_abs_e = 1
    };
    /* Errors +-3 and +-4: mean 0, RMSE sqrt(12.5). */
    const bc_error_sums t = { .n = 4, .sum_x2 = 50, .sum_e = 0, .sum_e2 = 50 };

    (void)state;
    EXPECT_NEAR(bc_error_snr_db(&s), 20.0, 1e-12, "SNR");
    EXPECT_NEAR(bc_error_psnr_db(&s, 100.0), 40.0, 1e-12, "PSNR");
    EXPECT_NEAR(bc_error_rmse(&s), 1.0, 0.0, "RMSE");
    EXPECT_NEAR(bc_error_mean(&s), 1.0, 0.0, "mean error");
    EXPECT_NEAR(bc_error_snr_db(&t), 0.0, 1e-12, "SNR");
    EXPECT_NEAR(bc_error_rmse(&t), 3.5355339059327378, 1e-15, "RMSE");
    EXPECT_NEAR(bc_error_mean(&t), 0.0, 0.0, "mean error");
}

static void what_does_not_exist(void **state)
{
    const bc_error_sums none = { .n_nonfinite = 5 };
    const bc_error_sums exact = { .n = 3, .sum_x2 = 2.0 };
    const bc_error_sums silence = { .n = 3, .sum_e2 = 1.0 };
    const bc_error_sums exact_silence = { .n = 3 };

    (void)state;
    assert_true(isnan(bc_error_snr_db(&none)) && isnan(bc_error_psnr_db(&none, 1.0)));
    assert_true(isnan(bc_error_rmse(&none)) && isnan(bc_error_mean(&none)));
    assert_true(bc_error_snr_db(&exact) == (double)INFINITY);
    assert_true(bc_error_psnr_db(&exact, 1.0) == (double)INFINITY);
    assert_true(isnan(bc_error_snr_db(&silence)));
    EXPECT_NEAR(bc_error_psnr_db(&silence, 1.0), 4.7712125471966244, 1e-12, "PSNR of silence");
    assert_true(isnan(bc_error_snr_db(&exact_silence)));
    assert_true(bc_error_psnr_db(&exact_silence, 1.0) == (double)INFINITY);
    assert_true(bc_error_rmse(&exact) == 0.0);
}

/* IEEE 1241: (SINAD - 1.76) / 6.02. */
static void effective_bits(void **state)
{
    static const struct {
        double snr_db, bits;
    } rows[] = { { 98.0905, 16.0 }, { 49.9257, 8.0 }, { 7.7815, 1.0 }, { 1.7609, 0.0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        EXPECT_NEAR(bc_enob_bits(rows[i].snr_db), rows[i].bits, 1e-4, "%g dB", rows[i].snr_db);
        EXPECT_NEAR(bc_theory_rule_of_thumb_db(rows[i].bits), rows[i].snr_db, 1e-4, "%g bits",
                    rows[i].bits);
    }
    assert_true(isinf(bc_enob_bits(INFINITY)));
    assert_true(isnan(bc_enob_bits(NAN)));
}

static const struct {
    const char *name;
    uint64_t count[8];
    size_t n, used;
    double bits;
} histograms[] = {
    { "two alike", { 5, 5 }, 2, 2, 1.0 },
    { "eight alike", { 3, 3, 3, 3, 3, 3, 3, 3 }, 8, 8, 3.0 },
    { "one only", { 0, 9, 0 }, 3, 1, 0.0 },
    { "1/2, 1/4, 1/8, 1/8", { 4, 0, 2, 1, 1 }, 5, 4, 1.75 },
    { "1/4, 3/4", { 1, 3 }, 2, 2, 0.81127812445913283 },
    { "large counts", { UINT64_C(1) << 60, UINT64_C(1) << 60, UINT64_C(1) << 61 }, 3, 3, 1.5 },
};

static void entropies(void **state)
{
    const uint64_t zeros[4] = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof histograms / sizeof *histograms; i++) {
        const double bits = bc_entropy_bits(histograms[i].count, histograms[i].n);

        EXPECT_NEAR(bits, histograms[i].bits, 1e-14, "%s", histograms[i].name);
        EXPECT(!signbit(bits), "%s: entropy is -0", histograms[i].name);
        EXPECT(bc_levels_used(histograms[i].count, histograms[i].n) == histograms[i].used,
               "%s: "
               "%zu levels",
               histograms[i].name, bc_levels_used(histograms[i].count, histograms[i].n));
    }
    assert_true(isnan(bc_entropy_bits(zeros, 4)));
    assert_true(isnan(bc_entropy_bits(zeros, 0)));
    assert_int_equal(bc_levels_used(zeros, 4), 0);
    assert_int_equal(bc_levels_used(zeros, 0), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("SNR, PSNR, RMSE and mean are those of the sums", decibels),
        SENTENCE("figures that do not exist are NaN, an exact copy is infinite",
                 what_does_not_exist),
        SENTENCE("effective bits and rule of thumb are 6.02 b + 1.76 dB", effective_bits),
        SENTENCE("known histograms have their entropy", entropies),
    };

    return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
