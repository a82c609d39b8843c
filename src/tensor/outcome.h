/* Shared-internal: what is told of one tensor. */
#ifndef BCI_OUTCOME_H
#define BCI_OUTCOME_H

#include "bitcrush/tensor.h"

/* Fill in name, types, shape and the size of the output. BC_E_LIMIT when memory is short. */
BC_NODISCARD bc_status bci_outcome_begin(bc_tensor_outcome *o, const bc_tensor_info *t,
                                         const bc_element_type *to, uint64_t size_bytes,
                                         bc_error *err);

/* Whether it was reduced, not copied. */
bool bci_outcome_is_reduced(const bc_tensor_outcome *o);

/* Release n outcomes; NULL is fine. */
void bci_outcomes_free(bc_tensor_outcome *outcomes, size_t n);

#endif
