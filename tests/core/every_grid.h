/* Knows one grid of every kind, for laws that hold on all of them. */
#ifndef EVERY_GRID_H
#define EVERY_GRID_H

#include "grids.h"

/* Calls visit for named grids of every family, an uneven codebook and linear light. */
static inline void on_every_grid(void (*visit)(const char *name, const bc_grid *g))
{
    static const char *const names[] = {
        "uniform1",  "uniform2",  "uniform3", "uniform7", "uniform8", "uniform15", "uniform16",
        "pcm1",      "pcm2",      "pcm8",     "pcm16",    "pcm17",    "pcm22",     "pcm23",
        "pcm24",     "pcm31",     "pcm32",    "midrise1", "midrise3", "midrise16", "midrise22",
        "midrise23", "midrise24", "int2",     "int4",     "int8",     "int16",     "uint1",
        "uint4",     "uint8",     "uint16",   "float32",  "float16",  "bfloat16",  "e5m2",
        "e4m3",      "e3m2",      "e2m3",     "e2m1",     "mulaw",    "alaw",
    };
    static const float uneven[5] = { -3.0f, -0x1p-140f, 1e-3f, 0.5f, 3e38f };
    static float light_table[2 << 10];
    bc_grid g;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        g = grid_of(names[i]);
        visit(names[i], &g);
    }
    assert_int_equal(bc_grid_codebook(uneven, 5, &g, NULL), BC_OK);
    visit("codebook", &g);
    assert_int_equal(bc_grid_light(10, NULL, light_table, &g, NULL), BC_OK);
    visit("light10", &g);
}

/* The finite end marks. */
static inline int32_t top_finite_code(const bc_grid *g)
{
    return isfinite(bc_grid_value(g, g->hi)) ? g->hi : g->hi - 1;
}

static inline int32_t low_finite_code(const bc_grid *g)
{
    return isfinite(bc_grid_value(g, g->lo)) ? g->lo : g->lo + 1;
}

#endif
