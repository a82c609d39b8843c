/* Shared-internal: where the samples of a sound file lie, by its own header. */
#ifndef BCI_SOUND_HEADER_H
#define BCI_SOUND_HEADER_H

#include "audio/sound_format.h"
#include "audio/sound_input.h"

/* BC_E_FORMAT for a header that ends early, says what cannot be, or promises more samples than
 * there are; BC_E_UNSUPPORTED for a pipe that does not say beforehand what its samples are. What is
 * wrong otherwise is forgiven, and noted; with salvage samples that are not there, too. */
BC_NODISCARD bc_status bci_sound_header_read(bci_sound_input *in, bool salvage,
                                             bci_sound_header *out, bc_error *err);

#endif
