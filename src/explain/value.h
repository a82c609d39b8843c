/* Shared-internal: a number as people write it. */
#ifndef BCI_EXPLAIN_VALUE_H
#define BCI_EXPLAIN_VALUE_H

#include "bitcrush/status.h"

/* Decimal, hexadecimal, a fraction "1/3", inf or nan. BC_E_USAGE for anything else, and for what no
 * double holds. */
BC_NODISCARD bc_status bci_explain_value(const char *text, double *out, bc_error *err);

#endif
