/* Shared-internal: what reading and writing .npy have in common. */
#ifndef BCI_NPY_H
#define BCI_NPY_H

#include "tensor/file.h"

bc_status bci_npy_plan(struct bci_tensor_writer *w, bc_error *err);

#endif
