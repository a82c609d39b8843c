/* Knows how a grid is laid on data: the fits, and how a shape falls into groups. */
#include "bitcrush/scale.h"

#include <float.h>
#include <math.h>

#include "base/fail.h"
#include "bitcrush/quantize.h"

static const bc_scale_row rows[] = {
    { "full", "the data already are on the ruler", BC_SCALE_FULL },
    { "absmax", "the largest magnitude on the largest code", BC_SCALE_ABSMAX },
    { "minmax", "smallest and largest value on the end codes", BC_SCALE_MINMAX },
    { "zero-point", "min-max with 0 exactly on a code", BC_SCALE_ZERO_POINT },
    { "percentile", "absmax without the largest values", BC_SCALE_PERCENTILE },
    { "absmean", "the mean magnitude on the largest code", BC_SCALE_ABSMEAN },
    { "mse", "the least mean square error", BC_SCALE_MSE },
};

size_t bc_scale_rows(const bc_scale_row **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

/* The samples of a group, in either precision. */
typedef struct {
    const float *f32;
    const double *f64;
    size_t n, stride;
} samples;

static double sample(const samples *s, size_t i)
{
    return s->f32 ? (double)s->f32[i * s->stride] : s->f64[i * s->stride];
}

typedef struct {
    double min, max, absmax;
} extent;

/* Of the finite samples; all 0 when there are none. */
static extent extent_of(const samples *s)
{
    extent e = { INFINITY, -INFINITY, 0.0 };

    for (size_t i = 0; i < s->n; i++) {
        const double x = sample(s, i);

        if (!isfinite(x))
            continue;
        e.min = x < e.min ? x : e.min;
        e.max = x > e.max ? x : e.max;
        e.absmax = fabs(x) > e.absmax ? fabs(x) : e.absmax;
    }
    return e.min <= e.max ? e : (extent){ 0.0, 0.0, 0.0 };
}

/* Of the finite samples; 0 when there are none. */
static double mean_magnitude(const samples *s)
{
    double sum = 0.0, n = 0.0;

    for (size_t i = 0; i < s->n; i++) {
        const double x = fabs(sample(s, i));

        if (!isfinite(x))
            continue;
        sum += x;
        n += 1.0;
    }
    return n > 0.0 ? fmin(sum, DBL_MAX) / n : 0.0;
}

/* The rank-th smallest of a[0..n), rank from 0: Hoare's selection, a is reordered. */
static double select_rank(double *a, size_t n, size_t rank)
{
    size_t low = 0, high = n - 1;

    while (low < high) {
        const double pivot = a[low + (high - low) / 2];
        size_t i = low, j = high;

        for (;;) {
            while (a[i] < pivot)
                i++;
            while (pivot < a[j])
                j--;
            if (i >= j)
                break;
            const double swap = a[i];

            a[i++] = a[j];
            a[j--] = swap;
        }
        if (rank <= j)
            high = j;
        else
            low = j + 1;
    }
    return a[rank];
}

static double percentile_of(const samples *s, double percent, double *scratch)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        const double x = fabs(sample(s, i));

        if (isfinite(x))
            scratch[n++] = x;
    }
    if (n == 0)
        return 0.0;
    /* A percentage that is no binary fraction must not step past a whole rank. */
    const double rank = ceil(percent / 100.0 * (double)n * (1.0 - 0x1p-48)) - 1.0;

    return select_rank(scratch, n, rank < 0.0 ? 0 : (size_t)rank);
}

/* The largest finite value of the grid. */
static double top_value(const bc_grid *g)
{
    const double top = bc_grid_value(g, g->hi);

    return isinf(top) ? bc_grid_value(g, g->hi - 1) : top;
}

static bc_status by_magnitude(const char *method, const bc_grid *g, double magnitude, bc_scale *out,
                              bc_error *err)
{
    const double top = top_value(g);

    if (!(top > 0.0))
        return bci_fail(err, BC_E_USAGE, "`scale=%s`: the grid ends at %g, expected an end above 0",
                        method, top);
    *out = (bc_scale){ fmin(magnitude / top, DBL_MAX), 0.0, 0 };
    return BC_OK;
}

/* A span that overflows is cut, so that every value stays a number. */
static double span(double min, double max)
{
    return fmin(max - min, DBL_MAX);
}

static bc_scale by_extent(const bc_grid *g, extent e)
{
    const double low = bc_grid_value(g, g->lo), high = bc_grid_value(g, g->hi);
    const double gain = fmin(span(e.min, e.max) / (high - low), DBL_MAX);

    return (bc_scale){ gain, e.min - low * gain, 0 };
}

static bc_scale by_zero_point(const bc_grid *g, extent e)
{
    const double min = e.min < 0.0 ? e.min : 0.0;
    const double max = e.max > 0.0 ? e.max : 0.0;
    const double range = span(min, max);

    return (bc_scale){ range, 0.0, range > 0.0 ? (int32_t)rint(-min / range * g->den) : 0 };
}

/* Codes that count from 0 have a zero-point, where 0 is a mark. */
static bool has_zero_point(const bc_grid *g)
{
    return g->family == BC_GRID_AFFINE && g->lo == 0 && g->rise == 0.0;
}

static bc_status by_percentile(const bc_grid *g, const samples *s, double percent, double *scratch,
                               bc_scale *out, bc_error *err)
{
    const double most = percentile_of(s, percent, scratch);
    extent e = extent_of(s);

    if (!has_zero_point(g))
        return by_magnitude("percentile", g, most, out, err);
    e.min = fmax(e.min, -most);
    e.max = fmin(e.max, most);
    *out = by_zero_point(g, e);
    return BC_OK;
}

/* ---- least mean square error */

enum { CHUNK = 512 };

/* Samples first .. first + n - 1, n <= CHUNK, in doubles; those that are not finite count as 0,
 * which has no error. */
static void widen(const samples *s, size_t first, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        const double v = sample(s, first + i);

        x[i] = isfinite(v) ? v : 0.0;
    }
}

static void add_moments(const bc_grid *grid, const bc_scale *scale, const samples *s,
                        bc_scale_moments *m)
{
    double x[CHUNK], y[CHUNK];

    for (size_t first = 0; first < s->n; first += CHUNK) {
        const size_t n = s->n - first < CHUNK ? s->n - first : CHUNK;

        widen(s, first, n, x);
        bc_quantize_f64(grid, scale, BC_ROUND_NEAREST, x, NULL, n, y, NULL);
        for (size_t i = 0; i < n; i++) {
            m->error += (y[i] - x[i]) * (y[i] - x[i]);
            m->xy += x[i] * y[i];
            m->yy += y[i] * y[i];
        }
    }
}

bc_scale bc_scale_shrunk(const bc_scale *whole, int i)
{
    return (bc_scale){ whole->gain * (i + 1) / BC_SCALE_TRIES, whole->offset, whole->zero };
}

void bc_scale_add_moments(const bc_grid *grid, const bc_scale *scale, const float *x, size_t n,
                          bc_scale_moments *m)
{
    add_moments(grid, scale, &(samples){ x, NULL, n, 1 }, m);
}

bc_scale bc_scale_refined(const bc_scale *scale, const bc_scale_moments *m)
{
    const double gain = m->yy > 0.0 ? scale->gain * (m->xy / m->yy) : scale->gain;

    return (bc_scale){ gain > 0.0 && gain <= DBL_MAX ? gain : scale->gain, scale->offset,
                       scale->zero };
}

static bc_scale search(const bc_grid *grid, const bc_scale *whole, const samples *s)
{
    double least = INFINITY;
    bc_scale best = *whole;

    if (!(whole->gain > 0.0))
        return best;
    for (int i = 0; i < BC_SCALE_TRIES; i++) {
        const bc_scale tried = bc_scale_shrunk(whole, i);
        bc_scale_moments m = { 0 };

        add_moments(grid, &tried, s, &m);
        if (m.error < least) {
            least = m.error;
            best = tried;
        }
    }
    for (int i = 0; i < BC_SCALE_ROUNDS; i++) {
        bc_scale_moments m = { 0 };

        add_moments(grid, &best, s, &m);
        best = bc_scale_refined(&best, &m);
    }
    return best;
}

/* Around the largest magnitude, or around min-max. */
static bc_status by_error(const bc_grid *g, const samples *s, bc_scale *out, bc_error *err)
{
    bc_scale whole;
    bc_status st = BC_OK;

    if (has_zero_point(g))
        whole = by_zero_point(g, extent_of(s));
    else
        st = by_magnitude("mse", g, extent_of(s).absmax, &whole, err);
    if (!st)
        *out = search(g, &whole, s);
    return st;
}

static bc_status fit(bc_scale_method method, double percent, const bc_grid *grid, samples s,
                     double *scratch, bc_scale *out, bc_error *err)
{
    switch (method) {
    case BC_SCALE_FULL: *out = BC_SCALE_IDENTITY; return BC_OK;
    case BC_SCALE_ABSMAX: return by_magnitude("absmax", grid, extent_of(&s).absmax, out, err);
    case BC_SCALE_MINMAX:
        if (!isfinite(bc_grid_value(grid, grid->lo)))
            return bci_fail(
                err, BC_E_USAGE,
                "`scale=minmax`: the grid ends at infinity, expected a grid that does not, "
                "or `scale=absmax`");
        *out = by_extent(grid, extent_of(&s));
        return BC_OK;
    case BC_SCALE_ZERO_POINT:
        if (!has_zero_point(grid))
            return bci_fail(
                err, BC_E_USAGE,
                "`scale=zero-point`: expected a uniform grid whose codes start at 0, such as uniform4 "
                "or uint8, or `scale=absmax`");
        *out = by_zero_point(grid, extent_of(&s));
        return BC_OK;
    case BC_SCALE_PERCENTILE:
        if (!(percent > 0.0 && percent <= 100.0))
            return bci_fail(err, BC_E_USAGE, "`percent=%g`: expected more than 0 and at most 100",
                            percent);
        return by_percentile(grid, &s, percent, scratch, out, err);
    case BC_SCALE_ABSMEAN: return by_magnitude("absmean", grid, mean_magnitude(&s), out, err);
    case BC_SCALE_MSE: return by_error(grid, &s, out, err);
    }
    return bci_fail(err, BC_E_INTERNAL, "scale method %d is unknown", (int)method);
}

bc_status bc_scale_fit_f32(bc_scale_method method, double percent, const bc_grid *grid,
                           const float *x, size_t n, size_t stride, double *scratch, bc_scale *out,
                           bc_error *err)
{
    return fit(method, percent, grid, (samples){ x, NULL, n, stride }, scratch, out, err);
}

bc_status bc_scale_fit_f64(bc_scale_method method, double percent, const bc_grid *grid,
                           const double *x, size_t n, size_t stride, double *scratch, bc_scale *out,
                           bc_error *err)
{
    return fit(method, percent, grid, (samples){ NULL, x, n, stride }, scratch, out, err);
}

static size_t blocks_per_row(const bc_shape *s)
{
    return s->row_length / s->block_length + (s->row_length % s->block_length != 0);
}

size_t bc_group_count(bc_scale_group per, const bc_shape *s)
{
    switch (per) {
    case BC_PER_WHOLE: return 1;
    case BC_PER_CHANNEL: return s->n_channels;
    case BC_PER_ROW: return s->n_rows;
    case BC_PER_BLOCK: return s->n_rows * blocks_per_row(s);
    }
    return 0;
}

bc_group bc_group_at(bc_scale_group per, const bc_shape *s, size_t i)
{
    const size_t total = s->n_rows * s->row_length;

    switch (per) {
    case BC_PER_WHOLE: break;
    case BC_PER_CHANNEL: return (bc_group){ i, total / s->n_channels, s->n_channels };
    case BC_PER_ROW: return (bc_group){ i * s->row_length, s->row_length, 1 };
    case BC_PER_BLOCK: {
        const size_t per_row = blocks_per_row(s);
        const size_t start = i % per_row * s->block_length;
        const size_t left = s->row_length - start;

        return (bc_group){ i / per_row * s->row_length + start,
                           left < s->block_length ? left : s->block_length, 1 };
    }
    }
    return (bc_group){ 0, total, 1 };
}
