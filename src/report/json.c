/* Knows the report for programs: schema "bitcrush-report/2", through jansson. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "report/facts.h"

#ifdef BCI_WITH_JSON
#include <jansson.h>

static json_t *value_of(const bci_fact *f)
{
    switch (f->type) {
    case BCI_NUMBER:
        return isinf(f->number) ? json_string(f->number > 0 ? "inf" : "-inf")
                                : json_real(f->number);
    case BCI_INTEGER: {
        char digits[24]; /* jansson's integers are signed: a larger one, a seed, becomes text */

        if (f->integer <= INT64_MAX)
            return json_integer((json_int_t)f->integer);
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)f->integer);
        return json_string(digits);
    }
    case BCI_FLAG: return json_boolean(f->integer);
    case BCI_STRING: {
        json_t *text = json_string(f->string);

        return text ? text : json_string("(not UTF-8)");
    }
    }
    return NULL;
}

/* The object of a section, made when it is first named; borrowed. */
static json_t *section_of(json_t *root, const char *name)
{
    json_t *section = *name ? json_object_get(root, name) : root;

    if (!section) {
        section = json_object();
        if (json_object_set_new(root, name, section) != 0)
            return NULL;
    }
    return section;
}

/* Put a value into a row; "a.b" is b of the object a in it. */
static bool put_in_row(json_t *row, const bci_fact *f)
{
    const char *key = f->key;

    for (const char *dot; row && (dot = strchr(key, '.')); key = dot + 1) {
        char name[32];

        snprintf(name, sizeof name, "%.*s", (int)(dot - key), key);
        row = section_of(row, name);
    }
    return json_object_set_new(row, key, value_of(f)) == 0;
}

/* ---- as text, piece by piece: a tree of all rows would take several times their room */

static int put(const char *text, size_t n, void *to)
{
    bci_put(to, text, n);
    return 0;
}

/* A report on its way to a text. */
typedef struct {
    bci_buffer text, piece;
    size_t most, trees; /* bytes that all of it may take; that trees take now */
    size_t refused;     /* that all of it would have taken, where that was too much; or 0 */
    bool ok;
} writer;

/* About what jansson takes for facts, each with a place in an object. */
static size_t tree_size(const bci_fact *facts, size_t n)
{
    enum { PLACE = 160 };
    size_t size = n * PLACE;

    for (size_t i = 0; i < n; i++)
        if (facts[i].type == BCI_STRING)
            size += strlen(facts[i].string);
    return size;
}

/* What is left for a buffer beside trees and the other one; 1: nothing, for 0 is any. */
static size_t room_beside(const writer *w, const bci_buffer *other)
{
    const size_t taken = w->trees + other->room;

    return taken < w->most ? w->most - taken : 1;
}

/* n bytes more are too many. */
static void refuse(writer *w, size_t n)
{
    if (w->refused == 0)
        w->refused = n + w->trees + w->text.room + w->piece.room;
    w->ok = false;
}

static void put_text(writer *w, const char *text, size_t n)
{
    w->text.most = room_beside(w, &w->piece);
    bci_put(&w->text, text, n);
    if (w->text.refused)
        refuse(w, w->text.refused);
}

/* Trees are to take so many bytes more, if there is room. */
static bool take_tree(writer *w, size_t n)
{
    if (n + w->trees + w->text.room + w->piece.room > w->most) {
        refuse(w, n);
        return false;
    }
    w->trees += n;
    return true;
}

/* Write an object of one member without its brackets, `before` bytes at its beginning and `behind`
 * at its end. */
static void put_member(writer *w, const json_t *object, size_t before, size_t behind)
{
    w->piece.n = 0;
    w->piece.most = room_beside(w, &w->text);
    w->ok =
        w->ok &&
        json_dump_callback(object, put, &w->piece,
                           JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12)) == 0 &&
        !w->piece.is_short_of_memory;
    if (w->piece.refused)
        refuse(w, w->piece.refused);
    if (w->ok)
        put_text(w, w->piece.text + before, w->piece.n - before - behind);
}

/* A row behind n others, whose facts are `facts`. */
static void put_row(writer *w, const char *table, size_t n, const bci_fact *facts, size_t n_facts)
{
    static const char end[] = "\n  ]\n}";
    const size_t head = strlen("{\n  \"\": [") + strlen(table), size = tree_size(facts, n_facts);

    if (!take_tree(w, size))
        return;
    json_t *row = json_object(), *object = json_pack("{s:[O]}", table, row);

    for (size_t i = 0; w->ok && i < n_facts; i++)
        w->ok = put_in_row(row, &facts[i]);
    w->ok = w->ok && object;
    if (n)
        put_text(w, ",", 1);
    if (w->ok)
        put_member(w, object, n ? head : 1, sizeof end - 1);
    json_decref(row);
    json_decref(object);
    w->trees -= size;
}

/* Rows of the table that are made when they are written. */
static void put_made_rows(writer *w, const bc_report *r)
{
    bc_report *row = NULL;

    w->ok = w->ok && (r->made.n == 0 || bc_report_new(&row, NULL) == BC_OK);
    for (size_t i = 0; w->ok && i < r->made.n; i++) {
        bci_report_make_row(r, i, row);
        w->ok = !row->is_short_of_memory;
        put_row(w, r->made.table, i, row->facts, row->n);
    }
    bc_report_free(row);
}

static bool is_row_of(const bci_fact *f, const char *table)
{
    return f->row && strcmp(f->section, table) == 0;
}

static void put_table(writer *w, const bc_report *r, const char *table)
{
    size_t n_rows = 0;

    for (size_t i = 0, n = 1; w->ok && i < r->n; i += n, n = 1) {
        if (!is_row_of(&r->facts[i], table))
            continue;
        while (i + n < r->n && is_row_of(&r->facts[i + n], table) &&
               r->facts[i + n].row == r->facts[i].row)
            n++;
        put_row(w, table, n_rows++, &r->facts[i], n);
    }
    if (n_rows == 0)
        put_made_rows(w, r);
    put_text(w, "\n  ]", 4);
}

/* All but rows, with null for tables. */
static json_t *tree_of(const bc_report *r)
{
    json_t *root = json_pack("{s:s}", "schema", "bitcrush-report/2");
    bool ok = root;

    for (size_t i = 0; ok && i < r->n; i++) {
        const bci_fact *f = &r->facts[i];
        json_t *section = f->row ? NULL : section_of(root, f->section);

        if (f->row)
            ok = json_object_get(root, f->section) ||
                 json_object_set_new(root, f->section, json_null()) == 0;
        else
            ok = section && json_object_set_new(section, f->key, value_of(f)) == 0;
    }
    if (ok && r->made.n)
        ok = json_object_set_new(root, r->made.table, json_null()) == 0;
    if (ok)
        return root;
    json_decref(root);
    return NULL;
}

/* Of all but rows. */
static size_t size_of_tree(const bc_report *r)
{
    size_t size = 0;

    for (size_t i = 0; i < r->n; i++)
        size += r->facts[i].row ? 0 : tree_size(&r->facts[i], 1);
    return size;
}

bc_status bc_report_json(const bc_report *r, char **out, bc_error *err)
{
    errno = 0;
    writer w = { .text = bci_report_buffer(r), .ok = true };
    json_t *root = NULL, *value;
    const char *key, *before = "{";

    w.most = w.text.most;
    if (take_tree(&w, size_of_tree(r)))
        root = tree_of(r);
    w.ok = root;
    if (root)
        json_object_foreach(root, key, value)
        {
            json_t *member = json_is_null(value) ? NULL : json_pack("{s:O}", key, value);

            put_text(&w, before, 1);
            before = ",";
            if (json_is_null(value))
                put_table(&w, r, key);
            else if (member)
                put_member(&w, member, 1, 2);
            w.ok = w.ok && (member || json_is_null(value));
            json_decref(member);
        }
    put_text(&w, "\n}", 2);
    w.text.refused = w.refused;
    free(w.piece.text);
    json_decref(root);
    /* A string without memory looks like one that is no UTF-8 to jansson's callers. */
    w.text.is_short_of_memory = w.text.is_short_of_memory || !w.ok || errno == ENOMEM;
    return bci_report_take(r, &w.text, out, err);
}
#else
bc_status bc_report_json(const bc_report *r, char **out, bc_error *err)
{
    (void)r;
    (void)out;
    return bci_fail(err, BC_E_UNSUPPORTED,
                    "report: this build has no JSON, expected one with "
                    "jansson");
}
#endif
