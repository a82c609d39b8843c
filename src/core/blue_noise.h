/* Shared-internal: blue-noise masks, side 64 and 128, row-major. Ranks 0 .. side^2 - 1, each
 * once; they repeat in both directions without a seam. The threshold of a rank is
 * (rank + 1/2) / side^2. */
#ifndef BCI_BLUE_NOISE_H
#define BCI_BLUE_NOISE_H

#include <stdint.h>

extern const uint16_t bci_blue_noise_64[64 * 64];
extern const uint16_t bci_blue_noise_128[128 * 128];

#endif
