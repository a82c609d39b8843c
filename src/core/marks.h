/* Shared-internal: finding the nearest of the marks of any grid in constant time, for those that
 * look up value after value (others: core/nearest.h).
 *
 * Equal cells lie over the span of the grid, fine enough that a cell holds at most one point of
 * decision: one load answers code, value and threshold. Where MAX_CELLS do not suffice, a cell
 * names its first code and the search goes up from there. All values are kept in units of cells
 * from the first mark, so that finding a cell is one conversion. */
#ifndef BCI_MARKS_H
#define BCI_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/grid.h"

typedef struct {
    float threshold; /* from here on the upper code; +infinity when there is none */
    uint32_t code;   /* the lower code */
    float values[2]; /* of the lower and the upper code */
} bci_cell;

typedef struct {
    float first, cell_gain; /* v in cells = (x - first) * cell_gain */
    float zero;             /* x = 0 in cells */
    float v_min, v_max;     /* where v may lie: one span past both ends */
    bool cells_suffice;     /* no cell holds two points of decision */
    uint32_t n;             /* marks */
    int32_t n_cells;        /* over the span of the grid */
    bci_cell *cells;        /* 3 n_cells + 1, from v_min to v_max */
    float *values;          /* n, in cells */
    float *thresholds;      /* n - 1, in cells: points of decision */
} bci_marks;

/* Prepare for a grid of 2 to 65536 finite marks, else BC_E_USAGE. Points of decision are those
 * of the grid or, with `half_way`, in the middle between marks. `l` is zero or freed. */
BC_NODISCARD bc_status bci_marks_init(bci_marks *l, const bc_grid *grid, bool half_way,
                                      bc_error *err);

/* Release what init made; `l` itself is the caller's. */
void bci_marks_free(bci_marks *l);

/* The cell of v_min <= v <= v_max. Monotone; cell n_cells takes the values on both sides of
 * the first mark, because conversion cuts toward zero. */
static inline const bci_cell *bci_cell_at(const bci_marks *l, float v)
{
    return l->cells + (l->n_cells + (int32_t)v);
}

/* The nearest mark's code; *value receives its value. `cells_suffice` is a literal where it
 * matters. Chosen by index, not by branch: which mark wins is as good as random. */
static inline uint32_t bci_nearest(const bci_marks *l, bool cells_suffice, float v, float *value)
{
    const bci_cell *found = bci_cell_at(l, v);
    uint32_t code = found->code;

    if (cells_suffice) {
        const uint32_t is_above = v >= found->threshold;

        *value = found->values[is_above];
        return code + is_above;
    }
    while (code + 1 < l->n && v >= l->thresholds[code])
        code++;
    *value = l->values[code];
    return code;
}

/* The interval [k, k + 1] of codes that v lies in or nearest to; *fraction is where. */
static inline uint32_t bci_interval(const bci_marks *l, float v, float *fraction)
{
    float value;
    uint32_t k = bci_nearest(l, l->cells_suffice, v, &value);

    k -= (k > 0) & ((v < value) | (k + 1 == l->n)); /* by no branch, as above */
    *fraction = (v - l->values[k]) / (l->values[k + 1] - l->values[k]);
    return k;
}

#endif
