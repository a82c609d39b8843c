/* Shared-internal: a table on a page. */
#ifndef BCI_NUMBERS_SHOW_H
#define BCI_NUMBERS_SHOW_H

#include "bitcrush/medium.h"

/* See bc_medium.show. */
BC_NODISCARD bc_status bci_numbers_show(const void *job, const bc_outcome *o, const bc_account *a,
                                        bc_html *h, bc_error *err);

#endif
