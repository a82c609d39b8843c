/* The options of all programs, parsed. */
#ifndef BITCRUSH_OPTIONS_H
#define BITCRUSH_OPTIONS_H

#include "bitcrush/setting.h"
#include "option_table.h"

/* Parse argv[1..argc). Operands are collected in order, in argv itself; "--" ends the options.
 * BC_E_USAGE with a sentence for anything unknown, incomplete or out of range. */
BC_NODISCARD bc_status options_parse(int argc, char **argv, options *out, bc_error *err);

/* BC_E_USAGE when an option was given that `tool` does not take; `what` names its data in the
 * sentence: "pictures". */
BC_NODISCARD bc_status options_belong(const options *o, unsigned tool, const char *what,
                                      bc_error *err);

/* True when the option of that name, which the table has, was given. */
bool options_given(const options *o, const char *name);

/* The text of a setting, NULL where it was not given. */
const char *options_setting(const options *o, const char *key);

/* All of them. Returns their number, at most OPTION_ROOM. */
size_t options_settings(const options *o, bc_setting out[OPTION_ROOM]);

/* Those that have a row, in `room`. */
bc_settings options_taken(const options *o, const bc_setting_row *rows, size_t n_rows,
                          bc_setting room[OPTION_ROOM]);

#endif
