/* Shared-internal: what goes along from one sound file to another beside the samples. */
#ifndef BCI_SOUND_METADATA_H
#define BCI_SOUND_METADATA_H

#include "audio/sound_texts.h"

#define BCI_MAX_SOUND_METADATA ((uint64_t)64 << 20) /* bytes of all chunks that are carried */

/* Within a family chunks are copied as they are, those that libsndfile does not know too; across
 * families the texts go over. `source` NULL: nothing but the line; `line` may be NULL. What cannot
 * go along is named in `dropped`. BC_E_LIMIT when memory is short. */
BC_NODISCARD bc_status bci_sound_carry(const bci_sound *source, bool strip, const char *line,
                                       bci_sound_family family, const bci_sound_shape *shape,
                                       bci_sound_carried *out, bc_error *err);

void bci_sound_carried_free(bci_sound_carried *c);

#endif
