/* Shared-internal: reading an array of NumPy, alone in a file or as a member of an archive. */
#ifndef BCI_NPY_H
#define BCI_NPY_H

#include "tensor/file.h"

/* An array with its head. */
typedef struct {
    const bci_seekable *in;
    uint64_t begin, size_bytes; /* where in `in`; inside it */
    const char *subject;        /* of messages */
    const char *name;           /* of the tensor: n_name bytes */
    size_t n_name;
    bool is_member; /* what holds no numbers is opaque, instead of a fault of the whole file */
} bci_npy_place;

/* Add it to the tensors. Of t are given part, entry and is_unpacked. */
BC_NODISCARD bc_status bci_npy_add(bc_tensor_file *f, const bci_npy_place *p, bci_tensor *t,
                                   uint32_t *version, bc_error *err);

#endif
