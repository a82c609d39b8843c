/* Measured noise: a tone with TPDF dither through every kind of shaper, and the spectrum of
 * its error beside |G|^2 / 4. */
#include <stdlib.h>
#include <string.h>

#include "bitcrush/noise.h"
#include "bitcrush/shaper.h"
#include "grids.h"

enum { N = 1 << 20, LENGTH = 4096, N_BINS = LENGTH / 2 };

static const double pi = 3.14159265358979324;
static double x[N], noise[N], y[N];
static double power[N_BINS]; /* of one bin in steps^2: 1/4 where the error is white */

/* Fourier transform in place, re and im of LENGTH values. */
static void transform(double *re, double *im)
{
    for (unsigned i = 0, j = 0; i < LENGTH; i++) {
        if (i < j) {
            const double r = re[i], m = im[i];

            re[i] = re[j], im[i] = im[j];
            re[j] = r, im[j] = m;
        }
        for (unsigned bit = LENGTH / 2; bit > (j ^= bit); bit /= 2)
            ;
    }
    for (unsigned half = 1; half < LENGTH; half *= 2) {
        for (unsigned k = 0; k < half; k++) {
            const double c = cos(pi * k / half), s = -sin(pi * k / half);

            for (unsigned a = k; a < LENGTH; a += 2 * half) {
                const unsigned b = a + half;
                const double r = re[b] * c - im[b] * s, m = re[b] * s + im[b] * c;

                re[b] = re[a] - r, im[b] = im[a] - m;
                re[a] += r, im[a] += m;
            }
        }
    }
}

/* Welch's periodogram of y - x: Hann windows, half overlapping, two at a time. */
static void measure_error(double steps)
{
    static double window[LENGTH], re[LENGTH], im[LENGTH];
    double energy = 0.0;
    size_t n_windows = 0;

    memset(power, 0, sizeof power);
    for (size_t i = 0; i < LENGTH; i++) {
        window[i] = 0.5 - 0.5 * cos(2.0 * pi * (double)i / LENGTH);
        energy += window[i] * window[i];
    }
    for (size_t at = 0; at + LENGTH + LENGTH / 2 <= N; at += LENGTH, n_windows += 2) {
        for (size_t i = 0; i < LENGTH; i++) {
            const size_t j = at + i, k = j + LENGTH / 2;

            re[i] = (y[j] - x[j]) * steps * window[i];
            im[i] = (y[k] - x[k]) * steps * window[i];
        }
        transform(re, im);
        for (size_t i = 1; i < N_BINS; i++) /* both spectra at once: |R|^2 + |I|^2 */
            power[i] += (re[i] * re[i] + im[i] * im[i] + re[LENGTH - i] * re[LENGTH - i] +
                         im[LENGTH - i] * im[LENGTH - i]) /
                        2.0;
    }
    for (size_t i = 1; i < N_BINS; i++)
        power[i] /= energy * (double)n_windows;
}

static void run(const bc_shaper *s, int bits, double rate_hz, double peak)
{
    const bc_grid g = grid_of_bits("pcm", bits);
    bc_fir fir = { .n_taps = s->n_taps };

    memcpy(fir.taps, s->taps, sizeof s->taps);
    for (size_t i = 0; i < N; i++)
        x[i] = peak * sin(2.0 * pi * 997.0 / rate_hz * (double)i);
    bc_noise_fill_f64(bc_noise_find("tpdf"), BC_DEFAULT_SEED, 1, 0, noise, N);
    bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &fir, x, noise, N, y, NULL);
    measure_error(g.den);
}

static void expect_spectrum(const bc_shaper *s, double rate_hz, const char *name)
{
    enum { BAND = 16 };

    for (size_t from = 1; from + BAND <= N_BINS; from += BAND) {
        double got = 0.0, want = 0.0;

        for (size_t i = from; i < from + BAND; i++) {
            const double hz = (double)i * rate_hz / LENGTH;

            if (hz < 100.0 || hz > 0.95 * rate_hz / 2.0)
                continue;
            got += power[i];
            want += pow(10.0, bc_shaper_gain_db(s, hz, rate_hz) / 10.0) / 4.0;
        }
        if (want > 0.0) /* sigma is 0.1 dB over 16 bins of 510 windows */
            EXPECT_NEAR(10.0 * log10(got / want), 0.0, 0.5, "%s at %g Hz: band at %g Hz", name,
                        rate_hz, (double)from * rate_hz / LENGTH);
    }
}

static void spectra(void **state)
{
    static const struct {
        const char *name;
        double rate_hz;
    } rows[] = {
        { "f-weighted", 44100.0 }, { "ath", 44100.0 }, { "ath", 96000.0 }, { "ath", 8000.0 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_shaper s;

        assert_int_equal(bc_shaper_fit(bc_shaper_find(rows[i].name), NULL, rows[i].rate_hz, 16,
                                       40.0, 65536, &s, NULL),
                         BC_OK);
        run(&s, 16, rows[i].rate_hz, 0.5);
        expect_spectrum(&s, rows[i].rate_hz, rows[i].name);
    }
}

/* A sine up to the top mark: what shaping adds to its peaks clips now and then. The error stays
 * within the excursion, and noise from 100 Hz to 5 kHz rises by less than 1 dB. */
static void full_scale(void **state)
{
    static const struct {
        int bits;
        double rate_hz;
    } rows[] = { { 7, 44100.0 }, { 8, 44100.0 }, { 8, 96000.0 }, { 10, 44100.0 } };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const double steps = ldexp(1.0, rows[r].bits - 1), rate_hz = rows[r].rate_hz;
        bc_shaper s;
        double got = 0.0, want = 0.0;

        assert_int_equal(bc_shaper_fit(NULL, NULL, rate_hz, BC_SHAPER_TAPS, BC_SHAPER_STRENGTH_DB,
                                       UINT64_C(1) << rows[r].bits, &s, NULL),
                         BC_OK);
        run(&s, rows[r].bits, rate_hz, 1.0 - 1.0 / steps);
        for (size_t i = 0; i < N; i++)
            EXPECT(fabs(y[i] - x[i]) * steps <= s.excursion_steps, "error of %g steps at %zu",
                   (y[i] - x[i]) * steps, i);
        for (size_t i = 1; i < N_BINS; i++) {
            const double hz = (double)i * rate_hz / LENGTH;

            if (hz < 100.0 || hz > 5000.0)
                continue;
            got += power[i];
            want += pow(10.0, bc_shaper_gain_db(&s, hz, rate_hz) / 10.0) / 4.0;
        }
        EXPECT(10.0 * log10(got / want) < 1.0, "%d bits at %g Hz: noise rises by %.2f dB",
               rows[r].bits, rate_hz, 10.0 * log10(got / want));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the noise has the spectrum of the filter", spectra),
        SENTENCE("at full scale shaping stays stable and in place", full_scale),
    };

    return cmocka_run_group_tests_name("shaped noise", tests, NULL, NULL);
}
