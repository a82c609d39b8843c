/* Shared-internal: the marks of a ruler that a plot shows. */
#ifndef BCI_MARKS_IN_VIEW_H
#define BCI_MARKS_IN_VIEW_H

#include <stddef.h>

#include "bitcrush/quantize.h"

enum { BCI_MOST_MARKS = 24 };

/* The marks that values from low to high go to, rising; their number, and 0 where they are too many
 * to be told apart, or no ruler is known (grid NULL or empty). */
size_t bci_marks_in_view(const bc_grid *grid, const bc_scale *scale, double low, double high,
                         double marks[BCI_MOST_MARKS]);

#endif
