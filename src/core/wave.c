/* Knows how several threads share the lines of a diffusion from left to right: each takes the
 * next line that nobody has and follows the line above at a distance, piece by piece.
 *
 * Lines are taken in order, and who has taken one does nothing else until it is done. So the
 * line that a thread waits for is always in work or done, whatever number of the threads that
 * were asked for has come, and in whatever order. An error line receives its sums in the order
 * of the walk: a piece is spread when the line above has spread all that falls there. */
#include <sched.h>

#include "base/threads.h"
#include "core/diffuser.h"

#ifdef _OPENMP
enum {
    PIECE = 256,   /* pixels between two looks at the line above */
    PATIENCE = 64, /* looks before the processor is given to others */
};

/* How far a line has come, or one that took its place later: no two on one cache line, wherever the
 * array lies. (Alignment would ask for what gcc 12 does not give under its sanitizers.) */
typedef struct {
    uint8_t apart[64 - sizeof(uint64_t)];
    uint64_t reached;
} milestone;

typedef struct {
    const bc_diffuser *d;
    bci_line first; /* the first line, for its pointers */
    size_t n_lines;
    size_t n_taken;                      /* lines */
    size_t n_workers;                    /* that have come */
    milestone milestones[BCI_MAX_LANES]; /* of line y at y % n_lanes */
} wave;

/* A number that grows along a line and from line to line: the lines below have, before this
 * column, all that the line sends. */
static uint64_t place(const wave *w, size_t line, size_t column)
{
    return (uint64_t)line * (w->d->width + 1) + column;
}

static uint64_t *milestone_of(wave *w, size_t line)
{
    return &w->milestones[line % w->d->n_lanes].reached;
}

static void wait_for(wave *w, size_t line, size_t column)
{
    const uint64_t *reached = milestone_of(w, line), wanted = place(w, line, column);

    for (int i = 0; __atomic_load_n(reached, __ATOMIC_ACQUIRE) < wanted; i++)
        if (i >= PATIENCE)
            sched_yield();
}

static void take_line(wave *w, size_t y, size_t lane)
{
    const bc_diffuser *d = w->d;
    const size_t n = y * d->width * d->n_channels;
    bci_line line = w->first;

    line.x += n;
    line.noise += line.noise ? n : 0;
    line.opaque += line.opaque ? y * d->width : 0;
    line.codes += n;
    bci_line_begin(d, &line, d->line + y, lane);
    for (size_t from = 0; from < d->width; from += PIECE) {
        const bool is_last = d->width - from <= PIECE;
        const size_t to = is_last ? d->width : from + PIECE;

        if (y > 0)
            wait_for(w, y - 1, to);
        bci_line_piece(d, &line, from, to);
        __atomic_store_n(milestone_of(w, y), place(w, y, is_last ? to : to - BCI_PAD),
                         __ATOMIC_RELEASE);
    }
}

static void work(wave *w)
{
    const size_t lane = __atomic_fetch_add(&w->n_workers, 1, __ATOMIC_RELAXED);
    size_t y;

    while ((y = __atomic_fetch_add(&w->n_taken, 1, __ATOMIC_ACQ_REL)) < w->n_lines)
        take_line(w, y, lane);
}

/* Helpers are tasks, so that idle threads of a team join in; one that comes late finds nothing
 * left to do. */
static void work_with_helpers(wave *w)
{
    const size_t n = w->d->n_lanes, team = (size_t)bci_team_size();

    for (size_t i = 1; i < n && i < team && i < w->n_lines; i++) {
#pragma omp task
        work(w);
    }
    work(w);
#pragma omp taskwait
}

static void share_rows(bc_diffuser *d, size_t n_rows, bci_line first)
{
    wave w = { .d = d, .first = first, .n_lines = n_rows };

    if (bci_team_size() > 1) {
        work_with_helpers(&w);
    } else {
#pragma omp parallel num_threads((int)d->n_lanes)
        work(&w);
    }
    d->line += n_rows;
}
#endif

void bc_diffuse_rows(bc_diffuser *d, size_t n_rows, const float *x, const float *noise,
                     const uint8_t *opaque, uint16_t *codes)
{
#ifdef _OPENMP
    if (d->n_lanes > 1 && n_rows > 1) {
        share_rows(d, n_rows,
                   (bci_line){ .x = x, .noise = noise, .opaque = opaque, .codes = codes });
        return;
    }
#endif
    for (size_t y = 0; y < n_rows; y++) {
        const size_t n = y * d->width * d->n_channels;

        bc_diffuse_row(d, x + n, noise ? noise + n : NULL, opaque ? opaque + y * d->width : NULL,
                       codes + n);
    }
}
