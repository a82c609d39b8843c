/* Knows the block formats of bitsandbytes: 64 weights over their largest magnitude, a 32-bit float,
 * each the nearest of 16 fixed numbers. The first of two codes is in the high nibble. */
#include "core/block_packing.h"
#include "core/block_values.h"
#include "core/nearest.h"

enum { N = 64 };

/* Where a magnitude passes to the next larger value, with the digits that bitsandbytes has, and the
 * codes in the order of their values. */
static const float fp4_limits[7] = { 0.00260417f, 0.0859375f, 0.20833333f, 0.29166667f,
                                     0.4166667f,  0.583333f,  0.8333333f };
static const uint8_t fp4_codes[8] = { 0, 1, 6, 7, 4, 5, 2, 3 };

static void store_f32(uint8_t *p, float x)
{
    const uint32_t bits = bci_f32_bits(x);

    for (size_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(bits >> 8 * i);
}

static float load_f32(const uint8_t *p)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 4; i++)
        bits |= (uint32_t)p[i] << 8 * i;
    return bci_f32_of(bits);
}

/* Stores the largest magnitude and gives the numbers over it, -1..1. */
static void normalize(const float *x, uint8_t *absmax, float *scaled)
{
    float room[N];
    const float *v = bci_finite(x, N, room);
    const float largest = bci_largest(v, N);
    const float inverse = 1.0f / (largest > 1e-38f ? largest : 1e-38f);

    store_f32(absmax, largest);
    for (size_t j = 0; j < N; j++) {
        const float s = v[j] * inverse;

        scaled[j] = s > 1.0f ? 1.0f : s < -1.0f ? -1.0f : s;
    }
}

static void values(const uint8_t *q, const float *table, float absmax, float *y)
{
    for (size_t j = 0; j < N / 2; j++) {
        y[2 * j] = table[q[j] >> 4] * absmax;
        y[2 * j + 1] = table[q[j] & 15] * absmax;
    }
}

void BCI_ENCODE(nf4)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_bnb *block = out;
    float middles[15];

    (void)importance;
    for (size_t i = 0; i < 15; i++)
        middles[i] = (bci_nf4_values[i] + bci_nf4_values[i + 1]) * 0.5f;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float scaled[N];
        int32_t places[N];
        uint8_t codes[N];

        normalize(x + k * N, block->absmax, scaled);
        bci_marks_passed(middles, 15, scaled, N, places);
        for (size_t j = 0; j < N; j++)
            codes[j] = (uint8_t)places[j];
        bci_pack_high_first(codes, N, block->q);
    }
}

void BCI_DECODE(nf4)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_bnb *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++)
        values(block->q, bci_nf4_values, load_f32(block->absmax), y + k * N);
}

void BCI_ENCODE(fp4)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_bnb *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float scaled[N], magnitudes[N];
        int32_t places[N];
        uint8_t codes[N];

        normalize(x + k * N, block->absmax, scaled);
        for (size_t j = 0; j < N; j++)
            magnitudes[j] = bci_f32_of(bci_f32_bits(scaled[j]) & 0x7FFFFFFF);
        bci_marks_passed(fp4_limits, 7, magnitudes, N, places);
        for (size_t j = 0; j < N; j++)
            codes[j] = (uint8_t)(fp4_codes[places[j]] | (scaled[j] < 0.0f) << 3);
        bci_pack_high_first(codes, N, block->q);
    }
}

void BCI_DECODE(fp4)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_bnb *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++)
        values(block->q, bci_fp4_values, load_f32(block->absmax), y + k * N);
}
