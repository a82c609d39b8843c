/* Tones: sines whose level, distortion and noise are known in closed form. */
#include "bitcrush/grid.h"
#include "bitcrush/noise.h"
#include "bitcrush/quantize.h"
#include "bitcrush/tone.h"
#include "signals.h"

enum { LENGTH = 1 << 15, N = 1 << 17 };

static const double rate_hz = 48e3;

static bc_tone tone_of(const double *x, size_t n, double rate, size_t length)
{
    bc_spectrum *s = spectrum_of(x, n, rate, length);
    bc_tone t;

    bc_tone_find(s, &t);
    bc_spectrum_free(s);
    return t;
}

static void expect_no_tone(const bc_tone *t, const char *what)
{
    EXPECT(!t->found && t->n_harmonics == 0, "%s: a tone of %g Hz", what, t->frequency_hz);
    EXPECT(isnan(t->frequency_hz) && isnan(t->level_dbfs) && isnan(t->sinad_db) &&
               isnan(t->enob_bits) && isnan(t->thd_db) && isnan(t->thdn_db),
           "%s: figures of no tone", what);
    for (int h = 0; h <= BC_TONE_LAST_HARMONIC; h++)
        assert_true(isnan(t->harmonic_db[h]));
}

/* Nothing but the sine: what leaks is 213 dB below it, and the phase of the last samples is
 * rounded to some 1e-11. */
static void pure_sines(void **state)
{
    static const struct {
        double hz, level_dbfs, rate_hz;
    } rows[] = {
        { 997.0, 0.0, 48e3 },   { 997.0, -60.0, 48e3 },  { 30.3, -6.0, 48e3 },
        { 19.9e3, 0.0, 48e3 },  { 997.0, 0.0, 192e3 },   { 997.0, -1.0, 8e3 },
        { 3985.0, -20.0, 8e3 }, { 440.0, -3.0, 44.1e3 }, { 12345.678, 0.0, 44.1e3 },
    };
    double *x = room(N);

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        memset(x, 0, N * sizeof *x);
        add_sine(x, N, pow(10.0, rows[r].level_dbfs / 20.0), rows[r].hz, rows[r].rate_hz, 0.3);
        const bc_tone t = tone_of(x, N, rows[r].rate_hz, LENGTH);

        EXPECT(t.found, "%g Hz was not found", rows[r].hz);
        EXPECT_NEAR(t.frequency_hz, rows[r].hz, 1e-6, "%g Hz, place", rows[r].hz);
        EXPECT_NEAR(t.level_dbfs, rows[r].level_dbfs, 1e-9, "%g Hz, level", rows[r].hz);
        EXPECT(t.sinad_db > 205.0, "%g Hz: SINAD %g", rows[r].hz, t.sinad_db);
        EXPECT(t.thdn_db < -205.0, "%g Hz: THD+N %g", rows[r].hz, t.thdn_db);
        EXPECT(!(t.thd_db > -205.0), "%g Hz: THD %g", rows[r].hz, t.thd_db);
    }
    free(x);
}

/* y = x + a x^2 + b x^3 of x = A cos: harmonics a A^2 / 2 and b A^3 / 4 beside a fundamental of
 * A + 3 b A^3 / 4, and a DC that does not count. */
static void polynomial_distortion(void **state)
{
    const double amplitude = 0.8, a = 0.01, b = -0.003;
    const double h1 = amplitude + 0.75 * b * pow(amplitude, 3.0);
    const double h2 = 0.5 * a * amplitude * amplitude, h3 = 0.25 * b * pow(amplitude, 3.0);
    const double distortion = (h2 * h2 + h3 * h3) / (h1 * h1);
    double *x = room(N);

    (void)state;
    add_sine(x, N, amplitude, 997.0, rate_hz, 0.0);
    for (size_t i = 0; i < N; i++)
        x[i] += a * x[i] * x[i] + b * x[i] * x[i] * x[i];
    const bc_tone t = tone_of(x, N, rate_hz, LENGTH);

    EXPECT_NEAR(t.level_dbfs, 20.0 * log10(h1), 1e-6, "fundamental");
    EXPECT_NEAR(t.harmonic_db[2], 20.0 * log10(h2 / h1), 1e-6, "second");
    EXPECT_NEAR(t.harmonic_db[3], 20.0 * log10(-h3 / h1), 1e-6, "third");
    EXPECT_NEAR(t.thd_db, 10.0 * log10(distortion), 1e-6, "THD");
    EXPECT_NEAR(t.sinad_db, -10.0 * log10(distortion), 1e-6, "SINAD");
    EXPECT_NEAR(t.thdn_db, 10.0 * log10(distortion / (1.0 + distortion)), 1e-6, "THD+N");
    for (int h = 4; h <= BC_TONE_LAST_HARMONIC; h++)
        EXPECT(t.harmonic_db[h] < -205.0, "harmonic %d: %g", h, t.harmonic_db[h]);
    assert_int_equal(t.n_harmonics, 9);
    free(x);
}

/* Harmonics of (-50 - h) dB each, as far as they lie in the band; the eleventh counts as noise. */
static void harmonics_in_band(void **state)
{
    static const struct {
        double hz;
        int last; /* harmonic below 20 kHz */
    } rows[] = { { 100.0, 10 }, { 997.0, 10 }, { 1990.0, 10 }, { 2001.0, 9 },
                 { 3900.0, 5 }, { 9990.0, 2 }, { 12e3, 1 } };
    double *x = room(N);

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        double harmonics = 0.0, eleventh = 0.0;

        memset(x, 0, N * sizeof *x);
        add_sine(x, N, 1.0, rows[r].hz, rate_hz, 0.0);
        for (int h = 2; h <= 11 && h * rows[r].hz < 20e3; h++) {
            add_sine(x, N, pow(10.0, -0.05 * (50 + h)), h * rows[r].hz, rate_hz, 0.1 * h);
            *(h == 11 ? &eleventh : &harmonics) += pow(10.0, -0.1 * (50 + h));
        }
        const bc_tone t = tone_of(x, N, rate_hz, LENGTH);

        EXPECT(t.n_harmonics + 1 == (uint32_t)rows[r].last, "%g Hz: %u harmonics", rows[r].hz,
               t.n_harmonics);
        for (int h = 2; h <= BC_TONE_LAST_HARMONIC; h++)
            if (h <= rows[r].last)
                EXPECT_NEAR(t.harmonic_db[h], -50.0 - h, 1e-6, "%g Hz, harmonic %d", rows[r].hz, h);
            else
                assert_true(isnan(t.harmonic_db[h]));
        if (rows[r].last == 1)
            assert_true(isnan(t.thd_db));
        else
            EXPECT_NEAR(t.thd_db, 10.0 * log10(harmonics), 1e-6, "%g Hz: THD", rows[r].hz);
        if (rows[r].last > 1)
            EXPECT_NEAR(t.sinad_db, -10.0 * log10(harmonics + eleventh), 1e-6, "%g Hz: SINAD",
                        rows[r].hz);
    }
    free(x);
}

/* A sine of n bits, as large as its dither lets it be without clipping: the error is 1/12 of a
 * step squared without dither and 3/12 with TPDF, spread over half the rate, of which the band is
 * less. */
static void quantized_sines(void **state)
{
    static const struct {
        int bits;
        const char *dither;
        double tolerance_db;
    } rows[] = {
        /* The error of an undithered sine is a sum of some 2^n harmonics, each its own size:
         * Bennett's 1/12 holds on the average over amplitudes. */
        { 6, "none", 0.5 },
        { 8, "none", 0.3 },
        { 12, "none", 0.1 },
        { 16, "none", 0.1 },
        { 20, "none", 0.1 },
        { 24, "none", 0.1 },
        { 32, "none", 0.15 }, /* and 0.05 dB leak */
        /* White: the window uses 0.48 of 2^17 samples, the band 0.83 of that:
         * 5 sqrt(2 / (0.83 * 0.48 * 2^17)) is 0.13 dB. */
        { 4, "tpdf", 0.13 },
        { 8, "tpdf", 0.13 },
        { 16, "tpdf", 0.13 },
        { 20, "tpdf", 0.13 },
        { 8, "rpdf", 0.13 },
    };
    double *x = room(N), *noise = room(N);

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const bc_noise *dither = bc_noise_find(rows[r].dither);
        const double step = ldexp(1.0, 1 - rows[r].bits), amplitude = 1.0 - 2.0 * step;
        bc_grid grid;

        assert_int_equal(bc_grid_pcm(rows[r].bits, &grid, NULL), BC_OK);
        memset(x, 0, N * sizeof *x);
        add_sine(x, N, amplitude, 997.0, rate_hz, 0.0);
        bc_noise_fill_f64(dither, 7, 0, 0, noise, N);
        bc_quantize_f64(&grid, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, noise, N, x, NULL);
        const bc_tone t = tone_of(x, N, rate_hz, LENGTH);
        /* without the bins that the tone takes up */
        const double band = (t.high_hz - t.low_hz - 19.0 * rate_hz / LENGTH) / (0.5 * rate_hz);
        const double want_db =
            10.0 * log10(0.5 * amplitude * amplitude / (dither->error_power * step * step * band));

        EXPECT(t.found, "%d bits, %s", rows[r].bits, rows[r].dither);
        EXPECT_NEAR(t.sinad_db, want_db, rows[r].tolerance_db, "%d bits, %s: SINAD", rows[r].bits,
                    rows[r].dither);
        EXPECT_NEAR(t.enob_bits, (want_db - 1.7609) / 6.0206, rows[r].tolerance_db / 6.0,
                    "%d bits, %s: ENOB", rows[r].bits, rows[r].dither);
        EXPECT_NEAR(t.frequency_hz, 997.0, 0.1, "%d bits, %s", rows[r].bits, rows[r].dither);
    }
    free(noise);
    free(x);
}

/* A tone that noise drowns is not found, but measured where it is known to be. White noise of
 * variance 1/3 is 0.333 a band as wide as half the rate. */
static void known_place(void **state)
{
    double *x = room(N);
    uint64_t seed = 9;
    bc_tone t;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = random_between(&seed, -1.0, 1.0);
    add_sine(x, N, 0.5, 5000.0, rate_hz, 0.0);
    bc_spectrum *s = spectrum_of(x, N, rate_hz, LENGTH);

    bc_tone_find(s, &t);
    expect_no_tone(&t, "drowned");
    bc_tone_at(s, 5000.0, &t);
    assert_true(t.found);
    /* Chance as above, and 19 of 16384 bins of noise taken for tone: 0.01 dB. */
    EXPECT_NEAR(t.level_dbfs, 20.0 * log10(0.5), 0.1, "level");
    EXPECT_NEAR(t.sinad_db, 10.0 * log10(0.125 / (0.3333 * (t.high_hz - t.low_hz) / 24e3)), 0.15,
                "SINAD");
    bc_tone_at(s, 5.0, &t);
    expect_no_tone(&t, "at 5 Hz");
    bc_tone_at(s, 20e3, &t);
    expect_no_tone(&t, "at the end");
    bc_tone_at(s, -1.0, &t);
    expect_no_tone(&t, "below 0");
    bc_tone_at(s, NAN, &t);
    expect_no_tone(&t, "nowhere");
    bc_tone_at(s, 1e300, &t);
    expect_no_tone(&t, "beyond all");
    bc_spectrum_free(s);
    free(x);
}

static void not_a_tone(void **state)
{
    double *x = room(N);
    uint64_t seed = 10;
    bc_tone t = tone_of(x, N, rate_hz, LENGTH);

    (void)state;
    expect_no_tone(&t, "silence");
    t = tone_of(x, 0, rate_hz, LENGTH);
    expect_no_tone(&t, "nothing");
    for (size_t i = 0; i < N; i++)
        x[i] = 0.5;
    t = tone_of(x, N, rate_hz, LENGTH);
    expect_no_tone(&t, "DC");
    for (size_t n = 1; n <= N; n = 3 * n + 1) {
        for (size_t i = 0; i < n; i++)
            x[i] = random_between(&seed, -1.0, 1.0);
        t = tone_of(x, n, rate_hz, LENGTH);
        expect_no_tone(&t, "noise");
    }
    memset(x, 0, N * sizeof *x);
    add_sine(x, N, 0.5, 697.0, rate_hz, 0.0);
    add_sine(x, N, 0.4, 1209.0, rate_hz, 0.0);
    t = tone_of(x, N, rate_hz, LENGTH);
    expect_no_tone(&t, "two tones");
    memset(x, 0, N * sizeof *x);
    add_sine(x, N, 0.5, 23e3, rate_hz, 0.0);
    t = tone_of(x, N, rate_hz, LENGTH);
    expect_no_tone(&t, "beyond the band");
    free(x);
}

/* DC is no part of any figure. 0.4 of a second does for a tone, the window being as long. */
static void short_and_offset(void **state)
{
    enum { SHORT = 19200 };
    double *x = room(SHORT);

    (void)state;
    for (size_t i = 0; i < SHORT; i++)
        x[i] = 0.25;
    add_sine(x, SHORT, 0.5, 997.0, rate_hz, 2.0);
    add_sine(x, SHORT, 0.005, 1994.0, rate_hz, 2.0);
    const bc_tone t = tone_of(x, SHORT, rate_hz, 65536);

    assert_true(t.found);
    EXPECT_NEAR(t.frequency_hz, 997.0, 1e-4, "place");
    EXPECT_NEAR(t.level_dbfs, 20.0 * log10(0.5), 1e-6, "level");
    EXPECT_NEAR(t.thd_db, -40.0, 1e-6, "THD");
    EXPECT_NEAR(t.sinad_db, 40.0, 1e-6, "SINAD");
    free(x);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("a sine has its frequency and level and nothing else", pure_sines),
        SENTENCE("a polynomial makes the harmonics of its closed form", polynomial_distortion),
        SENTENCE("harmonics count as far as they lie in the band", harmonics_in_band),
        SENTENCE("a sine of n bits has 6.02 n + 1.76 dB, less what dither adds", quantized_sines),
        SENTENCE("a drowned tone is measured where it is known to be", known_place),
        SENTENCE("noise, silence, DC and two tones are no tone", not_a_tone),
        SENTENCE("a short tone beside DC has the same figures", short_and_offset),
    };

    return cmocka_run_group_tests_name("tone", tests, NULL, NULL);
}
