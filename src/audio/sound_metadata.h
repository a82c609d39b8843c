/* Shared-internal: what goes along from one sound file to another beside the samples. */
#ifndef BCI_SOUND_METADATA_H
#define BCI_SOUND_METADATA_H

#include "audio/sound_heads.h"
#include "audio/sound_parts.h"
#include "base/bytes.h"

#define BCI_MAX_SOUND_METADATA ((uint64_t)64 << 20) /* bytes of all chunks that are carried */

/* What a writer is to put into its file. */
typedef struct {
    bci_bytes chunks;             /* as the family has them */
    char *comment;                /* old one and new line, or NULL: none */
    const char *texts[BCI_TEXTS]; /* for FLAC; of the source, but for the comment */
    char carried[BC_AUDIO_NAMES], dropped[BC_AUDIO_NAMES];
} bci_sound_carried;

/* Within a family chunks are copied as they are, those that libsndfile does not know too; across
 * families the texts go over. `source` NULL: nothing but the line; `line` may be NULL. What cannot
 * go along is named in `dropped`. BC_E_LIMIT when memory is short. */
BC_NODISCARD bc_status bci_sound_carry(const bci_sound *source, bool strip, const char *line,
                                       bci_sound_family family, const bci_sound_shape *shape,
                                       bci_sound_carried *out, bc_error *err);

/* Whether there is a place for `line`. */
bool bci_sound_family_has_comment(bci_sound_family family);

void bci_sound_carried_free(bci_sound_carried *c);

#endif
