/* Shared-internal: the ruler on a piece of each signal. */
#ifndef BCI_STUDY_EXCERPT_H
#define BCI_STUDY_EXCERPT_H

#include "bitcrush/study.h"

/* A section with a figure for each file: its values, the marks of three bits laid on them, what
 * they become, and the error that is left. */
BC_NODISCARD bc_status bci_put_excerpts(bc_html *h, const bc_sweep *sweeps, size_t n,
                                        bc_error *err);

#endif
