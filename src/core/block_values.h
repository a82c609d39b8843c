/* Shared-internal: what codes and fields of blocks stand for. */
#ifndef BCI_BLOCK_VALUES_H
#define BCI_BLOCK_VALUES_H

#include "core/half.h"

/* iq4_nl, iq4_xs. */
static const int8_t bci_iq4_values[16] = { -127, -104, -83, -65, -49, -35, -22, -10,
                                           1,    13,   25,  38,  53,  69,  89,  113 };

/* nf4: quantiles of the normal distribution (Dettmers et al. 2023, appendix E). */
static const float bci_nf4_values[16] = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

/* fp4: 0, 1/16, 8, 12, 4, 6, 2, 3 twelfths, and the same negative. */
static const float bci_fp4_values[16] = {
    0.0f,  5.208333333e-03f,  0.66666667f,  1.0f,  0.33333333f,  0.5f,  0.16666667f,  0.25f,
    -0.0f, -5.208333333e-03f, -0.66666667f, -1.0f, -0.33333333f, -0.5f, -0.16666667f, -0.25f,
};

/* mxfp4, nvfp4 of GGML: E2M1 doubled, so that they are whole numbers. */
static const int8_t bci_e2m1_doubled[16] = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
};

/* Small floats: sign, exponent, mantissa. */
typedef struct {
    int mantissa_bits, bias, bits;
    uint32_t top; /* code of the largest finite magnitude */
    int top_exponent;
} bci_element;

static const bci_element bci_e5m2 = { 2, 15, 8, 0x7B, 15 };
static const bci_element bci_e4m3 = { 3, 7, 8, 0x7E, 8 };
static const bci_element bci_e3m2 = { 2, 3, 6, 31, 4 };
static const bci_element bci_e2m3 = { 3, 1, 6, 31, 2 };
static const bci_element bci_e2m1 = { 1, 1, 4, 7, 2 };

static inline float bci_element_value(const bci_element *e, uint32_t code)
{
    const uint32_t magnitude = code & ((1u << (e->bits - 1)) - 1);
    const int shift = 23 - e->mantissa_bits;
    const uint32_t rebias = (uint32_t)(127 - e->bias);
    const float unit = bci_f32_of((rebias + 1 - (uint32_t)e->mantissa_bits) << 23);
    const float tiny = (float)(int32_t)magnitude * unit;
    uint32_t bits = (magnitude << shift) + (rebias << 23);

    bits = magnitude < 1u << e->mantissa_bits ? bci_f32_bits(tiny) : bits;
    if (magnitude > e->top) /* infinity and NaN of E5M2, NaN of E4M3 */
        bits = e->bias == 15 && magnitude == 0x7C ? 0x7F800000 : 0x7FC00000;
    return bci_f32_of(bits | code >> (e->bits - 1) << 31);
}

/* E8M0: 2^(e - 127), NaN for 255. */
static inline float bci_power(uint32_t e)
{
    return bci_f32_of(e == 255 ? 0x7FC00000 : e ? e << 23 : 0x00400000);
}

/* 2^(e - 128), for values that are doubled; GGML has no NaN here. */
static inline float bci_half_power(uint32_t e)
{
    return bci_f32_of(e < 2 ? (uint32_t)0x00200000 << e : (e - 1) << 23);
}

/* The scale of GGML's nvfp4: E4M3 without sign, whose NaN reads as 0. */
static inline float bci_ue4m3_value(uint32_t code)
{
    const uint32_t magnitude = code & 0x7F;

    if (magnitude == 0x7F)
        return 0.0f;
    if (magnitude < 8)
        return (float)(int32_t)magnitude * 0x1p-9f;
    return bci_f32_of((magnitude << 20) + (120u << 23));
}

#endif
