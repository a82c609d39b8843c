/* Shared-internal: mixes of formats, which choose by the place of a tensor in its model. */
#ifndef BCI_MIXES_H
#define BCI_MIXES_H

#include "bitcrush/tensor.h"
#include "tensor/gguf_names.h"

/* Layers that have a tensor of one kind, in order, each once. */
typedef struct {
    long *layers;
    size_t n;
} bci_layers;

/* What mixes look at. */
typedef struct {
    long n_layers;
    uint64_t n_experts;
    double heads_per_key; /* attention heads that share a key; 1 where that is not known */
    bool is_tied;         /* no output tensor: the embeddings are that, too */
    bci_layers values, downs;
} bci_model;

/* Look at a file's names, shapes and metadata. Free it with bci_model_free. */
BC_NODISCARD bc_status bci_model_of(const bc_tensor_file *file, bci_model *out, bc_error *err);
void bci_model_free(bci_model *m);

/* The mix that a format's name is, upper or lower case, or NULL. */
const bc_tensor_mix *bci_mix_named(const char *spec);

/* The format of a tensor in a mix, which is one. */
const char *bci_mix_format(const char *mix, const bci_model *model, const bci_gguf_name *name);

#endif
