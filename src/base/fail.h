/* Shared-internal: making errors. */
#ifndef BCI_FAIL_H
#define BCI_FAIL_H

#include "bitcrush/status.h"

/* Write status and sentence to err (NULL is fine) and return status. */
bc_status bci_fail(bc_error *err, bc_status status, const char *format, ...) BC_PRINTF(3, 4);

#endif
