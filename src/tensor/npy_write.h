/* Shared-internal: the head of a .npy file that is written. */
#ifndef BCI_NPY_WRITE_H
#define BCI_NPY_WRITE_H

#include "tensor/writer.h"

BC_NODISCARD bc_status bci_npy_plan(bci_tensor_writer *w, bc_error *err);

#endif
