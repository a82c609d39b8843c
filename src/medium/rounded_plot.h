/* Shared-internal: a plot of values and of what they were rounded to. */
#ifndef BCI_ROUNDED_PLOT_H
#define BCI_ROUNDED_PLOT_H

#include "bitcrush/plot.h"
#include "bitcrush/quantize.h"

typedef struct {
    const bc_grid *grid; /* NULL or empty: no ruler is shown */
    bc_scale scale;
    const double *before, *after; /* n each; NaN is a gap */
    size_t n;
    double x_first, x_step;
    const char *labels[2]; /* of before, of after */
    bool has_zero;         /* the marks reach to 0 whatever the values are */
} bci_rounded;

/* Add the panel, with ticks and lines at the marks that the values go to, unless they are too many
 * to be told apart; then the values as a line, and what they became as steps. */
void bci_rounded_plot(bc_plot *p, bc_plot_panel panel, const bci_rounded *r);

#endif
