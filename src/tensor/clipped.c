/* Knows which weights lie beyond the values that their format had for them. */
#include "tensor/clipped.h"

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

/* A negative scale turns the values over; under a scale of 0 ends mean nothing. */
static void add_group(const bci_kernels *kernels, const limits *of_codes, float scale,
                      float minimum, const float *x, const float *y, size_t n, bc_error_sums *to)
{
    const double a = of_codes->low * (double)scale - (double)minimum;
    const double b = of_codes->high * (double)scale - (double)minimum;
    const float low = (float)(a < b ? a : b), high = (float)(a < b ? b : a);

    if (scale != 0.0f)
        to->n_clipped += kernels->overload_f32(x, y, n, low, high, &to->sum_overload_e2);
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

void bci_add_clipped(const bc_element_type *type, const void *blocks, const float *x,
                     const float *y, size_t n, bc_error_sums *to)
{
    const bc_block_format *format = bci_blocks_of(type);
    const bci_kernels *kernels = bci_kernels_get();
    const uint8_t *block = blocks;

    if (bci_grid_of(type))
        add_beyond_grid(bci_grid_of(type), x, y, n, to);
    if (!format)
        return;

    const limits of_codes = limits_of(format);
    const size_t length = format->codes->group_length;

    for (size_t i = 0; i < n; block += format->block_bytes) {
        float scales[BC_BLOCK_MAX_GROUPS], minimums[BC_BLOCK_MAX_GROUPS];
        const size_t n_groups = bc_block_scales(format, block, scales, minimums);

        for (size_t g = 0; g < n_groups; g++, i += length)
            add_group(kernels, &of_codes, scales[g], minimums[g], x + i, y + i, length, to);
    }
}
