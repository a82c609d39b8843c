/* The options of all programs: one table that parsing, --help, the man page and shell
 * completion are rendered from. */
#ifndef BITCRUSH_OPTIONS_H
#define BITCRUSH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bitcrush/status.h"

/* Choices, in the order of their table rows. */
enum { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
enum { LIGHT_LINEAR, LIGHT_CODED };

typedef struct {
    const char *output, *dither, *channels, *palette, *completion;
    bool force, strip, dry_run, quiet, json, list, help, version, man;
    bool gray, fast, small;
    int rounding, light, scan, progress, color; /* index of the choice */
    uint64_t seed, threads;
    double min_snr, strength;
    char **operands; /* argv, reordered: operands first */
    int n_operands;
} options;

/* Parse argv[1..argc). Operands are collected in order, in argv itself; "--" ends the options. BC_E_USAGE
 * with a sentence for anything unknown, incomplete or out of range. */
BC_NODISCARD bc_status options_parse(int argc, char **argv, options *out, bc_error *err);

/* The help text of a program, to `out`. */
void options_print_help(const char *program);

/* The man page of a program in man(7) form, to standard output. */
void options_print_man(const char *program);

/* The completion script for "bash", "zsh" or "fish"; BC_E_USAGE for another shell. */
BC_NODISCARD bc_status options_print_completion(const char *shell, bc_error *err);

#endif
