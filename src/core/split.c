/* Knows where a codebook starts: cells of points cut in two, again and again, where it helps
 * most.
 *
 * Where to cut is found on a line, the principal axis of the cell: its points are gathered in
 * buckets along it, and of all cuts between two buckets the best is kept until the cell is the
 * one that gains most. So a cut costs one pass over the points of the cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/codebook.h"
#include "core/points.h"

enum { N_BUCKETS = 256, N_DIMS = BC_CODEBOOK_MAX_DIMS, N_POWERS = 16 };

typedef struct {
    double sums[N_DIMS], weight;
    size_t n; /* points of positive weight */
} heap;

typedef struct {
    size_t first, n; /* of the order */
    heap all;
    double axis[N_DIMS];     /* of unit length */
    double origin, per_unit; /* bucket = (x . axis - origin) * per_unit */
    int cut;                 /* buckets below it go to the first half */
    double gain;             /* how much less error after the cut; 0 when there is none */
} cell;

typedef struct {
    const bc_points *points;
    uint32_t *order, *spare; /* points, cell after cell */
    cell *cells;
} splitter;

static void add_point(heap *to, const bc_points *p, size_t i)
{
    const double weight = (double)bci_weight(p, i);

    to->n += weight > 0.0;
    to->weight += weight;
    for (uint32_t d = 0; d < p->n_dims; d++)
        to->sums[d] += weight * (double)p->coordinates[i * p->n_dims + d];
}

/* a + sign * b */
static heap combined(const heap *a, int sign, const heap *b)
{
    heap sum = { .n = sign > 0 ? a->n + b->n : a->n - b->n,
                 .weight = a->weight + sign * b->weight };

    for (int d = 0; d < N_DIMS; d++)
        sum.sums[d] = a->sums[d] + sign * b->sums[d];
    return sum;
}

static double along(const double *axis, const float *x, uint32_t n_dims)
{
    double s = 0.0;

    for (uint32_t d = 0; d < n_dims; d++)
        s += axis[d] * (double)x[d];
    return s;
}

/* The part of the squared error that a mean takes away: |sum|^2 / weight. */
static double explained(const heap *h)
{
    double s = 0.0;

    for (int d = 0; d < N_DIMS; d++)
        s += h->sums[d] * h->sums[d];
    return h->weight > 0.0 ? s / h->weight : 0.0;
}

static void sum_up(const splitter *s, cell *c, double moments[N_DIMS][N_DIMS])
{
    const bc_points *p = s->points;

    c->all = (heap){ .n = 0 };
    memset(moments, 0, N_DIMS * sizeof *moments);
    for (size_t i = c->first; i < c->first + c->n; i++) {
        const float *x = p->coordinates + (size_t)s->order[i] * p->n_dims;
        const double weight = (double)bci_weight(p, s->order[i]);

        add_point(&c->all, p, s->order[i]);
        for (uint32_t d = 0; d < p->n_dims; d++)
            for (uint32_t e = 0; e <= d; e++)
                moments[d][e] += weight * (double)x[d] * (double)x[e];
    }
}

/* The direction of largest variance, by repeated multiplication from the coordinate of
 * largest variance. */
static void find_axis(cell *c, double m[N_DIMS][N_DIMS])
{
    int widest = 0;

    for (int d = 0; d < N_DIMS; d++)
        for (int e = 0; e <= d; e++)
            m[e][d] = m[d][e] -=
                c->all.weight > 0.0 ? c->all.sums[d] * c->all.sums[e] / c->all.weight : 0.0;
    for (int d = 1; d < N_DIMS; d++)
        widest = m[d][d] > m[widest][widest] ? d : widest;
    for (int d = 0; d < N_DIMS; d++)
        c->axis[d] = d == widest;
    for (int i = 0; i < N_POWERS; i++) {
        double next[N_DIMS] = { 0 }, length = 0.0;

        for (int d = 0; d < N_DIMS; d++) {
            for (int e = 0; e < N_DIMS; e++)
                next[d] += m[d][e] * c->axis[e];
            length += next[d] * next[d];
        }
        length = sqrt(length);
        for (int d = 0; length > 0.0 && d < N_DIMS; d++)
            c->axis[d] = next[d] / length;
    }
}

static int bucket_of(const cell *c, const float *x, uint32_t n_dims)
{
    const double b = (along(c->axis, x, n_dims) - c->origin) * c->per_unit;

    return b < 0.0 ? 0 : b > N_BUCKETS - 1 ? N_BUCKETS - 1 : (int)b;
}

static void lay_buckets(const splitter *s, cell *c)
{
    const uint32_t n_dims = s->points->n_dims;
    double low = INFINITY, high = -INFINITY;

    for (size_t i = c->first; i < c->first + c->n; i++) {
        const double t =
            along(c->axis, s->points->coordinates + (size_t)s->order[i] * n_dims, n_dims);

        low = t < low ? t : low;
        high = t > high ? t : high;
    }
    c->origin = low;
    c->per_unit = high > low ? N_BUCKETS / (high - low) : 0.0;
}

/* Find where to cut the cell and what that gains. */
static void measure(const splitter *s, cell *c)
{
    const bc_points *p = s->points;
    double moments[N_DIMS][N_DIMS];
    heap buckets[N_BUCKETS] = { { .n = 0 } }, below = { .n = 0 };

    sum_up(s, c, moments);
    find_axis(c, moments);
    lay_buckets(s, c);
    for (size_t i = c->first; i < c->first + c->n; i++) {
        const float *x = p->coordinates + (size_t)s->order[i] * p->n_dims;

        add_point(&buckets[bucket_of(c, x, p->n_dims)], p, s->order[i]);
    }
    c->gain = 0.0;
    for (int b = 1; b < N_BUCKETS; b++) {
        below = combined(&below, 1, &buckets[b - 1]);
        const heap above = combined(&c->all, -1, &below);

        if (below.n == 0 || above.n == 0)
            continue;
        const double gain = explained(&below) + explained(&above) - explained(&c->all);

        if (gain > c->gain) {
            c->gain = gain;
            c->cut = b;
        }
    }
}

/* Cut a cell; the upper half becomes `upper`. The order of points is kept. */
static void cut(splitter *s, cell *c, cell *upper)
{
    const bc_points *p = s->points;
    size_t n_low = 0, n_high = 0;
    uint32_t *own = s->order + c->first;

    for (size_t i = 0; i < c->n; i++) {
        if (bucket_of(c, p->coordinates + (size_t)own[i] * p->n_dims, p->n_dims) < c->cut)
            own[n_low++] = own[i];
        else
            s->spare[n_high++] = own[i];
    }
    memcpy(own + n_low, s->spare, n_high * sizeof *own);
    *upper = (cell){ .first = c->first + n_low, .n = n_high };
    c->n = n_low;
    measure(s, c);
    measure(s, upper);
}

static uint32_t split(splitter *s, uint32_t k)
{
    uint32_t n = 1;

    s->cells[0] = (cell){ .first = 0, .n = s->points->n_points };
    measure(s, &s->cells[0]);
    while (n < k) {
        uint32_t best = 0;

        for (uint32_t c = 1; c < n; c++)
            best = s->cells[c].gain > s->cells[best].gain ? c : best;
        if (!(s->cells[best].gain > 0.0))
            break;
        cut(s, &s->cells[best], &s->cells[n]);
        n++;
    }
    return n;
}

bc_status bc_codebook_split(const bc_points *points, uint32_t k, float *centres,
                            uint32_t *n_centres, bc_error *err)
{
    splitter s = { .points = points };
    bc_status st = bci_points_check(points, k, err);

    if (st)
        return st;
    if (points->n_points > UINT32_MAX)
        return bci_fail(err, BC_E_LIMIT, "codebook: %zu point(s), expected at most %u",
                        points->n_points, UINT32_MAX);
    s.order = malloc(points->n_points * sizeof *s.order);
    s.spare = malloc(points->n_points * sizeof *s.spare);
    s.cells = malloc(k * sizeof *s.cells);
    if (!s.order || !s.spare || !s.cells) {
        st =
            bci_fail(err, BC_E_LIMIT, "codebook: out of memory for %zu point(s)", points->n_points);
        goto done;
    }
    for (size_t i = 0; i < points->n_points; i++)
        s.order[i] = (uint32_t)i;
    *n_centres = split(&s, k);
    for (uint32_t c = 0; c < *n_centres; c++)
        for (uint32_t d = 0; d < points->n_dims; d++)
            centres[c * points->n_dims + d] =
                (float)(s.cells[c].all.sums[d] / s.cells[c].all.weight);
done:
    free(s.order);
    free(s.spare);
    free(s.cells);
    return st;
}
