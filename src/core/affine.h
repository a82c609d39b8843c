/* Shared-internal: an affine grid under a scale, as the vector kernels see it. */
#ifndef BCI_AFFINE_H
#define BCI_AFFINE_H

#include <stdbool.h>

#include "bitcrush/quantize.h"

/* position = (x - offset) * inv + zero; value = (code - origin) / den * gain + offset. When
 * truncating, inv holds the shift_gain of the grid too, and zero leaves out its rise; else zero and
 * origin are the same. */
typedef struct {
    float inv, den, gain, offset, zero, origin, lo, hi;
    bool truncate;
} bci_affine_f32;

typedef struct {
    double inv, den, gain, offset, zero, origin, lo, hi;
    bool truncate;
} bci_affine_f64;

bci_affine_f64 bci_affine_of(const bc_grid *g, const bc_scale *s, bc_rounding rounding);

#endif
