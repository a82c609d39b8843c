/* The verb report: pages about files. */
#ifndef BITCRUSH_REPORT_VERB_H
#define BITCRUSH_REPORT_VERB_H

#include "bitcrush/medium.h"
#include "options.h"

/* `report FILE... SPEC`: pages about reductions whose outputs are not kept. `report FILE...`: one
 * page with the curves of all. `m`: the medium of the first file. */
BC_NODISCARD bc_status report_verb(const bc_medium *m, const options *o, bc_error *err);

/* Is the last operand a file like the others, and no SPEC? */
bool report_ends_in_file(const options *o);

#endif
