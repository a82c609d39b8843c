/* Knows how the numbers of a column come out of a batch, and what is done with those that are not
 * finite, or not held. */
#include "numbers/gather.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/fail.h"
#include "base/shown.h"
#include "medium/lowered.h"

void bci_gathered_free(bci_gathered *g)
{
    free(g->x);
    free(g->noise);
    free(g->y);
    free(g->codes);
    free(g->line_noise);
    free(g->lines);
    bci_lay_room_free(&g->lay);
    *g = (bci_gathered){ 0 };
}

static bc_status make_room(bci_gathered *g, size_t n, size_t n_lines, bc_error *err)
{
    if (n <= g->room && n_lines <= g->line_room)
        return BC_OK;
    bci_gathered_free(g);
    g->x = malloc((n + 1) * sizeof *g->x);
    g->noise = malloc((n + 1) * sizeof *g->noise);
    g->y = malloc((n + 1) * sizeof *g->y);
    g->codes = malloc((n + 1) * sizeof *g->codes);
    g->lines = malloc((n + 1) * sizeof *g->lines);
    g->line_noise = malloc((n_lines + 1) * sizeof *g->line_noise);
    if (!g->x || !g->noise || !g->y || !g->codes || !g->lines || !g->line_noise) {
        bci_gathered_free(g);
        return bci_fail(err, BC_E_LIMIT, "out of memory for a batch of numbers");
    }
    g->room = n;
    g->line_room = n_lines;
    return BC_OK;
}

/* "x.csv: nan in line 5, column temperature" */
static bc_status refuse(const bci_table *t, const bci_batch *b, uint32_t line, size_t column,
                        const char *what, const char *why, bc_error *err)
{
    return bci_fail(err, BC_E_FORMAT, "%s: %s in line %llu, %s%s, %s", bci_table_name(t), what,
                    (unsigned long long)(b->first_line + line + 1),
                    bci_table_is_named(t) ? "column " : "",
                    bci_show_name(bci_table_column(t, column)).text, why);
}

/* A cell that is not finite: what becomes of it. */
static bc_status admit(const bci_table *t, const bc_numbers_settings *s, bci_batch *b,
                       bci_table_cell *cell, uint32_t line, size_t column, bci_gathered *g,
                       bc_error *err)
{
    const bool is_nan = isnan(cell->value);

    if (s->nonfinite == BC_NONFINITE_ERROR)
        return refuse(t, b, line, column, bci_show(b->text + cell->start, cell->length).text,
                      "expected finite numbers, or `nonfinite=keep` or zero", err);
    if (s->nonfinite == BC_NONFINITE_SATURATE && is_nan)
        return refuse(t, b, line, column, "NaN",
                      "which has no end to saturate at, expected `nonfinite=keep` or zero", err);
    if (s->nonfinite == BC_NONFINITE_KEEP) {
        cell->kind = BCI_CELL_TEXT;
        g->n_kept++;
        return BC_OK;
    }
    if (s->nonfinite == BC_NONFINITE_ZERO)
        cell->value = 0.0;
    else
        g->n_saturated++;
    cell->kind = BCI_CELL_NUMBER;
    return BC_OK;
}

/* Noise is a function of the line, so that it does not depend on what other lines hold. */
static void lay_noise(const bc_numbers_settings *s, const bci_batch *b, uint32_t stream,
                      bci_gathered *g)
{
    bc_noise_fill_f64(s->noise, s->seed, stream, b->first_line, g->line_noise,
                      (size_t)b->n_lines + 1);
    for (size_t i = 0; i < g->n; i++)
        g->noise[i] = g->line_noise[g->lines[i]];
}

static bool has_noise(const bc_numbers_settings *s)
{
    return s->noise && s->noise->form != BC_NOISE_NONE;
}

bc_status bci_gather(const bci_table *t, const bc_numbers_settings *s, bci_batch *b, size_t column,
                     uint32_t stream, bci_gathered *g, bc_error *err)
{
    const size_t n_columns = bci_table_n_columns(t);
    bci_table_cell *cell = b->cells + column;
    bc_status st = make_room(g, b->n_rows, (size_t)b->n_lines + 1, err);

    g->n = 0;
    g->n_kept = g->n_saturated = 0;
    for (size_t row = 0; !st && row < b->n_rows; row++, cell += n_columns) {
        if (cell->kind == BCI_CELL_NONFINITE)
            st = admit(t, s, b, cell, b->lines[row], column, g, err);
        if (cell->kind != BCI_CELL_NUMBER)
            continue;
        g->x[g->n] = cell->value;
        g->lines[g->n++] = b->lines[row];
    }
    if (!st && has_noise(s))
        lay_noise(s, b, stream, g);
    return st;
}

/* What became infinite on a grid that has infinity. */
static bc_status hold(const bci_table *t, const bc_numbers_settings *s, const bci_batch *b,
                      size_t column, const bci_ruler *r, bci_gathered *g, size_t i, bc_error *err)
{
    char what[64];
    const int n = (int)bci_ruler_spell(r, false, 0, g->x[i], '.', what);

    if (s->nonfinite == BC_NONFINITE_KEEP)
        return BC_OK;
    what[n] = '\0';
    if (s->nonfinite != BC_NONFINITE_SATURATE)
        return refuse(t, b, g->lines[i], column, what,
                      "more than the grid holds, expected `nonfinite=saturate`", err);
    g->n_saturated += isfinite(g->x[i]) != 0;
    g->codes[i] = g->y[i] < 0 ? r->grid.lo + 1 : r->grid.hi - 1;
    g->y[i] = bci_ruler_value(r, g->codes[i]);
    return BC_OK;
}

/* Floats as they are, without an infinity that what lies beyond would become. */
static bool has_hard_ends(const bc_numbers_settings *s, const bc_grid *g)
{
    const bc_scale_row *scale = bci_ruler_scale(s);

    return g->family == BC_GRID_FLOAT && g->flavour != BC_FLOAT_IEEE && scale &&
           scale->method == BC_SCALE_FULL;
}

/* Numbers beyond such ends took the end. */
static bc_status check_ends(const bci_table *t, const bc_numbers_settings *s, const bci_batch *b,
                            size_t column, const bci_ruler *r, bci_gathered *g, bc_error *err)
{
    char what[BCI_MARK_ROOM];

    for (size_t i = 0; i < g->n; i++) {
        if (g->x[i] >= r->region.low && g->x[i] <= r->region.high)
            continue;
        what[bci_write_shortest(g->x[i], '.', what)] = '\0';
        if (s->nonfinite != BC_NONFINITE_SATURATE)
            return refuse(t, b, g->lines[i], column, what,
                          "more than the grid holds, expected `nonfinite=saturate`", err);
        g->n_saturated++;
    }
    return BC_OK;
}

bc_status bci_gathered_round(const bci_table *t, const bc_numbers_settings *s, const bci_batch *b,
                             size_t column, const bci_ruler *r, bci_gathered *g, bc_error *err)
{
    const bool has_infinity = r->grid.family == BC_GRID_FLOAT && r->grid.flavour == BC_FLOAT_IEEE;
    bc_status st = BC_OK;

    bci_ruler_round(r, s->rounding, g->x, has_noise(s) ? g->noise : NULL, g->n, g->y, g->codes);
    for (size_t i = 0; has_infinity && !st && i < g->n; i++)
        if (isinf(g->y[i]))
            st = hold(t, s, b, column, r, g, i, err);
    return !st && has_hard_ends(s, &r->grid) ? check_ends(t, s, b, column, r, g, err) : st;
}

/* The largest of the numbers that share a block with number i. */
static size_t largest_near(const bc_block_format *blocks, const bci_gathered *g, size_t i)
{
    const size_t first = i - i % blocks->block_length, end = first + blocks->block_length;
    size_t largest = i;

    for (size_t k = first; k < end && k < g->n; k++)
        largest = fabs(g->x[k]) > fabs(g->x[largest]) ? k : largest;
    return largest;
}

/* The numbers of a group, which has its marks by the distance of its ends. */
static bc_status check_spans(const bci_table *t, const bci_laying *l, const bci_batch *b,
                             size_t column, const bci_gathered *g, bc_error *err)
{
    double low = 0.0, high = 0.0;
    char what[BCI_MARK_ROOM];

    if (l->blocks || l->scale == BC_SCALE_FULL || l->scale == BC_SCALE_ABSMAX ||
        l->scale == BC_SCALE_ABSMEAN)
        return BC_OK;
    for (size_t i = 0; i < g->n; i++) {
        low = i % l->group ? fmin(low, g->x[i]) : g->x[i];
        high = i % l->group ? fmax(high, g->x[i]) : g->x[i];
        if (isfinite(high - low))
            continue;
        what[bci_write_shortest(g->x[i], '.', what)] = '\0';
        return refuse(t, b, g->lines[i], column, what,
                      "further from others of its group than a double can say, expected smaller "
                      "numbers",
                      err);
    }
    return BC_OK;
}

/* What a run made infinite, or no number. */
static bc_status check_run(const bci_table *t, const bc_numbers_settings *s, const bci_batch *b,
                           size_t column, const bci_gathered *g, bc_error *err)
{
    const bc_block_format *blocks = s->depth.blocks;
    char what[BCI_MARK_ROOM];

    for (size_t i = 0; i < g->n; i++) {
        if (isfinite(g->y[i]) || (s->nonfinite == BC_NONFINITE_KEEP && isinf(g->y[i])))
            continue;
        const size_t at = blocks ? largest_near(blocks, g, i) : i;

        what[bci_write_shortest(g->x[at], '.', what)] = '\0';
        return refuse(t, b, g->lines[at], column, what,
                      blocks ? "more than the scale of a block holds, expected "
                               "`nonfinite=saturate`"
                             : "more than the grid holds, expected `nonfinite=saturate`",
                      err);
    }
    return BC_OK;
}

/* Block by block, numbers that no scale holds are lowered; what they were stays in g->x. */
static bc_status lay_lowered(const bci_laying *l, bool noisy, bci_gathered *g, bc_error_sums *sums,
                             bc_error *err)
{
    const size_t length = l->blocks->block_length;
    double x[BC_BLOCK_MAX_LENGTH], scratch[BC_BLOCK_MAX_LENGTH];
    bci_laying block = *l;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < g->n; i += length) {
        const size_t n = g->n - i < length ? g->n - i : length;

        memcpy(x, g->x + i, n * sizeof *x);
        block.codes = g->codes + i;
        st = bci_lay_lowered(&block, &g->lay, scratch, x, noisy ? g->noise + i : NULL, n, g->y + i,
                             sums, NULL, &g->n_saturated, err);
    }
    return st;
}

bc_status bci_gathered_lay(const bci_table *t, const bc_numbers_settings *s, const bci_batch *b,
                           size_t column, bci_gathered *g, bc_error_sums *sums, bc_error *err)
{
    bci_laying l = bci_numbers_laying(s);
    bc_status st = BC_OK;

    l.codes = g->codes;
    if (s->nonfinite == BC_NONFINITE_SATURATE && !l.blocks)
        l.n_saturated = &g->n_saturated;
    if (g->n > g->lay_room) {
        bci_lay_room_free(&g->lay);
        g->lay_room = 0;
        st = bci_lay_room_new(&l, g->room, &g->lay, err);
        g->lay_room = st ? 0 : g->room;
    }
    if (!st)
        st = check_spans(t, &l, b, column, g, err);
    if (!st && l.blocks && s->nonfinite == BC_NONFINITE_SATURATE)
        st = lay_lowered(&l, has_noise(s), g, sums, err);
    else if (!st && g->n > 0)
        st =
            bci_lay(&l, &g->lay, g->x, has_noise(s) ? g->noise : NULL, g->n, g->y, sums, NULL, err);
    for (size_t i = 0; !st && i < g->n; i++)
        g->y[i] += 0.0; /* -0 is written as 0 */
    return st ? st : check_run(t, s, b, column, g, err);
}

void bci_gathered_measure(const bci_gathered *g, const bci_ruler *r, bc_error_sums *sums)
{
    bc_error_add_f64(sums, g->x, g->y, g->n);
    bc_error_add_pair(sums, NAN, NAN, g->n_kept);
    if (r)
        bc_error_add_overload_f64(sums, &r->region, g->x, g->y, g->n);
}
