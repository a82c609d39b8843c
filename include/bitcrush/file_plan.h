/* All files of a run, known before any work: that no output is another file of it. */
#ifndef BITCRUSH_FILE_PLAN_H
#define BITCRUSH_FILE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "bitcrush/reading.h"
#include "bitcrush/setting.h"
#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { BC_PLAN_READ, BC_PLAN_WRITE } bc_plan_use;

/* Zero it; bc_file_plan_check releases it. */
typedef struct {
    struct bc_plan_file *files;
    size_t n, room;
    bool is_short; /* of memory, which the check says */
} bc_file_plan;

/* Add a file: what it is in the run ("output"; "input" of what is read as one), its path, and for
 * which input (NULL: for all). `what` and `input` stay the caller's. "-" is standard input or
 * output. Files that do not exist are known by their directory and name. Devices, as /dev/null, are
 * never in the way of each other. */
BC_API void bc_file_plan_add(bc_file_plan *p, bc_plan_use use, const char *what, const char *path,
                             const char *input);

/* Add the files that settings name, to be read: palettes and curves. */
BC_API void bc_file_plan_add_settings(bc_file_plan *p, const bc_settings *settings);

/* The output that was added last may replace the input that was added last: it is one picture or
 * sound onto itself, and whole before it does so. */
BC_API void bc_file_plan_allow_self(bc_file_plan *p);

/* BC_E_USAGE when an output and another file are one, in a sentence that names both; BC_E_LIMIT.
 * Where an output replaces a file, the shards and parts of inputs count as well, which are found as
 * *how says. */
BC_API BC_NODISCARD bc_status bc_file_plan_check(bc_file_plan *p, const bc_reading *how,
                                                 bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
