/* Shared-internal: the plot of one sound. */
#ifndef BCI_AUDIO_DRAW_H
#define BCI_AUDIO_DRAW_H

#include "bitcrush/audio.h"
#include "bitcrush/medium.h"
#include "bitcrush/plot.h"

/* What plots of a sound are made of. */
typedef struct {
    const char *title;
    uint32_t rate_hz;
    const bc_audio_curves *curves;
    const bc_audio_depth *depth; /* NULL: codes are not known */
    bool has_ruler;              /* and its marks lie at full scale on all samples */
} bci_audio_drawing;

/* Add panels: a few periods of original, result and error, and the whole of the last two; their
 * spectra beside theory (d->curves->n_bins is not 0); codes (d->curves->histogram is there). */
BC_NODISCARD bc_status bci_audio_draw_waveforms(bc_plot *p, const bci_audio_drawing *d,
                                                bc_error *err);
BC_NODISCARD bc_status bci_audio_draw_spectra(bc_plot *p, const bci_audio_drawing *d,
                                              bc_error *err);
BC_NODISCARD bc_status bci_audio_draw_codes(bc_plot *p, const bci_audio_drawing *d, bc_error *err);

/* See bc_deed_row.draw: waveform, spectra of signal and error beside what theory expects, codes. */
BC_NODISCARD bc_status bci_audio_draw_reduction(const void *job, const bc_outcome *o,
                                                const bc_account *a, bc_plot **p, bc_error *err);
BC_NODISCARD bc_status bci_audio_draw_comparison(const void *job, const bc_outcome *o,
                                                 const bc_account *a, bc_plot **p, bc_error *err);

#endif
