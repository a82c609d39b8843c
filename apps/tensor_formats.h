/* Names of formats of weights, as they are typed. */
#ifndef BITCRUSH_TENSOR_FORMATS_H
#define BITCRUSH_TENSOR_FORMATS_H

#include <stdbool.h>

#include "bitcrush/status.h"

/* Is `typed` the name of a format or mix that is written? */
bool tensor_format_known(const char *typed);

/* BC_E_USAGE with the nearest name where `typed` is none but near to one. */
BC_NODISCARD bc_status tensor_format_check(const char *typed, bc_error *err);

#endif
