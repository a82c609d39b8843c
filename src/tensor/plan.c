/* Knows what a reduction will write, before it reads any data: which tensors, in which order, in how
 * many batches. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "tensor/reduction.h"

static const bci_tensor_format *choose_format(const bci_reduction *r, const char *out)
{
    const bc_tensor_settings *s = r->settings;

    if (s->container)
        return bci_tensor_format_named(s->container);
    return bci_tensor_format_for_path(out);
}

static void add_output(bci_reduction *r, size_t tensor)
{
    bc_tensor_info *info = &r->infos[r->n_outputs];
    const uint64_t n = bc_tensor_at(r->in, tensor)->n_elements;

    *info = *bc_tensor_at(r->in, tensor);
    info->type = r->choices[tensor].type;

    const uint64_t row = info->n_dims ? info->dims[info->n_dims - 1] : 1;

    r->outputs[r->n_outputs++] =
        (bci_output){ tensor, bci_cut_rows(row ? n / row : 0, row, info->type->block_length) };
}

/* Batches in the order of the file. */
static void count_batches(bci_reduction *r)
{
    for (size_t place = 0; place < r->n_outputs; place++) {
        const bci_output *o = &r->outputs[r->writer->order[place]];

        r->first_batch[place] = r->n_batches;
        r->n_batches += o->cut.n_batches;
        r->n_elements += o->cut.n_rows * o->cut.row;
    }
    r->first_batch[r->n_outputs] = r->n_batches;
}

bc_status bci_reduction_plan(bci_reduction *r, const char *out, bc_error *err)
{
    const size_t n = r->n_tensors = bc_tensor_count(r->in);
    bc_status st;

    r->format = choose_format(r, out);
    if (!r->format)
        return bci_fail(err, BC_E_USAGE,
                        "%s: the name does not end in a format that can be written, expected "
                        ".gguf, .safetensors or .npy",
                        out);
    r->choices = calloc(n + 1, sizeof *r->choices);
    r->outputs = calloc(n + 1, sizeof *r->outputs);
    r->infos = calloc(n + 1, sizeof *r->infos);
    r->first_batch = calloc(n + 1, sizeof *r->first_batch);
    if (!r->choices || !r->outputs || !r->infos || !r->first_batch)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu tensors", out, n);
    st = bci_recipe_choose(r->settings, r->in, r->choices, err);
    if (st)
        return st;
    for (size_t i = 0; i < n; i++)
        add_output(r, i);

    const bci_tensor_output output = { .format = r->format,
                                       .path = r->settings->dry_run ? NULL : out,
                                       .force = r->settings->force,
                                       .tensors = r->infos,
                                       .n_tensors = r->n_outputs,
                                       .pairs = &r->in->pairs };

    st = bci_tensor_writer_open(&output, &r->writer, err);
    if (!st)
        count_batches(r);
    return st;
}
