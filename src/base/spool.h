/* Shared-internal: bytes that wait to be read once, in memory up to a cap, beyond it in a
 * nameless temporary file. */
#ifndef BCI_SPOOL_H
#define BCI_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

typedef struct bci_spool bci_spool;

BC_NODISCARD bc_status bci_spool_new(size_t memory_cap, bci_spool **out, bc_error *err);
BC_NODISCARD bc_status bci_spool_put(bci_spool *s, const void *data, size_t n, bc_error *err);

/* Read the next n bytes, no more than were put; the first call starts at the beginning and
 * ends the writing. */
BC_NODISCARD bc_status bci_spool_get(bci_spool *s, void *data, size_t n, bc_error *err);

/* Release; NULL is fine. */
void bci_spool_free(bci_spool *s);

#endif
