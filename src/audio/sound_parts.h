/* Shared-internal: what a writer takes from a sound that is open. */
#ifndef BCI_SOUND_PARTS_H
#define BCI_SOUND_PARTS_H

#include "audio/sound_header.h"
#include "audio/soundfile.h"

const bci_sound_header *bci_sound_get_header(const bci_sound *s);

/* The first n bytes of a chunk; fewer when they cannot be read. */
size_t bci_sound_chunk_data(const bci_sound *s, const bci_sound_chunk *chunk, void *buf, size_t n);

/* BC_E_OPEN when some part of the file could not be read, whatever was made of the rest. */
BC_NODISCARD bc_status bci_sound_status(const bci_sound *s, bc_error *err);

#endif
