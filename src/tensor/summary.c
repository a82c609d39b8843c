/* Knows what is said of a file of weights as a whole. */
#include <stdlib.h>

#include "tensor/element.h"
#include "tensor/file.h"

bc_tensor_summary bc_tensor_file_summary(const bc_tensor_file *f)
{
    bc_tensor_summary s = {
        .format = f->format->format.name,
        .version = f->version,
        .n_parts = (uint32_t)f->n_parts,
        .n_left_out = f->n_left_out,
        .shard = f->shard,
        .n_shards = f->n_shards,
        .n_metadata = f->pairs.n,
    };

    for (size_t i = 0; i < f->n_parts; i++)
        s.file_bytes += f->parts[i]->size_bytes;
    for (size_t i = 0; i < f->n_tensors; i++) {
        s.n_elements += f->tensors[i].info.n_elements;
        s.data_bytes += f->tensors[i].info.size_bytes;
    }
    return s;
}

void bc_tensor_metadata_at(const bc_tensor_file *f, size_t i, bc_tensor_metadata *out)
{
    bci_pair_describe(&f->pairs.items[i], out);
}

/* Most bytes first; among equals the order of the table. */
static int by_bytes(const void *a, const void *b)
{
    const bc_tensor_type_count *x = a, *y = b;

    if (x->size_bytes != y->size_bytes)
        return x->size_bytes < y->size_bytes ? 1 : -1;
    return (x->type > y->type) - (x->type < y->type);
}

size_t bc_tensor_type_counts(const bc_tensor_file *f, bc_tensor_type_count *out, size_t room)
{
    const bc_element_type *types;
    const size_t n_types = bc_element_types(&types);
    bc_tensor_type_count counts[BCI_MAX_ELEMENT_TYPES] = { { 0 } };
    size_t n = 0;

    for (size_t i = 0; i < f->n_tensors; i++) {
        const bc_tensor_info *info = &f->tensors[i].info;
        bc_tensor_type_count *c = &counts[info->type - types];

        c->type = info->type;
        c->n_tensors++;
        c->n_elements += info->n_elements;
        c->size_bytes += info->size_bytes;
    }
    for (size_t i = 0; i < n_types; i++)
        if (counts[i].n_tensors > 0)
            counts[n++] = counts[i];
    qsort(counts, n, sizeof *counts, by_bytes);
    for (size_t i = 0; i < n && i < room; i++)
        out[i] = counts[i];
    return n;
}
