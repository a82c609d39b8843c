/* The three media: what their files are called, how they are known, and which SPEC is for which. */
#ifndef BITCRUSH_MEDIA_H
#define BITCRUSH_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"
#include "options.h"

typedef struct {
    unsigned bit;         /* TOOL_... */
    const char *medium;   /* "pictures" */
    const char *one;      /* "picture" */
    const char *examples; /* "photo.png" */
    const char *program;  /* that is for nothing else */
    bool (*knows)(const uint8_t *head, size_t n);
    bool (*takes)(const char *spec);
} media_row;

/* The row of a TOOL_ bit, NULL for others. */
const media_row *media_of_tool(unsigned bit);

/* The row whose files begin so, or NULL. */
const media_row *media_of_head(const uint8_t *head, size_t n);

/* The row of a regular file, and what it is, as "a WAV sound"; NULL where nobody knows. */
const media_row *media_of_file(const char *path, char what[48]);

/* BC_E_UNSUPPORTED, with what the file is and which program takes it, where it is of another medium
 * than that of `bit`. */
BC_NODISCARD bc_status media_refuse(const char *path, unsigned bit, bc_error *err);

/* Would --salvage read a file? */
bool media_salvages(const char *path, const options *o);

/* The row of another medium than that of `bit` that takes a SPEC of letters; NULL where there is
 * none, or the medium takes it itself. */
const media_row *media_of_spec(const char *spec, unsigned bit);

#endif
