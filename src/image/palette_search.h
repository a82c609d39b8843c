/* Shared-internal: the nearest of up to 256 points in space, exactly and fast. */
#ifndef BCI_PALETTE_SEARCH_H
#define BCI_PALETTE_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"
#include "image/oklab.h"

enum { BCI_SEARCH_LEVELS = 5, BCI_SEARCH_SIDE = 1 << BCI_SEARCH_LEVELS };

/* A box is cut into cells; a cell knows which points can be nearest to a place in it. */
typedef struct {
    bci_vec points[256];
    uint32_t n;
    bci_vec low, high, cells_per_unit;                                   /* the box */
    uint32_t cells[BCI_SEARCH_SIDE * BCI_SEARCH_SIDE * BCI_SEARCH_SIDE]; /* first << 8 | n - 1 */
    uint8_t *candidates;
    size_t n_candidates, room;
} bci_search;

/* Prepare for points[0..n) and places in the box. `s` is zero or freed. */
BC_NODISCARD bc_status bci_search_init(bci_search *s, const bci_vec *points, uint32_t n,
                                       bci_vec low, bci_vec high, bc_error *err);

/* Release what init made; `s` itself is the caller's. */
void bci_search_free(bci_search *s);

/* The point nearest to v, of equals the first; v outside the box counts as on its side. */
static inline uint32_t bci_search_nearest(const bci_search *s, bci_vec v)
{
    v = bci_vec_bounded(v, s->low, s->high);
    const bci_places p = __builtin_convertvector((v - s->low) * s->cells_per_unit, bci_places);
    const uint32_t cell = s->cells[(p[0] * BCI_SEARCH_SIDE + p[1]) * BCI_SEARCH_SIDE + p[2]];
    const uint8_t *candidates = s->candidates + (cell >> 8);
    uint32_t best = candidates[0];

    if ((cell & 255) == 0)
        return best;
    float least = bci_vec_square(v, s->points[best]);

    for (uint32_t i = 1; i <= (cell & 255); i++) {
        const float square = bci_vec_square(v, s->points[candidates[i]]);

        best = square < least ? candidates[i] : best;
        least = square < least ? square : least;
    }
    return best;
}

#endif
