/* Knows how a test gets a grid that it takes for granted. */
#ifndef GRIDS_H
#define GRIDS_H

#include "bitcrush/grid.h"
#include "expect.h"

/* The grid of that name; the test fails when there is none. */
static inline bc_grid grid_of(const char *name)
{
    bc_grid g = { .family = BC_GRID_AFFINE };
    bc_error err = { .status = BC_OK };

    EXPECT(bc_grid_named(name, &g, &err) == BC_OK, "grid %s: %s", name, err.text);
    return g;
}

/* The same with the number of bits apart: ("pcm", 16). */
static inline bc_grid grid_of_bits(const char *stem, int bits)
{
    char name[32];

    snprintf(name, sizeof name, "%s%d", stem, bits);
    return grid_of(name);
}

#endif
