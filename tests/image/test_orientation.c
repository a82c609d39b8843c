/* Pictures that EXIF data call turned or mirrored come out upright, and nothing in the output
 * turns them again. */
#include "chunks.h"
#include "reduce.h"

#define ROWS(table)    (sizeof(table) / sizeof *(table))
#define BYTES(literal) literal, sizeof(literal) - 1

/* The file's samples are 1 2 3 / 4 5 6. What an upright viewer shows, by the tag's meaning:
 * where the file's first row and first column belong. */
static const struct {
    int orientation; /* first row, first column */
    uint32_t width, height;
    uint8_t samples[6];
} turned[] = {
    { 1, 3, 2, { 1, 2, 3, 4, 5, 6 } }, /* top, left */
    { 2, 3, 2, { 3, 2, 1, 6, 5, 4 } }, /* top, right */
    { 3, 3, 2, { 6, 5, 4, 3, 2, 1 } }, /* bottom, right */
    { 4, 3, 2, { 4, 5, 6, 1, 2, 3 } }, /* bottom, left */
    { 5, 2, 3, { 1, 4, 2, 5, 3, 6 } }, /* left, top */
    { 6, 2, 3, { 4, 1, 5, 2, 6, 3 } }, /* right, top */
    { 7, 2, 3, { 6, 3, 5, 2, 4, 1 } }, /* right, bottom */
    { 8, 2, 3, { 3, 6, 2, 5, 1, 4 } }, /* left, bottom */
};

/* EXIF of two directories and a thumbnail's: orientation; the sides 3 and 2. At byte 0:
 *   0 header, 8: 2 entries, 10 orientation, 22 link to 38, 34 link to 56
 *   38: 1 entry (the width) 40, 52 end; 56: the thumbnail's directory, 0 entries. */
#define EXIF_II                                                                                    \
    "II*\0\x08\0\0\0"                                                                              \
    "\2\0"                                                                                         \
    "\x12\1\3\0\1\0\0\0\1\0\0\0"                                                                   \
    "\x69\x87\4\0\1\0\0\0\x26\0\0\0"                                                               \
    "\x38\0\0\0"                                                                                   \
    "\1\0"                                                                                         \
    "\2\xa0\4\0\1\0\0\0\3\0\0\0"                                                                   \
    "\0\0\0\0"                                                                                     \
    "\0\0\0\0\0\0\0\0"
#define EXIF_MM                                                                                    \
    "MM\0*\0\0\0\x08"                                                                              \
    "\0\2"                                                                                         \
    "\1\x12\0\3\0\0\0\1\0\1\0\0"                                                                   \
    "\x87\x69\0\4\0\0\0\1\0\0\0\x26"                                                               \
    "\0\0\0\x38"                                                                                   \
    "\0\1"                                                                                         \
    "\xa0\2\0\4\0\0\0\1\0\0\0\3"                                                                   \
    "\0\0\0\0"                                                                                     \
    "\0\0\0\0\0\0\0\0"
enum { EXIF_SIZE = sizeof EXIF_II - 1, AT_ORIENTATION = 18, AT_THUMBNAIL = 34, AT_WIDTH = 48 };

static void make_exif(uint8_t *to, bool is_big, int orientation)
{
    memcpy(to, is_big ? EXIF_MM : EXIF_II, EXIF_SIZE);
    to[AT_ORIENTATION + is_big] = (uint8_t)orientation;
}

/* 1 2 3 / 4 5 6 in every channel, spread over the range so that channels differ. */
static picture small_picture(int colour_type, int depth)
{
    picture p = picture_new(3, 2, colour_type, depth);
    const uint32_t n = picture_channels(&p);

    for (uint32_t i = 0; i < 6; i++)
        for (uint32_t c = 0; c < n; c++)
            p.samples[i * n + c] = (uint16_t)((i + 1) * (c + 1) * (depth == 16 ? 1000 : 10));
    return p;
}

static void check_pixels(const picture *in, const picture *out, size_t row, const char *what)
{
    uint16_t *from = picture_rgba(in), *to = picture_rgba(out);

    EXPECT(out->width == turned[row].width && out->height == turned[row].height,
           "orientation %d, %s: %u x %u", turned[row].orientation, what, out->width, out->height);
    for (size_t i = 0; i < 6; i++)
        EXPECT(memcmp(to + 4 * i, from + 4 * (size_t)(turned[row].samples[i] - 1), 8) == 0,
               "orientation %d, %s: pixel %zu", turned[row].orientation, what, i);
    free(from);
    free(to);
}

static void all_eight(void **state)
{
    /* 1, 2, 3, 4, 6 and 8 bytes a pixel, and interlaced. */
    static const int kinds[][2] = { { GREY, 8 },      { GREY, 16 }, { GREY_ALPHA, 8 }, { RGB, 8 },
                                    { RGB_ALPHA, 8 }, { RGB, 16 },  { RGB_ALPHA, 16 } };
    static const int places[] = { BEFORE_IDAT, BEFORE_IEND };

    (void)state;
    for (size_t i = 0; i < ROWS(turned) * ROWS(kinds) * 8; i++) {
        const size_t row = i % 8, kind = i / 8 % ROWS(kinds), how = i / 8 / ROWS(kinds);
        const bool is_big = how & 1, is_late = how & 2;
        uint8_t exif[EXIF_SIZE];
        const new_chunk more[] = {
            { places[is_late], "eXIf", exif, EXIF_SIZE },
            { BEFORE_IDAT, "pHYs", BYTES("\0\0\0\x0a\0\0\0\x14\1") },
            { BEFORE_IDAT, "oFFs", BYTES("\0\0\0\1\0\0\0\2\0") },
        };
        picture in = small_picture(kinds[kind][0], kinds[kind][1]);
        const bc_image_settings s = settings_of("none", in.depth);
        char what[64];

        snprintf(what, sizeof what, "colour type %d, %d bits, way %zu", in.colour_type, in.depth,
                 how);
        make_exif(exif, is_big, turned[row].orientation);
        in.is_interlaced = how & 4;
        picture_save(&in, path_of("plain.png"));
        add_chunks(path_of("plain.png"), path_of("in.png"), more, 3);

        const bc_image_result r = reduce_file(path_of("in.png"), path_of("out.png"), &s);
        picture out = picture_load(path_of("out.png"));
        chunk_list l = chunks_of(path_of("out.png"));
        const chunk *carried = chunk_named(&l, "eXIf", 0), *phys = chunk_named(&l, "pHYs", 0);
        const bool is_turned = row > 0, swaps = row >= 4;

        check_pixels(&in, &out, row, what);
        assert_int_equal(r.input.orientation, turned[row].orientation);
        assert_int_equal(count_chunks(&l, "eXIf"), 1);
        /* Nothing turns it again, the width is right and a thumbnail on its side is cut off. */
        make_exif(exif, is_big, 1);
        if (is_turned) {
            exif[AT_THUMBNAIL] = exif[AT_THUMBNAIL + 3] = 0;
            exif[is_big ? AT_WIDTH + 3 : AT_WIDTH] = (uint8_t)turned[row].width;
        }
        EXPECT(carried->n == EXIF_SIZE && memcmp(carried->data, exif, EXIF_SIZE) == 0,
               "orientation %d, %s: eXIf", turned[row].orientation, what);
        EXPECT(memcmp(phys->data, swaps ? "\0\0\0\x14\0\0\0\x0a\1" : "\0\0\0\x0a\0\0\0\x14\1", 9) ==
                   0,
               "orientation %d, %s: pHYs", turned[row].orientation, what);
        EXPECT(count_chunks(&l, "oFFs") == (is_turned ? 0u : 1u), "orientation %d, %s: oFFs",
               turned[row].orientation, what);
        chunks_free(&l);
        picture_free(&in);
        picture_free(&out);
    }
}

/* Several batches of rows, and an odd size: there and back is the same picture. */
static void there_and_back(void **state)
{
    static const int back[] = { [2] = 2, [3] = 3, [4] = 4, [5] = 5, [6] = 8, [7] = 7, [8] = 6 };

    (void)state;
    for (int orientation = 2; orientation <= 8; orientation++) {
        picture in = picture_random(1001, 703, RGB, 8, (uint64_t)orientation);
        const bc_image_settings s = settings_of("none", 8);
        uint8_t exif[EXIF_SIZE];
        const new_chunk more = { BEFORE_IDAT, "eXIf", exif, EXIF_SIZE };

        picture_save(&in, path_of("plain.png"));
        make_exif(exif, false, orientation);
        add_chunks(path_of("plain.png"), path_of("in.png"), &more, 1);
        bc_image_settings stripped = s;

        stripped.strip = true;
        (void)reduce_file(path_of("in.png"), path_of("turned.png"), &stripped);
        make_exif(exif, true, back[orientation]);
        add_chunks(path_of("turned.png"), path_of("in.png"), &more, 1);
        (void)reduce_file(path_of("in.png"), path_of("out.png"), &s);

        picture out = picture_load(path_of("out.png"));

        EXPECT(out.width == in.width && out.height == in.height &&
                   picture_sum(&out) == picture_sum(&in),
               "orientation %d", orientation);
        picture_free(&in);
        picture_free(&out);
    }
}

/* Damaged EXIF data say nothing and harm nothing. */
static void damaged(void **state)
{
    picture in = small_picture(GREY, 8);
    const bc_image_settings s = settings_of("none", 8);

    (void)state;
    for (size_t n = 8; n <= EXIF_SIZE; n++) {
        for (size_t at = 4; at < n; at++) {
            uint8_t *exif = malloc(n); /* of its own size, for the address sanitizer */
            uint8_t whole[EXIF_SIZE];
            const new_chunk more = { BEFORE_IDAT, "eXIf", exif, n };

            make_exif(whole, at & 1, 6);
            assert_non_null(exif);
            memcpy(exif, whole, n);
            exif[at] = 0xff;
            picture_save(&in, path_of("plain.png"));
            add_chunks(path_of("plain.png"), path_of("in.png"), &more, 1);
            (void)reduce_file(path_of("in.png"), path_of("out.png"), &s);
            free(exif);
        }
    }
    picture_free(&in);
}

/* XMP has a copy of the tag. */
static void xmp(void **state)
{
    static const char *const texts[][2] = {
        { "<x tiff:Orientation=\"6\"/>", "<x tiff:Orientation=\"1\"/>" },
        { "<tiff:Orientation>6</tiff:Orientation>", "<tiff:Orientation>1</tiff:Orientation>" },
        { "no orientation", "no orientation" },
        { "tiff:Orientation>", "tiff:Orientation>" },
    };
    picture in = small_picture(GREY, 8);
    const bc_image_settings s = settings_of("none", 8);
    uint8_t exif[EXIF_SIZE];

    (void)state;
    make_exif(exif, false, 6);
    picture_save(&in, path_of("plain.png"));
    for (size_t i = 0; i < ROWS(texts); i++) {
        char text[100] = "XML:com.adobe.xmp\0\0\0\0";
        const size_t n = strlen(texts[i][0]);

        memcpy(text + 22, texts[i][0], n);
        const new_chunk more[] = { { BEFORE_IDAT, "eXIf", exif, EXIF_SIZE },
                                   { BEFORE_IEND, "iTXt", text, 22 + n } };

        add_chunks(path_of("plain.png"), path_of("in.png"), more, 2);
        (void)reduce_file(path_of("in.png"), path_of("out.png"), &s);

        chunk_list l = chunks_of(path_of("out.png"));
        const chunk *c = chunk_named(&l, "iTXt", 0);

        assert_int_equal(c->n, 22 + n);
        EXPECT(memcmp(c->data, text, 22) == 0 && memcmp(c->data + 22, texts[i][1], n) == 0,
               "row %zu: %.*s", i, (int)n, (const char *)c->data + 22);
        chunks_free(&l);
    }
    picture_free(&in);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the eight orientations come out upright", all_eight),
        SENTENCE("there and back is the same picture", there_and_back),
        SENTENCE("damaged EXIF data do no harm", damaged),
        SENTENCE("the orientation in XMP follows", xmp),
    };

    return cmocka_run_group_tests_name("orientation", tests, make_scratch_dir, remove_scratch_dir);
}
