/* The image tool: bitcrush-image, and bitcrush on a picture. */
#ifndef BITCRUSH_IMAGE_TOOL_H
#define BITCRUSH_IMAGE_TOOL_H

/* Run with the arguments of `program`; the return value is the exit status. */
int image_tool(const char *program, int argc, char **argv);

/* bitcrush compare A B: the same figures for two pictures. */
int compare_tool(const char *program, int argc, char **argv);

#endif
