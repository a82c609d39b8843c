/* What the tools for pictures and for sound have in common. */
#ifndef BITCRUSH_TOOL_H
#define BITCRUSH_TOOL_H

#include <stdbool.h>
#include <stdio.h>

#include "bitcrush/plot.h"
#include "bitcrush/reading.h"
#include "bitcrush/report.h"
#include "options.h"
#include "programs.h"

/* What a program is asked to do. */
typedef enum {
    VERB_REDUCE,
    VERB_COMPARE,
    VERB_RESTORE,
    VERB_INFO,
    VERB_SWEEP,
    VERB_REPORT,
    VERB_EXPLAIN,
    N_VERBS
} tool_verb;

/* A tool: what it is for and what it can do. */
typedef struct {
    unsigned bit;                                 /* TOOL_... */
    const char *medium;                           /* what it reads: "pictures" */
    const char *spec;                             /* the place of synonyms of its SPEC, or NULL */
    bool (*knows)(const uint8_t *head, size_t n); /* a file by its first bytes */
    /* By verb; NULL where the tool lacks it. name: of the program, for messages. */
    bc_status (*verbs[N_VERBS])(const char *name, const options *o, bc_error *err);
} tool;

/* Run a program: parse, and hand over to the first of tools[0..n_tools) that knows the first
 * operand, or to tools[0], which says what is wrong with it. Returns the exit status. */
int tool_run(const program *self, const tool *const *tools, size_t n_tools, tool_verb verb,
             int argc, char **argv);

/* How inputs are read by the options: limits, damage, and when to give up. */
bc_reading tool_reading(const options *o);

/* Say on standard error that damage of an input was passed over, unless there was none (""). */
void tool_warn_salvaged(const char *path, const char *damage);

/* BC_E_USAGE with the sentence "WHAT GOT: EXPECTED". */
bc_status tool_usage(bc_error *err, const char *what, const char *got, const char *expected);

/* Status with a sentence, as printf. */
#define tool_fail bc_error_say

/* Is the last operand a file like the others, and no SPEC? */
bool tool_ends_in_file(tool_verb verb, const options *o);

/* What a run that its gate refused still reports: all but pages and plots. */
options tool_refused(const options *o);

/* BC_E_UNSUPPORTED, with the sentence for a file of no kind that is known. */
bc_status tool_unknown(const char *path, bc_error *err);

/* Write a plot to the file of --plot and release it; a status of its making that is not BC_OK is
 * returned instead. */
BC_NODISCARD bc_status tool_save_plot(const options *o, bc_plot *p, bc_status st, bc_error *err);

/* Whether a file can be read more than once: BC_E_OPEN of a directory, BC_E_UNSUPPORTED of a pipe.
 * What is not there is left to whoever opens it. */
BC_NODISCARD bc_status tool_rereadable(const char *path, bc_error *err);

/* True when what is printed to `to` may have bold letters. */
bool tool_has_colour(const options *o, FILE *to);

/* Where reports go: to standard error when data went to standard output, which `out` "-", or a
 * page, plot or sheet of that name, says. */
FILE *tool_report_stream(const options *o, const char *out);

/* Print a report as text or JSON to there. BC_E_WRITE where that fails. */
BC_NODISCARD bc_status tool_report(const bc_report *r, const options *o, const char *out,
                                   bc_error *err);

#endif
