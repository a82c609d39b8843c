/* Shared-internal: sums of squares of any size. */
#ifndef BCI_SQUARES_H
#define BCI_SQUARES_H

#include "bitcrush/measure.h"

/* Add the square of y - x, both finite, so many times to what overload brought. */
void bci_error_add_overload_e2(bc_error_sums *sums, double x, double y, double times);

#endif
