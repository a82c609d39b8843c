/* Shared-internal: digital silence in a sound that is read. */
#ifndef BCI_SILENCE_H
#define BCI_SILENCE_H

#include "audio/soundfile.h"

typedef struct bci_silence bci_silence;

/* Which samples are silent: at[c * stride + i] is 1 for sample i of channel c. NULL: none. */
typedef struct {
    const uint8_t *at;
    size_t stride;
} bci_silent;

/* Look for runs of more than n_frames samples of a channel that are exactly 0. Reads ahead as far
 * as that takes. The sound stays the caller's. *memory counts what its reading limits. BC_E_LIMIT
 * when that is more than memory is given. */
BC_NODISCARD bc_status bci_silence_new(bci_sound *in, size_t n_frames, size_t batch_frames,
                                       uint64_t *memory, bci_silence **out, bc_error *err);

/* As bci_sound_read, with at most batch_frames a call; silent[c * batch_frames + i] becomes 1 where
 * sample i of channel c is part of such a run, from its first sample to its last, else 0. */
BC_NODISCARD bc_status bci_silence_read(bci_silence *s, void *raw, size_t n_frames, size_t *got,
                                        uint8_t *silent, bc_error *err);

/* Release; NULL is fine. */
void bci_silence_free(bci_silence *s);

#endif
