/* Knows what columns cost at many depths at once: one pass for their ends, and one that rounds each
 * batch to every depth. */
#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/threads.h"
#include "numbers/gather.h"
#include "numbers/outcome.h"

typedef struct {
    bc_numbers_settings settings[BC_NUMBERS_MAX_SWEEP]; /* of each depth */
    bci_reduced *reduced[BC_NUMBERS_MAX_SWEEP];
    int n_depths, n_threads;
    bci_table *table;
    bci_columns columns;
    bool sees; /* columns are looked at on the way */
    bci_gathered gathered;
} sweep;

static bc_status see(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    sweep *s = context;

    (void)err;
    if (s->sees)
        bci_columns_see(&s->columns, b, slot);
    return BC_OK;
}

static bc_status round_column(sweep *s, bci_batch *b, size_t i, bc_error *err)
{
    bci_gathered *g = &s->gathered;
    bc_status st = BC_OK;

    for (int k = 0; !st && k < s->n_depths; k++) {
        bci_reduced *r = &s->reduced[k][i];

        if (k == 0) /* numbers, and noise in steps, are those of all depths */
            st = bci_gather(s->table, &s->settings[k], b, i, r->stream, g, err);
        if (!st)
            st = bci_gathered_round(s->table, &s->settings[k], b, i, &r->ruler, g, err);
        if (st)
            break;
        bci_gathered_measure(g, &r->ruler, &r->error);
        for (size_t j = 0; j < g->n; j++)
            r->counts[g->codes[j] - r->ruler.grid.lo]++;
    }
    return st;
}

static bc_status take(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    sweep *s = context;
    bc_status st = BC_OK;

    if (s->sees)
        bci_columns_take(&s->columns, b, slot);
    for (size_t i = 0; !st && i < s->columns.n_columns; i++)
        if (!s->reduced[0][i].why)
            st = round_column(s, b, i, err);
    return st;
}

/* The settings of each depth; what is about writing does not count. */
static bc_status choose_depths(sweep *s, const bc_numbers_settings *asked, int first, bc_error *err)
{
    bc_status st = BC_OK;

    for (int k = 0; !st && k < s->n_depths; k++) {
        char name[24];

        s->settings[k] = *asked;
        s->settings[k].step = 0.0;
        bci_format(name, sizeof name, "%d", first + k);
        st = bc_numbers_depth_named(name, &s->settings[k].depth, err);
        if (!st)
            st = bci_ruler_check(&s->settings[k], err);
    }
    return st;
}

static bc_status run(sweep *s, bc_error *err)
{
    const bc_numbers_settings *one = &s->settings[0];
    const bool is_twice = bci_ruler_needs_data(one);
    const bci_pass_job job = { .work = see,
                               .judge = take,
                               .context = s,
                               .n_threads = s->n_threads,
                               .stop = one->reading.stop,
                               .progress = one->progress,
                               .progress_context = one->context,
                               .pass = is_twice ? 1 : 0,
                               .n_passes = is_twice ? 2 : 1 };
    bc_status st =
        bci_columns_new(s->table, bci_pass_slots(s->n_threads), &one->reading, &s->columns, err);

    if (!st && is_twice)
        st = bci_columns_pass(s->table, one, s->n_threads, 2, &s->columns, err);
    s->sees = !is_twice;
    for (int k = 0; !st && k < s->n_depths; k++) {
        s->reduced[k] = calloc(s->columns.n_columns, sizeof *s->reduced[k]);
        st = s->reduced[k] ? bci_reduced_begin(s->table, &s->settings[k], &s->columns, is_twice,
                                               s->reduced[k], err)
                           : bci_fail(err, BC_E_LIMIT, "out of memory for columns");
    }
    if (!st)
        st = bci_table_begin(s->table, false, err);
    if (!st)
        st = bci_pass_run(s->table, &job, err);
    if (!st && !is_twice)
        st = bci_columns_check(&s->columns, s->table, err);
    for (int k = 0; !st && !is_twice && k < s->n_depths; k++)
        st = bci_reduced_check(s->table, &s->columns, s->reduced[k], err);
    return st;
}

static bc_numbers_cost cost_of(const sweep *s, int k)
{
    bc_numbers_cost cost = { 0 };

    for (size_t i = 0; i < s->columns.n_columns; i++) {
        const bci_reduced *r = &s->reduced[k][i];
        const uint64_t n = r->error.n;

        if (r->why)
            continue;
        bc_error_merge(&cost.error, &r->error);
        cost.packed_bytes += bci_numbers_packed_bytes(&s->settings[k], &r->ruler, n);
        if (n > 0)
            cost.code_bits +=
                (double)n * bc_entropy_bits(r->counts, (size_t)bc_grid_levels(&r->ruler.grid));
        if (n > 0 && r->ruler.scale.gain > 0.0)
            cost.expected_e2 += bci_expected_e2(&s->settings[k], &r->ruler, &r->error);
    }
    return cost;
}

static void tell(const sweep *s, bc_numbers_sweep_result *to)
{
    *to = (bc_numbers_sweep_result){ .input = bci_columns_summary(&s->columns, s->table),
                                     .scale = bci_ruler_scale(&s->settings[0]),
                                     .n_columns = s->columns.n_columns };
    for (size_t i = 0; i < s->columns.n_columns; i++)
        to->n_reduced += !s->reduced[0][i].why;
    for (int k = 0; k < s->n_depths; k++)
        to->costs[k] = cost_of(s, k);
    to->n_numbers = to->costs[0].error.n;
    to->raw_bytes = to->n_numbers * sizeof(double);
}

bc_status bc_numbers_sweep(const char *path, const bc_numbers_settings *settings, int first,
                           int last, bc_numbers_sweep_result *result, bc_error *err)
{
    sweep s = { .n_depths = last - first + 1, .n_threads = bci_thread_count(settings->n_threads) };
    bc_status st;

    if (first < 1 || last < first || last > BC_NUMBERS_MAX_SWEEP)
        return bci_fail(err, BC_E_USAGE, "bits %d to %d: expected 1 to %d, the lower end first",
                        first, last, BC_NUMBERS_MAX_SWEEP);
    if (settings->per == BC_PER_BLOCK)
        return bci_fail(
            err, BC_E_USAGE,
            "`group`: a sweep is about rulers of whole columns, expected column or all");
    st = choose_depths(&s, settings, first, err);
    if (!st)
        st = bci_table_open(path, &settings->format, &settings->reading, &s.table, err);
    if (!st)
        st = run(&s, err);
    if (!st)
        tell(&s, result);
    for (int k = 0; k < s.n_depths; k++)
        bci_reduced_free(s.reduced[k], s.columns.n_columns);
    bci_gathered_free(&s.gathered);
    bci_columns_free(&s.columns);
    bci_table_free(s.table);
    return st;
}
