/* Headers made by hand: what they leave out, get wrong or promise is found, and said. */
#include "sounds.h"

typedef struct {
    uint8_t data[4096];
    size_t n;
} made;

static void id(made *m, const char *text)
{
    memcpy(m->data + m->n, text, strlen(text));
    m->n += strlen(text);
}

static void le(made *m, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        m->data[m->n++] = (uint8_t)(v >> (8 * i));
}

static void be(made *m, uint64_t v, int n)
{
    for (int i = n - 1; i >= 0; i--)
        m->data[m->n++] = (uint8_t)(v >> (8 * i));
}

typedef struct {
    uint64_t riff_size, data_size;        /* as written */
    int n_channels, rate_hz, bits, valid; /* valid 0: plain PCM */
    size_t n_data;                        /* as there are */
} wave;

static const wave good = { 36 + 40, 40, 1, 8000, 16, 0, 40 };

static made make_wave(const wave *w)
{
    const int block = w->n_channels * ((w->bits + 7) / 8);
    made m = { .n = 0 };

    id(&m, "RIFF");
    le(&m, w->riff_size, 4);
    id(&m, "WAVEfmt ");
    le(&m, w->valid ? 40 : 16, 4);
    le(&m, w->valid ? 0xFFFE : 1, 2);
    le(&m, (uint64_t)w->n_channels, 2);
    le(&m, (uint64_t)w->rate_hz, 4);
    le(&m, (uint64_t)(w->rate_hz * block), 4);
    le(&m, (uint64_t)block, 2);
    le(&m, (uint64_t)w->bits, 2);
    if (w->valid) {
        le(&m, 22, 2);
        le(&m, (uint64_t)w->valid, 2);
        le(&m, 4, 4);
        memcpy(m.data + m.n, "\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71", 16);
        m.n += 16;
    }
    id(&m, "data");
    le(&m, w->data_size, 4);
    for (size_t i = 0; i < w->n_data; i++)
        m.data[m.n++] = (uint8_t)(i + 1);
    return m;
}

static bc_status open_bytes(const void *data, size_t n, bci_sound **s, bc_error *err)
{
    save_bytes(path_of("x"), data, n);
    return bci_sound_open(path_of("x"), NULL, s, err);
}

static void expect_fault(const wave *w, bc_status status, const char *words)
{
    const made m = make_wave(w);
    bci_sound *s = NULL;
    bc_error err = { 0 };

    EXPECT(open_bytes(m.data, m.n, &s, &err) == status && strstr(err.text, words),
           "status %d, \"%s\", expected %d and \"%s\"", (int)err.status, err.text, (int)status,
           words);
}

static void what_cannot_be_is_refused(void **state)
{
    wave w = good;

    (void)state;
    w.n_channels = 0;
    expect_fault(&w, BC_E_FORMAT, "0 channels");
    w = good;
    w.rate_hz = 0;
    expect_fault(&w, BC_E_FORMAT, "0 Hz");
    w = good;
    w.valid = 20;
    expect_fault(&w, BC_E_FORMAT, "20 valid bits");
    w = good;
    w.data_size = 1000;
    w.riff_size = 1036;
    expect_fault(&w, BC_E_FORMAT, "960 are missing");
    w = good;
    w.n_data = 39;
    expect_fault(&w, BC_E_FORMAT, "1 are missing");
    w = good;
    w.n_channels = 2;
    w.data_size = w.n_data = 38;
    expect_fault(&w, BC_E_FORMAT, "multiple of the 4");
    w = good;
    w.riff_size = 500;
    expect_fault(&w, BC_E_FORMAT, "84 bytes where the header says 508");
}

static void files_that_are_none_have_their_status(void **state)
{
    bci_sound *s = NULL;
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(bci_sound_open(path_of("none"), NULL, &s, &err), BC_E_OPEN);
    assert_int_equal(bci_sound_open(scratch_dir, NULL, &s, &err), BC_E_OPEN);
    assert_int_equal(open_bytes("", 0, &s, &err), BC_E_FORMAT);
    assert_int_equal(open_bytes("a text that is no sound at all, but long enough", 47, &s, &err),
                     BC_E_UNSUPPORTED);
}

/* Every file that is shorter than it says is refused, when it is opened or at the latest where its
 * samples end. */
static void expect_cuts(const char *format, const uint8_t *data, size_t n)
{
    for (size_t cut = 0; cut < n; cut++) {
        bci_sound *s = NULL;
        bc_error err = { 0 };
        bc_status st = open_bytes(data, cut, &s, &err);

        if (!st) {
            uint8_t *back;
            size_t got;

            st = read_all(s, &back, &got, &err);
            free(back);
            bci_sound_free(s);
        }
        EXPECT(st == BC_E_FORMAT, "%s cut after %zu of %zu bytes: status %d, %s", format, cut, n,
               (int)st, err.text);
    }
}

static void a_cut_anywhere_is_noticed(void **state)
{
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);
    uint8_t raw[20 * 4];
    uint8_t *bytes;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (uint8_t)(i * 37);
    for (size_t f = 0; f < n_formats; f++)
        for (int valid = 12; valid <= 16; valid += 4) {
            const bci_sound_target t = { .path = path_of("whole"),
                                         .force = true,
                                         .container = formats[f].name,
                                         .encoding = BC_ENCODING_PCM,
                                         .valid_bits = valid,
                                         .rate_hz = 8000,
                                         .n_channels = 1,
                                         .n_frames = 20,
                                         .comment_line = "a line" };

            assert_int_equal(write_sound(&t, NULL, raw, 20, NULL, NULL), BC_OK);
            bytes = load_bytes(t.path, &n);
            expect_cuts(formats[f].name, bytes, n);
            free(bytes);
        }
}

/* A program that writes to a pipe cannot say how long it will be: FFmpeg writes all ones, SoX
 * 0x7FFFF000, others 0. */
static void open_ends_are_read_to_the_end(void **state)
{
    static const struct {
        uint64_t riff_size, data_size;
    } rows[] = {
        { 0xFFFFFFFF, 0xFFFFFFFF },
        { 0x7FFFF024, 0x7FFFF000 },
        { 0, 0 },
        { 8, 0 },
        { 0xFFFFFFFF, 0 },
        { 0x80000024, 0x80000000 },
        { 0x7FFFF024, 0x7FFFEFFE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wave w = good;
        bci_sound *s = NULL;
        bc_error err = { 0 };
        uint8_t *back;
        size_t got;
        int old_stdin;

        w.riff_size = rows[i].riff_size;
        w.data_size = rows[i].data_size;
        const made m = make_wave(&w);

        assert_int_equal(open_bytes(m.data, m.n, &s, &err), BC_OK);
        assert_int_equal(bci_sound_info(s)->n_frames, 20);
        assert_int_equal(read_all(s, &back, &got, &err), BC_OK);
        assert_int_equal(got, 20);
        assert_memory_equal(back, m.data + 44, 40);
        free(back);
        bci_sound_free(s);

        const pid_t child = feed(m.data, m.n, &old_stdin);

        EXPECT(bci_sound_open("-", NULL, &s, &err) == BC_OK, "%zu: %s", i, err.text);
        assert_true(bci_sound_info(s)->n_frames == UINT64_MAX);
        assert_int_equal(read_all(s, &back, &got, &err), BC_OK);
        assert_int_equal(got, 20);
        assert_memory_equal(back, m.data + 44, 40);
        free(back);
        bci_sound_free(s);
        unfeed(child, old_stdin);
    }
}

/* Through a pipe the formats that begin with what they are give the bytes of the file, and a pipe
 * that breaks off is noticed. */
static void pipes_are_read_like_files(void **state)
{
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);
    static uint8_t raw[100000 * 4];

    (void)state;
    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (uint8_t)(i * 7 >> 3);
    for (size_t f = 0; f < n_formats; f++)
        for (int broken = 0; broken < 2; broken++) {
            const bci_sound_target t = { .path = path_of("whole"),
                                         .force = true,
                                         .container = formats[f].name,
                                         .encoding = BC_ENCODING_PCM,
                                         .valid_bits = 16,
                                         .rate_hz = 8000,
                                         .n_channels = 1,
                                         .n_frames = 100000,
                                         .comment_line = "a line" };
            bci_sound *s = NULL;
            bc_error err = { 0 };
            uint8_t *back;
            size_t n, got;
            int old_stdin;

            assert_int_equal(write_sound(&t, NULL, raw, 100000, NULL, NULL), BC_OK);
            uint8_t *bytes = load_bytes(t.path, &n);
            const pid_t child = feed(bytes, broken ? n - 5 : n, &old_stdin);

            EXPECT(bci_sound_open("-", NULL, &s, &err) == BC_OK, "%s: %s", formats[f].name,
                   err.text);
            if (strcmp(formats[f].name, "w64") != 0) /* it has no texts */
                assert_string_equal(bci_sound_comment(s), "a line");
            const bc_status st = read_all(s, &back, &got, &err);

            EXPECT(st == (broken ? BC_E_FORMAT : BC_OK), "%s: %d %s", formats[f].name, (int)st,
                   err.text);
            if (!broken) {
                assert_int_equal(got, 100000);
                if (strcmp(formats[f].name, "flac") != 0) /* there in the high half of 32 bits */
                    assert_memory_equal(back, raw, 200000);
            }
            free(back);
            free(bytes);
            bci_sound_free(s);
            unfeed(child, old_stdin);
        }
}

static void valid_bits_are_read(void **state)
{
    static const int rows[][3] = { { 16, 12, 12 }, { 24, 20, 20 }, { 16, 16, 16 }, { 12, 0, 12 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wave w = good;
        bci_sound *s = NULL;
        bc_error err = { 0 };

        w.bits = rows[i][0];
        w.valid = rows[i][1];
        w.data_size = w.n_data = 48;
        w.riff_size = w.valid ? 60 + 48 : 36 + 48;
        const made m = make_wave(&w);

        EXPECT(open_bytes(m.data, m.n, &s, &err) == BC_OK, "%s", err.text);
        assert_int_equal(bci_sound_info(s)->valid_bits, rows[i][2]);
        assert_int_equal(bci_sound_info(s)->container_bits, (rows[i][0] + 7) / 8 * 8);
        bci_sound_free(s);
    }
}

/* AIFF counts frames a second time; they have to be there. */
static void aiff_frames_are_compared(void **state)
{
    for (uint64_t n_frames = 3; n_frames <= 5; n_frames++) {
        made m = { .n = 0 };
        bci_sound *s = NULL;
        bc_error err = { 0 };

        (void)state;
        id(&m, "FORM");
        be(&m, 4 + 26 + 16 + 8, 4);
        id(&m, "AIFFCOMM");
        be(&m, 18, 4);
        be(&m, 1, 2);
        be(&m, n_frames, 4);
        be(&m, 16, 2);
        be(&m, 0x400BFA0000000000, 8); /* 8000 = 1.953125 * 2^12, as an 80-bit float */
        be(&m, 0, 2);
        id(&m, "SSND");
        be(&m, 16, 4);
        be(&m, 0, 8);
        be(&m, 0x0001000200030004, 8);
        const bc_status st = open_bytes(m.data, m.n, &s, &err);

        EXPECT(st == (n_frames > 4 ? BC_E_FORMAT : BC_OK), "%d: %s", (int)n_frames, err.text);
        if (!st) {
            assert_int_equal(bci_sound_info(s)->n_frames, n_frames);
            assert_int_equal(bci_sound_info(s)->rate_hz, 8000);
        }
        bci_sound_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(files_that_are_none_have_their_status),
        cmocka_unit_test(a_cut_anywhere_is_noticed),
        cmocka_unit_test(open_ends_are_read_to_the_end),
        cmocka_unit_test(pipes_are_read_like_files),
        cmocka_unit_test(valid_bits_are_read),
        cmocka_unit_test(aiff_frames_are_compared),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
