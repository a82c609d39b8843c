/* Shared-internal: sound under scales of its groups of frames, or in blocks. */
#ifndef BCI_LAYER_H
#define BCI_LAYER_H

#include "audio/tally.h"
#include "bitcrush/audio.h"

typedef struct bci_layer bci_layer;

/* For strips of at most strip_frames frames; `counts`: the codes, where they are few.
 * BC_E_LIMIT. */
BC_NODISCARD bc_status bci_layer_new(const bc_audio_settings *settings, size_t strip_frames,
                                     int n_workers, bool counts, bci_layer **out, bc_error *err);

/* Round frames first .. first + n - 1 of a channel, whole groups but for the last of the sound: y
 * are the values of x with `noise`, in steps (NULL: none). Infinities of x, and what is limited,
 * change in x. tally: NULL counts no clipping. BC_E_FORMAT for a sample that is not held where that
 * is an error. */
BC_NODISCARD bc_status bci_layer_run(const bci_layer *l, int worker, double *x, const double *noise,
                                     size_t n, double *y, uint64_t first, size_t channel,
                                     bci_crush_tally *tally, bc_error *err);

/* How often each code was taken, by all workers; NULL: not counted. The caller frees it. */
uint64_t *bci_layer_histogram(bci_layer *l, size_t *n_codes);

/* Release; NULL is fine. */
void bci_layer_free(bci_layer *l);

/* BC_E_FORMAT for a sample that would not be held. */
bc_status bci_refuse_sample(const bc_audio_settings *s, double x, uint64_t frame, size_t channel,
                            bc_error *err);

#endif
