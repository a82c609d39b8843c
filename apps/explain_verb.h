/* The verb explain. */
#ifndef BITCRUSH_EXPLAIN_VERB_H
#define BITCRUSH_EXPLAIN_VERB_H

#include "bitcrush/medium.h"
#include "options.h"

/* `explain ...`, whatever of it; of no medium. */
BC_NODISCARD bc_status explain_verb(const bc_medium *m, const options *o, bc_error *err);

#endif
