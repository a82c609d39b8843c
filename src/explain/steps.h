/* Shared-internal: bits by hand. */
#ifndef BCI_EXPLAIN_STEPS_H
#define BCI_EXPLAIN_STEPS_H

#include "bitcrush/notation.h"
#include "report/buffer.h"

/* How the bits of `w`, which x became, come about, one division by two after the other. */
void bci_explain_steps(bci_buffer *to, const bc_notation *n, const bc_written *w, double x);

#endif
