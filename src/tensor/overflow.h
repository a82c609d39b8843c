/* Shared-internal: what a type of weights can hold. */
#ifndef BCI_OVERFLOW_H
#define BCI_OVERFLOW_H

#include "tensor/encode.h"

/* BC_E_FORMAT: "FILE: tensor NAME: X at index INDEX" and `why`, "expected" and `instead`. */
bc_status bci_refuse_weight(const bc_tensor_file *f, size_t tensor, uint64_t index, double x,
                            const char *why, const char *instead, bc_error *err);

/* A magnitude up to which nothing of the type overflows, its scales included, whatever the other
 * weights of a block are. Above it some do, and one has to look at what was made. */
float bci_safe_magnitude(const bc_element_type *to);

/* The first of n values whose magnitude is above `safe`, NaN among them; n where there is none. */
size_t bci_first_above(float safe, const float *x, size_t n);

/* A magnitude that lies beyond every value that the type has, by half of the last step or a little
 * more: such a weight is not held, whatever it was stored as. Infinity where overflow is
 * infinite. */
float bci_end_of(const bc_element_type *to);

/* The code of the largest finite value of a float, with the sign of x, to `out`. */
void bci_put_largest(const bc_element_type *to, float x, uint8_t *out);

/* Store a block whose scale overflows once more, with x limited to the largest magnitude at which
 * it is finite. x is changed; y receives what is stored. Returns how many weights were limited. */
size_t bci_encode_limited(const bc_element_type *to, const bci_encoding *how, float *x,
                          const float *importance, uint8_t *out, float *y);

#endif
