/* Shared-internal: the list of layouts of codes and scales. */
#ifndef BCI_CODED_LAYOUTS_H
#define BCI_CODED_LAYOUTS_H

#include "tensor/coded.h"

/* All of them; returns their number. */
size_t bci_coded_layouts(const bci_layout *const **out);

/* The format of a type of kind BC_ELEMENT_CODES. */
const bci_coded_format *bci_coded_find(const char *name);

/* Whether rows have to be whole blocks of the type. */
bool bci_coded_needs_whole_blocks(const bc_element_type *type);

/* Make one tensor of those that are the codes, scales and so on of one, by any of the layouts; the
 * pair BCI_FORMATS_KEY goes. Names are indexed. */
BC_NODISCARD bc_status bci_tensor_file_join(bc_tensor_file *f, bc_error *err);

#endif
