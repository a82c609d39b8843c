/* Measuring: what a reduction cost. One accumulator for pixels, sound and weights. */
#ifndef BITCRUSH_MEASURE_H
#define BITCRUSH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/blocks.h"
#include "bitcrush/grid.h"
#include "bitcrush/noise.h"
#include "bitcrush/scale.h"
#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sums of squares of one size. */
typedef struct {
    double x2, e2, overload_e2;
} bc_error_squares;

/* Sums over samples x and their reconstruction y, e = y - x. Zero it to start.
 *
 * One rule for what is not finite: where x is NaN or infinite and y is the same, there is no error,
 * and the sample is counted in n_nonfinite and nowhere else. Any other pair with NaN or infinity in
 * it is an infinite error. It is counted in n_lost and in n, its x goes into the sums if it is
 * finite, and sum_e2 and max_abs_e are infinite from then on: no figure can be good.
 *
 * Squares that would be 0 or infinite in double, those of 1e-170 and of 1e200, are summed apart: a
 * tensor of such weights has a signal, too. */
typedef struct {
    uint64_t n;         /* samples that have an error, the infinite ones among them */
    uint64_t n_lost;    /* infinite errors */
    uint64_t n_clipped; /* finite samples beyond the half step past the last mark */
    uint64_t n_nonfinite;
    double sum_x, sum_x2;
    double sum_e, sum_e2;
    double sum_overload_e2; /* of sum_e2, what the n_clipped samples brought: overload. The rest is
                             * granular. 0 where nobody knew the grid's ends */
    double max_abs_e;
    bool is_heard;          /* some y is not 0; looked at where the sums leave it open */
    bc_error_squares small; /* below 2^-900, times 2^1200 */
    bc_error_squares large; /* above 2^900, times 2^-1200 */
} bc_error_sums;

/* Add n samples. Sums run in double over fixed lanes: the result depends on how the data
 * are cut into calls, not on the CPU level; cut at fixed places, then merge in order. */
BC_API void bc_error_add_f32(bc_error_sums *sums, const float *x, const float *y, size_t n);
BC_API void bc_error_add_f64(bc_error_sums *sums, const double *x, const double *y, size_t n);

/* Add `count` samples that all have this x and y. */
BC_API void bc_error_add_pair(bc_error_sums *sums, double x, double y, uint64_t count);

/* Add b to a. Merge in the order of the data. */
BC_API void bc_error_merge(bc_error_sums *a, const bc_error_sums *b);

/* Granular and overload: inside the granular region of a grid, which ends half a step past both end
 * marks, a quantizer rounds; beyond it, it clips, and the error grows with the sample (Gray and
 * Neuhoff, "Quantization", IEEE Trans. Information Theory 44(6), 1998). Closed forms of the error
 * are about the first alone. In the units of the data; under a gain of 0 nothing lies beyond. */
typedef struct {
    double low, high;
} bc_granular;
BC_API bc_granular bc_granular_of(const bc_grid *grid, const bc_scale *scale);

/* Add to n_clipped the finite samples of x that lie beyond the region, and to sum_overload_e2 the
 * squares of their errors; the samples are added by bc_error_add_f32 or _f64 besides. Sums are made
 * as there. */
BC_API void bc_error_add_overload_f32(bc_error_sums *sums, const bc_granular *region,
                                      const float *x, const float *y, size_t n);
BC_API void bc_error_add_overload_f64(bc_error_sums *sums, const bc_granular *region,
                                      const double *x, const double *y, size_t n);

/* The same of `count` samples that all have this x and y. */
BC_API void bc_error_add_overload_pair(bc_error_sums *sums, const bc_granular *region, double x,
                                       double y, uint64_t count);

/* The same of the weights of whole blocks: the region of each group goes half a step beyond the
 * ends of its values. Groups under a scale of 0 have none. */
BC_API void bc_error_add_overload_blocks(bc_error_sums *sums, const bc_block_format *format,
                                         const void *blocks, const float *x, const float *y,
                                         size_t n);

/* True when there were samples and y is x in all of them, NaN and infinity included. */
BC_API bool bc_error_is_exact(const bc_error_sums *s);

/* True when there was a signal and every y is 0: all of it was lost. */
BC_API bool bc_error_is_silent(const bc_error_sums *s);

/* The sums of squares of any size: 0 or infinity where double does not reach. */
BC_API double bc_error_x2(const bc_error_sums *s);
BC_API double bc_error_e2(const bc_error_sums *s);

/* Decibels and the like from sums. A figure that does not exist (no samples, no signal) is NaN; an
 * exact copy has SNR and PSNR +infinity. After an infinite error these are -infinity, the RMSE is
 * infinite, and so is the mean, or NaN where errors of both signs met. `peak` is full scale. */
BC_API double bc_error_snr_db(const bc_error_sums *s);
/* The SNR that is left when only rounding, or only clipping, is counted: 10 log10 of the mean
 * square of x over that of the granular or of the overload error, so that 10^(-snr/10) is the sum
 * of the two's. +infinity where there is no such error, NaN after an infinite one. */
BC_API double bc_error_granular_db(const bc_error_sums *s);
BC_API double bc_error_overload_db(const bc_error_sums *s);
BC_API double bc_error_psnr_db(const bc_error_sums *s, double peak);
BC_API double bc_error_rmse(const bc_error_sums *s);
BC_API double bc_error_mean(const bc_error_sums *s);

/* The gate of a least SNR, which opens for a measured figure and for nothing else: BC_OK when the
 * match is exact, or when there is an SNR of at least least_db; else BC_E_QUALITY with the sentence
 * "SUBJECT: FIGURE 23.29 dB, expected at least 90.00 dB" and `rest` behind it. n_replaced: samples
 * that were others before they were measured, as NaN that became 0; with them it opens for an
 * SNR alone, which is infinite where all others match. least_db NaN or -infinity: no gate. */
BC_API BC_NODISCARD bc_status bc_error_gate(const bc_error_sums *s, uint64_t n_replaced,
                                            double least_db, const char *subject,
                                            const char *figure, const char *rest, bc_error *err);

/* Effective number of bits, (snr_db - 1.76) / 6.02 (IEEE 1241). */
BC_API double bc_enob_bits(double snr_db);

/* Entropy in bits per code of a histogram count[0..n). NaN when all are 0. */
BC_API double bc_entropy_bits(const uint64_t *count, size_t n);

/* Number of non-zero bins. */
BC_API size_t bc_levels_used(const uint64_t *count, size_t n);

/* What theory expects. */

/* The rule of thumb for n bits and a full-scale sine: 6.0206 n + 1.7609 dB (Bennett 1948). */
BC_API double bc_theory_rule_of_thumb_db(double bits);

/* SNR of a signal of mean square `signal_power` on an affine grid, when rounding errors
 * are uniform and independent: 10 log10(signal_power / (error_power step^2)), where
 * error_power comes from the noise row (1/12 undithered). NaN where no closed form holds. */
BC_API double bc_theory_snr_db(const bc_grid *grid, const bc_noise *noise, double signal_power);

/* Exact SNR of a signal uniform over the span that does not clip (half a step past both
 * end marks): closed form for that affine grid. NaN for other grids. */
BC_API double bc_theory_uniform_snr_db(const bc_grid *grid);

/* The laws that values are held against, each by its mean magnitude over the root of its mean
 * square: 0.866, 0.798 and 0.707. */
typedef enum { BC_LAW_NONE, BC_LAW_UNIFORM, BC_LAW_GAUSSIAN, BC_LAW_LAPLACIAN } bc_law;

/* The nearest; BC_LAW_NONE where there is no signal. */
BC_API bc_law bc_law_of(double mean_magnitude, double rms);

/* "Gaussian"; NULL for BC_LAW_NONE. */
BC_API const char *bc_law_name(bc_law law);

/* The SNR of the best quantizer of 2^bits levels for values of a law: Lloyd-Max, levels at the
 * means of their cells and cells that end half way between them (Max, "Quantizing for minimum
 * distortion", IRE Trans. IT 6(1), 1960). NaN for BC_LAW_NONE and beyond 1 .. BC_LLOYD_MAX_BITS
 * bits. */
enum { BC_LLOYD_MAX_BITS = 8 };
BC_API double bc_theory_lloyd_max_db(bc_law law, int bits);

/* The SNR that no code of so many bits a value goes beyond, however many values it takes together:
 * 6.02 bits for the Gaussian, of which that is rate and distortion exactly, and Shannon's lower
 * bound of the distortion for the others. NaN for BC_LAW_NONE. */
BC_API double bc_theory_rate_db(bc_law law, double bits);

/* Expected power of the error in each bin of a bc_spectrum of `length` samples a segment, to
 * power[0 .. length / 2]: error_power step^2 of the noise row, spread as its dither is (white, or
 * rising for BC_NOISE_HPTPDF), times |1 - sum c_k z^-k|^2 where noise is shaped by the n_taps
 * numbers of `taps` (bc_fir; 0 and NULL for none). Mean square of the error is the sum of the
 * bins, where nothing clips. NaN throughout where no closed form holds. */
BC_API void bc_theory_error_spectrum(const bc_grid *grid, const bc_noise *noise, const double *taps,
                                     size_t n_taps, uint32_t length, double *power);

#ifdef __cplusplus
}
#endif
#endif
