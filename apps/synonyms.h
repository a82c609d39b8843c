/* What people type who know other programs, and what it is called here. */
#ifndef BITCRUSH_SYNONYMS_H
#define BITCRUSH_SYNONYMS_H

#include <stdbool.h>
#include <stddef.h>

#include "bitcrush/status.h"

typedef enum {
    SYNONYM_NONE,
    SYNONYM_SAME, /* another name of the same thing, which is taken for it */
    SYNONYM_NEAR, /* near, but not the same, or one of several: asked back */
    SYNONYM_SAID, /* not here; a sentence says what is instead */
} synonym_kind;

typedef struct {
    /* Where it stands: "option" (without dashes), "letter", the name of an option whose value it is
     * ("dither"), "sweep" of an option that it does not take, or a SPEC: "bits" of pictures,
     * "depth" of sound, "format" of weights, "notation" of explain. */
    const char *place;
    const char *typed; /* in lower case; '#' stands for digits, which '#' in `called` repeats */
    synonym_kind kind;
    const char *called; /* the name, names with " or " between, or the sentence */
} synonym_row;

/* The rows; returns their number. */
size_t synonym_rows(const synonym_row **out);

/* Look up what was typed, in upper or lower case. What it is called goes to `to`. */
synonym_kind synonym_find(const char *place, const char *typed, char *to, size_t size);

/* A name in lower case, as it is typed; cut to `size`, with its final 0. */
void lower_case(const char *from, char *to, size_t size);

/* BC_E_USAGE with a sentence for a word that is unknown at `place`: what the table says of it, or
 * the name `near` (NULL: none) that it may be a slip of, or what is `expected`. `what` begins the
 * sentence: "--dither", or "" where the word stands alone. */
bc_status synonym_unknown(bc_error *err, const char *place, const char *what, const char *typed,
                          const char *near, const char *expected);

#endif
