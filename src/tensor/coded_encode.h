/* Shared-internal: weights become codes and scales. */
#ifndef BCI_CODED_ENCODE_H
#define BCI_CODED_ENCODE_H

#include "tensor/coded.h"
#include "tensor/encode.h"

/* Room for one batch. */
typedef struct bci_coder bci_coder;
bci_coder *bci_coder_new(void); /* NULL: out of memory */
void bci_coder_free(bci_coder *c);

/* The bytes of a piece for the weights x of a range; returns their number. With BCI_CODES y, or
 * NULL, receives what a reader makes of them, and `seen`, or NULL, what of it is overload, and
 * the codes.
 * how->first is that of the range. */
size_t bci_coded_encode(bci_coder *room, const bci_coding *c, bci_role role,
                        const bc_tensor_settings *settings, const bci_encoding *how, const float *x,
                        const bci_range *at, uint8_t *out, float *y, const bci_observed *seen);

#endif
