/* Shared-internal: what a picture's file says beside its samples, as PNG chunks. */
#ifndef BCI_METADATA_H
#define BCI_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/light.h"
#include "image/icc.h"

#define BCI_MAX_METADATA ((size_t)64 << 20) /* bytes of all chunks, and of a profile unpacked */

typedef struct {
    char name[8]; /* of the PNG chunk, or of what no chunk can hold: "COM", "APP13" */
    uint8_t *data;
    size_t n;
    bool is_bare_profile; /* iCCP whose data are the profile, neither named nor compressed */
    bool is_dropped;      /* known by name only: breaks its rules, or cannot be carried */
} bci_chunk;

/* Chunks from before the samples are complete when the picture is open; later ones are added
 * while rows are read. Writers may look at the first list while the second one grows. */
typedef struct {
    bci_chunk *chunks;
    size_t n, room;
} bci_chunk_list;

typedef struct bci_metadata {
    bci_chunk_list early, late;
    size_t size, max_size; /* of all data; at most BCI_MAX_METADATA */
    bool has_profile;
    bci_profile_facts profile;
    int orientation;        /* as EXIF has it, 1..8 */
    bool is_upright;        /* rows are turned: what is added has to follow */
    uint32_t width, height; /* then: of the upright picture */
    char damage[256];       /* what was wrong with the file and was passed over, or "" */
} bci_metadata;

/* An empty one, or NULL when memory is short. */
bci_metadata *bci_metadata_new(void);

/* Release; NULL is fine. */
void bci_metadata_free(bci_metadata *m);

/* Add a chunk; the data are copied. A second one of a kind that may occur once is left out, as
 * libpng does; of what breaks the rules of its kind the name is kept. BC_E_LIMIT past
 * BCI_MAX_METADATA or when memory is short; `source_name` is for that sentence. */
BC_NODISCARD bc_status bci_metadata_add(bci_metadata *m, const char *name, const uint8_t *data,
                                        size_t n, bool is_late, const char *source_name,
                                        bc_error *err);

/* The same for an ICC profile as it is. */
BC_NODISCARD bc_status bci_metadata_add_profile(bci_metadata *m, const uint8_t *profile, size_t n,
                                                const char *source_name, bc_error *err);

/* The early chunk of that name, or NULL. */
const bci_chunk *bci_metadata_find(const bci_metadata *m, const char *name);

/* From now on the rows are handed out upright, width x height: rewrite what says otherwise. */
void bci_metadata_set_upright(bci_metadata *m, uint32_t width, uint32_t height);

/* How the coded values of a grey or colour picture stand for light, and who says so (static
 * text): cICP goes before iCCP, sRGB and gAMA, as in the PNG specification (third edition). */
void bci_metadata_transfer(const bci_metadata *m, bool is_grey, bc_transfer *out,
                           const char **source);

/* What a writer of PNG is to carry. */
typedef struct {
    const bci_metadata *metadata; /* or NULL */
    bool strips;                  /* only what is needed to show the picture right */
    bool is_grey;                 /* the picture has no colours */
} bci_carried;

/* True for chunks that go into the output. */
bool bci_is_carried(const bci_carried *c, const bci_chunk *chunk);

/* True for the chunks that go before a palette. */
bool bci_is_about_colour(const bci_chunk *chunk);

/* The space that a carried profile asks of the samples, or BCI_ANY_SPACE. */
bci_space bci_carried_space(const bci_carried *c);

/* The names of all chunks that are carried (or are not), once each, "iCCP eXIf", for a format
 * that carries any or not. When they do not fit they end in "...". */
void bci_carried_names(const bci_carried *c, bool carries_any, bool carried, char *text,
                       size_t size);

#endif
