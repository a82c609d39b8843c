/* The report of one file of weights. */
#ifndef BITCRUSH_TENSOR_REPORT_H
#define BITCRUSH_TENSOR_REPORT_H

#include "bitcrush/report.h"
#include "bitcrush/tensor.h"
#include "options.h"

/* The facts of an input that its headers tell. */
void tensor_report_input(bc_report *r, const char *path, const bc_tensor_summary *s,
                         size_t n_tensors);

/* Print what became of `in`, as text or JSON: to standard output, or to standard error when the
 * weights themselves went there. BC_E_WRITE where that fails. */
BC_NODISCARD bc_status tensor_report(const options *o, const bc_tensor_settings *s, const char *in,
                                     const char *out, const bc_tensor_result *m, bc_error *err);

/* The same for a comparison of b with a. */
BC_NODISCARD bc_status tensor_comparison_report(const options *o, const char *a, const char *b,
                                                const bc_tensor_comparison *m, bc_error *err);

/* What a file holds, from its headers alone. */
BC_NODISCARD bc_status tensor_info_report(const options *o, const char *path,
                                          const bc_tensor_file *f, bc_error *err);

#endif
