/* Files of other programs, where they are installed: SoX, FFmpeg and libsndfile's own tools agree
 * about samples and headers in both directions. */
#include "sounds.h"

enum { N = 2000 };

static uint8_t raw[N * 2 * 8];

static bool has(const char *program)
{
    char command[96];

    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

/* Run in the scratch directory; false when the program will not (a codec that it lacks). */
static bool run(const char *command)
{
    char line[1024];

    snprintf(line, sizeof line, "cd '%s' && { %s ; } </dev/null >out 2>&1", scratch_dir, command);
    return system(line) == 0;
}

/* A 24-bit stereo WAV whose low 8 bits are 0, so that 16 bits hold it: every program has the same
 * samples to convert. */
static void make_input(void)
{
    static int32_t codes[2][N];
    const int32_t *const planes[] = { codes[0], codes[1] };
    const bci_sound_target t = { .path = path_of("in.wav"),
                                 .force = true,
                                 .encoding = BC_ENCODING_PCM,
                                 .valid_bits = 24,
                                 .rate_hz = 44100,
                                 .n_channels = 2,
                                 .n_frames = N };

    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++)
            codes[c][i] = (int32_t)((uint32_t)(i * 7919 + c * 13) % 65536) - 32768;
    bc_pcm_pack(BC_SAMPLE_S24LE, planes, 8, N, 2, raw);
    assert_int_equal(write_sound(&t, NULL, raw, N, NULL, NULL), BC_OK);
}

static const struct {
    const char *program, *command, *file, *container, *encoding;
} made[] = {
    { "sox", "sox -D in.wav -b 16 a.wav", "a.wav", "WAV", "16-bit PCM" },
    { "sox", "sox -D in.wav -b 32 a.wav", "a.wav", "WAV", "32-bit PCM" },
    { "sox", "sox -D in.wav -e float -b 32 a.wav", "a.wav", "WAV", "32-bit float" },
    { "sox", "sox -D in.wav -e float -b 64 a.wav", "a.wav", "WAV", "64-bit float" },
    { "sox", "sox -D in.wav -b 24 a.aiff", "a.aiff", "AIFF", "24-bit PCM" },
    { "sox", "sox -D in.wav -b 16 a.au", "a.au", "AU", "16-bit PCM" },
    { "sox", "sox -D in.wav -b 24 a.caf", "a.caf", "CAF", "24-bit PCM" },
    { "sox", "sox -D in.wav -b 24 a.w64", "a.w64", "W64", "24-bit PCM" },
    { "sox", "sox -D in.wav -b 24 a.flac", "a.flac", "FLAC", "24-bit FLAC" },
    { "sox", "sox -D in.wav -b 16 a.voc", "a.voc", "VOC", "16-bit PCM" },
    { "sox", "sox -D in.wav -b 16 a.sph", "a.sph", "NIST", "16-bit PCM" },
    { "sox", "sox -D in.wav -t wav - | cat >a.wav", "a.wav", "WAV", "24-bit PCM" },
    { "ffmpeg", "ffmpeg -v error -y -i in.wav -f wav -c:a pcm_s24le - | cat >a.wav", "a.wav", "WAV",
      "24-bit PCM" },
    { "ffmpeg", "ffmpeg -v error -y -i in.wav -c:a pcm_f32le -rf64 always a.wav", "a.wav", "RF64",
      "32-bit float" },
    { "ffmpeg", "ffmpeg -v error -y -i in.wav -c:a pcm_s16le a.w64", "a.w64", "W64", "16-bit PCM" },
    { "ffmpeg", "ffmpeg -v error -y -i in.wav -c:a pcm_f64be a.aiff", "a.aiff", "AIFF",
      "64-bit float" },
    { "ffmpeg", "ffmpeg -v error -y -i in.wav -c:a pcm_s32le a.caf", "a.caf", "CAF", "32-bit PCM" },
    { "ffmpeg", "ffmpeg -v error -y -i in.wav -c:a flac -sample_fmt s32 a.flac", "a.flac", "FLAC",
      "24-bit FLAC" },
};

static void unpack(bc_sample_layout layout, const void *from, double values[2][N])
{
    double *const planes[] = { values[0], values[1] };

    bc_pcm_unpack(layout, from, N, 2, planes);
}

static void their_files_have_our_samples(void **state)
{
    static double expected[2][N], values[2][N];
    int n_read = 0;

    (void)state;
    make_input();
    unpack(BC_SAMPLE_S24LE, raw, expected);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        bc_error err = { 0 };
        uint8_t *back;
        size_t got;

        if (!has(made[i].program) || !run(made[i].command))
            continue;
        bci_sound *s = open_sound(path_of(made[i].file));
        const bc_audio_info *info = bci_sound_info(s);

        EXPECT(strcmp(info->container, made[i].container) == 0 &&
                   strcmp(info->encoding, made[i].encoding) == 0 && info->n_frames == N,
               "%s: %s, %s, %llu frames", made[i].command, info->container, info->encoding,
               (unsigned long long)info->n_frames);
        EXPECT(read_all(s, &back, &got, &err) == BC_OK && got == N, "%s: %s", made[i].command,
               err.text);
        unpack(info->layout, back, values);
        EXPECT(memcmp(values, expected, sizeof values) == 0, "%s: samples differ", made[i].command);
        free(back);
        bci_sound_free(s);
        n_read++;
    }
    print_message("[          ] %d files of other programs\n", n_read);
}

static bool says_20(const char *format)
{
    return strcmp(format, "caf") != 0 && strcmp(format, "au") != 0 && strcmp(format, "flac") != 0;
}

/* What FFmpeg decodes from our files, as 32-bit integers, is what was packed. */
static void they_read_our_samples(void **state)
{
    static const int depths[] = { 12, 20 };
    static double expected[2][N], values[2][N];
    static int32_t codes[2][N];
    const int32_t *const planes[] = { codes[0], codes[1] };
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);

    (void)state;
    if (!has("ffmpeg"))
        skip();
    for (size_t k = 0; k < n_formats * 2; k++) {
        const bc_audio_format *format = &formats[k / 2];
        const int bits = depths[k % 2];
        bci_sound_target t = { .force = true,
                               .container = format->name,
                               .encoding = BC_ENCODING_PCM,
                               .valid_bits = bits,
                               .rate_hz = 44100,
                               .n_channels = 2,
                               .n_frames = N };
        char command[256];
        bci_sound_plan plan;
        size_t n;

        for (int i = 0; i < 2 * N; i++) {
            codes[i / N][i % N] =
                (int32_t)((uint32_t)i * 40503u % (1u << bits)) - (1 << (bits - 1));
            expected[i / N][i % N] = (double)codes[i / N][i % N] / (double)(1 << (bits - 1));
        }
        t.path = path_of("ours");
        assert_int_equal(bci_sound_check(&t, NULL, &plan, NULL), BC_OK);
        bc_pcm_pack(plan.layout, planes, plan.shift, N, 2, raw);
        assert_int_equal(write_sound(&t, NULL, raw, N, NULL, NULL), BC_OK);
        snprintf(command, sizeof command,
                 "ffmpeg -v error -y -i ours -f s32le theirs && [ ! -s out ]");
        EXPECT(run(command), "%s, %d bits: ffmpeg does not take it", format->name, bits);
        uint8_t *bytes = load_bytes(path_of("theirs"), &n);

        assert_int_equal(n, N * 2 * 4);
        unpack(BC_SAMPLE_S32LE, bytes, values);
        EXPECT(memcmp(values, expected, sizeof values) == 0, "%s, %d bits: samples differ",
               format->name, bits);
        free(bytes);
        if (bits == 20 && has("sndfile-info") && says_20(format->name))
            EXPECT(run("sndfile-info ours | grep -Eq '(Valid Bits|Sample Size) *: 20'"),
                   "%s: sndfile-info does not see 20 valid bits", format->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(their_files_have_our_samples, empty_scratch_dir),
        cmocka_unit_test_teardown(they_read_our_samples, empty_scratch_dir),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
