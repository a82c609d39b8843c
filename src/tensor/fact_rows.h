/* Shared-internal: the tables of tensors: one by one, and by what they do. */
#ifndef BCI_FACT_ROWS_H
#define BCI_FACT_ROWS_H

#include "bitcrush/report.h"
#include "bitcrush/tensor.h"

/* "4096 x 11008"; "1" for a single number. */
void bci_tensor_show_shape(uint32_t n_dims, const uint64_t *dims, char *to, size_t size);

/* A row for each of n tensors: for programs all that is known, in the order of the file; for people
 * what they look at, the worst first, and last what was not reduced. */
void bci_tensor_add_rows(bc_report *r, bool is_for_programs, const bc_tensor_outcome *tensors,
                         size_t n);

/* Where the bytes are: a row for tensors that differ in numbers in their names, the most bytes
 * first; for people with a bar. */
void bci_tensor_add_groups(bc_report *r, bool is_for_programs, const bc_tensor_outcome *tensors,
                           size_t n);

#endif
