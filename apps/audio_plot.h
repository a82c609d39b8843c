/* The plot of one sound. */
#ifndef BITCRUSH_AUDIO_PLOT_H
#define BITCRUSH_AUDIO_PLOT_H

#include "bitcrush/audio.h"
#include "options.h"

/* Draw what became of `in` into the file that --plot names: waveform, spectra of signal and error
 * beside what theory expects, codes. BC_E_WRITE or BC_E_EXISTS where that fails. */
BC_NODISCARD bc_status audio_plot(const options *o, const char *in, const bc_audio_settings *s,
                                  const bc_audio_result *m, bc_error *err);

/* The same for a comparison. */
BC_NODISCARD bc_status audio_comparison_plot(const options *o, const bc_audio_comparison *m,
                                             bc_error *err);

#endif
