/* The plot of one sound. */
#ifndef BITCRUSH_AUDIO_PLOT_H
#define BITCRUSH_AUDIO_PLOT_H

#include "bitcrush/audio.h"
#include "bitcrush/plot.h"
#include "options.h"

/* What plots of a sound are made of. */
typedef struct {
    const char *title;
    uint32_t rate_hz;
    const bc_audio_curves *curves;
    const bc_audio_depth *depth; /* NULL: codes are not known */
} audio_drawing;

/* Add panels: result and error over time; their spectra beside theory (d->curves->n_bins is not 0);
 * codes (d->curves->histogram is there). */
void audio_draw_waveforms(bc_plot *p, const audio_drawing *d);
BC_NODISCARD bc_status audio_draw_spectra(bc_plot *p, const audio_drawing *d, bc_error *err);
BC_NODISCARD bc_status audio_draw_codes(bc_plot *p, const audio_drawing *d, bc_error *err);

/* Draw what became of `in` into the file that --plot names: waveform, spectra of signal and error
 * beside what theory expects, codes. BC_E_WRITE or BC_E_EXISTS where that fails. */
BC_NODISCARD bc_status audio_plot(const options *o, const char *in, const bc_audio_settings *s,
                                  const bc_audio_result *m, bc_error *err);

/* The same for a comparison. */
BC_NODISCARD bc_status audio_comparison_plot(const options *o, const bc_audio_comparison *m,
                                             bc_error *err);

#endif
