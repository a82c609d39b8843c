/* Shared-internal: weights that lie beyond what their format can hold. */
#ifndef BCI_CLIPPED_H
#define BCI_CLIPPED_H

#include "bitcrush/tensor.h"

/* True when the type has ends. */
bool bci_can_clip(const bc_element_type *type);

/* Add to the sums how many of n weights, which became y, and how much of their error, lie beyond
 * the largest or smallest value by more than half of the last step: of the type for floats, of
 * their block (its scales and minimums as stored in `blocks`) otherwise. */
void bci_add_clipped(const bc_element_type *type, const void *blocks, const float *x,
                     const float *y, size_t n, bc_error_sums *to);

#endif
