/* Floating-point numbers of 16 bits: IEEE 754 binary16 ("half") and bfloat16. Numbers are rounded
 * to nearest, ties to even, subnormals included; what is too large becomes infinite. Every NaN
 * becomes the quiet NaN 0x7E00 of binary16 with its sign; bfloat16 keeps the high bits of its
 * payload and makes it quiet. Widening is exact. The rows "f16" and "bf16" of blocks.h convert
 * arrays. */
#ifndef BITCRUSH_HALF_H
#define BITCRUSH_HALF_H

#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

BC_API uint16_t bc_f16_from_f32(float x);
BC_API float bc_f16_to_f32(uint16_t bits);
BC_API uint16_t bc_bf16_from_f32(float x);
BC_API float bc_bf16_to_f32(uint16_t bits);

#ifdef __cplusplus
}
#endif
#endif
