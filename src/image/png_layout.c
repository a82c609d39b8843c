/* Knows which PNG layout is the smallest that holds a picture exactly, and how a row of codes
 * becomes a row of bytes in it. */
#include "image/png_layout.h"

#include <stdlib.h>
#include <string.h>

#include "bitcrush/pack.h"

static uint32_t colour_hash(bci_colour c)
{
    return (uint32_t)((c * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % BCI_COLOUR_SLOTS;
}

/* The index of a colour, or -1 - slot where it would go. */
static int find_colour(const bci_colour_set *p, bci_colour c)
{
    uint32_t slot = colour_hash(c);

    while (p->slots[slot]) {
        if (p->colours[p->slots[slot] - 1] == c)
            return p->slots[slot] - 1;
        slot = (slot + 1) % BCI_COLOUR_SLOTS;
    }
    return -1 - (int)slot;
}

static void add_colour(bci_colour_set *p, bci_colour c)
{
    const int at = find_colour(p, c);

    if (at >= 0)
        return;
    if (p->n_colours >= BCI_MAX_COLOURS) {
        p->n_colours = BCI_MAX_COLOURS + 1;
        return;
    }
    p->colours[p->n_colours++] = c;
    p->slots[-1 - at] = (uint16_t)p->n_colours;
}

void bci_colour_set_init(bci_colour_set *p, const bci_picture *picture)
{
    const bc_palette *given = picture->palette;

    *p = (bci_colour_set){ .picture = picture, .is_grey = true, .is_opaque = true };
    for (uint32_t i = 0; given && i < given->n_colours; i++) {
        const uint8_t *c = given->colours[i];

        add_colour(p, c[0] | (bci_colour)c[1] << 16 | (bci_colour)c[2] << 32 |
                          (bci_colour)picture->alpha_maxval << 48);
    }
}

/* Grey pixels become RGB, pixels without alpha opaque. */
static inline bci_colour colour_of(const bci_picture *pic, const uint16_t *codes)
{
    const bool is_rgb = pic->n_channels >= 3;
    const bci_colour r = codes[0];
    const bci_colour g = is_rgb ? codes[1] : r;
    const bci_colour b = is_rgb ? codes[2] : r;
    const bci_colour a = pic->has_alpha ? codes[pic->n_channels - 1] : pic->alpha_maxval;

    return r | g << 16 | b << 32 | a << 48;
}

static inline uint32_t part(bci_colour c, int i)
{
    return (uint32_t)(c >> (16 * i)) & 0xFFFF;
}

void bci_colour_set_add_row(bci_colour_set *p, const uint16_t *codes)
{
    const bci_picture *pic = p->picture;
    /* Equal codes of different depths are different values. */
    const bool may_be_grey = pic->n_channels < 3 || (pic->channel_bits[0] == pic->channel_bits[1] &&
                                                     pic->channel_bits[1] == pic->channel_bits[2]);
    bci_colour last = 0;

    if (bci_has_indices(pic))
        return;
    for (uint32_t x = 0; x < pic->width; x++, codes += pic->n_channels) {
        const bci_colour c = colour_of(pic, codes);

        if (x > 0 && c == last)
            continue;
        last = c;
        p->is_grey &= may_be_grey && part(c, 0) == part(c, 1) && part(c, 1) == part(c, 2);
        p->is_opaque &= part(c, 3) == pic->alpha_maxval;
        if (p->n_colours <= BCI_MAX_COLOURS)
            add_colour(p, c);
    }
}

size_t bci_png_layout_row_bytes(bci_png_layout l, uint32_t width)
{
    static const uint8_t samples[] = {
        [BCI_GREY] = 1, [BCI_INDEXED] = 1, [BCI_RGB] = 3, [BCI_GREY_ALPHA] = 2, [BCI_RGB_ALPHA] = 4
    };

    return bc_packed_size((size_t)width * samples[l.kind], l.depth);
}

uint32_t bci_png_layout_sample_maxval(const bci_picture *pic, bool is_opaque)
{
    return pic->bits > 8 || (!is_opaque && pic->alpha_maxval > 255) ? 65535 : 255;
}

/* Bits of a sample that holds n-bit levels: the same when PNG has that depth, else the next
 * one with room to tell the levels apart to within rounding. */
static int sample_depth(bci_png_layout_kind kind, const bci_picture *pic, bool is_opaque)
{
    if (kind == BCI_GREY && (pic->bits == 1 || pic->bits == 2 || pic->bits == 4))
        return pic->bits;
    return bci_png_layout_sample_maxval(pic, is_opaque) > 255 ? 16 : 8;
}

static bci_png_layout choose(const bci_picture *pic, bool is_grey, bool is_opaque,
                             uint32_t n_colours)
{
    const bci_space space = bci_carried_space(&pic->carried);

    is_grey = is_grey && space != BCI_RGB_SPACE; /* a profile for colours stays valid */
    const bci_png_layout_kind direct =
        is_grey ? (is_opaque ? BCI_GREY : BCI_GREY_ALPHA) : (is_opaque ? BCI_RGB : BCI_RGB_ALPHA);
    const bci_png_layout plain = { direct, sample_depth(direct, pic, is_opaque) };
    /* Palette entries have 8 bits a channel. */
    const bool fits = n_colours <= BCI_MAX_COLOURS && pic->bits <= 8 && space != BCI_GREY_SPACE &&
                      (is_opaque || pic->alpha_maxval <= 255);
    bci_png_layout indexed = { BCI_INDEXED, 1 };

    while ((1u << indexed.depth) < n_colours && indexed.depth < 8)
        indexed.depth *= 2;
    const uint64_t palette_bytes =
        12 + 3 * (uint64_t)n_colours + (is_opaque ? 0 : 12 + (uint64_t)n_colours);
    const uint64_t rows = pic->height;

    const bool is_smaller = rows * bci_png_layout_row_bytes(indexed, pic->width) + palette_bytes <
                            rows * bci_png_layout_row_bytes(plain, pic->width);

    return fits && (pic->palette || is_smaller) ? indexed : plain;
}

bci_png_layout bci_png_layout_choose(const bci_colour_set *p)
{
    return choose(p->picture, p->is_grey, p->is_opaque, p->n_colours);
}

/* All colours that the levels can make, or more than fit. */
static uint64_t possible_colours(const bci_picture *pic)
{
    const int *bits = pic->channel_bits;

    if (pic->has_alpha || pic->bits > 8)
        return BCI_MAX_COLOURS + 1;
    return UINT64_C(1) << (pic->n_channels == 1 ? bits[0] : bits[0] + bits[1] + bits[2]);
}

static void add_possible_colours(bci_colour_set *p)
{
    const int *bits = p->picture->channel_bits;
    const uint32_t n = (uint32_t)possible_colours(p->picture);

    for (uint32_t i = 0; i < n; i++) {
        const uint16_t rgb[3] = { (uint16_t)(i & ((1u << bits[0]) - 1)),
                                  (uint16_t)(i >> bits[0] & ((1u << bits[1]) - 1)),
                                  (uint16_t)(i >> (bits[0] + bits[1])) };

        add_colour(p, colour_of(p->picture, rgb));
    }
}

bool bci_png_layout_is_final(bci_colour_set *p)
{
    const bci_picture *pic = p->picture;

    if (bci_has_indices(pic))
        return true;
    const uint64_t possible = possible_colours(pic);
    const uint32_t n_worst = possible > BCI_MAX_COLOURS ? BCI_MAX_COLOURS + 1 : (uint32_t)possible;
    const bci_png_layout now = bci_png_layout_choose(p);
    const bci_png_layout worst = choose(pic, pic->n_channels < 3, !pic->has_alpha, n_worst);

    if (now.kind != worst.kind || now.depth != worst.depth)
        return false;
    if (now.kind == BCI_INDEXED)
        add_possible_colours(p);
    return true;
}

static int compare_colours(const void *a, const void *b)
{
    const bci_colour x = *(const bci_colour *)a, y = *(const bci_colour *)b;

    return x < y ? -1 : x > y; /* alpha is in the highest bits */
}

void bci_colour_set_sort(bci_colour_set *p)
{
    bci_colour sorted[BCI_MAX_COLOURS];
    const uint32_t n = p->n_colours;

    memcpy(sorted, p->colours, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_colours);
    memset(p->slots, 0, sizeof p->slots);
    p->n_colours = 0;
    for (uint32_t i = 0; i < n; i++)
        add_colour(p, sorted[i]);
}

static void write_sample(uint8_t **out, int depth, uint32_t v)
{
    if (depth == 16)
        *(*out)++ = (uint8_t)(v >> 8);
    *(*out)++ = (uint8_t)v;
}

/* Samples of 8 or 16 bits; `with_alpha` appends alpha. */
static void direct_row(const bci_picture *pic, int depth, uint32_t n_colour_samples,
                       bool with_alpha, const uint16_t *codes, uint8_t *out)
{
    const uint32_t max = (1u << depth) - 1;
    uint8_t levels[3][256]; /* samples of 8 bits, by channel and code */

    for (uint32_t c = 0; c < n_colour_samples && depth == 8; c++) {
        const uint32_t top = (1u << pic->channel_bits[c]) - 1;

        for (uint32_t k = 0; k <= top; k++)
            levels[c][k] = (uint8_t)bci_rescale(k, top, max);
    }
    if (depth == 8 && !with_alpha && n_colour_samples == pic->n_channels) {
        for (size_t i = 0; i < (size_t)pic->width * n_colour_samples; i += n_colour_samples)
            for (uint32_t c = 0; c < n_colour_samples; c++)
                out[i + c] = levels[c][codes[i + c]];
        return;
    }
    for (uint32_t x = 0; x < pic->width; x++, codes += pic->n_channels) {
        for (uint32_t c = 0; c < n_colour_samples; c++)
            write_sample(&out, depth,
                         depth == 8 ? levels[c][codes[c]]
                                    : bci_rescale(codes[c], (1u << pic->channel_bits[c]) - 1, max));
        if (with_alpha)
            write_sample(&out, depth,
                         bci_rescale(codes[pic->n_channels - 1], pic->alpha_maxval, max));
    }
}

static void indexed_row(const bci_colour_set *p, int depth, const uint16_t *codes,
                        uint16_t *indices, uint8_t *out)
{
    const bci_picture *pic = p->picture;
    bci_colour last = 0;

    for (uint32_t x = 0; x < pic->width; x++, codes += pic->n_channels) {
        const bci_colour c = colour_of(pic, codes);

        indices[x] = x > 0 && c == last ? indices[x - 1] : (uint16_t)find_colour(p, c);
        last = c;
    }
    bc_pack(indices, pic->width, depth, BC_MSB_FIRST, out);
}

/* Grey of 1, 2 or 4 bits, or indices: the codes are the samples. */
static void packed_row(const bci_picture *pic, int depth, const uint16_t *codes, uint16_t *indices,
                       uint8_t *out)
{
    for (uint32_t x = 0; x < pic->width && pic->n_channels > 1; x++)
        indices[x] = codes[(size_t)x * pic->n_channels];
    bc_pack(pic->n_channels > 1 ? indices : codes, pic->width, depth, BC_MSB_FIRST, out);
}

void bci_png_layout_row(bci_png_layout l, const bci_colour_set *p, const uint16_t *codes,
                        uint16_t *indices, uint8_t *out)
{
    const bci_picture *pic = p->picture;
    const uint32_t n_rgb = pic->n_channels >= 3 ? 3 : 1;

    switch (l.kind) {
    case BCI_INDEXED:
        if (bci_has_indices(pic))
            packed_row(pic, l.depth, codes, indices, out);
        else
            indexed_row(p, l.depth, codes, indices, out);
        return;
    case BCI_GREY:
        if (l.depth < 8)
            packed_row(pic, l.depth, codes, indices, out);
        else
            direct_row(pic, l.depth, 1, false, codes, out);
        return;
    case BCI_GREY_ALPHA: direct_row(pic, l.depth, 1, true, codes, out); return;
    case BCI_RGB: direct_row(pic, l.depth, n_rgb, false, codes, out); return;
    case BCI_RGB_ALPHA: direct_row(pic, l.depth, n_rgb, true, codes, out); return;
    }
}
