/* Shared-internal: number lines. */
#ifndef BCI_EXPLAIN_LINES_H
#define BCI_EXPLAIN_LINES_H

#include "bitcrush/notation.h"
#include "bitcrush/plot.h"

/* The panel of n notations, a line with its marks for each, x on it and where it goes unless NaN.
 * BC_E_USAGE for more bits than can be drawn. */
BC_NODISCARD bc_status bci_explain_lines(bc_plot **p, const bc_notation *notations, size_t n,
                                         double x, bc_error *err);

#endif
