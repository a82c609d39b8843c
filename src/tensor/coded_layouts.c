/* Knows the list of layouts of codes and scales. */
#include "tensor/coded_layouts.h"

#include <stdlib.h>

#include "tensor/coded_join.h"

static const bci_layout *const layouts[] = {
    &bci_layout_own, &bci_layout_bitsandbytes,
    &bci_layout_modelopt, /* the last: names and shapes may mean something else */
};

enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

size_t bci_coded_layouts(const bci_layout *const **out)
{
    *out = layouts;
    return N_LAYOUTS;
}

const bci_coded_format *bci_coded_find(const char *name)
{
    const bci_coded_format *found = NULL;

    for (size_t i = 0; i < N_LAYOUTS && !found; i++)
        found = bci_layout_format(layouts[i], name);
    return found;
}

bool bci_coded_needs_whole_blocks(const bc_element_type *type)
{
    const bci_coded_format *f = type->kind == BC_ELEMENT_CODES ? bci_coded_find(type->name) : NULL;

    return !f || (f->blocks && !f->layout->is_flat);
}

/* Forget the pieces. */
static void drop_taken(bci_joiner *j)
{
    bc_tensor_file *f = j->file;
    size_t kept = 0;

    for (size_t i = 0; i < f->n_tensors; i++)
        if (!j->is_taken[i])
            f->tensors[kept++] = f->tensors[i];
    f->n_tensors = kept;
}

bc_status bci_tensor_file_join(bc_tensor_file *f, bc_error *err)
{
    bci_joiner j = { .file = f, .is_taken = calloc(f->n_tensors + 1, sizeof(bool)) };
    bc_status st = j.is_taken ? BC_OK : bci_tensor_short(f->parts[0]->name, err);

    for (size_t i = 0; i < N_LAYOUTS && !st; i++)
        st = layouts[i]->join(&j, err);
    if (j.is_taken && j.n_joined > 0)
        drop_taken(&j);
    free(j.is_taken);
    return st;
}
