/* Shared-internal: floats side by side, one for each of as many groups of weights. Every lane
 * computes what a loop over its group alone would, in the same order, and so gives the same bits
 * for any width of the machine's registers. */
#ifndef BCI_LANES_H
#define BCI_LANES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many as a register holds: of wider vectors compilers compare the numbers one by one. At most
 * eight, the groups of a block. */
#ifdef __AVX__
enum { BCI_WIDTH = 8 };
#else
enum { BCI_WIDTH = 4 };
#endif

typedef float bci_lanes __attribute__((vector_size(4 * BCI_WIDTH)));
typedef int32_t bci_mask __attribute__((vector_size(4 * BCI_WIDTH)));

static inline bci_lanes bci_all(float x)
{
    return x - (bci_lanes){ 0 };
}

/* yes where the mask is set, no elsewhere */
static inline bci_lanes bci_select(bci_mask mask, bci_lanes yes, bci_lanes no)
{
    return (bci_lanes)((mask & (bci_mask)yes) | (~mask & (bci_mask)no));
}

/* Bit j is set where lane j of the mask is. */
static inline uint32_t bci_bits(bci_mask mask)
{
#if defined __AVX__
    return (uint32_t)__builtin_ia32_movmskps256((bci_lanes)mask);
#elif defined __SSE__
    return (uint32_t)__builtin_ia32_movmskps((bci_lanes)mask);
#else
    uint32_t bits = 0;

    for (size_t j = 0; j < BCI_WIDTH; j++)
        bits |= ((uint32_t)mask[j] & 1) << j;
    return bits;
#endif
}

static inline bool bci_any(bci_mask mask)
{
    return bci_bits(mask) != 0;
}

static inline bci_lanes bci_abs(bci_lanes x)
{
    return (bci_lanes)((bci_mask)x & 0x7FFFFFFF);
}

static inline bci_lanes bci_sqrt(bci_lanes x)
{
    for (size_t j = 0; j < BCI_WIDTH; j++)
        x[j] = sqrtf(x[j]);
    return x;
}

/* x rounded to a whole number in lo..hi, ties to even, NaN to lo. Between whole numbers the order
 * of limiting and rounding does not matter; limiting first keeps the addition in its range. */
static inline bci_lanes bci_code(bci_lanes x, float lo, float hi)
{
    const bci_lanes low = bci_all(lo), high = bci_all(hi), rounder = bci_all(12582912.0f);

    x = bci_select(x > low, x, low);
    x = bci_select(x < high, x, high);
    return (x + rounder) - rounder;
}

/* The same of one number. */
static inline float bci_code_1(float x, float lo, float hi)
{
    x = x > lo ? x : lo;
    x = x < hi ? x : hi;
    return (x + 12582912.0f) - 12582912.0f;
}

/* BCI_WIDTH groups of n neighbouring numbers each, side by side, and back as small codes. */
static inline void bci_gather(const float *x, size_t n, bci_lanes *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < BCI_WIDTH; j++)
            out[i][j] = x[j * n + i];
}

static inline void bci_scatter(const bci_lanes *codes, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < BCI_WIDTH; j++)
            out[j * n + i] = (uint8_t)(int32_t)codes[i][j];
}

#endif
