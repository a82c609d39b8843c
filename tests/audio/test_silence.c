/* Digital silence stays silent: long runs of zeros, whole, in each channel for itself, whatever the
 * noise, the filter, the number of threads and the cut of batches. */
#include "crush.h"

#include "audio/silence.h"

enum { RATE = 8000, LIMIT = RATE / 50, N = 70000, CHANNELS = 2 };

/* Runs of zeros: 20 ms are 160 frames, and one more is longer. The third lies where batches of
 * 16384 frames of two channels are cut. */
static const struct run {
    int channel;
    size_t first, n;
    bool is_long;
} runs[] = {
    { 0, 0, 5000, true },           { 1, 0, 5000, true },
    { 0, 16300, LIMIT + 1, true },  { 0, 20000, LIMIT, false },
    { 1, 20100, 40000, true },      { 0, 30000, 1, false },
    { 0, N - LIMIT, LIMIT, false }, { 1, N - LIMIT - 1, LIMIT + 1, true },
};

enum { N_RUNS = sizeof runs / sizeof *runs };

static double x[CHANNELS][N];

static bool is_in_long_run(int channel, size_t i)
{
    for (size_t r = 0; r < N_RUNS; r++)
        if (runs[r].channel == channel && i >= runs[r].first && i < runs[r].first + runs[r].n)
            return runs[r].is_long;
    return false;
}

/* Nowhere 0 but in the runs. */
static const char *make_input(double level_before)
{
    const double *const planes[] = { x[0], x[1] };

    for (int c = 0; c < CHANNELS; c++)
        for (size_t i = 0; i < N; i++)
            x[c][i] = (i < 16000 ? level_before : 0.3) * sin(0.1 * (double)i + 0.5 + c) + 0x1p-20;
    for (size_t r = 0; r < N_RUNS; r++)
        memset(&x[runs[r].channel][runs[r].first], 0, runs[r].n * sizeof(double));
    return save_values("in.wav", BC_ENCODING_F64, RATE, planes, CHANNELS, N);
}

static void long_runs_stay_zero_with_every_noise(void **state)
{
    static const struct {
        const char *depth, *dither;
        bool shape;
        uint32_t hold;
        double guard_db;
        bool is_heard; /* the noise turns some zeros of short runs into other values */
    } rows[] = {
        { "16", NULL, false, 0, 0, true },       { "8", "rpdf", false, 0, 0, false },
        { "8", "hptpdf", false, 0, 3, true },    { "12", "gaussian", false, 0, 0, true },
        { "16", "tpdf", true, 0, 0, true },      { "8", "none", true, 0, 0, true },
        { "8", "tpdf", false, 7, 0, true },      { "16", "tpdf", true, 7, 0, true },
        { "pcm1", "tpdf", false, 0, 0, true },   { "4.5", "tpdf", false, 0, 0, true },
        { "mulaw", "tpdf", false, 0, 0, false }, { "e4m3", "tpdf", true, 0, 0, false },
    };
    const char *in = make_input(0.3), *out = path_of("out.wav");

    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        bc_audio_settings s = settings_for(rows[k].depth, rows[k].dither);
        uint8_t *first = NULL;
        size_t n_first = 0, n_heard = 0;

        s.keep_silence_ms = 20.0;
        s.shape = rows[k].shape;
        s.hold = rows[k].hold;
        s.guard_db = rows[k].guard_db;
        for (s.n_threads = 1; s.n_threads <= 5; s.n_threads += 2) {
            size_t n;

            crush_file(in, out, &s);
            uint8_t *bytes = load_bytes(out, &n);

            if (!first) {
                first = bytes;
                n_first = n;
                continue;
            }
            EXPECT(n == n_first && memcmp(bytes, first, n) == 0, "row %zu: %d threads differ", k,
                   s.n_threads);
            free(bytes);
        }
        free(first);
        double *y = load_values(out, N);

        for (int c = 0; c < CHANNELS; c++)
            for (size_t i = 0; i < N; i++) {
                EXPECT(!is_in_long_run(c, i) || y[(size_t)c * N + i] == 0.0,
                       "row %zu: %g in frame %zu of channel %d", k, y[(size_t)c * N + i], i, c);
                n_heard += x[c][i] == 0.0 && y[(size_t)c * N + i] != 0.0;
            }
        EXPECT(n_heard > 0 || !rows[k].is_heard, "row %zu: no noise in short runs", k);
        free(y);
    }
}

static void without_it_silence_is_dithered(void **state)
{
    const bc_audio_settings s = settings_for("16", "tpdf");
    size_t n_heard = 0;

    (void)state;
    crush_file(make_input(0.3), path_of("out.wav"), &s);
    double *y = load_values(path_of("out.wav"), N);

    for (size_t i = 0; i < 5000; i++)
        n_heard += y[i] != 0.0;
    EXPECT(n_heard > 1000, "%zu samples", n_heard); /* a quarter: |noise| > 1/2, TPDF */
    free(y);
}

/* What follows the silence does not know what was before it. */
static void the_filter_forgets_in_silence(void **state)
{
    static const double levels[] = { 0.3, 0.29 };
    bc_audio_settings s = settings_for("12", "tpdf");
    double *y[2];
    size_t n_before = 0;

    (void)state;
    s.shape = true;
    s.keep_silence_ms = 20.0;
    for (int k = 0; k < 2; k++) {
        crush_file(make_input(levels[k]), path_of("out.wav"), &s);
        y[k] = load_values(path_of("out.wav"), N);
    }
    for (size_t i = 5000; i < 16000; i++)
        n_before += y[0][i] != y[1][i];
    assert_true(n_before > 1000);
    for (size_t i = 16300; i < N; i++)
        EXPECT(y[0][i] == y[1][i], "frame %zu: %g and %g", i, y[0][i], y[1][i]);
    free(y[0]);
    free(y[1]);
}

static void silence_is_found_however_batches_are_cut(void **state)
{
    static const size_t batches[] = { 1, 7, LIMIT, LIMIT + 1, 4096, N };
    static uint8_t raw[N * CHANNELS * 8], silent[CHANNELS * N];

    (void)state;
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        bci_sound *in = open_sound(make_input(0.3));
        bci_silence *s = NULL;
        size_t got, first = 0;

        uint64_t memory = 0;

        assert_int_equal(bci_silence_new(in, LIMIT, batches[b], &memory, &s, NULL), BC_OK);
        do {
            assert_int_equal(bci_silence_read(s, raw, batches[b], &got, silent, NULL), BC_OK);
            for (int c = 0; c < CHANNELS; c++)
                for (size_t i = 0; i < got; i++)
                    EXPECT(silent[(size_t)c * batches[b] + i] == is_in_long_run(c, first + i),
                           "batches of %zu: frame %zu of channel %d", batches[b], first + i, c);
            for (size_t i = 0; i < got; i++)
                assert_memory_equal(raw + 16 * i, &x[0][first + i], 8);
            first += got;
        } while (got > 0);
        assert_int_equal(first, N);
        bci_silence_free(s);
        bci_sound_free(in);
    }
}

static void what_has_no_zero_is_refused(void **state)
{
    bc_audio_settings s = settings_for("alaw", NULL);
    bc_audio_result r;
    bc_error err = { 0 };

    (void)state;
    s.keep_silence_ms = 20.0;
    assert_int_equal(bc_audio_reduce(make_input(0.3), path_of("out.wav"), &s, &r, &err),
                     BC_E_USAGE);
    assert_string_equal(err.text,
                        "`keep-silence`: alaw has no level at 0, expected a depth that has one");
    s = settings_for("8", NULL);
    s.keep_silence_ms = 20.0;
    s.subtractive = true;
    assert_int_equal(bc_audio_reduce(make_input(0.3), path_of("out.wav"), &s, &r, &err),
                     BC_E_USAGE);
    s.subtractive = false;
    s.keep_silence_ms = 1e9;
    assert_int_equal(bc_audio_reduce(make_input(0.3), path_of("out.wav"), &s, &r, &err),
                     BC_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_runs_stay_zero_with_every_noise),
        cmocka_unit_test(without_it_silence_is_dithered),
        cmocka_unit_test(the_filter_forgets_in_silence),
        cmocka_unit_test(silence_is_found_however_batches_are_cut),
        cmocka_unit_test(what_has_no_zero_is_refused),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
