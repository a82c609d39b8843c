/* Shared-internal: rows of samples to rows of palette indices. */
#ifndef BCI_PALETTE_MAP_H
#define BCI_PALETTE_MAP_H

#include "bitcrush/image.h"
#include "bitcrush/palette.h"

typedef struct bci_palette_map bci_palette_map;

/* Prepare for pictures like `info`; arguments must stay alive. In coded values errors and
 * mixtures are summed, and the nearest colour is told, in values as coded; else sums are in
 * linear light. */
BC_NODISCARD bc_status bci_palette_map_new(const bc_image_info *info,
                                           const bc_image_settings *settings,
                                           const bc_palette *palette, bool in_coded,
                                           bci_palette_map **out, bc_error *err);

/* Row y of samples to one index a pixel; fully transparent pixels take index 0. With a kernel
 * rows come in order, else different parts (0..3) may run at the same time. */
void bci_palette_map_row(bci_palette_map *m, int part, const void *samples, uint32_t y,
                         uint8_t *indices);

/* Release; NULL is fine. */
void bci_palette_map_free(bci_palette_map *m);

/* The sample at place i of a row, in either width. */
static inline uint32_t bci_sample_at(const void *row, bool is_wide, size_t i)
{
    return is_wide ? ((const uint16_t *)row)[i] : ((const uint8_t *)row)[i];
}

#endif
