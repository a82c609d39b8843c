/* The tensor tool: bitcrush-tensor, and bitcrush on a file of neural weights. */
#ifndef BITCRUSH_TENSOR_TOOL_H
#define BITCRUSH_TENSOR_TOOL_H

#include "tool.h"

extern const tool tensor_tool;

#endif
