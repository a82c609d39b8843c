/* Knows the small float formats from their definitions: IEEE 754-2019, OCP 8-bit floating
 * point (OFP8) 1.0, OCP Microscaling (MX) 1.0. Decoding builds the bits of a double, rounding
 * is integer arithmetic on them: an independent witness for the float grids. */
#ifndef FLOAT_FORMATS_H
#define FLOAT_FORMATS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bits.h"

typedef struct {
    const char *name;
    int exponent_bits, mantissa_bits, bias;
    uint32_t max_bits;                     /* of the largest finite value */
    double max, min_normal, min_subnormal; /* as the definitions print them */
    bool has_infinity, has_nan;
} float_format;

static const float_format float_formats[] = {
    { "float32", 8, 23, 127, 0x7F7FFFFF, 0x1.FFFFFEp127, 0x1p-126, 0x1p-149, true, true },
    { "float16", 5, 10, 15, 0x7BFF, 65504.0, 0x1p-14, 0x1p-24, true, true },
    { "bfloat16", 8, 7, 127, 0x7F7F, 0x1.FEp127, 0x1p-126, 0x1p-133, true, true },
    { "e5m2", 5, 2, 15, 0x7B, 57344.0, 0x1p-14, 0x1p-16, true, true },
    { "e4m3", 4, 3, 7, 0x7E, 448.0, 0x1p-6, 0x1p-9, false, true },
    { "e3m2", 3, 2, 3, 0x1F, 28.0, 0.25, 0.0625, false, false },
    { "e2m3", 2, 3, 1, 0x1F, 7.5, 1.0, 0.125, false, false },
    { "e2m1", 2, 1, 1, 0x07, 6.0, 1.0, 0.5, false, false },
};

enum { N_FLOAT_FORMATS = sizeof float_formats / sizeof *float_formats };

/* 2^e for a normal double. */
static inline double power_of_two(int e)
{
    return f64_of((uint64_t)(e + 1023) << 52);
}

/* (-1)^S 2^(E - bias) (1 + M / 2^m), or M / 2^m with the exponent of E = 1 where E = 0. */
static inline double decode_bits(const float_format *f, uint32_t bits)
{
    const uint32_t magnitude = bits & ((UINT32_C(1) << (f->exponent_bits + f->mantissa_bits)) - 1);
    const int exponent = (int)(magnitude >> f->mantissa_bits);
    const uint64_t mantissa = magnitude & ((UINT32_C(1) << f->mantissa_bits) - 1);
    double v;

    if (magnitude > f->max_bits)
        v = f->has_infinity && magnitude == f->max_bits + 1 ? (double)INFINITY : (double)NAN;
    else if (exponent == 0)
        v = (double)mantissa * power_of_two(1 - f->bias - f->mantissa_bits);
    else
        v = f64_of((uint64_t)(exponent - f->bias + 1023) << 52 | mantissa
                                                                     << (52 - f->mantissa_bits));
    return bits >> (f->exponent_bits + f->mantissa_bits) & 1 ? -v : v;
}

typedef enum { TIES_TO_EVEN, TOWARD_ZERO } float_rounding;

/* The stored magnitude (all bits but the sign) of a finite x. Overflow: to infinity when
 * rounding to nearest (IEEE 754-2019, 4.3.1) where there is one, else to the largest. */
static inline uint32_t round_bits(const float_format *f, double x, float_rounding rounding)
{
    const uint64_t bits = f64_bits(x) & ~(UINT64_C(1) << 63);
    const int field = (int)(bits >> 52);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const uint64_t significand = field ? fraction | UINT64_C(1) << 52 : fraction;
    const int unit = (field ? field : 1) - 1075; /* x = significand * 2^unit */
    const int e_min = 1 - f->bias;
    const int e = field - 1023 > e_min ? field - 1023 : e_min; /* binade of x */
    const int shift = e - f->mantissa_bits - unit; /* bits that do not fit; at least 29 */
    uint64_t kept = 0, lost = significand, half = UINT64_MAX;

    if (shift < 54) {
        kept = significand >> shift;
        lost = significand & ((UINT64_C(1) << shift) - 1);
        half = UINT64_C(1) << (shift - 1);
    }
    if (rounding == TIES_TO_EVEN && (lost > half || (lost == half && kept & 1)))
        kept++;

    const uint64_t magnitude = ((uint64_t)(e - e_min) << f->mantissa_bits) + kept;

    if (magnitude <= f->max_bits)
        return (uint32_t)magnitude;
    return f->max_bits + (f->has_infinity && rounding == TIES_TO_EVEN);
}

#endif
