/* Shared-internal: a spectrum as other measurements read it. */
#ifndef BCI_SPECTRUM_H
#define BCI_SPECTRUM_H

#include "bitcrush/spectrum.h"

/* What bc_spectrum_power gives; valid until samples are added. */
const double *bci_spectrum_power(const bc_spectrum *s);

/* Bins to either side that a tone reaches: BC_SPECTRUM_LOBE_BINS, or more where the signal is
 * shorter than a segment; more than there are bins when nothing was added. */
size_t bci_spectrum_lobe(const bc_spectrum *s);

#endif
