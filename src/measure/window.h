/* Shared-internal: the pixels around a pixel, their weights, and what lies beyond an edge. */
#ifndef BCI_WINDOW_H
#define BCI_WINDOW_H

#include <stddef.h>

/* Gaussian weights of the pixels 0 .. radius away on either side, to taps[0..radius]; those of
 * the whole window, 2 radius + 1 pixels, sum to 1. */
void bci_window_gaussian(double sigma, int radius, double *taps);

/* Place i of a line of n > 0 pixels that is mirrored at both ends, edge pixels included. */
size_t bci_window_mirrored(ptrdiff_t i, ptrdiff_t n);

#endif
