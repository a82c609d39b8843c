/* A progress line on a terminal's standard error, after half a second. */
#ifndef BITCRUSH_PROGRESS_H
#define BITCRUSH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *name; /* of what is worked on */
    bool is_on;
    double start_s, last_s;
    bool is_shown;
} progress;

/* Begin; `when` is the choice of --progress. */
progress progress_begin(const char *name, int when);

/* Show done of n; context is a progress. */
void progress_show(void *context, uint64_t done, uint64_t n);

/* Wipe the line. */
void progress_end(progress *p);

#endif
