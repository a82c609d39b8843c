/* The options of all programs, parsed. */
#ifndef BITCRUSH_OPTIONS_H
#define BITCRUSH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bitcrush/status.h"

/* Rows that the table may have. */
enum { OPTION_ROOM = 128 };

/* The tools, a bit each. */
enum { TOOL_IMAGE = 1, TOOL_AUDIO = 2, TOOL_TENSOR = 4, TOOL_EXPLAIN = 8 };

/* The same for what sweep takes of a tool's media. */
#define SWEEP_OF(tools) ((tools) << 8)

/* Choices, in the order of their table rows. */
enum { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
enum { LIGHT_LINEAR, LIGHT_CODED };

typedef struct {
    const char *output, *dither, *channels, *palette, *completion, *shape, *plot, *sheet, *report,
        *include, *exclude, *drop, *type, *group, *imatrix;
    const char *text, *bits, *format, *tensor; /* explain */
    bool force, strip, dry_run, quiet, json, list, help, version, man;
    bool steps, all; /* explain */
    bool salvage, sizes_only;
    bool gray, fast, small, subtractive, plain_header, zero_point, double_quant, requantize;
    int rounding, light, scan, progress, color, nonfinite, scale, encoder; /* index of the choice */
    uint64_t seed, threads, shape_taps, hold, max_memory, max_pixels;
    double min_snr, params, strength, shape_strength, guard, keep_silence, percent;
    double range[2], product[2], step, zero; /* explain */
    uint64_t block, terms;
    bool is_page_only;          /* the output is for the page alone and goes away with it */
    bool is_refused;            /* by --min-snr: what is reported was not written */
    bool given[OPTION_ROOM];    /* the rows of the table that were set */
    char dithers[96], word[32]; /* values that no argument holds, pointed to from above */
    char **operands;            /* argv, reordered: operands first */
    int n_operands;
    struct bc_input *input; /* the first operand, where it was looked at */
} options;

/* Parse argv[1..argc). Operands are collected in order, in argv itself; "--" ends the options.
 * BC_E_USAGE with a sentence for anything unknown, incomplete or out of range. */
BC_NODISCARD bc_status options_parse(int argc, char **argv, options *out, bc_error *err);

/* BC_E_USAGE when an option was given that `tool` does not take; `what` names its data in the
 * sentence: "pictures". */
BC_NODISCARD bc_status options_belong(const options *o, unsigned tool, const char *what,
                                      bc_error *err);

/* True when the option of that name, which the table has, was given. */
bool options_given(const options *o, const char *name);

#endif
