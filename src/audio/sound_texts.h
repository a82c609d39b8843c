/* Shared-internal: title, artist and their like, where each family of files has them. */
#ifndef BCI_SOUND_TEXTS_H
#define BCI_SOUND_TEXTS_H

#include "audio/sound_heads.h"
#include "audio/soundfile.h"
#include "base/bytes.h"

/* What a writer is to put into its file. */
typedef struct {
    bci_bytes chunks; /* as the family has them; of FLAC blocks, none marked as the last */
    char *comment;    /* old one and new line, or NULL: none */
    char carried[BC_AUDIO_NAMES], dropped[BC_AUDIO_NAMES];
} bci_sound_carried;

/* "title"; static text. */
const char *bci_text_name(bci_sound_text text);

/* Whether there is a place for a comment. */
bool bci_sound_family_has_comment(bci_sound_family family);

/* Put every text of the source (NULL: the comment alone) that has a place; the others are named as
 * dropped. Several of one name become one, with "; " between. FLAC gets its one block of comments,
 * with the layout in it. */
void bci_texts_put(const bci_sound *source, bci_sound_family family, uint32_t channel_mask,
                   bci_sound_carried *c);

/* The same list of a file of the same family, with another comment unless that is NULL: an INFO
 * list of WAV, the info chunk of CAF, the comments of FLAC. With another level what these say of it
 * (ReplayGain, R128) is dropped. */
void bci_texts_copy_info(const uint8_t *old, size_t n, const char *comment, bci_bytes *out);
void bci_texts_copy_caf(const uint8_t *old, size_t n, const char *comment, bci_bytes *out);
void bci_texts_copy_tags(const uint8_t *old, size_t n, const char *comment, bool changes_level,
                         bci_sound_carried *c);

/* Name the texts of an INFO list and of FLAC's comments that have no place in another family. */
void bci_texts_drop_info(const uint8_t *data, size_t n, bci_sound_carried *c);
void bci_texts_drop_tags(const uint8_t *data, size_t n, bci_sound_carried *c);

/* A metadata block of FLAC (RFC 9639, 8.1), of at most 2^24 - 1 bytes. */
void bci_flac_put_block(unsigned type, const void *data, size_t n, bci_bytes *out);

#endif
