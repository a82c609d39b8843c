/* Spectra: the power of a signal by frequency, averaged over overlapping segments (P. D. Welch,
 * IEEE Trans. Audio and Electroacoustics 15(2), 1967). Segments overlap by half and the last one
 * ends with the signal, so that all samples are looked at.
 *
 * The window is of the Blackman-Harris kind, the sum of 9 cosines with the least side lobes (H.-H.
 * Albrecht, ICASSP 2001): what leaks further than 9 bins away from a tone is 234 dB below it in
 * any bin and 213 dB in all. Every bit depth shows its noise beside a full-scale tone. (With 7
 * cosines it is 161 dB in all, and a sine of 24 bits, 147 dB, reads 0.2 dB too low.)
 *
 * Sums run in double and in the order of the signal: one machine gives the same bits however the
 * signal is cut into calls. Machines with other vector units may differ in the last digits, for
 * FFTW chooses its code by them. An object serves one thread at a time; different objects may be
 * made and used by different threads. FFTW's planner is global: calls of this header take turns
 * at it, and a program that calls that planner itself must not do so meanwhile. */
#ifndef BITCRUSH_SPECTRUM_H
#define BITCRUSH_SPECTRUM_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/weighting.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bc_spectrum bc_spectrum;

#define BC_SPECTRUM_MIN_LENGTH 1024u
#define BC_SPECTRUM_MAX_LENGTH (1u << 20)

/* Equivalent noise bandwidth of the window, in bins: the highest bin of a tone holds at most
 * 1 / 2.99 of its power (-4.75 dB), the sum over its bins all of it. */
#define BC_SPECTRUM_ENBW_BINS 2.9859

/* Bins to either side that a tone reaches, in a signal of at least one segment. */
#define BC_SPECTRUM_LOBE_BINS 9

/* Begin a spectrum of segments of `length` samples, a power of two from BC_SPECTRUM_MIN_LENGTH to
 * BC_SPECTRUM_MAX_LENGTH, at rate_hz > 0 samples a second; else BC_E_USAGE. BC_E_LIMIT when
 * memory is short (it takes some 36 bytes times length), BC_E_UNSUPPORTED in a build without
 * FFTW. Free with bc_spectrum_free. */
BC_API BC_NODISCARD bc_status bc_spectrum_new(double rate_hz, uint32_t length, bc_spectrum **out,
                                              bc_error *err);

/* The next n samples; those that are not finite count as 0. */
BC_API void bc_spectrum_add(bc_spectrum *s, const double *x, size_t n);

/* The number of bins, length / 2 + 1, and from one to the next; bin 0 is DC. */
BC_API size_t bc_spectrum_bins(const bc_spectrum *s);
BC_API double bc_spectrum_bin_hz(const bc_spectrum *s);

/* Mean power of the samples added so far to power[0 .. bins - 1], one-sided: the sum over the
 * bins is the mean square of the signal, as the window weighs its samples: for a stationary
 * signal what it is without a window, and of a segment exactly sum w^2 x^2 / sum w^2. A full-scale
 * sine sums to 1/2, white noise of variance v has 2 v / length in each bin (half of it in the
 * first and last). A signal shorter than a segment has one window as long as itself, and zeros
 * behind it; tones are then wider. All 0 where nothing was added. More samples may follow. */
BC_API void bc_spectrum_power(const bc_spectrum *s, double *power);

/* Power of the bins whose frequencies are low_hz..high_hz, ends included, each times the
 * weighting's gain; NULL counts all alike. */
BC_API double bc_spectrum_band_power(const bc_spectrum *s, double low_hz, double high_hz,
                                     const bc_weighting *weighting);

/* Release; NULL is fine. */
BC_API void bc_spectrum_free(bc_spectrum *s);

#ifdef __cplusplus
}
#endif
#endif
