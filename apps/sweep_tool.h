/* The verb sweep, the same for every medium. */
#ifndef BITCRUSH_SWEEP_TOOL_H
#define BITCRUSH_SWEEP_TOOL_H

#include "tool.h"

/* `sweep FILE [A..B]`. */
BC_NODISCARD bc_status sweep_verb(const char *name, const options *o, bc_error *err);

#endif
