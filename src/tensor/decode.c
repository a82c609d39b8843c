/* Knows the bits of the floats that weights are stored in: IEEE 754 and bfloat16, OCP OFP8
 * (E4M3, E5M2), OCP MX (E8M0), and the FNUZ variants (one more on the bias, no infinity, no
 * negative zero: 0x80 is the only NaN). */
#include "tensor/decode.h"

#include <stdint.h>
#include <string.h>

static float float_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint32_t u16_at(const uint8_t *p)
{
    return (uint32_t)(p[0] | p[1] << 8);
}

static uint32_t u32_at(const uint8_t *p)
{
    return u16_at(p) | u16_at(p + 2) << 16;
}

void bci_decode_f64(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = u32_at(in + 8 * i) | (uint64_t)u32_at(in + 8 * i + 4) << 32;
        double x;

        memcpy(&x, &bits, sizeof x);
        out[i] = (float)x;
    }
}

void bci_decode_f32(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++)
        out[i] = float_of(u32_at(in + 4 * i));
}

/* With the exponent in its place a product with 2^112 corrects the bias and makes subnormals
 * normal; what reaches 2^16 is infinity or NaN. */
void bci_decode_f16(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++) {
        const uint32_t h = u16_at(in + 2 * i);
        const uint32_t magnitude = bits_of(float_of((h & 0x7FFF) << 13) * 0x1p112f);
        const uint32_t special = (h & 0x7C00) == 0x7C00 ? 0x7F800000 : 0;

        out[i] = float_of(magnitude | special | (h & 0x8000) << 16);
    }
}

void bci_decode_bf16(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++)
        out[i] = float_of(u16_at(in + 2 * i) << 16);
}

/* The magnitude of 7 bits: exponent above `mantissa_bits`, subnormals included. */
static float magnitude_of(uint32_t bits, int mantissa_bits, int bias)
{
    const uint32_t hidden = 1u << mantissa_bits;
    const uint32_t mantissa = bits & (hidden - 1);
    const int exponent = (int)(bits >> mantissa_bits);
    const int unit = (exponent ? exponent : 1) - bias - mantissa_bits;

    return (float)(exponent ? hidden + mantissa : mantissa) *
           float_of((uint32_t)(unit + 127) << 23);
}

static void decode_by_table(const uint32_t table[256], const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++)
        memcpy(&out[i], &table[in[i]], sizeof *out);
}

enum { INF_BITS = 0x7F800000, NAN_BITS = 0x7FC00000 };

void bci_decode_e4m3(const void *blocks, size_t n, float *out)
{
    uint32_t table[256];

    for (uint32_t i = 0; i < 256; i++)
        table[i] = ((i & 0x7F) == 0x7F ? NAN_BITS : bits_of(magnitude_of(i & 0x7F, 3, 7))) |
                   (i & 0x80) << 24;
    decode_by_table(table, blocks, n, out);
}

void bci_decode_e5m2(const void *blocks, size_t n, float *out)
{
    uint32_t table[256];

    for (uint32_t i = 0; i < 256; i++)
        table[i] = ((i & 0x7F) > 0x7C    ? NAN_BITS
                    : (i & 0x7F) == 0x7C ? INF_BITS
                                         : bits_of(magnitude_of(i & 0x7F, 2, 15))) |
                   (i & 0x80) << 24;
    decode_by_table(table, blocks, n, out);
}

static void decode_fnuz(int mantissa_bits, int bias, const void *blocks, size_t n, float *out)
{
    uint32_t table[256];

    for (uint32_t i = 0; i < 256; i++)
        table[i] = bits_of(magnitude_of(i & 0x7F, mantissa_bits, bias)) | (i & 0x80) << 24;
    table[0x80] = NAN_BITS;
    decode_by_table(table, blocks, n, out);
}

void bci_decode_e4m3fnuz(const void *blocks, size_t n, float *out)
{
    decode_fnuz(3, 8, blocks, n, out);
}

void bci_decode_e5m2fnuz(const void *blocks, size_t n, float *out)
{
    decode_fnuz(2, 16, blocks, n, out);
}

/* 2^(e - 127): the exponent field of a float, but for 2^-127, which is subnormal there. */
void bci_decode_e8m0(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++) {
        const uint32_t e = in[i];

        out[i] = float_of(e == 0 ? 0x00400000 : e == 255 ? NAN_BITS : e << 23);
    }
}
