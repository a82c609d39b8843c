/* Shared-internal: names of formats of weights, as they are typed. */
#ifndef BCI_FORMAT_NAMES_H
#define BCI_FORMAT_NAMES_H

#include <stdbool.h>

#include "bitcrush/status.h"

/* Is it the name of a type or of a mix that is written? */
bool bci_format_known(const char *typed);

/* BC_E_USAGE for a name that is none, with the nearest where one is near. Numbers are left to the
 * reduction. */
BC_NODISCARD bc_status bci_format_check(const char *typed, bc_error *err);

#endif
