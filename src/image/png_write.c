/* Knows how PNG is written: a picture in its smallest layout, and the chunks around it (PNG
 * specification, 5.3: length, name, data, CRC; all numbers with the high byte first). Rows are
 * filtered and compressed here; libpng's zlib is several times slower. */
#include "image/png_write.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/spool.h"
#include "image/deflate.h"
#include "image/iccp.h"
#include "image/png_filter.h"
#include "image/png_layout.h"

enum {
    SPOOL_MEMORY = 8 << 20,
    /* From here on row filters make files smaller (at 8 bits by 14 to 37 % on photographs), at
     * 6 bits they cost as much as they save, below they spoil the matches of equal samples (at
     * 4 bits +8 to +26 %), dithered or not. */
    MIN_FILTERED_BITS = 7,
};

typedef struct {
    bci_image_writer *owner;
    bool is_decided; /* the layout is known and the header written */
    bci_png_layout layout;
    bci_colour_set colours;
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

static void put_u32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (24 - 8 * i));
}

static bc_status write_chunk(writer *s, const char *name, const uint8_t *data, size_t n,
                             bc_error *err)
{
    bci_sink *sink = s->owner->sink;
    uint8_t head[8], crc[4];

    put_u32(head, (uint32_t)n);
    memcpy(head + 4, name, 4);
    put_u32(crc, bci_crc32(bci_crc32(0, head + 4, 4), data, n));
    bc_status st = bci_sink_write(sink, head, sizeof head, err);

    if (!st && n > 0)
        st = bci_sink_write(sink, data, n, err);
    return st ? st : bci_sink_write(sink, crc, sizeof crc, err);
}

/* One compressed stretch of the picture. */
static bc_status write_idat(void *context, const uint8_t *data, size_t n, bc_error *err)
{
    return write_chunk(context, "IDAT", data, n, err);
}

static bc_status write_carried(writer *s, const bci_chunk *chunk, bc_error *err)
{
    uint8_t *packed;
    size_t n;
    bc_status st;

    if (!chunk->is_bare_profile)
        return write_chunk(s, chunk->name, chunk->data, chunk->n, err);
    st = bci_iccp_pack(chunk, &packed, &n, err);
    if (st)
        return st;
    st = write_chunk(s, chunk->name, packed, n, err);
    free(packed);
    return st;
}

/* Chunks of the input that the output keeps: of those from before the samples the ones about
 * colour, which go before the palette, or the others; or those from behind the samples. */
static bc_status write_metadata(writer *s, bool is_late, bool about_colour, bc_error *err)
{
    const bci_carried *c = &s->colours.picture->carried;
    bc_status st = BC_OK;

    if (!c->metadata)
        return BC_OK;
    const bci_chunk_list *l = is_late ? &c->metadata->late : &c->metadata->early;

    for (size_t i = 0; i < l->n && !st; i++)
        if (bci_is_about_colour(&l->chunks[i]) == about_colour && bci_is_carried(c, &l->chunks[i]))
            st = write_carried(s, &l->chunks[i], err);
    return st;
}

static bc_status write_palette(writer *s, bc_error *err)
{
    const bci_colour_set *p = &s->colours;
    const bool is_rgb = p->picture->n_channels >= 3;
    uint8_t colours[BCI_MAX_COLOURS][3] = { { 0 } }, alphas[BCI_MAX_COLOURS];
    size_t n_translucent = 0;

    for (uint32_t i = 0; i < p->n_colours; i++) {
        const bci_colour c = p->colours[i];

        for (int j = 0; j < 3; j++) {
            const int bits = p->picture->channel_bits[is_rgb ? j : 0];

            colours[i][j] = (uint8_t)bci_rescale(c >> (16 * j) & 0xFFFF, (1u << bits) - 1, 255);
        }
        alphas[i] = (uint8_t)bci_rescale((uint32_t)(c >> 48), p->picture->alpha_maxval, 255);
        if (alphas[i] < 255)
            n_translucent = i + 1;
    }
    const bc_status st = write_chunk(s, "PLTE", colours[0], 3 * (size_t)p->n_colours, err);

    return st || n_translucent == 0 ? st : write_chunk(s, "tRNS", alphas, n_translucent, err);
}

/* The bits that are real, where the layout has more. */
static bc_status write_significant_bits(writer *s, bc_error *err)
{
    const bci_picture *pic = s->colours.picture;
    const bci_png_layout_kind kind = s->layout.kind;
    const int sample_depth = kind == BCI_INDEXED ? 8 : s->layout.depth;
    const size_t n_colours = kind == BCI_GREY || kind == BCI_GREY_ALPHA ? 1 : 3;
    const bool has_alpha = kind == BCI_GREY_ALPHA || kind == BCI_RGB_ALPHA;
    uint8_t bits[4], alpha_bits = 1;
    bool is_full = true;

    for (size_t c = 0; c < n_colours; c++) {
        bits[c] = (uint8_t)pic->channel_bits[pic->n_channels >= 3 ? c : 0];
        is_full &= bits[c] >= sample_depth;
    }
    if (is_full)
        return BC_OK;
    while ((1u << alpha_bits) - 1 < pic->alpha_maxval)
        alpha_bits++;
    bits[n_colours] = alpha_bits;
    return write_chunk(s, "sBIT", bits, n_colours + has_alpha, err);
}

static bc_status write_header(writer *s, bc_error *err)
{
    static const uint8_t colour_types[] = {
        [BCI_GREY] = 0, [BCI_INDEXED] = 3, [BCI_RGB] = 2, [BCI_GREY_ALPHA] = 4, [BCI_RGB_ALPHA] = 6,
    };
    const bci_picture *pic = s->colours.picture;
    uint8_t ihdr[13] = { 0 }; /* the last three: deflate, filters 0 to 4, not interlaced */
    bc_status st;

    put_u32(ihdr, pic->width);
    put_u32(ihdr + 4, pic->height);
    ihdr[8] = (uint8_t)s->layout.depth;
    ihdr[9] = colour_types[s->layout.kind];
    st = bci_sink_write(s->owner->sink, "\x89PNG\r\n\x1a\n", 8, err);
    if (!st)
        st = write_chunk(s, "IHDR", ihdr, sizeof ihdr, err);
    if (!st)
        st = write_metadata(s, false, true, err);
    if (!st)
        st = write_significant_bits(s, err);
    if (!st && s->layout.kind == BCI_INDEXED)
        st = write_palette(s, err);
    return st ? st : write_metadata(s, false, false, err);
}

static bc_status encode_row(writer *s, const uint16_t *codes, bc_error *err)
{
    if (!s->is_filtered) {
        s->filtered[0] = 0;
        bci_png_layout_row(s->layout, &s->colours, codes, s->indices, s->filtered + 1);
        return bci_deflater_put(s->deflater, s->filtered, s->row_bytes + 1, err);
    }
    uint8_t *row = s->row;

    bci_png_layout_row(s->layout, &s->colours, codes, s->indices, row);
    bci_filter_row(row, s->above, s->row_bytes, s->row_bytes / s->colours.picture->width,
                   s->filtered, s->scratch);
    s->row = s->above;
    s->above = row;
    return bci_deflater_put(s->deflater, s->filtered, s->row_bytes + 1, err);
}

static bc_status encode_spooled(writer *s, bc_error *err)
{
    const bci_picture *pic = s->colours.picture;
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
        [BCI_GREY] = "grey",      [BCI_INDEXED] = "indexed",
        [BCI_RGB] = "RGB",        [BCI_GREY_ALPHA] = "grey + alpha",
        [BCI_RGB_ALPHA] = "RGBA",
    };
    bci_image_writer *w = s->owner;
    const bci_picture *pic = &w->picture;
    bc_status st;

    s->is_decided = true;
    s->layout = bci_png_layout_choose(&s->colours);
    s->row_bytes = bci_png_layout_row_bytes(s->layout, pic->width);
    s->is_filtered =
        pic->bits >= MIN_FILTERED_BITS && s->layout.kind != BCI_INDEXED && s->layout.depth >= 8;
    s->row = malloc(s->row_bytes);
    s->above = calloc(1, s->row_bytes);
    s->filtered = malloc(s->row_bytes + 1);
    s->scratch = malloc(s->row_bytes);
    s->indices = malloc((size_t)pic->width * sizeof *s->indices);
    s->codes = malloc((size_t)pic->width * pic->n_channels * sizeof *s->codes);
    if (!s->row || !s->above || !s->filtered || !s->scratch || !s->indices || !s->codes)
        return bci_fail(err, BC_E_LIMIT, "PNG: out of memory for a row");
    if (s->layout.kind == BCI_INDEXED && !pic->palette)
        bci_colour_set_sort(&s->colours);
    w->layout = names[s->layout.kind];
    w->depth = s->layout.depth;
    w->palette = s->layout.kind == BCI_INDEXED ? s->colours.n_colours : 0;
    st = write_header(s, err);
    if (!st)
        st = bci_deflater_new(pic->effort, write_idat, s, &s->deflater, err);
    return st ? st : encode_spooled(s, err);
}

bc_status bci_png_begin(bci_image_writer *w, bc_error *err)
{
    writer *s = calloc(1, sizeof *s);

    w->state = s;
    if (!s)
        return bci_fail(err, BC_E_LIMIT, "PNG: out of memory");
    s->owner = w;
    bci_colour_set_init(&s->colours, &w->picture);
    return bci_spool_new(SPOOL_MEMORY, &s->spool, err);
}

bc_status bci_png_write(bci_image_writer *w, const uint16_t *codes, uint32_t n_rows, bc_error *err)
{
    writer *s = w->state;
    const size_t row_codes = (size_t)w->picture.width * w->picture.n_channels;
    bc_status st = BC_OK;

    for (uint32_t y = 0; !st && y < n_rows; y++, codes += row_codes) {
        if (s->is_decided) {
            st = encode_row(s, codes, err);
            continue;
        }
        bci_colour_set_add_row(&s->colours, codes);
        st = bci_spool_put(s->spool, codes, row_codes * sizeof *codes, err);
        s->n_spooled++;
        if (!st && bci_png_layout_is_final(&s->colours))
            st = decide(s, err);
    }
    return st;
}

bc_status bci_png_finish(bci_image_writer *w, bc_error *err)
{
    writer *s = w->state;
    bc_status st = s->is_decided ? BC_OK : decide(s, err);

    if (!st)
        st = bci_deflater_finish(s->deflater, err);
    if (!st)
        st = write_metadata(s, true, false, err);
    return st ? st : write_chunk(s, "IEND", NULL, 0, err);
}

void bci_png_abandon(bci_image_writer *w)
{
    writer *s = w->state;

    if (!s)
        return;
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
