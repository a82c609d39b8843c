/* Shared-internal: the smallest PNG layout that holds a picture exactly. */
#ifndef BCI_PNG_LAYOUT_H
#define BCI_PNG_LAYOUT_H

#include "image/codec.h"

typedef enum {
    BCI_GREY,
    BCI_INDEXED,
    BCI_RGB,
    BCI_GREY_ALPHA,
    BCI_RGB_ALPHA,
} bci_png_layout_kind;

typedef struct {
    bci_png_layout_kind kind;
    int depth; /* bits per sample or index: 1, 2, 4, 8, 16 */
} bci_png_layout;

/* A colour as codes: red (or grey) in the lowest 16 bits, then green, blue, alpha. */
typedef uint64_t bci_colour;

enum { BCI_MAX_COLOURS = 256, BCI_COLOUR_SLOTS = 1024 };

/* What is known of the colours so far; all of it can only get worse as rows come in. */
typedef struct {
    const bci_picture *picture;
    bool is_grey;       /* red = green = blue everywhere */
    bool is_opaque;     /* alpha = alpha_maxval everywhere */
    uint32_t n_colours; /* BCI_MAX_COLOURS + 1 when there are more */
    bci_colour colours[BCI_MAX_COLOURS];
    uint16_t slots[BCI_COLOUR_SLOTS]; /* open addressing: 1 + index into colours */
} bci_colour_set;

void bci_colour_set_init(bci_colour_set *p, const bci_picture *picture);

/* Take note of a row of codes. */
void bci_colour_set_add_row(bci_colour_set *p, const uint16_t *codes);

/* The layout for what is known so far. */
bci_png_layout bci_png_layout_choose(const bci_colour_set *p);

/* True when no further row can change the choice; an indexed choice then has its full set of
 * colours in the palette. */
bool bci_png_layout_is_final(bci_colour_set *p);

/* Sort the colours: translucent first (so that tRNS stays short), then by code. */
void bci_colour_set_sort(bci_colour_set *p);

/* Bytes of a row in a layout, without the filter byte. */
size_t bci_png_layout_row_bytes(bci_png_layout l, uint32_t width);

/* A row of codes as the bytes of a PNG row. The palette must hold every colour of an indexed
 * row. `indices` is scratch of `width` entries. */
void bci_png_layout_row(bci_png_layout l, const bci_colour_set *p, const uint16_t *codes,
                        uint16_t *indices, uint8_t *out);

/* The sample_maxval of bci_image_codec for PNG: that of palette entries, too, and of grey with less
 * than 8 bits, whose levels are levels of 8 bits. */
uint32_t bci_png_layout_sample_maxval(const bci_picture *pic, bool is_opaque);

/* Code k of 0..top as a sample of 0..max: round(k * max / top). */
static inline uint32_t bci_rescale(uint32_t k, uint32_t top, uint32_t max)
{
    return (uint32_t)(((uint64_t)k * max * 2 + top) / (2 * (uint64_t)top));
}

/* The same as a value of full scale 1: what everybody reads who decodes the file. */
static inline double bci_stored_value(uint32_t k, uint32_t top, uint32_t max)
{
    return bci_rescale(k, top, max) / (double)max;
}

#endif
