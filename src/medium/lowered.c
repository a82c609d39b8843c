/* Knows the largest that samples may be for a ruler to hold them, as values of 32-bit floats. */
#include "medium/lowered.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "measure/squares.h"

/* What a group is laid with. */
typedef struct {
    const bci_laying *laying;
    const bci_lay_room *room;
    double *lowered;
    const double *x, *noise;
    size_t n;
    double *y;
} group;

bool bci_holds_value(double y)
{
    return fabs(y) <= (double)FLT_MAX;
}

size_t bci_first_not_held(const double *y, size_t n)
{
    size_t i = 0;

    while (i < n && bci_holds_value(y[i]))
        i++;
    return i;
}

/* Infinity is as large as the largest of its group, or 1: the others keep their size. */
static void bound_infinities(double *x, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++)
        most = isfinite(x[i]) ? fmax(most, fabs(x[i])) : most;
    for (size_t i = 0; i < n; i++)
        x[i] = isinf(x[i]) ? copysign(most > 0.0 ? most : 1.0, x[i]) : x[i];
}

static bool is_held_within(const group *g, double most)
{
    for (size_t i = 0; i < g->n; i++)
        g->lowered[i] = fmin(fmax(g->x[i], -most), most);
    return !bci_lay(g->laying, g->room, g->lowered, g->noise, g->n, g->y, NULL, NULL, NULL) &&
           bci_first_not_held(g->y, g->n) == g->n;
}

/* The magnitude up to which samples of a group may go for all of them to be held, to 24 bits of
 * it. */
static double limit_of(const group *g)
{
    double low = 0.0, high = 0.0;

    for (size_t i = 0; i < g->n; i++)
        high = fmax(high, fabs(g->x[i]));
    for (high = fmin(high, FLT_MAX), low = high; low > 0.0 && !is_held_within(g, low); low /= 2.0)
        high = low;
    for (int i = 0; i < 24; i++) {
        const double middle = low + (high - low) / 2.0;
        const bool is_held = is_held_within(g, middle);

        low = is_held ? middle : low;
        high = is_held ? high : middle;
    }
    return low;
}

bc_status bci_lay_lowered(const bci_laying *l, const bci_lay_room *room, double *scratch, double *x,
                          const double *noise, size_t n, double *y, bc_error_sums *sums,
                          uint64_t *histogram, uint64_t *n_lowered, bc_error *err)
{
    const group g = { l, room, scratch, x, noise, n, y };
    bci_laying laying = *l;

    bound_infinities(x, n);
    const double most = is_held_within(&g, FLT_MAX) ? FLT_MAX : limit_of(&g);

    memcpy(scratch, x, n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = fmin(fmax(x[i], -most), most);
    laying.given = scratch;
    const bc_status st = bci_lay(&laying, room, x, noise, n, y, sums, histogram, err);

    for (size_t i = 0; !st && i < n; i++) {
        if (fabs(scratch[i]) <= most)
            continue;
        ++*n_lowered;
        if (sums) {
            sums->n_clipped++;
            bci_error_add_overload_e2(sums, scratch[i], y[i], 1.0);
        }
    }
    return st;
}
