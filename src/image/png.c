/* Knows how PNG is read, through libpng: samples as they are coded, and every chunk beside
 * them as it is. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/fail.h"
#include "base/limits.h"
#include "image/iccp.h"
#include "image/late_exif.h"
#include "image/png_layout.h"
#include "image/png_write.h"

/* What libpng's callbacks find behind png_get_error_ptr: the place to jump to and, after an
 * error, what happened. */
typedef struct {
    jmp_buf escape;
    bc_error error; /* status BC_OK while all is well */
    bc_image_reader *reader;
    bool is_short;     /* libpng asked for memory that there is not */
    bool has_escape;   /* not yet while libpng makes its struct */
    char bad_chunk[5]; /* the name of the last one whose checksum was wrong, with salvage */
} guard;

/* libpng tells of a shortage in words, or in a warning and goes on without the chunk. */
static png_voidp take_memory(png_structp png, png_alloc_size_t n)
{
    guard *g = png_get_mem_ptr(png);
    void *taken = malloc(n);

    g->is_short |= !taken;
    return taken;
}

static void give_back(png_structp png, png_voidp taken)
{
    (void)png;
    free(taken);
}

/* libpng skips a chunk that is over the limit of take_chunks, with a warning; of the chunks that
 * a picture cannot do without (capital letters) the same words mean a damaged length. */
static bool is_over_limit(const char *message)
{
    const bool is_ancillary = (message[0] & 0x20) != 0;

    return is_ancillary &&
           (strstr(message, "too large") || strstr(message, "exceeds memory limits"));
}

static void on_error(png_structp png, png_const_charp message)
{
    guard *g = png_get_error_ptr(png);

    if (g->error.status == BC_OK && g->is_short)
        (void)bci_fail(&g->error, BC_E_LIMIT, "%s: out of memory while reading PNG",
                       g->reader->source->name);
    else if (g->error.status == BC_OK && is_over_limit(message))
        (void)bci_fail(&g->error, BC_E_LIMIT, "%s: %s, expected at most %s",
                       g->reader->source->name, message,
                       bci_show_size(g->reader->metadata->max_size).text);
    else if (g->error.status == BC_OK)
        (void)bci_fail(&g->error, BC_E_FORMAT, "%s", message);
    longjmp(g->escape, 1);
}

/* A wrong checksum is a warning with salvage only, see choose_checks. */
static void note_bad_chunk(guard *g, const char *message)
{
    const bool is_ancillary = (message[0] & 0x20) != 0;

    memcpy(g->bad_chunk, message, 4);
    bci_image_note_damage(g->reader, "the checksum of chunk %s is wrong%s", g->bad_chunk,
                          is_ancillary ? ", it is left out" : "");
}

static void on_warning(png_structp png, png_const_charp message)
{
    static const char bad[] = ": CRC error";
    const guard *g = png_get_error_ptr(png);

    if ((g->is_short && g->has_escape) || is_over_limit(message))
        on_error(png, message);
    if (strcmp(message, "IHDR: CRC error") == 0) /* no size to believe */
        on_error(png, message);
    if (strlen(message) == 4 + strlen(bad) && strcmp(message + 4, bad) == 0)
        note_bad_chunk(png_get_error_ptr(png), message);
}

enum { N_PASSES = PNG_INTERLACE_ADAM7_PASSES };

typedef struct {
    png_structp png;
    png_infop info;
    guard guard;
    uint8_t *whole; /* an interlaced picture, all of its rows; else NULL */
    int pass;       /* of it, that is read or broken off */
    uint32_t row;   /* of that pass */
    size_t row_bytes;
    bool is_cut;    /* the file ended early */
    bool is_broken; /* and salvaged: libpng is not called again */
} reader;

/* libpng decodes nothing of a piece of samples that is not there as a whole. */
enum { SALVAGED_PIECE = 16 };

/* With salvage the last bytes of a file come one by one: they may be those of the last row. */
static void choose_piece(const bc_image_reader *r)
{
    const reader *s = r->state;
    const uint64_t size = r->source->size_bytes, at = r->source->start + r->source->offset;

    if (r->reading.salvage && size != UINT64_MAX && at + SALVAGED_PIECE > size)
        png_set_compression_buffer_size(s->png, 1);
}

static void read_bytes(png_structp png, png_bytep data, size_t n)
{
    bc_image_reader *r = png_get_io_ptr(png);
    reader *s = r->state;

    if (bci_check_stop(&r->reading, &s->guard.error))
        longjmp(s->guard.escape, 1);
    if (bci_source_read(r->source, data, n) == n) {
        choose_piece(r);
        return;
    }
    if (!bci_source_status(r->source, &s->guard.error)) {
        s->is_cut = true;
        (void)bci_fail(&s->guard.error, BC_E_FORMAT, "file ends early");
    }
    longjmp(s->guard.escape, 1);
}

/* Called after every row of every pass. */
static void after_row(png_structp png, png_uint_32 row, int pass)
{
    guard *g = png_get_error_ptr(png);

    (void)row, (void)pass;
    if (bci_check_stop(&g->reader->reading, &g->error))
        longjmp(g->escape, 1);
}

/* libpng counts a row before it looks for the end of the samples, where it may fail. */
static bool has_all_rows(const bc_image_reader *r)
{
    const reader *s = r->state;

    return r->info.is_interlaced ? png_get_current_pass_number(s->png) == N_PASSES
                                 : png_get_current_row_number(s->png) == r->info.height;
}

/* Where in the picture something failed. Of a file that is cut nobody knows: libpng decodes nothing
 * of the piece of samples that was cut, of which salvage makes small ones. */
static void describe_place(const bc_image_reader *r, char *to, size_t size)
{
    const reader *s = r->state;

    if (r->info.height == 0)
        snprintf(to, size, ", in the header");
    else if (has_all_rows(r))
        snprintf(to, size, ", after the last row");
    else if (s->is_cut && !r->reading.salvage)
        *to = '\0';
    else if (r->info.is_interlaced)
        snprintf(to, size, ", in pass %d of %d", s->pass + 1, N_PASSES);
    else
        snprintf(to, size, ", row %u of %u", r->rows_read + 1, r->info.height);
}

/* The sentence for a failure that a callback left in the guard. */
static bc_status explain(const bc_image_reader *r, bc_error *err)
{
    const reader *s = r->state;
    char place[64];

    if (s->guard.error.status == BC_E_LIMIT || s->guard.error.status == BC_E_INTERRUPTED ||
        s->guard.error.status == BC_E_OPEN)
        return bci_fail(err, s->guard.error.status, "%s", s->guard.error.text);
    describe_place(r, place, sizeof place);
    return bci_fail(err, s->guard.error.status, "%s: %s at byte %llu%s, expected an intact PNG",
                    r->source->name, s->guard.error.text, (unsigned long long)r->source->offset,
                    place);
}

/* A chunk that libpng does not read itself: taken as it is. */
static int take_chunk(png_structp png, png_unknown_chunkp chunk)
{
    bc_image_reader *r = png_get_user_chunk_ptr(png);
    reader *s = r->state;
    const bool is_late = (chunk->location & PNG_AFTER_IDAT) != 0;

    if (!(chunk->name[0] & 0x20)) /* a critical one: libpng refuses it */
        return 0;
    if (memcmp(chunk->name, s->guard.bad_chunk, 4) == 0) {
        s->guard.bad_chunk[0] = '\0';
        return 1;
    }
    if (bci_metadata_add(r->metadata, (const char *)chunk->name, chunk->data, chunk->size, is_late,
                         r->source->name, &s->guard.error))
        longjmp(s->guard.escape, 1);
    return 1;
}

/* All chunks but those that tell how to decode samples go to take_chunk. */
static void take_chunks(bc_image_reader *r)
{
    static const png_byte sbit[5] = "sBIT";
    reader *s = r->state;

    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_ALWAYS, NULL, -1);
    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_AS_DEFAULT, sbit, 1);
    png_set_read_user_chunk_fn(s->png, r, take_chunk);
    png_set_chunk_malloc_max(s->png, r->metadata->max_size);
}

/* A wrong checksum ends the reading; with salvage a chunk that only adds something is left out, and
 * one of the picture itself taken all the same. */
static void choose_checks(const bc_image_reader *r)
{
    const reader *s = r->state;

    if (r->reading.salvage) {
        png_set_crc_action(s->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_DISCARD);
        png_set_compression_buffer_size(s->png, SALVAGED_PIECE);
    } else {
        png_set_crc_action(s->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    }
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

static void note_palette(bc_image_reader *r)
{
    const reader *s = r->state;
    png_colorp colours = NULL;
    int n = 0;

    if (!png_get_PLTE(s->png, s->info, &colours, &n))
        return;
    r->palette.n_colours = (uint32_t)n;
    for (int i = 0; i < n; i++) {
        r->palette.colours[i][0] = colours[i].red;
        r->palette.colours[i][1] = colours[i].green;
        r->palette.colours[i][2] = colours[i].blue;
    }
}

static bc_status read_header(bc_image_reader *r, bc_error *err)
{
    reader *s = r->state;

    if (setjmp(s->guard.escape))
        return explain(r, err);
    s->guard.has_escape = true;
    png_set_read_fn(s->png, r, read_bytes);
    png_set_read_status_fn(s->png, after_row);
    choose_checks(r);
    /* Sizes are checked here, with a sentence, not by libpng's limits. */
    png_set_user_limits(s->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    take_chunks(r);
    png_read_info(s->png, s->info);

    const uint32_t width = png_get_image_width(s->png, s->info);
    const uint32_t height = png_get_image_height(s->png, s->info);
    const png_byte depth = png_get_bit_depth(s->png, s->info);
    const png_byte colour_type = png_get_color_type(s->png, s->info);
    const bc_status st = bci_image_check_size(r, width, height, err);

    if (st)
        return st;
    if (colour_type == PNG_COLOR_TYPE_PALETTE)
        note_palette(r);
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
        s->guard.reader = r;
    if (s)
        s->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &s->guard, on_error, on_warning,
                                          &s->guard, take_memory, give_back);
    if (s && s->png)
        s->info = png_create_info_struct(s->png);
    if (!s || !s->info)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", r->source->name);
    bc_status st = read_header(r, err);

    if (!st)
        st = bci_iccp_look(r->metadata, r->source->name, err);
    if (!st && !bci_metadata_find(r->metadata, "eXIf"))
        st = bci_late_orientation(r->source, &r->metadata->orientation, err);
    return st;
}

/* After the last row: the rest of the file, to its IEND. */
static void finish_reading(reader *s)
{
    png_read_end(s->png, s->info);
}

/* What is not there of an interlaced picture, whose rows are shown as blocks of what has come. */
static void describe_passes(const bc_image_reader *r, char *to, size_t size)
{
    /* Pixels for each one that came, after so many passes of Adam7. */
    static const uint8_t widths[N_PASSES + 1] = { 0, 8, 4, 4, 2, 2, 1, 1 };
    static const uint8_t heights[N_PASSES + 1] = { 0, 8, 8, 4, 4, 2, 2, 1 };
    const reader *s = r->state;
    char rest[64] = "blank";

    if (s->pass > 0)
        snprintf(rest, sizeof rest, "in blocks of %d x %d pixels", widths[s->pass],
                 heights[s->pass]);
    snprintf(to, size, "in pass %d of %d, rows from %u of %u on are %s", s->pass + 1, N_PASSES,
             s->row + 1, r->info.height, rest);
}

/* After damage: BC_OK when it is noted and passed over, so that rows which are not there stay 0;
 * but where no row is there, nothing is. */
static bc_status salvage(bc_image_reader *r, bc_error *err)
{
    reader *s = r->state;
    const bool is_interlaced = r->info.is_interlaced;
    const bool is_empty = is_interlaced ? s->pass == 0 && s->row == 0 : r->rows_read == 0;
    char what[128] = "after the last row";

    if (!r->reading.salvage || s->guard.error.status != BC_E_FORMAT || is_empty)
        return explain(r, err);
    if (!has_all_rows(r) && is_interlaced)
        describe_passes(r, what, sizeof what);
    else if (!has_all_rows(r))
        snprintf(what, sizeof what, "rows from %u of %u on are blank", r->rows_read + 1,
                 r->info.height);
    bci_image_note_damage(r, "%s at byte %llu, %s", s->guard.error.text,
                          (unsigned long long)r->source->offset, what);
    s->is_broken = true;
    return BC_OK;
}

/* All passes of an interlaced picture into memory. Rows are shown as they come, pixels of passes to
 * come like those beside them, which differs only where damage leaves them so. */
static bc_status read_whole(bc_image_reader *r, bc_error *err)
{
    reader *s = r->state;
    const uint32_t height = r->info.height;
    bc_status st = bci_image_take_memory(r, height, s->row_bytes, "an interlaced picture", err);

    if (!st && !(s->whole = calloc(height, s->row_bytes)))
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory for an interlaced picture of %u x %u",
                      r->source->name, r->info.width, height);
    if (st)
        return st;
    if (setjmp(s->guard.escape)) {
        st = salvage(r, err);
    } else {
        for (; s->pass < N_PASSES; s->pass++)
            for (s->row = 0; s->row < height; s->row++) {
                png_bytep row = s->whole + s->row * s->row_bytes;

                png_read_row(s->png, r->reading.salvage ? NULL : row,
                             r->reading.salvage ? row : NULL);
            }
        finish_reading(s);
    }
    if (st) { /* rows of a part are no rows of the picture */
        free(s->whole);
        s->whole = NULL;
    }
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
    const uint32_t before = r->rows_read;
    volatile uint32_t y = 0;

    if (setjmp(s->guard.escape)) {
        y = has_all_rows(r) ? n : y;
        r->rows_read = before + y;
        const bc_status st = salvage(r, err);

        if (st)
            return st;
        r->rows_read = before; /* who called counts them */
    } else {
        for (; y < n && !s->is_broken; y++)
            png_read_row(s->png, (png_bytep)to + y * s->row_bytes, NULL);
        if (before + n == r->info.height && !s->is_broken)
            finish_reading(s);
    }
    memset((png_bytep)to + y * s->row_bytes, 0, (n - y) * s->row_bytes);
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

const bci_image_codec bci_png = {
    .format = { "png", "Portable Network Graphics", ".png", true, true },
    .writes_indices = true,
    .carries_metadata = true,
    .probe = probe,
    .open = png_open,
    .read = png_read,
    .close = png_close,
    .sample_maxval = bci_png_layout_sample_maxval,
    .begin = bci_png_begin,
    .write = bci_png_write,
    .finish = bci_png_finish,
    .abandon = bci_png_abandon,
};
