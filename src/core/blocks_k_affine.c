/* Knows the block formats of GGML for 256 weights where groups of 16 or 32 have a scale and a
 * minimum, which are small multiples of two numbers of the block: q2_k, q4_k, q5_k. */
#include "core/block_packing.h"
#include "core/block_search.h"

enum { N = 256, MAX_GROUPS = 16 };

/* What sets the three apart. */
typedef struct {
    bci_affine_search plain, weighted; /* without and with importance */
    float top_scale;                   /* largest multiple */
    float squares;                     /* of the mean square that weights the importance */
} kind;

static const kind q2_k = {
    { 16, 3.0f, -0.5f, 0.1f, 15, true }, { 16, 3.0f, -0.9f, 0.05f, 36, false }, 15.0f, 1.0f
};
static const kind q4_k = {
    { 32, 15.0f, -1.0f, 0.1f, 20, false }, { 32, 15.0f, -0.9f, 0.05f, 36, false }, 63.0f, 2.0f
};
static const kind q5_k = {
    { 32, 31.0f, -0.5f, 0.1f, 15, false }, { 32, 31.0f, -0.9f, 0.05f, 36, false }, 63.0f, 2.0f
};

/* What a block stores: x ~ d * scale[g] * code - dmin * minimum[g] in group g. */
typedef struct {
    float d, dmin; /* not rounded yet */
    uint8_t scale[MAX_GROUPS], minimum[MAX_GROUPS];
    uint8_t codes[N];
} block_parts;

/* Scales and minimums of the groups as found, and the weight of each group. */
typedef struct {
    float scale[MAX_GROUPS], minimum[MAX_GROUPS], weight[MAX_GROUPS];
} found_groups;

/* Without importance an error counts as its weight's size does; q4_k and q5_k add the size of
 * the group. */
static void weigh_plain(const bci_affine_search *how, const bci_lanes *x, bci_lanes *weight)
{
    bci_lanes sum = bci_all(0.0f), size = sum;

    for (size_t i = 0; i < how->n; i++)
        sum += x[i] * x[i];
    if (!how->absolute)
        size = bci_sqrt(sum / (float)how->n);
    for (size_t i = 0; i < how->n; i++)
        weight[i] = size + bci_abs(x[i]);
}

static void search_groups(const kind *k, const float *x, const float *importance, block_parts *b,
                          found_groups *groups)
{
    const bci_affine_search *how = importance ? &k->weighted : &k->plain;
    const size_t n = how->n, step = BCI_WIDTH * n;
    float weights[N], sum = 0.0f;

    if (importance) {
        for (size_t i = 0; i < N; i++)
            sum += x[i] * x[i];
        sum = k->squares * sum / N;
        for (size_t i = 0; i < N; i++)
            weights[i] = importance[i] * sqrtf(sum + x[i] * x[i]);
    }
    for (size_t first = 0; first < N; first += step) {
        bci_lanes lanes[BCI_GROUP_MAX], weight[BCI_GROUP_MAX], codes[BCI_GROUP_MAX];
        bci_affine_found found;

        bci_gather(x + first, n, lanes);
        if (importance)
            bci_gather(weights + first, n, weight);
        else
            weigh_plain(how, lanes, weight);
        bci_search_affine(how, lanes, weight, &found, codes);
        bci_scatter(codes, n, b->codes + first);
        memcpy(groups->scale + first / n, &found.scale, sizeof found.scale);
        memcpy(groups->minimum + first / n, &found.minimum, sizeof found.minimum);
        memcpy(groups->weight + first / n, &found.weight, sizeof found.weight);
    }
}

/* Whole multiples of the n values, the largest at `top`; returns the unit. */
static float multiples_plain(const float *values, size_t n, float top, uint8_t *codes)
{
    float largest = 0.0f;

    for (size_t i = 0; i < n; i++)
        largest = values[i] > largest ? values[i] : largest;

    const float inverse = largest > 0.0f ? top / largest : 0.0f;

    for (size_t i = 0; i < n; i++)
        codes[i] = (uint8_t)bci_code_1(inverse * values[i], 0.0f, top);
    return largest / top;
}

/* The same for scales and minimums at once, by a search in which groups count by weight. */
static void multiples_weighted(const found_groups *groups, size_t n, float top, block_parts *b)
{
    bci_lanes x[MAX_GROUPS] = { 0 }, weight[MAX_GROUPS] = { 0 }, codes[MAX_GROUPS], unit;

    for (size_t i = 0; i < n; i++) {
        x[i][0] = groups->scale[i];
        x[i][1] = groups->minimum[i];
        weight[i] = bci_all(groups->weight[i]);
    }
    bci_search_positive(n, top, x, weight, &unit, codes);
    b->d = unit[0];
    b->dmin = unit[1];
    for (size_t i = 0; i < n; i++) {
        b->scale[i] = (uint8_t)codes[i][0];
        b->minimum[i] = (uint8_t)codes[i][1];
    }
}

/* Codes under the scales as they are stored; a group of scale 0 keeps those of the search. */
static void final_codes(const kind *k, const float *x, block_parts *b)
{
    const size_t n = k->plain.n;
    const float d = bci_f16_to_f32(bci_f16_from_f32(b->d));
    const float dmin = bci_f16_to_f32(bci_f16_from_f32(b->dmin));

    for (size_t g = 0; g < N / n; g++) {
        const float scale = d * (float)b->scale[g], minimum = dmin * (float)b->minimum[g];

        if (scale == 0.0f)
            continue;
        for (size_t i = g * n; i < (g + 1) * n; i++)
            b->codes[i] =
                (uint8_t)(int32_t)bci_code_1((x[i] + minimum) / scale, 0.0f, k->plain.top);
    }
}

static void encode(const kind *k, const float *x, const float *importance, block_parts *b)
{
    const size_t n_groups = N / k->plain.n;
    found_groups groups;
    float room[N];

    x = bci_finite(x, N, room);
    search_groups(k, x, importance, b, &groups);
    if (importance) {
        multiples_weighted(&groups, n_groups, k->top_scale, b);
    } else {
        b->d = multiples_plain(groups.scale, n_groups, k->top_scale, b->scale);
        b->dmin = multiples_plain(groups.minimum, n_groups, k->top_scale, b->minimum);
    }
    final_codes(k, x, b);
}

static void values(const block_parts *b, size_t n, float *y)
{
    for (size_t g = 0; g < N / n; g++) {
        const float scale = b->d * (float)b->scale[g], minimum = b->dmin * (float)b->minimum[g];

        for (size_t i = g * n; i < (g + 1) * n; i++)
            y[i] = scale * (float)b->codes[i] - minimum;
    }
}

/* ---- q2_k */

void BCI_ENCODE(q2_k)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q2_k *block = out;
    block_parts b;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        encode(&q2_k, x + k * N, importance ? importance + k * N : NULL, &b);
        bci_store_f16(block->d, b.d);
        bci_store_f16(block->dmin, b.dmin);
        bci_pack_scales_q2(b.scale, b.minimum, block->scales);
        bci_pack_far_quarters(b.codes, block->q);
    }
}

void BCI_DECODE(q2_k)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q2_k *block = blocks;
    block_parts b;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        b.d = bci_load_f16(block->d);
        b.dmin = bci_load_f16(block->dmin);
        bci_unpack_scales_q2(block->scales, b.scale, b.minimum);
        bci_unpack_far_quarters(block->q, b.codes);
        values(&b, 16, y + k * N);
    }
}

/* ---- q4_k, q5_k */

void BCI_ENCODE(q4_k)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q4_k *block = out;
    block_parts b;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        encode(&q4_k, x + k * N, importance ? importance + k * N : NULL, &b);
        bci_store_f16(block->d, b.d);
        bci_store_f16(block->dmin, b.dmin);
        bci_pack_scales_q4(b.scale, b.minimum, block->scales);
        bci_pack_far_nibbles(b.codes, block->q);
    }
}

void BCI_DECODE(q4_k)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q4_k *block = blocks;
    block_parts b;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        b.d = bci_load_f16(block->d);
        b.dmin = bci_load_f16(block->dmin);
        bci_unpack_scales_q4(block->scales, b.scale, b.minimum);
        bci_unpack_far_nibbles(block->q, b.codes);
        values(&b, 32, y + k * N);
    }
}

void BCI_ENCODE(q5_k)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q5_k *block = out;
    block_parts b;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        encode(&q5_k, x + k * N, importance ? importance + k * N : NULL, &b);
        bci_store_f16(block->d, b.d);
        bci_store_f16(block->dmin, b.dmin);
        bci_pack_scales_q4(b.scale, b.minimum, block->scales);
        bci_pack_far_nibbles(b.codes, block->q);
        bci_pack_far_bits(b.codes, 4, block->high);
    }
}

void BCI_DECODE(q5_k)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q5_k *block = blocks;
    block_parts b;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        b.d = bci_load_f16(block->d);
        b.dmin = bci_load_f16(block->dmin);
        bci_unpack_scales_q4(block->scales, b.scale, b.minimum);
        bci_unpack_far_nibbles(block->q, b.codes);
        bci_unpack_far_bits(block->high, 4, b.codes);
        values(&b, 32, y + k * N);
    }
}
