/* Shared-internal: what reading, sharding and writing safetensors have in common. */
#ifndef BCI_SAFETENSORS_H
#define BCI_SAFETENSORS_H

#include "tensor/file.h"

/* Add the tensors of the part that was opened last, in the order of their data, and its
 * __metadata__. */
BC_NODISCARD bc_status bci_safetensors_read_part(bc_tensor_file *f, bc_error *err);

/* Open the file of part 0, or, where its name says that it is a shard and the index that names it
 * stands beside it, all shards (shards.c). */
BC_NODISCARD bc_status bci_safetensors_open(bc_tensor_file *f, bc_error *err);

struct bci_tensor_writer;
bc_status bci_safetensors_plan(struct bci_tensor_writer *w, bc_error *err);

#endif
