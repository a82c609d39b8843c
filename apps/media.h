/* Which medium a file or a SPEC is of, in sentences. */
#ifndef BITCRUSH_MEDIA_H
#define BITCRUSH_MEDIA_H

#include "bitcrush/study.h"
#include "options.h"

/* The TOOL_ bit of a medium. */
unsigned media_bit(const bc_medium *m);

/* Does a medium take the place of a SPEC by the settings that were given? */
bool media_replaces_spec(const bc_medium *m, const options *o);

/* A sentence that `path` is unsupported says what it is instead, where that is known: also that it
 * is of another medium than `m`, where that is not NULL; one that it is damaged that --salvage
 * would read it, where it would. */
void media_explain(const char *path, const bc_medium *m, const options *o, bc_error *err);

/* Make a SPEC that others call otherwise one of the medium's, in `word`: *spec points to it then.
 * BC_E_USAGE where another medium has it, or it is near to one. */
BC_NODISCARD bc_status media_settle_spec(const bc_medium *m, const char *path, const char **spec,
                                         char word[160], bc_error *err);

#endif
