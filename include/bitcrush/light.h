/* Transfer functions: coded value <-> linear light, both 0..1. Computed with IEEE basic
 * operations only, so that every platform gets the same bits. */
#ifndef BITCRUSH_LIGHT_H
#define BITCRUSH_LIGHT_H

#include <stddef.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    BC_TRANSFER_SRGB,  /* IEC 61966-2-1 */
    BC_TRANSFER_POWER, /* light = coded^exponent */
} bc_transfer_kind;

/* How coded values stand for light; all zero is sRGB. */
typedef struct {
    bc_transfer_kind kind;
    double exponent; /* of a power, BC_MIN_EXPONENT..BC_MAX_EXPONENT; 1: already linear */
} bc_transfer;

/* Inside of these, the levels of 16 bits can be told apart in float32. */
#define BC_MIN_EXPONENT 0.125
#define BC_MAX_EXPONENT 8.0

/* Linear light of a coded value, within 1e-12; values outside 0..1 are clamped, NaN is 0.
 * NULL is sRGB. */
BC_API double bc_transfer_decode(const bc_transfer *transfer, double coded);

/* Coded value of a linear light, likewise. */
BC_API double bc_transfer_encode(const bc_transfer *transfer, double light);

/* "sRGB", "linear" or "gamma 2.2", to `text` of `size` bytes (32 are enough). */
BC_API void bc_transfer_name(const bc_transfer *transfer, char *text, size_t size);

/* The same for sRGB. */
BC_API double bc_light_from_coded(double coded);
BC_API double bc_coded_from_light(double light);

#ifdef __cplusplus
}
#endif
#endif
