/* Shared-internal: an input file that is read at any place. */
#ifndef BCI_SEEKABLE_H
#define BCI_SEEKABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

typedef struct {
    char *name; /* the path as given */
    int fd;
    uint64_t size_bytes;
} bci_seekable;

/* Open a regular file ("-": that which standard input is, from its start). One that is missing or a
 * directory is BC_E_OPEN, an empty one BC_E_FORMAT, a pipe or device BC_E_UNSUPPORTED. */
BC_NODISCARD bc_status bci_seekable_open(const char *path, bci_seekable **out, bc_error *err);

/* Read exactly n bytes from `offset` on. Thread-safe. Bytes past the end are BC_E_FORMAT. */
BC_NODISCARD bc_status bci_seekable_read(const bci_seekable *s, uint64_t offset, void *buf,
                                         size_t n, bc_error *err);

/* A temporary file without a name in TMPDIR, empty; messages call it `name`. BC_E_WRITE. */
BC_NODISCARD bc_status bci_seekable_temporary(const char *name, bci_seekable **out, bc_error *err);

/* Whether a temporary file is kept in memory, as in tmpfs. */
bool bci_seekable_is_in_memory(const bci_seekable *s);

/* Append n bytes to a temporary file. Not for several threads. BC_E_WRITE. */
BC_NODISCARD bc_status bci_seekable_append(bci_seekable *s, const void *data, size_t n,
                                           bc_error *err);

/* Close and release; NULL is fine. */
void bci_seekable_free(bci_seekable *s);

#endif
