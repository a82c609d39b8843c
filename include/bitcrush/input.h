/* Inputs before they are opened: which tool they are for. */
#ifndef BITCRUSH_INPUT_H
#define BITCRUSH_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BC_HEAD_SIZE 320 /* bytes; enough for every format to be known by */

/* An input that was opened to be looked at. */
typedef struct bc_input bc_input;

/* Open a file ("-" for standard input) and read its first bytes, which are not lost: whoever opens
 * the same path with this in bc_reading.input reads on from its beginning, where a pipe could not
 * be opened once more. BC_E_OPEN, or BC_E_FORMAT for an empty file; BC_E_LIMIT. */
BC_API BC_NODISCARD bc_status bc_input_open(const char *path, bc_input **out, bc_error *err);

/* Its first bytes: *n of them, BC_HEAD_SIZE unless it is shorter. Valid until the input is freed,
 * or the reader that took it over. */
BC_API const uint8_t *bc_input_head(const bc_input *in, size_t *n);

/* Release; what took the input over keeps it. NULL is fine. */
BC_API void bc_input_free(bc_input *in);

#ifdef __cplusplus
}
#endif
#endif
