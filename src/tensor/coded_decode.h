/* Shared-internal: codes and scales become weights again. */
#ifndef BCI_CODED_DECODE_H
#define BCI_CODED_DECODE_H

#include "tensor/coded.h"

/* Values of n codes of `bits` from a byte on: y = (mark - zero) * scale. scales and zeros (or NULL)
 * are those of groups of `group` weights. `room` has n places. */
void bci_coded_values(const bci_coding *c, const uint8_t *codes, size_t n, size_t group,
                      const float *scales, const uint8_t *zeros, uint16_t *room, float *y);

/* Where codes of blocks begin to clip, under a scale of 1: half a step beyond what they mean. */
bc_granular bci_coded_ends(const bci_coding *c);

/* Weights first .. first + n - 1 of a coded tensor of a file. */
BC_NODISCARD bc_status bci_coded_read(const bc_tensor_file *f, const bci_coding *c, uint64_t first,
                                      size_t n, float *out, bc_error *err);

/* The levels of weight `at`: what its codes mean under the scale of its group, in the order of the
 * codes. */
BC_NODISCARD bc_status bci_coded_levels(const bc_tensor_file *f, const bci_coding *c, uint64_t at,
                                        bc_tensor_levels *out, bc_error *err);

#endif
