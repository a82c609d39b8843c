/* What JPEG files say in application markers, in the chunks of the reduced PNG. */
#include "chunks.h"
#include "reduce.h"

#include <png.h>
#include <jpeglib.h>

#define ROWS(table)    (sizeof(table) / sizeof *(table))
#define BYTES(literal) literal, sizeof(literal) - 1

typedef struct {
    int code;
    const void *data;
    unsigned n;
} marker;

/* The header of a profile and its empty list of tags; `length` bytes in all. */
static uint8_t *new_profile(const char *space, size_t length)
{
    uint8_t *p = calloc(1, length);

    assert_non_null(p);
    for (size_t i = 132; i < length; i++)
        p[i] = (uint8_t)(i * i >> 3);
    memset(p + 128, 0, 4);
    p[1] = (uint8_t)(length >> 16);
    p[2] = (uint8_t)(length >> 8);
    p[3] = (uint8_t)length;
    memcpy(p + 12, "mntr", 4);
    memcpy(p + 16, space, 4);
    memcpy(p + 20, "XYZ ", 4);
    memcpy(p + 36, "acsp", 4);
    memcpy(p + 68, "\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d", 12);
    return p;
}

/* A picture of 48 x 16: left third black, then grey, right third white. */
static void save_jpeg(const char *path, bool is_grey, int unit, unsigned x, unsigned y,
                      const marker *markers, size_t n)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    FILE *f = fopen(path, "wb");
    JSAMPLE row[48 * 3];
    JSAMPROW rows[1] = { row };
    const size_t n_channels = is_grey ? 1 : 3;

    EXPECT(f, "%s: %s", path, strerror(errno));
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_stdio_dest(&c, f);
    c.image_width = 48;
    c.image_height = 16;
    c.input_components = (int)n_channels;
    c.in_color_space = is_grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 100, TRUE);
    if (unit >= 0) {
        c.density_unit = (UINT8)unit;
        c.X_density = (UINT16)x;
        c.Y_density = (UINT16)y;
    } else {
        c.write_JFIF_header = FALSE;
    }
    jpeg_start_compress(&c, TRUE);
    for (size_t i = 0; i < n; i++)
        jpeg_write_marker(&c, markers[i].code, markers[i].data, markers[i].n);
    for (size_t i = 0; i < 48 * n_channels; i++)
        row[i] = (JSAMPLE)(i / n_channels / 16 * 255 / 2);
    for (int i = 0; i < 16; i++)
        (void)jpeg_write_scanlines(&c, rows, 1);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    assert_int_equal(fclose(f), 0);
}

static chunk_list reduce_jpeg(bc_image_result *result)
{
    const bc_image_settings s = settings_of("none", 8);

    *result = reduce_file(path_of("in.jpg"), path_of("out.png"), &s);
    return chunks_of(path_of("out.png"));
}

#define EXIF_6 "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
#define EXIF_1 "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\1\0\0\0\0\0\0"
#define XMP    "http://ns.adobe.com/xap/1.0/\0"

/* Orientation 6: the first row belongs to the right. Black was left and comes to the top. */
static void turned(void **state)
{
    static const marker more[] = {
        { JPEG_APP0 + 1, BYTES(EXIF_6) },
        { JPEG_APP0 + 1, BYTES(XMP "<x tiff:Orientation='?' tiff:Orientation=\"6\"/>") },
        { JPEG_APP0 + 1, BYTES(EXIF_6) }, /* the first one counts */
    };
    bc_image_result r;

    (void)state;
    for (int jfif = 0; jfif <= 1; jfif++) {
        save_jpeg(path_of("in.jpg"), false, jfif ? 1 : -1, 72, 144, more, ROWS(more));
        chunk_list l = reduce_jpeg(&r);
        picture out = picture_load(path_of("out.png"));
        uint16_t *rgba = picture_rgba(&out);
        const chunk *exif = chunk_named(&l, "eXIf", 0), *xmp = chunk_named(&l, "iTXt", 0);

        assert_true(out.width == 16 && out.height == 48);
        for (size_t i = 0; i < 16 * 48; i++) {
            const int want[] = { 0, 127, 255 };

            /* Quality 100 is within 1 or 2 steps. */
            EXPECT_NEAR(rgba[4 * i] / 257, want[i / 16 / 16], 2, "row %zu", i / 16);
        }
        assert_int_equal(r.input.orientation, 6);
        assert_int_equal(count_chunks(&l, "eXIf"), 1);
        assert_int_equal(exif->n, sizeof EXIF_1 - 1);
        assert_memory_equal(exif->data, EXIF_1, exif->n);
        assert_memory_equal(xmp->data, "XML:com.adobe.xmp\0\0\0\0\0<x", 24);
        /* A zero ends the file in memory, and "IEND" the text. */
        assert_non_null(strstr((const char *)xmp->data + 22, "tiff:Orientation=\"1\""));
        /* 72 / 0.0254 = 2834.6, 144 / 0.0254 = 5669.3; and the axes have changed places */
        assert_int_equal(count_chunks(&l, "pHYs"), jfif);
        if (jfif)
            assert_memory_equal(chunk_named(&l, "pHYs", 0)->data, "\0\0\x16\x25\0\0\x0b\x13\1", 9);
        free(rgba);
        picture_free(&out);
        chunks_free(&l);
    }
}

static void densities(void **state)
{
    static const struct {
        int unit;
        unsigned x, y;
        const char *want; /* NULL: none */
    } rows[] = {
        { 0, 1, 1, NULL },
        { 0, 3, 2, "\0\0\0\3\0\0\0\2\0" },
        { 1, 300, 300, "\0\0\x2e\x23\0\0\x2e\x23\1" }, /* 11811.02 */
        { 1, 65535, 1, "\0\x27\x5e\x96\0\0\0\x27\1" }, /* 2580118.1, 39.37 */
        { 2, 118, 118, "\0\0\x2e\x18\0\0\x2e\x18\1" },
        { 3, 10, 10, NULL },
        { 1, 0, 72, NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        bc_image_result r;

        save_jpeg(path_of("in.jpg"), true, rows[i].unit, rows[i].x, rows[i].y, NULL, 0);
        chunk_list l = reduce_jpeg(&r);
        const chunk *c = chunk_named(&l, "pHYs", 0);

        EXPECT(!c == !rows[i].want && (!c || memcmp(c->data, rows[i].want, 9) == 0), "row %zu", i);
        assert_string_equal(r.dropped, "");
        chunks_free(&l);
    }
}

/* Parts in any order, and what cannot be joined. */
static void profile_parts(void **state)
{
    enum { SIZE = 100000, CUT = 40000 };
    static const struct {
        bool is_grey;
        const char *space;
        uint8_t numbers[2][2]; /* number and number of parts, as the markers say */
        size_t n_markers;
        bool is_kept;
    } rows[] = {
        { false, "RGB ", { { 1, 2 }, { 2, 2 } }, 2, true },
        { false, "RGB ", { { 2, 2 }, { 1, 2 } }, 2, true },
        { true, "GRAY", { { 1, 2 }, { 2, 2 } }, 2, true },
        { true, "RGB ", { { 1, 2 }, { 2, 2 } }, 2, false },
        { false, "GRAY", { { 1, 2 }, { 2, 2 } }, 2, false },
        { false, "CMYK", { { 1, 2 }, { 2, 2 } }, 2, false },
        { false, "RGB ", { { 1, 2 }, { 1, 2 } }, 2, false },
        { false, "RGB ", { { 1, 2 }, { 2, 3 } }, 2, false },
        { false, "RGB ", { { 0, 2 }, { 1, 2 } }, 2, false },
        { false, "RGB ", { { 1, 2 } }, 1, false },
        { false, "RGB ", { { 1, 3 }, { 2, 3 } }, 2, false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint8_t *profile = new_profile(rows[i].space, SIZE), *data[2];
        marker markers[2];
        bc_image_result r;

        for (size_t k = 0; k < 2; k++) {
            const bool is_second = rows[i].numbers[k][0] == 2;
            const size_t n = is_second ? SIZE - CUT : CUT;

            data[k] = malloc(14 + n);
            assert_non_null(data[k]);
            memcpy(data[k], "ICC_PROFILE", 12);
            memcpy(data[k] + 12, rows[i].numbers[k], 2);
            memcpy(data[k] + 14, profile + (is_second ? CUT : 0), n);
            markers[k] = (marker){ JPEG_APP0 + 2, data[k], (unsigned)n + 14 };
        }
        save_jpeg(path_of("in.jpg"), rows[i].is_grey, 0, 1, 1, markers, rows[i].n_markers);
        chunk_list l = reduce_jpeg(&r);
        const chunk *c = chunk_named(&l, "iCCP", 0);

        EXPECT(!c == !rows[i].is_kept, "row %zu: %s", i, c ? "kept" : "not kept");
        EXPECT(strcmp(rows[i].is_kept ? r.carried : r.dropped, "iCCP") == 0, "row %zu: %s / %s", i,
               r.carried, r.dropped);
        if (c) {
            png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
            png_infop info = png_create_info_struct(png);
            FILE *f = fopen(path_of("out.png"), "rb");
            png_charp name;
            png_bytep bytes;
            png_uint_32 n;
            int method;

            png_init_io(png, f);
            png_read_info(png, info);
            assert_true(png_get_iCCP(png, info, &name, &method, &bytes, &n));
            assert_int_equal(n, SIZE);
            assert_memory_equal(bytes, profile, SIZE);
            png_destroy_read_struct(&png, &info, NULL);
            fclose(f);
        }
        chunks_free(&l);
        free(data[0]);
        free(data[1]);
        free(profile);
    }
}

static void others_are_named(void **state)
{
    static const marker more[] = {
        { JPEG_COM, BYTES("a comment") },
        { JPEG_COM, BYTES("another") },
        { JPEG_APP0 + 13, BYTES("Photoshop") },
        { JPEG_APP0 + 1, BYTES("Exif") },
        { JPEG_APP0 + 2, BYTES("MPF\0") },
        { JPEG_APP0 + 1, BYTES("") },
        { JPEG_APP0 + 1, BYTES("Exif\0\0no tiff") },
    };
    bc_image_result r;

    (void)state;
    save_jpeg(path_of("in.jpg"), false, 0, 1, 1, more, ROWS(more));
    chunk_list l = reduce_jpeg(&r);

    assert_string_equal(r.dropped, "COM APP13 APP1 APP2 eXIf");
    assert_string_equal(r.carried, "");
    assert_int_equal(r.input.orientation, 1);
    chunks_free(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("EXIF orientation 6 comes out upright", turned),
        SENTENCE("densities become pixels per metre", densities),
        SENTENCE("profiles are joined from their parts", profile_parts),
        SENTENCE("what is dropped is named", others_are_named),
    };

    return cmocka_run_group_tests_name("application markers", tests, make_scratch_dir,
                                       remove_scratch_dir);
}
