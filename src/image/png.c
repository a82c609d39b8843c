/* Knows PNG files through libpng: reading samples as they are coded, and writing a picture
 * in its smallest layout. Rows are filtered and compressed here rather than by libpng, whose
 * zlib is several times slower; libpng writes every other chunk. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/fail.h"
#include "base/spool.h"
#include "image/deflate.h"
#include "image/filter.h"
#include "image/layout.h"

enum {
    SPOOL_MEMORY = 8 << 20,
    /* From here on row filters make files smaller (at 8 bits by 14 to 37 % on photographs), at
     * 6 bits they cost as much as they save, below they spoil the matches of equal samples (at
     * 4 bits +8 to +26 %), dithered or not. */
    MIN_FILTERED_BITS = 7,
};

/* What libpng's callbacks find behind png_get_error_ptr: the place to jump to and, after an
 * error, what happened. */
typedef struct {
    jmp_buf escape;
    bc_error error; /* status BC_OK while all is well */
} guard;

static void on_error(png_structp png, png_const_charp message)
{
    guard *g = png_get_error_ptr(png);

    if (g->error.status == BC_OK)
        (void)bci_fail(&g->error, BC_E_FORMAT, "%s", message);
    longjmp(g->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* --- reading ------------------------------------------------------------------------- */

typedef struct {
    png_structp png;
    png_infop info;
    guard guard;
    uint8_t *whole; /* an interlaced picture, all of its rows; else NULL */
    size_t row_bytes;
} reader;

static void read_bytes(png_structp png, png_bytep data, size_t n)
{
    bc_image_reader *r = png_get_io_ptr(png);
    reader *s = r->state;

    if (bci_source_read(r->source, data, n) == n)
        return;
    if (bci_source_failed(r->source))
        (void)bci_fail(&s->guard.error, BC_E_OPEN, "reading failed");
    else
        (void)bci_fail(&s->guard.error, BC_E_FORMAT, "file ends early");
    longjmp(s->guard.escape, 1);
}

/* The sentence for a failure that a callback left in the guard. */
static bc_status explain(const bc_image_reader *r, bc_error *err)
{
    const reader *s = r->state;

    if (r->info.height == 0)
        return bci_fail(err, s->guard.error.status, "%s: %s at byte %llu, in the header, expected "
                        "an intact PNG", r->source->name, s->guard.error.text,
                        (unsigned long long)r->source->offset);
    return bci_fail(err, s->guard.error.status, "%s: %s at byte %llu, row %u of %u, expected an "
                    "intact PNG", r->source->name, s->guard.error.text,
                    (unsigned long long)r->source->offset, r->rows_read, r->info.height);
}

/* Three of the first four bytes: a PNG whose signature was damaged on the way (line ends
 * converted, high bits lost) is a corrupt PNG, which libpng tells, and not a strange file. */
static bool probe(const uint8_t *head, size_t n)
{
    static const uint8_t name[4] = { 0x89, 'P', 'N', 'G' };
    int n_same = 0;

    for (size_t i = 0; i < 4 && n >= 4; i++)
        n_same += head[i] == name[i];
    return n_same >= 3;
}

/* The largest number of bits that sBIT declares for a colour sample, or the file's depth. */
static int true_depth(const reader *s, int depth)
{
    png_color_8p bits = NULL;

    if (!png_get_sBIT(s->png, s->info, &bits))
        return depth;
    int most = bits->gray > bits->red ? bits->gray : bits->red;

    most = most > bits->green ? most : bits->green;
    most = most > bits->blue ? most : bits->blue;
    return most >= 1 && most <= depth ? most : depth;
}

/* Ask libpng for samples as they are coded: low depths unpacked but not rescaled, palettes
 * and transparent colours expanded. */
static void set_transforms(bc_image_reader *r, png_byte colour_type, png_byte depth)
{
    reader *s = r->state;
    const bool has_key = png_get_valid(s->png, s->info, PNG_INFO_tRNS) != 0;

    if (colour_type == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(s->png);
    else if (has_key && depth < 8)
        png_set_expand_gray_1_2_4_to_8(s->png);
    else if (depth < 8)
        png_set_packing(s->png);
    if (has_key)
        png_set_tRNS_to_alpha(s->png);
    if (depth == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        png_set_swap(s->png);
}

static bc_status read_header(bc_image_reader *r, bc_error *err)
{
    reader *s = r->state;

    if (setjmp(s->guard.escape))
        return explain(r, err);
    png_set_read_fn(s->png, r, read_bytes);
    png_set_crc_action(s->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    /* Sizes are checked here, with a sentence, not by libpng's limits. */
    png_set_user_limits(s->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(s->png, s->info);

    const uint32_t width = png_get_image_width(s->png, s->info);
    const uint32_t height = png_get_image_height(s->png, s->info);
    const png_byte depth = png_get_bit_depth(s->png, s->info);
    const png_byte colour_type = png_get_color_type(s->png, s->info);
    const bc_status st = bci_image_check_size(r->source->name, width, height, err);

    if (st)
        return st;
    set_transforms(r, colour_type, depth);
    const bool is_interlaced = png_get_interlace_type(s->png, s->info) != PNG_INTERLACE_NONE;

    if (is_interlaced)
        (void)png_set_interlace_handling(s->png);
    png_read_update_info(s->png, s->info);
    const uint32_t n_channels = png_get_channels(s->png, s->info);
    const bool is_indexed = colour_type == PNG_COLOR_TYPE_PALETTE;
    /* Depth after the transforms: 8 for unpacked low depths too, which keep their range. */
    const bool is_low = !is_indexed && depth < 8 && n_channels == 1;

    s->row_bytes = png_get_rowbytes(s->png, s->info);
    r->info.width = width;
    r->info.height = height;
    r->info.n_channels = n_channels;
    r->info.has_alpha = n_channels % 2 == 0;
    r->info.maxval = is_low ? (1u << depth) - 1 : depth == 16 ? 65535 : 255;
    r->info.depth = is_indexed ? 8 : depth;
    r->info.true_depth = true_depth(s, r->info.depth);
    r->info.is_indexed = is_indexed;
    r->info.is_interlaced = is_interlaced;
    return BC_OK;
}

static bc_status png_open(bc_image_reader *r, bc_error *err)
{
    reader *s = calloc(1, sizeof *s);

    r->state = s;
    if (s)
        s->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s->guard, on_error, on_warning);
    if (s && s->png)
        s->info = png_create_info_struct(s->png);
    if (!s || !s->info)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", r->source->name);
    return read_header(r, err);
}

/* After the last row: the rest of the file, to its IEND. */
static void finish_reading(reader *s)
{
    png_read_end(s->png, NULL);
}

/* All passes of an interlaced picture into memory. */
static bc_status read_whole(bc_image_reader *r, bc_error *err)
{
    reader *s = r->state;
    const size_t height = r->info.height;
    png_bytep *volatile rows = NULL;
    bc_status st = BC_OK;

    if (s->row_bytes > SIZE_MAX / height || !(s->whole = malloc(s->row_bytes * height)) ||
        !(rows = malloc(height * sizeof *rows)))
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for an interlaced picture of %u x %u",
                        r->source->name, r->info.width, r->info.height);
    for (size_t y = 0; y < height; y++)
        rows[y] = s->whole + y * s->row_bytes;
    if (setjmp(s->guard.escape)) {
        st = explain(r, err);
    } else {
        png_read_image(s->png, rows);
        finish_reading(s);
    }
    free(rows);
    return st;
}

static bc_status png_read(bc_image_reader *r, void *to, uint32_t n, bc_error *err)
{
    reader *s = r->state;

    if (r->info.is_interlaced) {
        const bc_status st = s->whole ? BC_OK : read_whole(r, err);

        if (!st)
            memcpy(to, s->whole + r->rows_read * s->row_bytes, n * s->row_bytes);
        return st;
    }
    volatile uint32_t y = 0;

    if (setjmp(s->guard.escape)) {
        r->rows_read += y;
        return explain(r, err);
    }
    for (; y < n; y++)
        png_read_row(s->png, (png_bytep)to + y * s->row_bytes, NULL);
    if (r->rows_read + n == r->info.height)
        finish_reading(s);
    return BC_OK;
}

static void png_close(bc_image_reader *r)
{
    reader *s = r->state;

    if (!s)
        return;
    png_destroy_read_struct(&s->png, &s->info, NULL);
    free(s->whole);
    free(s);
}

/* --- writing ------------------------------------------------------------------------- */

typedef struct {
    bci_image_writer *owner;
    png_structp png;
    png_infop info;
    guard guard;
    bool is_decided; /* the layout is known and the header written */
    bci_layout layout;
    bci_palette palette;
    bci_spool *spool; /* rows of codes from before the decision */
    uint32_t n_spooled;
    bci_deflater *deflater;
    size_t row_bytes;
    bool is_filtered;
    uint8_t *row, *above; /* row_bytes each */
    uint8_t *filtered;    /* filter byte and row_bytes */
    uint8_t *scratch;     /* row_bytes */
    uint16_t *indices;
    uint16_t *codes; /* a row read back from the spool */
} writer;

static void write_bytes(png_structp png, png_bytep data, size_t n)
{
    writer *s = png_get_io_ptr(png);

    if (bci_sink_write(s->owner->sink, data, n, &s->guard.error))
        longjmp(s->guard.escape, 1);
}

static void flush_bytes(png_structp png)
{
    (void)png;
}

static bc_status write_failed(const writer *s, bc_error *err)
{
    return bci_fail(err, s->guard.error.status == BC_E_FORMAT ? BC_E_INTERNAL
                                                              : s->guard.error.status,
                    "%s", s->guard.error.text);
}

/* One compressed stretch of the picture as an IDAT chunk. */
static bc_status write_idat(void *context, const uint8_t *data, size_t n, bc_error *err)
{
    static const png_byte name[5] = "IDAT";
    writer *s = context;

    if (setjmp(s->guard.escape))
        return write_failed(s, err);
    png_write_chunk(s->png, name, data, n);
    return BC_OK;
}

static void set_palette(writer *s)
{
    const bci_palette *p = &s->palette;
    const int *bits = p->picture->channel_bits;
    const bool is_rgb = p->picture->n_channels >= 3;
    uint32_t top[3];
    png_color colours[BCI_MAX_COLOURS] = { { 0, 0, 0 } };
    png_byte alphas[BCI_MAX_COLOURS] = { 0 };
    int n_translucent = 0;

    for (int c = 0; c < 3; c++)
        top[c] = (1u << bits[is_rgb ? c : 0]) - 1;
    for (uint32_t i = 0; i < p->n_colours; i++) {
        const bci_colour c = p->colours[i];

        colours[i].red = (png_byte)bci_rescale(c & 0xFFFF, top[0], 255);
        colours[i].green = (png_byte)bci_rescale(c >> 16 & 0xFFFF, top[1], 255);
        colours[i].blue = (png_byte)bci_rescale(c >> 32 & 0xFFFF, top[2], 255);
        alphas[i] = (png_byte)bci_rescale((uint32_t)(c >> 48), p->picture->alpha_maxval, 255);
        if (alphas[i] < 255)
            n_translucent = (int)i + 1;
    }
    png_set_PLTE(s->png, s->info, colours, (int)p->n_colours);
    if (n_translucent > 0)
        png_set_tRNS(s->png, s->info, alphas, n_translucent, NULL);
}

/* The bits that are real, where the layout has more. */
static void set_significant_bits(writer *s)
{
    const bci_picture *pic = s->palette.picture;
    const int sample_depth = s->layout.kind == BCI_INDEXED ? 8 : s->layout.depth;
    const int *bits = pic->channel_bits;
    const bool is_rgb = pic->n_channels >= 3;
    png_byte alpha_bits = 1;

    while ((1u << alpha_bits) - 1 < pic->alpha_maxval)
        alpha_bits++;
    const png_color_8 significant = { .red = (png_byte)bits[0],
                                      .green = (png_byte)bits[is_rgb ? 1 : 0],
                                      .blue = (png_byte)bits[is_rgb ? 2 : 0],
                                      .gray = (png_byte)bits[0],
                                      .alpha = alpha_bits };

    if (significant.red < sample_depth || significant.green < sample_depth ||
        significant.blue < sample_depth)
        png_set_sBIT(s->png, s->info, &significant);
}

static bc_status write_header(writer *s, bc_error *err)
{
    static const int colour_types[] = {
        [BCI_GREY] = PNG_COLOR_TYPE_GRAY,
        [BCI_INDEXED] = PNG_COLOR_TYPE_PALETTE,
        [BCI_RGB] = PNG_COLOR_TYPE_RGB,
        [BCI_GREY_ALPHA] = PNG_COLOR_TYPE_GRAY_ALPHA,
        [BCI_RGB_ALPHA] = PNG_COLOR_TYPE_RGB_ALPHA,
    };
    const bci_picture *pic = s->palette.picture;

    if (setjmp(s->guard.escape))
        return write_failed(s, err);
    png_set_write_fn(s->png, s, write_bytes, flush_bytes);
    png_set_user_limits(s->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(s->png, s->info, pic->width, pic->height, s->layout.depth,
                 colour_types[s->layout.kind], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (s->layout.kind == BCI_INDEXED)
        set_palette(s);
    set_significant_bits(s);
    png_write_info(s->png, s->info);
    return BC_OK;
}

static bc_status encode_row(writer *s, const uint16_t *codes, bc_error *err)
{
    if (!s->is_filtered) {
        s->filtered[0] = PNG_FILTER_VALUE_NONE;
        bci_layout_row(s->layout, &s->palette, codes, s->indices, s->filtered + 1);
        return bci_deflater_put(s->deflater, s->filtered, s->row_bytes + 1, err);
    }
    uint8_t *row = s->row;

    bci_layout_row(s->layout, &s->palette, codes, s->indices, row);
    bci_filter_row(row, s->above, s->row_bytes, s->row_bytes / s->palette.picture->width,
                   s->filtered, s->scratch);
    s->row = s->above;
    s->above = row;
    return bci_deflater_put(s->deflater, s->filtered, s->row_bytes + 1, err);
}

static bc_status encode_spooled(writer *s, bc_error *err)
{
    const bci_picture *pic = s->palette.picture;
    const size_t code_bytes = (size_t)pic->width * pic->n_channels * sizeof *s->codes;
    bc_status st = BC_OK;

    for (uint32_t y = 0; !st && y < s->n_spooled; y++) {
        st = bci_spool_get(s->spool, s->codes, code_bytes, err);
        if (!st)
            st = encode_row(s, s->codes, err);
    }
    bci_spool_free(s->spool);
    s->spool = NULL;
    return st;
}

/* Settle on the layout, write the header and the rows that waited for it. */
static bc_status decide(writer *s, bc_error *err)
{
    static const char *const names[] = {
        [BCI_GREY] = "grey",
        [BCI_INDEXED] = "indexed",
        [BCI_RGB] = "RGB",
        [BCI_GREY_ALPHA] = "grey + alpha",
        [BCI_RGB_ALPHA] = "RGBA",
    };
    bci_image_writer *w = s->owner;
    const bci_picture *pic = &w->picture;
    bc_status st;

    s->is_decided = true;
    s->layout = bci_layout_choose(&s->palette);
    s->row_bytes = bci_layout_row_bytes(s->layout, pic->width);
    s->is_filtered = pic->bits >= MIN_FILTERED_BITS && s->layout.kind != BCI_INDEXED && s->layout.depth >= 8;
    s->row = malloc(s->row_bytes);
    s->above = calloc(1, s->row_bytes);
    s->filtered = malloc(s->row_bytes + 1);
    s->scratch = malloc(s->row_bytes);
    s->indices = malloc((size_t)pic->width * sizeof *s->indices);
    s->codes = malloc((size_t)pic->width * pic->n_channels * sizeof *s->codes);
    if (!s->row || !s->above || !s->filtered || !s->scratch || !s->indices || !s->codes)
        return bci_fail(err, BC_E_LIMIT, "PNG: out of memory for a row");
    if (s->layout.kind == BCI_INDEXED)
        bci_palette_sort(&s->palette);
    w->layout = names[s->layout.kind];
    w->depth = s->layout.depth;
    w->palette = s->layout.kind == BCI_INDEXED ? s->palette.n_colours : 0;
    st = write_header(s, err);
    if (!st)
        st = bci_deflater_new(pic->effort, write_idat, s, &s->deflater, err);
    return st ? st : encode_spooled(s, err);
}

static bc_status png_begin(bci_image_writer *w, bc_error *err)
{
    writer *s = calloc(1, sizeof *s);

    w->state = s;
    if (!s)
        return bci_fail(err, BC_E_LIMIT, "PNG: out of memory");
    s->owner = w;
    bci_palette_init(&s->palette, &w->picture);
    s->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &s->guard, on_error, on_warning);
    s->info = s->png ? png_create_info_struct(s->png) : NULL;
    if (!s->info)
        return bci_fail(err, BC_E_LIMIT, "PNG: out of memory");
    return bci_spool_new(SPOOL_MEMORY, &s->spool, err);
}

static bc_status png_write(bci_image_writer *w, const uint16_t *codes, uint32_t n_rows,
                           bc_error *err)
{
    writer *s = w->state;
    const size_t row_codes = (size_t)w->picture.width * w->picture.n_channels;
    bc_status st = BC_OK;

    for (uint32_t y = 0; !st && y < n_rows; y++, codes += row_codes) {
        if (s->is_decided) {
            st = encode_row(s, codes, err);
            continue;
        }
        bci_palette_add_row(&s->palette, codes);
        st = bci_spool_put(s->spool, codes, row_codes * sizeof *codes, err);
        s->n_spooled++;
        if (!st && bci_layout_is_final(&s->palette))
            st = decide(s, err);
    }
    return st;
}

static bc_status png_finish(bci_image_writer *w, bc_error *err)
{
    static const png_byte name[5] = "IEND";
    writer *s = w->state;
    bc_status st = s->is_decided ? BC_OK : decide(s, err);

    if (!st)
        st = bci_deflater_finish(s->deflater, err);
    if (st)
        return st;
    if (setjmp(s->guard.escape))
        return write_failed(s, err);
    png_write_chunk(s->png, name, NULL, 0);
    return BC_OK;
}

static void png_abandon(bci_image_writer *w)
{
    writer *s = w->state;

    if (!s)
        return;
    png_destroy_write_struct(&s->png, &s->info);
    bci_deflater_free(s->deflater);
    bci_spool_free(s->spool);
    free(s->row);
    free(s->above);
    free(s->filtered);
    free(s->scratch);
    free(s->indices);
    free(s->codes);
    free(s);
}

const bci_image_codec bci_png = {
    .format = { "png", "Portable Network Graphics", ".png", true, true },
    .probe = probe,
    .open = png_open,
    .read = png_read,
    .close = png_close,
    .begin = png_begin,
    .write = png_write,
    .finish = png_finish,
    .abandon = png_abandon,
};
