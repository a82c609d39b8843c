/* Knows the block formats of GGML with one scale, or scale and minimum, of 16 bits: q8_0, q4_0,
 * q4_1, q5_0, q5_1. */
#include "core/block_packing.h"
#include "core/block_search.h"

enum { N = 32 };

/* ---- q8_0: x ~ d * q, the largest magnitude at +-127 */

void BCI_ENCODE(q8_0)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q8_0 *block = out;

    (void)importance;
    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N];
        const float *v = bci_finite(x + k * N, N, room);
        const float d = bci_largest(v, N) / 127.0f;
        const float inverse = bci_inverse(d);

        bci_store_f16(block->d, d);
        for (size_t j = 0; j < N; j++)
            block->q[j] = (uint8_t)bci_round_away(v[j] * inverse);
    }
}

void BCI_DECODE(q8_0)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q8_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d);

        for (size_t j = 0; j < N; j++)
            y[k * N + j] = (float)(int8_t)block->q[j] * d;
    }
}

/* ---- q4_0, q5_0: x ~ d * (q - half), the number of largest magnitude at q = 0 */

/* That number, the first of equals. As integers, bits of positive floats are ordered as signed,
 * those of negative ones by magnitude as unsigned. */
static float extreme_of(const float *x)
{
    int32_t most = 0;
    uint32_t least = 0x80000000;

    for (size_t j = 0; j < N; j++) {
        const uint32_t bits = bci_f32_bits(x[j]);

        most = most > (int32_t)bits ? most : (int32_t)bits;
        least = least > bits ? least : bits;
    }
    if ((uint32_t)most != (least & 0x7FFFFFFF))
        return bci_f32_of((uint32_t)most > (least & 0x7FFFFFFF) ? (uint32_t)most : least);
    for (size_t j = 0; j < N; j++)
        if (most != 0 && (bci_f32_bits(x[j]) & 0x7FFFFFFF) == (uint32_t)most)
            return x[j];
    return 0.0f;
}

/* Codes without importance; returns d. Halves go up. */
static float halved_codes(const float *x, float half, uint8_t *codes)
{
    const float d = extreme_of(x) / -half;
    const float inverse = bci_inverse(d), top = 2.0f * half - 1.0f;

    for (size_t j = 0; j < N; j++) {
        float v = x[j] * inverse + (half + 0.5f);

        v = v < top ? v : top;
        codes[j] = (uint8_t)(int32_t)v;
    }
    return d;
}

/* What an error of each weight counts: importance, more where the weight is large. */
static void weigh(const float *x, const float *importance, size_t n, float mean_square,
                  float *weights)
{
    for (size_t j = 0; j < n; j++)
        weights[j] = importance[j] * sqrtf(mean_square + x[j] * x[j]);
}

/* Of a row of blocks. */
static float mean_square_of(const float *x, size_t n_blocks)
{
    float room[N], sum = 0.0f;

    for (size_t k = 0; k < n_blocks; k++) {
        const float *v = bci_finite(x + k * N, N, room);

        for (size_t j = 0; j < N; j++)
            sum += v[j] * v[j];
    }
    return sum / (float)(n_blocks * N);
}

/* Blocks side by side, BCI_WIDTH or fewer and zeros. */
typedef struct {
    bci_lanes x[N], weight[N], codes[N];
    uint8_t bytes[BCI_WIDTH][N];
} bundle;

static void gather(bundle *b, const float *x, const float *importance, size_t n_blocks,
                   float mean_square)
{
    float flat[BCI_WIDTH * N] = { 0 }, weights[BCI_WIDTH * N] = { 0 }, room[N];

    for (size_t k = 0; k < n_blocks; k++)
        memcpy(flat + k * N, bci_finite(x + k * N, N, room), sizeof room);
    weigh(flat, importance, n_blocks * N, mean_square, weights);
    bci_gather(flat, N, b->x);
    bci_gather(weights, N, b->weight);
}

/* d of the blocks with importance; codes in b->bytes. */
static bci_lanes halved_search(bundle *b, float half)
{
    bci_lanes d;

    bci_search_symmetric(N, half, b->x, b->weight, &d, b->codes);
    bci_scatter(b->codes, N, b->bytes[0]);
    return d;
}

static void fill_q4_0(bci_block_q4_0 *block, float d, const uint8_t *codes)
{
    bci_store_f16(block->d, d);
    bci_pack_nibbles(codes, N, block->q);
}

static void fill_q5_0(bci_block_q5_0 *block, float d, const uint8_t *codes)
{
    bci_store_f16(block->d, d);
    bci_pack_fives(codes, block->q, block->high);
}

void BCI_ENCODE(q4_0)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q4_0 *blocks = out;
    const float mean_square = importance ? mean_square_of(x, n_blocks) : 0.0f;
    float room[N];
    uint8_t codes[N];
    bundle b;

    for (size_t k = 0; !importance && k < n_blocks; k++) {
        const float d = halved_codes(bci_finite(x + k * N, N, room), 8.0f, codes);

        fill_q4_0(&blocks[k], d, codes);
    }
    for (size_t k = 0; importance && k < n_blocks; k += BCI_WIDTH) {
        const size_t n = n_blocks - k < BCI_WIDTH ? n_blocks - k : BCI_WIDTH;

        gather(&b, x + k * N, importance + k * N, n, mean_square);

        const bci_lanes d = halved_search(&b, 8.0f);

        for (size_t j = 0; j < n; j++)
            fill_q4_0(&blocks[k + j], d[j], b.bytes[j]);
    }
}

void BCI_DECODE(q4_0)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q4_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d);

        for (size_t j = 0; j < N / 2; j++)
            y[k * N + j] = (float)((block->q[j] & 15) - 8) * d;
        for (size_t j = 0; j < N / 2; j++)
            y[k * N + N / 2 + j] = (float)((block->q[j] >> 4) - 8) * d;
    }
}

void BCI_ENCODE(q5_0)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q5_0 *blocks = out;
    const float mean_square = importance ? mean_square_of(x, n_blocks) : 0.0f;
    float room[N];
    uint8_t codes[N];
    bundle b;

    for (size_t k = 0; !importance && k < n_blocks; k++) {
        const float d = halved_codes(bci_finite(x + k * N, N, room), 16.0f, codes);

        fill_q5_0(&blocks[k], d, codes);
    }
    for (size_t k = 0; importance && k < n_blocks; k += BCI_WIDTH) {
        const size_t n = n_blocks - k < BCI_WIDTH ? n_blocks - k : BCI_WIDTH;

        gather(&b, x + k * N, importance + k * N, n, mean_square);

        const bci_lanes d = halved_search(&b, 16.0f);

        for (size_t j = 0; j < n; j++)
            fill_q5_0(&blocks[k + j], d[j], b.bytes[j]);
    }
}

/* bci_unpack_fives, in the width of what becomes of the codes: no store of bytes is read as
 * vectors. */
static void spread_fives(const uint8_t *low, const uint8_t *high, int32_t *codes)
{
    const uint32_t fifths = (uint32_t)high[0] | (uint32_t)high[1] << 8 | (uint32_t)high[2] << 16 |
                            (uint32_t)high[3] << 24;

    for (uint32_t j = 0; j < N / 2; j++)
        codes[j] = (int32_t)((low[j] & 15u) | (fifths >> j & 1) << 4);
    for (uint32_t j = 0; j < N / 2; j++)
        codes[N / 2 + j] = (int32_t)((uint32_t)low[j] >> 4 | (fifths >> (N / 2 + j) & 1) << 4);
}

void BCI_DECODE(q5_0)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q5_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d);
        int32_t codes[N];

        spread_fives(block->q, block->high, codes);
        for (size_t j = 0; j < N; j++)
            y[k * N + j] = (float)(codes[j] - 16) * d;
    }
}

/* ---- q4_1, q5_1: x ~ d * q + m */

/* Some blocks: codes and their two numbers, which are made side by side. */
enum { BUNDLE = 16 };
_Static_assert((int)BUNDLE >= (int)BCI_WIDTH, "blocks of a search fit");

typedef struct {
    float d[BUNDLE], m[BUNDLE];
    uint16_t d_bits[BUNDLE], m_bits[BUNDLE];
    uint8_t codes[BUNDLE][N];
} affine_bundle;

/* Bits of floats as integers of the same order, and back. */
static inline int32_t ordered(uint32_t bits)
{
    return (int32_t)(bits ^ ((0u - (bits >> 31)) & 0x7FFFFFFF));
}

/* The smallest and the largest; of zeros of either sign the first counts as the smallest. */
static void range_of(const float *x, float *low, float *high)
{
    int32_t least = INT32_MAX, most = INT32_MIN;

    for (size_t j = 0; j < N; j++) {
        const int32_t at = ordered(bci_f32_bits(x[j]));

        least = least < at ? least : at;
        most = most > at ? most : at;
    }
    *low = bci_f32_of((uint32_t)ordered((uint32_t)least));
    *high = bci_f32_of((uint32_t)ordered((uint32_t)most));
    for (size_t j = 0; *low == 0.0f && j < N; j++)
        if (x[j] == 0.0f) {
            *low = x[j];
            return;
        }
}

/* Without importance: the smallest number at 0, the largest at top. */
static void affine_codes(const float *x, size_t n_blocks, float top, affine_bundle *b)
{
    float high[BUNDLE] = { 0 }, inverse[BUNDLE];

    for (size_t k = 0; k < n_blocks; k++)
        range_of(x + k * N, &b->m[k], &high[k]);
    for (size_t k = 0; k < BUNDLE; k++) {
        b->d[k] = (high[k] - b->m[k]) / top;
        inverse[k] = bci_inverse(b->d[k]);
    }
    for (size_t k = 0; k < n_blocks; k++)
        for (size_t j = 0; j < N; j++) {
            float v = (x[k * N + j] - b->m[k]) * inverse[k] + 0.5f;

            v = v < top ? v : top;
            b->codes[k][j] = (uint8_t)(int32_t)v;
        }
}

static void affine_search_codes(const float *x, const float *importance, size_t n_blocks, float top,
                                float mean_square, affine_bundle *b)
{
    const bci_affine_search how = { N, top, -0.9f, 0.05f, 36, false };
    bci_affine_found found;
    bundle lanes;

    gather(&lanes, x, importance, n_blocks, mean_square);
    bci_search_affine(&how, lanes.x, lanes.weight, &found, lanes.codes);
    bci_scatter(lanes.codes, N, lanes.bytes[0]);
    for (size_t k = 0; k < n_blocks; k++) {
        b->d[k] = found.scale[k];
        b->m[k] = -found.minimum[k];
        memcpy(b->codes[k], lanes.bytes[k], N);
    }
}

/* The next blocks, of n_blocks; returns their number. */
static size_t affine_blocks(const float *x, const float *importance, size_t n_blocks, float top,
                            float mean_square, affine_bundle *b)
{
    const size_t most = importance ? BCI_WIDTH : BUNDLE;
    const size_t n = n_blocks < most ? n_blocks : most;
    float room[BUNDLE * N];

    memset(b->d, 0, sizeof b->d);
    memset(b->m, 0, sizeof b->m);
    if (importance)
        affine_search_codes(x, importance, n, top, mean_square, b);
    else
        affine_codes(bci_finite(x, n * N, room), n, top, b);
    for (size_t k = 0; k < BUNDLE; k++) {
        b->d_bits[k] = bci_f16_from_f32(b->d[k]);
        b->m_bits[k] = bci_f16_from_f32(b->m[k]);
    }
    return n;
}

void BCI_ENCODE(q4_1)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q4_1 *block = out;
    const float mean_square = importance ? mean_square_of(x, n_blocks) : 0.0f;
    affine_bundle found;

    for (size_t k = 0, n; k < n_blocks; k += n) {
        n = affine_blocks(x + k * N, importance ? importance + k * N : NULL, n_blocks - k, 15.0f,
                          mean_square, &found);
        for (size_t j = 0; j < n; j++, block++) {
            bci_store16(block->d, found.d_bits[j]);
            bci_store16(block->m, found.m_bits[j]);
            bci_pack_nibbles(found.codes[j], N, block->q);
        }
    }
}

void BCI_DECODE(q4_1)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q4_1 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d), m = bci_load_f16(block->m);

        for (size_t j = 0; j < N / 2; j++)
            y[k * N + j] = (float)(block->q[j] & 15) * d + m;
        for (size_t j = 0; j < N / 2; j++)
            y[k * N + N / 2 + j] = (float)(block->q[j] >> 4) * d + m;
    }
}

void BCI_ENCODE(q5_1)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q5_1 *block = out;
    const float mean_square = importance ? mean_square_of(x, n_blocks) : 0.0f;
    affine_bundle found;

    for (size_t k = 0, n; k < n_blocks; k += n) {
        n = affine_blocks(x + k * N, importance ? importance + k * N : NULL, n_blocks - k, 31.0f,
                          mean_square, &found);
        for (size_t j = 0; j < n; j++, block++) {
            bci_store16(block->d, found.d_bits[j]);
            bci_store16(block->m, found.m_bits[j]);
            bci_pack_fives(found.codes[j], block->q, block->high);
        }
    }
}

void BCI_DECODE(q5_1)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q5_1 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        const float d = bci_load_f16(block->d), m = bci_load_f16(block->m);
        int32_t codes[N];

        spread_fives(block->q, block->high, codes);
        for (size_t j = 0; j < N; j++)
            y[k * N + j] = (float)codes[j] * d + m;
    }
}
