/* Knows how weights are rounded to any grid under scales of their own, and which floats hold the
 * values. */
#include "tensor/ruling.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "tensor/file.h"

enum { PLAIN_FLOAT_BITS = 16, MOST_TRIED = 4096 };

/* ---- which scale */

static bool ends_above_0(const bc_grid *g)
{
    return bc_grid_value(g, g->hi) > 0.0;
}

static bc_scale_method usual_scale(const bc_grid *g)
{
    if (g->family == BC_GRID_FLOAT && g->bits >= PLAIN_FLOAT_BITS)
        return BC_SCALE_FULL;
    return (g->family == BC_GRID_AFFINE && g->lo == 0) || !ends_above_0(g) ? BC_SCALE_MINMAX
                                                                           : BC_SCALE_ABSMAX;
}

bc_scale_method bci_ruling_scale(const bc_spec *spec, const bc_tensor_settings *s)
{
    const bc_scale_method usual = usual_scale(&spec->grid);
    const bool is_best = s->encoder == BC_ENCODER_BEST && usual != BC_SCALE_FULL;

    if (s->has_scale || s->scale != BC_SCALE_ABSMAX)
        return s->scale;
    return is_best && ends_above_0(&spec->grid) ? BC_SCALE_MSE : usual;
}

/* ---- which container */

static bool is_held(const bc_grid *grid, int32_t code, const bc_grid *by)
{
    const bc_scale scale = BC_SCALE_IDENTITY;
    const double v = bc_grid_value(grid, code);
    double y;

    bc_quantize_f64(by, &scale, BC_ROUND_NEAREST, &v, NULL, 1, &y, NULL);
    return y == v;
}

/* Floats are held where their precision, the least above 0 and the largest are. */
static bool float_is_held(const bc_grid *grid, const bc_grid *by)
{
    const int32_t most = grid->hi - (grid->flavour == BC_FLOAT_IEEE);

    return grid->mantissa_bits <= by->mantissa_bits && is_held(grid, 1, by) &&
           is_held(grid, most, by);
}

bool bci_ruling_fits(const bc_spec *spec, const bc_tensor_settings *s, const bc_element_type *type)
{
    const bc_grid *grid = &spec->grid;
    bc_grid by;

    if (bci_ruling_scale(spec, s) != BC_SCALE_FULL || bc_grid_named(bci_grid_of(type), &by, NULL))
        return false;
    if (grid->family == BC_GRID_FLOAT)
        return float_is_held(grid, &by);
    if (bc_grid_levels(grid) > MOST_TRIED)
        return false;
    for (int32_t code = grid->lo; code <= grid->hi; code++)
        if (!is_held(grid, code, &by))
            return false;
    return true;
}

/* ---- one tensor */

/* By a fit to one number: what no data can make right. */
static bc_status check(const bc_spec *spec, const bci_laying *l, bool has_group, bc_error *err)
{
    const double one = 1.0;
    double sorted;
    bc_scale scale;

    if (l->scale == BC_SCALE_FULL && has_group)
        return bci_fail(
            err, BC_E_USAGE,
            "`group`: full scale, which %s has, is the same for all weights, expected a "
            "`scale` that is fitted, such as `scale=absmax`",
            spec->name);
    if (l->scale == BC_SCALE_FULL)
        return BC_OK;
    return bc_scale_fit_f64(l->scale, l->percent, &l->grid, &one, 1, 1, &sorted, &scale, err);
}

bc_status bci_ruling_new(const bc_spec *spec, const bc_tensor_info *info,
                         const bc_tensor_settings *s, bci_ruling **out, bc_error *err)
{
    const bool is_row = s->group == BC_TENSOR_GROUP_ROW;
    const bool is_whole = s->group == BC_TENSOR_GROUP_USUAL || s->group == BC_TENSOR_GROUP_ALL;
    const uint64_t row = info->n_dims ? info->dims[info->n_dims - 1] : 1;
    bci_ruling q = { .laying = { .grid = spec->grid,
                                 .scale = bci_ruling_scale(spec, s),
                                 .percent = s->percent,
                                 .group = is_row || is_whole ? 0 : s->group,
                                 .rounding = s->rounding,
                                 .keeps_infinity = true },
                     .n_rows = is_whole ? 1
                               : row    ? info->n_elements / row
                                        : 0,
                     .row = is_whole ? info->n_elements : row,
                     .is_whole = is_whole };
    const bc_status st = check(spec, &q.laying, s->group != BC_TENSOR_GROUP_USUAL, err);

    if (st)
        return st;
    *out = malloc(sizeof **out);
    if (!*out)
        return bci_tensor_short(info->name, err);
    **out = q;
    return BC_OK;
}

void bci_ruling_free(bci_ruling *q)
{
    if (!q)
        return;
    free(q->long_scales);
    free(q);
}

uint64_t bci_ruling_packed_bytes(const bci_ruling *q)
{
    const uint64_t bits = q->row ? q->n_rows * bci_laid_bits(&q->laying, (size_t)q->row) : 0;

    return bits / 8 + (bits % 8 > 0);
}

uint64_t bci_ruling_long_groups(const bci_ruling *q, uint64_t *length)
{
    const bool is_long = q->is_whole || (q->laying.group == 0 && q->row > BCI_BATCH);

    *length = q->row;
    return is_long && q->laying.scale != BC_SCALE_FULL ? q->n_rows : 0;
}

bool bci_ruling_keeps(const bci_ruling *q)
{
    const bc_grid *g = &q->laying.grid;

    return q->laying.scale == BC_SCALE_FULL && g->family == BC_GRID_FLOAT &&
           g->flavour == BC_FLOAT_IEEE;
}

bci_cut bci_ruling_cut(const bci_ruling *q)
{
    return bci_cut_rows(q->n_rows, q->row, q->laying.group ? (uint32_t)q->laying.group : 1);
}

/* ---- a batch */

struct bci_ruling_room {
    bci_lay_room lay;
    double x[BCI_BATCH], y[BCI_BATCH], noise[BCI_BATCH];
};

bci_ruling_room *bci_ruling_room_new(void)
{
    const bci_laying any = { .scale = BC_SCALE_PERCENTILE };
    bci_ruling_room *room = malloc(sizeof *room);

    if (room && bci_lay_room_new(&any, BCI_BATCH, &room->lay, NULL)) {
        free(room);
        room = NULL;
    }
    return room;
}

void bci_ruling_room_free(bci_ruling_room *room)
{
    if (!room)
        return;
    bci_lay_room_free(&room->lay);
    free(room);
}

bc_status bci_ruling_round(const bci_ruling *q, bci_ruling_room *room, const bci_encoding *how,
                           const float *x, const bci_range *at, float *y, uint64_t *n_saturated,
                           const bci_observed *seen, bc_error *err)
{
    const size_t line = at->n_lines ? at->n / at->n_lines : 0;
    bci_laying l = q->laying;
    bc_status st = BC_OK;

    l.n_saturated = n_saturated;
    l.steps2 = seen ? seen->steps2 : NULL;
    for (size_t i = 0; i < at->n; i++)
        room->x[i] = (double)x[i];
    if (bci_has_noise(how))
        bc_noise_fill_f64(how->noise, how->seed, how->stream, at->first, room->noise, at->n);
    for (size_t i = 0; !st && i < at->n; i += line) {
        if (q->long_scales)
            l.known = &q->long_scales[q->is_whole ? 0 : (at->first + i) / q->row];
        st = bci_lay(&l, &room->lay, room->x + i, bci_has_noise(how) ? room->noise + i : NULL, line,
                     room->y + i, seen ? seen->error : NULL, seen ? seen->codes : NULL, err);
    }
    for (size_t i = 0; !st && i < at->n; i++)
        y[i] = (float)room->y[i];
    return st;
}
