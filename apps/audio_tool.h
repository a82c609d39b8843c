/* The audio tool: bitcrush-audio, and bitcrush on a sound. */
#ifndef BITCRUSH_AUDIO_TOOL_H
#define BITCRUSH_AUDIO_TOOL_H

#include "tool.h"

extern const tool audio_tool;

#endif
