/* The page of one sound. */
#ifndef BITCRUSH_AUDIO_PAGE_H
#define BITCRUSH_AUDIO_PAGE_H

#include "bitcrush/audio.h"
#include "bitcrush/report.h"
#include "options.h"

/* Write what became of `in` as a page, to where the options say; `facts` are those of the report.
 * Reads input and output again. */
BC_NODISCARD bc_status audio_page(const options *o, const bc_audio_settings *s, const char *in,
                                  const char *out, const bc_audio_result *m, const bc_report *facts,
                                  bc_error *err);

#endif
