/* Knows what the steps of a reduction have in common: what is copied, and how the rest is
 * rounded. */
#include "tensor/reduction.h"

bool bci_reduction_copies(const bci_reduction *r, size_t tensor)
{
    return bci_choice_copies(&r->choices[tensor], bc_tensor_at(r->in, tensor));
}

const char *bci_reduction_name_of(const bci_reduction *r, size_t tensor)
{
    const bci_choice *c = &r->choices[tensor];

    return c->is_ruled ? c->spec.name : c->type->name;
}

bci_encoding bci_reduction_encoding(const bci_reduction *r, size_t tensor, uint64_t first)
{
    const bc_tensor_info *t = bc_tensor_at(r->in, tensor);

    return (bci_encoding){ .encoder = r->settings->encoder,
                           .rounding = r->settings->rounding,
                           .noise = r->settings->noise,
                           .seed = r->settings->seed,
                           .first = first,
                           .stream = bc_noise_stream(t->name, bc_noise_stream(t->type->name, 0)) };
}
