/* Shared-internal: rows of samples to rows of codes, and what it cost. */
#ifndef BCI_GRID_ROWS_H
#define BCI_GRID_ROWS_H

#include "bitcrush/image.h"
#include "image/ruler.h"

typedef struct bci_grid_rows bci_grid_rows;

/* Prepare the reduction of pictures like `info`, all colour channels to the marks of `ruler`, or
 * where it is NULL at settings->bits; the first of them is channel `first_channel` of the picture.
 * Codes end up in a file as samples of 0..sample_maxval, which is what is measured; under a ruler
 * they are handed on as such. All pointers must stay alive. */
BC_NODISCARD bc_status bci_grid_rows_new(const bc_image_info *info,
                                         const bc_image_settings *settings,
                                         const bci_image_ruler *ruler, uint32_t first_channel,
                                         uint32_t sample_maxval, bci_grid_rows **out,
                                         bc_error *err);

/* Reduce the next n rows: samples as bc_image_read gives them, codes as bci_picture has them.
 * Runs as OpenMP tasks of the current team where rows do not depend on each other. */
void bci_grid_rows_reduce(bci_grid_rows *q, const void *samples, uint32_t n, uint16_t *codes);

/* Add the figures of all rows to those of `result`; call once, after the last row. */
void bci_grid_rows_measure(bci_grid_rows *q, bc_image_result *result);

/* Release; NULL is fine. */
void bci_grid_rows_free(bci_grid_rows *q);

#endif
