/* Options as a command that can be run again. */
#ifndef BITCRUSH_COMMAND_H
#define BITCRUSH_COMMAND_H

#include "bitcrush/medium.h"
#include "options.h"

/* The command that does a reduction again: `bitcrush IN SPEC ... --output OUT`, in quotes where a
 * shell needs them. The caller frees it; NULL when memory is short. */
char *command_of(const options *o, const bc_request *request, bool has_spec, const char *in,
                 const char *out);

/* `bitcrush PATH SPEC` with some settings, likewise. */
char *command_on(const char *path, const char *spec, const bc_settings *settings);

#endif
