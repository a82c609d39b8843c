/* Shared-internal: samples of a file to samples of lower depth. */
#ifndef BCI_CRUSHER_H
#define BCI_CRUSHER_H

#include "audio/silence.h"
#include "audio/soundfile.h"
#include "audio/tally.h"

typedef struct bci_crusher bci_crusher;

/* Turn frames laid out as `from` says into ones as `to` says. settings->noise is chosen, `shaper`
 * fitted (no taps: none), and scales, one for each channel, where they are of the whole sound (else
 * NULL); they live as long as the crusher. BC_E_LIMIT when memory is short. */
BC_NODISCARD bc_status bci_crusher_new(const bc_audio_info *from, const bci_sound_plan *to,
                                       const bc_audio_settings *settings, const bc_shaper *shaper,
                                       const bc_scale *scales, int n_workers, bci_crusher **out,
                                       bc_error *err);

/* The first frames of the file, which the noise depends on: what was dithered once has other
 * samples than before and so gets other noise. Call it before all. */
void bci_crusher_begin(bci_crusher *c, const void *raw, size_t n_frames);

/* The number that tells this noise from that of other signals under one seed. */
uint64_t bci_crusher_history(const bci_crusher *c);

/* True when frames must be reduced in order, each call after the one before. */
bool bci_crusher_is_serial(const bci_crusher *c);

/* How often each code was taken, where these are not told by the samples: in groups and blocks.
 * NULL: not counted. The caller frees it. */
uint64_t *bci_crusher_histogram(bci_crusher *c, size_t *n_codes);

/* Reduce frames first .. first + n_frames - 1, whole groups but for the last, with the scratch
 * memory of `worker`. What is silent stays 0, and the shaper begins anew there. tally: NULL counts
 * no clipping. BC_E_FORMAT for a sample that is not finite where that is an error. */
BC_NODISCARD bc_status bci_crusher_run(bci_crusher *c, int worker, uint64_t first, const void *raw,
                                       size_t n_frames, bci_silent silent, void *reduced,
                                       bci_crush_tally *tally, bc_error *err);

/* Release; NULL is fine. */
void bci_crusher_free(bci_crusher *c);

#endif
