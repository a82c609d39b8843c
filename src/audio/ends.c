/* Knows what lies beyond the ends of a grid at full scale: counted, refused, or made the end. */
#include "audio/ends.h"

#include <math.h>

#include "base/fail.h"
#include "measure/squares.h"

bci_ends bci_ends_of(const bc_audio_settings *settings, bool is_alone)
{
    enum { MOST_NOISE = 16 }; /* steps; no noise reaches it */
    const bc_grid *g = &settings->depth.grid;
    const bool overflows = isinf(bc_grid_value(g, g->hi));
    bci_ends e = { .settings = settings,
                   .is_alone = is_alone,
                   .last = g->hi - overflows,
                   .first = isinf(bc_grid_value(g, g->lo)) ? g->lo + 1 : g->lo,
                   .overflows = overflows };

    e.top = bc_grid_value(g, e.last);
    if (e.last - MOST_NOISE > e.first + MOST_NOISE)
        e.inner =
            fmin(bc_grid_value(g, e.last - MOST_NOISE), -bc_grid_value(g, e.first + MOST_NOISE));
    return e;
}

/* True when x with its noise lies more than half a step past the last mark. Half a step itself
 * rounds to infinity where there is one. */
static bool is_beyond(const bci_ends *e, double x, double noise)
{
    if (isinf(x))
        return true;
    const bc_position p = bc_grid_position(&e->settings->depth.grid, x);
    const double over = (double)((int64_t)p.base - e->last) + (p.rest + noise);
    const double under = (double)((int64_t)e->first - p.base) - (p.rest + noise);
    const double most = over > under ? over : under;

    return e->overflows ? most >= 0.5 : most > 0.5;
}

static bc_status refuse(const bci_ends *e, double x, uint64_t frame, size_t channel, bc_error *err)
{
    return bci_fail(err, BC_E_FORMAT,
                    "%.9g in frame %llu of channel %zu, %smore than %s holds, expected "
                    "`nonfinite=saturate`",
                    x, (unsigned long long)frame, channel + 1,
                    fabs(x) <= e->top ? "with its noise " : "", e->settings->depth.name);
}

/* The error of a clipped sample, which becomes the end. */
static void add_overload(const bci_ends *e, double x, double end, bci_crush_tally *t)
{
    if (e->is_alone && isfinite(x) && isfinite(end))
        bci_error_add_overload_e2(&t->overload, x, end, 1.0);
}

bc_status bci_hold_in_floats(const bci_ends *e, double *x, double *noise, size_t n, uint64_t first,
                             size_t channel, bci_crush_tally *t, bc_error *err)
{
    const bc_nonfinite asked = e->settings->nonfinite;

    for (size_t i = 0; i < n && asked != BC_NONFINITE_KEEP; i++) {
        if (fabs(x[i]) < e->inner || !is_beyond(e, x[i], noise[i]))
            continue;
        if (asked != BC_NONFINITE_SATURATE)
            return refuse(e, x[i], first + i, channel, err);
        t->n_clipped++;
        t->n_saturated += isfinite(x[i]) ? 1 : 0; /* infinity was counted as it came */
        t->worst = isfinite(x[i]) ? fmax(t->worst, fabs(x[i])) : t->worst;
        add_overload(e, x[i], copysign(e->top, x[i]), t);
        x[i] = copysign(e->top, x[i]);
        noise[i] = 0.0;
    }
    return BC_OK;
}

bc_status bci_check_fed_back(const bci_ends *e, const double *x, double *y, size_t n,
                             uint64_t first, size_t channel, bci_crush_tally *t, bc_error *err)
{
    for (size_t i = 0; i < n && e->settings->nonfinite != BC_NONFINITE_KEEP; i++) {
        if (isfinite(y[i]) || !isfinite(x[i]))
            continue;
        if (e->settings->nonfinite != BC_NONFINITE_SATURATE)
            return refuse(e, x[i], first + i, channel, err);
        y[i] = copysign(e->top, y[i]);
        t->n_clipped += fabs(x[i]) < e->top; /* at the top they were counted before */
        t->n_saturated += fabs(x[i]) < e->top;
    }
    return BC_OK;
}

static void add_clipped(bci_crush_tally *t, uint64_t n_clipped, double worst)
{
    t->n_clipped += n_clipped;
    t->worst = worst > t->worst ? worst : t->worst;
}

/* The errors of all that lie beyond `low` or `high` with their noise. */
static void add_overloads(const bci_ends *e, const double *x, const double *noise, size_t n,
                          double low, double high, bci_crush_tally *t)
{
    const bc_grid *g = &e->settings->depth.grid;
    const double first = bc_grid_value(g, g->lo), last = bc_grid_value(g, g->hi);

    for (size_t i = 0; i < n; i++) {
        const double v = x[i] + noise[i] / g->den;

        if (v > high || v < low)
            add_overload(e, x[i], v > high ? last : first, t);
    }
}

/* Even steps: count what lies beyond the ends with its noise. */
static void count_even(const bci_ends *e, const double *x, const double *noise, size_t n,
                       bci_crush_tally *t)
{
    const bc_grid *g = &e->settings->depth.grid;
    const double top = (g->hi + g->rise + 0.5) / g->den, bottom = (g->lo + g->rise - 0.5) / g->den;
    uint64_t clipped = 0;
    double worst = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double v = x[i] + noise[i] / g->den;
        const bool is_out = v > top || v < bottom;
        const double over = fabs(v);

        clipped += is_out;
        worst = is_out && over > worst && isfinite(over) ? over : worst;
    }
    add_clipped(t, clipped, worst);
    if (clipped)
        add_overloads(e, x, noise, n, bottom, top, t);
}

/* The same of other steps. */
static void count_uneven(const bci_ends *e, const double *x, const double *noise, size_t n,
                         bci_crush_tally *t)
{
    const bc_grid *g = &e->settings->depth.grid;
    uint64_t clipped = 0;
    double worst = 0.0;

    for (size_t i = 0; i < n; i++) {
        if (fabs(x[i]) < e->inner || !is_beyond(e, x[i], noise[i]))
            continue;
        clipped++;
        worst = isfinite(x[i]) ? fmax(worst, fabs(x[i])) : worst;
        add_overload(e, x[i], bc_grid_value(g, x[i] < 0.0 ? g->lo : g->hi), t);
    }
    add_clipped(t, clipped, worst);
}

void bci_count_clipped(const bci_ends *e, const double *x, const double *noise, size_t n,
                       bci_crush_tally *t)
{
    if (e->settings->depth.grid.family == BC_GRID_AFFINE)
        count_even(e, x, noise, n, t);
    else
        count_uneven(e, x, noise, n, t);
}
