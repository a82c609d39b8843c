/* The image tool: bitcrush-image, and bitcrush on a picture. */
#ifndef BITCRUSH_IMAGE_TOOL_H
#define BITCRUSH_IMAGE_TOOL_H

#include "tool.h"

extern const tool image_tool;

#endif
