/* Shared-internal: weighted points of 1 to 4 dimensions. */
#ifndef BCI_POINTS_H
#define BCI_POINTS_H

#include "bitcrush/codebook.h"

/* BC_E_USAGE when sizes are out of range or no point has weight. */
BC_NODISCARD bc_status bci_points_check(const bc_points *p, uint32_t k, bc_error *err);

static inline float bci_weight(const bc_points *p, size_t i)
{
    return p->weights ? p->weights[i] : 1.0f;
}

/* Squared distance. */
static inline float bci_square(const float *a, const float *b, uint32_t n_dims)
{
    float s = 0.0f;

    for (uint32_t d = 0; d < n_dims; d++)
        s += (a[d] - b[d]) * (a[d] - b[d]);
    return s;
}

#endif
