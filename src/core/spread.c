/* Knows where the errors of a line go: to the lines below, as a sum of shifted lines, and at the
 * sides to the border pixels. */
#include "core/diffuser.h"
#include "core/kernels.h"

/* Values that all taps are taken of while they are in the cache. */
enum { BLOCK = 1024 };

void bci_fold_sides(const bc_diffuser *d, float *errors, size_t from, size_t to)
{
    const size_t n = d->n_channels;
    float *left = errors + BCI_PAD * n, *right = errors + (BCI_PAD + d->width - 1) * n;

    for (size_t i = 1; i <= BCI_PAD; i++) {
        const float *before = left - i * n, *behind = right + i * n;

        for (size_t c = 0; c < n && from == 0; c++)
            left[c] += before[c];
        for (size_t c = 0; c < n && to == d->width; c++)
            right[c] += behind[c];
    }
}

static void add_product(float *restrict to, const float *restrict from, float weight, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i] * weight;
}

/* For each place in the order in which the walk came upon its neighbours: the taps of a line from
 * the furthest ahead to the furthest behind. */
static void spread_block(const bc_diffuser *d, const bci_line *line, size_t at, size_t n)
{
    const ptrdiff_t step = (ptrdiff_t)d->n_channels * (line->is_backward ? -1 : 1);
    const float *sent = line->room.sent + (BCI_PAD * d->n_channels + at);
    const bc_diffusion_tap *taps = d->kernel->taps;
    const bci_kernels *kernels = bci_kernels_get();

    for (int t = d->kernel->n_taps - 1; t >= 0 && taps[t].dy > 0; t--) {
        float *to = line->errors[taps[t].dy] + at;

        if (t >= 2 && taps[t - 2].dy == taps[t].dy) {
            kernels->add_products_f32(to, sent - taps[t].dx * step, sent - taps[t - 1].dx * step,
                                      sent - taps[t - 2].dx * step, &d->weights[t - 2], n);
            t -= 2;
        } else {
            add_product(to, sent - taps[t].dx * step, d->weights[t], n);
        }
    }
}

void bci_spread(const bc_diffuser *d, const bci_line *line, size_t from, size_t to)
{
    const size_t end = to * d->n_channels;

    for (size_t at = from * d->n_channels; at < end; at += BLOCK)
        spread_block(d, line, at, end - at < BLOCK ? end - at : BLOCK);
}
