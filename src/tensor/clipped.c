/* Knows which weights lie beyond the values that their format had for them. */
#include "tensor/clipped.h"

#include <math.h>

#include "core/block_layout.h"
#include "core/kernels.h"
#include "tensor/encode.h"

bool bci_can_clip(const bc_element_type *type)
{
    return bci_blocks_of(type) || bci_grid_of(type);
}

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

static void add_beyond_grid(const char *name, const float *x, const float *y, size_t n,
                            bc_error_sums *to)
{
    bc_grid grid;

    if (bc_grid_named(name, &grid, NULL))
        return;
    const bc_granular region = bc_granular_of(&grid, &BC_SCALE_IDENTITY);

    bc_error_add_overload_f32(to, &region, x, y, n);
}

static void add_beyond_blocks(const bc_block_format *format, const uint8_t *block, const float *x,
                              const float *y, size_t n, bc_error_sums *to)
{
    const limits of_codes = limits_of(format);
    const size_t length = format->codes->group_length;
    groups of;

    for (size_t k, at = 0; at < n; at += k * length) {
        for (k = 0; k + BC_BLOCK_MAX_GROUPS <= GROUPS && at + k * length < n;
             block += format->block_bytes)
            k += bc_block_scales(format, block, of.scale + k, of.minimum + k);
        set_ends(&of_codes, &of, k);
        to->n_clipped += bci_kernels_get()->overload_f32(x + at, y + at, k, length, of.low, of.high,
                                                         &to->sum_overload_e2);
    }
}

void bci_add_clipped(const bc_element_type *type, const void *blocks, const float *x,
                     const float *y, size_t n, bc_error_sums *to)
{
    if (bci_grid_of(type))
        add_beyond_grid(bci_grid_of(type), x, y, n, to);
    if (bci_blocks_of(type))
        add_beyond_blocks(bci_blocks_of(type), blocks, x, y, n, to);
}
