/* What all verbs have in common: warnings, usage, reports, plots. */
#ifndef BITCRUSH_TOOL_H
#define BITCRUSH_TOOL_H

#include <stdbool.h>
#include <stdio.h>

#include "bitcrush/medium.h"
#include "options.h"

/* The name of the program, for what it says. */
void tool_begin(const char *name);

/* How inputs are read by the options: limits, damage, and when to give up. */
bc_reading tool_reading(const options *o);

/* Print a sentence on standard error, in words of the command line. */
void tool_say(bc_error *err);

/* Say on standard error that damage of an input was passed over, unless there was none (""). */
void tool_warn_salvaged(const char *path, const char *damage);

/* BC_E_USAGE with the sentence "WHAT GOT: EXPECTED". */
bc_status tool_usage(bc_error *err, const char *what, const char *got, const char *expected);

/* Status with a sentence, as printf. */
#define tool_fail bc_error_say

/* BC_E_USAGE for too few or too many operands. */
bc_status tool_arguments(bc_error *err, bool is_few, const char *expected);

/* Does a run keep no output, by --dry-run or --sizes-only? */
bool tool_is_dry(const options *o);

/* What a run that its gate refused still reports: all but pages and plots. */
options tool_refused(const options *o);

/* Write a plot to the file of --plot and release it; a status of its making that is not BC_OK is
 * returned instead. */
BC_NODISCARD bc_status tool_save_plot(const options *o, bc_plot *p, bc_status st, bc_error *err);

/* True when what is printed to `to` may have bold letters. */
bool tool_has_colour(const options *o, FILE *to);

/* Has the reader of a pipe gone away, as head does? Then nobody waits for the rest of a text, and
 * no more is wrong than that. */
bool tool_nobody_reads(FILE *to);

/* Where reports go: to standard error when data went to standard output, which `out` "-", or a
 * page, plot or sheet of that name, says. */
FILE *tool_report_stream(const options *o, const char *out);

/* Print a report as text or JSON to there. BC_E_WRITE where that fails. */
BC_NODISCARD bc_status tool_report(const bc_report *r, const options *o, const char *out,
                                   bc_error *err);

#endif
