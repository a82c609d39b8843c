/* Shared-internal: the companded grids of telephony, 8 bits with steps that grow with the
 * signal. */
#ifndef BCI_COMPANDED_H
#define BCI_COMPANDED_H

#include "bitcrush/grid.h"

/* The marks of mu-law: 255, as +0 and -0 are one. */
bc_grid bci_grid_mulaw(void);

/* The marks of A-law: 256, none of them 0. */
bc_grid bci_grid_alaw(void);

/* The G.711 byte of a code, and the code of a byte. The mark 0 of mu-law is stored as +0 (FF). */
uint32_t bci_companded_byte(bc_stored stored, int32_t code);
int32_t bci_companded_code(bc_stored stored, uint32_t byte);

#endif
