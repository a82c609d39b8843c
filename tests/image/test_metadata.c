/* What a picture's file says beside its samples stays with the reduced picture: chunk lists of
 * the output, taken apart here, against chunks put into the input here. */
#include <zlib.h>

#include "chunks.h"
#include "reduce.h"

#define ROWS(table)    (sizeof(table) / sizeof *(table))
#define BYTES(literal) literal, sizeof(literal) - 1

/* A profile of a header, three tags and one curve, by ICC.1, clauses 7.2, 7.3 and 10.6. */
static size_t make_profile(uint8_t *to, const char *space, const void *curve, size_t n_curve)
{
    static const char *const rgb[3] = { "rTRC", "gTRC", "bTRC" };
    const bool is_grey = strcmp(space, "GRAY") == 0;
    const uint32_t n_tags = is_grey ? 1 : 3;
    const size_t at = 132 + 12 * n_tags, size = at + n_curve;

    memset(to, 0, at);
    to[2] = (uint8_t)(size >> 8);
    to[3] = (uint8_t)size;
    memcpy(to + 12, "mntr", 4);
    memcpy(to + 16, space, 4);
    memcpy(to + 20, "XYZ ", 4);
    memcpy(to + 36, "acsp", 4);
    memcpy(to + 68, "\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d", 12); /* D50 */
    to[131] = (uint8_t)n_tags;
    for (size_t i = 0; i < n_tags; i++) {
        uint8_t *tag = to + 132 + 12 * i;

        memcpy(tag, is_grey ? "kTRC" : rgb[i], 4);
        tag[7] = (uint8_t)at;
        tag[10] = (uint8_t)(n_curve >> 8);
        tag[11] = (uint8_t)n_curve;
    }
    memcpy(to + at, curve, n_curve);
    return size;
}

#define GAMMA_1_8 "curv\0\0\0\0\0\0\0\1\1\xcd" /* 461 / 256 = 1.80 */

/* The chunk around a profile: name, zero, method, zlib stream; stored, because libpng takes no
 * chunk of less than 92 bytes. */
static size_t make_iccp(uint8_t *to, const uint8_t *profile, size_t n)
{
    uLongf n_packed = 4096;

    memcpy(to, "of this test\0", 14); /* name, zero, and the method 0 */
    assert_int_equal(compress2(to + 14, &n_packed, profile, n, 0), Z_OK);
    return 14 + n_packed;
}

static picture noise_picture(int colour_type)
{
    return picture_random(40, 30, colour_type, 8, 5);
}

/* Reduce in.png, made of `p` and more chunks, to out.png and list its chunks. */
static chunk_list reduce_with(const picture *p, const new_chunk *more, size_t n,
                              const bc_image_settings *s, bc_image_result *result)
{
    picture_save(p, path_of("plain.png"));
    add_chunks(path_of("plain.png"), path_of("in.png"), more, n);

    const bc_image_result r = reduce_file(path_of("in.png"), path_of("out.png"), s);
    picture out = picture_load(path_of("out.png")); /* libpng has no warning */

    picture_free(&out);
    if (result)
        *result = r;
    return chunks_of(path_of("out.png"));
}

/* One of every kind; EXIF is big-endian with one entry: orientation 1. */
#define EXIF_1 "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\1\0\0\0\0\0\0"
static const new_chunk every_kind[] = {
    { BEFORE_PLTE, "gAMA", BYTES("\0\0\xb1\x8f") },
    { BEFORE_PLTE, "cHRM",
      BYTES("\0\0\x7a\x26\0\0\x80\x84\0\0\xfa\0\0\0\x80\xe8\0\0\x75\x30"
            "\0\0\xea\x60\0\0\x3a\x98\0\0\x17\x70") },
    { BEFORE_PLTE, "sRGB", BYTES("\1") },
    { BEFORE_IDAT, "pHYs", BYTES("\0\0\x0b\x13\0\0\x0b\x13\1") },
    { BEFORE_IDAT, "eXIf", BYTES(EXIF_1) },
    { BEFORE_IDAT, "tIME", BYTES("\x07\xea\1\2\3\4\5") },
    { BEFORE_IDAT, "tEXt", BYTES("Title\0first") },
    { BEFORE_IDAT, "tEXt", BYTES("Title\0second") },
    { BEFORE_IDAT, "iTXt", BYTES("Author\0\0\0de\0\0\xc3\xa4") },
    { BEFORE_IEND, "tEXt", BYTES("Comment\0from behind the samples") },
};

static void check_same(const chunk_list *l, const new_chunk *want, size_t i)
{
    const chunk *c = chunk_named(l, want->name, i);

    EXPECT(c, "%s: chunk %zu of this name is missing", want->name, i);
    EXPECT(c->n == want->n && memcmp(c->data, want->data, c->n) == 0, "%s: chunk %zu differs",
           want->name, i);
}

static void everything_stays(void **state)
{
    static const int types[] = { GREY, RGB, INDEXED, GREY_ALPHA, RGB_ALPHA };

    (void)state;
    for (size_t t = 0; t < ROWS(types); t++) {
        for (int bits = 1; bits <= 8; bits += 7) {
            picture p = noise_picture(types[t]);
            const bc_image_settings s = settings_of("floyd-steinberg", bits);
            bc_image_result r;
            chunk_list l = reduce_with(&p, every_kind, ROWS(every_kind), &s, &r);

            for (size_t i = 0; i < ROWS(every_kind); i++) {
                size_t before = 0, in_all = 0;

                for (size_t k = 0; k < ROWS(every_kind); k++) {
                    before += k < i && strcmp(every_kind[k].name, every_kind[i].name) == 0;
                    in_all += strcmp(every_kind[k].name, every_kind[i].name) == 0;
                }
                check_same(&l, &every_kind[i], before);
                EXPECT(count_chunks(&l, every_kind[i].name) == in_all,
                       "%zu chunks %s, expected %zu", count_chunks(&l, every_kind[i].name),
                       every_kind[i].name, in_all);
            }
            /* Orders of the PNG specification, table 7; late text stays late. */
            EXPECT(chunk_place(&l, "gAMA") < chunk_place(&l, "PLTE") &&
                       chunk_place(&l, "cHRM") < chunk_place(&l, "PLTE") &&
                       chunk_place(&l, "sRGB") < chunk_place(&l, "PLTE") &&
                       (bits == 8 || chunk_place(&l, "sBIT") <= chunk_place(&l, "PLTE")) &&
                       chunk_place(&l, "pHYs") < chunk_place(&l, "IDAT"),
                   "colour type %d", types[t]);
            assert_true(chunk_named(&l, "tEXt", 2) > chunk_named(&l, "IDAT", 0));
            assert_string_equal(r.carried, "gAMA cHRM sRGB pHYs eXIf tIME tEXt iTXt");
            assert_string_equal(r.dropped, "");
            chunks_free(&l);
            picture_free(&p);
        }
    }
}

/* A profile is neither unpacked nor packed again, and zTXt neither. */
static void profile_byte_for_byte(void **state)
{
    uint8_t profile[512], iccp[4200], ztxt[200];
    uLongf n_text = 150;
    const size_t n = make_profile(profile, "RGB ", BYTES(GAMMA_1_8));
    const size_t n_iccp = make_iccp(iccp, profile, n);

    (void)state;
    memcpy(ztxt, "Description\0", 13);
    assert_int_equal(compress2(ztxt + 13, &n_text, profile, 100, 0), Z_OK);
    const new_chunk more[] = { { BEFORE_PLTE, "iCCP", iccp, n_iccp },
                               { BEFORE_IDAT, "zTXt", ztxt, 13 + n_text } };

    for (int strip = 0; strip <= 1; strip++) {
        picture p = noise_picture(RGB);
        bc_image_settings s = settings_of("none", 4);
        bc_image_result r;

        s.strip = strip;
        chunk_list l = reduce_with(&p, more, 2, &s, &r);

        check_same(&l, &more[0], 0);
        if (strip)
            assert_null(chunk_named(&l, "zTXt", 0));
        else
            check_same(&l, &more[1], 0);
        assert_string_equal(r.input.transfer_source, "ICC profile");
        EXPECT_NEAR(r.input.transfer.exponent, 461.0 / 256.0, 0.0, "exponent");
        chunks_free(&l);
        picture_free(&p);
    }
}

/* By the PNG specification a profile for colours goes with colour types 2, 3 and 6, one for
 * grey with 0 and 4: the layout follows the profile. */
static void layout_follows_profile(void **state)
{
    static const struct {
        const char *space;
        int in_type, bits, out_type;
        bool is_kept;
    } rows[] = {
        { "RGB ", GREY, 4, GREY, false }, { "GRAY", GREY, 4, GREY, true },
        { "GRAY", GREY, 3, GREY, true }, /* 8 bits instead of a palette of 4 */
        { "GRAY", RGB, 4, GREY, false },  { "RGB ", RGB, 4, INDEXED, true },
        { "RGB ", RGB, 16, RGB, true },   { "RGB ", RGB_ALPHA, 16, RGB_ALPHA, true },
        { "CMYK", RGB, 4, GREY, false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint8_t profile[512], iccp[4200];
        const size_t n = make_profile(profile, rows[i].space, BYTES(GAMMA_1_8));
        const new_chunk more = { BEFORE_PLTE, "iCCP", iccp, make_iccp(iccp, profile, n) };
        picture p = picture_new(64, 64, rows[i].in_type, 8);
        const bc_image_settings s = settings_of("none", rows[i].bits);
        bc_image_result r;

        for (uint32_t k = 0; k < 64 * 64; k++) /* grey in all layouts */
            for (uint32_t c = 0; c < picture_channels(&p); c++)
                p.samples[k * picture_channels(&p) + c] = (uint16_t)(k % 256);
        chunk_list l = reduce_with(&p, &more, 1, &s, &r);

        EXPECT(chunk_named(&l, "IHDR", 0)->data[9] == rows[i].out_type, "row %zu: colour type %d",
               i, chunk_named(&l, "IHDR", 0)->data[9]);
        EXPECT(count_chunks(&l, "iCCP") == (rows[i].is_kept ? 1u : 0u), "row %zu: profile", i);
        EXPECT(strcmp(rows[i].is_kept ? r.carried : r.dropped, "iCCP") == 0, "row %zu: report", i);
        chunks_free(&l);
        picture_free(&p);
    }
}

/* What speaks of samples that are no longer the same, and what no one knows. */
static void nothing_stale(void **state)
{
    static const new_chunk more[] = {
        { BEFORE_IDAT, "bKGD", BYTES("\7") },
        { BEFORE_IDAT, "hIST", BYTES("\0\1\0\1\0\1\0\1") },
        { BEFORE_PLTE, "sBIT", BYTES("\5\6\5") },
        { BEFORE_IDAT, "sPLT", BYTES("name\0\x08\0\0\0\0\0\0") },
        { BEFORE_IDAT, "abCd", BYTES("safe to copy") },
        { BEFORE_IDAT, "abCD", BYTES("not safe to copy") },
    };
    picture p = picture_random(40, 30, INDEXED, 2, 3);
    const bc_image_settings s = settings_of("none", 3);
    bc_image_result r;

    (void)state;
    chunk_list l = reduce_with(&p, more, ROWS(more), &s, &r);

    assert_string_equal(r.dropped, "bKGD hIST sPLT abCD");
    assert_string_equal(r.carried, "abCd");
    check_same(&l, &more[4], 0);
    assert_int_equal(count_chunks(&l, "sBIT"), 1);
    assert_memory_equal(chunk_named(&l, "sBIT", 0)->data, "\3\3\3", 3);
    assert_true(!chunk_named(&l, "bKGD", 0) && !chunk_named(&l, "hIST", 0) &&
                !chunk_named(&l, "sPLT", 0) && !chunk_named(&l, "abCD", 0));
    chunks_free(&l);
    picture_free(&p);
}

/* Of several the first; what breaks the rules of its kind is not passed on. */
static void once_and_valid(void **state)
{
    static const new_chunk twice[] = {
        { BEFORE_PLTE, "gAMA", BYTES("\0\1\x86\xa0") },
        { BEFORE_PLTE, "gAMA", BYTES("\0\0\0\1") },
        { BEFORE_IDAT, "pHYs", BYTES("\0\0\0\1\0\0\0\1\0") },
        { BEFORE_IEND, "pHYs", BYTES("\0\0\0\2\0\0\0\2\0") },
        { BEFORE_IEND, "eXIf", BYTES(EXIF_1) },
        { BEFORE_IEND, "eXIf", BYTES("II*\0\0\0\0\0") },
    };
    static const new_chunk broken[] = {
        { BEFORE_PLTE, "gAMA", BYTES("\0\0\0\0") }, { BEFORE_PLTE, "gAMA", BYTES("\0\1\x86\xa0") },
        { BEFORE_PLTE, "cHRM", BYTES("short") },    { BEFORE_PLTE, "iCCP", BYTES("x\0\0garbage") },
        { BEFORE_IDAT, "eXIf", BYTES("no tiff") },  { BEFORE_IDAT, "tEXt", BYTES("no zero") },
        { BEFORE_IDAT, "tIME", BYTES("") },         { BEFORE_IDAT, "pHYs", BYTES("") },
        { BEFORE_IEND, "sRGB", BYTES("\0") }, /* too late to count */
    };
    picture p = noise_picture(RGB);
    const bc_image_settings s = settings_of("none", 4);
    bc_image_result r;

    (void)state;
    chunk_list l = reduce_with(&p, twice, ROWS(twice), &s, &r);

    for (size_t i = 0; i < ROWS(twice); i += 2) {
        check_same(&l, &twice[i], 0);
        assert_int_equal(count_chunks(&l, twice[i].name), 1);
    }
    chunks_free(&l);
    l = reduce_with(&p, broken, ROWS(broken), &s, &r);
    assert_string_equal(r.carried, "gAMA");
    assert_string_equal(r.dropped, "gAMA cHRM iCCP eXIf tEXt tIME pHYs sRGB");
    check_same(&l, &broken[1], 0);
    chunks_free(&l);
    picture_free(&p);
}

static void strip(void **state)
{
    static const new_chunk oblong = { BEFORE_IDAT, "pHYs", BYTES("\0\0\0\1\0\0\0\2\0") };
    picture p = noise_picture(RGB);
    bc_image_settings s = settings_of("none", 4);
    bc_image_result r;

    (void)state;
    s.strip = true;
    chunk_list l = reduce_with(&p, every_kind, ROWS(every_kind), &s, &r);

    assert_string_equal(r.carried, "gAMA cHRM sRGB");
    assert_string_equal(r.dropped, "pHYs eXIf tIME tEXt iTXt");
    assert_int_equal(count_chunks(&l, "gAMA") + count_chunks(&l, "cHRM") + count_chunks(&l, "sRGB"),
                     3);
    assert_int_equal(count_chunks(&l, "sBIT"), 1);
    for (size_t i = 3; i < ROWS(every_kind); i++)
        EXPECT(!chunk_named(&l, every_kind[i].name, 0), "%s is kept", every_kind[i].name);
    chunks_free(&l);
    /* Pixels that are not square show that way. */
    l = reduce_with(&p, &oblong, 1, &s, &r);
    check_same(&l, &oblong, 0);
    chunks_free(&l);
    picture_free(&p);
}

static void pnm_says_what_is_lost(void **state)
{
    picture p = noise_picture(RGB);
    const bc_image_settings s = settings_of("none", 4);

    (void)state;
    picture_save(&p, path_of("plain.png"));
    add_chunks(path_of("plain.png"), path_of("in.png"), every_kind, ROWS(every_kind));

    const bc_image_result r = reduce_file(path_of("in.png"), path_of("out.ppm"), &s);

    assert_string_equal(r.carried, "");
    assert_string_equal(r.dropped, "gAMA cHRM sRGB pHYs eXIf tIME tEXt iTXt");
    picture_free(&p);
}

static void check_limit(const new_chunk *more, size_t n, const char *text)
{
    picture p = noise_picture(GREY);
    const bc_image_settings s = settings_of("none", 4);
    bc_image_result r;
    bc_error err = { 0 };

    picture_save(&p, path_of("plain.png"));
    add_chunks(path_of("plain.png"), path_of("in.png"), more, n);
    const bc_status st = bc_image_reduce(path_of("in.png"), path_of("out.png"), &s, &r, &err);

    EXPECT(st == BC_E_LIMIT && strstr(err.text, text), "%zu chunks: status %d, %s", n, (int)st,
           err.text);
    picture_free(&p);
}

static void limits(void **state)
{
    enum { SIZE = 33 << 20 };
    uint8_t *text = calloc(2, SIZE);

    (void)state;
    assert_non_null(text);
    text[0] = 'x';
    check_limit(
        (new_chunk[]){ { BEFORE_IDAT, "tEXt", text, SIZE }, { BEFORE_IDAT, "tEXt", text, SIZE } },
        2, "take more than 64 MiB");
    check_limit(
        (new_chunk[]){ { BEFORE_IDAT, "tEXt", text, SIZE }, { BEFORE_IEND, "tEXt", text, SIZE } },
        2, "take more than 64 MiB");
    check_limit((new_chunk[]){ { BEFORE_IDAT, "tEXt", text, 2 * SIZE } }, 1,
                "expected at most 64 MiB");

    /* A profile of zeros packs 1000 : 1. */
    uLongf n = 1 << 20;
    uint8_t *iccp = malloc(n + 4);

    assert_non_null(iccp);
    memcpy(iccp, "x\0\0", 3);
    assert_int_equal(compress2(iccp + 3, &n, text, 2 * SIZE, 9), Z_OK);
    check_limit((new_chunk[]){ { BEFORE_PLTE, "iCCP", iccp, n + 3 } }, 1,
                "profile unpacks to more");
    free(iccp);
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("chunks of every kind stay, once, in their order", everything_stays),
        SENTENCE("profiles and compressed text stay byte for byte", profile_byte_for_byte),
        SENTENCE("the layout follows the profile", layout_follows_profile),
        SENTENCE("chunks that speak of other samples go", nothing_stale),
        SENTENCE("the first of several counts, and broken ones do not", once_and_valid),
        SENTENCE("stripping keeps what shows the picture right", strip),
        SENTENCE("PNM output says what is lost", pnm_says_what_is_lost),
        SENTENCE("64 MiB are the limit", limits),
    };

    return cmocka_run_group_tests_name("metadata", tests, make_scratch_dir, remove_scratch_dir);
}
