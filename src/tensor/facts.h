/* Shared-internal: what is told of weights. */
#ifndef BCI_TENSOR_FACTS_H
#define BCI_TENSOR_FACTS_H

#include "bitcrush/medium.h"
#include "bitcrush/tensor.h"

/* The facts of an input that its headers tell. */
void bci_tensor_input_facts(bc_report *r, const char *path, const bc_tensor_summary *s,
                            size_t n_tensors);

/* See bc_deed_row; outcome->own is a bc_tensor_result, or a bc_tensor_comparison. */
void bci_tensor_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r);
void bci_tensor_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                              bc_report *r);

#endif
