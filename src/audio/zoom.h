/* Shared-internal: the place where a sound is looked at closely. */
#ifndef BCI_ZOOM_H
#define BCI_ZOOM_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

typedef struct bci_zoom bci_zoom;

BC_NODISCARD bc_status bci_zoom_new(bci_zoom **out, bc_error *err);

/* The next n samples of a channel, and what became of them (NULL: nothing did). What is not finite
 * counts as 0. */
void bci_zoom_add(bci_zoom *z, const double *x, const double *y, size_t n);

/* A few periods of x where it is loudest, at most `most` samples; n is 0 of nothing. */
typedef struct {
    uint64_t first; /* sample */
    size_t n;
    const double *x, *y; /* as long as the zoom */
} bci_zoomed;
bci_zoomed bci_zoom_get(bci_zoom *z, size_t most);

/* Release; NULL is fine. */
void bci_zoom_free(bci_zoom *z);

#endif
