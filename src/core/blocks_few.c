/* Knows the block formats of GGML with one or two bits, or a power of three, for a weight, and one
 * scale: q1_0, q2_0, tq1_0, tq2_0. */
#include "core/block_packing.h"

/* ---- q1_0: the mean magnitude with either sign */

void BCI_ENCODE(q1_0)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    enum { N = 128 };
    bci_block_q1_0 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N];
        const float *v = bci_finite(x + k * N, N, room);
        float sum = 0.0f;
        uint8_t signs[N];

        for (size_t j = 0; j < N; j++)
            sum += bci_f32_of(bci_f32_bits(v[j]) & 0x7FFFFFFF);
        bci_store_f16(block->d, sum / N);
        for (size_t j = 0; j < N; j++)
            signs[j] = v[j] >= 0.0f;
        bci_pack_bits(signs, N, 0, block->q);
    }
}

void BCI_DECODE(q1_0)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 128 };
    const bci_block_q1_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const uint32_t minus_d = bci_f32_bits(-bci_load_f16(block->d));

        for (size_t j = 0; j < N; j++)
            y[k * N + j] = bci_f32_of(minus_d ^ (uint32_t)(block->q[j / 8] >> j % 8 & 1) << 31);
    }
}

/* ---- ternary: the largest magnitude with either sign, or 0 */

/* Codes 0, 1, 2; returns d. */
static float trits(const float *x, size_t n, uint8_t *codes)
{
    const float d = bci_largest(x, n);
    const float inverse = bci_inverse(d);

    for (size_t j = 0; j < n; j++)
        codes[j] = (uint8_t)(bci_round_away(x[j] * inverse) + 1);
    return d;
}

void BCI_ENCODE(q2_0)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    enum { N = 64 };
    bci_block_q2_0 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N];
        uint8_t t[N];

        bci_store_f16(block->d, trits(bci_finite(x + k * N, N, room), N, t));
        bci_pack_quarters(t, N, block->q);
    }
}

void BCI_DECODE(q2_0)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 64 };
    const bci_block_q2_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d);

        uint8_t codes[N];

        bci_unpack_quarters(block->q, N, codes);
        for (size_t j = 0; j < N; j++)
            y[k * N + j] = (float)(codes[j] - 1) * d;
    }
}

void BCI_ENCODE(tq2_0)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    enum { N = 256 };
    bci_block_tq2_0 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N];
        uint8_t t[N];

        bci_store_f16(block->d, trits(bci_finite(x + k * N, N, room), N, t));
        bci_pack_far_quarters(t, block->q);
    }
}

void BCI_DECODE(tq2_0)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 256 };
    const bci_block_tq2_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d);

        uint8_t codes[N];

        bci_unpack_far_quarters(block->q, codes);
        for (size_t j = 0; j < N; j++)
            y[k * N + j] = (float)(codes[j] - 1) * d;
    }
}

void BCI_ENCODE(tq1_0)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    enum { N = 256 };
    bci_block_tq1_0 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N];
        uint8_t t[N];

        bci_store_f16(block->d, trits(bci_finite(x + k * N, N, room), N, t));
        bci_pack_trits(t, block);
    }
}

void BCI_DECODE(tq1_0)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 256 };
    const bci_block_tq1_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++, y += N) {
        const float d = bci_load_f16(block->d);

        uint8_t codes[N];

        bci_unpack_trits(block, codes);
        for (size_t j = 0; j < N; j++)
            y[j] = (float)(codes[j] - 1) * d;
    }
}
