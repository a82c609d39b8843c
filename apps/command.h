/* Options as the command that gives them. */
#ifndef BITCRUSH_COMMAND_H
#define BITCRUSH_COMMAND_H

#include "options.h"

/* The command that makes the same output again, quoted for a shell: the options that decide its
 * bytes, the seed even if it was not given. The caller frees it; NULL when memory is short. */
char *command_of(const options *o, unsigned tool, const char *in, const char *out);

/* "bitcrush PATH REST", the path quoted for a shell. The caller frees it; NULL when memory is
 * short. */
char *command_on(const char *path, const char *rest);

#endif
