/* Knows where a grid only rounds, and how much of the error comes from beyond: what clips. */
#include <float.h>
#include <math.h>

#include "bitcrush/measure.h"
#include "core/block_layout.h"
#include "core/kernels.h"
#include "measure/squares.h"

bc_granular bc_granular_of(const bc_grid *g, const bc_scale *s)
{
    const int32_t top = isinf(bc_grid_value(g, g->hi)) ? g->hi - 1 : g->hi;
    const int32_t bottom = isinf(bc_grid_value(g, g->lo)) ? g->lo + 1 : g->lo;
    const double first = bc_grid_value(g, bottom), last = bc_grid_value(g, top);
    const double low = first - 0.5 * (bc_grid_value(g, bottom + 1) - first);
    const double high = last + 0.5 * (last - bc_grid_value(g, top - 1));
    const double zero = s->zero / g->den;

    if (s->gain == 0.0)
        return (bc_granular){ -INFINITY, INFINITY };
    return (bc_granular){ (low - zero) * s->gain + s->offset, (high - zero) * s->gain + s->offset };
}

/* The least float that is not below v: a float lies below v if it lies below that. */
static float float_from(double v)
{
    const float near = (float)v;

    return (double)near < v ? nextafterf(near, INFINITY) : near;
}

void bc_error_add_overload_f32(bc_error_sums *sums, const bc_granular *region, const float *x,
                               const float *y, size_t n)
{
    const float low = float_from(region->low), high = -float_from(-region->high);

    sums->n_clipped +=
        bci_kernels_get()->overload_f32(x, y, 1, n, &low, &high, &sums->sum_overload_e2);
}

void bc_error_add_overload_f64(bc_error_sums *sums, const bc_granular *region, const double *x,
                               const double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bc_error_add_overload_pair(sums, region, x[i], y[i], 1);
}

void bc_error_add_overload_pair(bc_error_sums *sums, const bc_granular *region, double x, double y,
                                uint64_t count)
{
    if (!isfinite(x) || (x >= region->low && x <= region->high))
        return;
    sums->n_clipped += count;
    if (isfinite(y))
        bci_error_add_overload_e2(sums, x, y, (double)count);
}

/* ---- blocks */

/* Half of the last step beyond the ends of all codes. */
typedef struct {
    double low, high;
} limits;

static limits limits_of(const bc_block_format *format)
{
    bci_ladder l;

    bci_ladder_of(format->codes, &l);

    const double first = (double)l.values[0], last = (double)l.values[l.n - 1];

    return (limits){ first - 0.5 * ((double)l.values[1] - first),
                     last + 0.5 * (last - (double)l.values[l.n - 2]) };
}

enum { GROUPS = 256 }; /* at once */

typedef struct {
    float scale[GROUPS], minimum[GROUPS], low[GROUPS], high[GROUPS];
} groups;

/* A negative scale turns the values over; under a scale of 0 ends mean nothing. */
static void set_ends(const limits *of_codes, groups *of, size_t n)
{
    const float first = (float)of_codes->low, last = (float)of_codes->high;

    for (size_t g = 0; g < n; g++) {
        const float a = first * of->scale[g] - of->minimum[g];
        const float b = last * of->scale[g] - of->minimum[g];
        const float open = of->scale[g] == 0.0f ? INFINITY : 0.0f;

        of->low[g] = (a < b ? a : b) - open;
        of->high[g] = (b < a ? a : b) + open;
    }
}

void bc_error_add_overload_blocks(bc_error_sums *sums, const bc_block_format *format,
                                  const void *blocks, const float *x, const float *y, size_t n)
{
    const char *single = bci_layout_of(format)->grid;
    bc_grid grid;

    if (single && bc_grid_named(single, &grid, NULL) == BC_OK) {
        const bc_granular region = bc_granular_of(&grid, &BC_SCALE_IDENTITY);

        bc_error_add_overload_f32(sums, &region, x, y, n);
        return;
    }
    const limits of_codes = limits_of(format);
    const size_t length = format->codes->group_length;
    const uint8_t *block = blocks;
    groups of;

    for (size_t k, at = 0; at < n; at += k * length) {
        for (k = 0; k + BC_BLOCK_MAX_GROUPS <= GROUPS && at + k * length < n;
             block += format->block_bytes)
            k += bc_block_scales(format, block, of.scale + k, of.minimum + k);
        set_ends(&of_codes, &of, k);
        sums->n_clipped += bci_kernels_get()->overload_f32(x + at, y + at, k, length, of.low,
                                                           of.high, &sums->sum_overload_e2);
    }
}
