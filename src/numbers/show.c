/* Knows what the page of a table has: its columns as lines, the marks that their numbers went to,
 * and the errors. */
#include "numbers/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "medium/rounded_plot.h"
#include "numbers/request.h"
#include "numbers/ruler.h"
#include "numbers/table.h"

enum { MAX_ROWS = 1024, MAX_COLUMNS = 3, MAX_BARS = 40 };

/* The first rows of a column, NaN where there is no number. */
typedef struct {
    size_t column; /* of the table */
    const bc_numbers_outcome *outcome;
    double before[MAX_ROWS], after[MAX_ROWS], error[MAX_ROWS];
} shown_column;

typedef struct {
    shown_column columns[MAX_COLUMNS];
    size_t n, n_rows;
} view;

/* The first columns that were rounded. */
static void choose(view *v, const bc_numbers_result *m)
{
    for (size_t i = 0; i < m->n_columns && v->n < MAX_COLUMNS; i++)
        if (!m->columns[i].why && m->columns[i].error.n > 0)
            v->columns[v->n++] = (shown_column){ .column = i, .outcome = &m->columns[i] };
}

static void take_batch(view *v, const bci_batch *b, size_t n_columns, size_t *row, bool is_after)
{
    for (size_t i = 0; i < b->n_rows && *row < MAX_ROWS; i++, ++*row)
        for (size_t k = 0; k < v->n; k++) {
            const bci_table_cell *cell = &b->cells[i * n_columns + v->columns[k].column];
            double *to = is_after ? v->columns[k].after : v->columns[k].before;

            to[*row] = cell->kind == BCI_CELL_NUMBER ? cell->value : (double)NAN;
        }
}

static bc_status read_rows(view *v, const char *path, const bc_numbers_format *format,
                           const bc_reading *reading, bool is_after, bc_error *err)
{
    bci_table *t = NULL;
    bci_batch b = { 0 };
    bc_status st = bci_table_open(path, format, reading, &t, err);
    size_t row = 0;

    if (!st)
        st = bci_table_begin(t, false, err);
    while (!st && row < MAX_ROWS) {
        st = bci_table_read(t, &b, err);
        if (st || b.n_text == 0)
            break;
        st = bci_table_parse(t, &b, err);
        if (!st)
            take_batch(v, &b, bci_table_n_columns(t), &row, is_after);
    }
    v->n_rows = is_after && v->n_rows < row ? v->n_rows : row;
    bci_batch_free(&b);
    bci_table_free(t);
    return st;
}

/* Codes stand in the file in place of the values of their marks. */
static void decode(view *v)
{
    for (size_t k = 0; k < v->n; k++) {
        const bc_numbers_outcome *o = v->columns[k].outcome;

        for (size_t i = 0; i < v->n_rows; i++) {
            double *value = &v->columns[k].after[i];
            int32_t code;

            if (isnan(*value))
                continue;
            code = o->grid.family == BC_GRID_AFFINE
                       ? (int32_t)*value
                       : bc_grid_code_from_bits(&o->grid, (uint32_t)*value);
            bc_dequantize_f64(&o->grid, &o->scale, &code, 1, value);
        }
    }
}

static bc_status read_both(view *v, const bci_numbers_job *j, const bc_numbers_result *m,
                           const bc_account *a, bc_error *err)
{
    /* As the input was read, whatever the output looks like. */
    const bc_numbers_format format = { .separator = m->input.separator,
                                       .decimal = m->input.decimal,
                                       .header = m->input.has_header ? BC_NUMBERS_HEADER_YES
                                                                     : BC_NUMBERS_HEADER_NO };
    bc_status st = read_rows(v, a->in, &format, &j->settings.reading, false, err);

    if (!st)
        st = read_rows(v, a->out, &format, &j->settings.reading, true, err);
    if (!st && j->settings.codes)
        decode(v);
    for (size_t k = 0; !st && k < v->n; k++)
        for (size_t i = 0; i < v->n_rows; i++)
            v->columns[k].error[i] = v->columns[k].after[i] - v->columns[k].before[i];
    return st;
}

/* --- figures */

static void draw_numbers(bc_plot *p, const shown_column *c, size_t n, bool has_ruler)
{
    bci_rounded_plot(p,
                     (bc_plot_panel){ .title = "Numbers, and what they became",
                                      .x = { .label = "row", .is_whole = true },
                                      .y = { .label = "value" },
                                      .height_px = 240 },
                     &(bci_rounded){ .grid = has_ruler ? &c->outcome->grid : NULL,
                                     .scale = c->outcome->scale,
                                     .before = c->before,
                                     .after = c->after,
                                     .n = n,
                                     .x_first = 1.0,
                                     .labels = { "before", "rounded" } });
}

static void draw_error(bc_plot *p, const shown_column *c, size_t n)
{
    const double half = 0.5 * c->outcome->step;

    bc_plot_add_panel(p, &(bc_plot_panel){ .title = "The error: rounded minus before",
                                           .x = { .label = "row", .is_whole = true },
                                           .y = { .label = "error" },
                                           .height_px = 120 });
    if (half > 0.0)
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL,
                                          .tone = BC_PLOT_QUIET,
                                          .label = "half a step",
                                          .n = 2,
                                          .y = (double[]){ -half, half } });
    bc_plot_add(p, &(bc_plot_series){ .label = "error", .n = n, .y = c->error, .x_first = 1.0 });
}

static bc_status put_column(bc_html *h, const view *v, const shown_column *c, uint64_t n_rows,
                            bool has_ruler, bc_error *err)
{
    const char *name = c->outcome->cells.name;
    char caption[320];
    bc_plot *p = NULL;
    bc_status st;

    bc_html_heading(h, name);
    snprintf(caption, sizeof caption, "%.200s: numbers, marks, and the error", name);
    st = bc_plot_new(caption, NULL, &p, err);
    if (st)
        return st;
    draw_numbers(p, c, v->n_rows, has_ruler);
    draw_error(p, c, v->n_rows);
    if (v->n_rows < n_rows)
        bci_format(caption, sizeof caption, "The first %zu of %llu row(s) of %.200s.", v->n_rows,
                   (unsigned long long)n_rows, name);
    else
        bci_format(caption, sizeof caption, "All %zu row(s) of %.200s.", v->n_rows, name);
    bc_html_plot(h, p, caption);
    bc_plot_free(p);
    return BC_OK;
}

static bc_status put_numbers(bc_html *h, const view *v, const bci_numbers_job *j,
                             const bc_numbers_result *m, bc_error *err)
{
    char text[128];
    bc_status st = BC_OK;

    bc_html_section(h, "Before and after");
    if (v->n < m->n_reduced) {
        bci_format(text, sizeof text, "The first %zu of %zu rounded column(s).", v->n,
                   m->n_reduced);
        bc_html_paragraph(h, text);
    }
    for (size_t k = 0; !st && k < v->n; k++)
        st = put_column(h, v, &v->columns[k], m->input.n_rows, !bci_numbers_have_runs(&j->settings),
                        err);
    return st;
}

bc_status bci_numbers_show(const void *job, const bc_outcome *o, const bc_account *a, bc_html *h,
                           bc_error *err)
{
    const bci_numbers_job *j = job;
    const bc_numbers_result *m = o->own;
    view *v = calloc(1, sizeof *v);
    bc_status st = v ? BC_OK : bci_fail(err, BC_E_LIMIT, "out of memory for numbers on a page");

    if (!st) {
        choose(v, m);
        st = read_both(v, j, m, a, err);
    }
    if (!st && v->n > 0)
        st = put_numbers(h, v, j, m, err);
    if (!st) {
        bc_html_section(h, "Columns");
        bc_html_bars(h, a->facts, "columns", "SNR of each column, the worst first", "snr_db", true,
                     MAX_BARS);
    }
    free(v);
    return st;
}
