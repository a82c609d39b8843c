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
    w.data_size = 1000;
    w.riff_size = 1036;
    expect_fault(&w, BC_E_FORMAT, "960 are missing");
    w = good;
    w.n_data = 39;
    expect_fault(&w, BC_E_FORMAT, "1 is missing");
}

/* As files, and, where the end is not needed to know it, as pipes; "" for a note: there is none. */
static void expect_forgiven(const char *what, const made *m, size_t data_at, size_t n_frames,
                            const char *note, const char *pipe_note)
{
    for (int pipe = 0; pipe < 2; pipe++) {
        const char *words = pipe ? pipe_note : note;
        bci_sound *s = NULL;
        bc_error err = { 0 };
        uint8_t *back = NULL;
        size_t got = 0;
        int old_stdin = -1;
        pid_t child = 0;

        if (!words)
            continue;
        if (pipe)
            child = feed(m->data, m->n, &old_stdin);
        bc_status st =
            pipe ? bci_sound_open("-", NULL, &s, &err) : open_bytes(m->data, m->n, &s, &err);

        if (!st)
            st = read_all(s, &back, &got, &err);
        EXPECT(st == BC_OK && got == n_frames, "%s, pipe %d: status %d, %zu frames, %s", what, pipe,
               (int)st, got, err.text);
        EXPECT(memcmp(back, m->data + data_at, n_frames * bci_sound_frame_size(s)) == 0,
               "%s, pipe %d: other samples", what, pipe);
        EXPECT(*words ? strstr(bci_sound_note(s), words) != NULL : !*bci_sound_note(s),
               "%s, pipe %d: note \"%s\", expected \"%s\"", what, pipe, bci_sound_note(s), words);
        free(back);
        bci_sound_free(s);
        if (pipe)
            unfeed(child, old_stdin);
    }
}

/* Other programs read these, and all of their samples are there. */
static void wrong_sizes_that_leave_all_samples_are_forgiven(void **state)
{
    static const struct {
        const char *what;
        wave wave;
        size_t n_frames;
        const char *note, *pipe_note;
    } rows[] = {
        { "RIFF size too large",
          { 1000, 40, 1, 8000, 16, 0, 40 },
          20,
          "RIFF size says 924 bytes more than there are",
          "" },
        { "RIFF size too small",
          { 20, 40, 1, 8000, 16, 0, 40 },
          20,
          "RIFF size says less than the samples take",
          NULL },
        { "a few bytes of a last frame",
          { 74, 38, 2, 8000, 16, 0, 38 },
          9,
          "2 bytes of a last frame of 4 are left out",
          NULL },
        { "the same of a stream",
          { 0xFFFFFFFF, 0xFFFFFFFF, 2, 8000, 16, 0, 38 },
          9,
          "2 bytes of a last frame of 4 are left out",
          "2 bytes of a last frame of 4 are left out" },
        { "2^31 - 1 less the header",
          { 0x7FFFFFFF, 0x7FFFFFDB, 1, 8000, 16, 0, 40 },
          20,
          "the size 2147483611 of the samples was left open",
          "" },
        { "2^32 - 1 less the header",
          { 0xFFFFFFFF, 0xFFFFFFDB, 1, 8000, 16, 0, 40 },
          20,
          "the size 4294967259 of the samples was left open",
          "" },
        { "all ones", { 0xFFFFFFFF, 0xFFFFFFFF, 1, 8000, 16, 0, 40 }, 20, "", "" },
        { "more valid bits than bits",
          { 100, 40, 1, 8000, 16, 20, 40 },
          20,
          "20 valid bits in a sample of 16",
          "20 valid bits in a sample of 16" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make_wave(&rows[i].wave);

        expect_forgiven(rows[i].what, &m, m.n - rows[i].wave.n_data, rows[i].n_frames, rows[i].note,
                        rows[i].pipe_note);
    }
}

/* A WAV of 5 samples of 24 bits: 15 bytes, with a pad byte or without, and a title behind them. */
static made make_odd(bool has_pad, bool has_list)
{
    const wave w = { has_list ? 36 + 15 + 22 : 36 + 15, 15, 1, 8000, 24, 0, 15 };
    made m = make_wave(&w);

    if (has_pad)
        le(&m, 0, 1);
    if (has_list) {
        id(&m, "LIST");
        le(&m, 14, 4);
        id(&m, "INFOINAM");
        le(&m, 2, 4);
        id(&m, "T");
        le(&m, 0, 1);
    }
    return m;
}

static void a_pad_byte_that_is_missing_is_no_harm(void **state)
{
    (void)state;
    for (int has_pad = 0; has_pad < 2; has_pad++)
        for (int has_list = 0; has_list < 2; has_list++) {
            const made m = make_odd(has_pad, has_list);
            bci_sound *s = NULL;
            bc_error err = { 0 };

            expect_forgiven("odd samples", &m, 44, 5,
                            has_list && !has_pad ? "chunk data lacks its pad byte" : "",
                            has_list
                                ? " bytes behind the samples of a pipe are left out, the first of "
                                  "them \"LIST\""
                                : "");
            EXPECT(open_bytes(m.data, m.n, &s, &err) == BC_OK, "%s", err.text);
            assert_string_equal(bci_sound_get_text(s, BCI_TEXT_TITLE), has_list ? "T" : "");
            bci_sound_free(s);
        }
}

/* What is no chunk, or is one that is cut, costs itself and no samples. */
static void what_follows_the_samples_does_them_no_harm(void **state)
{
    static const struct {
        const char *what, *bytes;
        uint64_t riff_more; /* of what follows counts as inside */
        size_t n;
        const char *note;
    } rows[] = {
        { "a tag behind all", "TAG and so on", 0, 13,
          "13 bytes behind the end of RIFF are left out" },
        { "zeros up to a sector", "\0\0\0\0\0\0\0\0\0\0\0\0", 500, 12,
          "12 bytes at the end are no chunk and are left out" },
        { "a chunk that is cut", "note\20\0\0\0half", 24, 12,
          "chunk note at the end is cut after 4 bytes of 16" },
        { "samples once more", "data\4\0\0\0\1\2\3\4", 12, 12,
          "a second chunk of samples, 4 bytes, is left out" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wave w = good;

        w.riff_size += rows[i].riff_more;
        made m = make_wave(&w);

        memcpy(m.data + m.n, rows[i].bytes, rows[i].n);
        m.n += rows[i].n;
        expect_forgiven(rows[i].what, &m, 44, 20, rows[i].note, NULL);
    }
}

/* RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088): sizes in `ds64`, also those of other chunks than
 * the samples, in a table; a chunk of odd length before the samples. */
static void odd_chunks_stand_before_the_samples_of_rf64_and_bw64(void **state)
{
    static const char *const words[] = { "RF64", "BW64" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const uint64_t n_rows = i < 2 ? 0 : 3;
        made m = { .n = 0 };
        bci_sound *s = NULL;
        bc_error err = { 0 };

        id(&m, words[i % 2]);
        le(&m, 0xFFFFFFFF, 4);
        id(&m, "WAVEds64");
        le(&m, 28 + 12 * n_rows, 4);
        le(&m, 4 + 36 + 12 * n_rows + 24 + 12 + 14 + 8 + 40, 8);
        le(&m, 40, 8);
        le(&m, 10, 8);
        le(&m, n_rows, 4);
        if (n_rows) { /* of chunks of one name, in turn */
            id(&m, "none");
            le(&m, 99, 8);
            id(&m, "axml");
            le(&m, 3, 8);
            id(&m, "axml");
            le(&m, 6, 8);
        }
        id(&m, "fmt ");
        le(&m, 16, 4);
        le(&m, 1 | 2 << 16, 4);
        le(&m, 8000, 4);
        le(&m, 32000, 4);
        le(&m, 4 | 16 << 16, 4);
        id(&m, "axml");
        le(&m, n_rows ? UINT32_MAX : 3, 4);
        id(&m, "<a>");
        le(&m, 0, 1);
        id(&m, "axml");
        le(&m, n_rows ? UINT32_MAX : 6, 4);
        id(&m, "<data>");
        id(&m, "data");
        le(&m, 0xFFFFFFFF, 4);
        for (int k = 0; k < 40; k++)
            le(&m, (uint64_t)k * 5, 1);
        expect_forgiven(words[i % 2], &m, m.n - 40, 10, "", "");
        EXPECT(open_bytes(m.data, m.n, &s, &err) == BC_OK, "%s", err.text);
        assert_string_equal(bci_sound_info(s)->container, words[i % 2]);
        bci_sound_free(s);
    }
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

/* Every file that has fewer samples than it says is refused, when it is opened or at the latest
 * where its samples end; one that is cut behind them is noted. */
static void expect_cuts(const char *format, const uint8_t *data, size_t n)
{
    for (size_t cut = 0; cut < n; cut++) {
        bci_sound *s = NULL;
        bc_error err = { 0 };
        bc_status st = open_bytes(data, cut, &s, &err);
        bool is_noted = false;

        if (!st) {
            uint8_t *back;
            size_t got;

            st = read_all(s, &back, &got, &err);
            is_noted = !st && got == 20 && *bci_sound_note(s);
            free(back);
            bci_sound_free(s);
        }
        EXPECT(st == BC_E_FORMAT || is_noted, "%s cut after %zu of %zu bytes: status %d, %s",
               format, cut, n, (int)st, err.text);
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

/* Every cut of every format: the frames that are there come, and what is missing is said, through
 * files and pipes. */
static void what_is_there_can_be_salvaged(void **state)
{
    static const bc_reading salvage = { .salvage = true };
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);
    uint8_t raw[20 * 4];

    (void)state;
    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (uint8_t)(i * 37);
    for (size_t f = 0; f < n_formats; f++) {
        const bci_sound_target t = { .path = path_of("whole"),
                                     .force = true,
                                     .container = formats[f].name,
                                     .encoding = BC_ENCODING_PCM,
                                     .valid_bits = 16,
                                     .rate_hz = 8000,
                                     .n_channels = 1,
                                     .n_frames = 20 };
        const bool is_flac = strcmp(formats[f].name, "flac") == 0;
        size_t n;

        assert_int_equal(write_sound(&t, NULL, raw, 20, NULL, NULL), BC_OK);
        uint8_t *bytes = load_bytes(t.path, &n);

        for (size_t cut = n > 50 ? n - 50 : 1; cut <= n; cut++) {
            bci_sound *s = NULL;
            bc_error err = { 0 };
            uint8_t *back = NULL;
            size_t got = 0;

            save_bytes(path_of("x"), bytes, cut);
            bc_status st = bci_sound_open(path_of("x"), &salvage, &s, &err);

            if (!st)
                st = read_all(s, &back, &got, &err);
            if (!st && !is_flac) {
                EXPECT((*bci_sound_salvaged(s) != 0) == (got < 20), "%s cut after %zu: %zu, \"%s\"",
                       formats[f].name, cut, got, bci_sound_salvaged(s));
                assert_memory_equal(back, raw, 2 * got);
            }
            if (cut + 2 <= n && cut + 38 >= n && !is_flac) /* a frame is there */
                EXPECT(st == BC_OK && got == 20 - (n - cut + 1) / 2,
                       "%s cut after %zu of %zu: %d, %zu %s", formats[f].name, cut, n, (int)st, got,
                       err.text);
            EXPECT(st == BC_OK || st == BC_E_FORMAT, "%s cut after %zu: %d", formats[f].name, cut,
                   (int)st);
            free(back);
            bci_sound_free(s);
        }
        free(bytes);
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

/* Samples of AIFF, mono in 16 bits at 8000 Hz. */
typedef struct {
    uint64_t form_size, n_frames, ssnd_size, offset, block_size; /* as written */
    int n_words;                                                 /* as there are */
} aiff;

static const aiff good_aiff = { 4 + 26 + 16 + 8, 4, 16, 0, 0, 4 };

static made make_aiff(const aiff *a)
{
    made m = { .n = 0 };

    id(&m, "FORM");
    be(&m, a->form_size, 4);
    id(&m, "AIFFCOMM");
    be(&m, 18, 4);
    be(&m, 1, 2);
    be(&m, a->n_frames, 4);
    be(&m, 16, 2);
    be(&m, 0x400BFA0000000000, 8); /* 8000 = 1.953125 * 2^12, as an 80-bit float */
    be(&m, 0, 2);
    id(&m, "SSND");
    be(&m, a->ssnd_size, 4);
    be(&m, a->offset, 4);
    be(&m, a->block_size, 4);
    for (int i = 1; i <= a->n_words; i++)
        be(&m, (uint64_t)i, 2);
    return m;
}

/* SSND may begin with bytes that are no samples, and end with some where samples lie in blocks. */
static void offset_and_blocks_of_aiff_are_read(void **state)
{
    static const struct {
        const char *what;
        aiff aiff;
        size_t data_at, n_frames;
        const char *note, *pipe_note;
    } rows[] = {
        { "plain", { 54, 4, 16, 0, 0, 4 }, 54, 4, "", "" },
        { "an offset", { 60, 4, 22, 6, 0, 7 }, 60, 4, "", "" },
        { "an offset to a block", { 66, 4, 28, 4, 16, 10 }, 58, 4, "", "" },
        { "frames that are not counted",
          { 54, 3, 16, 0, 0, 4 },
          54,
          3,
          "COMM counts 3 frames, there are 4",
          "COMM counts 3 frames, there are 4" },
        { "no count",
          { 54, 0, 16, 0, 0, 4 },
          54,
          4,
          "COMM counts 0 frames, there are 4",
          "COMM counts 0 frames, there are 4" },
        { "SSND too large",
          { 54, 4, 1000, 0, 0, 4 },
          54,
          4,
          "SSND size says 984 bytes more than there are",
          NULL },
        { "FORM too large",
          { 5400, 4, 16, 0, 0, 4 },
          54,
          4,
          "FORM size says 5346 bytes more than there are",
          "" },
        { "a stream of FFmpeg", { 0, 0, 0, 0, 0, 4 }, 54, 4, "", "" },
        { "a stream of SoX", { 0x7F000050, 0x1FC00000, 0x7F000008, 0, 0, 4 }, 54, 4, NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const made m = make_aiff(&rows[i].aiff);

        expect_forgiven(rows[i].what, &m, rows[i].data_at, rows[i].n_frames, rows[i].note,
                        rows[i].pipe_note);
    }
}

/* AIFF counts frames a second time; they have to be there. */
static void aiff_frames_are_compared(void **state)
{
    for (uint64_t n_frames = 3; n_frames <= 5; n_frames++) {
        aiff a = good_aiff;
        bci_sound *s = NULL;
        bc_error err = { 0 };

        (void)state;
        a.n_frames = n_frames;
        const made m = make_aiff(&a);
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
        cmocka_unit_test(wrong_sizes_that_leave_all_samples_are_forgiven),
        cmocka_unit_test(a_pad_byte_that_is_missing_is_no_harm),
        cmocka_unit_test(what_follows_the_samples_does_them_no_harm),
        cmocka_unit_test(odd_chunks_stand_before_the_samples_of_rf64_and_bw64),
        cmocka_unit_test(files_that_are_none_have_their_status),
        cmocka_unit_test(a_cut_anywhere_is_noticed),
        cmocka_unit_test(open_ends_are_read_to_the_end),
        cmocka_unit_test(pipes_are_read_like_files),
        cmocka_unit_test(what_is_there_can_be_salvaged),
        cmocka_unit_test(valid_bits_are_read),
        cmocka_unit_test(offset_and_blocks_of_aiff_are_read),
        cmocka_unit_test(aiff_frames_are_compared),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
