/* The page of one file of weights. */
#ifndef BITCRUSH_TENSOR_PAGE_H
#define BITCRUSH_TENSOR_PAGE_H

#include "bitcrush/report.h"
#include "bitcrush/tensor.h"
#include "options.h"

/* Write what became of `in` as a page, to where the options say; `facts` are those of the report.
 * Reads input and output again. */
BC_NODISCARD bc_status tensor_page(const options *o, const bc_tensor_settings *s, const char *in,
                                   const char *out, const bc_tensor_result *m,
                                   const bc_report *facts, bc_error *err);

#endif
