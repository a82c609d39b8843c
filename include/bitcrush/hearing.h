/* Hearing: how faint a sound the ear still notices, by frequency.
 *
 * What noise shaping hides noise under, and what a weighted noise figure weighs by. */
#ifndef BITCRUSH_HEARING_H
#define BITCRUSH_HEARING_H

#include <stddef.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_CURVE_MAX_POINTS 256

/* A threshold by points: at hz[i] (rising, above 0) sounds of db[i] are just noticed; lower is
 * more audible, and only differences count. Between the points it is linear in dB over the
 * logarithm of frequency, beyond the ends it stays. n is at least 1. */
typedef struct {
    size_t n;
    double hz[BC_CURVE_MAX_POINTS], db[BC_CURVE_MAX_POINTS];
} bc_curve;

/* Absolute threshold of hearing in dB SPL: 3.64 f^-0.8 - 6.5 exp(-0.6 (f - 3.3)^2) + f^4 / 1000
 * with f in kHz (Terhardt, Hearing Research 1, 1979); below 20 Hz that of 20 Hz. */
BC_API double bc_hearing_threshold_db(double hz);

/* The curve at a frequency >= 0; NULL is bc_hearing_threshold_db. */
BC_API double bc_curve_db(const bc_curve *curve, double hz);

/* Read a curve from a text file ("-": standard input): a line has frequency and threshold,
 * "1000 4.2"; "#" begins a comment. BC_E_OPEN when it cannot be read; BC_E_FORMAT for a line of
 * anything else, frequencies that do not rise, thresholds beyond +-1000 dB, no point;
 * BC_E_LIMIT for more than BC_CURVE_MAX_POINTS. */
BC_API BC_NODISCARD bc_status bc_curve_load(const char *path, bc_curve *out, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
