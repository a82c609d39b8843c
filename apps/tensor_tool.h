/* The tensor tool: bitcrush-tensor, and bitcrush on a file of neural weights. */
#ifndef BITCRUSH_TENSOR_TOOL_H
#define BITCRUSH_TENSOR_TOOL_H

#include "bitcrush/tensor.h"
#include "tool.h"

extern const tool tensor_tool;

enum { TENSOR_MAX_GLOBS = 64 };

/* Settings, and what they point to. */
typedef struct {
    bc_tensor_settings settings;
    const char *include[TENSOR_MAX_GLOBS], *exclude[TENSOR_MAX_GLOBS], *drop[TENSOR_MAX_GLOBS];
    bc_tensor_rule rules[TENSOR_MAX_GLOBS];
    char *texts[4]; /* the options' values, cut at their commas */
} tensor_job;

/* What the options ask for; zero *j first, and free it also where this fails. */
BC_NODISCARD bc_status tensor_job_make(const options *o, const char *format, tensor_job *j,
                                       bc_error *err);
void tensor_job_free(tensor_job *j);

#endif
