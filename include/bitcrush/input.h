/* Inputs before they are opened: which tool they are for. */
#ifndef BITCRUSH_INPUT_H
#define BITCRUSH_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_HEAD_SIZE 64 /* bytes; enough for every format to be known by */

/* The first bytes of a file ("-" for standard input): *n of them, BC_HEAD_SIZE unless it is
 * shorter. Standard input and named pipes lose nothing: who opens them next reads from
 * their start. Not thread-safe for these. BC_E_OPEN, or BC_E_FORMAT for an empty file. */
BC_API BC_NODISCARD bc_status bc_input_head(const char *path, uint8_t head[BC_HEAD_SIZE], size_t *n,
                                            bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
