/* Shared-internal: searches for the scale under which weighted errors of a group of weights are
 * small, BCI_WIDTH groups at a time. Compiled once per CPU level. */
#ifndef BCI_BLOCK_SEARCH_H
#define BCI_BLOCK_SEARCH_H

#include "core/block_parts.h"
#include "core/lanes.h"

/* Numbers of a group that the searches take at most. */
enum { BCI_GROUP_MAX = 32 };

/* x ~ scale * code - minimum, code in 0..top. Candidates lay top + first + step * k steps over the
 * range, k in 0..n_steps. */
typedef struct {
    size_t n;
    float top, first, step;
    int n_steps;
    bool absolute; /* errors count by magnitude, not by square */
} bci_affine_search;

typedef struct {
    bci_lanes scale, minimum; /* minimum >= 0 */
    bci_lanes weight;         /* sum of the weights */
} bci_affine_found;

#define bci_search_affine     BCI_AT_LEVEL(bci_search_affine)
#define bci_search_symmetric  BCI_AT_LEVEL(bci_search_symmetric)
#define bci_search_descending BCI_AT_LEVEL(bci_search_descending)
#define bci_search_positive   BCI_AT_LEVEL(bci_search_positive)

/* codes may be NULL. */
void bci_search_affine(const bci_affine_search *how, const bci_lanes *x, const bci_lanes *weight,
                       bci_affine_found *found, bci_lanes *codes);

/* x ~ scale * (code - half), code in 0..2 half - 1; the scale that fits best of 19 starts. A group
 * of zeros (below 1e-15) has scale 0 and codes 0. */
void bci_search_symmetric(size_t n, float half, const bci_lanes *x, const bci_lanes *weight,
                          bci_lanes *scale, bci_lanes *codes);

/* The same from one start, then codes change one by one while the fit becomes better. */
void bci_search_descending(size_t n, float half, const bci_lanes *x, const bci_lanes *weight,
                           bci_lanes *scale, bci_lanes *codes);

/* x ~ scale * code, code in 0..top, x not negative: the best of nine starts, and one by one. */
void bci_search_positive(size_t n, float top, const bci_lanes *x, const bci_lanes *weight,
                         bci_lanes *scale, bci_lanes *codes);

#endif
