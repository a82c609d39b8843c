/* Knows what the report of a table says. */
#include "numbers/facts.h"

#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "numbers/request.h"
#include "numbers/ruler.h"

static const char table[] = "columns";

static const char *name_of_separator(char separator)
{
    switch (separator) {
    case ',': return "commas";
    case ';': return "semicolons";
    case '\t': return "tabs";
    case '|': return "bars";
    case ' ': return "blanks";
    default: return "one number a line";
    }
}

static const char *format_of(char separator)
{
    return separator == '\n' ? "numbers" : separator == '\t' ? "tsv" : "csv";
}

void bci_numbers_input_facts(bc_report *r, const char *path, const bc_numbers_summary *s)
{
    bc_report_string(r, "", "tool", "bitcrush-numbers " BC_VERSION);
    bc_report_string(r, "input", "path", path);
    bc_report_string(r, "input", "kind", "numbers");
    bc_report_string(r, "input", "format", format_of(s->separator));
    bc_report_integer(r, "input", "rows", s->n_rows);
    bc_report_integer(r, "input", "columns", s->n_columns);
    bc_report_string(r, "input", "separator", name_of_separator(s->separator));
    bc_report_string(r, "input", "header", s->has_header ? "with names above" : NULL);
    bc_report_string(r, "input", "decimal", s->decimal == ',' ? "decimal commas" : NULL);
    if (s->n_comments)
        bc_report_integer(r, "input", "comments", s->n_comments);
    bc_report_string(r, "input", "note", *s->note ? s->note : NULL);
    bc_report_integer(r, "input", "size_bytes", s->size_bytes);
}

static const char *scale_of(const bci_numbers_job *j, const bc_numbers_result *m)
{
    const bc_numbers_settings *s = &j->settings;

    return m->scale ? m->scale->name : s->depth.blocks ? "block" : s->step > 0.0 ? "step" : "range";
}

/* The step of all columns that are reduced, or 0. */
static double step_of(const bc_numbers_result *m)
{
    double step = 0.0;

    for (size_t i = 0; i < m->n_columns; i++) {
        const bc_numbers_outcome *c = &m->columns[i];

        if (c->why)
            continue;
        if (!(c->step > 0.0) || (step > 0.0 && c->step != step))
            return 0.0;
        step = c->step;
    }
    return step;
}

/* What was done in full: enough to do it again. */
static void add_settings(bc_report *r, const bci_numbers_job *j, const bc_numbers_result *m)
{
    static const char *const nonfinite[] = { "error", "saturate", "zero", "keep" };
    const bc_numbers_settings *s = &j->settings;
    char group[32];

    bc_report_string(r, "settings", "grid", *s->depth.name ? s->depth.name : "multiples");
    bc_report_string(r, "settings", "scale", scale_of(j, m));
    bc_report_string(r, "settings", "range", j->range);
    if (m->scale && m->scale->method == BC_SCALE_PERCENTILE)
        bc_report_number(r, "settings", "percent", s->percent);
    bci_format(group, sizeof group, "%u number(s)",
               s->depth.blocks ? s->depth.blocks->block_length : s->group);
    if (bci_numbers_have_runs(s) || bci_ruler_is_fitted(s))
        bc_report_string(r, "settings", "group",
                         bci_numbers_have_runs(s) ? group
                         : s->per == BC_PER_WHOLE ? "all"
                                                  : "column");
    bc_report_string(r, "settings", "codes", s->codes ? "codes, not values" : NULL);
    bc_report_string(r, "settings", "dither", m->noise ? m->noise->name : "none");
    bc_report_string(r, "settings", "feedback", "none");
    bc_report_string(r, "settings", "rounding",
                     s->rounding == BC_ROUND_NEAREST ? "nearest" : "truncate");
    bc_report_string(r, "settings", "nonfinite", nonfinite[s->nonfinite]);
    bc_report_integer(r, "settings", "seed", s->seed);
    if (s->step > 0.0 || step_of(m) > 0.0)
        bc_report_number(r, "settings", "step", s->step > 0.0 ? s->step : step_of(m));
    bc_report_integer(r, "settings", "threads", (uint64_t)m->n_threads);
    bc_report_string(r, "settings", "cpu", m->cpu_level);
}

static void add_cells(bc_report *r, const bc_numbers_column *c)
{
    bc_report_row(r, table);
    bc_report_string(r, table, "column", c->name);
    bc_report_integer(r, table, "numbers", c->n_numbers);
    bc_report_number(r, table, "min", c->min);
    bc_report_number(r, table, "max", c->max);
    if (c->n_text)
        bc_report_integer(r, table, "text", c->n_text);
    if (c->n_empty)
        bc_report_integer(r, table, "empty", c->n_empty);
    if (c->n_nonfinite)
        bc_report_integer(r, table, "nonfinite", c->n_nonfinite);
}

static void add_columns(bc_report *r, const bc_numbers_outcome *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bc_numbers_outcome *c = &columns[i];

        add_cells(r, &c->cells);
        if (c->error.n > 0) {
            if (c->step > 0.0)
                bc_report_number(r, table, "step", c->step);
            bc_report_number(r, table, "snr_db", bc_error_snr_db(&c->error));
            bc_report_number(r, table, "max_error", c->error.max_abs_e);
        }
        if (c->n_levels_used)
            bc_report_integer(r, table, "levels_used", c->n_levels_used);
        bc_report_string(r, table, "why", c->why);
    }
}

static uint64_t levels_of(const bc_numbers_depth *d)
{
    return d->blocks ? d->blocks->codes->n_codes : bc_grid_levels(&d->grid);
}

void bci_numbers_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a,
                              bc_report *r)
{
    const bci_numbers_job *j = job;
    const bc_numbers_result *m = o->own;
    const double bits = j->settings.depth.bits;

    bci_numbers_input_facts(r, a->in, &m->input);
    bc_report_integer(r, "input", "raw_bytes", m->raw_bytes);
    bc_account_output(a, r);
    bc_report_string(r, "output", "depth", o->title);
    bc_report_integer(r, "output", "reduced", m->n_reduced);
    if (bits > 0.0)
        bc_account_depth(a, r, bits, levels_of(&j->settings.depth));
    bc_report_integer(r, "output", "size_bytes", m->output_size_bytes);
    add_settings(r, j, m);
    bc_account_error(a, r, &m->error, true);
    if (m->n_text)
        bc_report_integer(r, "metrics", "text_cells", m->n_text);
    if (m->n_empty)
        bc_report_integer(r, "metrics", "empty_cells", m->n_empty);
    if (m->n_nonfinite)
        bc_report_integer(r, "metrics", "nonfinite", m->n_nonfinite);
    if (m->n_saturated)
        bc_report_integer(r, "metrics", "saturated", m->n_saturated);
    bc_report_number(r, "metrics", "entropy_bits", m->entropy_bits);
    bc_account_packed(r, m->raw_bytes, m->packed_bytes);
    bc_account_expected(r, m->theory_snr_db, m->error.n_clipped);
    if (bits > 0.0 && !j->settings.depth.blocks &&
        j->settings.depth.grid.family == BC_GRID_AFFINE && !bci_numbers_have_runs(&j->settings))
        bc_report_number(r, "theory", "rule_of_thumb_db", bc_theory_rule_of_thumb_db(bits));
    bc_report_number(r, "", "time_s", m->time_s);
    add_columns(r, m->columns, m->n_columns);
}

void bci_numbers_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                               bc_report *r)
{
    const bc_numbers_comparison *m = o->own;

    (void)job;
    bci_numbers_input_facts(r, a->in, &m->a);
    bc_report_string(r, "compared", "path", a->out);
    if (m->n_text_differs)
        bc_report_integer(r, "compared", "text_differs", m->n_text_differs);
    if (m->n_kind_differs)
        bc_report_integer(r, "compared", "kind_differs", m->n_kind_differs);
    if (m->n_names_differ)
        bc_report_integer(r, "compared", "names_differ", m->n_names_differ);
    bc_account_error(a, r, &m->error, false);
    if (m->error.n_nonfinite)
        bc_report_integer(r, "metrics", "nonfinite", m->error.n_nonfinite);
    add_columns(r, m->columns, m->n_columns);
}

void bci_numbers_info_facts(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r)
{
    const bc_numbers_info *m = o->own;

    (void)job;
    bci_numbers_input_facts(r, a->in, &m->file);
    for (size_t i = 0; i < m->n_columns; i++) {
        const bc_numbers_column_info *c = &m->columns[i];

        add_cells(r, &c->cells);
        bc_report_number(r, table, "mean", c->cells.mean);
        if (c->n_distinct <= BC_NUMBERS_DISTINCT)
            bc_report_integer(r, table, "values", c->n_distinct);
        if (c->step > 0.0) {
            bc_report_number(r, table, "step", c->step);
            bc_report_integer(r, table, "levels", c->levels);
            bc_report_integer(r, table, "bits", (uint64_t)c->used_bits);
        }
    }
}
