/* Shared-internal: a file that has no name until it is whole. */
#ifndef BCI_SCRATCH_H
#define BCI_SCRATCH_H

#include <stdbool.h>
#include <sys/stat.h>

#include "bitcrush/status.h"

typedef struct {
    int fd;           /* to write to; -1: none is open */
    char *name;       /* where it stands meanwhile; NULL while it has none */
    const char *told; /* name of the target for messages, the caller's */
    int slot;         /* of those whose names a handler of signals knows; -1: none */
} bci_scratch;

/* Begin the file that is to be `target`, in whose directory it is made; `old` is the file that it
 * replaces, or NULL. What earlier runs that were killed left in that directory is removed.
 * BC_E_WRITE where no file can be made there. Released by bci_scratch_free in any case. */
BC_NODISCARD bc_status bci_scratch_open(const char *target, const char *told,
                                        const struct stat *old, bci_scratch *s, bc_error *err);

/* Give it permissions and owner of `old`, which it replaces, as far as the process may, but neither
 * set-user-ID nor set-group-ID. */
BC_NODISCARD bc_status bci_scratch_take_after(const bci_scratch *s, const struct stat *old,
                                              bc_error *err);

/* Put the file, which is whole, in its place at once. A target that exists is replaced with
 * `force`, else it is BC_E_EXISTS. */
BC_NODISCARD bc_status bci_scratch_place(bci_scratch *s, const char *target, bool force,
                                         bc_error *err);

/* Close it; unless it was put in its place it is gone. */
void bci_scratch_free(bci_scratch *s);

/* TMPDIR, or /tmp. */
const char *bci_temporary_directory(void);

/* Open a file to write and read that never has a name, in TMPDIR; -1 with errno. */
int bci_nameless_file(void);

#endif
