/* Shared-internal: the float of textbooks, small enough to be drawn whole. */
#ifndef BCI_FLOAT5_H
#define BCI_FLOAT5_H

#include "bitcrush/grid.h"

/* 32 marks: -7 .. -0.5 and 0.5 .. 7. */
bc_grid bci_grid_float5(void);

/* Sign and magnitude of a code of 0 .. top, of which the upper half is positive, and back. */
uint32_t bci_signed_bits(int32_t top, int32_t code);
int32_t bci_signed_code(int32_t top, uint32_t bits);

#endif
