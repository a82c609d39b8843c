/* Knows the progress line. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "bitcrush/status.h"
#include "options.h"

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

progress progress_begin(const char *name, int when)
{
    const bool is_on = when == WHEN_ALWAYS || (when == WHEN_AUTO && isatty(STDERR_FILENO));

    return (progress){ .name = name, .is_on = is_on, .start_s = now_s() };
}

void progress_show(void *context, uint64_t done, uint64_t n)
{
    progress *p = context;
    const double now = p->is_on ? now_s() : 0.0;
    const double elapsed = now - p->start_s;

    if (!p->is_on || elapsed < 0.5 || now - p->last_s < 0.1 || n == 0)
        return;
    const double share = (double)done / (double)n;
    bc_error shown;

    p->last_s = now;
    p->is_shown = true;
    (void)bc_error_say(&shown, BC_OK, "%s", p->name); /* a name may hold what a terminal obeys */
    fprintf(stderr, "\r%s: %3.0f %%, %.0f s left \033[K", shown.text, 100.0 * share,
            share > 0.0 ? elapsed * (1.0 - share) / share : 0.0);
    fflush(stderr);
}

void progress_end(progress *p)
{
    if (p->is_shown)
        fputs("\r\033[K", stderr);
}
