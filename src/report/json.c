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

/* The object of a row of a table; borrowed. */
static json_t *row_of(json_t *root, const char *table, size_t row)
{
    json_t *rows = json_object_get(root, table);

    if (!rows) {
        rows = json_array();
        if (json_object_set_new(root, table, rows) != 0)
            return NULL;
    }
    if (json_array_size(rows) < row && json_array_append_new(rows, json_object()) != 0)
        return NULL;
    return json_array_get(rows, row - 1);
}

/* Put a value into a row; "a.b" is b of the object a in it. */
static bool put_in_row(json_t *row, const char *key, json_t *value)
{
    for (const char *dot; row && (dot = strchr(key, '.')); key = dot + 1) {
        char name[32];

        snprintf(name, sizeof name, "%.*s", (int)(dot - key), key);
        row = section_of(row, name);
    }
    return json_object_set_new(row, key, value) == 0;
}

/* Rows that are made when they are written. */
static bool put_made_rows(json_t *root, const bc_report *r)
{
    bc_report *row = NULL;
    bool ok = r->made.n == 0 || bc_report_new(&row, NULL) == BC_OK;

    for (size_t i = 0; ok && i < r->made.n; i++) {
        bci_report_make_row(r, i, row);
        json_t *to = row_of(root, r->made.table, i + 1);

        for (size_t k = 0; ok && k < row->n; k++)
            ok = to && put_in_row(to, row->facts[k].key, value_of(&row->facts[k]));
        ok = ok && !row->is_short_of_memory;
    }
    bc_report_free(row);
    return ok;
}

bc_status bc_report_json(const bc_report *r, char **out, bc_error *err)
{
    errno = 0;
    json_t *root = json_pack("{s:s}", "schema", "bitcrush-report/2");
    bool ok = root && !r->is_short_of_memory;
    char *text = NULL;

    for (size_t i = 0; ok && i < r->n; i++) {
        const bci_fact *f = &r->facts[i];
        json_t *section = f->row ? row_of(root, f->section, f->row) : section_of(root, f->section);

        ok = section && (f->row ? put_in_row(section, f->key, value_of(f))
                                : json_object_set_new(section, f->key, value_of(f)) == 0);
    }
    ok = ok && put_made_rows(root, r);
    if (ok)
        text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
    /* A string without memory looks like one that is no UTF-8 to jansson's callers. */
    const bool is_short = errno == ENOMEM;

    json_decref(root);
    if (!text || is_short) {
        free(text);
        return bci_fail(err, BC_E_LIMIT, "report: out of memory");
    }
    *out = text;
    return BC_OK;
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
