/* The image tool: bitcrush-image, and bitcrush on a picture. */
#ifndef BITCRUSH_IMAGE_TOOL_H
#define BITCRUSH_IMAGE_TOOL_H

#include "bitcrush/image.h"
#include "tool.h"

extern const tool image_tool;

/* What the options ask for, the same for every file; a palette among them goes to *palette, which
 * must stay alive. */
BC_NODISCARD bc_status image_settings(const options *o, int bits, bc_image_settings *s,
                                      bc_palette *palette, bc_error *err);

#endif
