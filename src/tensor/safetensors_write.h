/* Shared-internal: the head of a safetensors file that is written. */
#ifndef BCI_SAFETENSORS_WRITE_H
#define BCI_SAFETENSORS_WRITE_H

#include "tensor/writer.h"

BC_NODISCARD bc_status bci_safetensors_plan(bci_tensor_writer *w, bc_error *err);

#endif
