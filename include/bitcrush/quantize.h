/* The one path: position -> + noise -> round -> value, for every grid. */
#ifndef BITCRUSH_QUANTIZE_H
#define BITCRUSH_QUANTIZE_H

#include "bitcrush/grid.h"
#include "bitcrush/scale.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    BC_ROUND_NEAREST, /* ties to the even code */
    /* The bit shift of the textbooks. Integers: floor, as an arithmetic right shift does;
     * on the n-bit uniform grid the code of x is floor(x 2^n), which is v >> (b - n) for
     * every b-bit v = x (2^b - 1); on the mid-rise grid it is floor(x 2^(n-1)), which is the
     * nearest mark there. Where v / (2^b - 1) is rounded to float32 that would not hold beside the
     * edges of the cells: there x is lowered by 2^-17 of itself, and it holds up to b = 16. Floats:
     * mantissa bits cut off, toward zero; never to infinity. */
    BC_ROUND_TRUNCATE,
} bc_rounding;

/* What tools do with NaN and infinity in data, and with what would become infinite or NaN in the
 * output: a number that its format, or the scale of its block, cannot hold. */
typedef enum {
    BC_NONFINITE_ERROR,    /* the first one ends the run, BC_E_FORMAT */
    BC_NONFINITE_SATURATE, /* infinity and what is not held become the largest finite value, an
                            * error that is measured; NaN ends the run */
    BC_NONFINITE_ZERO,     /* NaN and infinity of the input count as 0; what is not held ends the
                            * run */
    BC_NONFINITE_KEEP,     /* they stay, and what is not held becomes infinite, an infinite error;
                            * only where the output has infinity */
} bc_nonfinite;

/* Quantize x[0..n) on `grid` laid by `scale`. noise is in steps, n values, or NULL for
 * none. y receives the values and codes the codes; either may be NULL; y may be x.
 * Positions beyond the ends take the end codes. Infinities do too (on BC_FLOAT_IEEE grids
 * they stay infinities); NaN takes bc_grid_nan_code and its value: NaN where the grid has
 * it, else that of the code nearest to 0. A scale whose gain is 0, or so small that 1 / gain
 * overflows a double, gives value `offset` for all finite x. Cannot fail and does not
 * allocate. */
BC_API void bc_quantize_f32(const bc_grid *grid, const bc_scale *scale, bc_rounding rounding,
                            const float *x, const float *noise, size_t n, float *y, int32_t *codes);
BC_API void bc_quantize_f64(const bc_grid *grid, const bc_scale *scale, bc_rounding rounding,
                            const double *x, const double *noise, size_t n, double *y,
                            int32_t *codes);

/* Values of codes under a scale: y[i] = offset + gain * value(codes[i]). */
BC_API void bc_dequantize_f32(const bc_grid *grid, const bc_scale *scale, const int32_t *codes,
                              size_t n, float *y);
BC_API void bc_dequantize_f64(const bc_grid *grid, const bc_scale *scale, const int32_t *codes,
                              size_t n, double *y);

/* Name of the CPU level in use: "baseline" (on arm64 with NEON), "v2", "v3" or "v4". The
 * environment variable BITCRUSH_CPU forces a lower one; a name that is unknown or not supported by
 * the machine is BC_E_USAGE from bc_cpu_check and otherwise ignored. */
BC_API const char *bc_cpu_level(void);
BC_API BC_NODISCARD bc_status bc_cpu_check(bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
