/* A program from its arguments to its exit status. */
#ifndef BITCRUSH_RUN_H
#define BITCRUSH_RUN_H

#include "bitcrush/medium.h"
#include "options.h"
#include "programs.h"

/* What a program is asked to do: a row of the table of verbs. */
typedef struct {
    const char *name;      /* "compare"; "" of a reduction without a word */
    const bc_medium *only; /* files of this medium alone, or NULL: whatever the first file is */
    bc_deed needs;         /* BC_N_DEEDS: nothing */
    bool takes_spec;       /* a SPEC may stand behind the files */
    bool is_each;          /* one file after the other, each by itself */
    bool is_without_files; /* explain */
    bool takes_sweep;      /* options of a sweep */
    const program *own;    /* with options of its own, or NULL */
    bc_status (*run)(const bc_medium *m, const options *o, bc_error *err);
} verb;

/* Parse and do it. Returns the exit status. */
int run_program(const program *self, const verb *v, int argc, char **argv);

#endif
