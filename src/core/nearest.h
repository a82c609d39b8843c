/* Shared-internal: finding the nearest of rising marks: few by counting the points of decision that
 * a value has passed, all values at a time; many by halving. In constant time, after some work:
 * core/marks.h. */
#ifndef BCI_NEAREST_H
#define BCI_NEAREST_H

#include <stddef.h>
#include <stdint.h>

/* How many of the points of decision lie below each value: the place of its nearest mark, on a
 * point itself the lower one. */
static inline void bci_marks_passed(const float *limits, size_t n_limits, const float *restrict v,
                                    size_t n, int32_t *restrict places)
{
    for (size_t i = 0; i < n; i++)
        places[i] = 0;
    for (size_t k = 0; k < n_limits; k++)
        for (size_t i = 0; i < n; i++)
            places[i] += v[i] > limits[k];
}

/* The same with the points half way between n marks, one value at a time. */
static inline size_t bci_mark_nearest(const float *marks, size_t n, float v)
{
    size_t lo = 0, hi = n - 1;

    while (lo < hi) {
        const size_t middle = (lo + hi) / 2;

        if (v > (marks[middle] + marks[middle + 1]) * 0.5f)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* The interval [k, k + 1] between two of n marks that v lies in; beyond the ends the outermost. */
static inline int32_t bci_mark_interval(const float *marks, int32_t n, double v)
{
    int32_t low = 0, high = n - 2;

    while (low < high) {
        const int32_t middle = low + (high - low + 1) / 2;

        if ((double)marks[middle] <= v)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

#endif
