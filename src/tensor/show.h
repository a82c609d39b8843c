/* Shared-internal: weights on a page. */
#ifndef BCI_TENSOR_SHOW_H
#define BCI_TENSOR_SHOW_H

#include "bitcrush/medium.h"

/* See bc_medium.show. */
BC_NODISCARD bc_status bci_tensor_show(const void *job, const bc_outcome *o, const bc_account *a,
                                       bc_html *h, bc_error *err);

#endif
