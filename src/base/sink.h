/* Shared-internal: an output that appears whole or not at all. */
#ifndef BCI_SINK_H
#define BCI_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "bitcrush/status.h"

typedef struct bci_sink bci_sink;

/* Open an output. A regular or new file is written as a temporary file in the target's
 * directory, which takes its place in bci_sink_commit; an existing one is BC_E_EXISTS
 * unless `force`. "-" is standard output; pipes and devices are written directly; NULL
 * counts the bytes and keeps none. */
BC_NODISCARD bc_status bci_sink_open(const char *path, bool force, bci_sink **out, bc_error *err);

/* Keep back what a pipe or a device would get as it is made, until bci_sink_commit: in memory and,
 * where it is much, in TMPDIR. For outputs that may be found not good enough. Call before the first
 * byte is written; files are kept back anyway. */
BC_NODISCARD bc_status bci_sink_hold(bci_sink *s, bc_error *err);

/* An output that is memory: bytes go to the end of `to`, which the caller keeps. */
BC_NODISCARD bc_status bci_sink_open_memory(bci_bytes *to, bci_sink **out, bc_error *err);

/* Append n bytes. */
BC_NODISCARD bc_status bci_sink_write(bci_sink *s, const void *data, size_t n, bc_error *err);

/* True when bytes written before can be replaced: not in a pipe, device or memory. */
bool bci_sink_can_rewrite(const bci_sink *s);

/* Replace n bytes from `offset` on, all of them written before (a header that counts what
 * followed it). */
BC_NODISCARD bc_status bci_sink_rewrite(bci_sink *s, uint64_t offset, const void *data, size_t n,
                                        bc_error *err);

/* Bytes written so far. */
uint64_t bci_sink_size(const bci_sink *s);

/* Flush, fsync and put the file in its place. One that replaces another keeps its permissions but
 * set-user-ID and set-group-ID, and its owner and group where the process may. Without `force` a
 * file that appeared meanwhile is not overwritten either. The sink stays to be freed, and takes no
 * more bytes. */
BC_NODISCARD bc_status bci_sink_commit(bci_sink *s, bc_error *err);

/* Release; without a commit the temporary file is removed and the old file is untouched.
 * NULL is fine. */
void bci_sink_free(bci_sink *s);

/* BC_E_EXISTS if opening `path` without `force` would be refused for that reason. */
BC_NODISCARD bc_status bci_sink_check(const char *path, bool force, bc_error *err);

#endif
