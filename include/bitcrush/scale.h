/* Scales: how a grid is laid on data.
 *
 * data = offset + gain * (value(code) - value(zero)): `gain` stretches the ruler,
 * `offset` shifts it in the units of the data, `zero` (affine grids only) is the
 * integer code that stands for 0. The identity, {1, 0, 0}, is full scale. */
#ifndef BITCRUSH_SCALE_H
#define BITCRUSH_SCALE_H

#include "bitcrush/grid.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    double gain;   /* >= 0; 0 means that all data of the group equal `offset` */
    double offset; /* in units of the data */
    int32_t zero;  /* zero-point, a code; 0 on grids that are not affine */
} bc_scale;

typedef enum {
    BC_SCALE_FULL,       /* gain 1: the data already are on the ruler */
    BC_SCALE_ABSMAX,     /* the largest magnitude on the largest code */
    BC_SCALE_MINMAX,     /* the smallest value on code lo, the largest on hi */
    BC_SCALE_ZERO_POINT, /* min-max widened to hold 0, and 0 is exactly a code */
    BC_SCALE_PERCENTILE, /* absmax of the data without its largest 100 - p percent; with zero-point
                          * on affine grids with lo = 0 */
    BC_SCALE_ABSMEAN,    /* the mean magnitude on the largest code, larger ones saturate: on "int2"
                          * BitNet b1.58 (Ma et al. 2024), on a codebook of -1 and 1 XNOR-Net
                          * (Rastegari et al. 2016) */
    BC_SCALE_MSE,        /* the least mean square error: a search, see below; with zero-point on
                          * affine grids with lo = 0 */
} bc_scale_method;

/* Which samples share a scale. */
typedef enum {
    BC_PER_WHOLE,   /* all */
    BC_PER_CHANNEL, /* every n-th sample, n interleaved channels */
    BC_PER_ROW,     /* runs of row_length samples */
    BC_PER_BLOCK,   /* runs of block_length samples inside each row; a row's last may be short */
} bc_scale_group;

typedef struct {
    const char *name;
    const char *doc;
    bc_scale_method method;
} bc_scale_row;

/* The rows of the registry, in order; returns the number of rows. */
BC_API size_t bc_scale_rows(const bc_scale_row **out);

#define BC_SCALE_IDENTITY ((bc_scale){ 1.0, 0.0, 0 })

/* Fit a scale to x[0], x[stride], ... (n samples). Non-finite samples are left out.
 * An empty or all-zero group gives a scale under which it is stored exactly, and so does
 * an all-equal one (of a sign that the grid has), except for one unit in the last place
 * under BC_SCALE_ABSMAX and BC_SCALE_PERCENTILE on grids whose end marks are not -1 or 1,
 * and under BC_SCALE_ABSMEAN and BC_SCALE_MSE.
 * `percent` (0 < percent <= 100) is read by BC_SCALE_PERCENTILE only: the scale is the
 * smallest magnitude that at least that share of the samples does not exceed.
 * BC_SCALE_ABSMAX, BC_SCALE_PERCENTILE, BC_SCALE_ABSMEAN and BC_SCALE_MSE need a grid that ends
 * above 0 (not pcm1), BC_SCALE_ZERO_POINT an affine grid with lo = 0, BC_SCALE_MINMAX a grid with
 * two finite ends, else BC_E_USAGE. Percentile takes scratch memory from `scratch`, n doubles,
 * which may be NULL for the other methods. */
BC_API BC_NODISCARD bc_status bc_scale_fit_f32(bc_scale_method method, double percent,
                                               const bc_grid *grid, const float *x, size_t n,
                                               size_t stride, double *scratch, bc_scale *out,
                                               bc_error *err);
BC_API BC_NODISCARD bc_status bc_scale_fit_f64(bc_scale_method method, double percent,
                                               const bc_grid *grid, const double *x, size_t n,
                                               size_t stride, double *scratch, bc_scale *out,
                                               bc_error *err);

/* The search behind BC_SCALE_MSE, in pieces, for more samples than memory holds. It begins with the
 * scale of the whole extent (BC_SCALE_ABSMAX, or BC_SCALE_ZERO_POINT), takes the best of
 * BC_SCALE_TRIES even fractions of its gain (of equals, the least), and fits the gain to the codes
 * by least squares BC_SCALE_ROUNDS times; no step makes the error larger (Lloyd's iteration). */
#define BC_SCALE_TRIES  32
#define BC_SCALE_ROUNDS 4

/* Sums over samples x and what they become, y, under a scale without offset. Zero it to start. */
typedef struct {
    double error, xy, yy; /* of (y - x)^2, x y, y^2 */
} bc_scale_moments;

/* Try i, 0 <= i < BC_SCALE_TRIES; the last is `whole`. */
BC_API bc_scale bc_scale_shrunk(const bc_scale *whole, int i);

/* Add n samples. Those that are not finite count as 0. */
BC_API void bc_scale_add_moments(const bc_grid *grid, const bc_scale *scale, const float *x,
                                 size_t n, bc_scale_moments *m);

/* The gain of least error for the codes of `scale`, by the moments of all samples under it. */
BC_API bc_scale bc_scale_refined(const bc_scale *scale, const bc_scale_moments *m);

/* The shape that a grouping cuts into groups: n_rows rows of row_length samples. */
typedef struct {
    size_t n_rows, row_length;
    size_t n_channels;   /* BC_PER_CHANNEL: row_length is a multiple of it */
    size_t block_length; /* BC_PER_BLOCK: at least 1 */
} bc_shape;

/* One group: samples first, first + stride, ..., n of them. */
typedef struct {
    size_t first, n, stride;
} bc_group;

/* The number of groups of a shape, and the i-th of them. */
BC_API size_t bc_group_count(bc_scale_group per, const bc_shape *shape);
BC_API bc_group bc_group_at(bc_scale_group per, const bc_shape *shape, size_t i);

#ifdef __cplusplus
}
#endif
#endif
