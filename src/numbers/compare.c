/* Knows how two tables are compared, cell by cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "numbers/columns.h"

/* A place in the rows of a table. */
typedef struct {
    bci_table *table;
    bci_batch batch;
    size_t row;
    bool is_end;
    bci_columns columns;
} cursor;

static bc_status cursor_open(cursor *c, const char *path, const bc_numbers_format *format,
                             const bc_reading *reading, bc_error *err)
{
    bc_status st = bci_table_open(path, format, reading, &c->table, err);

    if (!st)
        st = bci_columns_new(c->table, 1, reading, &c->columns, err);
    return st ? st : bci_table_begin(c->table, false, err);
}

static void cursor_free(cursor *c)
{
    bci_batch_free(&c->batch);
    bci_columns_free(&c->columns);
    bci_table_free(c->table);
}

/* Go to a row that is there, or to the end. */
static bc_status cursor_find(cursor *c, bc_error *err)
{
    bc_status st = BC_OK;

    while (!st && !c->is_end && c->row == c->batch.n_rows) {
        c->row = 0;
        st = bci_table_read(c->table, &c->batch, err);
        c->is_end = c->batch.n_text == 0;
        if (st || c->is_end)
            break;
        st = bci_table_parse(c->table, &c->batch, err);
        if (st)
            break;
        bci_columns_see(&c->columns, &c->batch, 0);
        bci_columns_take(&c->columns, &c->batch, 0);
    }
    return st;
}

static const bci_table_cell *cells_at(const cursor *c)
{
    return c->batch.cells + c->row * c->columns.n_columns;
}

static bool is_number(const bci_table_cell *c)
{
    return c->kind == BCI_CELL_NUMBER || c->kind == BCI_CELL_NONFINITE;
}

static bool is_same_text(const cursor *a, const bci_table_cell *x, const cursor *b,
                         const bci_table_cell *y)
{
    return x->length == y->length &&
           memcmp(a->batch.text + x->start, b->batch.text + y->start, x->length) == 0;
}

static void compare_rows(const cursor *a, const cursor *b, bc_numbers_comparison *r)
{
    const bci_table_cell *x = cells_at(a), *y = cells_at(b);

    for (size_t i = 0; i < r->n_columns; i++) {
        const bool is_x = is_number(&x[i]), is_y = is_number(&y[i]);

        if (is_x || is_y)
            bc_error_add_pair(&r->columns[i].error, is_x ? x[i].value : NAN,
                              is_y                        ? y[i].value
                              : is_x && isnan(x[i].value) ? INFINITY
                                                          : NAN,
                              1);
        else
            r->n_text_differs += !is_same_text(a, &x[i], b, &y[i]);
        r->n_kind_differs += is_x != is_y;
    }
    r->n_rows++;
}

static bc_status walk(cursor *a, cursor *b, bc_numbers_comparison *r, bc_error *err)
{
    for (;;) {
        bc_status st = cursor_find(a, err);

        if (!st)
            st = cursor_find(b, err);
        if (st || (a->is_end && b->is_end))
            return st;
        if (!a->is_end && !b->is_end)
            compare_rows(a, b, r);
        a->row += !a->is_end; /* the rest of the longer one is counted */
        b->row += !b->is_end;
    }
}

/* A column that has numbers in one of the two files alone. */
static const char *numbers_of_one(const bc_numbers_column *a, const cursor *b, size_t i)
{
    const bci_seen *seen = &b->columns.seen[i];
    const bool has_a = a->n_numbers + a->n_nonfinite > 0;
    const bool has_b = seen->n_numbers + seen->n_nonfinite > 0;

    return has_a == has_b ? NULL
           : has_a        ? "numbers in the first file, none in the second"
                          : "numbers in the second file, none in the first";
}

static bc_status tell(const cursor *a, const cursor *b, bc_numbers_comparison *r, bc_error *err)
{
    bc_status st = bci_columns_check(&a->columns, a->table, err);

    if (!st)
        st = bci_columns_check(&b->columns, b->table, err);
    for (size_t i = 0; !st && i < r->n_columns; i++) {
        bc_numbers_outcome *o = &r->columns[i];

        o->entropy_bits = o->theory_snr_db = o->low = o->high = NAN;
        st = bci_column_describe(&a->columns, i, a->table, &o->cells, err);
        if (!st)
            o->why = numbers_of_one(&o->cells, b, i);
        bc_error_merge(&r->error, &o->error);
        r->n_names_differ +=
            strcmp(bci_table_column(a->table, i), bci_table_column(b->table, i)) != 0;
    }
    r->a = bci_columns_summary(&a->columns, a->table);
    r->b = bci_columns_summary(&b->columns, b->table);
    return st;
}

bc_status bc_numbers_compare(const char *path_a, const char *path_b,
                             const bc_numbers_format *format, const bc_reading *reading,
                             bc_numbers_comparison *result, bc_error *err)
{
    static const bc_numbers_format any = { 0 };
    cursor a = { 0 }, b = { 0 };
    bc_numbers_comparison r = { 0 };
    bc_status st = cursor_open(&a, path_a, format ? format : &any, reading, err);

    if (!st)
        st = cursor_open(&b, path_b, format ? format : &any, reading, err);
    if (!st && a.columns.n_columns != b.columns.n_columns)
        st = bci_fail(err, BC_E_USAGE, "%s: %zu column(s), expected %zu as in %s",
                      bci_table_name(b.table), b.columns.n_columns, a.columns.n_columns,
                      bci_table_name(a.table));
    if (!st) {
        r.columns = calloc(a.columns.n_columns, sizeof *r.columns);
        r.n_columns = r.columns ? a.columns.n_columns : 0;
        st = r.columns ? walk(&a, &b, &r, err)
                       : bci_fail(err, BC_E_LIMIT, "%s: out of memory", path_a);
    }
    if (!st)
        st = tell(&a, &b, &r, err);
    if (!st && r.a.n_rows != r.b.n_rows)
        st = bci_fail(err, BC_E_USAGE, "%s: %llu row(s), expected %llu as in %s",
                      bci_table_name(b.table), (unsigned long long)r.b.n_rows,
                      (unsigned long long)r.a.n_rows, bci_table_name(a.table));
    if (!st)
        *result = r;
    else
        bc_numbers_comparison_free(&r);
    cursor_free(&a);
    cursor_free(&b);
    return st;
}

void bc_numbers_comparison_free(bc_numbers_comparison *r)
{
    for (size_t i = 0; i < r->n_columns; i++)
        free(r->columns[i].cells.name);
    free(r->columns);
    r->columns = NULL;
    r->n_columns = 0;
}

bc_status bc_numbers_compare_gate(const bc_numbers_comparison *c, double min_snr_db,
                                  const char *subject, bc_error *err)
{
    if (isnan(min_snr_db))
        return BC_OK;
    if (c->n_kind_differs > 0)
        return bci_fail(err, BC_E_QUALITY,
                        "%s: %llu cell(s) (are) a number in one of the two alone, expected in both",
                        subject, (unsigned long long)c->n_kind_differs);
    if (c->n_text_differs + c->n_names_differ > 0)
        return bci_fail(err, BC_E_QUALITY,
                        "%s: %llu cell(s) of text (are) other, expected the same", subject,
                        (unsigned long long)(c->n_text_differs + c->n_names_differ));
    return bc_error_gate(&c->error, 0, min_snr_db, subject, "SNR", "", err);
}
