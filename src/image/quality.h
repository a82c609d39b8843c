/* Shared-internal: what an eye makes of the result, measured beside the reduction. */
#ifndef BCI_QUALITY_H
#define BCI_QUALITY_H

#include "image/codec.h"

typedef struct bci_quality bci_quality;

/* Before memory is taken to measure n_colours of a picture as large as that of `r`, which counts
 * it. */
BC_NODISCARD bc_status bci_quality_take_memory(bc_image_reader *r, size_t n_colours, bc_error *err);

/* Begin: `info` tells of the samples, `picture` of the codes; both must stay alive. */
BC_NODISCARD bc_status bci_quality_new(const bc_image_info *info, const bci_picture *picture,
                                       bci_quality **out, bc_error *err);

/* The next n rows: samples as read, codes as reduced, both with alpha where there is one. What
 * is fully transparent has no error. */
void bci_quality_add(bci_quality *q, const void *samples, const uint16_t *codes, uint32_t n);

/* Fill in the figures, after the last row. */
void bci_quality_measure(const bci_quality *q, bc_image_result *result);

/* Release; NULL is fine. */
void bci_quality_free(bci_quality *q);

#endif
