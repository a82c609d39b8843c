/* Knows PNG files without the code under test: pictures as they are coded in the file, made
 * and decoded by libpng's own calls. What cannot be done, or only with a warning of libpng,
 * fails the test. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stdint.h>

enum { GREY = 0, RGB = 2, INDEXED = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 }; /* as IHDR has them */

typedef struct {
    uint32_t width, height;
    int colour_type, depth;
    bool is_interlaced;
    uint32_t n_palette;
    uint8_t palette[256][4]; /* RGBA; alpha below 255 makes a tRNS chunk */
    uint32_t n_alphas;       /* loaded: entries of that chunk */
    bool has_key;            /* tRNS of grey and RGB: this colour is transparent */
    uint16_t key[3];
    bool has_sbit;
    uint8_t sbit[4];   /* in the order of the channels; of a palette RGB */
    int filter;        /* when saving: the one filter of all rows plus 1, or 0 for a mix */
    uint16_t *samples; /* rows of interleaved samples or indices, 0 .. 2^depth - 1 */
} picture;

/* A picture with samples of 0, to be released by picture_free. */
picture picture_new(uint32_t width, uint32_t height, int colour_type, int depth);

/* The same with random samples; a palette is random too and all of its entries appear. */
picture picture_random(uint32_t width, uint32_t height, int colour_type, int depth, uint64_t seed);

uint32_t picture_channels(const picture *p);

void picture_save(const picture *p, const char *path);
picture picture_load(const char *path);
void picture_free(picture *p);

/* All pixels as RGBA of 16 bits, by the PNG specification: low depths scaled linearly, grey
 * repeated, palette and transparent colour looked up. The caller frees it. */
uint16_t *picture_rgba(const picture *p);

/* FNV-1a, 64 bits, over the values of picture_rgba, the low byte first. */
uint64_t picture_sum(const picture *p);

#endif
