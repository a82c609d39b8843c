/* Shared-internal: a group of weights under a scale, and the scale of the least squared error. */
#ifndef BCI_BLOCK_FIT_H
#define BCI_BLOCK_FIT_H

#include "core/block_layout.h"

enum { BCI_FEW_VALUES = 16 };

/* The values of a format, in order. */
typedef struct {
    bci_ladder ladder;
    float limits[BCI_FEW_VALUES - 1]; /* half way between values, of few without a step */
} bci_fitter;

void bci_fitter_for(const bc_block_codes *codes, bci_fitter *out);

/* A group of weights and what the square of the error of each counts. */
typedef struct {
    const float *x, *weight;
    size_t n; /* a multiple of 8, at most BCI_MAX_BLOCK */
} bci_group;

/* q: the values of the ladder nearest to x under a scale and a minimum. */
void bci_fit_nearest(const bci_fitter *s, const bci_group *g, float scale, float minimum, float *q);

/* The same, and the sum of weighted squares that q * scale - minimum leaves of x. */
float bci_error_under(const bci_fitter *s, const bci_group *g, float scale, float minimum,
                      float *q);

/* The code of a value of the ladder. */
uint8_t bci_code_of(const bci_fitter *s, float value);

/* Weighted sums of squares and products, for fits of x ~ q * scale - r * minimum. */
typedef struct {
    double qq, qr, rr, xq, xr;
} bci_fit_sums;

/* Add a group whose values, and ones, count `scale` and `minimum` times. */
void bci_add_group(const bci_group *g, const float *q, float scale, float minimum,
                   bci_fit_sums *to);

/* Scale and minimum of the least squares. is_positive: a minimum below 0 becomes 0. False where the
 * sums do not say. */
bool bci_solve(const bci_fit_sums *m, bool has_minimum, bool is_positive, float *scale,
               float *minimum);

#endif
