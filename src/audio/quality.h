/* Shared-internal: two signals, looked at side by side as they stream past. */
#ifndef BCI_AUDIO_QUALITY_H
#define BCI_AUDIO_QUALITY_H

#include "audio/soundfile.h"
#include "bitcrush/audio.h"

typedef struct bci_audio_quality bci_audio_quality;

/* Begin a pair of signals; `in` tells what they are and counts the memory. grid: what the codes of
 * y are told by, or NULL for none. only_errors leaves all out but error sums; curves:
 * bci_audio_quality_measure shall hand them out. BC_E_LIMIT when memory is short. */
BC_NODISCARD bc_status bci_audio_quality_new(bci_sound *in, const bc_grid *grid, bool only_errors,
                                             bool curves, bci_audio_quality **out, bc_error *err);

/* The next n frames of x and y as files hold them; x times `gain` is what y is held against. */
void bci_audio_quality_add(bci_audio_quality *q, bc_sample_layout x_layout, const void *x,
                           double gain, bc_sample_layout y_layout, const void *y, size_t n);

/* What was seen; the last call with q but bci_audio_quality_free. BC_E_LIMIT when memory is
 * short. */
BC_NODISCARD bc_status bci_audio_quality_measure(bci_audio_quality *q, bc_audio_quality *out,
                                                 bc_error *err);

/* Release; NULL is fine. */
void bci_audio_quality_free(bci_audio_quality *q);

/* Codes are told under these scales, one for each channel, instead of that of full scale; they stay
 * the caller's. */
void bci_audio_quality_scale(bci_audio_quality *q, const bc_scale *scales);

/* How often each code was taken, where y does not tell; the array becomes that of q. */
void bci_audio_quality_give_codes(bci_audio_quality *q, uint64_t *histogram, size_t n_codes);

/* NaN and infinity of x count as 0 from here on. */
void bci_audio_quality_count_as_0(bci_audio_quality *q);

/* What is told where nothing was measured: NaN and 0. */
bc_audio_quality bci_audio_quality_unknown(void);

#endif
