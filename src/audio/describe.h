/* Shared-internal: what is told of every run. */
#ifndef BCI_DESCRIBE_H
#define BCI_DESCRIBE_H

#include "audio/soundfile.h"

/* Fill in what follows from the files: input, output, sizes, metadata. result->n_frames is set. */
void bci_audio_describe(bc_audio_result *result, const bci_sound *in, const bci_sound_writer *out,
                        const bc_audio_settings *settings);

#endif
