/* Shared-internal: how often the codes of a tensor occur. */
#ifndef BCI_CODE_COUNTS_H
#define BCI_CODE_COUNTS_H

#include "bitcrush/tensor.h"

/* Codes of a type that are counted: those of blocks and of floats of one byte; 0: none. */
size_t bci_counted_codes(const bc_element_type *type);

/* Add n weights in elements of such a type. */
void bci_count_elements(const bc_element_type *type, const void *elements, size_t n,
                        uint64_t *counts);

/* Add n codes; counts may be NULL. */
void bci_count_codes(const uint16_t *codes, size_t n, uint64_t *counts);

#endif
