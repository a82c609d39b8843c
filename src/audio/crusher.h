/* Shared-internal: samples of a file to samples of lower depth. */
#ifndef BCI_CRUSHER_H
#define BCI_CRUSHER_H

#include "audio/silence.h"
#include "audio/soundfile.h"

typedef struct bci_crusher bci_crusher;

/* What was noticed on the way. Zero it, merge in order. */
typedef struct {
    uint64_t n_clipped;
    double worst;       /* magnitude past full scale of the worst clipped sample; 0: none */
    double overload_e2; /* squares of their errors, where each sample is rounded for itself */
    uint64_t n_nonfinite, n_silent;
    uint64_t n_saturated; /* see bc_audio_result */
} bci_crush_tally;

void bci_crush_merge(bci_crush_tally *to, const bci_crush_tally *more);

/* Turn frames laid out as `from` says into ones as `to` says. settings->noise is chosen, and
 * `shaper` fitted (no taps: none). BC_E_LIMIT when memory is short. */
BC_NODISCARD bc_status bci_crusher_new(const bc_audio_info *from, const bci_sound_plan *to,
                                       const bc_audio_settings *settings, const bc_shaper *shaper,
                                       int n_workers, bci_crusher **out, bc_error *err);

/* The first frames of the file, which the noise depends on: what was dithered once has other
 * samples than before and so gets other noise. Call it before all. */
void bci_crusher_begin(bci_crusher *c, const void *raw, size_t n_frames);

/* The number that tells this noise from that of other signals under one seed. */
uint64_t bci_crusher_history(const bci_crusher *c);

/* True when frames must be reduced in order, each call after the one before. */
bool bci_crusher_is_serial(const bci_crusher *c);

/* Reduce frames first .. first + n_frames - 1 with the scratch memory of `worker`. What is silent
 * stays 0, and the shaper begins anew there. tally: NULL counts no clipping. BC_E_FORMAT for a
 * sample that is not finite where that is an error. */
BC_NODISCARD bc_status bci_crusher_run(bci_crusher *c, int worker, uint64_t first, const void *raw,
                                       size_t n_frames, bci_silent silent, void *reduced,
                                       bci_crush_tally *tally, bc_error *err);

/* Release; NULL is fine. */
void bci_crusher_free(bci_crusher *c);

#endif
