/* Palettes: the few colours that a picture may be made of. */
#ifndef BITCRUSH_PALETTE_H
#define BITCRUSH_PALETTE_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_PALETTE_MAX_COLOURS 256

/* Colours {red, green, blue} as coded (sRGB), 0..255, in the order of their indices. */
typedef struct {
    uint32_t n_colours;
    uint8_t colours[BC_PALETTE_MAX_COLOURS][3];
} bc_palette;

/* A row of the registry: a palette of some device. */
typedef struct {
    const char *name;
    const char *doc;
    const char *source;
    uint32_t n_colours;
    const uint32_t *colours; /* 0xRRGGBB */
} bc_palette_row;

/* The rows of the registry, in order; returns the number of rows. */
BC_API size_t bc_palette_rows(const bc_palette_row **out);

/* The palette of the row of that name. BC_E_USAGE when there is none. */
BC_API BC_NODISCARD bc_status bc_palette_named(const char *name, bc_palette *out, bc_error *err);

/* The palette in a file: the entries of an indexed PNG, or the distinct colours of another
 * picture in order of appearance; a GIMP palette (.gpl); or text with one colour a line as
 * RRGGBB or #RRGGBB, where what follows ; or // is a comment. Equal entries are kept once.
 * BC_E_FORMAT for a line that is neither, BC_E_LIMIT past 256 colours, BC_E_OPEN. */
BC_API BC_NODISCARD bc_status bc_palette_load(const char *path, bc_palette *out, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
