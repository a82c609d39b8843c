/* Shared-internal: which tensor becomes what. */
#ifndef BCI_RECIPE_H
#define BCI_RECIPE_H

#include "bitcrush/spec.h"
#include "tensor/kept.h"

/* What one tensor becomes. */
typedef struct {
    const bc_element_type *type; /* that of the input: it is copied as it is */
    bool is_asked;               /* the format asked for, else: */
    bool is_dropped;             /* it is left out */
    bool is_ruled;               /* the type holds values of: */
    bc_spec spec;
    bc_importance_use importance;
    const char *why; /* "one dimension", "excluded", "rows are not whole blocks"; static */
} bci_choice;

/* Whether the tensor goes through as it is. */
bool bci_choice_copies(const bci_choice *choice, const bc_tensor_info *tensor);

/* Why a tensor stays as it is by itself, whatever the format: "one dimension", "a norm"; NULL: it
 * does not. Static text. */
const char *bci_recipe_keeps(const bc_tensor_settings *settings, bci_naming naming,
                             const bc_tensor_info *tensor);

/* Choose for every tensor of the file, which becomes one of format `to`: choices[0 ..
 * bc_tensor_count). BC_E_USAGE for a format that is unknown or a pattern that names nothing,
 * BC_E_UNSUPPORTED for one that `to` has
 * not. */
BC_NODISCARD bc_status bci_recipe_choose(const bc_tensor_settings *settings,
                                         const bc_tensor_file *file, const bci_tensor_format *to,
                                         bci_choice *choices, bc_error *err);

#endif
