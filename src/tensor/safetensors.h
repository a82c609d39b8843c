/* Shared-internal: reading one file of safetensors. */
#ifndef BCI_SAFETENSORS_H
#define BCI_SAFETENSORS_H

#include "tensor/file.h"

bool bci_safetensors_probe(const uint8_t *head, size_t n);

/* Add the tensors of the part that was opened last, in the order of their data, and its
 * __metadata__. */
BC_NODISCARD bc_status bci_safetensors_read_part(bc_tensor_file *f, bc_error *err);

#endif
