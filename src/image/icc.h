/* Shared-internal: what an ICC profile says about samples. */
#ifndef BCI_ICC_H
#define BCI_ICC_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/light.h"

typedef enum { BCI_ANY_SPACE, BCI_GREY_SPACE, BCI_RGB_SPACE, BCI_OTHER_SPACE } bci_space;

typedef struct {
    bci_space space;
    bc_transfer transfer;
    const char *transfer_source; /* static text: read from the profile, or taken as sRGB */
} bci_profile_facts;

/* The facts of a profile. Its curve is read where it is a power or that of sRGB; of any
 * other curve the transfer is taken as sRGB. BCI_OTHER_SPACE for what is no profile. */
bci_profile_facts bci_icc_facts(const uint8_t *profile, size_t n);

#endif
