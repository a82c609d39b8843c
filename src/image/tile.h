/* Shared-internal: a picture made small for the contact sheet of a sweep. */
#ifndef BCI_TILE_H
#define BCI_TILE_H

#include "bitcrush/image.h"

/* Samples of 16 bits without alpha, as described by `info`. */
typedef struct {
    bc_image_info info;
    uint16_t *samples;
} bci_tile;

/* Read the picture at `path` and average squares of pixels in linear light until neither side is
 * longer than `side`; what is translucent lies on white, with `grey` colours become BT.709 luma.
 * The caller frees samples. Memory does not grow with the picture. */
BC_NODISCARD bc_status bci_tile_read(const char *path, const bc_reading *reading, uint32_t side,
                                     bool grey, bci_tile *out, bc_error *err);

#endif
