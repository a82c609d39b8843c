/* The audio tool: bitcrush-audio, and bitcrush on a sound. */
#ifndef BITCRUSH_AUDIO_TOOL_H
#define BITCRUSH_AUDIO_TOOL_H

#include "bitcrush/audio.h"
#include "tool.h"

extern const tool audio_tool;

/* The noise that --dither names; "auto" leaves s->noise as it is. */
BC_NODISCARD bc_status audio_dither(const char *text, bc_audio_settings *s, bc_error *err);

#endif
