/* Knows the block formats of GGML whose 16 values are a fixed table, closer together near zero:
 * iq4_nl with one scale for 32 weights, iq4_xs with eight scales for 256. */
#include "core/block_packing.h"
#include "core/block_search.h"
#include "core/block_values.h"

enum { N = 32, SUPER = 256, N_GROUPS = SUPER / N };

/* The number of points half way between neighbours that x reaches: ties go up. */
static bci_lanes nearest_index(bci_lanes x)
{
    bci_mask index = { 0 };

    for (size_t k = 0; k < 15; k++)
        index -= x >= bci_all((float)(bci_iq4_values[k] + bci_iq4_values[k + 1]) * 0.5f);
    return __builtin_convertvector(index, bci_lanes);
}

/* The nearest value of the table itself. */
static bci_lanes nearest_value(bci_lanes x)
{
    bci_mask value = { 0 };

    value += bci_iq4_values[0];
    for (size_t k = 0; k < 15; k++)
        value += (x >= bci_all((float)(bci_iq4_values[k] + bci_iq4_values[k + 1]) * 0.5f)) &
                 (bci_iq4_values[k + 1] - bci_iq4_values[k]);
    return __builtin_convertvector(value, bci_lanes);
}

/* The scales of groups that fit best of 16 starts, 0 for a group of zeros. */
static bci_lanes search(const bci_lanes *x, const bci_lanes *weight)
{
    const bci_lanes zero = bci_all(0.0f);
    bci_lanes largest = zero, extreme = zero, scale = zero, best = zero;

    for (size_t i = 0; i < N; i++) {
        const bci_mask larger = bci_abs(x[i]) > largest;

        largest = bci_select(larger, bci_abs(x[i]), largest);
        extreme = bci_select(larger, x[i], extreme);
    }
    for (int k = -8; k <= 7; k++) { /* the plain start first */
        const bci_lanes inverse = k == -8 ? 1.0f / (-extreme / (float)bci_iq4_values[0])
                                          : (float)(k + bci_iq4_values[0]) / extreme;
        bci_lanes sum_xl = zero, sum_ll = zero;

        for (size_t i = 0; i < N; i++) {
            const bci_lanes l = nearest_value(inverse * x[i]), wl = weight[i] * l;

            sum_xl += wl * x[i];
            sum_ll += wl * l;
        }

        const bci_lanes fitted = bci_select(sum_ll > zero, sum_xl / sum_ll, zero);
        bci_mask better = (sum_ll > zero) & (sum_xl * sum_xl > best * sum_ll);

        if (k == -8)
            better = ~(bci_mask){ 0 };
        scale = bci_select(better, fitted, scale);
        best = bci_select(better, fitted * sum_xl, best);
    }
    return bci_select(largest >= bci_all(1e-15f), scale, zero);
}

static void weigh(const float *x, const float *importance, size_t n, float *weights)
{
    float sum = 0.0f;

    for (size_t i = 0; importance && i < n; i++)
        sum += x[i] * x[i];
    sum = 2.0f * sum / (float)n;
    for (size_t i = 0; i < n; i++)
        weights[i] = importance ? importance[i] * sqrtf(sum + x[i] * x[i]) : x[i] * x[i];
}

/* Indices of x * inverse, 32 weights with each of the inverses. */
static void indices(const bci_lanes *x, bci_lanes inverse, uint8_t *codes)
{
    bci_lanes index[N];

    for (size_t i = 0; i < N; i++)
        index[i] = nearest_index(x[i] * inverse);
    bci_scatter(index, N, codes);
}

/* 1 / d of each lane, or 0 where that is not finite. */
static bci_lanes inverses(bci_lanes d)
{
    for (size_t j = 0; j < BCI_WIDTH; j++)
        d[j] = bci_inverse(d[j]);
    return d;
}

static void values(const uint8_t *q, float d, float *y)
{
    for (size_t j = 0; j < N / 2; j++) {
        y[j] = d * (float)bci_iq4_values[q[j] & 15];
        y[N / 2 + j] = d * (float)bci_iq4_values[q[j] >> 4];
    }
}

void BCI_ENCODE(iq4_nl)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_q4_0 *blocks = out;

    for (size_t k = 0; k < n_blocks; k += BCI_WIDTH) {
        const size_t n = n_blocks - k < BCI_WIDTH ? n_blocks - k : BCI_WIDTH;
        float flat[BCI_WIDTH * N] = { 0 }, weights[BCI_WIDTH * N] = { 0 }, room[N];
        bci_lanes lanes[N], weight[N];
        uint8_t codes[BCI_WIDTH][N];

        for (size_t j = 0; j < n; j++) {
            memcpy(flat + j * N, bci_finite(x + (k + j) * N, N, room), sizeof room);
            weigh(flat + j * N, importance ? importance + (k + j) * N : NULL, N, weights + j * N);
        }
        bci_gather(flat, N, lanes);
        bci_gather(weights, N, weight);

        const bci_lanes d = search(lanes, weight);

        indices(lanes, inverses(d), codes[0]);
        for (size_t j = 0; j < n; j++) {
            bci_store_f16(blocks[k + j].d, d[j]);
            bci_pack_nibbles(codes[j], N, blocks[k + j].q);
        }
    }
}

void BCI_DECODE(iq4_nl)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_q4_0 *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++)
        values(block->q, bci_load_f16(block->d), y + k * N);
}

/* Eight scales as multiples 0..63 for -32..31 of d, the largest magnitude at -32, and as they are
 * stored; returns d. */
static float multiples_of(float *scales, uint8_t *multiples)
{
    float extreme = 0.0f;

    for (size_t g = 0; g < N_GROUPS; g++)
        extreme = fabsf(scales[g]) > fabsf(extreme) ? scales[g] : extreme;

    const float d = -extreme / 32.0f;
    const float inverse = bci_inverse(d);

    for (size_t g = 0; g < N_GROUPS; g++) {
        const float multiple = bci_code_1(inverse * scales[g], -32.0f, 31.0f);

        multiples[g] = (uint8_t)(int32_t)(multiple + 32.0f);
        scales[g] = d * multiple;
    }
    return d;
}

void BCI_ENCODE(iq4_xs)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    enum { PARTS = N_GROUPS / BCI_WIDTH };
    bci_block_iq4_xs *block = out;

    for (size_t k = 0; k < n_blocks; k++, block++) {
        float weights[SUPER], room[SUPER];
        const float *v = bci_finite(x + k * SUPER, SUPER, room);
        bci_lanes lanes[PARTS][N], weight[N], scales[PARTS];
        uint8_t codes[N_GROUPS][N];
        float flat[N_GROUPS];
        uint8_t multiples[N_GROUPS];

        weigh(v, importance ? importance + k * SUPER : NULL, SUPER, weights);
        for (size_t p = 0; p < PARTS; p++) {
            bci_gather(v + p * BCI_WIDTH * N, N, lanes[p]);
            bci_gather(weights + p * BCI_WIDTH * N, N, weight);
            scales[p] = search(lanes[p], weight);
        }
        memcpy(flat, scales, sizeof flat);
        bci_store_f16(block->d, multiples_of(flat, multiples));
        memcpy(scales, flat, sizeof flat);
        bci_pack_scales_iq4(multiples, block);
        for (size_t p = 0; p < PARTS; p++)
            indices(lanes[p], inverses(scales[p]), codes[p * BCI_WIDTH]);
        for (size_t g = 0; g < N_GROUPS; g++)
            bci_pack_nibbles(codes[g], N, block->q + g * N / 2);
    }
}

void BCI_DECODE(iq4_xs)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_iq4_xs *block = blocks;

    for (size_t k = 0; k < n_blocks; k++, block++, y += SUPER) {
        const float d = bci_load_f16(block->d);
        uint8_t multiples[N_GROUPS];

        bci_unpack_scales_iq4(block, multiples);
        for (size_t g = 0; g < N_GROUPS; g++)
            values(block->q + g * N / 2, d * (float)(multiples[g] - 32), y + g * N);
    }
}
