/* All files of a run, and that no output is another file of it: known before any work. */
#ifndef BITCRUSH_FILE_PLAN_H
#define BITCRUSH_FILE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "bitcrush/status.h"
#include "options.h"

typedef enum { PLAN_READ, PLAN_WRITE } plan_use;

/* Zero it; plan_check releases it. */
typedef struct {
    struct plan_file *files;
    size_t n, room;
    bool is_short; /* of memory */
} file_plan;

/* Add a file: what it is in the run ("output"), its path, and for which input (NULL: for all). "-"
 * is standard input or output. Files that do not exist are known by their directory and name.
 * Devices, as /dev/null, are never in the way of each other. */
void plan_add(file_plan *p, plan_use use, const char *what, const char *path, const char *input);

/* Add the files that options name beside inputs and outputs: plots and sheets, palettes and
 * curves. */
void plan_add_options(file_plan *p, const options *o);

/* The output that was added last may replace the input that was added last: it is one picture or
 * sound onto itself, and whole before it does so. */
void plan_allow_self(file_plan *p);

/* Add the files of a run whose first n operands are its inputs, and whose options name the rest. */
void plan_add_operands(file_plan *p, const options *o, int n);

/* BC_E_USAGE when an output and another file are one, in a sentence that names both; BC_E_LIMIT.
 * Where an output replaces a file, the shards and parts of inputs count as well. */
BC_NODISCARD bc_status plan_check(file_plan *p, const options *o, bc_error *err);

/* BC_E_USAGE when standard input is to be two of the inputs and of the files that options name. */
BC_NODISCARD bc_status plan_check_streams(const options *o, bc_error *err);

#endif
