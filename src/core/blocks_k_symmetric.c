/* Knows the block formats of GGML for 256 weights where groups of 16 have a signed scale, which is
 * a small multiple of a number of the block: q3_k, q6_k. */
#include "core/block_packing.h"
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
        bci_pack_scales_q3(multiples, block->scales);
        bci_pack_far_bits(codes, 2, block->high);
        bci_pack_far_quarters(codes, block->q);
    }
}

void BCI_DECODE(q3_k)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q3_k *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++, y += N) {
        const float d = bci_load_f16(block->d);

        uint8_t codes[N], multiples[N_GROUPS];

        bci_unpack_scales_q3(block->scales, multiples);
        bci_unpack_far_quarters(block->q, codes);
        bci_unpack_far_bits(block->high, 2, codes);
        for (size_t g = 0; g < N_GROUPS; g++) {
            const float scale = d * (float)(multiples[g] - 32);

            for (size_t i = g * GROUP; i < (g + 1) * GROUP; i++)
                y[i] = scale * (float)(codes[i] - 4);
        }
    }
}

/* ---- q6_k */

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
    bci_pack_sixes(codes, block->q, block->high);
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

        bci_unpack_sixes(block->q, block->high, codes);
        for (size_t i = 0; i < N; i++)
            y[i] = d * (float)(int8_t)block->scales[i / GROUP] * (float)(codes[i] - 32);
    }
}
