/* Error feedback in time: the closed forms of noise shaping, and its contracts. */
#include <string.h>

#include "bitcrush/feedback.h"
#include "bitcrush/noise.h"
#include "bits.h"
#include "grids.h"

enum { N = 1 << 17 };

static double x[N], noise[N], y[N], error[N];

static bc_fir filter(uint32_t n_taps, const double *taps)
{
    bc_fir fir = { .n_taps = n_taps };

    for (uint32_t k = 0; k < n_taps; k++)
        fir.taps[k] = taps[k];
    return fir;
}

/* With TPDF dither the error that is fed back is white, of 3/12 squared steps. Shaped by
 * 1 - sum c_k z^-k its power is multiplied by 1 + sum c_k^2, and its autocorrelation at lag m is
 * the sum of products of coefficients m apart. */
static const struct {
    const char *name;
    uint32_t n_taps;
    double taps[4];
    double gain, lag1, lag2; /* power and autocorrelation over 3/12 */
    double response_dc;      /* of the error filter at 0 Hz: 1 - sum c_k */
} rows[] = {
    { "no taps", 0, { 0 }, 1.0, 0.0, 0.0, 1.0 },
    { "1 - z^-1", 1, { 1.0 }, 2.0, -1.0, 0.0, 0.0 },
    { "(1 - z^-1)^2", 2, { 2.0, -1.0 }, 6.0, -4.0, 1.0, 0.0 },
    { "1 + z^-1", 1, { -1.0 }, 2.0, 1.0, 0.0, 2.0 },
    { "1 - z^-2", 2, { 0.0, 1.0 }, 2.0, 0.0, -1.0, 0.0 },
    { "1 - z^-1 / 2", 1, { 0.5 }, 1.25, -0.5, 0.0, 0.5 },
    { "(1 - z^-1)^3", 3, { 3.0, -3.0, 1.0 }, 20.0, -15.0, 6.0, 0.0 },
};

/* A slow sine of moderate level, far from clipping. */
static void make_sine(void)
{
    for (size_t i = 0; i < N; i++)
        x[i] = 0.5 * sin((double)i * 0.0123);
}

static double correlation(size_t lag)
{
    double sum = 0.0;

    for (size_t i = lag; i < N; i++)
        sum += error[i] * error[i - lag];
    return sum / (double)(N - lag);
}

static void shaped_power(void **state)
{
    const bc_grid g = grid_of("pcm8");

    (void)state;
    make_sine();
    bc_noise_fill_f64(bc_noise_find("tpdf"), BC_DEFAULT_SEED, 1, 0, noise, N);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_fir fir = filter(rows[r].n_taps, rows[r].taps);
        /* Terms of the sums correlate over a few lags: 5 sigma of white ones, three times. */
        const double bound = 15.0 * sqrt(2.0 / N) * rows[r].gain;
        double sum = 0.0;

        bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &fir, x, noise, N, y, NULL);
        for (size_t i = 0; i < N; i++) {
            error[i] = (y[i] - x[i]) * 128.0;
            sum += error[i];
        }
        EXPECT_NEAR(correlation(0) / 0.25, rows[r].gain, bound, "%s: power", rows[r].name);
        EXPECT_NEAR(correlation(1) / 0.25, rows[r].lag1, bound, "%s: lag 1", rows[r].name);
        EXPECT_NEAR(correlation(2) / 0.25, rows[r].lag2, bound, "%s: lag 2", rows[r].name);
        EXPECT_NEAR(correlation(4) / 0.25, 0.0, bound, "%s: lag 4", rows[r].name);
        /* At 0 Hz: the sum of the errors is that of white ones times the response; with a zero
         * there it telescopes to the last few errors, of at most 1.5 steps each. */
        EXPECT_NEAR(sum, 0.0, 5.0 * sqrt(0.25 * N) * rows[r].response_dc + 16.0,
                    "%s: sum of errors", rows[r].name);
    }
}

/* First order, undithered: a constant between two marks becomes a pattern with that mean, on an
 * even grid and on an uneven one. */
static void constants_keep_their_mean(void **state)
{
    static const float uneven[8] = { -40.0f, -20.0f, -10.0f, 0.0f, 1.0f, 11.0f, 12.0f, 42.0f };
    static const double levels[] = { 0.0, 0.3, 0.999, 1.0, 1.5,  2.0,  4.0,
                                     5.9, 6.0, 6.1,   9.0, 10.5, 11.2, 12.0 };
    const double tap = 1.0;
    const bc_grid pcm = grid_of("pcm8");
    bc_grid book;

    (void)state;
    assert_int_equal(bc_grid_codebook(uneven, 8, &book, NULL), BC_OK);
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
        for (int even = 0; even < 2; even++) {
            const bc_grid *g = even ? &pcm : &book;
            const double level = even ? levels[l] / 128.0 : levels[l], step = even ? 1.0 / 128 : 30;
            bc_fir fir = filter(1, &tap);
            double sum = 0.0;
            enum { SHORT = 10000 };

            for (size_t i = 0; i < SHORT; i++)
                x[i] = level;
            bc_quantize_fir_f64(g, &BC_SCALE_IDENTITY, &fir, x, NULL, SHORT, y, NULL);
            for (size_t i = 0; i < SHORT; i++)
                sum += y[i];
            /* The errors telescope: what is left is one error, of at most one step. */
            EXPECT_NEAR(sum / SHORT, level, step / SHORT + 1e-12, "%s grid, constant %g",
                        even ? "even" : "uneven", levels[l]);
        }
    }
}

static void cuts_agree(void **state)
{
    static const double taps[5] = { 2.033, -2.165, 1.959, -1.590, 0.6149 };
    static const size_t cuts[] = { 0, 1, 2, 4, 5, 6, 63, 1000, 2000 };
    enum { LENGTH = 2000 };
    static int32_t codes[LENGTH], other_codes[LENGTH];
    static double other[LENGTH];
    const bc_grid g = grid_of("pcm6");
    const bc_scale scale = { 0.9, 0.01, 0 };

    (void)state;
    make_sine();
    bc_noise_fill_f64(bc_noise_find("rpdf"), 1, 1, 0, noise, LENGTH);
    for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
        bc_fir whole = filter(5, taps), halves = filter(5, taps);
        const size_t at = cuts[c];

        bc_quantize_fir_f64(&g, &scale, &whole, x, noise, LENGTH, y, codes);
        bc_quantize_fir_f64(&g, &scale, &halves, x, noise, at, other, other_codes);
        bc_quantize_fir_f64(&g, &scale, &halves, x + at, noise + at, LENGTH - at, other + at,
                            other_codes + at);
        EXPECT(memcmp(y, other, sizeof other) == 0 && memcmp(codes, other_codes, sizeof codes) == 0,
               "cut at %zu", at);
        EXPECT(memcmp(&whole, &halves, sizeof whole) == 0, "cut at %zu: other state", at);
    }
}

/* Without taps it is plain rounding; y may be x, results may be NULL. */
static void plain_and_alias(void **state)
{
    static double want[1000], alias[1000];
    static int32_t codes[1000], want_codes[1000];
    static const double taps[2] = { 1.0, -0.5 };
    const bc_grid g = grid_of("pcm5");

    (void)state;
    make_sine();
    bc_noise_fill_f64(bc_noise_find("tpdf"), 1, 1, 0, noise, 1000);
    for (uint32_t n_taps = 0; n_taps <= 2; n_taps += 2) {
        bc_fir a = filter(n_taps, taps), b = a, c = a;

        if (n_taps == 0)
            bc_quantize_f64(&g, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, x, noise, 1000, want,
                            want_codes);
        else
            bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &c, x, noise, 1000, want, want_codes);
        memcpy(alias, x, sizeof alias);
        bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &a, alias, noise, 1000, alias, NULL);
        bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &b, x, noise, 1000, NULL, codes);
        EXPECT(memcmp(alias, want, sizeof want) == 0, "%u taps: y is x", n_taps);
        EXPECT(memcmp(codes, want_codes, sizeof codes) == 0, "%u taps: y NULL", n_taps);
        bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &b, x, noise, 0, NULL, NULL);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

/* Clipping must not run away: whatever came in, a few samples of silence later the output is
 * within reach of the filter, sum |c_k| steps and one. */
static void clipping_is_bounded(void **state)
{
    static const double taps[9] = { 2.412,  -3.370, 3.937,  -4.174, 3.353,
                                    -2.205, 1.281,  -0.569, 0.0847 };
    static const double loud[] = { 1.5, -3.0, 1e9, -1e300, (double)INFINITY, (double)NAN };
    const bc_grid g = grid_of("pcm8");

    (void)state;
    for (size_t l = 0; l < sizeof loud / sizeof *loud; l++) {
        bc_fir fir = filter(9, taps);
        double reach = 1.0;
        int32_t codes[600];

        for (size_t i = 0; i < 600; i++)
            x[i] = i < 500 ? loud[l] : 0.0;
        for (int k = 0; k < 9; k++)
            reach += fabs(taps[k]);
        bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &fir, x, NULL, 500, y, codes);
        for (uint32_t k = 0; k < fir.n_taps; k++)
            EXPECT(fabs(fir.errors[k]) <= 1.0, "%g: error of %g steps is kept", loud[l],
                   fir.errors[k]);
        bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &fir, x + 500, NULL, 100, y + 500, codes + 500);
        for (size_t i = 0; i < 600; i++) {
            EXPECT(isfinite(y[i]) && codes[i] >= g.lo && codes[i] <= g.hi, "%g: %g at %zu", loud[l],
                   y[i], i);
            if (i >= 500)
                EXPECT(fabs(y[i]) * 128.0 <= reach, "%g: %g steps, %zu samples after", loud[l],
                       y[i] * 128.0, i - 500);
        }
    }
}

/* What clipping leaves for the filter: one step and the magnitude of the noise, no more and no
 * less; on an uneven grid the step is the wider one beside the mark that was taken. Errors are kept
 * in steps on even grids, in values on the others. */
static void clipping_leaves_a_step_and_the_noise(void **state)
{
    static const float uneven[8] = { -40.0f, -20.0f, -10.0f, 0.0f, 1.0f, 11.0f, 12.0f, 42.0f };
    static const double steps[] = { 0.0, 0.25, -0.75, 0.5, -0.5 };
    const bc_grid pcm = grid_of("pcm8"), e4m3 = grid_of("e4m3");
    bc_grid book;

    (void)state;
    assert_int_equal(bc_grid_codebook(uneven, 8, &book, NULL), BC_OK);
    const struct {
        const char *name;
        const bc_grid *grid;
        double loud, top_step, bottom_step;
    } grids[] = {
        { "pcm8", &pcm, 3.0, 1.0, 1.0 },
        { "uneven", &book, 900.0, 30.0, 20.0 },
        { "e4m3", &e4m3, 1e6, 32.0, 32.0 }, /* 416 and 448 */
    };
    for (size_t r = 0; r < sizeof grids / sizeof *grids; r++)
        for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
            for (int sign = -1; sign <= 1; sign += 2) {
                const double tap = 1.0, in = sign * grids[r].loud, d = steps[k];
                const double step = sign > 0 ? grids[r].top_step : grids[r].bottom_step;
                bc_fir fir = filter(1, &tap);

                bc_quantize_fir_f64(grids[r].grid, &BC_SCALE_IDENTITY, &fir, &in, &d, 1, y, NULL);
                EXPECT_NEAR(fir.errors[0], -sign * (1.0 + fabs(d)) * step, 0.0,
                            "%s: %g with noise %g", grids[r].name, in, d);
            }
}

/* Channels side by side are what they are alone: any number of them and of taps, on every
 * family of grids, with and without noise, in parts of any length. */
static void channels_do_not_meet(void **state)
{
    enum { LENGTH = 1100, CHANNELS = 7 }; /* more than one block of the kernel */
    static const char *const grids[] = { "pcm16", "pcm4", "pcm32", "uint8", "float16" };
    static const uint32_t tap_counts[] = { 0, 1, 2, 5, 6, 9, 16, 64 };
    static double in[CHANNELS][LENGTH], d[CHANNELS][LENGTH], got[CHANNELS][LENGTH], want[LENGTH];
    static int32_t got_codes[CHANNELS][LENGTH], want_codes[LENGTH];
    static const bc_scale scale = { 0.7, 0.013, 0 };
    const double *ins[CHANNELS], *noises[CHANNELS];
    double *outs[CHANNELS];
    int32_t *outs_codes[CHANNELS];

    (void)state;
    for (size_t c = 0; c < CHANNELS; c++) {
        for (size_t i = 0; i < LENGTH; i++)
            in[c][i] = 0.9 * sin((double)(i * (c + 1)) * 0.0123);
        in[c][c] = (double)NAN;
        in[c][c + 9] = (double)-INFINITY;
        bc_noise_fill_f64(bc_noise_find("tpdf"), 1, (uint32_t)c, 0, d[c], LENGTH);
    }
    for (size_t run = 0; run < 5 * 8 * CHANNELS; run++) {
        const uint32_t n_taps = tap_counts[run % 8];
        const size_t n_channels = run / 8 % CHANNELS + 1, at = run * 37 % LENGTH;
        const bc_grid g = grid_of(grids[run / 8 / CHANNELS]);
        bc_fir firs[CHANNELS];

        for (size_t c = 0; c < n_channels; c++) {
            firs[c] = (bc_fir){ .n_taps = n_taps };
            for (uint32_t k = 0; k < n_taps; k++) /* a zero on the real axis, and others */
                firs[c].taps[k] = 0.9 * pow(-0.8, k) / (k + 1);
        }
        for (size_t part = 0; part < 2; part++) {
            for (size_t c = 0; c < n_channels; c++) {
                const size_t from = part ? at : 0;

                ins[c] = in[c] + from, noises[c] = d[c] + from;
                outs[c] = got[c] + from, outs_codes[c] = got_codes[c] + from;
            }
            bc_quantize_fir_channels_f64(&g, &scale, firs, n_channels, ins, run % 3 ? noises : NULL,
                                         part ? LENGTH - at : at, outs, outs_codes);
        }
        for (size_t c = 0; c < n_channels; c++) {
            bc_fir alone = { .n_taps = n_taps };

            memcpy(alone.taps, firs[c].taps, sizeof alone.taps);
            bc_quantize_fir_f64(&g, &scale, &alone, in[c], run % 3 ? d[c] : NULL, LENGTH, want,
                                want_codes);
            EXPECT(memcmp(got[c], want, sizeof want) == 0 &&
                       memcmp(got_codes[c], want_codes, sizeof want_codes) == 0,
                   "%s, %u taps, channel %zu of %zu, cut at %zu", grids[run / 8 / CHANNELS], n_taps,
                   c + 1, n_channels, at);
            EXPECT(memcmp(&alone, &firs[c], sizeof alone) == 0, "%s, %u taps, channel %zu: state",
                   grids[run / 8 / CHANNELS], n_taps, c + 1);
        }
    }
}

/* Sample by sample by the definition, in values. Other roundings of the sums decay, as the filter
 * is minimum phase; that one decides a code has odds of 10^-10 over these samples. */
static void definition(void **state)
{
    static const double taps[5] = { 2.033, -2.165, 1.959, -1.590, 0.6149 };
    const bc_grid g = grid_of("pcm8");
    enum { LENGTH = 3000 };
    static int32_t codes[LENGTH];
    double errors[5] = { 0 };
    bc_fir fir = filter(5, taps);

    (void)state;
    bc_noise_fill_f64(bc_noise_find("tpdf"), 1, 1, 0, noise, LENGTH);
    for (size_t i = 0; i < LENGTH; i++) /* up to 1.1: it clips now and then */
        x[i] = 1.1 * sin((double)i * 0.0123);
    bc_quantize_fir_f64(&g, &BC_SCALE_IDENTITY, &fir, x, noise, LENGTH, y, codes);
    for (size_t i = 0; i < LENGTH; i++) {
        double v = x[i];

        for (size_t k = 0; k < 5; k++)
            v -= taps[k] * errors[k];
        const double code = fmin(fmax(rint(v * 128.0 + noise[i]), -128.0), 127.0);
        const double bound = (1.0 + fabs(noise[i])) / 128.0;

        EXPECT(codes[i] == (int32_t)code && y[i] == code / 128.0, "sample %zu: %d, expected %g", i,
               codes[i], code);
        memmove(errors + 1, errors, 4 * sizeof *errors);
        errors[0] = fmin(fmax(code / 128.0 - v, -bound), bound);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("shaped noise has the power and the spectrum of its filter", shaped_power),
        SENTENCE("first-order feedback keeps the mean of a constant", constants_keep_their_mean),
        SENTENCE("two calls on the halves of a signal equal one on the whole", cuts_agree),
        SENTENCE("no taps is plain rounding, and y may be x or NULL", plain_and_alias),
        SENTENCE("clipping does not run away", clipping_is_bounded),
        SENTENCE("clipping leaves one step and the noise", clipping_leaves_a_step_and_the_noise),
        SENTENCE("channels side by side are what they are alone", channels_do_not_meet),
        SENTENCE("every sample is that of the definition", definition),
    };

    return cmocka_run_group_tests_name("feedback in time", tests, NULL, NULL);
}
