/* Shared-internal: rows of samples rounded run by run, by blocks or under scales of their own. */
#ifndef BCI_IMAGE_RUNS_H
#define BCI_IMAGE_RUNS_H

#include "image/ruler.h"

typedef struct bci_image_runs bci_image_runs;

/* Prepare the reduction of pictures like `info`, whose values end up as samples of
 * 0..sample_maxval. `info` and `settings` must stay alive. */
BC_NODISCARD bc_status bci_image_runs_new(const bc_image_info *info,
                                          const bc_image_settings *settings, uint32_t sample_maxval,
                                          bci_image_runs **out, bc_error *err);

/* Reduce the next n rows to samples of the file, alpha as it is. Runs as OpenMP tasks of the
 * current team. A grid that does not take the scale is remembered for bci_image_runs_measure. */
void bci_image_runs_reduce(bci_image_runs *q, const void *samples, uint32_t n, uint16_t *out);

/* Fill in the figures of all rows; call once, after the last row. */
BC_NODISCARD bc_status bci_image_runs_measure(bci_image_runs *q, bc_image_result *result,
                                              bc_error *err);

/* Release; NULL is fine. */
void bci_image_runs_free(bci_image_runs *q);

#endif
