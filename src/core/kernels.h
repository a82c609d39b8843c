/* Shared-internal: the vector kernels, one table per CPU level, the same results in each. */
#ifndef BCI_KERNELS_H
#define BCI_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/blocks.h"
#include "bitcrush/feedback.h"
#include "bitcrush/pcm.h"
#include "core/affine.h"

/* Lanes of an error sum: sample i of a call goes to lane i % 8. */
enum { BCI_LANES = 8 };

enum { BCI_MAX_ROWS = BC_FIR_MAX_TAPS };

typedef struct {
    double x[BCI_LANES], x2[BCI_LANES], e[BCI_LANES], e2[BCI_LANES], max_abs_e[BCI_LANES];
    double n_finite[BCI_LANES];
} bci_error_lanes;

/* Taps of a filter for the feedback kernel, which takes two frames at a time. Row k is for the
 * error of n_rows + 1 - k frames before the first of the two: what that frame takes of it, for
 * either channel, then what the second takes. The errors of the last frame and of the one
 * before are no part of the rows. */
typedef struct {
    size_t n_rows; /* a multiple of 4, at least 4 */
    double rows[BCI_MAX_ROWS][4];
    double second, newest;
} bci_feedback_taps;

typedef struct {
    const char *name;
    /* Quantize n samples on an affine grid; y may be x, or NULL. */
    void (*quantize_f32)(const bci_affine_f32 *a, const float *x, const float *noise, size_t n,
                         float *y, int32_t *codes);
    void (*quantize_f64)(const bci_affine_f64 *a, const double *x, const double *noise, size_t n,
                         double *y, int32_t *codes);
    /* The same of two channels, which may be one, with feedback of past errors. errors: pairs, in
     * steps, of n_rows + 1 past frames, the oldest first, then room for n, which are filled
     * in. y[0] and y[1] may be NULL. */
    void (*feedback_f64)(const bci_affine_f64 *a, const bci_feedback_taps *taps, double *errors,
                         const double *const x[2], const double *const noise[2], size_t n,
                         double *const y[2], int32_t *const codes[2]);
    /* Add n samples to the lanes, starting at lane 0. */
    void (*error_f32)(bci_error_lanes *lanes, const float *x, const float *y, size_t n);
    void (*error_f64)(bci_error_lanes *lanes, const double *x, const double *y, size_t n);
    /* Count the finite x outside of low[g]..high[g] of their group g, of `length` samples, and add
     * the squares of their errors, where those are finite, to *e2, in order. */
    uint64_t (*overload_f32)(const float *x, const float *y, size_t n_groups, size_t length,
                             const float *low, const float *high, double *e2);
    /* to[i] += a[i] * weights[2], then b[i] * weights[1], then c[i] * weights[0]: three taps of an
     * error diffusion. */
    void (*add_products_f32)(float *restrict to, const float *restrict a, const float *restrict b,
                             const float *restrict c, const float weights[3], size_t n);
    /* Philox4x32-10: words of blocks first .. first + n_blocks - 1, four each. */
    void (*random_words)(uint64_t seed, uint64_t first, uint32_t stream, uint32_t purpose,
                         uint32_t *out, size_t n_blocks);
    /* Random words to noise in steps. */
    void (*rpdf)(const uint32_t *words, float *out, size_t n);
    void (*tpdf)(const uint32_t *words, float *out, size_t n);
    void (*gaussian)(const uint32_t *words, float *out, size_t n); /* n is even */
    /* Samples of sound, n frames of all channels. */
    void (*pcm_unpack)(bc_sample_layout layout, const uint8_t *in, size_t n, size_t n_channels,
                       double *const *planes);
    void (*pcm_pack)(bc_sample_layout layout, const int32_t *const *codes, int shift, size_t n,
                     size_t n_channels, uint8_t *out);
    void (*pcm_pack_values)(bc_sample_layout layout, const double *const *values, size_t n,
                            size_t n_channels, uint8_t *out);
    /* Rows of blocks_table.c, and one without a name. */
    const bc_block_format *block_formats;
} bci_kernels;

/* The table in use: of BITCRUSH_CPU or the machine, chosen once. */
const bci_kernels *bci_kernels_get(void);

#endif
