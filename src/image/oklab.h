/* Shared-internal: the OKLab colour space (B. Ottosson, A perceptual color space for image
 * processing, 2020), where equal distances look about equally different.
 *
 * Colours are vectors of four floats, the last 0. Only IEEE basic operations are used, so that
 * every platform picks the same nearest colour. */
#ifndef BCI_OKLAB_H
#define BCI_OKLAB_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "bitcrush/light.h"

typedef float bci_vec __attribute__((vector_size(16)));
typedef int32_t bci_places __attribute__((vector_size(16)));

static inline bci_vec bci_vec_all(float v)
{
    return (bci_vec){ v, v, v, v };
}

/* Lane by lane; NaN becomes low. */
static inline bci_vec bci_vec_bounded(bci_vec v, bci_vec low, bci_vec high)
{
    const bci_places above = v > low;
    const bci_vec raised = (bci_vec)(((bci_places)v & above) | ((bci_places)low & ~above));
    const bci_places below = raised < high;

    return (bci_vec)(((bci_places)raised & below) | ((bci_places)high & ~below));
}

/* Square roots of values that are not negative. */
static inline bci_vec bci_vec_sqrt(bci_vec v)
{
    float lanes[4];

    memcpy(lanes, &v, sizeof v);
    for (int i = 0; i < 4; i++)
        lanes[i] = sqrtf(lanes[i]);
    memcpy(&v, lanes, sizeof v);
    return v;
}

/* Cube roots, by two of Halley's steps from an estimate (a third of the exponent); relative
 * error below 2^-21. */
static inline bci_vec bci_cube_roots(bci_vec x)
{
    const bci_places sign = { INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN };
    const bci_places raw = (bci_places)x & ~sign;
    const bci_vec size = (bci_vec)raw;
    const bci_vec third = __builtin_convertvector(raw, bci_vec) * bci_vec_all(1.0f / 3.0f);
    bci_vec y = (bci_vec)(__builtin_convertvector(third, bci_places) + 0x2A5119F2);

#pragma GCC unroll 2
    for (int i = 0; i < 2; i++) {
        const bci_vec cube = y * y * y;

        y = y * ((cube + size + size) / (cube + cube + size));
    }
    /* Of 0 the estimate is not 0: below 2^-100 there is no light. */
    const bci_places is_light = size > bci_vec_all(0x1p-100f);

    return (bci_vec)(((bci_places)y & is_light) | ((bci_places)x & sign));
}

/* L, a, b, 0 of linear-light sRGB; also outside the gamut. */
static inline bci_vec bci_oklab_from_light(bci_vec rgb)
{
    const bci_vec r = bci_vec_all(rgb[0]), g = bci_vec_all(rgb[1]), b = bci_vec_all(rgb[2]);
    const bci_vec lms = r * (bci_vec){ 0.4122214708f, 0.2119034982f, 0.0883024619f, 0.0f } +
                        g * (bci_vec){ 0.5363325363f, 0.6806995451f, 0.2817188376f, 0.0f } +
                        b * (bci_vec){ 0.0514459929f, 0.1073969566f, 0.6299787005f, 0.0f };
    const bci_vec root = bci_cube_roots(lms);
    const bci_vec l = bci_vec_all(root[0]), m = bci_vec_all(root[1]), s = bci_vec_all(root[2]);

    return l * (bci_vec){ 0.2104542553f, 1.9779984951f, 0.0259040371f, 0.0f } +
           m * (bci_vec){ 0.7936177850f, -2.4285922050f, 0.7827717662f, 0.0f } +
           s * (bci_vec){ -0.0040720468f, 0.4505937099f, -0.8086757660f, 0.0f };
}

/* L, a, b, 0 of a colour as coded in 8 bits. */
static inline bci_vec bci_oklab_of_colour(const uint8_t rgb[3])
{
    return bci_oklab_from_light((bci_vec){ (float)bc_light_from_coded(rgb[0] / 255.0),
                                           (float)bc_light_from_coded(rgb[1] / 255.0),
                                           (float)bc_light_from_coded(rgb[2] / 255.0), 0.0f });
}

/* Squared distance, summed in a fixed order. */
static inline float bci_vec_square(bci_vec a, bci_vec b)
{
    const bci_vec d = (a - b) * (a - b);

    return (d[0] + d[1]) + (d[2] + d[3]);
}

#endif
