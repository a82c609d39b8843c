/* Levels: how loud a signal is, and how many bits it really uses. Where a signal and its
 * reconstruction are compared, bc_error_sums of measure.h has the error. */
#ifndef BITCRUSH_LEVEL_H
#define BITCRUSH_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_LEVEL_LANES 8

/* Sums over the samples of one signal. Zero it to start. Samples that are not finite are counted
 * in n_nonfinite and nowhere else. */
typedef struct {
    uint64_t n; /* finite samples */
    uint64_t n_nonfinite;
    double sum[BC_LEVEL_LANES], sum2[BC_LEVEL_LANES]; /* sample i in lane i % BC_LEVEL_LANES */
    double peak;                                      /* largest magnitude */
} bc_level_sums;

/* Add n samples: any split into calls gives the same bits. */
BC_API void bc_level_add(bc_level_sums *s, const double *x, size_t n);

/* Mean (DC) and root mean square, in the units of the samples; NaN without samples. */
BC_API double bc_level_mean(const bc_level_sums *s);
BC_API double bc_level_rms(const bc_level_sums *s);

/* A mean square as dBFS of AES17: a sine between -1 and 1 is 0 dBFS, a square wave +3.01. */
BC_API double bc_level_dbfs(double mean_square);

/* The bits that samples really use: a 16-bit recording in a 24-bit file uses 16. Zero it to
 * start; any split into calls, in any order, gives the same. */
typedef struct {
    uint64_t places;  /* the lowest bit set is the last place used; bit i is worth 2^(i - 31) */
    uint64_t n_finer; /* samples with places beyond 2^-31, or not finite; the first such one ends
                       * the search */
} bc_used_bits;

/* Add n integer codes of `bits` bits (1..32), value code / 2^(bits - 1). */
BC_API void bc_used_bits_add_codes(bc_used_bits *u, int bits, const int32_t *codes, size_t n);

/* Add n samples of full scale 1. */
BC_API void bc_used_bits_add(bc_used_bits *u, const double *x, size_t n);

/* The least number of bits N for which all samples are integers times 2^(1 - N): 1..32; 0 where
 * all are 0, and 33 where 32 are not enough. */
BC_API int bc_used_bits_depth(const bc_used_bits *u);

#ifdef __cplusplus
}
#endif
#endif
