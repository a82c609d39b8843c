/* Outputs that appear whole or not at all. */
#ifndef BITCRUSH_OUTPUT_H
#define BITCRUSH_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Write n bytes to the file `path` ("-" for standard output): to a temporary file beside it first,
 * so that a failure leaves an old file as it was. BC_E_EXISTS when there is one and not `force`,
 * BC_E_WRITE. */
BC_API BC_NODISCARD bc_status bc_output_write(const char *path, bool force, const void *data,
                                              size_t n, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
