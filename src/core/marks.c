/* Knows how the marks of a grid are laid out in cells. */
#include "core/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { MAX_CELLS = 1 << 16 };

static void copy_marks(bci_marks *l, const bc_grid *g, bool half_way)
{
    for (uint32_t k = 0; k < l->n; k++)
        l->values[k] = (float)bc_grid_value(g, g->lo + (int32_t)k);
    for (uint32_t k = 0; k + 1 < l->n; k++)
        l->thresholds[k] = g->thresholds && !half_way ? g->thresholds[k]
                                                      : 0.5f * (l->values[k] + l->values[k + 1]);
}

static bool is_past_half(float v, float a, float b)
{
    return (v - a) / (b - a) + 0.5f >= 1.0f;
}

/* The first float past half of the way from a to b, as rounding the way tells: it is beside
 * the mean. */
static float half_of(float a, float b)
{
    float v = 0.5f * (a + b);

    while (v < b && !is_past_half(v, a, b))
        v = nextafterf(v, b);
    while (v > a && is_past_half(nextafterf(v, a), a, b))
        v = nextafterf(v, a);
    return v;
}

/* Cells are filled through bci_cell_at itself, which is monotone: so a cell's code is right
 * whatever the rounding of the index. */
static void fill_cells(bci_marks *l)
{
    uint32_t k = 0; /* thresholds passed */

    l->cells_suffice = true;
    for (bci_cell *c = l->cells; c <= l->cells + 3 * l->n_cells; c++) {
        *c = (bci_cell){ INFINITY, k, { l->values[k], l->values[k] } };
        if (k + 1 == l->n || bci_cell_at(l, l->thresholds[k]) != c)
            continue;
        c->threshold = l->thresholds[k];
        c->values[1] = l->values[k + 1];
        k++;
        for (; k + 1 < l->n && bci_cell_at(l, l->thresholds[k]) == c; k++)
            l->cells_suffice = false;
    }
}

/* How many cells keep all points of decision apart, a power of 2. */
static int32_t cells_needed(const bci_marks *l, float span)
{
    float gap = span;
    int32_t n = 64;

    for (uint32_t k = 0; k + 2 < l->n; k++)
        gap = fminf(gap, l->thresholds[k + 1] - l->thresholds[k]);
    while (n < MAX_CELLS && span / (float)n > 0.9f * gap)
        n *= 2;
    return n;
}

bc_status bci_marks_init(bci_marks *l, const bc_grid *grid, bool half_way, bc_error *err)
{
    const uint64_t n = bc_grid_levels(grid);

    *l = (bci_marks){ .n = (uint32_t)n };
    if (n < 2 || n > 65536 || isinf(bc_grid_value(grid, grid->hi)))
        return bci_fail(err, BC_E_USAGE, "grid: %llu mark(s), expected 2 to 65536 finite ones",
                        (unsigned long long)n);
    l->values = malloc(l->n * sizeof *l->values);
    l->thresholds = malloc(l->n * sizeof *l->thresholds);
    if (!l->values || !l->thresholds)
        goto short_of_memory;
    copy_marks(l, grid, half_way);
    const float span = l->values[l->n - 1] - l->values[0];

    l->n_cells = cells_needed(l, span);
    l->cells = malloc((3 * (size_t)l->n_cells + 1) * sizeof *l->cells);
    if (!l->cells)
        goto short_of_memory;
    l->first = l->values[0];
    l->cell_gain = (float)l->n_cells / span;
    l->zero = -l->first * l->cell_gain;
    l->v_min = (float)-l->n_cells;
    l->v_max = (float)(2 * l->n_cells);
    for (uint32_t k = 0; k < l->n; k++)
        l->values[k] = (l->values[k] - l->first) * l->cell_gain;
    for (uint32_t k = 0; k + 1 < l->n; k++)
        l->thresholds[k] = half_way ? half_of(l->values[k], l->values[k + 1])
                                    : (l->thresholds[k] - l->first) * l->cell_gain;
    fill_cells(l);
    return BC_OK;

short_of_memory:
    bci_marks_free(l);
    return bci_fail(err, BC_E_LIMIT, "grid: out of memory for %u mark(s)", (unsigned)n);
}

void bci_marks_free(bci_marks *l)
{
    free(l->values);
    free(l->thresholds);
    free(l->cells);
    *l = (bci_marks){ 0 };
}
