/* Every format with every encoding: what is written is read back, bit for bit, and the header says
 * what it is. */
#include "sounds.h"

enum { N_FRAMES = 1001, MAX_CHANNELS = 3 };

static int32_t planes[MAX_CHANNELS][N_FRAMES];
static double values[MAX_CHANNELS][N_FRAMES];
static uint8_t raw[N_FRAMES * MAX_CHANNELS * 8];

/* Codes of N bits: both ends, their neighbours, 0 and 1, and then a walk over all of them. */
static void make_codes(int bits)
{
    const int64_t low = -(INT64_C(1) << (bits - 1)), high = -low - 1;

    for (int c = 0; c < MAX_CHANNELS; c++)
        for (int i = 0; i < N_FRAMES; i++) {
            const int64_t ends[] = { low, high, 0, -1, low < high - 1 ? low + 1 : low, high };
            const uint64_t walk = (uint64_t)(i * 3 + c) * UINT64_C(0x9E3779B97F4A7C15) >> 32;

            planes[c][i] = (int32_t)(i < 6 ? ends[(i + c) % 6]
                                           : low + (int64_t)(walk % (UINT64_C(1) << bits)));
            values[c][i] = (double)planes[c][i] / (double)(-low);
        }
}

static const struct encoding_row {
    const char *name;
    bc_audio_encoding encoding;
    int bits, container_bits;
} encodings[] = {
    { "1 bit", BC_ENCODING_PCM, 1, 8 },    { "4 bit", BC_ENCODING_PCM, 4, 8 },
    { "8 bit", BC_ENCODING_PCM, 8, 8 },    { "12 bit", BC_ENCODING_PCM, 12, 16 },
    { "16 bit", BC_ENCODING_PCM, 16, 16 }, { "20 bit", BC_ENCODING_PCM, 20, 24 },
    { "24 bit", BC_ENCODING_PCM, 24, 24 }, { "25 bit", BC_ENCODING_PCM, 25, 32 },
    { "32 bit", BC_ENCODING_PCM, 32, 32 }, { "f32", BC_ENCODING_F32, 0, 32 },
    { "f64", BC_ENCODING_F64, 0, 64 },     { "mulaw", BC_ENCODING_MULAW, 0, 8 },
    { "alaw", BC_ENCODING_ALAW, 0, 8 },
};

enum { N_ENCODINGS = sizeof encodings / sizeof *encodings };

static void pack(const struct encoding_row *e, const bci_sound_plan *plan, uint32_t n_channels)
{
    const int32_t *const codes[] = { planes[0], planes[1], planes[2] };
    const double *const reals[] = { values[0], values[1], values[2] };

    if (e->encoding == BC_ENCODING_F32 || e->encoding == BC_ENCODING_F64)
        bc_pcm_pack_values(plan->layout, reals, N_FRAMES, n_channels, raw);
    else
        bc_pcm_pack(plan->layout, codes, plan->shift, N_FRAMES, n_channels, raw);
}

/* AIFF has a field, but libsndfile opens nothing below 8. */
static bool says_valid(const char *format, int bits)
{
    if (strcmp(format, "aiff") == 0)
        return bits >= 8;
    return strcmp(format, "caf") != 0 && strcmp(format, "au") != 0 && strcmp(format, "flac") != 0;
}

static void check_file(const char *path, const bc_audio_format *format,
                       const struct encoding_row *e, const bci_sound_plan *plan,
                       uint32_t n_channels, size_t n_frames)
{
    const size_t frame = bc_sample_size(plan->layout) * n_channels;
    const bool is_pcm = e->encoding == BC_ENCODING_PCM;
    bci_sound *s = open_sound(path);
    const bc_audio_info *info = bci_sound_info(s);
    bc_error err = { 0 };
    uint8_t *back;
    size_t got;

    if (info->n_frames != n_frames || info->rate_hz != 48000 || info->n_channels != n_channels ||
        info->layout != plan->layout || info->container_bits != e->container_bits)
        fail_msg("%s %s: %llu frames of %u channels, %s in %d bits", format->name, e->name,
                 (unsigned long long)info->n_frames, info->n_channels, info->encoding,
                 info->container_bits);
    assert_string_equal(info->container, plan->container);
    assert_int_equal(info->valid_bits, !is_pcm                             ? 0
                                       : says_valid(format->name, e->bits) ? e->bits
                                                                           : e->container_bits);
    assert_int_equal(read_all(s, &back, &got, &err), BC_OK);
    assert_int_equal(got, n_frames);
    if (memcmp(back, raw, n_frames * frame) != 0)
        fail_msg("%s %s, %u channels: samples differ", format->name, e->name, n_channels);
    free(back);
    bci_sound_free(s);
}

static void every_format_holds_what_it_is_given(void **state)
{
    static const size_t counts[] = { 0, 1, N_FRAMES };
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);
    int n_written = 0;

    (void)state;
    for (size_t f = 0; f < n_formats; f++)
        for (size_t k = 0; k < N_ENCODINGS * MAX_CHANNELS * 3; k++) {
            const struct encoding_row *e = &encodings[k % N_ENCODINGS];
            const uint32_t n_channels = 1 + (uint32_t)(k / N_ENCODINGS % MAX_CHANNELS);
            const size_t n_frames = counts[k / N_ENCODINGS / MAX_CHANNELS];
            const bool is_flac = strcmp(formats[f].name, "flac") == 0;
            bci_sound_target t = { .path = path_of("x"),
                                   .force = true,
                                   .container = formats[f].name,
                                   .encoding = e->encoding,
                                   .valid_bits = e->bits,
                                   .rate_hz = 48000,
                                   .n_channels = n_channels,
                                   .n_frames = n_frames };
            bci_sound_plan plan;
            bc_error err = { 0 };
            bc_status st = bci_sound_check(&t, NULL, &plan, &err);

            if (is_flac && (e->encoding != BC_ENCODING_PCM || e->bits > 24)) {
                assert_int_equal(st, BC_E_UNSUPPORTED);
                continue;
            }
            assert_int_equal(st, BC_OK);
            assert_int_equal(plan.note[0] != 0, e->bits && e->bits != e->container_bits &&
                                                    !says_valid(formats[f].name, e->bits));
            make_codes(e->bits ? e->bits : 8);
            pack(e, &plan, n_channels);
            st = write_sound(&t, NULL, raw, n_frames, &plan, &err);
            if (st)
                fail_msg("%s %s: %s", formats[f].name, e->name, err.text);
            if (is_flac && n_frames == 0) /* libFLAC leaves an empty file's length unknown */
                continue;
            check_file(t.path, &formats[f], e, &plan, n_channels, n_frames);
            n_written++;
        }
    assert_true(n_written > 6 * 13 * 9);
}

/* The length comes last, or never: into a file the header is put right in the end. */
static void a_length_that_is_not_known_is_filled_in(void **state)
{
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);

    (void)state;
    for (size_t f = 0; f < n_formats; f++) {
        const struct encoding_row *e = &encodings[5];
        bci_sound_target t = { .path = path_of("x"),
                               .force = true,
                               .container = formats[f].name,
                               .encoding = e->encoding,
                               .valid_bits = e->bits,
                               .rate_hz = 48000,
                               .n_channels = 1,
                               .n_frames = UINT64_MAX };
        bci_sound_plan plan;
        bc_error err = { 0 };

        assert_int_equal(bci_sound_check(&t, NULL, &plan, &err), BC_OK);
        make_codes(e->bits);
        pack(e, &plan, 1);
        assert_int_equal(write_sound(&t, NULL, raw, N_FRAMES, &plan, &err), BC_OK);
        check_file(t.path, &formats[f], e, &plan, 1, N_FRAMES);
    }
}

/* A pipe cannot be corrected: what passes through it is the file to the last byte. */
static void a_pipe_gets_the_same_bytes(void **state)
{
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);

    (void)state;
    for (size_t f = 0; f < n_formats; f++) {
        const struct encoding_row *e = &encodings[3];
        bci_sound_target t = { .path = path_of("x"),
                               .force = true,
                               .container = formats[f].name,
                               .encoding = e->encoding,
                               .valid_bits = e->bits,
                               .rate_hz = 48000,
                               .n_channels = 1,
                               .n_frames = N_FRAMES };
        bci_sound_plan plan;
        bc_error err = { 0 };
        size_t n_file, n_pipe;
        int status;

        make_codes(e->bits);
        assert_int_equal(bci_sound_check(&t, NULL, &plan, &err), BC_OK);
        pack(e, &plan, 1);
        assert_int_equal(write_sound(&t, NULL, raw, N_FRAMES, &plan, &err), BC_OK);
        t.path = path_of("fifo");
        assert_int_equal(mkfifo(t.path, 0600), 0);
        const pid_t child = fork();

        if (child == 0) { /* the writer; the parent copies */
            const bc_status st = write_sound(&t, NULL, raw, N_FRAMES, NULL, &err);

            _exit((int)st);
        }
        uint8_t through[1 << 14];
        const int fd = open(t.path, O_RDONLY);

        n_pipe = 0;
        for (ssize_t more; (more = read(fd, through + n_pipe, sizeof through - n_pipe)) > 0;)
            n_pipe += (size_t)more;
        close(fd);
        waitpid(child, &status, 0);
        if (strcmp(formats[f].name, "flac") == 0) {
            assert_int_equal(WEXITSTATUS(status), BC_E_UNSUPPORTED);
        } else {
            uint8_t *bytes = load_bytes(path_of("x"), &n_file);

            assert_int_equal(WEXITSTATUS(status), BC_OK);
            assert_int_equal(n_pipe, n_file);
            assert_memory_equal(through, bytes, n_file);
            free(bytes);
        }
        unlink(t.path);
    }
}

/* 2^32 bytes do not fit a WAV; nothing is written to find out. */
static void a_long_wav_becomes_rf64(void **state)
{
    bci_sound_target t = { .container = "wav",
                           .encoding = BC_ENCODING_PCM,
                           .valid_bits = 16,
                           .rate_hz = 48000,
                           .n_channels = 2,
                           .n_frames = 1073741500 };
    bci_sound_plan plan;
    bc_error err = { 0 };

    (void)state;
    t.n_frames = (UINT64_C(0xFFFFFFFF) - 4096) / 4;
    assert_int_equal(bci_sound_check(&t, NULL, &plan, &err), BC_OK);
    assert_string_equal(plan.container, "WAV");
    t.n_frames = (UINT64_C(1) << 32) / 4;
    assert_int_equal(bci_sound_check(&t, NULL, &plan, &err), BC_OK);
    assert_string_equal(plan.container, "RF64");
    assert_non_null(strstr(plan.note, "4 GiB"));
    t.container = "aiff";
    assert_int_equal(bci_sound_check(&t, NULL, &plan, &err), BC_E_UNSUPPORTED);
    assert_non_null(strstr(err.text, "4 GiB"));
}

static void the_name_chooses_the_format(void **state)
{
    static const struct {
        const char *path, *container, *expected;
    } rows[] = {
        { "a.wav", NULL, "WAV" },    { "a.AIF", NULL, "AIFF" },     { "a.b/c.flac", NULL, "FLAC" },
        { "a.flac/c", NULL, "WAV" }, { "-", NULL, "WAV" },          { "a.wav", "au", "AU" },
        { "a", NULL, "WAV" },        { "x.aiff.caf", NULL, "CAF" }, { "a.ogg", NULL, NULL },
        { "a.txt", NULL, NULL },     { "a.ogg", "wav", "WAV" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bci_sound_target t = { .path = rows[i].path,
                                     .container = rows[i].container,
                                     .encoding = BC_ENCODING_PCM,
                                     .valid_bits = 8,
                                     .rate_hz = 8000,
                                     .n_channels = 1 };
        bci_sound_plan plan;

        assert_int_equal(bci_sound_check(&t, NULL, &plan, NULL),
                         rows[i].expected ? BC_OK : BC_E_USAGE);
        if (rows[i].expected)
            assert_string_equal(plan.container, rows[i].expected);
    }
    const bci_sound_target t = { .container = "mp3",
                                 .encoding = BC_ENCODING_PCM,
                                 .valid_bits = 8,
                                 .rate_hz = 8000,
                                 .n_channels = 1 };
    bci_sound_plan plan;

    assert_int_equal(bci_sound_check(&t, NULL, &plan, NULL), BC_E_USAGE);
}

/* Only a commit touches the target. */
static void a_write_that_fails_leaves_the_old_file(void **state)
{
    bci_sound_target t = { .path = path_of("old.wav"),
                           .force = true,
                           .encoding = BC_ENCODING_PCM,
                           .valid_bits = 16,
                           .rate_hz = 8000,
                           .n_channels = 1,
                           .n_frames = 10 };
    bc_error err = { 0 };

    (void)state;
    save_bytes(t.path, "old", 3);
    assert_int_equal(write_sound(&t, NULL, raw, 9, NULL, &err), BC_E_INTERNAL);
    t.path = path_of("old.flac");
    save_bytes(t.path, "old", 3);
    assert_int_equal(write_sound(&t, NULL, raw, 9, NULL, &err), BC_E_INTERNAL);
    assert_int_equal(count_files(false), 2);
    t.force = false;
    assert_int_equal(write_sound(&t, NULL, raw, 10, NULL, &err), BC_E_EXISTS);
    t.path = path_of("none/x.wav");
    assert_int_equal(write_sound(&t, NULL, raw, 10, NULL, &err), BC_E_WRITE);
    t.path = "/dev/full";
    if (access(t.path, W_OK) == 0) {
        assert_int_equal(write_sound(&t, NULL, raw, 10, NULL, &err), BC_E_WRITE);
        t.container = "flac";
        assert_int_equal(write_sound(&t, NULL, raw, 10, NULL, &err), BC_E_UNSUPPORTED);
    }
    size_t n;
    uint8_t *bytes = load_bytes(path_of("old.wav"), &n);

    assert_int_equal(n, 3);
    free(bytes);
}

static void valid_bits_can_be_left_unsaid(void **state)
{
    const bci_sound_target t = { .path = path_of("x.wav"),
                                 .force = true,
                                 .encoding = BC_ENCODING_PCM,
                                 .valid_bits = 12,
                                 .hides_valid_bits = true,
                                 .rate_hz = 8000,
                                 .n_channels = 1,
                                 .n_frames = 10 };
    bci_sound_plan plan;
    bci_sound *s;

    (void)state;
    assert_int_equal(write_sound(&t, NULL, raw, 10, &plan, NULL), BC_OK);
    assert_non_null(strstr(plan.note, "12 are used"));
    assert_int_equal(plan.shift, 4);
    s = open_sound(t.path);
    assert_int_equal(bci_sound_info(s)->valid_bits, 16);
    bci_sound_free(s);
}

/* Without a path the same bytes are counted. */
static void a_dry_run_counts(void **state)
{
    bci_sound_target t = { .path = path_of("x.wav"),
                           .is_dry = true,
                           .encoding = BC_ENCODING_PCM,
                           .valid_bits = 16,
                           .rate_hz = 8000,
                           .n_channels = 2,
                           .n_frames = 100 };
    bci_sound_writer *w;

    (void)state;
    assert_int_equal(bci_sound_create(&t, NULL, &w, NULL), BC_OK);
    assert_int_equal(bci_sound_write(w, raw, 100, NULL), BC_OK);
    assert_int_equal(bci_sound_commit(w, NULL), BC_OK);
    assert_int_equal(bci_sound_writer_size(w), 44 + 400); /* the canonical header */
    bci_sound_writer_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_format_holds_what_it_is_given, empty_scratch_dir),
        cmocka_unit_test_teardown(a_length_that_is_not_known_is_filled_in, empty_scratch_dir),
        cmocka_unit_test_teardown(a_pipe_gets_the_same_bytes, empty_scratch_dir),
        cmocka_unit_test(a_long_wav_becomes_rf64),
        cmocka_unit_test(the_name_chooses_the_format),
        cmocka_unit_test_teardown(a_write_that_fails_leaves_the_old_file, empty_scratch_dir),
        cmocka_unit_test_teardown(valid_bits_can_be_left_unsaid, empty_scratch_dir),
        cmocka_unit_test(a_dry_run_counts),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
