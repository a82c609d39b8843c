/* Shared-internal: the list of file formats of weights. */
#ifndef BCI_TENSOR_FORMATS_H
#define BCI_TENSOR_FORMATS_H

#include "tensor/file.h"

/* The row of the first bytes of a file, or NULL. */
const bci_tensor_format *bci_tensor_format_of(const uint8_t *head, size_t n);

/* The row of a name, or of the ending of a path among those that are written; NULL where
 * there is none. */
const bci_tensor_format *bci_tensor_format_named(const char *name);
const bci_tensor_format *bci_tensor_format_for_path(const char *path);

#endif
