/* Knows the facts of a report and how they are collected. */
#include "report/facts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/limits.h"

bc_status bc_report_new(bc_report **out, bc_error *err)
{
    bc_report *r = calloc(1, sizeof *r);

    if (!r)
        return bci_fail(err, BC_E_LIMIT, "report: out of memory");
    *out = r;
    return BC_OK;
}

static void release(bci_fact *f)
{
    if (f->type == BCI_STRING)
        free(f->string);
}

void bc_report_free(bc_report *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++)
        release(&r->facts[i]);
    free(r->facts);
    free(r);
}

void bc_report_limit(bc_report *r, uint64_t max_memory)
{
    r->max_memory = max_memory;
}

void bc_report_taken(bc_report *r, uint64_t n_bytes)
{
    r->n_bytes += n_bytes;
}

/* BC_E_LIMIT when n bytes and the facts take more than they may. */
static bc_status check_room(const bc_report *r, uint64_t n, uint64_t *taken, bc_error *err)
{
    const bc_reading limit = { .max_memory = r->max_memory };

    *taken = r->n_bytes + n;
    return bci_take_memory(&limit, taken, r->room, sizeof *r->facts, "the report", err);
}

bci_buffer bci_report_buffer(const bc_report *r)
{
    const bc_reading limit = { .max_memory = r->max_memory };
    uint64_t taken;
    bci_buffer b = { .most = 1 };

    if (check_room(r, 0, &taken, NULL) == BC_OK)
        b.most += (size_t)(bci_max_memory(&limit) - taken);
    bci_put(&b, "", 0);
    return b;
}

bc_status bci_report_take(const bc_report *r, bci_buffer *b, char **out, bc_error *err)
{
    uint64_t taken;

    if (!b->is_short_of_memory && !r->is_short_of_memory && !r->refused) {
        *out = b->text;
        return BC_OK;
    }
    free(b->text);
    const bc_status st = check_room(r, r->refused ? r->refused : b->refused, &taken, err);

    return st ? st : bci_fail(err, BC_E_LIMIT, "report: out of memory");
}

/* Room for one fact more. */
static bool make_room(bc_report *r)
{
    const size_t room = 2 * r->room + 32, more = (room - r->room) * sizeof *r->facts;
    uint64_t taken;

    if (r->n < r->room)
        return true;
    if (r->refused || check_room(r, more, &taken, NULL)) {
        r->refused = more;
        return false;
    }
    bci_fact *grown = realloc(r->facts, room * sizeof *grown);

    if (!grown) {
        r->is_short_of_memory = true;
        return false;
    }
    r->facts = grown;
    r->room = room;
    return true;
}

static void add(bc_report *r, bci_fact fact)
{
    if (!make_room(r)) {
        release(&fact);
        return;
    }
    if (r->table && strcmp(fact.section, r->table) == 0)
        fact.row = r->row;
    r->facts[r->n++] = fact;
}

void bc_report_row(bc_report *r, const char *table)
{
    r->row = r->table == table ? r->row + 1 : 1;
    r->table = table;
}

void bc_report_rows(bc_report *r, const char *table, size_t n,
                    void (*make)(const void *context, size_t i, bc_report *row),
                    const void *context)
{
    assert(!r->made.make);
    r->made = (bci_made_rows){ table, n, make, context };
}

void bci_report_make_row(const bc_report *r, size_t i, bc_report *row)
{
    for (size_t k = 0; k < row->n; k++)
        release(&row->facts[k]);
    row->n = 0;
    row->n_bytes = 0;
    row->table = NULL;
    bc_report_row(row, r->made.table);
    r->made.make(r->made.context, i, row);
}

void bc_report_number(bc_report *r, const char *section, const char *key, double value)
{
    if (!isnan(value))
        add(r, (bci_fact){ .section = section, .key = key, .type = BCI_NUMBER, .number = value });
}

void bc_report_integer(bc_report *r, const char *section, const char *key, uint64_t value)
{
    add(r, (bci_fact){ .section = section, .key = key, .type = BCI_INTEGER, .integer = value });
}

void bc_report_string(bc_report *r, const char *section, const char *key, const char *value)
{
    char *copy = value ? strdup(value) : NULL;

    r->n_bytes += copy ? strlen(copy) + 1 : 0;
    if (copy)
        add(r, (bci_fact){ .section = section, .key = key, .type = BCI_STRING, .string = copy });
    else if (value)
        r->is_short_of_memory = true;
}

void bc_report_fact_lost(bc_report *r)
{
    r->is_short_of_memory = true;
}

void bc_report_flag(bc_report *r, const char *section, const char *key, bool value)
{
    add(r, (bci_fact){ .section = section, .key = key, .type = BCI_FLAG, .integer = value });
}

const bci_fact *bci_report_find(const bc_report *r, const char *name, size_t length)
{
    const char *dot = memchr(name, '.', length);
    const size_t section = dot ? (size_t)(dot - name) : 0;
    const char *key = dot ? dot + 1 : name;
    const size_t key_length = length - (size_t)(key - name);

    for (size_t i = 0; i < r->n; i++) {
        const bci_fact *f = &r->facts[i];

        if (f->row == 0 && strlen(f->section) == section &&
            strncmp(f->section, name, section) == 0 && strlen(f->key) == key_length &&
            strncmp(f->key, key, key_length) == 0)
            return f;
    }
    return NULL;
}
