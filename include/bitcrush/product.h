/* Products: what rounding two factors does to their product, and to a sum of many such products. */
#ifndef BITCRUSH_PRODUCT_H
#define BITCRUSH_PRODUCT_H

#include "bitcrush/quantize.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    double a, b;    /* the factors, rounded */
    double product; /* of these */
    double error;   /* product - a * b of the exact factors */
    double error_a; /* what the rounding of a alone adds: (rounded a - a) * b */
    double error_b;
} bc_product;

/* a * b with both factors rounded to the nearest mark of `grid` laid by `scale`. */
BC_API bc_product bc_product_rounded(const bc_grid *grid, const bc_scale *scale, double a,
                                     double b);

/* The two's complement fixed point that has room for both factors: `bits` (1..32) with the point
 * after the smallest power of two above both magnitudes, so that the step is a power of two,
 * too. */
BC_API BC_NODISCARD bc_status bc_product_fixed_point(int bits, double a, double b, bc_grid *grid,
                                                     bc_scale *scale, bc_error *err);

/* The error of a dot product of n_terms terms a_i * b_i, a_i uniform in (-|a|, |a|), b_i in
 * (-|b|, |b|), both rounded: root mean square over n_trials of them, with the noise of `seed`.
 * *signal receives the root mean square of the exact dot products, or NULL. */
BC_API double bc_dot_error_measured(const bc_grid *grid, const bc_scale *scale, double a, double b,
                                    uint32_t n_terms, uint32_t n_trials, uint64_t seed,
                                    double *signal);

/* What theory expects of it on an affine grid where nothing clips: rounding errors are uniform and
 * independent, variance q = step^2 / 12, so that a term has the error variance
 * q (a^2 + b^2) / 3 + q^2, and n_terms of them n_terms times as much. NaN on other grids. */
BC_API double bc_dot_error_expected(const bc_grid *grid, const bc_scale *scale, double a, double b,
                                    uint32_t n_terms);

#ifdef __cplusplus
}
#endif
#endif
