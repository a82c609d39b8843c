/* The programs, as their help, man pages and completions show them. */
#ifndef BITCRUSH_PROGRAMS_H
#define BITCRUSH_PROGRAMS_H

#include <stddef.h>

typedef struct {
    const char *name;
    unsigned tools;            /* whose options it takes */
    const char *const *usages; /* what follows the name, one way of calling it each, then NULL */
    const char *const *abouts; /* paragraphs, then NULL */
} program;

extern const program program_bitcrush, program_image, program_audio, program_tensor;

/* Verbs with options of their own, no files: programs() does not have them. */
extern const program program_sweep, program_explain;

/* `bitcrush image` and its like, whose help has what goes with one medium; others stay. */
const program *program_for(const program *self, unsigned tool);

/* All programs; returns their number. */
size_t programs(const program *const **out);

#endif
