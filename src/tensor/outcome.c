/* Knows what is kept of a tensor when its file is closed. */
#include "tensor/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

bc_status bci_outcome_begin(bc_tensor_outcome *o, const bc_tensor_info *t,
                            const bc_element_type *to, uint64_t size_bytes, bc_error *err)
{
    *o = (bc_tensor_outcome){ .name = strdup(t->name),
                              .from = t->type,
                              .to = to,
                              .n_dims = t->n_dims,
                              .n_elements = t->n_elements,
                              .size_bytes = size_bytes,
                              .packed_bytes = size_bytes,
                              .expected_e2 = NAN,
                              .entropy_bits = NAN };
    memcpy(o->dims, t->dims, sizeof o->dims);
    return o->name ? BC_OK : bci_fail(err, BC_E_LIMIT, "out of memory for the name of a tensor");
}

bool bci_outcome_is_reduced(const bc_tensor_outcome *o)
{
    return o->from != o->to || *o->grid;
}

void bci_outcomes_free(bc_tensor_outcome *outcomes, size_t n)
{
    for (size_t i = 0; outcomes && i < n; i++)
        free(outcomes[i].name);
    free(outcomes);
}
