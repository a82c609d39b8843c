/* Knows test pictures that a formula gives, so that any program can make them again, and what
 * lies beyond their edges. */
#ifndef PICTURES_H
#define PICTURES_H

#include <stddef.h>
#include <stdint.h>

/* Sample 0..255 at column x, row y of channel c: restless, with all values. */
static inline uint32_t restless(size_t x, size_t y, size_t c)
{
    return (uint32_t)((37 * x * x + 91 * x * y + 17 * y * y + 53 * c + x * y / 7) % 256);
}

/* Sample 0..255 of waves that are slow near the corner and faster away from it. */
static inline uint32_t waves(size_t x, size_t y)
{
    return (uint32_t)((x * x + 2 * y * y + x * y) / 64 % 256);
}

/* Place i of a line of n pixels, mirrored at both ends with the edge pixel included. */
static inline ptrdiff_t reflected(ptrdiff_t i, ptrdiff_t n)
{
    while (i < 0 || i >= n)
        i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
}

#endif
