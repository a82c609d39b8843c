/* Knows the block formats of GGML with one or two bits, or a power of three, for a weight, and one
 * scale: q1_0, q2_0, tq1_0, tq2_0. */
#include "core/block_parts.h"

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

        for (size_t j = 0; j < N; j++)
            sum += bci_f32_of(bci_f32_bits(v[j]) & 0x7FFFFFFF);
        bci_store_f16(block->d, sum / N);
        memset(block->q, 0, sizeof block->q);
        for (size_t j = 0; j < N; j++)
            block->q[j / 8] |= (uint8_t)((v[j] >= 0.0f) << j % 8);
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
        for (size_t j = 0; j < N / 4; j++)
            block->q[j] =
                (uint8_t)(t[4 * j] | t[4 * j + 1] << 2 | t[4 * j + 2] << 4 | t[4 * j + 3] << 6);
    }
}

void BCI_DECODE(q2_0)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 64 };
    const bci_block_q2_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d);

        for (size_t j = 0; j < N; j++)
            y[k * N + j] = (float)((block->q[j / 4] >> j % 4 * 2 & 3) - 1) * d;
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
        for (size_t j = 0; j < N / 4; j++) {
            const uint8_t *first = t + j / 32 * 128 + j % 32;

            block->q[j] = (uint8_t)(first[0] | first[32] << 2 | first[64] << 4 | first[96] << 6);
        }
    }
}

void BCI_DECODE(tq2_0)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 256 };
    const bci_block_tq2_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d);

        for (size_t j = 0; j < N; j++)
            y[k * N + j] =
                (float)((block->q[j / 128 * 32 + j % 32] >> j % 128 / 32 * 2 & 3) - 1) * d;
    }
}

/* Five trits t[0], t[stride] ... are the digits of a fraction of 256: the byte is v * 256 / 243
 * rounded up, so that multiplying by 3 brings the next digit over the byte. */
static uint8_t pack_trits(const uint8_t *t, size_t stride, size_t n)
{
    uint32_t v = 0;

    for (size_t i = 0; i < 5; i++)
        v = v * 3 + (i < n ? t[i * stride] : 0);
    return (uint8_t)((v * 256 + 242) / 243);
}

static void unpack_trits(uint8_t byte, size_t stride, size_t n, float d, float *y)
{
    for (size_t i = 0; i < n; i++, byte = (uint8_t)(byte * 3))
        y[i * stride] = (float)((byte * 3 >> 8) - 1) * d;
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
        for (size_t j = 0; j < 32; j++)
            block->q[j] = pack_trits(t + j, 32, 5);
        for (size_t j = 0; j < 16; j++)
            block->q[32 + j] = pack_trits(t + 160 + j, 16, 5);
        for (size_t j = 0; j < 4; j++)
            block->last[j] = pack_trits(t + 240 + j, 4, 4);
    }
}

void BCI_DECODE(tq1_0)(const void *blocks, size_t n_blocks, float *y)
{
    enum { N = 256 };
    const bci_block_tq1_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++, y += N) {
        const float d = bci_load_f16(block->d);

        for (size_t j = 0; j < 32; j++)
            unpack_trits(block->q[j], 32, 5, d, y + j);
        for (size_t j = 0; j < 16; j++)
            unpack_trits(block->q[32 + j], 16, 5, d, y + 160 + j);
        for (size_t j = 0; j < 4; j++)
            unpack_trits(block->last[j], 4, 4, d, y + 240 + j);
    }
}
