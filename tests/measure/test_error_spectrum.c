/* The expected spectrum of the error, beside the spectrum of errors that quantizers made, and
 * beside what is known of its sum. */
#include "bitcrush/feedback.h"
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "signals.h"

enum { LENGTH = 2048, BINS = LENGTH / 2 + 1, N = 1 << 19, BANDS = 16 };

/* F-weighted, 3 taps: Wannamaker, JAES 40(7/8), 1992. */
static const double f_weighted[] = { 1.623, -0.982, 0.109 };

/* The sum over the bins is the mean square: error_power, and times 1 + sum c^2 where white noise
 * is shaped (sums of cosines over all bins cancel). */
static void sums(void **state)
{
    static const char *const names[] = { "none", "rpdf", "tpdf", "hptpdf", "gaussian" };
    double power[BINS], gain = 1.0;
    bc_grid grid;

    (void)state;
    for (size_t k = 0; k < 3; k++)
        gain += f_weighted[k] * f_weighted[k];
    assert_int_equal(bc_grid_pcm(8, &grid, NULL), BC_OK);
    for (size_t j = 0; j < 5; j++) {
        const bc_noise *noise = bc_noise_find(names[j]);
        const double flat = noise->error_power / (128.0 * 128.0);

        bc_theory_error_spectrum(&grid, noise, NULL, 0, LENGTH, power);
        EXPECT_NEAR(sum_of(power, BINS), flat, 1e-12 * flat, "%s", names[j]);
        if (noise->form == BC_NOISE_HPTPDF)
            continue;
        bc_theory_error_spectrum(&grid, noise, f_weighted, 3, LENGTH, power);
        EXPECT_NEAR(sum_of(power, BINS), flat * gain, 1e-12 * flat * gain, "%s, shaped", names[j]);
    }
    bc_theory_error_spectrum(&grid, bc_noise_find("bayer4"), NULL, 0, LENGTH, power);
    assert_true(isnan(power[0]) && isnan(power[BINS - 1]));
}

static void measured(void **state)
{
    static const struct {
        const char *dither;
        size_t n_taps;
    } rows[] = { { "tpdf", 0 }, { "hptpdf", 0 }, { "rpdf", 0 }, { "tpdf", 3 }, { "gaussian", 3 } };
    double *x = room(N), *y = room(N), *noise = room(N), want[BINS], got[BINS];
    bc_grid grid;

    (void)state;
    assert_int_equal(bc_grid_pcm(10, &grid, NULL), BC_OK);
    add_sine(x, N, 0.7, 1234.5, 48e3, 0.0);
    add_sine(x, N, 0.1, 77.7, 48e3, 0.0);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const bc_noise *dither = bc_noise_find(rows[r].dither);
        bc_fir fir = { .n_taps = (uint32_t)rows[r].n_taps };

        memcpy(fir.taps, f_weighted, rows[r].n_taps * sizeof *f_weighted);
        bc_noise_fill_f64(dither, 1, 0, 0, noise, N);
        bc_quantize_fir_f64(&grid, &BC_SCALE_IDENTITY, &fir, x, noise, N, y, NULL);
        for (size_t i = 0; i < N; i++)
            y[i] -= x[i];
        bc_spectrum *s = spectrum_of(y, N, 48e3, LENGTH);

        bc_spectrum_power(s, got);
        bc_theory_error_spectrum(&grid, dither, fir.taps, rows[r].n_taps, LENGTH, want);
        /* The window makes use of 0.48 of the samples, some 2^14 in each band, and of less where
         * the power differs within one: 5 standard deviations of sqrt(2 / 2^13). */
        for (size_t j = 0; j < BANDS; j++) {
            const size_t first = 8 + j * (LENGTH / 2 / BANDS);
            const size_t n = j + 1 < BANDS ? LENGTH / 2 / BANDS : BINS - first;
            const double expected = sum_of(want + first, n);

            EXPECT_NEAR(sum_of(got + first, n), expected, 5.0 * sqrt(2.0 / 8192.0) * expected,
                        "%s, %zu taps, band %zu of %d", rows[r].dither, rows[r].n_taps, j, BANDS);
        }
        bc_spectrum_free(s);
    }
    free(noise);
    free(y);
    free(x);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the bins sum to the error power", sums),
        SENTENCE("the errors of a quantizer have that spectrum", measured),
    };

    return cmocka_run_group_tests_name("error spectrum", tests, NULL, NULL);
}
