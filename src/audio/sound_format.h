/* Shared-internal: the fields of headers of sound files. */
#ifndef BCI_SOUND_FORMAT_H
#define BCI_SOUND_FORMAT_H

#include "audio/sound_header.h"

enum { BCI_SOUND_FORMAT_BYTES = 40 };

/* n bytes, at most 8, as an unsigned number. */
uint64_t bci_sound_number(const uint8_t *p, size_t n, bool big);

/* True for sizes that programs write when they cannot come back to correct them. */
bool bci_sound_size_is_placeholder(uint64_t size);

/* BC_E_FORMAT for no channels and rates that cannot be. */
BC_NODISCARD bc_status bci_sound_check_shape(uint64_t n_channels, uint64_t rate_hz,
                                             const char *container, const char *name,
                                             bc_error *err);

/* What out->format says of samples: p are its first BCI_SOUND_FORMAT_BYTES, missing ones 0. */
BC_NODISCARD bc_status bci_sound_format_read(bci_sound_header *out, const uint8_t *p,
                                             const char *name, bc_error *err);

/* Add to the note, or to what was salvaged, as printf. */
void bci_sound_header_note(bci_sound_header *h, const char *format, ...) BC_PRINTF(2, 3);
void bci_sound_header_salvaged(bci_sound_header *h, const char *format, ...) BC_PRINTF(2, 3);

#endif
