/* The laws of dither and of error feedback (Lipshitz, Wannamaker, Vanderkooy, JAES 40(5) 1992),
 * held against files that went through bc_audio_reduce: power, mean and variance of the error, its
 * independence of itself, of the other channel, of the signal and of earlier passes. Errors are
 * computed here, from the samples of two files. Noise is the same in every run: tolerances are four
 * or more standard deviations of the estimate, so that another seed would pass, too. */
#include <complex.h>

#include "crush.h"

enum { N = 1 << 17 };

static double db(double power)
{
    return 10.0 * log10(power);
}

static double power_of_difference(const double *x, const double *y, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += (y[i] - x[i]) * (y[i] - x[i]);
    return sum / (double)n;
}

static const struct power_row {
    const char *depth, *dither;
    int bits;
    double steps2;       /* power of the error in LSB^2 */
    double tolerance_db; /* of TPDF: 4 sigma of N samples, 0.05 */
} power_rows[] = {
    { "3", "tpdf", 3, 3.0 / 12, 0.05 },       { "4", "tpdf", 4, 3.0 / 12, 0.05 },
    { "8", "tpdf", 8, 3.0 / 12, 0.05 },       { "12", "tpdf", 12, 3.0 / 12, 0.05 },
    { "16", "tpdf", 16, 3.0 / 12, 0.05 },     { "20", "tpdf", 20, 3.0 / 12, 0.05 },
    { "24", "tpdf", 24, 3.0 / 12, 0.05 },     { "8", "hptpdf", 8, 3.0 / 12, 0.05 },
    { "16", "hptpdf", 16, 3.0 / 12, 0.05 },   { "8", "gaussian", 8, 4.0 / 12, 0.05 },
    { "16", "gaussian", 16, 4.0 / 12, 0.05 }, { "8", "rpdf", 8, 2.0 / 12, 0.08 },
    { "12", "rpdf", 12, 2.0 / 12, 0.05 },     { "16", "rpdf", 16, 2.0 / 12, 0.05 },
    { "20", "rpdf", 20, 2.0 / 12, 0.05 },     { "24", "rpdf", 24, 2.0 / 12, 0.05 },
    { "8", "none", 8, 1.0 / 12, 0.2 }, /* rounding alone is uniform only over many codes */
    { "12", "none", 12, 1.0 / 12, 0.05 },     { "16", "none", 16, 1.0 / 12, 0.05 },
    { "20", "none", 20, 1.0 / 12, 0.05 },     { "24", "none", 24, 1.0 / 12, 0.05 },
};

static void the_error_has_the_power_of_theory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof power_rows / sizeof *power_rows; i++) {
        const struct power_row *row = &power_rows[i];
        const double step = ldexp(1.0, 1 - row->bits);
        double *x = sine_of(N, 997.0, 48000.0, 1.0 - 1.5 * step - (row->bits < 6 ? 0 : 2 * step));
        bc_audio_settings s = settings_for(row->depth, row->dither);
        bc_audio_result r;

        s.skip_quality = false;
        double *y = crush_values(x, N, 48000, &s, &r);
        const double power = power_of_difference(x, y, N);
        /* Below a sine of full scale, whose power is 1/2: 6.0206 N + 1.76 - 4.77 with TPDF. */
        const double expected = -(6.0206 * row->bits + 1.7609) + db(row->steps2 * 12.0);

        EXPECT(fabs(db(power / 0.5) - expected) < row->tolerance_db,
               "%s bits %s: error %.3f dB below full scale, expected %.3f", row->depth, row->dither,
               db(power / 0.5), expected);
        EXPECT(fabs(r.quality.noise_dbfs - db(power / 0.5)) < 1e-4 &&
                   fabs(r.theory_noise_dbfs - expected) < 1e-3,
               "%s bits %s: report says %.4f dBFS and expects %.4f", row->depth, row->dither,
               r.quality.noise_dbfs, r.theory_noise_dbfs);
        EXPECT(r.n_clipped == 0 && isnan(r.overshoot_db), "%s bits %s: %llu clipped", row->depth,
               row->dither, (unsigned long long)r.n_clipped);
        free(x);
        free(y);
    }
}

/* pcm1 has the marks -1 and 0. A constant of 1/4 clips where TPDF noise is above 1/4, with
 * probability (3/4)^2 / 2, and reaches 5/4 of full scale. */
static void clipping_at_1_bit_is_counted(void **state)
{
    const double expected = 0.28125 * N;
    double *x = malloc(N * sizeof *x);
    bc_audio_settings s = settings_for("pcm1", "tpdf");
    bc_audio_result r;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = 0.25;
    s.skip_quality = false;
    free(crush_values(x, N, 48000, &s, &r));
    EXPECT(fabs((double)r.n_clipped - expected) < 4.0 * sqrt(expected * (1 - 0.28125)),
           "%llu clipped, expected %.0f", (unsigned long long)r.n_clipped, expected);
    EXPECT(r.overshoot_db > 20 * log10(1.23) && r.overshoot_db < 20 * log10(1.25),
           "overshoot %.3f dB", r.overshoot_db);
    free(x);
}

/* Half a step either side of 0, and nothing clips below full scale: a sine is a square wave of all
 * its zero crossings, whose error has the mean square 3/4 - 2/pi. Two bits of a container hold it,
 * and the file is known as what it is. */
static void one_bit_has_no_level_at_0(void **state)
{
    double *x = sine_of(N, 997.0, 48000.0, 1.0);
    bc_audio_settings s = settings_for("1", "none");
    bc_audio_result r;
    double *y;

    (void)state;
    s.skip_quality = false;
    y = crush_values(x, N, 48000, &s, &r);
    for (size_t i = 0; i < N; i++)
        if (fabs(x[i]) > 1e-9)
            EXPECT(y[i] == copysign(0.5, x[i]), "%g became %g", x[i], y[i]);
    assert_string_equal(s.depth.name, "midrise1");
    EXPECT(r.n_clipped == 0, "%llu clipped", (unsigned long long)r.n_clipped);
    EXPECT(fabs(bc_error_snr_db(&r.quality.error) - 6.44) < 0.05, "SNR %.3f dB, expected 6.44",
           bc_error_snr_db(&r.quality.error));
    EXPECT(r.quality.n_levels_used == 2 && r.output_container_bits == 8 &&
               r.packed_bytes == (N + 7) / 8,
           "%llu levels, %d bits a sample, %llu bytes", (unsigned long long)r.quality.n_levels_used,
           r.output_container_bits, (unsigned long long)r.packed_bytes);
    free(x);
    free(y);
}

/* Every mid-rise depth is found again in its file, and passed on as it is. */
static void mid_rise_is_exact_in_its_file(void **state)
{
    double *x = sine_of(N, 997.0, 48000.0, 1.0);

    (void)state;
    for (int bits = 1; bits <= 24; bits++) {
        char depth[16];

        snprintf(depth, sizeof depth, "midrise%d", bits);
        bc_audio_settings s = settings_for(depth, NULL);
        bc_audio_result r;

        free(crush_values(x, N, 48000, &s, &r));
        EXPECT(!r.is_exact, "%s: a sine is exact", depth);
        EXPECT(r.output_container_bits == (bits < 8    ? 8
                                           : bits < 16 ? 16
                                           : bits < 24 ? 24
                                                       : 32),
               "%s: %d bits a sample", depth, r.output_container_bits);
        (void)rename(path_of("out.wav"), path_of("once.wav"));
        r = crush_file(path_of("once.wav"), path_of("again.wav"), &s);
        EXPECT(r.is_exact, "%s: its own file is not exact", depth);
    }
    free(x);
}

/* Without noise it is known sample by sample: at 2 bits what lies above 3/4 clips. */
static void clipping_at_2_bits_is_counted(void **state)
{
    double *x = sine_of(N, 997.0, 48000.0, 1.5);
    bc_audio_settings s = settings_for("2", "none");
    bc_audio_result r;
    uint64_t n_out = 0;
    double worst = 0.0, overload = 0.0;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        n_out += x[i] > 0.75 || x[i] < -1.25;
        worst = fabs(x[i]) > worst ? fabs(x[i]) : worst;
        overload += x[i] > 0.75 ? (x[i] - 0.5) * (x[i] - 0.5) : 0.0;
        overload += x[i] < -1.25 ? (x[i] + 1.0) * (x[i] + 1.0) : 0.0;
    }
    s.skip_quality = false;
    free(crush_values(x, N, 48000, &s, &r));
    assert_int_equal(r.n_clipped, n_out);
    assert_int_equal(r.quality.error.n_clipped, n_out);
    EXPECT(fabs(r.quality.error.sum_overload_e2 / overload - 1.0) < 1e-9,
           "overload %g, expected %g", r.quality.error.sum_overload_e2, overload);
    EXPECT(fabs(r.overshoot_db - 20 * log10(worst)) < 1e-9, "overshoot %.6f dB", r.overshoot_db);
    free(x);
}

/* Clipping is told from rounding on every kind of grid, however large a sample is: what lies beyond
 * the end becomes the end, and the rest of the error is rounding. */
static void clipping_has_its_part_on_any_grid(void **state)
{
    static const struct {
        const char *depth;
        double last; /* the largest value */
    } rows[] = { { "8", 127.0 / 128.0 }, { "mulaw", 8031.0 / 8192.0 }, { "f16", 65504.0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int k = 0; k < 2; k++) {
            const double most = k ? 1e300 : 2.0 * rows[i].last;
            double *x = sine_of(N, 997.0, 48000.0, 0.5);
            bc_audio_settings s = settings_for(rows[i].depth, "none");
            bc_audio_result r;
            double signal = 0.0;

            x[100] = most;
            for (size_t j = 0; j < N; j++)
                signal += (x[j] / most) * (x[j] / most);
            const double expected = 10.0 * log10(signal) - 20.0 * log10(1.0 - rows[i].last / most);

            s.skip_quality = false;
            s.nonfinite = BC_NONFINITE_SATURATE;
            free(crush_values(x, N, 48000, &s, &r));
            EXPECT(r.n_clipped == 1, "%s: %llu clipped", rows[i].depth,
                   (unsigned long long)r.n_clipped);
            EXPECT(fabs(bc_error_overload_db(&r.quality.error) - expected) < 1e-6,
                   "%s and %g: clipping %.9g dB, expected %.9g", rows[i].depth, most,
                   bc_error_overload_db(&r.quality.error), expected);
            const double parts = pow(10.0, -bc_error_granular_db(&r.quality.error) / 10.0) +
                                 pow(10.0, -bc_error_overload_db(&r.quality.error) / 10.0);

            EXPECT(fabs(bc_error_snr_db(&r.quality.error) + 10.0 * log10(parts)) < 1e-6,
                   "%s and %g: the parts make %g dB, the whole %g", rows[i].depth, most,
                   -10.0 * log10(parts), bc_error_snr_db(&r.quality.error));
            EXPECT(bc_error_granular_db(&r.quality.error) > 30.0, "%s and %g: rounding %g dB",
                   rows[i].depth, most, bc_error_granular_db(&r.quality.error));
            free(x);
        }
    }
}

/* A sample that no scale holds is lowered to the largest that one does: what is missing of it is
 * clipping, once, whether the limit lies within the ruler or beyond its end. No part is larger than
 * the whole, which is one sample. */
static void samples_that_no_scale_holds_are_clipped(void **state)
{
    static const struct {
        const char *depth;
        bc_scale_method scale;
        double large;
    } rows[] = {
        { "q4_0", BC_SCALE_FULL, 1e300 },    { "mxfp4", BC_SCALE_FULL, 3.5e38 },
        { "nvfp4", BC_SCALE_FULL, 3.5e38 },  { "mxfp8_e4m3", BC_SCALE_FULL, 1e300 },
        { "mulaw", BC_SCALE_ABSMAX, 1e300 }, { "int4", BC_SCALE_ABSMEAN, 3.5e38 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double x[64] = { 0 };
        bc_audio_settings s = settings_for(rows[i].depth, "none");
        bc_audio_result r;

        x[20] = rows[i].large;
        s.scale = rows[i].scale;
        if (s.scale != BC_SCALE_FULL) {
            s.per = BC_PER_BLOCK;
            s.group = 64;
        }
        s.skip_quality = false;
        s.nonfinite = BC_NONFINITE_SATURATE;
        free(crush_values(x, 64, 48000, &s, &r));
        const double whole_db = bc_error_snr_db(&r.quality.error);
        const double clipped_db = bc_error_overload_db(&r.quality.error);

        EXPECT(r.n_saturated == 1 && r.n_clipped == 1, "%s: %llu limited, %llu clipped",
               rows[i].depth, (unsigned long long)r.n_saturated, (unsigned long long)r.n_clipped);
        EXPECT(fabs(clipped_db - whole_db) < 1e-6, "%s: clipping %.9g dB, all %.9g dB",
               rows[i].depth, clipped_db, whole_db);
    }
}

/* Sixteen constants from 0 to 15/16 of a step above a mark, one in each channel. */
static void mean_and_variance_do_not_depend_on_the_signal(void **state)
{
    enum { FRAMES = 1 << 17, CHANNELS = MOST_CHANNELS };
    const double step = ldexp(1.0, -7);
    double *x = malloc((size_t)FRAMES * CHANNELS * sizeof *x);
    const double *planes[CHANNELS];
    const bc_audio_settings s = settings_for("8", "tpdf");
    double least = 1.0, most = -1.0;

    (void)state;
    assert_non_null(x);
    for (size_t c = 0; c < CHANNELS; c++) {
        planes[c] = x + c * FRAMES;
        for (size_t i = 0; i < FRAMES; i++)
            x[c * FRAMES + i] = (13.0 + (double)c / CHANNELS) * step;
    }
    const char *in = save_values("in.wav", BC_ENCODING_F32, 48000, planes, CHANNELS, FRAMES);
    const char *out = path_of("out.wav");

    (void)crush_file(in, out, &s);
    double *y = load_values(out, FRAMES);

    for (size_t c = 0; c < CHANNELS; c++) {
        double sum = 0.0, sum2 = 0.0;

        for (size_t i = 0; i < FRAMES; i++) {
            const double e = (y[c * FRAMES + i] - x[c * FRAMES + i]) / step;

            sum += e;
            sum2 += e * e;
        }
        const double mean = sum / FRAMES, variance = sum2 / FRAMES - mean * mean;

        least = mean < least ? mean : least;
        most = mean > most ? mean : most;
        EXPECT(fabs(variance - 0.25) < 0.005, "%zu/16 step: variance %.5f step^2", c, variance);
    }
    EXPECT(most - least < 0.01, "mean from %.5f to %.5f steps", least, most);
    free(x);
    free(y);
}

/* In place, n a power of two; textbook decimation in time. */
static void fourier(double complex *a, size_t n)
{
    for (size_t i = 1, j = 0; i < n; i++) {
        size_t bit = n >> 1;

        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            const double complex swap = a[i];

            a[i] = a[j];
            a[j] = swap;
        }
    }
    for (size_t half = 1; half < n; half *= 2)
        for (size_t k = 0; k < half; k++) {
            const double complex w = cexp(-3.14159265358979323846 * I * (double)k / (double)half);

            for (size_t i = k; i < n; i += 2 * half) {
                const double complex odd = w * a[i + half];

                a[i + half] = a[i] - odd;
                a[i] += odd;
            }
        }
}

/* Of 2^20 samples a white error has at no lag more than 5.2 / 1024 (the largest of a million
 * normal variates), and its two channels 1 / 1024 (one sigma). */
static void the_error_repeats_nowhere_and_in_no_channel(void **state)
{
    enum { FRAMES = 1 << 20, ROOM = 2 * FRAMES };
    double *x = sine_of(FRAMES, 997.0, 48000.0, 0.25);
    const double *const planes[] = { x, x };
    const char *in = save_values("in.wav", BC_ENCODING_F64, 48000, planes, 2, FRAMES);
    const char *out = path_of("out.wav");
    const bc_audio_settings s = settings_for("8", "tpdf");
    double complex *a = calloc(ROOM, sizeof *a);
    double cross = 0.0, power[2] = { 0.0 }, worst = 0.0;
    size_t worst_lag = 0;

    (void)state;
    assert_non_null(a);
    (void)crush_file(in, out, &s);
    double *y = load_values(out, FRAMES);

    for (size_t i = 0; i < FRAMES; i++) {
        const double left = y[i] - x[i], right = y[FRAMES + i] - x[i];

        a[i] = left;
        cross += left * right;
        power[0] += left * left;
        power[1] += right * right;
    }
    const double correlation = cross / sqrt(power[0] * power[1]);

    EXPECT(fabs(correlation) < 0.005, "left and right: %.5f", correlation);
    fourier(a, ROOM); /* Wiener and Khinchin */
    for (size_t i = 0; i < ROOM; i++)
        a[i] = creal(a[i]) * creal(a[i]) + cimag(a[i]) * cimag(a[i]);
    fourier(a, ROOM);
    for (size_t lag = 1; lag < FRAMES; lag++)
        if (cabs(a[lag]) > worst) {
            worst = cabs(a[lag]);
            worst_lag = lag;
        }
    worst /= creal(a[0]);
    EXPECT(worst < 0.008, "%.5f at lag %zu", worst, worst_lag);
    free(a);
    free(x);
    free(y);
}

/* Power of y at a frequency that has whole periods in n samples, over the mean power of a bin. */
static double over_the_noise(const double *y, size_t n, double cycles, double noise)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double turns = fmod(cycles * (double)i, (double)n) / (double)n;

        sum += y[i] * cexp(-2.0 * 3.14159265358979323846 * I * turns);
    }
    return (creal(sum) * creal(sum) + cimag(sum) * cimag(sum)) / ((double)n * noise);
}

/* A tone of one step and a bit (-90 dBFS) at 16 bits: its harmonics are in the noise (a bin of
 * white noise is 16 times its mean once in ten million), but stand out of it without dither. */
static void a_small_tone_has_no_harmonics(void **state)
{
    enum { RATE = 44100, FRAMES = 2 * RATE };
    const double step = ldexp(1.0, -15);
    double *x = sine_of(FRAMES, 997.0, RATE, pow(10.0, -90.0 / 20.0));
    double most_bare = 0.0;

    (void)state;
    for (int dithered = 0; dithered < 2; dithered++) {
        const bc_audio_settings s = settings_for("16", dithered ? "tpdf" : "none");
        double *y = crush_values(x, FRAMES, RATE, &s, NULL);

        for (int h = 2; h <= 10; h++) {
            const double over = over_the_noise(y, FRAMES, 2.0 * 997.0 * h, step * step / 4.0);

            if (dithered)
                EXPECT(over < 16.0, "harmonic %d: %.1f times the noise", h, over);
            else
                most_bare = over > most_bare ? over : most_bare;
        }
        if (dithered) { /* and the tone is there, at its level */
            const double tone = over_the_noise(y, FRAMES, 2.0 * 997.0, 1.0) / FRAMES * 2.0;

            EXPECT(fabs(db(2.0 * tone) + 90.0) < 0.1, "tone at %.3f dBFS", db(2.0 * tone));
        }
        free(y);
    }
    EXPECT(most_bare > 1000.0, "undithered: harmonics at most %.1f times", most_bare);
    free(x);
}

/* The slope of y over x is 1: sum(x e) / sum(x^2) has the deviation (LSB / 2) / sqrt(sum x^2). */
static void the_gain_is_one(void **state)
{
    static const int depths[] = { 3, 4, 8, 12, 16, 20, 24 };

    (void)state;
    for (size_t k = 0; k < sizeof depths / sizeof *depths; k++) {
        const double step = ldexp(1.0, 1 - depths[k]);
        double *x = sine_of(N, 997.0, 44100.0, 1.0 - 1.5 * step);
        char depth[8];
        double sum_xe = 0.0, sum_x2 = 0.0;

        snprintf(depth, sizeof depth, "%d", depths[k]);
        const bc_audio_settings s = settings_for(depth, "tpdf");
        double *y = crush_values(x, N, 44100, &s, NULL);

        for (size_t i = 0; i < N; i++) {
            sum_xe += x[i] * (y[i] - x[i]);
            sum_x2 += x[i] * x[i];
        }
        const double sigmas = sum_xe / (0.5 * step * sqrt(sum_x2));

        EXPECT(fabs(sigmas) < 4.0, "%d bits: slope 1 %+.2e, %.1f sigma", depths[k], sum_xe / sum_x2,
               sigmas);
        free(x);
        free(y);
    }
}

/* The same seed, three times over: noise of each pass is new, powers add, 3.01 and 4.77 dB. */
static void every_pass_adds_noise_of_its_own(void **state)
{
    static const double expected_db[] = { 0.0, 3.0103, 4.7712 };
    const double step = ldexp(1.0, -7);
    double *x = sine_of(N, 997.0, 44100.0, 0.7);
    const bc_audio_settings s = settings_for("8", "tpdf");

    (void)state;
    (void)save_values("pass0", BC_ENCODING_F64, 44100, (const double *const[]){ x }, 1, N);
    for (int pass = 0; pass < 3; pass++) {
        char from[16], to[16];

        snprintf(from, sizeof from, "pass%d", pass);
        snprintf(to, sizeof to, "pass%d", pass + 1);
        const bc_audio_result r = crush_file(path_of(from), path_of(to), &s);
        double *y = load_values(path_of(to), N);
        const double more = db(power_of_difference(x, y, N) / (step * step / 4.0));

        assert_false(r.is_exact);
        EXPECT(fabs(more - expected_db[pass]) < 0.1, "pass %d: %+.3f dB", pass + 1, more);
        free(y);
    }
    free(x);
}

/* Subtracted again, RPDF leaves rounding alone: a twelfth of a step squared, 4.77 dB less than
 * TPDF, and nothing of the signal. */
static void subtractive_dither_leaves_a_twelfth(void **state)
{
    static const char *const depths[] = { "4", "8", "12", "16" };

    (void)state;
    for (size_t k = 0; k < sizeof depths / sizeof *depths; k++) {
        const double step = ldexp(1.0, 1 - atoi(depths[k]));
        double *x = sine_of(N, 997.0, 44100.0, 0.7);
        bc_audio_settings s = settings_for(depths[k], NULL);
        bc_audio_result r;
        bc_error err = { 0 };

        s.subtractive = true;
        free(crush_values(x, N, 44100, &s, &r));
        assert_string_equal(r.noise->name, "rpdf");
        EXPECT(bc_audio_restore(path_of("out.wav"), path_of("back.wav"), &s, &r, &err) == BC_OK,
               "%s", err.text);
        EXPECT(isnan(r.theory_snr_db) && isnan(r.theory_noise_dbfs) && isnan(r.overshoot_db) &&
                   isnan(r.quality.entropy_bits) && isnan(r.quality.noise_a_dbfs) &&
                   isnan(r.quality.x.rms_dbfs) && r.gain == 1.0,
               "figures that a restoration does not have");
        double *y = load_values(path_of("back.wav"), N);
        const double less = db(step * step / 4.0 / power_of_difference(x, y, N));

        EXPECT(fabs(less - 4.7712) < 0.05, "%s bits: %.3f dB less than TPDF", depths[k], less);
        free(x);
        free(y);
    }
}

/* Threshold of hearing over its least value, as power (Terhardt 1979). */
static double hearing_weight(double hz)
{
    const double f = hz / 1000.0;
    const double threshold =
        3.64 * pow(f, -0.8) - 6.5 * exp(-0.6 * (f - 3.3) * (f - 3.3)) + 1e-3 * f * f * f * f;

    return pow(10.0, -threshold / 10.0);
}

static double audible_power(const double *x, const double *y, double rate_hz)
{
    double complex *a = malloc(N * sizeof *a);
    double sum = 0.0;

    assert_non_null(a);
    for (size_t i = 0; i < N; i++) /* Hann's window */
        a[i] = (y[i] - x[i]) * (1.0 - cos(2.0 * 3.14159265358979323846 * (double)i / N));
    fourier(a, N);
    for (size_t i = 1; i < N / 2; i++) {
        const double hz = (double)i * rate_hz / N;

        if (hz >= 20.0)
            sum += (creal(a[i]) * creal(a[i]) + cimag(a[i]) * cimag(a[i])) * hearing_weight(hz);
    }
    free(a);
    return sum;
}

static const struct {
    uint32_t rate_hz;
    double least_gain_db, most_total_db;
} shaped[] = { { 44100, 16.0, 13.5 }, { 96000, 25.0, 7.0 } };

static void shaping_moves_noise_to_where_it_is_not_heard(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shaped / sizeof *shaped; k++) {
        const uint32_t rate_hz = shaped[k].rate_hz;
        double *x = sine_of(N, 997.0, rate_hz, 0.5);
        bc_audio_settings s = settings_for("16", "tpdf");
        double *white = crush_values(x, N, rate_hz, &s, NULL);

        s.shape = true;
        double *y = crush_values(x, N, rate_hz, &s, NULL);
        const double gain = db(audible_power(x, white, rate_hz) / audible_power(x, y, rate_hz));
        const double total = db(power_of_difference(x, y, N) / power_of_difference(x, white, N));

        EXPECT(gain >= shaped[k].least_gain_db && total <= shaped[k].most_total_db,
               "%u Hz: %.2f dB less audible, %+.2f dB in all", rate_hz, gain, total);
        free(x);
        free(y);
        free(white);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_error_has_the_power_of_theory),
        cmocka_unit_test(clipping_at_1_bit_is_counted),
        cmocka_unit_test(one_bit_has_no_level_at_0),
        cmocka_unit_test(mid_rise_is_exact_in_its_file),
        cmocka_unit_test(clipping_at_2_bits_is_counted),
        cmocka_unit_test(clipping_has_its_part_on_any_grid),
        cmocka_unit_test(samples_that_no_scale_holds_are_clipped),
        cmocka_unit_test(mean_and_variance_do_not_depend_on_the_signal),
        cmocka_unit_test(the_error_repeats_nowhere_and_in_no_channel),
        cmocka_unit_test(a_small_tone_has_no_harmonics),
        cmocka_unit_test(the_gain_is_one),
        cmocka_unit_test(every_pass_adds_noise_of_its_own),
        cmocka_unit_test(subtractive_dither_leaves_a_twelfth),
        cmocka_unit_test(shaping_moves_noise_to_where_it_is_not_heard),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
