/* Shared-internal: rulers under samples that are larger than any scale holds. */
#ifndef BCI_LOWERED_H
#define BCI_LOWERED_H

#include "medium/laid.h"

/* True for what a 32-bit float holds, as which values are stored. */
bool bci_holds_value(double y);

/* The place of the first of n values that it does not hold; n: there is none. */
size_t bci_first_not_held(const double *y, size_t n);

/* As bci_lay on one group, whose samples x become no larger than what it holds as a whole; infinity
 * is as large as the largest of the others, or 1. In *sums, where it is not NULL, those that were
 * lowered clip by all that is missing of them, and *n_lowered is raised by their number. scratch
 * has room for n. */
BC_NODISCARD bc_status bci_lay_lowered(const bci_laying *l, const bci_lay_room *room,
                                       double *scratch, double *x, const double *noise, size_t n,
                                       double *y, bc_error_sums *sums, uint64_t *histogram,
                                       uint64_t *n_lowered, bc_error *err);

#endif
