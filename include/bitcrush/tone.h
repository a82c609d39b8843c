/* Tones: what a converter is judged by when it is fed a sine. All of it is read from a spectrum;
 * the sine is taken out by leaving out the bins that it reaches (no notch filter). The figures
 * are those of AES17 and IEEE 1241 where these leave the band and the way of removal open. */
#ifndef BITCRUSH_TONE_H
#define BITCRUSH_TONE_H

#include <stdbool.h>
#include <stdint.h>

#include "bitcrush/spectrum.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_TONE_LAST_HARMONIC 10

/* A tone is taken for one that dominates when it holds this share of the power in the band. */
#define BC_TONE_SHARE 0.9

/* "The bins of X" are those up to 9 away from its frequency (more in a signal shorter than a
 * segment); of white noise they hold 19 in length / 2, which counts as part of X: keep segments
 * long, 2^14 or more. Decibels are of powers. */
typedef struct {
    bool found;           /* else every figure but the band is NaN, and n_harmonics 0 */
    double low_hz;        /* the band: from 20 Hz, or above the bins of DC where that is more, */
    double high_hz;       /* to 20 kHz or half the rate, what is less */
    double frequency_hz;  /* centroid of the tone's bins */
    double level_dbfs;    /* of the tone alone; a sine between -1 and 1 is 0 dBFS (AES17) */
    double sinad_db;      /* the tone's power over that of all else in the band */
    double enob_bits;     /* (sinad_db - 1.76) / 6.02 (IEEE 1241), not corrected for the level */
    double thd_db;        /* power of the harmonics 2..10 that lie in the band over the tone's;
                          * NaN where none does. Noise within their bins is in it */
    double thdn_db;       /* power of all in the band but the tone over that of all in the band */
    uint32_t n_harmonics; /* how many there are in the band, of 9 */
    double harmonic_db[BC_TONE_LAST_HARMONIC + 1]; /* [h]: harmonic h over the tone, h >= 2; NaN
                                                    * outside the band */
} bc_tone;

/* Look for one tone that dominates. A tone below twice the reach of its own bins (low_hz at
 * least) is not found. */
BC_API void bc_tone_find(const bc_spectrum *s, bc_tone *out);

/* Measure the tone at `hz`, known from elsewhere (the input, say), whether or not it dominates;
 * found is false only where its bins are not all between those of DC and high_hz. */
BC_API void bc_tone_at(const bc_spectrum *s, double hz, bc_tone *out);

#ifdef __cplusplus
}
#endif
#endif
