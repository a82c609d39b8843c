/* The files that options and operands name. */
#ifndef BITCRUSH_FILES_H
#define BITCRUSH_FILES_H

#include "bitcrush/file_plan.h"
#include "options.h"

/* Add the files that options name beside inputs and outputs: plots and sheets, palettes and
 * curves. */
void files_add_options(bc_file_plan *p, const options *o);

/* Check a plan, see bc_file_plan_check. */
BC_NODISCARD bc_status files_check(bc_file_plan *p, const options *o, bc_error *err);

/* Check what the command line names itself: the first n operands, which are inputs, an output (or
 * NULL), which may be the last input, and what options add. */
BC_NODISCARD bc_status files_check_named(const options *o, int n, const char *what, const char *out,
                                         bool may_replace, bc_error *err);

/* BC_E_USAGE when standard input is to be two of the inputs and of the files that options name. */
BC_NODISCARD bc_status files_check_streams(const options *o, bc_error *err);

#endif
