/* The report of one sound. */
#ifndef BITCRUSH_AUDIO_REPORT_H
#define BITCRUSH_AUDIO_REPORT_H

#include "bitcrush/audio.h"
#include "bitcrush/report.h"
#include "options.h"

/* The facts of an input that its header tells. */
void audio_report_input(bc_report *r, const char *path, const bc_audio_info *info,
                        uint64_t n_frames, const char *note, const char *salvaged);

/* Print what became of `in`, as text or JSON: to standard output, or to standard error when the
 * sound itself went there. BC_E_WRITE where that fails. */
BC_NODISCARD bc_status audio_report(const options *o, const bc_audio_settings *s, const char *in,
                                    const char *out, const bc_audio_result *m, bc_error *err);

/* The same for sound whose subtractive dither was taken away. */
BC_NODISCARD bc_status audio_restoration_report(const options *o, const char *in, const char *out,
                                                const bc_audio_result *m, bc_error *err);

/* The same for a comparison of sound b with sound a. */
BC_NODISCARD bc_status audio_comparison_report(const options *o, const char *a, const char *b,
                                               const bc_audio_comparison *m, bc_error *err);

#endif
