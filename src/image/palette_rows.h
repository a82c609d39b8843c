/* Shared-internal: rows of samples to rows of palette codes, and what it cost; the counterpart
 * of rows.h for pictures with a palette. */
#ifndef BCI_PALETTE_ROWS_H
#define BCI_PALETTE_ROWS_H

#include "bitcrush/image.h"
#include "bitcrush/palette.h"

typedef struct bci_palette_rows bci_palette_rows;

/* A palette without its repetitions. BC_E_USAGE when it has no colour or too many. */
BC_NODISCARD bc_status bci_palette_distinct(const bc_palette *palette, bc_palette *out,
                                            bc_error *err);

/* Prepare the reduction of pictures like `info`; arguments must stay alive. Codes are indices,
 * or, for a file of colours up to sample_maxval (not 0), three samples of 8 bits, and alpha where
 * there is one. */
BC_NODISCARD bc_status bci_palette_rows_new(const bc_image_info *info,
                                            const bc_image_settings *settings,
                                            const bc_palette *palette, uint32_t sample_maxval,
                                            bci_palette_rows **out, bc_error *err);

/* As bci_grid_rows_reduce, _measure and _free. */
void bci_palette_rows_reduce(bci_palette_rows *q, const void *samples, uint32_t n, uint16_t *codes);
void bci_palette_rows_measure(bci_palette_rows *q, bc_image_result *result);
void bci_palette_rows_free(bci_palette_rows *q);

#endif
