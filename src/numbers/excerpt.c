/* Knows which numbers of a table are shown: the first ones of its last column of numbers. */
#include "numbers/excerpt.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "numbers/columns.h"
#include "numbers/pass.h"

enum { WIDTH = 96 };

typedef struct {
    bc_excerpt *out;
    size_t n_columns, column; /* SIZE_MAX: not known yet */
} taking;

/* The last column that begins with a number: the first ones often count rows. */
static size_t last_of_numbers(const bci_batch *b, size_t n_columns)
{
    for (size_t i = n_columns; i > 0 && b->n_rows > 0; i--)
        if (b->cells[i - 1].kind == BCI_CELL_NUMBER)
            return i - 1;
    return SIZE_MAX;
}

static bc_status nothing(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    (void)context, (void)b, (void)slot, (void)err;
    return BC_OK;
}

static bc_status take(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    taking *t = context;
    bc_excerpt *out = t->out;

    (void)slot, (void)err;
    if (t->column == SIZE_MAX)
        t->column = last_of_numbers(b, t->n_columns);
    for (size_t row = 0; t->column != SIZE_MAX && row < b->n_rows && out->n < WIDTH; row++) {
        const bci_table_cell *cell = b->cells + row * t->n_columns + t->column;

        if (cell->kind == BCI_CELL_NUMBER)
            out->x[out->n++] = cell->value;
    }
    return BC_OK;
}

bc_status bci_numbers_excerpt(const char *path, const bc_reading *reading, bc_excerpt *out,
                              bc_error *err)
{
    const bc_numbers_format format = { 0 };
    taking t = { out, 0, SIZE_MAX };
    const bci_pass_job job = {
        .work = nothing, .judge = take, .context = &t, .n_threads = 1, .n_passes = 1
    };
    bci_table *table = NULL;
    bc_status st = bci_table_open(path, &format, reading, &table, err);

    out->n = 0;
    if (!st)
        st = bci_table_begin(table, false, err);
    if (!st) {
        t.n_columns = bci_table_n_columns(table);
        st = bci_pass_run(table, &job, err);
    }
    if (!st && out->n == 0)
        st = bci_fail(err, BC_E_UNSUPPORTED, "%s: no numbers to show", path);
    if (!st)
        st = bc_grid_uniform(3, &out->grid, err);
    if (!st)
        st = bc_scale_fit_f64(BC_SCALE_MINMAX, 100.0, &out->grid, out->x, out->n, 1, NULL,
                              &out->scale, err);
    out->along = "row";
    out->values = "number";
    bci_format(out->what, sizeof out->what, "%zu number(s) at the beginning of column %zu", out->n,
               t.column + 1);
    bci_table_free(table);
    return st;
}
