/* The parts of `bitcrush explain`. */
#ifndef BITCRUSH_EXPLAIN_H
#define BITCRUSH_EXPLAIN_H

#include "bitcrush/notation.h"
#include "bitcrush/report.h"
#include "tool.h"

/* `explain ...`, whatever of it. */
BC_NODISCARD bc_status explain_verb(const options *o, bc_error *err);

/* A notation by name, laid as --step and --zero say. BC_E_USAGE suggests the nearest name. */
BC_NODISCARD bc_status explain_notation(const options *o, const char *name, bc_notation *out,
                                        bc_error *err);

/* A number of the command line: decimal, hexadecimal, a fraction "1/3", inf or nan. */
BC_NODISCARD bc_status explain_value(const char *text, double *out, bc_error *err);

/* What --step says, 1 without it. */
double explain_step(const options *o);

/* A report under the schema of explain; `what` names the part. Printing frees it. */
BC_NODISCARD bc_status explain_report_new(const char *what, bc_report **out, bc_error *err);
BC_NODISCARD bc_status explain_report_print(bc_report *r, const options *o, bc_error *err);

/* A line of `explain VALUE`: stored bits with gaps between their fields. */
char *explain_fields(const bc_notation *n, uint32_t bits, char *to, size_t size);

/* How the bits of an integer come about, one division by two after the other. */
void explain_steps(const bc_notation *n, const bc_written *w, double x);

/* Number lines as SVG, to the file of --plot: a row for each notation, x marked on it unless
 * NaN. */
BC_NODISCARD bc_status explain_plot(const options *o, const bc_notation *notations, size_t n,
                                    double x, bc_error *err);

/* The values of all patterns of a notation of at most 16 bits that are finite, rising, from
 * malloc. Returns their number; 0 when memory is short. */
size_t explain_finite_values(const bc_notation *n, double **out);

enum { EXPLAIN_MAX_FORMATS = 32, EXPLAIN_LISTED_BITS = 8, EXPLAIN_DRAWN_BITS = 16 };

/* The verbs, by their options. */
typedef bc_status explain_part(const options *o, bc_error *err);
BC_NODISCARD explain_part explain_number, explain_all, explain_text, explain_range, explain_product,
    explain_block;

#endif
