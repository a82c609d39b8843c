/* Knows which weights lie beyond the values that their format had for them. */
#include "tensor/clipped.h"

#include "core/block_layout.h"
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
static uint64_t count_in_group(const limits *of_codes, float scale, float minimum, const float *x,
                               size_t n)
{
    const double a = of_codes->low * (double)scale - (double)minimum;
    const double b = of_codes->high * (double)scale - (double)minimum;
    const float low = (float)(a < b ? a : b), high = (float)(a < b ? b : a);
    uint32_t n_clipped = 0;

    for (size_t i = 0; i < n; i++)
        n_clipped += (x[i] < low) | (x[i] > high);
    return scale != 0.0f ? n_clipped : 0;
}

uint64_t bci_count_clipped(const bc_element_type *type, const void *blocks, const float *x,
                           size_t n)
{
    const bc_block_format *format = bci_blocks_of(type);
    const char *name = bci_grid_of(type);
    const uint8_t *block = blocks;
    uint64_t n_clipped = 0;
    bc_grid grid;

    if (name)
        return bc_grid_named(name, &grid, NULL) ? 0 : bc_count_clipped_f32(&grid, x, n);
    if (!format)
        return 0;

    const limits of_codes = limits_of(format);
    const size_t length = format->codes->group_length;

    for (size_t i = 0; i < n; block += format->block_bytes) {
        float scales[BC_BLOCK_MAX_GROUPS], minimums[BC_BLOCK_MAX_GROUPS];
        const size_t n_groups = bc_block_scales(format, block, scales, minimums);

        for (size_t g = 0; g < n_groups; g++, i += length)
            n_clipped += count_in_group(&of_codes, scales[g], minimums[g], x + i, length);
    }
    return n_clipped;
}
