/* What is known of weights without reading them. */
#ifndef BITCRUSH_TENSOR_INFO_H
#define BITCRUSH_TENSOR_INFO_H

#include "bitcrush/report.h"
#include "bitcrush/tensor.h"
#include "options.h"

/* Tables of a file's pairs of metadata, and of its types. */
void tensor_add_metadata(bc_report *r, const bc_tensor_file *f);
void tensor_add_types(bc_report *r, const options *o, const bc_tensor_file *f);

/* Print the memory that o->params weights take in every format. */
BC_NODISCARD bc_status tensor_sizes_report(const options *o, bc_error *err);

#endif
