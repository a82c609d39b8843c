/* Double quantization of bitsandbytes: the largest magnitudes of blocks (the absmax of "nf4" and
 * "fp4"), less their mean, as bytes under a 32-bit float for 256 of them. That takes 0.127 bits for
 * a weight in blocks of 64, in place of 0.5. Source: Dettmers et al., QLoRA, 2023, section 3; the
 * byte is the signed dynamic type of Dettmers, 8-Bit Approximations for Parallelism in Deep
 * Learning, 2016. */
#ifndef BITCRUSH_NESTED_H
#define BITCRUSH_NESTED_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_NESTED_LENGTH 256 /* numbers under one scale */

/* The 256 rising values of a byte, -0.993..1: decades from 1e-6 up, each cut into twice the pieces
 * of the one below. Files carry theirs along, which may differ in the last place. */
BC_API void bc_nested_map(float map[256]);

/* The mean of n finite numbers, summed in double; 0 of none. */
BC_API float bc_nested_offset(const float *absmax, size_t n);

/* codes: the nearest of map * scale + offset for each of n finite numbers, ties down. scales: one
 * for each 256 of them, the last may be for fewer. */
BC_API void bc_nested_encode(const float map[256], float offset, const float *absmax, size_t n,
                             uint8_t *codes, float *scales);

/* absmax[i] = map[codes[i]] * scales[i / 256] + offset. */
BC_API void bc_nested_decode(const float map[256], float offset, const uint8_t *codes,
                             const float *scales, size_t n, float *absmax);

#ifdef __cplusplus
}
#endif
#endif
