/* Shared-internal: binary16 and bfloat16 by selections without branches, so that loops over them
 * become vectors. Integers are little-endian in memory. */
#ifndef BCI_HALF_H
#define BCI_HALF_H

#include <stdint.h>
#include <string.h>

static inline uint32_t bci_f32_bits(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float bci_f32_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint16_t bci_f16_from_f32(float x)
{
    const uint32_t bits = bci_f32_bits(x);
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    /* The exponent is rebiased from 127 to 15; 13 bits of the mantissa are rounded away. */
    const uint32_t rounded = (magnitude + 0xFFF + (magnitude >> 13 & 1) - (112u << 23)) >> 13;
    /* Subnormals count units of 2^-24, which are units of the last place of 1/2. */
    const uint32_t tiny = bci_f32_bits(bci_f32_of(magnitude) + 0.5f) - 0x3F000000;
    uint32_t h = magnitude < 113u << 23 ? tiny : rounded;

    h = magnitude >= 143u << 23 || h > 0x7C00 ? 0x7C00 : h;
    h = magnitude > 255u << 23 ? 0x7E00 : h;
    return (uint16_t)((bits >> 16 & 0x8000) | h);
}

static inline float bci_f16_to_f32(uint16_t h)
{
    const uint32_t magnitude = h & 0x7FFFu;
    const uint32_t shifted = magnitude << 13;
    const uint32_t tiny = bci_f32_bits((float)(int32_t)magnitude * 0x1p-24f);
    uint32_t bits = shifted + (112u << 23);

    bits = magnitude < 0x400 ? tiny : bits;
    bits = magnitude >= 0x7C00 ? shifted | 255u << 23 : bits;
    return bci_f32_of(bits | (uint32_t)(h & 0x8000) << 16);
}

static inline uint16_t bci_bf16_from_f32(float x)
{
    const uint32_t bits = bci_f32_bits(x);
    const uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;

    return (uint16_t)((bits & 0x7FFFFFFF) > 255u << 23 ? bits >> 16 | 0x40 : rounded);
}

static inline float bci_bf16_to_f32(uint16_t bits)
{
    return bci_f32_of((uint32_t)bits << 16);
}

static inline void bci_store16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline uint16_t bci_load16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

/* A number stored as binary16; storing gives what was stored, widened. */
static inline float bci_load_f16(const uint8_t *p)
{
    return bci_f16_to_f32(bci_load16(p));
}

static inline float bci_store_f16(uint8_t *p, float x)
{
    const uint16_t h = bci_f16_from_f32(x);

    bci_store16(p, h);
    return bci_f16_to_f32(h);
}

#endif
