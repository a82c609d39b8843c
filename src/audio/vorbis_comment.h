/* Shared-internal: the texts of FLAC, "NAME=value" each, one after the other (Vorbis I, 5). */
#ifndef BCI_VORBIS_COMMENT_H
#define BCI_VORBIS_COMMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A walk over the texts; begin it with the block. */
typedef struct {
    const uint8_t *at;
    size_t left;
    uint32_t n_left; /* texts */
} bci_vorbis_walk;

bci_vorbis_walk bci_vorbis_begin(const uint8_t *block, size_t n);

/* The next text, n bytes at *text; false at the end, which a damaged block reaches early. */
bool bci_vorbis_next(bci_vorbis_walk *w, const uint8_t **text, size_t *n);

/* True when it has this name, in any case; *value is then where its value begins. */
bool bci_vorbis_is_named(const uint8_t *text, size_t n, const char *name, size_t *value);

#endif
