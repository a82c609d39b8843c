/* A picture made small for the contact sheet of a sweep. */
#ifndef BITCRUSH_SWEEP_TILE_H
#define BITCRUSH_SWEEP_TILE_H

#include "bitcrush/image.h"

/* Samples of 16 bits without alpha, as described by `info`. */
typedef struct {
    bc_image_info info;
    uint16_t *samples;
} sweep_tile;

/* Read the picture at `path` and average squares of pixels in linear light until neither side is
 * longer than `side`; what is translucent lies on white, with `grey` colours become BT.709 luma.
 * The caller frees samples. Memory does not grow with the picture. */
BC_NODISCARD bc_status sweep_tile_read(const char *path, const bc_reading *reading, uint32_t side,
                                       bool grey, sweep_tile *out, bc_error *err);

#endif
