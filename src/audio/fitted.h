/* Shared-internal: scales that are fitted to sound. */
#ifndef BCI_FITTED_H
#define BCI_FITTED_H

#include "audio/soundfile.h"
#include "medium/grouping.h"
#include "medium/laid.h"

extern const bci_groups bci_groups_of_sound;

/* Whether marks are not those of full scale: a scale is fitted, or there are blocks. */
bool bci_is_fitted(const bc_audio_settings *s);

/* Frames that share a scale: a group, a block; 0 where it is that of the whole sound. */
size_t bci_group_frames(const bc_audio_settings *s);

/* The same as bci_lay wants it. */
bci_laying bci_laying_of(const bc_audio_settings *s);

/* Values under a fitted scale are no integers of full scale, and none is infinite. Nothing changes
 * where no scale is fitted, nor the second time. */
void bci_settle_fitted(bc_audio_settings *s);

/* BC_E_USAGE for what makes no sense with a fitted scale, and for grids that no scale lays on
 * sound. */
BC_NODISCARD bc_status bci_check_fitted(const bc_audio_settings *s, bc_error *err);

/* Fit the scales of the whole sound, one for each channel (those of BC_PER_WHOLE are alike), to the
 * file at `path`, which `in` was opened from; samples times `gain`. BC_E_USAGE for a pipe. */
BC_NODISCARD bc_status bci_fit_whole(const bci_sound *in, const char *path,
                                     const bc_audio_settings *s, double gain, bc_scale *scales,
                                     bc_error *err);

/* Bytes of n_frames frames, packed: codes, and scales at 32 bits for each of their numbers. */
uint64_t bci_audio_packed_bytes(const bc_audio_settings *s, uint64_t n_frames, size_t n_channels);

#endif
