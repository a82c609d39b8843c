/* Knows where a sound is looked at closely: a few periods in the loudest of its stretches. */
#include "audio/zoom.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/fail.h"

enum { STRETCH = 4096, LEAST = 64, PERIODS = 3 };

typedef struct {
    double x[STRETCH], y[STRETCH];
    size_t n;
    double energy;
    uint64_t first;
} stretch;

struct bci_zoom {
    stretch stretches[2];
    stretch *now, *loudest;
};

bc_status bci_zoom_new(bci_zoom **out, bc_error *err)
{
    bci_zoom *z = calloc(1, sizeof *z);

    if (!z)
        return bci_fail(err, BC_E_LIMIT, "out of memory for a stretch of sound");
    z->now = &z->stretches[0];
    z->loudest = &z->stretches[1];
    *out = z;
    return BC_OK;
}

static void end_stretch(bci_zoom *z)
{
    const uint64_t next = z->now->first + z->now->n;

    if (z->now->n > 0 && (z->loudest->n == 0 || z->now->energy > z->loudest->energy)) {
        stretch *before = z->loudest;

        z->loudest = z->now;
        z->now = before;
    }
    z->now->n = 0;
    z->now->energy = 0.0;
    z->now->first = next;
}

void bci_zoom_add(bci_zoom *z, const double *x, const double *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        stretch *s = z->now;

        s->x[s->n] = isfinite(x[i]) ? x[i] : 0.0;
        s->y[s->n] = y && isfinite(y[i]) ? y[i] : 0.0;
        s->energy += s->x[s->n] * s->x[s->n];
        if (++s->n == STRETCH)
            end_stretch(z);
    }
}

static bool rises(const stretch *s, size_t i)
{
    return s->x[i - 1] < 0.0 && s->x[i] >= 0.0;
}

/* Samples of a period, by how often it rises through 0. */
static size_t period_of(const stretch *s)
{
    size_t n_rises = 0;

    for (size_t i = 1; i < s->n; i++)
        n_rises += rises(s, i);
    return n_rises ? s->n / n_rises : s->n;
}

bci_zoomed bci_zoom_get(bci_zoom *z, size_t most)
{
    end_stretch(z);

    const stretch *s = z->loudest;
    const size_t wanted = PERIODS * period_of(s);
    size_t n = wanted < LEAST ? LEAST : wanted < most ? wanted : most;
    size_t from = 1;

    n = n < s->n ? n : s->n;
    while (from + n <= s->n && !rises(s, from))
        from++;
    if (from + n > s->n) /* none that leaves room behind it */
        from = 0;
    return (bci_zoomed){ s->first + from, n, s->x + from, s->y + from };
}

void bci_zoom_free(bci_zoom *z)
{
    free(z);
}
