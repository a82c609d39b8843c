/* Knows how the scales of blocks are quantized themselves: the dynamic type of bitsandbytes. */
#include "bitcrush/nested.h"

#include <math.h>

#include "core/nearest.h"

enum { N_DECADES = 7, ZERO = 127 };

/* Point i of n + 1 from 0.1 to 1, counted from the nearer end in float32 as torch.linspace does. */
static float point(uint32_t i, uint32_t n)
{
    const float step = (1.0f - 0.1f) / (float)n;

    return i < (n + 1) / 2 ? 0.1f + step * (float)i : 1.0f - step * (float)(n - i);
}

void bc_nested_map(float map[256])
{
    static const float decades[N_DECADES] = { 1e-6f, 1e-5f, 1e-4f, 1e-3f, 1e-2f, 1e-1f, 1.0f };
    uint32_t k = 1;

    map[ZERO] = 0.0f;
    map[255] = 1.0f;
    for (uint32_t d = 0; d < N_DECADES; d++) {
        const uint32_t n = 1u << d;

        for (uint32_t i = 0; i < n; i++, k++) {
            const float middle = (point(i, n) + point(i + 1, n)) / 2.0f;

            map[ZERO + k] = decades[d] * middle;
            map[ZERO - k] = -map[ZERO + k];
        }
    }
}

float bc_nested_offset(const float *absmax, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += (double)absmax[i];
    return n ? (float)(sum / (double)n) : 0.0f;
}

void bc_nested_encode(const float map[256], float offset, const float *absmax, size_t n,
                      uint8_t *codes, float *scales)
{
    for (size_t first = 0; first < n; first += BC_NESTED_LENGTH) {
        const size_t end = n - first < BC_NESTED_LENGTH ? n : first + BC_NESTED_LENGTH;
        float largest = 0.0f;

        for (size_t i = first; i < end; i++)
            largest = fmaxf(largest, fabsf(absmax[i] - offset));
        *scales++ = largest;

        const float inverse = 1.0f / fmaxf(largest, 1e-38f);

        for (size_t i = first; i < end; i++)
            codes[i] = (uint8_t)bci_mark_nearest(map, 256, (absmax[i] - offset) * inverse);
    }
}

void bc_nested_decode(const float map[256], float offset, const uint8_t *codes, const float *scales,
                      size_t n, float *absmax)
{
    for (size_t i = 0; i < n; i++)
        absmax[i] = map[codes[i]] * scales[i / BC_NESTED_LENGTH] + offset;
}
