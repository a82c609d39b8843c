/* Many files: what the outputs are called, and one bad file not stopping the rest. */
#ifndef BITCRUSH_BATCH_H
#define BITCRUSH_BATCH_H

#include <stddef.h>

#include "bitcrush/medium.h"
#include "options.h"

/* A job over the first n_files operands. */
typedef struct {
    const bc_medium *medium;
    const void *job;
    int n_files;
    const char *choice; /* what was done, for the names of outputs: "4bit" */
    bc_status (*file)(const options *o, void *context, const char *in, const char *out,
                      bc_error *err);
    void *context;
} batch;

/* Do it. Each output is -o, or "NAME-CHOICE.ENDING" beside its input or in the directory that -o
 * names. A bad file does not stop the rest: its sentence is printed at once, and the first failure
 * is the status; but a plan in which two files are one is refused before any work. Only the
 * sentence of the last is left in err. */
BC_NODISCARD bc_status batch_run(const batch *b, const options *o, bc_error *err);

#endif
