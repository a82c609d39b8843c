/* Shared-internal: some values of a table. */
#ifndef BCI_NUMBERS_EXCERPT_H
#define BCI_NUMBERS_EXCERPT_H

#include "bitcrush/medium.h"

/* See bc_medium. */
BC_NODISCARD bc_status bci_numbers_excerpt(const char *path, const bc_reading *reading,
                                           bc_excerpt *out, bc_error *err);

#endif
