/* Knows what there is in the columns of a table: kinds of cells, ends, sums; and how patterns name
 * them. */
#include "numbers/columns.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"

static const bci_seen nothing = { .min = INFINITY, .max = -INFINITY };

bc_status bci_columns_new(const bci_table *t, unsigned n_slots, const bc_reading *reading,
                          bci_columns *c, bc_error *err)
{
    const size_t n = bci_table_n_columns(t);
    uint64_t memory = 0;
    const bc_status st = bci_take_memory(reading, &memory, (uint64_t)(n_slots + 1) * n,
                                         sizeof *c->seen, bci_table_name(t), err);

    if (st)
        return st;
    *c = (bci_columns){ .n_columns = n, .n_slots = n_slots };
    c->seen = malloc(n * sizeof *c->seen);
    c->slots = malloc(n_slots * n * sizeof *c->slots);
    if (!c->seen || !c->slots) {
        bci_columns_free(c);
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu column(s)", bci_table_name(t),
                        n);
    }
    for (size_t i = 0; i < n; i++)
        c->seen[i] = nothing;
    return BC_OK;
}

void bci_columns_free(bci_columns *c)
{
    free(c->seen);
    free(c->slots);
    *c = (bci_columns){ 0 };
}

static void see_text(bci_seen *s, const bci_table_cell *cell, uint64_t line)
{
    s->n_text++;
    s->n_thousands += cell->kind == BCI_CELL_THOUSANDS;
    if (cell->kind == BCI_CELL_OTHER_POINT && s->n_other_point++ == 0)
        s->other_line = line;
}

void bci_columns_see(bci_columns *c, const bci_batch *b, unsigned slot)
{
    bci_seen *slots = c->slots + slot * c->n_columns;

    for (size_t i = 0; i < c->n_columns; i++) {
        const bci_table_cell *cell = b->cells + i;
        bci_seen s = nothing;

        for (size_t row = 0; row < b->n_rows; row++, cell += c->n_columns) {
            const double v = cell->value;

            if (cell->kind == BCI_CELL_NUMBER) {
                s.n_numbers++;
                s.min = v < s.min ? v : s.min;
                s.max = v > s.max ? v : s.max;
                s.sum += v;
                s.sum_size += fabs(v);
            } else if (cell->kind == BCI_CELL_NONFINITE) {
                s.n_nonfinite++;
            } else if (cell->kind == BCI_CELL_EMPTY) {
                s.n_empty++;
            } else {
                see_text(&s, cell, b->first_line + b->lines[row] + 1);
            }
        }
        slots[i] = s;
    }
}

void bci_columns_take(bci_columns *c, const bci_batch *b, unsigned slot)
{
    const bci_seen *slots = c->slots + slot * c->n_columns;

    c->n_rows += b->n_rows;
    c->n_comments += b->n_comments;
    for (size_t i = 0; i < c->n_columns; i++) {
        bci_seen *to = &c->seen[i];
        const bci_seen *more = &slots[i];

        to->n_numbers += more->n_numbers;
        to->n_nonfinite += more->n_nonfinite;
        to->n_text += more->n_text;
        to->n_empty += more->n_empty;
        to->other_line = to->n_other_point ? to->other_line : more->other_line;
        to->n_other_point += more->n_other_point;
        to->n_thousands += more->n_thousands;
        to->min = more->min < to->min ? more->min : to->min;
        to->max = more->max > to->max ? more->max : to->max;
        to->sum += more->sum;
        to->sum_size += more->sum_size;
    }
}

static bc_status see(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    (void)err;
    bci_columns_see(context, b, slot);
    return BC_OK;
}

static bc_status take(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    (void)err;
    bci_columns_take(context, b, slot);
    return BC_OK;
}

bc_status bci_columns_pass(bci_table *t, const bc_numbers_settings *s, int n_threads, int n_passes,
                           bci_columns *c, bc_error *err)
{
    const bci_pass_job job = { .work = see,
                               .judge = take,
                               .context = c,
                               .n_threads = n_threads,
                               .stop = s->reading.stop,
                               .progress = s->progress,
                               .progress_context = s->context,
                               .n_passes = n_passes };
    bc_status st = bci_table_begin(t, n_passes > 1, err);

    if (!st)
        st = bci_pass_run(t, &job, err);
    return st ? st : bci_columns_check(c, t, err);
}

bc_status bci_columns_check(const bci_columns *c, const bci_table *t, bc_error *err)
{
    for (size_t i = 0; i < c->n_columns; i++) {
        const bci_seen *s = &c->seen[i];
        const char point = bci_table_dialect(t)->point;

        if (s->n_other_point > 0 && s->n_text == s->n_other_point + s->n_thousands)
            return bci_fail(err, BC_E_FORMAT,
                            "%s: numbers of %s%s have a decimal %s, first in line %llu, expected "
                            "`decimal=%s` or numbers with a %s",
                            bci_table_name(t), bci_table_is_named(t) ? "column " : "",
                            bci_show_name(bci_table_column(t, i)).text,
                            point == '.' ? "comma" : "point", (unsigned long long)s->other_line,
                            point == '.' ? "comma" : "point", point == '.' ? "point" : "comma");
    }
    return BC_OK;
}

bc_status bci_column_describe(const bci_columns *c, size_t i, const bci_table *t,
                              bc_numbers_column *out, bc_error *err)
{
    const bci_seen *s = &c->seen[i];
    const bool is_any = s->n_numbers > 0;

    *out = (bc_numbers_column){ .name = strdup(bci_table_column(t, i)),
                                .is_named = bci_table_is_named(t),
                                .n_numbers = s->n_numbers,
                                .n_nonfinite = s->n_nonfinite,
                                .n_text = s->n_text,
                                .n_empty = s->n_empty,
                                .n_other_point = s->n_other_point,
                                .n_thousands = s->n_thousands,
                                .min = is_any ? s->min : NAN,
                                .max = is_any ? s->max : NAN,
                                .mean = is_any ? s->sum / (double)s->n_numbers : NAN };
    return out->name ? BC_OK
                     : bci_fail(err, BC_E_LIMIT, "%s: out of memory for names", bci_table_name(t));
}

bc_numbers_summary bci_columns_summary(const bci_columns *c, const bci_table *t)
{
    bc_numbers_summary s = bci_table_summary(t);

    s.n_rows = c->n_rows;
    s.n_comments = c->n_comments;
    return s;
}

/* ---- patterns */

static bool fits(const char *pattern, const bci_table *t, size_t i)
{
    char number[24];

    bci_format(number, sizeof number, "%zu", i + 1);
    return strcmp(pattern, number) == 0 || fnmatch(pattern, bci_table_column(t, i), 0) == 0;
}

static bool any_fits(const char *const *patterns, size_t n, const bci_table *t, size_t i)
{
    for (size_t k = 0; k < n; k++)
        if (fits(patterns[k], t, i))
            return true;
    return false;
}

/* Each pattern has to name a column. */
static bc_status check_patterns(const char *const *patterns, size_t n, const bci_table *t,
                                bc_error *err)
{
    for (size_t k = 0; k < n; k++) {
        size_t i = 0;

        while (i < bci_table_n_columns(t) && !fits(patterns[k], t, i))
            i++;
        if (i == bci_table_n_columns(t))
            return bci_fail(err, BC_E_USAGE,
                            "%s: %s fits none of %zu column(s), expected a name, a pattern or a "
                            "number, for example %s",
                            bci_table_name(t), bci_show_name(patterns[k]).text, i,
                            bci_table_is_named(t) ? bci_show_name(bci_table_column(t, 0)).text
                                                  : "1");
    }
    return BC_OK;
}

bc_status bci_columns_choose(const bci_table *t, const bc_numbers_settings *s, const char **why,
                             bc_error *err)
{
    bc_status st = check_patterns(s->include, s->n_include, t, err);

    if (!st)
        st = check_patterns(s->exclude, s->n_exclude, t, err);
    for (size_t i = 0; !st && i < bci_table_n_columns(t); i++) {
        const bool is_in = s->n_include == 0 || any_fits(s->include, s->n_include, t, i);

        why[i] = !is_in                                     ? "not included"
                 : any_fits(s->exclude, s->n_exclude, t, i) ? "excluded"
                                                            : NULL;
    }
    return st;
}
