/* Knows how a table of numbers is reduced: ends first, then marks instead of numbers, all else as
 * it was. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/sink.h"
#include "base/threads.h"
#include "medium/shared_settings.h"
#include "numbers/gather.h"
#include "numbers/outcome.h"

bc_numbers_settings bc_numbers_settings_default(void)
{
    bc_numbers_settings s = { .percent = BCI_USUAL_PERCENT,
                              .per = BC_PER_CHANNEL,
                              .seed = BC_DEFAULT_SEED,
                              .min_snr_db = NAN };
    const bc_status st = bc_numbers_depth_named("8", &s.depth, NULL);

    (void)st;
    return s;
}

/* A column of the batch in a slot. */
typedef struct {
    size_t n, next; /* numbers, and the one to be written */
    bc_error_sums error;
    uint64_t n_saturated, packed_bits;
} slot_column;

/* What one slot works with. */
typedef struct {
    bci_gathered gathered;
    slot_column *columns;
    double *y;      /* [n_columns][rows], of each column as many as it has numbers */
    int32_t *codes; /* the same */
    size_t cell_room;
    char *text;
    size_t n_text, text_room;
} slot_buffers;

typedef struct {
    const bc_numbers_settings *settings;
    bci_table *table;
    size_t n_columns;
    int n_threads;
    bool is_measured, sees; /* columns are looked at on the way */
    bool has_runs;
    bci_laying laying; /* of runs */
    bci_columns columns;
    bci_reduced *reduced;
    slot_buffers slots[BCI_MAX_SLOTS];
    bci_sink *sink;
} reduction;

/* ---- a batch */

static bc_status make_room(const reduction *r, const bci_batch *b, slot_buffers *s, bc_error *err)
{
    const size_t cells = b->n_rows * r->n_columns + 1;
    const size_t text = b->n_text + cells * BCI_MARK_ROOM + BCI_MARK_ROOM;

    if (cells > s->cell_room) {
        free(s->y);
        free(s->codes);
        s->y = malloc(cells * sizeof *s->y);
        s->codes = malloc(cells * sizeof *s->codes);
        s->cell_room = s->y && s->codes ? cells : 0;
    }
    if (text > s->text_room) {
        free(s->text);
        s->text = malloc(text);
        s->text_room = s->text ? text : 0;
    }
    if (cells <= s->cell_room && text <= s->text_room)
        return BC_OK;
    return bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_table_name(r->table));
}

static bc_status round_column(const reduction *r, bci_batch *b, slot_buffers *s, size_t i,
                              bc_error *err)
{
    const bci_reduced *column = &r->reduced[i];
    bci_gathered *g = &s->gathered;
    bc_status st = bci_gather(r->table, r->settings, b, i, column->stream, g, err);

    s->columns[i] = (slot_column){ 0 };
    if (!st && r->has_runs)
        st = bci_gathered_lay(r->table, r->settings, b, i, g, &s->columns[i].error, err);
    else if (!st)
        st = bci_gathered_round(r->table, r->settings, b, i, &column->ruler, g, err);
    if (st)
        return st;
    s->columns[i].n = g->n;
    s->columns[i].n_saturated = g->n_saturated;
    if (r->has_runs && g->n > 0)
        s->columns[i].packed_bits = bci_laid_bits(&r->laying, g->n);
    if (r->is_measured)
        bci_gathered_measure(g, r->has_runs ? NULL : &column->ruler, &s->columns[i].error);
    memcpy(s->y + i * b->n_rows, g->y, g->n * sizeof *g->y);
    memcpy(s->codes + i * b->n_rows, g->codes, g->n * sizeof *g->codes);
    return BC_OK;
}

/* Marks with a comma stand in quotes where commas part cells: is the cell in quotes already? */
static bool is_in_quotes(const bci_batch *b, const bci_table_cell *cell)
{
    uint32_t at = cell->start;

    while (at > 0 && (b->text[at - 1] == ' ' || b->text[at - 1] == '\t'))
        at--;
    return at > 0 && b->text[at - 1] == '"';
}

static char *in_quotes(char *mark, char *end, char point)
{
    const size_t n = (size_t)(end - mark);

    if (!memchr(mark, point, n))
        return end;
    memmove(mark + 1, mark, n);
    mark[0] = mark[n + 1] = '"';
    return mark + n + 2;
}

/* The mark of a number, at `to`; returns what follows it. */
static char *put_mark(const reduction *r, const slot_buffers *s, size_t i, size_t at, char *to)
{
    const bci_ruler *ruler = &r->reduced[i].ruler;

    if (ruler->texts) { /* all of its room at once, which takes no loop */
        const char *text = ruler->texts[s->codes[at] - ruler->grid.lo];

        memcpy(to, text, BCI_MARK_ROOM);
        return to + text[BCI_MARK_LENGTH];
    }
    return to + bci_ruler_spell(ruler, r->settings->codes, s->codes[at], s->y[at],
                                bci_table_dialect(r->table)->point, to);
}

/* The text of the batch with marks in place of numbers. */
static void write_text(const reduction *r, const bci_batch *b, slot_buffers *s)
{
    const bci_dialect *d = bci_table_dialect(r->table);
    const bool needs_quotes = d->separator == d->point;
    const bci_table_cell *cell = b->cells;
    const char *from = b->text;
    char *to = s->text;

    for (size_t row = 0; row < b->n_rows; row++)
        for (size_t i = 0; i < r->n_columns; i++, cell++) {
            if (r->reduced[i].why || cell->kind != BCI_CELL_NUMBER)
                continue;
            const size_t gap = (size_t)(b->text + cell->start - from);

            if (gap == 1)
                *to = *from;
            else
                memcpy(to, from, gap);
            to += gap;

            char *end = put_mark(r, s, i, i * b->n_rows + s->columns[i].next++, to);

            to = needs_quotes && !is_in_quotes(b, cell) ? in_quotes(to, end, d->point) : end;
            from = b->text + cell->start + cell->length;
        }
    const size_t rest = (size_t)(b->text + b->n_text - from);

    memcpy(to, from, rest);
    s->n_text = (size_t)(to - s->text) + rest;
}

static bc_status reduce_batch(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    reduction *r = context;
    slot_buffers *s = &r->slots[slot];
    bc_status st = make_room(r, b, s, err);

    if (!st && r->sees)
        bci_columns_see(&r->columns, b, slot);
    for (size_t i = 0; !st && i < r->n_columns; i++)
        if (!r->reduced[i].why)
            st = round_column(r, b, s, i, err);
    if (!st)
        write_text(r, b, s);
    return st;
}

static bc_status judge_batch(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    reduction *r = context;
    const slot_buffers *s = &r->slots[slot];

    (void)err;
    if (r->sees)
        bci_columns_take(&r->columns, b, slot);
    for (size_t i = 0; i < r->n_columns; i++) {
        bci_reduced *column = &r->reduced[i];
        const int32_t *codes = s->codes + i * b->n_rows;

        if (column->why)
            continue;
        bc_error_merge(&column->error, &s->columns[i].error);
        column->n_saturated += s->columns[i].n_saturated;
        column->packed_bits += s->columns[i].packed_bits;
        for (size_t k = 0; column->counts && k < s->columns[i].n; k++)
            column->counts[codes[k] - column->ruler.grid.lo]++;
    }
    return BC_OK;
}

static bc_status write_batch(void *context, unsigned slot, bc_error *err)
{
    reduction *r = context;
    const slot_buffers *s = &r->slots[slot];

    return bci_sink_write(r->sink, s->text, s->n_text, err);
}

/* ---- all of them */

static bc_status allocate(reduction *r, bc_error *err)
{
    const unsigned n_slots = bci_pass_slots(r->n_threads);
    const size_t n = r->n_columns;
    const size_t a_column =
        n_slots * sizeof(slot_column) + sizeof(bci_reduced) + sizeof(bc_numbers_outcome);
    uint64_t memory = 0;
    const bc_status st =
        bci_take_memory(&r->settings->reading, &memory, n, a_column, bci_table_name(r->table), err);

    if (st)
        return st;
    bool ok = (r->reduced = calloc(n, sizeof *r->reduced)) != NULL;

    for (unsigned i = 0; ok && i < n_slots; i++)
        ok = (r->slots[i].columns = calloc(n, sizeof(slot_column))) != NULL;
    if (!ok)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_table_name(r->table));
    return bci_columns_new(r->table, n_slots, &r->settings->reading, &r->columns, err);
}

static void reduction_free(reduction *r)
{
    for (unsigned i = 0; i < BCI_MAX_SLOTS; i++) {
        slot_buffers *s = &r->slots[i];

        bci_gathered_free(&s->gathered);
        free(s->y);
        free(s->codes);
        free(s->columns);
        free(s->text);
    }
    bci_reduced_free(r->reduced, r->n_columns);
    bci_columns_free(&r->columns);
    bci_sink_free(r->sink);
    bci_table_free(r->table);
}

/* Texts of marks, of all columns together no more than some megabytes. */
static bc_status write_marks(reduction *r, bc_error *err)
{
    enum { MOST = 1 << 18 };
    const char point = bci_table_dialect(r->table)->point;
    uint64_t n = 0;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < r->n_columns; i++) {
        n += r->reduced[i].why ? 0 : bc_grid_levels(&r->reduced[i].ruler.grid);
        if (!r->reduced[i].why && n <= MOST)
            st = bci_ruler_write_texts(&r->reduced[i].ruler, r->settings->codes, point, err);
    }
    return st;
}

static bc_status run(reduction *r, const char *out, bc_error *err)
{
    const bc_numbers_settings *s = r->settings;
    const bool is_twice = bci_ruler_needs_data(s);
    const bci_pass_job job = { .work = reduce_batch,
                               .judge = judge_batch,
                               .write = write_batch,
                               .context = r,
                               .n_threads = r->n_threads,
                               .stop = s->reading.stop,
                               .progress = s->progress,
                               .progress_context = s->context,
                               .pass = is_twice ? 1 : 0,
                               .n_passes = is_twice ? 2 : 1 };
    bc_status st = bci_sink_open(s->dry_run ? NULL : out, s->force, &r->sink, err);

    if (!st && is_twice)
        st = bci_columns_pass(r->table, s, r->n_threads, 2, &r->columns, err);
    r->sees = !is_twice;
    if (!st)
        st = bci_reduced_begin(r->table, s, &r->columns, is_twice, r->reduced, err);
    if (!st && !r->has_runs)
        st = write_marks(r, err);
    if (!st)
        st = bci_table_begin(r->table, false, err);
    if (!st)
        st = bci_pass_run(r->table, &job, err);
    if (!st && !is_twice)
        st = bci_columns_check(&r->columns, r->table, err);
    return !st && !is_twice ? bci_reduced_check(r->table, &r->columns, r->reduced, err) : st;
}

static void add_column(bc_numbers_result *to, const bc_numbers_settings *s, const bci_ruler *ruler,
                       const bc_numbers_outcome *o, double *expected_e2, double *code_bits)
{
    const uint64_t n = o->raw_bytes / sizeof(double);

    to->n_text += o->cells.n_text;
    to->n_empty += o->cells.n_empty;
    to->n_nonfinite += o->cells.n_nonfinite;
    if (o->why)
        return;
    to->n_reduced++;
    bc_error_merge(&to->error, &o->error);
    to->n_saturated += o->n_saturated;
    to->raw_bytes += o->raw_bytes;
    to->packed_bytes += o->packed_bytes;
    *code_bits += n > 0 ? (double)n * o->entropy_bits : 0.0;
    /* A column without steps, whose numbers all are equal, has no error. */
    if (o->scale.gain > 0.0 && o->error.n > 0)
        *expected_e2 += bci_expected_e2(s, ruler, &o->error);
}

static bc_status tell(const reduction *r, bc_numbers_result *to, bc_error *err)
{
    const bc_numbers_settings *s = r->settings;
    double expected_e2 = 0.0, code_bits = 0.0;
    bc_status st = BC_OK;

    to->columns = calloc(r->n_columns, sizeof *to->columns);
    if (!to->columns)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_table_name(r->table));
    for (size_t i = 0; !st && i < r->n_columns; i++) {
        st = bci_reduced_tell(r->reduced, r->table, s, &r->columns, i, &to->columns[i], err);
        to->n_columns = i + 1;
        if (!st)
            add_column(to, s, &r->reduced[i].ruler, &to->columns[i], &expected_e2, &code_bits);
    }
    to->input = bci_columns_summary(&r->columns, r->table);
    to->scale = bci_ruler_scale(s);
    to->noise = s->noise ? s->noise : bc_noise_find("none");
    to->output_size_bytes = bci_sink_size(r->sink);
    to->entropy_bits =
        to->raw_bytes > 0 ? code_bits / (double)(to->raw_bytes / sizeof(double)) : NAN;
    to->theory_snr_db = bci_expected_snr_db(bc_error_x2(&to->error), expected_e2);
    return st;
}

bc_status bc_numbers_reduce(const char *in, const char *out, const bc_numbers_settings *settings,
                            bc_numbers_result *result, bc_error *err)
{
    const double start = bci_now_s();
    reduction r = { .settings = settings,
                    .n_threads = bci_thread_count(settings->n_threads),
                    .has_runs = bci_numbers_have_runs(settings),
                    .laying = bci_numbers_laying(settings),
                    .is_measured = !settings->skip_quality || !isnan(settings->min_snr_db) };
    bc_numbers_result made = { 0 };
    bc_status st = bci_ruler_check(settings, err);

    if (!st && !settings->dry_run)
        st = bci_sink_check(out, settings->force, err);
    if (!st)
        st = bci_table_open(in, &settings->format, &settings->reading, &r.table, err);
    if (!st) {
        r.n_columns = bci_table_n_columns(r.table);
        st = allocate(&r, err);
    }
    if (!st)
        st = run(&r, out, err);
    if (!st)
        st = tell(&r, &made, err);
    if (!st) {
        made.n_threads = r.n_threads;
        made.cpu_level = bc_cpu_level();
        st = bc_error_gate(
            &made.error, settings->nonfinite == BC_NONFINITE_KEEP ? 0 : made.n_nonfinite,
            settings->min_snr_db, bci_table_name(r.table), "SNR", "; no output written", err);
        if (!st)
            st = bci_sink_commit(r.sink, err);
        made.time_s = bci_now_s() - start;
    }
    if (!st || st == BC_E_QUALITY)
        *result = made;
    else
        bc_numbers_result_free(&made);
    reduction_free(&r);
    return st;
}

void bc_numbers_result_free(bc_numbers_result *r)
{
    for (size_t i = 0; i < r->n_columns; i++)
        free(r->columns[i].cells.name);
    free(r->columns);
    r->columns = NULL;
    r->n_columns = 0;
}
