/* Knows the block formats of OCP Microscaling (MX) 1.0: 32 small floats or integers under a power
 * of two, which puts the largest of them into the top binade; and the float E2M1 under scales E4M3
 * as checkpoints of NVIDIA's Model Optimizer have it. Elements are rounded to nearest, ties to
 * even, and saturate. MX leaves the order in memory open: here codes follow each other, low bits
 * first. */
#include "core/block_packing.h"
#include "core/block_values.h"

#include <math.h>

enum { N = 32, SUB = 16 };

static inline uint8_t code_of(const bci_element *e, float x)
{
    const uint32_t bits = bci_f32_bits(x), magnitude = bits & 0x7FFFFFFF;
    const int shift = 23 - e->mantissa_bits;
    const uint32_t even = (1u << (shift - 1)) - 1 + (magnitude >> shift & 1);
    const uint32_t rebias = (uint32_t)(127 - e->bias);
    const uint32_t normal = ((magnitude + even) >> shift) - (rebias << e->mantissa_bits);
    /* Subnormals count units of the last place of a power of two. */
    const uint32_t unit = (rebias + 1 + (uint32_t)shift) << 23;
    const uint32_t tiny = bci_f32_bits(bci_f32_of(magnitude) + bci_f32_of(unit)) - unit;
    uint32_t code = magnitude < (rebias + 1) << 23 ? tiny : normal;

    code = code < e->top ? code : e->top;
    return (uint8_t)(code | bits >> 31 << (e->bits - 1));
}

/* E8M0: the exponent of the power of two that the largest magnitude is divided by, plus 127. */
static inline uint8_t shared_exponent(float largest, int top_exponent)
{
    const int e = (int)(bci_f32_bits(largest) >> 23) - top_exponent;

    return (uint8_t)(e > 0 ? e : 0);
}

/* The inverse of 2^(e - 127); e is at most 254, and 2^-127 a subnormal. */
static inline float inverse_power(uint8_t e)
{
    return bci_power((uint8_t)(254 - e));
}

/* A block is its exponent and N codes. */
static inline void encode(const bci_element *e, const float *x, size_t n_blocks, uint8_t *out)
{
    for (size_t k = 0; k < n_blocks; k++, out += 1 + N * e->bits / 8) {
        float room[N];
        const float *v = bci_finite(x + k * N, N, room);
        uint8_t codes[N];

        out[0] = shared_exponent(bci_largest(v, N), e->top_exponent);

        const float inverse = inverse_power(out[0]);

        for (size_t j = 0; j < N; j++)
            codes[j] = code_of(e, v[j] * inverse);
        bci_pack_string(codes, N, e->bits, out + 1);
    }
}

static inline void decode(const bci_element *e, const uint8_t *block, size_t n_blocks, float *y)
{
    for (size_t k = 0; k < n_blocks; k++, block += 1 + N * e->bits / 8) {
        const float scale = bci_power(block[0]);
        uint8_t codes[N];

        bci_unpack_string(block + 1, N, e->bits, codes);
        for (size_t j = 0; j < N; j++)
            y[k * N + j] = bci_element_value(e, codes[j]) * scale;
    }
}

/* The two functions of a row, which have no room for its element. */
#define ROW(name, element)                                                                         \
    void BCI_ENCODE(name)(const float *x, const float *importance, size_t n_blocks, void *out)     \
    {                                                                                              \
        (void)importance;                                                                          \
        encode(&element, x, n_blocks, out);                                                        \
    }                                                                                              \
    void BCI_DECODE(name)(const void *blocks, size_t n_blocks, float *y)                           \
    {                                                                                              \
        decode(&element, blocks, n_blocks, y);                                                     \
    }

ROW(mxfp8_e5m2, bci_e5m2)
ROW(mxfp8_e4m3, bci_e4m3)
ROW(mxfp6_e3m2, bci_e3m2)
ROW(mxfp6_e2m3, bci_e2m3)
ROW(mxfp4_e2m1, bci_e2m1)

/* ---- mxint8: whole multiples of 1/64, -127..127 */

void BCI_ENCODE(mxint8)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_mx8 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N];
        const float *v = bci_finite(x + k * N, N, room);

        block->e = shared_exponent(bci_largest(v, N), 0);

        const float inverse = inverse_power(block->e);

        for (size_t j = 0; j < N; j++) {
            float c = v[j] * inverse * 64.0f;

            c = c < 127.0f ? c : 127.0f;
            c = c > -127.0f ? c : -127.0f;
            c = (c + 12582912.0f) - 12582912.0f;
            block->q[j] = (uint8_t)(int32_t)c;
        }
    }
}

void BCI_DECODE(mxint8)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_mx8 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float scale = bci_power(block->e);

        for (size_t j = 0; j < N; j++)
            y[k * N + j] = (float)(int8_t)block->q[j] * 0x1p-6f * scale;
    }
}

/* ---- nvfp4 of Model Optimizer: the largest magnitude at 6 */

void BCI_ENCODE(nvfp4_modelopt)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_nvfp4_modelopt *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[SUB];
        const float *v = bci_finite(x + k * SUB, SUB, room);
        uint8_t codes[SUB] = { 0 };

        block->d = code_of(&bci_e4m3, bci_largest(v, SUB) / 6.0f);

        const float scale = bci_element_value(&bci_e4m3, block->d);

        for (size_t j = 0; scale > 0.0f && j < SUB; j++)
            codes[j] = code_of(&bci_e2m1, v[j] / scale);
        bci_pack_string(codes, SUB, 4, block->q);
    }
}

void BCI_DECODE(nvfp4_modelopt)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_nvfp4_modelopt *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float scale = bci_element_value(&bci_e4m3, block->d);

        uint8_t codes[SUB];

        bci_unpack_string(block->q, SUB, 4, codes);
        for (size_t j = 0; j < SUB; j++)
            y[k * SUB + j] = bci_element_value(&bci_e2m1, codes[j]) * scale;
    }
}
