/* The verb `report`. */
#ifndef BITCRUSH_REPORT_VERB_H
#define BITCRUSH_REPORT_VERB_H

#include "options.h"

/* `report FILE... SPEC`: a page for each, by the tool's own reduction, whose outputs are not kept;
 * or `report FILE...`, files all: one page of all of them. */
BC_NODISCARD bc_status report_verb(const char *name, const options *o,
                                   bc_status (*reduce)(const char *, const options *, bc_error *),
                                   bc_error *err);

#endif
