/* Knows the weights of a window of pixels and how it reaches beyond the edge of a picture. */
#include "measure/window.h"

#include <math.h>

void bci_window_gaussian(double sigma, int radius, double *taps)
{
    double sum = 1.0;

    taps[0] = 1.0;
    for (int k = 1; k <= radius; k++) {
        taps[k] = exp(-0.5 * k * k / (sigma * sigma));
        sum += 2.0 * taps[k];
    }
    for (int k = 0; k <= radius; k++)
        taps[k] /= sum;
}

size_t bci_window_mirrored(ptrdiff_t i, ptrdiff_t n)
{
    const ptrdiff_t period = 2 * n;
    const ptrdiff_t at = (i % period + period) % period;

    return (size_t)(at < n ? at : period - 1 - at);
}
