/* Samples that a depth does not hold: refused or made finite where it is of floats, clipped
 * elsewhere, and counted by one definition. */
#include "crush.h"

/* By the definition. */
static bool snr_is_of(double snr_db, const double *x, const double *y, size_t n)
{
    double signal = 0.0, noise = 0.0;

    for (size_t i = 0; i < n; i++) {
        signal += x[i] / fabs(x[1]) * (x[i] / fabs(x[1]));
        noise += (y[i] - x[i]) / fabs(x[1]) * ((y[i] - x[i]) / fabs(x[1]));
    }
    return fabs(snr_db - 10.0 * log10(signal / noise)) < 0.05;
}

/* Samples of doubles that 32-bit floats, or shorter ones, do not hold. */
static void samples_that_floats_do_not_hold(void **state)
{
    static const struct {
        const char *depth;
        double large, top;
        const char *words;
    } rows[] = {
        { "float32", 1e100, 0x1.fffffep127, "1e+100 in frame 1 of channel 1, more than float32" },
        { "float16", 1e6, 65504.0, "1000000 in frame 1 of channel 1, more than float16 holds" },
        { "e5m2", 1e6, 57344.0, "holds, expected `nonfinite=saturate`" },
        { "bfloat16", 3.4e38, 0x1.fep127, "more than bfloat16 holds" },
        { "e4m3", 500.0, 448.0, "500 in frame 1 of channel 1, more than e4m3 holds" },
        { "e3m2", 1e30, 28.0, "more than e3m2 holds, expected `nonfinite=saturate`" },
        { "e2m1", 7.5, 6.0, "7.5 in frame 1 of channel 1, more than e2m1 holds" },
        { "float5", 8.0, 7.0, "8 in frame 1 of channel 1, more than float5 holds" },
    };

    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        double x[8] = { 0.5, rows[k].large, -rows[k].large, 0.25, -0.25, 1.0, 0.0, -1.0 };
        const double small = strcmp(rows[k].depth, "float5") == 0 ? 1.0 : 0.0; /* it has no 0 */

        x[3] = x[6] = small;
        x[4] = -small;
        (void)save_values("in.wav", BC_ENCODING_F64, 44100, (const double *const[]){ x }, 1, 8);
        for (int way = 0; way < 4; way++) {
            bc_audio_settings s = settings_for(rows[k].depth, "none");
            bc_audio_result r;
            bc_error err = { 0 };

            s.skip_quality = way == 1;
            s.nonfinite = way == 2   ? BC_NONFINITE_SATURATE
                          : way == 3 ? BC_NONFINITE_KEEP
                                     : BC_NONFINITE_ERROR;
            const bc_status st =
                bc_audio_reduce(path_of("in.wav"), path_of("out.wav"), &s, &r, &err);

            if (way < 2) {
                EXPECT(st == BC_E_FORMAT && strstr(err.text, rows[k].words), "%s: %d, \"%s\"",
                       rows[k].depth, (int)st, err.text);
                continue;
            }
            if (way == 3 && k >= 4) { /* no infinity to become */
                EXPECT(st == BC_E_USAGE, "%s: %d, %s", rows[k].depth, (int)st, err.text);
                continue;
            }
            EXPECT(st == BC_OK, "%s: %s", rows[k].depth, err.text);
            double *y = load_values(path_of("out.wav"), 8);
            const double top = way == 2 ? rows[k].top : (double)INFINITY;
            const double snr_db = bc_error_snr_db(&r.quality.error);

            EXPECT(y[1] == top && y[2] == -top && y[0] == 0.5, "%s: %g, %g", rows[k].depth, y[1],
                   y[2]);
            if (way == 2) /* nothing but the two counts */
                EXPECT(snr_is_of(snr_db, x, y, 8) && r.n_saturated == 2 && r.n_clipped == 2,
                       "%s: %g dB, %llu limited", rows[k].depth, snr_db,
                       (unsigned long long)r.n_saturated);
            else
                EXPECT(snr_db == -(double)INFINITY && r.quality.error.n_lost == 2 &&
                           r.n_clipped == 0,
                       "%s: %g dB", rows[k].depth, snr_db);
            free(y);
        }
    }
}

/* One definition at every depth: more than half a step beyond the end, infinity included; what the
 * default refuses is limited, too. */
static void clipped_means_one_thing(void **state)
{
    static const struct {
        const char *depth;
        double held, beyond; /* a little less, and more, than half a step past the last mark */
        uint64_t n_limited;  /* of beyond, -beyond and infinity */
    } rows[] = {
        { "8", 127.4 / 128.0, 1.5, 1 },     { "levels300", 149.4 / 150.0, 1.5, 1 },
        { "mulaw", 0.99, 1.5, 1 },          { "alaw", 0.99, 1.5, 1 },
        { "e4m3", 463.9, 464.1, 3 },        { "e5m2", 61439.0, 61441.0, 3 },
        { "float16", 65519.0, 65521.0, 3 }, { "e2m1", 6.9, 7.1, 3 },
    };

    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const double x[8] = {
            rows[k].held, rows[k].beyond, -rows[k].beyond, (double)INFINITY, 0.0, -0.5, 0.5, 0.5,
        };
        bc_audio_settings s = settings_for(rows[k].depth, "none");
        bc_audio_result r;
        bc_error err = { 0 };

        s.skip_quality = false;
        s.nonfinite = BC_NONFINITE_SATURATE;
        (void)save_values("in.wav", BC_ENCODING_F64, 44100, (const double *const[]){ x }, 1, 8);
        EXPECT(bc_audio_reduce(path_of("in.wav"), path_of("out.wav"), &s, &r, &err) == BC_OK,
               "%s: %s", rows[k].depth, err.text);
        EXPECT(r.n_clipped == 3 && r.n_saturated == rows[k].n_limited && r.n_nonfinite == 1,
               "%s: %llu clipped, %llu limited", rows[k].depth, (unsigned long long)r.n_clipped,
               (unsigned long long)r.n_saturated);
        EXPECT(fabs(r.overshoot_db - 20.0 * log10(rows[k].beyond)) < 1e-9, "%s: %g dB over",
               rows[k].depth, r.overshoot_db);
    }
}

/* Noise takes samples at the last mark beyond it: as often at uneven steps as at even ones. */
static void clipped_counts_the_noise(void **state)
{
    enum { N = 8000 };
    static const struct {
        const char *depth;
        double top;
    } rows[] = { { "8", 127.0 / 128.0 }, { "mulaw", 32124.0 / 32768.0 }, { "e4m3", 448.0 } };
    static double x[N];

    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        bc_audio_settings s = settings_for(rows[k].depth, "tpdf");
        bc_audio_result r;
        bc_error err = { 0 };

        for (size_t i = 0; i < N; i++)
            x[i] = rows[k].top;
        s.skip_quality = false;
        s.nonfinite = BC_NONFINITE_SATURATE;
        (void)save_values("in.wav", BC_ENCODING_F64, 44100, (const double *const[]){ x }, 1, N);
        EXPECT(bc_audio_reduce(path_of("in.wav"), path_of("out.wav"), &s, &r, &err) == BC_OK,
               "%s: %s", rows[k].depth, err.text);
        /* TPDF of 2 steps is over half a step with probability 1/8: 1000, and 6 deviations of 30 */
        EXPECT(r.n_clipped > 820 && r.n_clipped < 1180, "%s: %llu clipped", rows[k].depth,
               (unsigned long long)r.n_clipped);
        s.nonfinite = BC_NONFINITE_ERROR;
        EXPECT((bc_audio_reduce(path_of("in.wav"), path_of("out.wav"), &s, &r, &err) ==
                BC_E_FORMAT) == (k == 2),
               "%s: \"%s\"", rows[k].depth, err.text);
        EXPECT(k < 2 || strstr(err.text, "with its noise more than e4m3 holds"), "\"%s\"",
               err.text);
    }
}

/* Infinity saturates, with noise and feedback too; NaN has no nearest value. */
static void infinity_saturates(void **state)
{
    static const char *const depths[] = { "8", "16", "mulaw", "float16", "float32", "e4m3" };
    double x[8] = { 0.5, INFINITY, -INFINITY, 0.25, -0.25, 1.0, 0.0, -1.0 };

    (void)state;
    for (size_t k = 0; k < 2 * sizeof depths / sizeof *depths; k++) {
        bc_audio_settings s = settings_for(depths[k / 2], k % 2 ? "tpdf" : "none");
        bc_audio_result r;
        bc_error err = { 0 };

        s.skip_quality = false;
        s.nonfinite = BC_NONFINITE_SATURATE;
        x[3] = 0.25;
        (void)save_values("in.wav", BC_ENCODING_F32, 44100, (const double *const[]){ x }, 1, 8);
        EXPECT(bc_audio_reduce(path_of("in.wav"), path_of("out.wav"), &s, &r, &err) == BC_OK, "%s",
               err.text);
        double *y = load_values(path_of("out.wav"), 8);

        EXPECT(isfinite(y[1]) && isfinite(y[2]) && y[1] > 0.9 && y[2] < -0.9 &&
                   fabs(y[3] - 0.25) < 0.1,
               "%s: %g, %g, %g", depths[k / 2], y[1], y[2], y[3]);
        EXPECT(r.quality.error.n_lost == 2 && r.n_nonfinite == 2, "%s: %llu lost", depths[k / 2],
               (unsigned long long)r.quality.error.n_lost);
        free(y);
        x[3] = NAN;
        (void)save_values("in.wav", BC_ENCODING_F32, 44100, (const double *const[]){ x }, 1, 8);
        EXPECT(bc_audio_reduce(path_of("in.wav"), path_of("out.wav"), &s, &r, &err) ==
                       BC_E_FORMAT &&
                   strstr(err.text, "NaN in frame 3 of channel 1"),
               "%s: \"%s\"", depths[k / 2], err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_that_floats_do_not_hold),
        cmocka_unit_test(clipped_means_one_thing),
        cmocka_unit_test(clipped_counts_the_noise),
        cmocka_unit_test(infinity_saturates),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
