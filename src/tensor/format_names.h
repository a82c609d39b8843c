/* Shared-internal: names of formats of weights, as they are typed. */
#ifndef BCI_FORMAT_NAMES_H
#define BCI_FORMAT_NAMES_H

#include <stdbool.h>

#include "bitcrush/spec.h"
#include "bitcrush/tensor.h"

/* The type of a name, or of a number of bits; NULL for others. Of what both kinds of files have in
 * forms of their own, that of the kind. */
const bc_element_type *bci_type_of_spec(const char *spec, bool in_safetensors);

/* Is it the name of a type, of a mix or of a grid that is written? */
bool bci_format_known(const char *typed);

/* BC_E_USAGE for a name that is none, with the nearest where one is near. Numbers are left to the
 * reduction. */
BC_NODISCARD bc_status bci_format_check(const char *typed, bc_error *err);

/* The SPEC of a grid that no type of weights has, so that values are stored. BC_E_USAGE for what is
 * none, and for blocks, which are a part of something else. */
BC_NODISCARD bc_status bci_spec_of_values(const char *typed, bc_spec *out, bc_error *err);

/* Whether it is neither a type nor a mix, but such a SPEC. */
bool bci_format_has_values(const char *typed);

#endif
