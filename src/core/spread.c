/* Knows where the errors of a line go: to the lines below, as a sum of shifted lines, and at the
 * sides to the border pixels. */
#include "core/diffuser.h"

/* Values that all taps are taken of while they are in the cache. */
enum { BLOCK = 1024 };

void bci_fold_sides(bc_diffuser *d, float *line)
{
    const size_t n = d->n_channels;
    float *left = line + BCI_PAD * n, *right = line + (BCI_PAD + d->width - 1) * n;

    for (size_t i = 1; i <= BCI_PAD; i++) {
        for (size_t c = 0; c < n; c++) {
            left[c] += left[c - i * n];
            right[c] += right[c + i * n];
        }
    }
}

static void add_product(float *restrict to, const float *restrict from, float weight, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i] * weight;
}

/* The errors of a line to the lines below, for each place in the order in which the walk came
 * upon its neighbours: the taps of a line from the furthest ahead to the furthest behind. */
void bci_spread(bc_diffuser *d)
{
    const size_t n = (d->width + 2 * BCI_PAD) * d->n_channels;
    const ptrdiff_t step = (ptrdiff_t)d->n_channels * (bci_is_backward(d) ? -1 : 1);

    for (size_t from = 0; from < n; from += BLOCK) {
        const size_t left = n - from;

        for (int t = d->kernel->n_taps - 1; t >= 0; t--) {
            const bc_kernel_tap tap = d->kernel->taps[t];
            const float *shifted = d->sent + (BCI_PAD * d->n_channels + from) - tap.dx * step;

            if (tap.dy > 0)
                add_product(d->errors[tap.dy] + from, shifted, d->weights[t],
                            left < BLOCK ? left : BLOCK);
        }
    }
}
