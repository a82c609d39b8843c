/* What the library says of settings, in words of the command line. */
#ifndef BITCRUSH_WORDS_H
#define BITCRUSH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "bitcrush/status.h"

/* Make options of the settings that a sentence names: "`nonfinite=zero`" becomes "--nonfinite
 * zero", and a value that is refused stands behind its option. What other programs call such a
 * value is said; `spec`: the place of synonyms of a SPEC ("format"), or NULL. */
void words_explain(bc_error *err, const char *spec);

/* A list of names with `separator` between, each as it is called here: another program's of `place`
 * becomes ours, the others stay. False where it does not fit in to[0..size). */
bool words_own(const char *place, const char *list, char separator, char *to, size_t size);

#endif
