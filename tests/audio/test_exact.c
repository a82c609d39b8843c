/* What fits is left alone: samples that need no more bits than are asked for come out as they went
 * in, byte for byte, in every container that holds them, without noise and with a report that says
 * so. */
#include "crush.h"

enum { N = 3001, CHANNELS = 2 };

static int32_t codes[CHANNELS][N];
static uint8_t raw[N * CHANNELS * 8];

/* Codes that use all bits: both ends, then a walk. */
static void make_codes(int bits)
{
    const int64_t low = -(INT64_C(1) << (bits - 1));

    for (uint32_t c = 0; c < CHANNELS; c++)
        for (uint32_t i = 0; i < N; i++) {
            const uint64_t walk = (i * 2 + c + 1) * UINT64_C(0x9E3779B97F4A7C15) >> 31;

            codes[c][i] = (int32_t)(i == 0   ? low
                                    : i == 1 ? -low - 1
                                             : low + (int64_t)(walk % (UINT64_C(1) << bits)));
        }
}

/* A file of codes of so many bits in a container of `valid`; its samples go to raw. */
static size_t save_codes(const char *name, const char *container, int bits, int valid)
{
    const int32_t *const planes[] = { codes[0], codes[1] };
    const bci_sound_target t = { .path = path_of(name),
                                 .force = true,
                                 .container = container,
                                 .encoding = BC_ENCODING_PCM,
                                 .valid_bits = valid,
                                 .rate_hz = 44100,
                                 .n_channels = CHANNELS,
                                 .n_frames = N };
    bci_sound_plan plan;
    bc_error err = { 0 };

    make_codes(bits);
    assert_int_equal(bci_sound_check(&t, NULL, &plan, &err), BC_OK);
    bc_pcm_pack(plan.layout, planes, plan.shift + valid - bits, N, CHANNELS, raw);
    EXPECT(write_sound(&t, NULL, raw, N, NULL, &err) == BC_OK, "%s", err.text);
    return N * CHANNELS * bc_sample_size(plan.layout);
}

/* The samples of a file as they lie there; to be freed. */
static uint8_t *samples_of(const char *path, size_t *n)
{
    bci_sound *s = open_sound(path);
    bc_error err = { 0 };
    uint8_t *bytes;

    EXPECT(read_all(s, &bytes, n, &err) == BC_OK, "%s", err.text);
    *n *= bci_sound_frame_size(s);
    bci_sound_free(s);
    return bytes;
}

static void the_same_depth_is_the_same_samples(void **state)
{
    static const int depths[] = { 8, 16, 24, 32 };
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);

    (void)state;
    for (size_t k = 0; k < n_formats * 4; k++) {
        const bc_audio_format *f = &formats[k / 4];
        const int bits = depths[k % 4];
        char in[32], depth[8];

        if (strcmp(f->name, "flac") == 0 && bits > 24)
            continue;
        snprintf(in, sizeof in, "in.%s", f->name);
        snprintf(depth, sizeof depth, "%d", bits);
        const size_t n = save_codes(in, f->name, bits, bits);
        bc_audio_settings s = settings_for(depth, NULL);

        s.skip_quality = false;
        s.container = f->name;
        const bc_audio_result r = crush_file(path_of(in), path_of("out"), &s);
        size_t got;
        uint8_t *bytes = samples_of(path_of("out"), &got);

        EXPECT(r.is_exact && r.noise->form == BC_NOISE_NONE && r.quality.error.sum_e2 == 0.0 &&
                   r.n_clipped == 0,
               "%s, %d bits: not exact", f->name, bits);
        EXPECT(strcmp(r.output_container, r.input.container) == 0, "%s became %s",
               r.input.container, r.output_container);
        EXPECT(got == n && memcmp(bytes, raw, n) == 0, "%s, %d bits: other samples", f->name, bits);
        free(bytes);
    }
}

/* Undithered rounding to the depth that the samples have changes none, either. */
static void rounding_to_the_same_depth_changes_nothing(void **state)
{
    (void)state;
    for (int bits = 1; bits <= 32; bits++) {
        char depth[8];
        const size_t n = save_codes("in.wav", "wav", bits, bits);

        snprintf(depth, sizeof depth, "pcm%d", bits);
        for (int truncates = 0; truncates < 2; truncates++) {
            bc_audio_settings s = settings_for(depth, "none");
            size_t got;

            s.rounding = truncates ? BC_ROUND_TRUNCATE : BC_ROUND_NEAREST;
            (void)crush_file(path_of("in.wav"), path_of("out.wav"), &s);
            uint8_t *bytes = samples_of(path_of("out.wav"), &got);

            EXPECT(got == n && memcmp(bytes, raw, n) == 0, "%d bits, %s", bits,
                   truncates ? "truncate" : "nearest");
            free(bytes);
        }
    }
}

static const struct {
    int bits, valid; /* codes of `bits` in the high bits of `valid` */
    const char *depth;
    bool is_exact;
} narrow[] = {
    { 16, 24, "16", true }, { 17, 24, "16", false }, { 8, 24, "8", true },
    { 12, 16, "12", true }, { 20, 32, "20", true },  { 21, 32, "20", false },
    { 16, 16, "24", true }, { 24, 24, "32", true },  { 8, 8, "16", true },
    { 24, 32, "24", true }, { 1, 16, "pcm1", true }, { 2, 16, "pcm1", false },
};

/* A 24-bit file whose low 8 bits are 0 has 16. */
static void low_bits_that_are_zero_are_dropped_without_noise(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof narrow / sizeof *narrow; k++) {
        const bc_audio_settings s = settings_for(narrow[k].depth, NULL);

        (void)save_codes("in.wav", "wav", narrow[k].bits, narrow[k].valid);
        const bc_audio_result r = crush_file(path_of("in.wav"), path_of("out.wav"), &s);
        double *x = load_values(path_of("in.wav"), N), *y = load_values(path_of("out.wav"), N);
        const bool is_same = memcmp(x, y, N * CHANNELS * sizeof *x) == 0;

        EXPECT(r.is_exact == narrow[k].is_exact && is_same == narrow[k].is_exact,
               "%d bits in %d to %s: exact %d, same values %d", narrow[k].bits, narrow[k].valid,
               narrow[k].depth, r.is_exact, is_same);
        assert_string_equal(r.noise->name, narrow[k].is_exact ? "none" : "tpdf");
        free(x);
        free(y);
    }
}

/* What is decoded from 8-bit G.711 is on its grid, and every 32-bit float on that of floats, those
 * beyond full scale too. */
static void logarithmic_samples_and_floats_pass(void **state)
{
    static const char *const depths[] = { "mulaw", "alaw", "float32" };
    double *x = sine_of(N, 997.0, 44100.0, 1.7);

    (void)state;
    (void)save_values("in.wav", BC_ENCODING_F64, 44100, (const double *const[]){ x }, 1, N);
    for (size_t k = 0; k < 3; k++) {
        const bc_audio_settings once = settings_for(depths[k], "none");
        const bc_audio_settings again = settings_for(depths[k], NULL);
        size_t n[2];

        (void)crush_file(path_of("in.wav"), path_of("once.wav"), &once);
        const bc_audio_result r = crush_file(path_of("once.wav"), path_of("again.wav"), &again);
        uint8_t *a = samples_of(path_of("once.wav"), &n[0]);
        uint8_t *b = samples_of(path_of("again.wav"), &n[1]);

        EXPECT(r.is_exact && n[0] == n[1] && memcmp(a, b, n[0]) == 0, "%s: exact %d", depths[k],
               r.is_exact);
        free(a);
        free(b);
    }
    free(x);
}

/* NaN and infinity where they are kept: what holds neither refuses to keep them. */
static void nan_and_infinity_are_kept_only_where_they_can_be(void **state)
{
    static const struct {
        const char *depth;
        bc_status status;
    } rows[] = {
        { "float32", BC_OK },   { "float16", BC_OK },    { "bfloat16", BC_OK },
        { "8", BC_E_USAGE },    { "mulaw", BC_E_USAGE }, { "e2m1", BC_E_USAGE },
        { "e4m3", BC_E_USAGE }, { "e5m2", BC_OK },
    };
    double x[8] = { 0.5, NAN, INFINITY, -INFINITY, -0.25, 1.0, 0.0, -1.0 };

    (void)state;
    (void)save_values("in.wav", BC_ENCODING_F32, 44100, (const double *const[]){ x }, 1, 8);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        bc_audio_settings s = settings_for(rows[k].depth, "none");
        bc_audio_result r;
        bc_error err = { 0 };

        s.nonfinite = BC_NONFINITE_KEEP;
        s.skip_quality = false;
        const bc_status st = bc_audio_reduce(path_of("in.wav"), path_of("out.wav"), &s, &r, &err);

        EXPECT(st == rows[k].status, "%s: status %d, %s", rows[k].depth, (int)st, err.text);
        if (st)
            continue;
        double *y = load_values(path_of("out.wav"), 8);

        EXPECT(isnan(y[1]) && y[2] == INFINITY && y[3] == -INFINITY && r.n_nonfinite == 3,
               "%s: %g %g %g, %llu counted", rows[k].depth, y[1], y[2], y[3],
               (unsigned long long)r.n_nonfinite);
        EXPECT(y[0] == 0.5 && y[4] == -0.25 && y[5] == 1.0, "%s: others differ", rows[k].depth);
        EXPECT(r.quality.error.n == 5 && r.quality.error.sum_e2 == 0.0, "%s: measured %llu",
               rows[k].depth, (unsigned long long)r.quality.error.n);
        EXPECT(r.quality.n_levels_used == 0 || r.quality.n_levels_used == 5, "%s: %llu levels",
               rows[k].depth, (unsigned long long)r.quality.n_levels_used);
        EXPECT(r.quality.y.peak_dbfs == 0.0 && isfinite(r.quality.y.rms_dbfs),
               "%s: peak %g dBFS, RMS %g", rows[k].depth, r.quality.y.peak_dbfs,
               r.quality.y.rms_dbfs);
        free(y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_depth_is_the_same_samples),
        cmocka_unit_test(rounding_to_the_same_depth_changes_nothing),
        cmocka_unit_test(low_bits_that_are_zero_are_dropped_without_noise),
        cmocka_unit_test(logarithmic_samples_and_floats_pass),
        cmocka_unit_test(nan_and_infinity_are_kept_only_where_they_can_be),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
