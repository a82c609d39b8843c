/* Knows which weights lie beyond the values that their format had for them. */
#include "tensor/clipped.h"

#include "tensor/encode.h"

bool bci_can_clip(const bc_element_type *type)
{
    return bci_blocks_of(type) || bci_grid_of(type);
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
    if (bci_grid_of(type))
        add_beyond_grid(bci_grid_of(type), x, y, n, to);
    if (bci_blocks_of(type))
        bc_error_add_overload_blocks(to, bci_blocks_of(type), blocks, x, y, n);
}
