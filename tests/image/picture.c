#include "picture.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "../core/bits.h"
#include "../core/expect.h"

static void fail_libpng(png_structp png, png_const_charp message)
{
    const char *path = png_get_error_ptr(png);

    fail_msg("%s: libpng says: %s", path, message);
}

uint32_t picture_channels(const picture *p)
{
    static const uint8_t n[] = {
        [GREY] = 1, [RGB] = 3, [INDEXED] = 1, [GREY_ALPHA] = 2, [RGB_ALPHA] = 4
    };

    return n[p->colour_type];
}

static size_t row_length(const picture *p)
{
    return (size_t)p->width * picture_channels(p);
}

picture picture_new(uint32_t width, uint32_t height, int colour_type, int depth)
{
    picture p = { .width = width, .height = height, .colour_type = colour_type, .depth = depth };

    p.samples = calloc(row_length(&p) * height, sizeof *p.samples);
    assert_non_null(p.samples);
    return p;
}

picture picture_random(uint32_t width, uint32_t height, int colour_type, int depth, uint64_t seed)
{
    picture p = picture_new(width, height, colour_type, depth);

    for (size_t i = 0; i < row_length(&p) * height; i++)
        p.samples[i] = (uint16_t)(random_bits(&seed) >> (64 - depth));
    if (colour_type != INDEXED)
        return p;
    p.n_palette = 1u << depth;
    for (uint32_t i = 0; i < p.n_palette; i++) {
        const uint64_t bits = random_bits(&seed);

        p.palette[i][0] = (uint8_t)bits;
        p.palette[i][1] = (uint8_t)(bits >> 8);
        p.palette[i][2] = (uint8_t)(bits >> 16);
        p.palette[i][3] = 255;
        if (i < row_length(&p) * height)
            p.samples[i] = (uint16_t)i;
    }
    return p;
}

void picture_free(picture *p)
{
    free(p->samples);
    p->samples = NULL;
}

/* Samples of one byte, or of two with the high one first: libpng's with packing. */
static void to_bytes(const picture *p, uint32_t y, uint8_t *bytes)
{
    const uint16_t *row = p->samples + y * row_length(p);

    for (size_t x = 0; x < row_length(p); x++) {
        if (p->depth == 16)
            *bytes++ = (uint8_t)(row[x] >> 8);
        *bytes++ = (uint8_t)row[x];
    }
}

static void from_bytes(picture *p, uint32_t y, const uint8_t *bytes)
{
    uint16_t *row = p->samples + y * row_length(p);

    for (size_t x = 0; x < row_length(p); x++) {
        row[x] = *bytes++;
        if (p->depth == 16)
            row[x] = (uint16_t)(row[x] << 8 | *bytes++);
    }
}

/* Memory for all rows; the caller frees rows[0] and rows. */
static png_bytep *new_rows(const picture *p)
{
    const size_t row_bytes = row_length(p) * (p->depth == 16 ? 2 : 1);
    png_bytep *rows = malloc(p->height * sizeof *rows);
    png_bytep bytes = malloc(p->height * row_bytes);

    assert_true(rows && bytes);
    for (size_t y = 0; y < p->height; y++)
        rows[y] = bytes + y * row_bytes;
    return rows;
}

static void save_chunks(const picture *p, png_structp png, png_infop info)
{
    png_color colours[256];
    png_byte alphas[256];
    bool is_opaque = true;

    for (uint32_t i = 0; i < p->n_palette; i++) {
        colours[i] = (png_color){ p->palette[i][0], p->palette[i][1], p->palette[i][2] };
        alphas[i] = p->palette[i][3];
        is_opaque = is_opaque && alphas[i] == 255;
    }
    png_set_IHDR(png, info, p->width, p->height, p->depth, p->colour_type,
                 p->is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    if (p->n_palette > 0)
        png_set_PLTE(png, info, colours, (int)p->n_palette);
    if (!is_opaque)
        png_set_tRNS(png, info, alphas, (int)p->n_palette, NULL);
    if (p->has_key)
        png_set_tRNS(
            png, info, NULL, 0,
            &(png_color_16){
                .gray = p->key[0], .red = p->key[0], .green = p->key[1], .blue = p->key[2] });
    if (p->has_sbit)
        png_set_sBIT(png, info,
                     &(png_color_8){ .gray = p->sbit[0],
                                     .red = p->sbit[0],
                                     .green = p->sbit[1],
                                     .blue = p->sbit[2],
                                     .alpha = p->sbit[picture_channels(p) - 1] });
}

void picture_save(const picture *p, const char *path)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, (png_voidp)(uintptr_t)path,
                                              fail_libpng, fail_libpng);
    png_infop info = png_create_info_struct(png);
    FILE *f = fopen(path, "wb");
    png_bytep *rows = new_rows(p);

    EXPECT(f, "%s: cannot be created", path);
    png_init_io(png, f);
    save_chunks(p, png, info);
    png_set_filter(png, 0, p->filter ? PNG_FILTER_NONE << (p->filter - 1) : PNG_ALL_FILTERS);
    png_set_compression_level(png, 1);
    png_write_info(png, info);
    png_set_packing(png);
    for (uint32_t y = 0; y < p->height; y++)
        to_bytes(p, y, rows[y]);
    png_write_image(png, rows);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(rows[0]);
    free(rows);
    assert_int_equal(fclose(f), 0);
}

static void load_chunks(picture *p, png_structp png, png_infop info)
{
    png_colorp colours;
    png_bytep alphas = NULL;
    png_color_16p key = NULL;
    png_color_8p sbit = NULL;
    int n_colours = 0, n_alphas = 0;

    if (png_get_PLTE(png, info, &colours, &n_colours) && p->colour_type == INDEXED)
        p->n_palette = (uint32_t)n_colours;
    if (png_get_tRNS(png, info, &alphas, &n_alphas, &key) && p->colour_type != INDEXED) {
        p->has_key = true;
        p->key[0] = p->colour_type == GREY ? key->gray : key->red;
        p->key[1] = key->green;
        p->key[2] = key->blue;
    }
    p->n_alphas = p->colour_type == INDEXED ? (uint32_t)n_alphas : 0;
    for (int i = 0; i < (int)p->n_palette; i++) {
        const uint8_t alpha = i < n_alphas ? alphas[i] : 255;
        const uint8_t entry[4] = { colours[i].red, colours[i].green, colours[i].blue, alpha };

        memcpy(p->palette[i], entry, 4);
    }
    p->has_sbit = png_get_sBIT(png, info, &sbit) != 0;
    if (p->has_sbit) {
        const bool is_grey = p->colour_type == GREY || p->colour_type == GREY_ALPHA;
        const uint8_t bits[4] = { is_grey ? sbit->gray : sbit->red,
                                  is_grey ? sbit->alpha : sbit->green, sbit->blue, sbit->alpha };

        memcpy(p->sbit, bits, 4);
    }
}

picture picture_load(const char *path)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, (png_voidp)(uintptr_t)path,
                                             fail_libpng, fail_libpng);
    png_infop info = png_create_info_struct(png);
    FILE *f = fopen(path, "rb");

    EXPECT(f, "%s: cannot be opened", path);
    png_init_io(png, f);
    png_read_info(png, info);

    picture p = picture_new(png_get_image_width(png, info), png_get_image_height(png, info),
                            png_get_color_type(png, info), png_get_bit_depth(png, info));

    p.is_interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    load_chunks(&p, png, info);
    png_set_packing(png);

    png_bytep *rows = new_rows(&p);

    png_read_image(png, rows);
    png_read_end(png, NULL);
    for (uint32_t y = 0; y < p.height; y++)
        from_bytes(&p, y, rows[y]);
    png_destroy_read_struct(&png, &info, NULL);
    free(rows[0]);
    free(rows);
    fclose(f);
    return p;
}

uint16_t *picture_rgba(const picture *p)
{
    const uint32_t n = picture_channels(p);
    const uint32_t unit = p->colour_type == INDEXED ? 257u : 65535u / ((1u << p->depth) - 1);
    const size_t n_pixels = (size_t)p->width * p->height;
    uint16_t *rgba = malloc(n_pixels * 4 * sizeof *rgba);

    assert_non_null(rgba);
    for (size_t i = 0; i < n_pixels; i++) {
        const uint16_t *s = p->samples + i * n;
        uint32_t c[4] = { s[0], s[0], s[0], (1u << p->depth) - 1 };

        if (p->colour_type == INDEXED) {
            EXPECT(s[0] < p->n_palette, "pixel %zu has index %u of %u", i, s[0], p->n_palette);
            for (int j = 0; j < 4; j++)
                c[j] = p->palette[s[0]][j];
        }
        if (p->colour_type == RGB || p->colour_type == RGB_ALPHA) {
            c[1] = s[1];
            c[2] = s[2];
        }
        if (p->colour_type == GREY_ALPHA || p->colour_type == RGB_ALPHA)
            c[3] = s[n - 1];
        if (p->has_key && s[0] == p->key[0] && (n == 1 || (s[1] == p->key[1] && s[2] == p->key[2])))
            c[3] = 0;
        for (int j = 0; j < 4; j++)
            rgba[4 * i + (size_t)j] = (uint16_t)(c[j] * unit);
    }
    return rgba;
}

uint64_t picture_sum(const picture *p)
{
    uint16_t *rgba = picture_rgba(p);
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < (size_t)p->width * p->height * 4; i++) {
        sum = (sum ^ (rgba[i] & 0xff)) * UINT64_C(0x100000001b3);
        sum = (sum ^ (rgba[i] >> 8)) * UINT64_C(0x100000001b3);
    }
    free(rgba);
    return sum;
}
