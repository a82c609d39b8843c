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

/* What would keep it from being written, told before any work: BC_E_EXISTS, or BC_E_WRITE of a
 * directory. */
BC_API BC_NODISCARD bc_status bc_output_check(const char *path, bool force, bc_error *err);

/* A directory in TMPDIR for what a run makes and does not keep. */
typedef struct bc_scratch_directory bc_scratch_directory;

/* Make one, and remove those that runs left there that were killed. BC_E_WRITE, BC_E_LIMIT. */
BC_API BC_NODISCARD bc_status bc_scratch_directory_new(bc_scratch_directory **out, bc_error *err);

/* Where it is; valid as long as it is. */
BC_API const char *bc_scratch_directory_path(const bc_scratch_directory *d);

/* Remove it with the files in it. NULL is fine. */
BC_API void bc_scratch_directory_free(bc_scratch_directory *d);

/* Remove the temporary files that have a name: those of outputs on file systems that make none
 * without one, and for the moment before a rename. For a handler of signals that ends the process
 * at once, with _exit; it calls nothing but unlink. Names of 4096 bytes and more, and those of more
 * than 8 outputs at a time, stay for the next run. */
BC_API void bc_output_abandon(void);

#ifdef __cplusplus
}
#endif
#endif
