/* Knows which columns are reduced, on which ruler each, and what is told of them at the end. */
#include "numbers/outcome.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"

/* What was seen of a column, with zeros for what counts as 0. */
static bci_seen seen_with_zeros(const bci_seen *seen, const bc_numbers_settings *settings)
{
    bci_seen s = *seen;

    if (settings->nonfinite != BC_NONFINITE_ZERO || s.n_nonfinite == 0)
        return s;
    s.n_numbers += s.n_nonfinite;
    s.min = fmin(s.min, 0.0);
    s.max = fmax(s.max, 0.0);
    return s;
}

/* What was seen of all columns that are reduced, as if they were one. */
static bci_seen seen_of_all(const bci_columns *c, const bc_numbers_settings *settings,
                            const bci_reduced *reduced)
{
    bci_seen all = { .min = INFINITY, .max = -INFINITY };

    for (size_t i = 0; i < c->n_columns; i++) {
        const bci_seen s = seen_with_zeros(&c->seen[i], settings);

        if (reduced[i].why)
            continue;
        all.n_numbers += s.n_numbers;
        all.min = fmin(s.min, all.min);
        all.max = fmax(s.max, all.max);
        all.sum_size += s.sum_size;
    }
    return all;
}

static uint32_t stream_of(const bci_table *t, size_t column)
{
    /* Columns of one name, and of other data, have other noise. */
    const uint64_t place = (uint64_t)(column + 1) * UINT64_C(0x9E3779B97F4A7C15);

    return bc_noise_stream(bci_table_column(t, column), bci_table_history(t) ^ place);
}

bc_status bci_reduced_check(const bci_table *t, const bci_columns *c, bci_reduced *reduced,
                            bc_error *err)
{
    size_t n_reduced = 0, n_left_out = 0; /* of numbers */

    for (size_t i = 0; i < c->n_columns; i++) {
        const bci_seen *s = &c->seen[i];

        n_left_out += reduced[i].why && s->n_numbers + s->n_nonfinite > 0;
        if (!reduced[i].why && s->n_numbers + s->n_nonfinite == 0)
            reduced[i].why = "no numbers";
        n_reduced += !reduced[i].why;
    }
    if (n_reduced > 0)
        return BC_OK;
    if (n_left_out > 0)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: `include` and `exclude` leave out every column of "
                        "numbers, expected one to reduce",
                        bci_table_name(t));
    return bci_fail(err, BC_E_UNSUPPORTED,
                    "%s: has %zu column(s), none of which has numbers to reduce, expected one",
                    bci_table_name(t), c->n_columns);
}

static bc_status count_codes(const bci_table *t, const bc_numbers_settings *s, bci_reduced *r,
                             uint64_t *memory, bc_error *err)
{
    const bci_laying l = { .blocks = s->depth.blocks, .grid = r->ruler.grid };
    const size_t n = bci_laid_levels(&l);
    bc_status st;

    if (n == 0)
        return BC_OK;
    st = bci_take_memory(&s->reading, memory, n, sizeof *r->counts, bci_table_name(t), err);
    r->n_counts = n;
    if (!st && !(r->counts = calloc(n, sizeof *r->counts)))
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_table_name(t));
    return st;
}

/* Say of which column a sentence is. */
static bc_status of_column(const bci_table *t, size_t column, bc_error *err)
{
    char said[sizeof err->text];

    if (!err)
        return BC_E_FORMAT;
    snprintf(said, sizeof said, "%s", err->text);
    return bci_fail(err, BC_E_FORMAT, "%s: %s%s: %s", bci_table_name(t),
                    bci_table_is_named(t) ? "column " : "",
                    bci_show_name(bci_table_column(t, column)).text, said);
}

bc_status bci_reduced_begin(const bci_table *t, const bc_numbers_settings *s, const bci_columns *c,
                            bool is_seen, bci_reduced *reduced, bc_error *err)
{
    const size_t n = c->n_columns;
    const char **why = calloc(n, sizeof *why);
    uint64_t memory = 0;
    bc_status st = why ? bci_columns_choose(t, s, why, err)
                       : bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_table_name(t));

    for (size_t i = 0; !st && i < n; i++)
        reduced[i].why = why[i];
    free(why);
    if (!st && is_seen)
        st = bci_reduced_check(t, c, reduced, err);
    const bci_seen all = st ? (bci_seen){ 0 } : seen_of_all(c, s, reduced);

    for (size_t i = 0; !st && i < n; i++) {
        const bci_seen own = seen_with_zeros(&c->seen[i], s);

        if (reduced[i].why)
            continue;
        reduced[i].stream = stream_of(t, i);
        if (bci_numbers_have_runs(s)) /* each has a ruler of its own on the grid */
            reduced[i].ruler.grid = s->depth.grid;
        else
            st = bci_ruler_lay(s, s->per == BC_PER_WHOLE ? &all : &own, &reduced[i].ruler, err);
        if (st == BC_E_FORMAT)
            st = of_column(t, i, err);
        if (!st)
            st = count_codes(t, s, &reduced[i], &memory, err);
    }
    return st;
}

uint64_t bci_numbers_packed_bytes(const bc_numbers_settings *s, const bci_ruler *r, uint64_t n)
{
    bci_laying l = bci_numbers_laying(s);

    l.grid = r->grid;
    l.scale = r->is_fitted ? l.scale : BC_SCALE_FULL;
    return (bci_laid_bits(&l, (size_t)n) + 7) / 8;
}

double bci_expected_e2(const bc_numbers_settings *s, const bci_ruler *r, const bc_error_sums *e)
{
    const bc_noise *noise = s->noise ? s->noise : bc_noise_find("none");
    const double step = bci_ruler_step(r);

    if (s->rounding != BC_ROUND_NEAREST || e->n == 0 || e->n_lost > 0 || !(step > 0.0) ||
        noise->error_power <= 0.0)
        return NAN;
    return (double)e->n * noise->error_power * step * step;
}

double bci_expected_snr_db(double sum_x2, double expected_e2)
{
    const double ratio = sum_x2 / expected_e2;

    return ratio > 0.0 && ratio <= DBL_MAX ? 10.0 * log10(ratio) : NAN;
}

bc_status bci_reduced_tell(const bci_reduced *reduced, const bci_table *t,
                           const bc_numbers_settings *s, const bci_columns *c, size_t i,
                           bc_numbers_outcome *out, bc_error *err)
{
    const bci_reduced *r = &reduced[i];
    const uint64_t n =
        c->seen[i].n_numbers + (s->nonfinite == BC_NONFINITE_KEEP ? 0 : c->seen[i].n_nonfinite);

    *out = (bc_numbers_outcome){
        .why = r->why, .entropy_bits = NAN, .theory_snr_db = NAN, .low = NAN, .high = NAN
    };
    if (!r->why && bci_numbers_have_runs(s)) {
        out->grid = s->depth.grid;
        out->error = r->error;
        out->n_saturated = r->n_saturated;
        out->raw_bytes = n * sizeof(double);
        out->packed_bytes = r->packed_bits / 8 + (r->packed_bits % 8 > 0);
    } else if (!r->why) {
        out->grid = r->ruler.grid;
        out->scale = r->ruler.scale;
        out->step = bci_ruler_step(&r->ruler);
        out->low = r->ruler.low;
        out->high = r->ruler.high;
        out->error = r->error;
        out->n_saturated = r->n_saturated;
        out->theory_snr_db =
            bci_expected_snr_db(bc_error_x2(&r->error), bci_expected_e2(s, &r->ruler, &r->error));
        out->raw_bytes = n * sizeof(double);
        out->packed_bytes = bci_numbers_packed_bytes(s, &r->ruler, n);
    }
    if (r->counts) {
        out->entropy_bits = bc_entropy_bits(r->counts, r->n_counts);
        out->n_levels_used = bc_levels_used(r->counts, r->n_counts);
    }
    return bci_column_describe(c, i, t, &out->cells, err);
}

void bci_reduced_free(bci_reduced *reduced, size_t n)
{
    for (size_t i = 0; reduced && i < n; i++) {
        bci_ruler_free(&reduced[i].ruler);
        free(reduced[i].counts);
    }
    free(reduced);
}
