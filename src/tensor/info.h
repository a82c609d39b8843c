/* Shared-internal: what is known of weights without reading them. */
#ifndef BCI_TENSOR_INFO_H
#define BCI_TENSOR_INFO_H

#include "bitcrush/medium.h"

/* The deed info; outcome->own is a bc_tensor_file. */
BC_NODISCARD bc_status bci_tensor_info(void *job, const char *const paths[2], bc_outcome *o,
                                       bc_error *err);
void bci_tensor_info_free(bc_outcome *o);
void bci_tensor_info_facts(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r);

/* See bc_medium.sizes. */
void bci_tensor_sizes(double n, bool is_for_programs, bc_report *r);

#endif
