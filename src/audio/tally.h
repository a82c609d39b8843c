/* Shared-internal: what is counted where samples are reduced. */
#ifndef BCI_TALLY_H
#define BCI_TALLY_H

#include <stdint.h>

#include "bitcrush/measure.h"

/* What was noticed on the way. Zero it, merge in order. */
typedef struct {
    uint64_t n_clipped;
    double worst;           /* magnitude past full scale of the worst clipped sample; 0: none */
    bc_error_sums overload; /* of their errors, where each sample is rounded for itself; n is 0 */
    uint64_t n_nonfinite, n_silent;
    uint64_t n_saturated; /* see bc_audio_result */
} bci_crush_tally;

void bci_crush_merge(bci_crush_tally *to, const bci_crush_tally *more);

#endif
