/* What goes along with the samples: within a family of files every chunk, across families the
 * texts; and nothing is lost without a word. */
#include "sounds.h"

#include "audio/sound_metadata.h"

static uint8_t raw[64];

/* A chunk of WAV or AIFF, padded. */
static size_t put_chunk(uint8_t *at, const char *id, const char *data, size_t n, bool big)
{
    memcpy(at, id, 4);
    for (int i = 0; i < 4; i++)
        at[4 + i] = (uint8_t)(n >> (8 * (big ? 3 - i : i)));
    memcpy(at + 8, data, n);
    at[8 + n] = 0;
    return 8 + n + n % 2;
}

static void set_size(uint8_t *at, size_t n, bool big)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(n >> (8 * (big ? 3 - i : i)));
}

/* A mono WAV of 4 frames with all sorts of chunks, some of them behind the samples. */
static void make_wav(const char *path)
{
    static const char info[] = "INFOINAM\x06\0\0\0Title\0ICMT\x04\0\0\0old\0IENG\x04\0\0\0Bob\0";
    static const char cue[28] = "\x01\0\0\0\x07\0\0\0\x02\0\0\0data\0\0\0\0\0\0\0\0\x02\0\0";
    static uint8_t file[4096];
    char bext[602 + 9] = "a description";
    size_t n = 12;

    memcpy(bext + 602, "A=PCM\r\n", 7);
    memcpy(file, "RIFF....WAVE", 12);
    n += put_chunk(file + n, "fmt ", "\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0", 16, false);
    n += put_chunk(file + n, "bext", bext, sizeof bext, false);
    n += put_chunk(file + n, "JUNK", "xxxx", 4, false);
    n += put_chunk(file + n, "PEAK", "\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, false);
    n += put_chunk(file + n, "data", "\1\2\3\4\5\6\7\10", 8, false);
    n += put_chunk(file + n, "LIST", info, sizeof info - 1, false);
    n += put_chunk(file + n, "cue ", cue, sizeof cue, false);
    n += put_chunk(file + n, "iXML", "<BWFXML/>", 9, false);
    set_size(file + 4, n - 8, false);
    save_bytes(path, file, n);
}

static bci_sound *copy(const char *container, const bci_sound *source, bool strip, const char *line,
                       bci_sound_plan *plan)
{
    const bci_sound_target t = { .path = path_of("copy"),
                                 .force = true,
                                 .container = container,
                                 .encoding = BC_ENCODING_PCM,
                                 .valid_bits = 8,
                                 .rate_hz = 8000,
                                 .n_channels = 1,
                                 .n_frames = 4,
                                 .strip = strip,
                                 .comment_line = line };
    bc_error err = { 0 };

    if (write_sound(&t, source, raw, 4, plan, &err))
        fail_msg("%s: %s", container, err.text);
    return open_sound(t.path);
}

static bool contains(const char *path, const char *text, size_t n_text)
{
    size_t n;
    uint8_t *bytes = load_bytes(path, &n);
    bool found = false;

    for (size_t i = 0; i + n_text <= n; i++)
        found |= memcmp(bytes + i, text, n_text) == 0;
    free(bytes);
    return found;
}

static void wav_to_wav_keeps_every_chunk(void **state)
{
    static const char *const formats[] = { "wav", "rf64" };

    (void)state;
    make_wav(path_of("in.wav"));
    for (int i = 0; i < 2; i++) {
        bci_sound *in = open_sound(path_of("in.wav")), *out;
        bci_sound_plan plan;

        out = copy(formats[i], in, false, NULL, &plan);
        assert_string_equal(plan.carried, "bext INFO cue iXML");
        assert_string_equal(plan.dropped, "PEAK");
        assert_string_equal(bci_sound_get_text(out, BCI_TEXT_TITLE), "Title");
        assert_string_equal(bci_sound_comment(out), "old");
        assert_true(contains(path_of("copy"), "IENG\x04\0\0\0Bob", 11));
        assert_true(contains(path_of("copy"),
                             i ? "iXML\x0A\0\0\0<BWFXML/>\0" : "iXML\x09\0\0\0<BWFXML/>\0", 18));
        assert_true(
            contains(path_of("copy"), "A=PCM\r\nA=PCM,F=8000,W=8,M=mono,T=bitcrush\r\n", 44));
        bci_sound_free(in);
        bci_sound_free(out);
    }
}

static void a_line_is_added_to_the_comment(void **state)
{
    const bc_audio_format *formats;
    const size_t n_formats = bc_audio_formats(&formats);

    (void)state;
    make_wav(path_of("in.wav"));
    for (size_t f = 0; f < n_formats; f++) {
        bci_sound *in = open_sound(path_of("in.wav")), *out, *again;
        bci_sound_plan plan;

        if (strcmp(formats[f].name, "w64") == 0) {
            out = copy("w64", in, false, "seed 1", &plan);
            assert_non_null(strstr(plan.dropped, "comment"));
            bci_sound_free(out);
            bci_sound_free(in);
            continue;
        }
        out = copy(formats[f].name, in, false, "seed 1", &plan);
        EXPECT(strcmp(bci_sound_comment(out), "old\nseed 1") == 0, "%s: \"%s\"", formats[f].name,
               bci_sound_comment(out));
        /* From each format into its own once more, and without an old comment. */
        assert_int_equal(rename(path_of("copy"), path_of("first")), 0);
        again = copy(formats[f].name, out, false, "seed 2", &plan);
        EXPECT(strcmp(bci_sound_comment(again), "old\nseed 1\nseed 2") == 0, "%s: \"%s\"",
               formats[f].name, bci_sound_comment(again));
        bci_sound_free(again);
        bci_sound_free(out);
        out = copy(formats[f].name, NULL, false, "seed 3", &plan);
        assert_string_equal(bci_sound_comment(out), "seed 3");
        bci_sound_free(out);
        out = copy(formats[f].name, in, true, "seed 4", &plan);
        assert_string_equal(bci_sound_comment(out), "seed 4");
        assert_string_equal(bci_sound_get_text(out, BCI_TEXT_TITLE), "");
        assert_non_null(strstr(plan.dropped, "title"));
        assert_non_null(strstr(plan.dropped, "bext"));
        bci_sound_free(out);
        bci_sound_free(in);
    }
}

/* What another family has no place for is named. */
static void texts_go_from_family_to_family(void **state)
{
    static const struct {
        const char *container, *carried, *dropped;
        bool has_title;
    } rows[] = {
        { "aiff", "title comment", "bext PEAK IENG cue iXML", true },
        { "caf", "title comment", "bext PEAK IENG cue iXML", true },
        { "flac", "title comment", "bext PEAK IENG cue iXML", true },
        { "au", "comment", "bext PEAK IENG cue iXML title", false },
        { "w64", "", "bext PEAK IENG cue iXML title comment", false },
    };

    (void)state;
    make_wav(path_of("in.wav"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bci_sound *in = open_sound(path_of("in.wav")), *out, *back;
        bci_sound_plan plan;

        out = copy(rows[i].container, in, false, NULL, &plan);
        EXPECT(strcmp(plan.carried, rows[i].carried) == 0 &&
                   strcmp(plan.dropped, rows[i].dropped) == 0,
               "%s: carried \"%s\", dropped \"%s\"", rows[i].container, plan.carried, plan.dropped);
        assert_string_equal(bci_sound_get_text(out, BCI_TEXT_TITLE),
                            rows[i].has_title ? "Title" : "");
        assert_int_equal(rename(path_of("copy"), path_of("first")), 0);
        back = copy("wav", out, false, NULL, &plan);
        assert_string_equal(bci_sound_get_text(back, BCI_TEXT_TITLE),
                            rows[i].has_title ? "Title" : "");
        bci_sound_free(back);
        bci_sound_free(in);
        bci_sound_free(out);
    }
}

static void aiff_to_aiff_keeps_every_chunk(void **state)
{
    static uint8_t file[1024] = "FORM....AIFF";
    size_t n = 12;
    bci_sound *in, *out;
    bci_sound_plan plan;

    (void)state;
    n += put_chunk(file + n, "COMM", "\0\1\0\0\0\4\0\x10\x40\x0B\xFA\0\0\0\0\0\0\0", 18, true);
    n += put_chunk(file + n, "SSND", "\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10", 16, true);
    n += put_chunk(file + n, "NAME", "Tit", 3, true);
    n += put_chunk(file + n, "ANNO", "old", 3, true);
    n += put_chunk(file + n, "ANNO", "two", 3, true);
    n += put_chunk(file + n, "MARK", "\0\1\0\1\0\0\0\2\1m", 10, true);
    set_size(file + 4, n - 8, true);
    save_bytes(path_of("in.aiff"), file, n);
    in = open_sound(path_of("in.aiff"));
    out = copy("aiff", in, false, NULL, &plan);
    assert_string_equal(plan.carried, "NAME ANNO MARK");
    assert_string_equal(plan.dropped, "");
    assert_true(contains(path_of("copy"), "MARK\0\0\0\x0A\0\1\0\1\0\0\0\2\1m", 18));
    assert_true(contains(path_of("copy"), "ANNO\0\0\0\3two\0", 12));
    bci_sound_free(out);
    out = copy("aiff", in, false, "line", &plan);
    assert_string_equal(bci_sound_comment(out), "two\nline"); /* the last one is it */
    assert_string_equal(bci_sound_get_text(out, BCI_TEXT_TITLE), "Tit");
    assert_true(contains(path_of("copy"), "ANNO\0\0\0\3old\0", 12));
    assert_false(contains(path_of("copy"), "ANNO\0\0\0\3two\0", 12));
    bci_sound_free(out);
    bci_sound_free(in);
}

/* From FLAC to FLAC every tag, several of one name too, and every block byte for byte. */
static void flac_to_flac_keeps_every_block(void **state)
{
    static const uint8_t comment[] = "\4\0\0\0test\4\0\0\0\7\0\0\0TITLE=x\7\0\0\0MOOD=ok"
                                     "\10\0\0\0ARTIST=a\10\0\0\0artist=b";
    bci_sound *in = NULL, *out;
    bci_sound_plan plan;
    uint8_t *bytes, file[512];
    size_t n, used = 42;

    (void)state;
    out = copy("flac", NULL, false, NULL, &plan);
    bci_sound_free(out);
    bytes = load_bytes(path_of("copy"), &n);
    /* STREAMINFO, then blocks made here, then the frames: find where the old blocks end. */
    memcpy(file, bytes, 42);
    file[4] &= 0x7F;
    size_t frames = 42;

    while (bytes[frames] != 0xFF)
        frames += 4 + ((size_t)bytes[frames + 1] << 16 | (size_t)bytes[frames + 2] << 8 |
                       bytes[frames + 3]);
    memcpy(file + used, "\4\0\0", 3);
    file[used + 3] = sizeof comment - 1;
    memcpy(file + used + 4, comment, sizeof comment - 1);
    used += 4 + sizeof comment - 1;
    memcpy(file + used,
           "\x02\0\0\x08"
           "testdata"
           "\x02\0\0\x05"
           "riff!"
           "\x87\0\0\x02"
           "??",
           27); /* two of APPLICATION, the second another file's header; one not yet defined */
    used += 27;
    memcpy(file + used, bytes + frames, n - frames);
    save_bytes(path_of("in.flac"), file, used + n - frames);
    free(bytes);
    in = open_sound(path_of("in.flac"));
    out = copy("flac", in, false, NULL, &plan);
    assert_string_equal(plan.carried, "title MOOD artist application #007");
    assert_string_equal(plan.dropped, "application");
    assert_string_equal(bci_sound_get_text(out, BCI_TEXT_TITLE), "x");
    assert_true(contains(path_of("copy"), (const char *)comment + 8, 4));
    assert_true(contains(path_of("copy"), (const char *)comment + 12, sizeof comment - 13));
    assert_true(contains(path_of("copy"), "\x02\0\0\x08testdata\x87\0\0\x02??", 18));
    assert_false(contains(path_of("copy"), "riff!", 5));
    bci_sound_free(out);
    out = copy("wav", in, false, NULL, &plan);
    assert_string_equal(bci_sound_get_text(out, BCI_TEXT_ARTIST), "a; b");
    assert_string_equal(plan.carried, "title artist");
    assert_string_equal(plan.dropped, "MOOD application #007");
    bci_sound_free(out);
    bci_sound_free(in);
}

/* What tags say about the level goes with it. */
static void another_level_drops_replay_gain(void **state)
{
    static const char *const tags[] = { "REPLAYGAIN_TRACK_GAIN=-6.2 dB", "TITLE=x",
                                        "r128_track_gain=-900", "REPLAYED=no" };
    uint8_t block[200] = { [4] = 4 };
    size_t n = 8;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        block[n] = (uint8_t)strlen(tags[i]);
        memcpy(block + n + 4, tags[i], strlen(tags[i]));
        n += 4 + strlen(tags[i]);
    }
    for (int changes = 0; changes < 2; changes++) {
        bci_sound_carried c = { 0 };

        bci_texts_copy_tags(block, n, NULL, changes, &c);
        assert_string_equal(c.dropped, changes ? "REPLAYGAIN_TRACK_GAIN r128_track_gain" : "");
        assert_string_equal(c.carried,
                            changes ? "title REPLAYED"
                                    : "REPLAYGAIN_TRACK_GAIN title r128_track_gain REPLAYED");
        bci_sound_carried_free(&c);
    }
}

static uint64_t number(const uint8_t *p, int n)
{
    uint64_t v = 0;

    while (n-- > 0)
        v = v << 8 | *p++;
    return v;
}

/* A point each 10 seconds: the first frame that holds sample 80000 k of 8000 Hz, found at its sync
 * code (RFC 9639, 9.1). With no length beforehand there is room for 720, the rest points to no
 * sample. */
static void flac_has_a_seek_table(void **state)
{
    enum { N = 200000, FRAME = 4096 };
    static int32_t samples[N];

    (void)state;
    for (int i = 0; i < N; i++)
        samples[i] = (int32_t)((uint32_t)i * (uint32_t)i << 24);
    for (int is_open = 0; is_open < 2; is_open++) {
        const size_t n_points = is_open ? 720 : 3;
        const bci_sound_target t = { .path = path_of("long.flac"),
                                     .force = true,
                                     .encoding = BC_ENCODING_PCM,
                                     .valid_bits = 8,
                                     .rate_hz = 8000,
                                     .n_channels = 1,
                                     .n_frames = is_open ? UINT64_MAX : N };
        size_t n;

        assert_int_equal(write_sound(&t, NULL, samples, N, NULL, NULL), BC_OK);
        uint8_t *bytes = load_bytes(t.path, &n);
        size_t frames = 4;

        while (!(bytes[frames] & 0x80))
            frames += 4 + number(bytes + frames + 1, 3);
        frames += 4 + number(bytes + frames + 1, 3);
        assert_int_equal(number(bytes + 42, 4), 3 << 24 | 18 * n_points);
        for (size_t k = 0; k < n_points; k++) {
            const uint8_t *point = bytes + 46 + 18 * k;

            if (k >= 3) {
                assert_true(number(point, 8) == UINT64_MAX);
                continue;
            }
            assert_int_equal(number(point, 8), 80000 * k / FRAME * FRAME);
            assert_int_equal(number(point + 16, 2), FRAME);
            assert_int_equal(number(bytes + frames + number(point + 8, 8), 2), 0xFFF8);
        }
        assert_int_equal(number(bytes + 21, 5) & 0xFFFFFFFFF, N); /* of STREAMINFO */
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wav_to_wav_keeps_every_chunk),
        cmocka_unit_test(a_line_is_added_to_the_comment),
        cmocka_unit_test(texts_go_from_family_to_family),
        cmocka_unit_test(aiff_to_aiff_keeps_every_chunk),
        cmocka_unit_test(flac_to_flac_keeps_every_block),
        cmocka_unit_test(flac_has_a_seek_table),
        cmocka_unit_test(another_level_drops_replay_gain),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
