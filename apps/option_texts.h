/* Texts rendered from the table of options: help, man page, shell completion. */
#ifndef BITCRUSH_OPTION_TEXTS_H
#define BITCRUSH_OPTION_TEXTS_H

#include "bitcrush/status.h"
#include "programs.h"

/* The help text, to standard output. */
void print_help(const program *p);

/* The man page in man(7) form, to standard output. */
void print_man(const program *p);

/* The completion script of all programs for "bash", "zsh" or "fish", to standard output;
 * BC_E_USAGE for another shell. */
BC_NODISCARD bc_status print_completion(const char *shell, bc_error *err);

#endif
