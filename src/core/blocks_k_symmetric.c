/* Knows the block formats of GGML for 256 weights where groups of 16 have a signed scale, which is a
 * small multiple of a number of the block: q3_k, q6_k. */
#include "core/block_search.h"

enum { N = 256, GROUP = 16, N_GROUPS = 16, STEP = BCI_WIDTH * GROUP };

/* The scale of largest magnitude, the first of equals. */
static float extreme_scale(const float *scales)
{
    float extreme = 0.0f;

    for (size_t g = 0; g < N_GROUPS; g++)
        extreme = fabsf(scales[g]) > fabsf(extreme) ? scales[g] : extreme;
    return extreme;
}

/* Codes of x / (d * multiples) + half; a group of scale 0 keeps what it has. */
static void final_codes(const float *x, float d, const int8_t *multiples, float half,
                        uint8_t *codes)
{
    for (size_t g = 0; g < N_GROUPS; g++) {
        const float scale = d * (float)multiples[g];

        if (scale == 0.0f)
            continue;
        for (size_t i = g * GROUP; i < (g + 1) * GROUP; i++)
            codes[i] = (uint8_t)(int32_t)(bci_code_1(x[i] / scale, -half, half - 1.0f) + half);
    }
}

/* ---- q3_k */

/* Scales of the groups and codes; the weight of each group with importance. */
static void search_q3(const float *x, const float *importance, float *scales, float *group_weights,
                      uint8_t *codes)
{
    float weights[N], sum = 0.0f;

    for (size_t i = 0; i < N; i++)
        sum += x[i] * x[i];
    sum = 2.0f * sum / N;
    for (size_t i = 0; i < N; i++)
        weights[i] = importance ? importance[i] * sqrtf(sum + x[i] * x[i]) : x[i] * x[i];
    for (size_t first = 0; first < N; first += STEP) {
        bci_lanes lanes[GROUP], weight[GROUP], found[GROUP], scale, total = bci_all(0.0f);

        bci_gather(x + first, GROUP, lanes);
        bci_gather(weights + first, GROUP, weight);
        for (size_t i = 0; i < GROUP; i++)
            total += weight[i];
        if (importance)
            bci_search_symmetric(GROUP, 4.0f, lanes, weight, &scale, found);
        else
            bci_search_descending(GROUP, 4.0f, lanes, weight, &scale, found);
        bci_scatter(found, GROUP, codes + first);
        memcpy(scales + first / GROUP, &scale, sizeof scale);
        memcpy(group_weights + first / GROUP, &total, sizeof total);
    }
}

/* Multiples of d, 0..63 for -32..31; returns d. */
static float multiples_of(const float *scales, uint8_t *multiples)
{
    const float extreme = extreme_scale(scales);
    const float inverse = -32.0f / extreme;

    memset(multiples, 0, N_GROUPS);
    if (extreme == 0.0f)
        return 0.0f;
    for (size_t g = 0; g < N_GROUPS; g++)
        multiples[g] = (uint8_t)(bci_code_1(inverse * scales[g], -32.0f, 31.0f) + 32.0f);
    return 1.0f / inverse;
}

/* The same by a search in which groups count by weight. */
static float multiples_weighted(const float *scales, const float *weights, uint8_t *multiples)
{
    bci_lanes x[N_GROUPS], weight[N_GROUPS], codes[N_GROUPS], d;

    for (size_t g = 0; g < N_GROUPS; g++) {
        x[g] = bci_all(scales[g]);
        weight[g] = bci_all(weights[g]);
    }
    bci_search_symmetric(N_GROUPS, 32.0f, x, weight, &d, codes);
    for (size_t g = 0; g < N_GROUPS; g++)
        multiples[g] = (uint8_t)codes[g][0];
    return d[0];
}

static void fill_q3(bci_block_q3_k *block, const uint8_t *multiples, const uint8_t *codes)
{
    memset(block->high, 0, sizeof block->high);
    memset(block->scales, 0, sizeof block->scales);
    for (size_t g = 0; g < N_GROUPS; g++) {
        block->scales[g % 8] |= (uint8_t)((multiples[g] & 15) << g / 8 * 4);
        block->scales[8 + g % 4] |= (uint8_t)(multiples[g] >> 4 << g / 4 * 2);
    }
    for (size_t i = 0; i < N; i++)
        block->high[i % 32] |= (uint8_t)(codes[i] >> 2 << i / 32);
    for (size_t j = 0; j < N / 4; j++) {
        const uint8_t *first = codes + j / 32 * 128 + j % 32;

        block->q[j] = (uint8_t)((first[0] & 3) | (first[32] & 3) << 2 | (first[64] & 3) << 4 |
                                (first[96] & 3) << 6);
    }
}

void BCI_ENCODE(q3_k)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q3_k *block = out;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        float room[N], scales[N_GROUPS], weights[N_GROUPS];
        uint8_t codes[N], multiples[N_GROUPS];
        int8_t less_32[N_GROUPS];
        const float *v = bci_finite(x + k * N, N, room);

        search_q3(v, importance ? importance + k * N : NULL, scales, weights, codes);

        const float d = importance ? multiples_weighted(scales, weights, multiples)
                                   : multiples_of(scales, multiples);

        for (size_t g = 0; g < N_GROUPS; g++)
            less_32[g] = (int8_t)(multiples[g] - 32);
        final_codes(v, bci_store_f16(block->d, d), less_32, 4.0f, codes);
        fill_q3(block, multiples, codes);
    }
}

void BCI_DECODE(q3_k)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q3_k *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++, y += N) {
        const float d = bci_load_f16(block->d);

        for (size_t g = 0; g < N_GROUPS; g++) {
            const int low = block->scales[g % 8] >> g / 8 * 4 & 15;
            const int high = block->scales[8 + g % 4] >> g / 4 * 2 & 3;
            const float scale = d * (float)((low | high << 4) - 32);

            for (size_t i = g * GROUP; i < (g + 1) * GROUP; i++) {
                const int two = block->q[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
                const int third = block->high[i % 32] >> i / 32 & 1;

                y[i] = scale * (float)((two | third << 2) - 4);
            }
        }
    }
}

/* ---- q6_k */

/* Four codes of 6 bits, 32 apart in either half of the block, lie in two bytes of low nibbles and
 * one of high pairs. */
static void pack_sixes(const uint8_t *codes, bci_block_q6_k *block)
{
    for (size_t h = 0; h < 2; h++) {
        for (size_t l = 0; l < 32; l++) {
            const uint8_t *c = codes + 128 * h + l;

            block->q[64 * h + l] = (uint8_t)((c[0] & 15) | c[64] << 4);
            block->q[64 * h + 32 + l] = (uint8_t)((c[32] & 15) | c[96] << 4);
            block->high[32 * h + l] =
                (uint8_t)(c[0] >> 4 | c[32] >> 4 << 2 | c[64] >> 4 << 4 | c[96] >> 4 << 6);
        }
    }
}

static void unpack_sixes(const bci_block_q6_k *block, uint8_t *codes)
{
    for (size_t h = 0; h < 2; h++) {
        for (size_t l = 0; l < 32; l++) {
            const uint8_t low = block->q[64 * h + l], next = block->q[64 * h + 32 + l];
            const uint8_t high = block->high[32 * h + l];
            uint8_t *c = codes + 128 * h + l;

            c[0] = (uint8_t)((low & 15) | (high & 3) << 4);
            c[32] = (uint8_t)((next & 15) | (high >> 2 & 3) << 4);
            c[64] = (uint8_t)(low >> 4 | (high >> 4 & 3) << 4);
            c[96] = (uint8_t)(next >> 4 | high >> 6 << 4);
        }
    }
}

static void encode_q6(const float *x, const float *importance, bci_block_q6_k *block)
{
    float scales[N_GROUPS], weights[N];
    uint8_t codes[N];
    int8_t multiples[N_GROUPS];

    for (size_t i = 0; i < N; i++)
        weights[i] = importance ? importance[i] : x[i] * x[i];
    for (size_t first = 0; first < N; first += STEP) {
        bci_lanes lanes[GROUP], weight[GROUP], found[GROUP], scale;

        bci_gather(x + first, GROUP, lanes);
        bci_gather(weights + first, GROUP, weight);
        bci_search_symmetric(GROUP, 32.0f, lanes, weight, &scale, found);
        bci_scatter(found, GROUP, codes + first);
        memcpy(scales + first / GROUP, &scale, sizeof scale);
    }

    const float extreme = extreme_scale(scales);
    const float inverse = -128.0f / extreme;

    memset(block, 0, sizeof *block);
    if (!(fabsf(extreme) >= 1e-15f))
        return;
    for (size_t g = 0; g < N_GROUPS; g++) {
        multiples[g] = (int8_t)bci_code_1(inverse * scales[g], -128.0f, 127.0f);
        block->scales[g] = (uint8_t)multiples[g];
    }
    final_codes(x, bci_store_f16(block->d, 1.0f / inverse), multiples, 32.0f, codes);
    pack_sixes(codes, block);
}

void BCI_ENCODE(q6_k)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q6_k *block = out;
    float room[N];

    for (size_t k = 0; k < n_blocks; k++, block++)
        encode_q6(bci_finite(x + k * N, N, room), importance ? importance + k * N : NULL, block);
}

void BCI_DECODE(q6_k)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q6_k *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++, y += N) {
        const float d = bci_load_f16(block->d);
        uint8_t codes[N];

        unpack_sixes(block, codes);
        for (size_t i = 0; i < N; i++)
            y[i] = d * (float)(int8_t)block->scales[i / GROUP] * (float)(codes[i] - 32);
    }
}
