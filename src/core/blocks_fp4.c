/* Knows the block formats of GGML whose codes are the float E2M1: mxfp4 with a power of two for 32
 * weights, nvfp4 with a float of 8 bits for 16. Scales are kept halved and the values doubled, so
 * that those are whole numbers. */
#include "core/block_parts.h"
#include "core/block_values.h"

#include <math.h>

/* The nearest value of bci_e2m1_doubled * s; ties go toward zero, and negative zero does not
 * occur. */
static void nearest_codes(const float *x, size_t n, float s, uint8_t *codes)
{
    s = s > 0.0f ? s : INFINITY; /* all codes are 0 then */
    for (size_t j = 0; j < n; j++) {
        const uint32_t bits = bci_f32_bits(x[j]);
        const float magnitude = bci_f32_of(bits & 0x7FFFFFFF);
        const int code = (magnitude > 0.5f * s) + (magnitude > 1.5f * s) + (magnitude > 2.5f * s) +
                         (magnitude > 3.5f * s) + (magnitude > 5.0f * s) + (magnitude > 7.0f * s) +
                         (magnitude > 10.0f * s);

        codes[j] = (uint8_t)(code ? code | (int)(bits >> 31 << 3) : 0);
    }
}

static void values(const uint8_t *packed, size_t n, float s, float *y)
{
    for (size_t j = 0; j < n / 2; j++) {
        y[j] = (float)bci_e2m1_doubled[packed[j] & 15] * s;
        y[n / 2 + j] = (float)bci_e2m1_doubled[packed[j] >> 4] * s;
    }
}

/* ---- mxfp4 */

/* floor(log2f(amax)) + 125 as GGML has it, not below 0. A logarithm just below a whole number k
 * rounds up to it in 24 bits: for the `below` floats under 2^k, where |k| has as many bits as the
 * index says. */
static uint8_t shared_exponent(float amax)
{
    static const uint32_t below[] = { 0, 0, 1, 2, 5, 11, 22, 44 };
    const uint32_t bits = bci_f32_bits(amax);
    const int k = (int)(bits >> 23) + 1 - 127; /* amax < 2^k */
    uint32_t magnitude = (uint32_t)(k > 0 ? k - 1 : -k);
    size_t n_bits = 0;

    for (; magnitude; magnitude >>= 1)
        n_bits++;

    const int floor_log2 = 0x800000 - (bits & 0x7FFFFF) <= below[n_bits] ? k : k - 1;

    return (uint8_t)(floor_log2 > -125 ? floor_log2 + 125 : 0);
}

void BCI_ENCODE(mxfp4)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    enum { N = 32 };
    bci_block_mxfp4 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N];
        const float *v = bci_finite(x + k * N, N, room);
        uint8_t codes[N];

        block->e = shared_exponent(bci_largest(v, N));
        nearest_codes(v, N, bci_half_power(block->e), codes);
        bci_pack_nibbles(codes, N, block->q);
    }
}

void BCI_DECODE(mxfp4)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 32 };
    const bci_block_mxfp4 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++)
        values(block->q, N, bci_half_power(block->e), y + k * N);
}

/* ---- nvfp4 */

/* x >= 0 as E4M3 without sign: halves go up, all from 248 on is 448. */
static uint8_t scale_code(float x)
{
    const uint32_t bits = bci_f32_bits(x);
    const int32_t code = (int32_t)((bits + 0x80000) >> 20) - (120 << 3);

    if (bits < 121u << 23) { /* below 2^-6: units of 2^-9 */
        const int32_t units = (int32_t)(x * 512.0f + 0.5f);

        return (uint8_t)(units < 7 ? units : 7);
    }
    return (uint8_t)(code < 15 << 3 ? code : 0x7E);
}

enum { SUB = 16 };

void BCI_ENCODE(nvfp4)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_nvfp4 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++)
        for (size_t s = 0; s < 4; s++, x += SUB) {
            float room[SUB];
            const float *v = bci_finite(x, SUB, room);
            uint8_t codes[SUB];

            block->d[s] = scale_code(bci_largest(v, SUB) / 6.0f);
            nearest_codes(v, SUB, bci_ue4m3_value(block->d[s]) * 0.5f, codes);
            bci_pack_nibbles(codes, SUB, block->q + s * SUB / 2);
        }
}

void BCI_DECODE(nvfp4)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_nvfp4 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++)
        for (size_t s = 0; s < 4; s++, y += SUB)
            values(block->q + s * SUB / 2, SUB, bci_ue4m3_value(block->d[s]) * 0.5f, y);
}
