/* The verbs. */
#ifndef BITCRUSH_VERBS_H
#define BITCRUSH_VERBS_H

#include "run.h"

/* A reduction of files of one medium, or with NULL of whatever the first file is. */
verb verb_reduce(const bc_medium *only);

/* Verb i of those with a name, the names of media among them; false behind the last. */
bool verb_at(size_t i, verb *out);

/* The verb that a word may be a slip of, NULL where it is a file or no word. */
const char *verb_near(const char *word);

#endif
