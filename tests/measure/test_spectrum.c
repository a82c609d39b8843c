/* Spectra: the definition as a plain sum, Parseval, and closed forms of sines and noise. */
#include <pthread.h>

#include "signals.h"

/* The definition of the window, as a plain sum. */
static double window(double t)
{
    return 2.384331152777942e-1 - 4.005545348643820e-1 * cos(2.0 * pi * t) +
           2.358242530472107e-1 * cos(4.0 * pi * t) - 9.527918858383112e-2 * cos(6.0 * pi * t) +
           2.537395516617152e-2 * cos(8.0 * pi * t) - 4.152432907505835e-3 * cos(10.0 * pi * t) +
           3.685604163298180e-4 * cos(12.0 * pi * t) - 1.384355593917030e-5 * cos(14.0 * pi * t) +
           1.161808358932861e-7 * cos(16.0 * pi * t);
}

/* Add the power of one segment of n samples, bin by bin. */
static void add_literal(const double *x, size_t n, size_t length, double *power)
{
    double squares = 0.0;

    for (size_t i = 0; i < n; i++)
        squares += pow(window(((double)i + 0.5) / (double)n), 2.0);
    for (size_t k = 0; k <= length / 2; k++) {
        const double sides = k == 0 || k == length / 2 ? 1.0 : 2.0;
        double re = 0.0, im = 0.0;

        for (size_t i = 0; i < n; i++) {
            const double w = window(((double)i + 0.5) / (double)n);
            const double angle = 2.0 * pi * (double)(k * i % length) / (double)length;

            re += w * x[i] * cos(angle);
            im += w * x[i] * sin(angle);
        }
        power[k] += sides * (re * re + im * im) / ((double)length * squares);
    }
}

/* Segments of 1024 begin every 512 samples, and one more ends with the signal. Sums of 1024
 * products, each rounded to 2^-53: 1e-12 of the largest bin. */
static void literal_definition(void **state)
{
    enum { LENGTH = 1024, BINS = LENGTH / 2 + 1, N = 1900 };
    static const size_t starts[] = { 0, 512, N - LENGTH };
    double x[N], want[BINS] = { 0 }, got[BINS];
    uint64_t seed = 1;
    bc_spectrum *s;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = random_between(&seed, -1.0, 1.0) + 0.3;
    for (size_t j = 0; j < 3; j++)
        add_literal(x + starts[j], LENGTH, LENGTH, want);
    s = spectrum_of(x, N, 48e3, LENGTH);
    bc_spectrum_power(s, got);
    for (size_t k = 0; k < BINS; k++)
        EXPECT_NEAR(got[k], want[k] / 3.0, 1e-12 * want[0], "bin %zu", k);
    bc_spectrum_free(s);

    memset(want, 0, sizeof want);
    add_literal(x, 700, LENGTH, want);
    s = spectrum_of(x, 700, 48e3, LENGTH);
    bc_spectrum_power(s, got);
    for (size_t k = 0; k < BINS; k++)
        EXPECT_NEAR(got[k], want[k], 1e-12 * want[0], "700 samples, bin %zu", k);
    bc_spectrum_free(s);
}

/* Parseval: the sum over bins is sum w^2 x^2 / sum w^2, up to the rounding of a transform. */
static void parseval(void **state)
{
    static const size_t lengths[] = { 1024, 4096, 65536 };

    (void)state;
    for (size_t j = 0; j < 3; j++) {
        const size_t n = lengths[j];
        double *x = room(n), *power = room(n / 2 + 1), sum = 0.0, squares = 0.0;
        uint64_t seed = n;

        for (size_t i = 0; i < n; i++) {
            const double w = window(((double)i + 0.5) / (double)n);

            x[i] = random_between(&seed, -1.0, 1.0);
            sum += w * w * x[i] * x[i];
            squares += w * w;
        }
        bc_spectrum *s = spectrum_of(x, n, 44.1e3, n);

        assert_int_equal(bc_spectrum_bins(s), n / 2 + 1);
        bc_spectrum_power(s, power);
        EXPECT_NEAR(sum_of(power, n / 2 + 1), sum / squares, 1e-13, "%zu samples", n);
        bc_spectrum_free(s);
        free(power);
        free(x);
    }
}

/* A constant keeps its square at any length, from one sample up. */
static void constants(void **state)
{
    static const size_t sizes[] = { 1, 2, 3, 100, 1023, 1024, 1025, 1535, 1536, 1537, 5000 };
    double x[5000], power[513];

    (void)state;
    for (size_t i = 0; i < 5000; i++)
        x[i] = -0.75;
    for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
        bc_spectrum *s = spectrum_of(x, sizes[j], 8e3, 1024);

        bc_spectrum_power(s, power);
        EXPECT_NEAR(sum_of(power, 513), 0.5625, 1e-13, "%zu samples", sizes[j]);
        bc_spectrum_free(s);
    }
}

/* A full-scale sine has mean square 1/2, all of it within 9 bins; the rest is below the window's
 * highest side lobe, -234.7 dB of the highest bin as the coefficients have it (worked out with 40
 * digits). The mirror image at the negative frequency adds a little to that. */
static void sines(void **state)
{
    enum { LENGTH = 4096, BINS = LENGTH / 2 + 1, N = 3 * LENGTH + 77 };
    static const double places[] = { 30.0, 100.25, 511.5, 700.7183, 2020.0 };
    static double x[N], power[BINS];

    (void)state;
    for (size_t j = 0; j < sizeof places / sizeof *places; j++) {
        memset(x, 0, sizeof x);
        add_sine(x, N, 1.0, places[j], LENGTH, 0.4);
        bc_spectrum *s = spectrum_of(x, N, LENGTH, LENGTH);

        bc_spectrum_power(s, power);
        EXPECT_NEAR(sum_of(power, BINS), 0.5, 1e-12, "sine at bin %g", places[j]);
        for (size_t k = 0; k < BINS; k++)
            EXPECT(fabs((double)k - places[j]) <= BC_SPECTRUM_LOBE_BINS ||
                       power[k] < 0.5 / BC_SPECTRUM_ENBW_BINS * pow(10.0, -23.4),
                   "sine at bin %g: %g in bin %zu", places[j], power[k], k);
        if (places[j] == rint(places[j]))
            EXPECT_NEAR(power[(size_t)places[j]], 0.5 / BC_SPECTRUM_ENBW_BINS, 1e-5,
                        "highest bin of %g", places[j]);
        bc_spectrum_free(s);
    }
}

/* A short sine: 40 cycles in 300 samples. Its own window is as clean as a long one. */
static void short_sine(void **state)
{
    double x[300] = { 0 }, power[2049];
    const double lobe_hz = BC_SPECTRUM_LOBE_BINS * 48e3 / 300.0;

    (void)state;
    add_sine(x, 300, 0.5, 6400.0, 48e3, 1.0);
    bc_spectrum *s = spectrum_of(x, 300, 48e3, 4096);

    bc_spectrum_power(s, power);
    EXPECT_NEAR(sum_of(power, 2049), 0.125, 1e-12, "300 samples");
    EXPECT_NEAR(bc_spectrum_band_power(s, 6400.0 - lobe_hz, 6400.0 + lobe_hz, NULL), 0.125, 1e-12,
                "300 samples, the tone");
    bc_spectrum_free(s);
}

/* White noise of variance v: v / 32 in each of 32 bands. The window at half overlap makes use of
 * 0.48 of the 2^19 samples, some 2^13 to a band: 5 standard deviations of sqrt(2 / 2^13). */
static void white_noise(void **state)
{
    enum { N = 1 << 19, LENGTH = 4096, BINS = LENGTH / 2 + 1, BANDS = 32 };
    double *x = room(N), power[BINS];
    uint64_t seed = 3;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = random_between(&seed, -1.0, 1.0);
    bc_spectrum *s = spectrum_of(x, N, 44.1e3, LENGTH);

    bc_spectrum_power(s, power);
    for (size_t j = 0; j < BANDS; j++)
        EXPECT_NEAR(sum_of(power + 1 + j * (LENGTH / 2 / BANDS), LENGTH / 2 / BANDS) * BANDS,
                    1.0 / 3.0, 5.0 / 3.0 * sqrt(2.0 / 8192.0), "band %zu of %d", j, BANDS);
    bc_spectrum_free(s);
    free(x);
}

static void any_split(void **state)
{
    enum { N = 40000, LENGTH = 4096, BINS = LENGTH / 2 + 1 };
    static const size_t chunks[] = { 1, 7, 2047, 2048, 4096, 4097, 30000 };
    double *x = room(N), want[BINS], got[BINS];
    uint64_t seed = 4;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = random_between(&seed, -1.0, 1.0);
    bc_spectrum *s = spectrum_of(x, N, 44.1e3, LENGTH);

    bc_spectrum_power(s, want);
    bc_spectrum_free(s);
    for (size_t j = 0; j < sizeof chunks / sizeof *chunks; j++) {
        s = spectrum_begin(44.1e3, LENGTH);
        for (size_t at = 0; at < N; at += chunks[j]) {
            bc_spectrum_add(s, x + at, N - at < chunks[j] ? N - at : chunks[j]);
            if (at % 5000 < 7 || chunks[j] > 1000) /* a look in between changes nothing */
                bc_spectrum_power(s, got);
        }
        bc_spectrum_power(s, got);
        EXPECT(memcmp(got, want, sizeof want) == 0, "chunks of %zu", chunks[j]);
        bc_spectrum_free(s);
    }
    free(x);
}

static double two(double hz)
{
    return hz > 4000.0 ? 10.0 * log10(2.0) : -(double)INFINITY;
}

static void bands(void **state)
{
    static const bc_weighting weighting = { "two", "", "", two };
    double x[8192] = { 0 };

    (void)state;
    add_sine(x, 8192, 1.0, 1000.0, 16e3, 0.0);
    add_sine(x, 8192, 0.1, 5000.0, 16e3, 0.0);
    bc_spectrum *s = spectrum_of(x, 8192, 16e3, 2048);

    EXPECT_NEAR(bc_spectrum_bin_hz(s), 7.8125, 0.0, "bin");
    EXPECT_NEAR(bc_spectrum_band_power(s, 0.0, 8e3, NULL), 0.505, 1e-12, "all");
    EXPECT_NEAR(bc_spectrum_band_power(s, 900.0, 1100.0, NULL), 0.5, 1e-12, "the first");
    EXPECT_NEAR(bc_spectrum_band_power(s, 1100.0, 8e3, NULL), 0.005, 1e-12, "the second");
    EXPECT_NEAR(bc_spectrum_band_power(s, 0.0, 8e3, &weighting), 0.01, 1e-12, "weighted");
    EXPECT_NEAR(bc_spectrum_band_power(s, 1000.0, 1000.0, NULL), 0.5 / BC_SPECTRUM_ENBW_BINS, 1e-5,
                "one bin, ends included");
    bc_spectrum_free(s);
}

static void not_finite(void **state)
{
    double x[3000] = { 0 }, got[513], want[513];

    (void)state;
    add_sine(x, 3000, 1.0, 1000.0, 16e3, 0.0);
    x[5] = x[2000] = x[2999] = 0.0;
    bc_spectrum *s = spectrum_of(x, 3000, 16e3, 1024);

    bc_spectrum_power(s, want);
    bc_spectrum_free(s);
    x[5] = NAN;
    x[2000] = INFINITY;
    x[2999] = -INFINITY;
    s = spectrum_of(x, 3000, 16e3, 1024);
    bc_spectrum_power(s, got);
    assert_memory_equal(got, want, sizeof want);
    bc_spectrum_free(s);

    s = spectrum_begin(16e3, 1024);
    bc_spectrum_power(s, got);
    assert_true(sum_of(got, 513) == 0.0);
    bc_spectrum_free(s);
    bc_spectrum_free(NULL);
}

static void refusals(void **state)
{
    static const struct {
        double rate_hz;
        uint32_t length;
    } rows[] = { { 48e3, 0 },    { 48e3, 512 },  { 48e3, 1025 },        { 48e3, 3000 },
                 { 0.0, 1024 },  { -1.0, 1024 }, { 48e3, 1u << 21 },    { 48e3, UINT32_MAX },
                 { NAN, 65536 }, { 48e3, 1536 }, { INFINITY, 1u << 20 } };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_spectrum *s = NULL;
        bc_error err = { .status = BC_OK };
        const bc_status st = bc_spectrum_new(rows[r].rate_hz, rows[r].length, &s, &err);

        EXPECT(st == BC_E_USAGE && err.status == st, "%g Hz, %u", rows[r].rate_hz, rows[r].length);
        assert_null(s);
        assert_non_null(strstr(err.text, "expected"));
    }
    bc_spectrum_free(spectrum_begin(1e-3, 1024));
    bc_spectrum_free(spectrum_begin(768e3, 1u << 20));
}

/* Makes spectra of a sine; NULL when each is the same. */
static void *make_spectra(void *argument)
{
    static const uint32_t lengths[] = { 1024, 2048, 4096 };
    const double *x = argument;

    for (int i = 0; i < 60; i++) {
        bc_spectrum *s = NULL;

        if (bc_spectrum_new(48e3, lengths[i % 3], &s, NULL) != BC_OK)
            return argument;
        bc_spectrum_add(s, x, 10000);
        const double power = bc_spectrum_band_power(s, 0.0, 24e3, NULL);

        bc_spectrum_free(s);
        if (!(fabs(power - 0.5) < 1e-9))
            return argument;
    }
    return NULL;
}

static void threads(void **state)
{
    pthread_t thread[4];
    static double x[10000];

    (void)state;
    add_sine(x, 10000, 1.0, 3000.0, 48e3, 0.0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, make_spectra, x), 0);
    for (int i = 0; i < 4; i++) {
        void *failed = x;

        assert_int_equal(pthread_join(thread[i], &failed), 0);
        assert_null(failed);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every bin follows the definition", literal_definition),
        SENTENCE("the bins sum to the mean square", parseval),
        SENTENCE("a constant keeps its square at every length", constants),
        SENTENCE("a full-scale sine is 1/2 in 19 bins", sines),
        SENTENCE("a sine shorter than a segment keeps its power", short_sine),
        SENTENCE("white noise is flat", white_noise),
        SENTENCE("any split into calls gives the same bits", any_split),
        SENTENCE("bands add up bins and weights", bands),
        SENTENCE("what is not finite counts as 0", not_finite),
        SENTENCE("rates and lengths out of range are refused", refusals),
        SENTENCE("threads make spectra at the same time", threads),
    };

    return cmocka_run_group_tests_name("spectrum", tests, NULL, NULL);
}
