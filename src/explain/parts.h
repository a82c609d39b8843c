/* Shared-internal: the parts of an explanation. */
#ifndef BCI_EXPLAIN_PARTS_H
#define BCI_EXPLAIN_PARTS_H

#include "bitcrush/explain.h"
#include "report/buffer.h"

/* What is made of it: each, or NULL where it was not asked for. */
typedef struct {
    bci_buffer *text;
    bc_report *report;
    bc_plot **plot; /* begun by the part; to be released also where that fails */
} bci_telling;

/* A part with all that it needs in *asked. */
typedef bc_status bci_explain_part(const bc_explain_request *asked, const bci_telling *to,
                                   bc_error *err);
BC_NODISCARD bci_explain_part bci_explain_number, bci_explain_all, bci_explain_text,
    bci_explain_range, bci_explain_product, bci_explain_block;

#endif
