/* Shared-internal: how often each code of a picture is taken. */
#ifndef BCI_IMAGE_CODE_COUNTS_H
#define BCI_IMAGE_CODE_COUNTS_H

#include "bitcrush/image.h"

/* Add a histogram of n codes; *histogram is NULL then, and the caller's else. Nothing where `codes`
 * is NULL or n is 0. */
void bci_image_code_counts_take(bc_image_code_counts *codes, uint64_t **histogram, uint32_t n);

#endif
