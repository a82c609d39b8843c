/* The sRGB transfer function (IEC 61966-2-1): coded value <-> linear light, both 0..1.
 * Computed with IEEE basic operations only, so that every platform gets the same bits. */
#ifndef BITCRUSH_LIGHT_H
#define BITCRUSH_LIGHT_H

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Linear light of a coded value; values outside 0..1 are clamped. */
BC_API double bc_light_from_coded(double coded);

/* Coded value of a linear light; values outside 0..1 are clamped. */
BC_API double bc_coded_from_light(double light);

#ifdef __cplusplus
}
#endif
#endif
