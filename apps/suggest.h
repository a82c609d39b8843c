/* The nearest of some names to a mistyped one. */
#ifndef BITCRUSH_SUGGEST_H
#define BITCRUSH_SUGGEST_H

#include <stddef.h>

/* Keep the nearer of `best` (NULL at first) and `name` to `typed`, by Levenshtein distance; a name
 * whose numbers are others is not near: they are bits and sizes. Call for every name; the result is
 * NULL when none is near. */
const char *suggest(const char *best, const char *name, const char *typed);

/* A name in lower case, as it is typed; cut to `size`, with its final 0. */
void lower_case(const char *from, char *to, size_t size);

#endif
