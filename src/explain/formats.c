/* Knows the formats of an explanation by name, and the values that they have. */
#include "explain/formats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/lower_case.h"
#include "bitcrush/setting.h"
#include "explain/digits.h"

/* --- by name */

/* The notation that a name may be a slip of, or NULL. One of a family has the digits that were
 * typed. */
static const char *nearest(const char *name, char room[24])
{
    const bc_notation_row *rows;
    const size_t n = bc_notation_rows(&rows), stem = strcspn(name, "0123456789");
    const int digits = (int)strspn(name + stem, "0123456789"), width = digits ? digits : 1;
    char candidate[24], typed[40];
    const char *near = NULL;
    bc_notation found;

    bci_lower_case(name, typed, sizeof typed);
    for (size_t i = 0; i < n; i++) {
        snprintf(candidate, sizeof candidate, "%s%.*s", rows[i].name,
                 rows[i].max_bits == 0 ? 0 : width, name[stem] ? name + stem : "8");
        if (bc_notation_named(candidate, &found, NULL) ||
            bc_nearer_name(near, candidate, typed) != candidate)
            continue;
        near = memcpy(room, candidate, sizeof candidate);
    }
    return near;
}

static bc_status unknown(const char *name, bc_error *err)
{
    char room[24];
    const char *near = nearest(name, room);

    (void)(near ? bci_fail(err, BC_E_USAGE, "%s: unknown format, did you mean %s?", name, near)
                : bci_fail(err, BC_E_USAGE,
                           "%s: unknown format, expected one such as int8, uint4, float16 or e4m3",
                           *name ? name : "\"\""));
    if (err)
        err->setting = "formats";
    return BC_E_USAGE;
}

bc_status bci_explain_format(const bc_explain_request *asked, const char *name, bc_notation *out,
                             bc_error *err)
{
    bc_error why = { .status = BC_OK };
    bc_notation found;
    bc_status st = bc_notation_named(name, &found, &why);

    if (st && strstr(why.text, "unknown"))
        return unknown(name, err);
    if (st && err)
        *err = why;
    if (st)
        return st;
    if (!(fabs(asked->zero) <= 0x1p32 && asked->zero == floor(asked->zero)))
        return bc_setting_refuse(err, "zero", "", "expected a whole number");
    st = bc_notation_lay(&found, asked->step, (int64_t)asked->zero, err);
    if (!st)
        *out = found;
    return st;
}

/* --- their values */

char *bci_explain_fields(const bc_notation *n, uint32_t bits, char *to, size_t size)
{
    char all[40];

    bci_digits_binary(all, sizeof all, bits, n->bits);
    if (n->kind == BC_NOTATION_FLOAT && n->grid.mantissa_bits > 0)
        snprintf(to, size, "%.1s %.*s %s", all, n->grid.exponent_bits, all + 1,
                 all + 1 + n->grid.exponent_bits);
    else if (n->kind == BC_NOTATION_FLOAT || n->kind == BC_NOTATION_SIGNED)
        snprintf(to, size, "%.1s %s", all, all + 1);
    else
        snprintf(to, size, "%s", all);
    return to;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

bc_status bci_explain_values(const bc_notation *n, double **out, size_t *count, bc_error *err)
{
    const size_t patterns = (size_t)1 << n->bits;
    double *values = malloc(patterns * sizeof *values);
    size_t finite = 0, distinct = 0;

    if (!values)
        return bci_fail(err, BC_E_LIMIT, "out of memory for the values of %s", n->name);
    for (size_t bits = 0; bits < patterns; bits++) {
        const bc_written w = bc_notation_read(n, (uint32_t)bits);

        if (isfinite(w.value))
            values[finite++] = w.value + 0.0; /* -0 is 0 */
    }
    qsort(values, finite, sizeof *values, by_value);
    for (size_t i = 0; i < finite; i++)
        if (i == 0 || values[i] != values[distinct - 1])
            values[distinct++] = values[i];
    *out = values;
    *count = distinct;
    return BC_OK;
}
