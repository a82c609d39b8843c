/* Noise: what is added to a position before it is rounded.
 *
 * Every kind is a pure function of (kind, seed, stream, place): any split into calls, on
 * any threads, gives the same numbers, and streams with different numbers are
 * independent. Values are in quantizer steps and have mean 0.
 * Random bits come from Philox4x32-10 (Salmon et al., SC11): key = seed, counter = block,
 * stream, purpose. Dither theory: Lipshitz, Wannamaker, Vanderkooy, JAES 40(5), 1992. */
#ifndef BITCRUSH_NOISE_H
#define BITCRUSH_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_DEFAULT_SEED UINT64_C(0x62697463) /* "bitc" */

typedef enum {
    BC_NOISE_NONE,
    BC_NOISE_RPDF,     /* uniform in (-1/2, 1/2), variance 1/12: stochastic rounding */
    BC_NOISE_TPDF,     /* triangular in (-1, 1), variance 1/6 */
    BC_NOISE_HPTPDF,   /* u[i] - u[i-1]: triangular, variance 1/6, rising spectrum */
    BC_NOISE_GAUSSIAN, /* sigma 1/2, variance 1/4 */
    BC_NOISE_BAYER,    /* ordered: 1/2 - (M + 1/2) / n^2 over an n x n tile */
    BC_NOISE_BLUE,     /* the same with a blue-noise tile of 64 x 64 or 128 x 128 */
} bc_noise_form;

/* A row of the registry. */
typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    bc_noise_form form;
    uint32_t mask_side; /* ordered dither: side of the tile, else 0 */
    /* Where the second and third channel of a picture read the tile, x and y, so that colours
     * do not line up: Bayer tiles one pixel off (correlation -0.94 and -0.55 with the first),
     * blue noise where no pair of channels correlates by more than 0.008. */
    uint8_t channel_offsets[3][2];
    double variance;    /* of the noise, in steps^2 */
    double error_power; /* of noise and rounding, in steps^2, where nothing clips;
                         * 0 where no closed form holds */
} bc_noise;

/* The rows of the registry, in order; returns the number of rows. */
BC_API size_t bc_noise_rows(const bc_noise **out);

/* The row of that name, or NULL. */
BC_API const bc_noise *bc_noise_find(const char *name);

/* Fill out[0..n) with noise for samples first .. first + n - 1 of `stream`. Cannot fail.
 * An ordered kind gives the first row of its tile, repeated. */
BC_API void bc_noise_fill(const bc_noise *kind, uint64_t seed, uint32_t stream, uint64_t first,
                          float *out, size_t n);
BC_API void bc_noise_fill_f64(const bc_noise *kind, uint64_t seed, uint32_t stream, uint64_t first,
                              double *out, size_t n);

/* The same in the plane: columns x .. x + n - 1 of line y of a picture `width` samples
 * wide. Ordered kinds read their tile at (x, y); the others take sample y * width + x. */
BC_API void bc_noise_fill_row(const bc_noise *kind, uint64_t seed, uint32_t stream, uint32_t width,
                              uint32_t x, uint32_t y, float *out, size_t n);

/* A stream number from a name (a channel, a tensor) and what the data already went
 * through, so that a second pass does not add the noise of the first again. */
BC_API uint32_t bc_noise_stream(const char *name, uint64_t history);

/* Four random words of Philox4x32-10: counter {block low, block high, stream, purpose}. */
BC_API void bc_random_words(uint64_t seed, uint64_t block, uint32_t stream, uint32_t purpose,
                            uint32_t out[4]);

#ifdef __cplusplus
}
#endif
#endif
