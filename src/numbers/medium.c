/* Knows tables of numbers as a medium. */
#include "bitcrush/medium.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "numbers/excerpt.h"
#include "numbers/facts.h"
#include "numbers/outcome.h"
#include "numbers/request.h"
#include "numbers/show.h"

/* "6bit", "e4m3", "step0.5". */
static void choice(const void *job, const char *spec, char *to, size_t size)
{
    const bci_numbers_job *j = job;

    if (spec)
        bci_choice_of_spec(job, spec, to, size);
    else
        bci_format(to, size, "step%g", j->settings.step);
}

/* That of the input, or ".txt". */
static const char *ending(const void *job, const char *in)
{
    const char *slash = strrchr(in, '/'), *dot = strrchr(slash ? slash : in, '.');

    (void)job;
    return dot && dot[1] && dot != in ? dot : ".txt";
}

static bc_status short_of_memory(bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "out of memory for a table");
}

/* --- deeds */

static void name_result(const bci_numbers_job *j, const bc_numbers_result *m, bc_outcome *o)
{
    const bc_numbers_settings *s = &j->settings;
    const bool is_even =
        s->depth.bits > 0.0 && !s->depth.blocks && s->depth.grid.family == BC_GRID_AFFINE;

    if (s->step > 0.0)
        bci_format(o->title, sizeof o->title, "steps of %g", s->step);
    else if (is_even)
        bci_format(o->title, sizeof o->title, "%g bit(s)", s->depth.bits);
    else
        snprintf(o->title, sizeof o->title, "%s", s->depth.name);
    o->bits = is_even ? s->depth.bits : (double)NAN;
    o->error = m->error.n ? &m->error : NULL;
}

static bc_status reduce(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    bci_numbers_job *j = job;
    bc_numbers_result *m = o->own = calloc(1, sizeof *m);
    const bc_status st =
        m ? bc_numbers_reduce(paths[0], paths[1], &j->settings, m, err) : short_of_memory(err);

    if (!st || st == BC_E_QUALITY)
        name_result(j, m, o);
    return st;
}

static void free_result(bc_outcome *o)
{
    if (o->own)
        bc_numbers_result_free(o->own);
    free(o->own);
}

static bc_status compare(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bc_numbers_settings *s = &((const bci_numbers_job *)job)->settings;
    bc_numbers_comparison *m = o->own = calloc(1, sizeof *m);
    const bc_status st = m ? bc_numbers_compare(paths[0], paths[1], &s->format, &s->reading, m, err)
                           : short_of_memory(err);

    if (!st)
        o->error = &m->error;
    return st;
}

static void free_comparison(bc_outcome *o)
{
    if (o->own)
        bc_numbers_comparison_free(o->own);
    free(o->own);
}

static bc_status gate(const void *job, const bc_outcome *o, const bc_account *a, bc_error *err)
{
    const bci_numbers_job *j = job;

    return bc_numbers_compare_gate(o->own, j->settings.min_snr_db, a->out, err);
}

static bc_status info(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bc_numbers_settings *s = &((const bci_numbers_job *)job)->settings;
    bc_numbers_info *m = o->own = calloc(1, sizeof *m);

    return m ? bc_numbers_get_info(paths[0], &s->format, &s->reading, m, err)
             : short_of_memory(err);
}

static void free_info(bc_outcome *o)
{
    if (o->own)
        bc_numbers_info_free(o->own);
    free(o->own);
}

/* --- a sweep */

static void fill_row(bc_depth_row *row, const bci_numbers_job *j, const bc_numbers_sweep_result *m,
                     const bc_numbers_cost *c)
{
    const bc_error_sums *e = &c->error;

    snprintf(row->grid, sizeof row->grid, "uniform%d", (int)row->bits);
    row->scale = j->settings.scale ? j->settings.scale->name : j->range ? "range" : "minmax";
    snprintf(row->group, sizeof row->group, "%s",
             j->range                          ? ""
             : j->settings.per == BC_PER_WHOLE ? "all"
                                               : "column");
    bc_depth_row_error(row, e);
    if (!bc_error_is_exact(e))
        row->theory_snr_db = bci_expected_snr_db(bc_error_x2(e), c->expected_e2);
    row->entropy_bits = e->n ? c->code_bits / (double)e->n : NAN;
    bc_depth_row_sizes(row, m->raw_bytes, c->packed_bytes);
}

static bc_status sweep(const bc_request *request, bc_series *s, bc_error *err)
{
    bc_numbers_sweep_result *m = calloc(1, sizeof *m);
    void *job = NULL;
    bc_status st = m ? bci_numbers_prepare(NULL, request, &job, err) : short_of_memory(err);
    const bci_numbers_job *j = job;

    if (!st)
        st = bc_numbers_sweep(s->path, &j->settings, s->first, s->last, m, err);
    for (int i = 0; !st && i <= s->last - s->first; i++)
        fill_row(&s->rows[i], j, m, &m->costs[i]);
    s->seed = st ? 0 : j->settings.seed;
    if (!st && s->input)
        bci_numbers_input_facts(s->input, s->path, &m->input);
    if (!st)
        bci_format(s->measured, sizeof s->measured,
                   "%zu column(s), %llu number(s), as even marks between the ends of each column",
                   m->n_reduced, (unsigned long long)m->n_numbers);
    bci_numbers_release(job);
    free(m);
    return st;
}

const bc_medium bc_tables = {
    .name = "numbers",
    .things = "numbers",
    .thing = "table of numbers",
    .kind = "numbers",
    .signal = "the numbers are",
    .files = "readings.csv, .tsv or a list of numbers",
    .program = "bitcrush numbers",
    .spec = "depth",
    .expected = "FILE SPEC, for example readings.csv 6",
    .probe = bc_numbers_probe,
    .probe_named = bc_numbers_probe_named,
    .takes = bci_numbers_takes,
    .replaces_spec = bci_numbers_replaces_spec,
    .settings = bci_numbers_setting_rows,
    .n_settings = BCI_NUMBERS_SETTINGS,
    .prepare = bci_numbers_prepare,
    .release = bci_numbers_release,
    .choice = choice,
    .ending = ending,
    .deeds = { [BC_REDUCE] = { .run = reduce,
                               .release = free_result,
                               .facts = bci_numbers_reduce_facts },
               [BC_COMPARE] = { .run = compare,
                                .release = free_comparison,
                                .facts = bci_numbers_compare_facts,
                                .gate = gate,
                                .expected = "compare A B, two tables of as many columns",
                                .minds =
                                    " min-snr force separator decimal header threads max-memory " },
               [BC_INFO] = { .run = info,
                             .release = free_info,
                             .facts = bci_numbers_info_facts,
                             .minds = " force separator decimal header threads max-memory " } },
    .show = bci_numbers_show,
    .excerpt = bci_numbers_excerpt,
    .sweep = sweep,
    .swept =
        " scale group range rounding nonfinite include exclude separator decimal header seed threads "
        "max-memory ",
    .most_bits = BC_NUMBERS_MAX_SWEEP,
    .sweeps_at_once = true,
    .dither = "rpdf",
    .asked_as = "rpdf",
    .n_bits_are = "even marks of n bits between the ends of each column",
};
