/* The verb sweep. */
#ifndef BITCRUSH_SWEEP_VERB_H
#define BITCRUSH_SWEEP_VERB_H

#include "bitcrush/medium.h"
#include "options.h"

/* `sweep FILE [A..B]`: a file of the medium at every depth. */
BC_NODISCARD bc_status sweep_verb(const bc_medium *m, const options *o, bc_error *err);

#endif
