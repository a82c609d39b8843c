/* Shared-internal: whether there is anything to lose. */
#ifndef BCI_EXACT_H
#define BCI_EXACT_H

#include <signal.h>

#include "audio/soundfile.h"

/* *out: every sample of the sound is a mark of the grid. The header may say so; else the file at
 * `path`, which `s` was opened from, is read again up to the first sample that is not. Of a pipe
 * only the header is there: *is_promise when its valid bits say so and more bits might be used. */
BC_NODISCARD bc_status bci_sound_is_exact(const bci_sound *s, const char *path, const bc_grid *grid,
                                          bool *out, bool *is_promise, bc_error *err);

/* Check samples against the promise: BC_E_FORMAT for the first that does not lie on the grid. */
BC_NODISCARD bc_status bci_sound_keeps_promise(const bci_sound *s, const bc_grid *grid,
                                               const void *raw, size_t n_frames, bc_error *err);

#endif
