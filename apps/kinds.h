/* Kinds of files that are not read, by name. */
#ifndef BITCRUSH_KINDS_H
#define BITCRUSH_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

/* What a file of these first bytes is ("a WebP picture"), and what to do (*remedy: "expected PNG,
 * ..."); NULL where nobody knows. */
const char *kind_of_head(const uint8_t *head, size_t n, const char **remedy);

/* BC_E_UNSUPPORTED with the sentence for a regular file that is of a kind known by name; BC_OK, and
 * nothing said, for others. */
bc_status kind_refuse(const char *path, bc_error *err);

#endif
