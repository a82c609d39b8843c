/* Shared-internal: element types by what a file calls them. */
#ifndef BCI_ELEMENT_H
#define BCI_ELEMENT_H

#include "bitcrush/tensor.h"

enum { BCI_MAX_ELEMENT_TYPES = 96 };

/* NULL where there is none. */
const bc_element_type *bci_element_of_ggml(uint32_t number);
const bc_element_type *bci_element_of_safetensors(const char *name);
const bc_element_type *bci_element_of_npy(const char *code); /* "f4", without the byte order */

/* The row of a name, or of another name that it has ("mxfp8"), upper or lower case; NULL where
 * there is none. Of MXFP4 and NVFP4, which GGUF and safetensors have in forms of their own, that of
 * the kind of file. */
const bc_element_type *bci_element_for(const char *name, bool in_safetensors);

/* Whether tensors of the type have numbers that can be read. */
bool bci_element_has_values(const bc_element_type *type);

/* Whether its numbers are doubles, which floats do not hold. */
bool bci_element_is_f64(const bc_element_type *type);

/* What makes floats of the blocks of a type, or NULL. */
typedef void bci_decoder(const void *blocks, size_t n, float *out);
bci_decoder *bci_element_decoder(const bc_element_type *type);

/* The elements and bytes of info->dims and info->type, into info. False, with a reason ("its
 * dimensions multiply to more than 64 bits"), where they do not fit. */
bool bci_element_measure(bc_tensor_info *info, const char **why);

#endif
