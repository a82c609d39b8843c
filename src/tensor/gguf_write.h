/* Shared-internal: the head of a GGUF file that is written. */
#ifndef BCI_GGUF_WRITE_H
#define BCI_GGUF_WRITE_H

#include "tensor/writer.h"

BC_NODISCARD bc_status bci_gguf_plan(bci_tensor_writer *w, bc_error *err);

#endif
