/* Shared-internal: rows whose channels may have depths of their own. */
#ifndef BCI_PLANES_H
#define BCI_PLANES_H

#include "image/ruler.h"

typedef struct bci_planes bci_planes;

/* Prepare the reduction of pictures like `info`; as bci_grid_rows_new. rulers (copied): NULL where
 * bci_image_is_ruled is false, or where there are runs. */
BC_NODISCARD bc_status bci_planes_new(const bc_image_info *info, const bc_image_settings *settings,
                                      const bci_image_rulers *rulers, uint32_t sample_maxval,
                                      bci_planes **out, bc_error *err);

/* Reduce the next n rows; as bci_grid_rows_reduce. */
void bci_planes_reduce(bci_planes *p, const void *samples, uint32_t n, uint16_t *codes);

/* Fill in the figures of all rows; call once, after the last row. */
BC_NODISCARD bc_status bci_planes_measure(bci_planes *p, bc_image_result *result, bc_error *err);

/* Release; NULL is fine. */
void bci_planes_free(bci_planes *p);

#endif
