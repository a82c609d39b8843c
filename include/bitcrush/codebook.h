/* Codebooks: which few values stand best for many.
 *
 * A codebook of k centres is fitted to weighted points of 1 to 4 dimensions so that the sum of
 * weight * squared distance to the nearest centre is small: colours of a picture, samples of a
 * signal, weights of a layer. Splitting gives a start, Lloyd's iteration refines it. */
#ifndef BITCRUSH_CODEBOOK_H
#define BITCRUSH_CODEBOOK_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_CODEBOOK_MAX_DIMS    4
#define BC_CODEBOOK_MAX_CENTRES 4096

/* n_points points of n_dims coordinates each, without gaps, all finite. weights: one for each
 * point, not negative and finite, or NULL when all count the same. Not copied. */
typedef struct {
    const float *coordinates;
    const float *weights;
    size_t n_points;
    uint32_t n_dims;
} bc_points;

/* When to stop. */
typedef struct {
    uint32_t max_rounds; /* of assigning all points and moving all centres */
    double min_gain;     /* stop once a round lowers the error by less than this share of it */
    int n_threads;       /* 0: one per core; never changes the result */
} bc_codebook_rules;

/* 100 rounds at most, a gain of at least 1e-4. */
BC_API bc_codebook_rules bc_codebook_rules_default(void);

/* Starting centres: the cell of points that gains most is cut in two, across its direction of
 * largest variance, where the two halves have the least error, until there are k (X. Wu,
 * Graphics Gems II, 1991, on principal axes). centres has room for k * n_dims; *n_centres is
 * less than k when there are fewer distinct points. BC_E_USAGE for sizes out of range or
 * no point of positive weight, BC_E_LIMIT when memory is short. */
BC_API BC_NODISCARD bc_status bc_codebook_split(const bc_points *points, uint32_t k, float *centres,
                                                uint32_t *n_centres, bc_error *err);

/* Lloyd's iteration from `centres`, which are moved in place: each point goes to its nearest
 * centre (of equals, the first), each centre to the mean of its points; one without points
 * takes the place of the point with the largest weighted error. owners receives the centre of
 * each point, or NULL. *distortion receives the mean squared distance, by weight, or NULL.
 * Errors as above. Sources: Lloyd, Bell Labs 1957, IEEE Trans. IT 28(2), 1982; Linde, Buzo,
 * Gray, IEEE Trans. Comm. 28(1), 1980. */
BC_API BC_NODISCARD bc_status bc_codebook_refine(const bc_points *points, uint32_t k,
                                                 const bc_codebook_rules *rules, float *centres,
                                                 uint32_t *owners, double *distortion,
                                                 bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
