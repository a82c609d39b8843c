/* What the library says of settings, in words of the command line. */
#ifndef BITCRUSH_WORDS_H
#define BITCRUSH_WORDS_H

#include "bitcrush/status.h"

/* Make options of the settings that a sentence names: "`nonfinite=zero`" becomes "--nonfinite
 * zero", and a value that is refused stands behind its option. What other programs call such a
 * value is said; `spec`: the place of synonyms of a SPEC ("format"), or NULL. */
void words_explain(bc_error *err, const char *spec);

#endif
