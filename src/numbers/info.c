/* Knows what can be seen of columns without reducing them: how many values there are, and whether
 * they lie a step apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/threads.h"
#include "numbers/columns.h"

enum { SLOTS = 2 * BC_NUMBERS_DISTINCT, MOST_PLACES = 22 };

/* Values that were seen: a table of hashes, of which half may be taken. */
typedef struct {
    double values[SLOTS];
    bool is_taken[SLOTS];
    size_t n;
} distinct;

/* Numbers as whole ones of 10^-places, and the largest step that takes the first to all others. */
typedef struct {
    bool is_any, has_none;
    int places;
    int64_t first, low, high, step;
} lattice;

typedef struct {
    bci_table *table;
    bci_columns columns;
    distinct *values; /* [n_columns] */
    lattice *lattices;
} looking;

/* Add a value; false where it was there, or where there are too many. */
static bool add_distinct(distinct *d, double v)
{
    uint64_t bits;
    const double plain = v + 0.0; /* 0 and -0 are one */

    memcpy(&bits, &plain, sizeof bits);
    size_t at = (size_t)((bits * UINT64_C(0x9E3779B97F4A7C15)) >> 51) % SLOTS;

    while (d->is_taken[at] && d->values[at] != plain)
        at = (at + 1) % SLOTS;
    if (d->is_taken[at])
        return false;
    if (d->n <= BC_NUMBERS_DISTINCT)
        d->n++;
    if (d->n <= BC_NUMBERS_DISTINCT) {
        d->values[at] = plain;
        d->is_taken[at] = true;
    }
    return true;
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* v * 10^n, or *fits false past 2^53, where doubles have gaps. */
static int64_t times_ten(int64_t v, int n, bool *fits)
{
    for (; n > 0 && *fits; n--) {
        v *= 10;
        *fits = v >= -(INT64_C(1) << 53) && v <= INT64_C(1) << 53;
    }
    return v;
}

static void add_to_lattice(lattice *l, double v)
{
    int power;
    const uint64_t w = bci_shortest_decimal(v, &power);
    const int places = power < 0 ? -power : 0, more = places - l->places;
    bool fits = w <= UINT64_C(1) << 53 && places <= MOST_PLACES && power <= MOST_PLACES;
    int64_t x = fits ? (v < 0 ? -(int64_t)w : (int64_t)w) : 0;

    if (l->has_none)
        return;
    if (more > 0) {
        l->first = times_ten(l->first, more, &fits);
        l->low = times_ten(l->low, more, &fits);
        l->high = times_ten(l->high, more, &fits);
        l->step = times_ten(l->step, more, &fits);
        l->places = places;
    }
    x = times_ten(x, l->places + power, &fits);
    if (!fits) {
        l->has_none = true;
        return;
    }
    if (!l->is_any)
        l->first = l->low = l->high = x;
    l->is_any = true;
    l->low = x < l->low ? x : l->low;
    l->high = x > l->high ? x : l->high;
    l->step = gcd(l->step, x > l->first ? x - l->first : l->first - x);
}

static bc_status see(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    looking *k = context;

    (void)err;
    bci_columns_see(&k->columns, b, slot);
    return BC_OK;
}

static bc_status take(void *context, bci_batch *b, unsigned slot, bc_error *err)
{
    looking *k = context;
    const size_t n = k->columns.n_columns;

    (void)err;
    bci_columns_take(&k->columns, b, slot);
    for (size_t i = 0; i < n; i++)
        for (size_t row = 0; row < b->n_rows; row++) {
            const bci_table_cell *cell = &b->cells[row * n + i];

            if (cell->kind == BCI_CELL_NUMBER && add_distinct(&k->values[i], cell->value))
                add_to_lattice(&k->lattices[i], cell->value);
        }
    return BC_OK;
}

static bc_status tell(const looking *k, bc_numbers_info *to, bc_error *err)
{
    bc_status st = bci_columns_check(&k->columns, k->table, err);

    to->columns = calloc(k->columns.n_columns, sizeof *to->columns);
    if (!st && !to->columns)
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_table_name(k->table));
    for (size_t i = 0; !st && i < k->columns.n_columns; i++) {
        bc_numbers_column_info *c = &to->columns[i];
        const lattice *l = &k->lattices[i];

        st = bci_column_describe(&k->columns, i, k->table, &c->cells, err);
        to->n_columns = i + 1;
        c->n_distinct = k->values[i].n;
        if (l->has_none || l->step == 0)
            continue;
        c->step = bci_double_of_digits((uint64_t)l->step, -l->places);
        c->levels = (uint64_t)((l->high - l->low) / l->step) + 1;
        while (c->used_bits < 63 && UINT64_C(1) << c->used_bits < c->levels)
            c->used_bits++;
    }
    to->file = bci_columns_summary(&k->columns, k->table);
    return st;
}

static bc_status begin(looking *k, unsigned n_slots, const bc_reading *reading, bc_error *err)
{
    const size_t n = bci_table_n_columns(k->table);
    uint64_t memory = 0;
    bc_status st = bci_take_memory(reading, &memory, n, sizeof *k->values + sizeof *k->lattices,
                                   bci_table_name(k->table), err);

    if (!st)
        st = bci_columns_new(k->table, n_slots, reading, &k->columns, err);
    if (st)
        return st;
    k->values = calloc(n, sizeof *k->values);
    k->lattices = calloc(n, sizeof *k->lattices);
    if (!k->values || !k->lattices)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu column(s)",
                        bci_table_name(k->table), n);
    return bci_table_begin(k->table, false, err);
}

bc_status bc_numbers_get_info(const char *path, const bc_numbers_format *format,
                              const bc_reading *reading, bc_numbers_info *out, bc_error *err)
{
    static const bc_numbers_format any = { 0 };
    looking k = { 0 };
    bc_numbers_info made = { 0 };
    const bci_pass_job job = { .work = see,
                               .judge = take,
                               .context = &k,
                               .n_threads = bci_thread_count(0),
                               .stop = reading ? reading->stop : NULL,
                               .n_passes = 1 };
    bc_status st = bci_table_open(path, format ? format : &any, reading, &k.table, err);

    if (!st)
        st = begin(&k, bci_pass_slots(job.n_threads), reading, err);
    if (!st)
        st = bci_pass_run(k.table, &job, err);
    if (!st)
        st = tell(&k, &made, err);
    if (!st)
        *out = made;
    else
        bc_numbers_info_free(&made);
    free(k.values);
    free(k.lattices);
    bci_columns_free(&k.columns);
    bci_table_free(k.table);
    return st;
}

void bc_numbers_info_free(bc_numbers_info *i)
{
    for (size_t k = 0; k < i->n_columns; k++)
        free(i->columns[k].cells.name);
    free(i->columns);
    i->columns = NULL;
    i->n_columns = 0;
}
