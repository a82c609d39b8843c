/* Knows error diffusion in the plane: the order of its steps on a line. The walk over a line is
 * made of nothing but what the errors that stay on the line have to follow pixel after pixel
 * (walk.c); what the lines below get of it is a sum of shifted lines (spread.c). */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "core/diffuser.h"
#include "core/floyd.h"

static bool allocate(bc_diffuser *d)
{
    const size_t line_size = (d->width + 2 * BCI_PAD) * d->n_channels;
    bool ok = true;

    if (d->kernel->keys) {
        d->tones = malloc(BCI_N_TONES * sizeof *d->tones);
        d->tone_at = malloc(d->width * d->n_channels);
        d->shift = malloc(d->width * d->n_channels * sizeof *d->shift);
        ok = d->tones && d->tone_at && d->shift;
    }
    ok = ok && (d->sent = calloc(line_size + 2 * BCI_PAD * d->n_channels, sizeof *d->sent)) != NULL;
    for (int i = 0; ok && i < BCI_N_LINES; i++)
        ok = (d->errors[i] = calloc(line_size, sizeof *d->errors[i])) != NULL;
    return ok;
}

bc_status bc_diffuser_new(const bc_kernel *kernel, const bc_grid *grid, bc_scan scan,
                          double strength, size_t width, size_t n_channels, bc_diffuser **out,
                          bc_error *err)
{
    bc_diffuser *d = NULL;
    bc_status st = BC_OK;

    if (!(strength >= 0.0 && strength <= 1.0))
        return bci_fail(err, BC_E_USAGE, "error diffusion: strength %g, expected 0 to 1", strength);
    if (width == 0 || width > SIZE_MAX / 64 || n_channels < 1 || n_channels > BCI_MAX_CHANNELS)
        return bci_fail(err, BC_E_USAGE,
                        "error diffusion: %zu pixels of %zu channels, expected at "
                        "least 1 pixel of 1 to 4 channels",
                        width, n_channels);
    d = calloc(1, sizeof *d);
    if (d)
        *d = (bc_diffuser){
            .kernel = kernel, .scan = scan, .width = width, .n_channels = n_channels
        };
    if (!d || !allocate(d))
        st = bci_fail(err, BC_E_LIMIT, "error diffusion: out of memory for lines of %zu pixels",
                      width);
    if (!st)
        st = bci_levels_init(&d->levels, grid, kernel->keys != NULL, err);
    if (st)
        goto done;
    for (int t = 0; t < kernel->n_taps && !kernel->keys; t++) {
        d->weights[t] = (float)(strength * kernel->taps[t].weight / kernel->divisor);
        if (kernel->taps[t].dy == 0)
            d->ahead[kernel->taps[t].dx - 1] = d->weights[t];
    }
    if (kernel->keys)
        bci_tones_fill(d, strength);
    *out = d;
    d = NULL;
done:
    bc_diffuser_free(d);
    return st;
}

void bc_diffuser_free(bc_diffuser *d)
{
    if (!d)
        return;
    for (int i = 0; i < BCI_N_LINES; i++)
        free(d->errors[i]);
    bci_levels_free(&d->levels);
    free(d->tones);
    free(d->tone_at);
    free(d->shift);
    free(d->sent);
    free(d);
}

/* Whether core/floyd.c knows the line. */
static bool is_floyd_line(const bc_diffuser *d, const float *noise, const uint8_t *opaque)
{
    static const bc_kernel_tap taps[BC_KERNEL_MAX_TAPS] = {
        { 1, 0, 7 }, { -1, 1, 3 }, { 0, 1, 5 }, { 1, 1, 1 }
    };

    return !noise && !opaque && !d->tones && d->n_channels == 1 && d->levels.n == 2 &&
           d->levels.cells_suffice && memcmp(d->kernel->taps, taps, sizeof taps) == 0;
}

void bc_diffuse_row(bc_diffuser *d, const float *x, const float *noise, const uint8_t *opaque,
                    uint16_t *codes)
{
    const size_t last = bci_is_backward(d) ? 0 : d->width - 1;
    float *done = d->errors[0];

    bci_fold_sides(d, done);
    if (is_floyd_line(d, noise, opaque)) {
        bci_floyd_line(&d->levels, d->weights, bci_is_backward(d), x, d->width, done + BCI_PAD,
                       d->errors[1] + BCI_PAD, codes);
    } else {
        if (d->tones)
            bci_tones_find(d, x, noise);
        bci_walk(d, x, noise, opaque, codes);
        if (!d->tones)
            bci_spread(d);
        for (size_t c = 0; c < d->n_channels; c++)
            d->errors[1][(BCI_PAD + last) * d->n_channels + c] += d->beyond[c];
    }

    memset(done, 0, (d->width + 2 * BCI_PAD) * d->n_channels * sizeof *done);
    for (int i = 0; i + 1 < BCI_N_LINES; i++)
        d->errors[i] = d->errors[i + 1];
    d->errors[BCI_N_LINES - 1] = done;
    d->line++;
}
