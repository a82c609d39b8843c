/* Shared-internal: which tensors of a model stay as they are, by their names. */
#ifndef BCI_KEPT_H
#define BCI_KEPT_H

#include "tensor/file.h"

/* Whose names tensors have. */
typedef enum {
    BCI_NAMES_ANY,
    BCI_NAMES_TRANSFORMER, /* one at least is known from there, or as llama.cpp calls it */
    BCI_NAMES_GGUF,        /* the file is one */
} bci_naming;

bci_naming bci_naming_of(const bc_tensor_file *file);

/* True when a word of the name says that it is a norm: "norm", "layernorm", ... */
bool bci_is_norm(const char *name);

/* Why a tensor stays as it is, whatever the format, by what its name and shape say in a model: "a
 * router", ...; NULL: it does not. Static text. */
const char *bci_naming_keeps(bci_naming naming, const bc_tensor_info *tensor);

#endif
