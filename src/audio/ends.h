/* Shared-internal: the ends of a grid at full scale. */
#ifndef BCI_ENDS_H
#define BCI_ENDS_H

#include "audio/tally.h"
#include "bitcrush/audio.h"

typedef struct {
    const bc_audio_settings *settings;
    bool is_alone;       /* each sample is rounded for itself: overload is counted */
    int32_t last, first; /* codes of the largest and of the lowest finite value */
    double top;          /* the largest finite value */
    bool overflows;      /* infinity lies beyond it */
    double inner;        /* magnitudes below are far from the ends, with noise too; 0: none are */
} bci_ends;

/* The settings live as long. */
bci_ends bci_ends_of(const bc_audio_settings *settings, bool is_alone);

/* Floats: frames from `first` on of a channel that lie beyond the ends with their noise are
 * refused, or become the end, or infinity. BC_E_FORMAT. */
BC_NODISCARD bc_status bci_hold_in_floats(const bci_ends *e, double *x, double *noise, size_t n,
                                          uint64_t first, size_t channel, bci_crush_tally *t,
                                          bc_error *err);

/* Errors that are fed back may take a sample x to infinity as well, which y is. BC_E_FORMAT. */
BC_NODISCARD bc_status bci_check_fed_back(const bci_ends *e, const double *x, double *y, size_t n,
                                          uint64_t first, size_t channel, bci_crush_tally *t,
                                          bc_error *err);

/* Count what clips with its noise. */
void bci_count_clipped(const bci_ends *e, const double *x, const double *noise, size_t n,
                       bci_crush_tally *t);

#endif
