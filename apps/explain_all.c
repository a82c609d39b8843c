/* Knows how `explain --all FORMAT...` lists the values of small formats and lays them on a line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "explain.h"

enum { LINE = 91, COLUMNS = 100 };

/* Values in a cell of the line: one, few, many. */
static char density(unsigned n)
{
    return n == 0 ? '-' : n == 1 ? '|' : n < 10 ? (char)('0' + n) : '#';
}

/* The number line: each column says how many values lie in it. */
static void print_line(const double *values, size_t n)
{
    const double low = values[0], high = values[n - 1];
    unsigned counts[LINE] = { 0 };
    char line[LINE + 1] = "", text[40];

    for (size_t i = 0; i < n; i++)
        counts[(size_t)rint((values[i] - low) / (high - low) * (LINE - 1))]++;
    for (size_t i = 0; i < LINE; i++)
        line[i] = density(counts[i]);
    printf("  %s\n", line);

    /* Its ends, its middle and what lies half way. */
    memset(line, ' ', LINE);
    for (int i = 0; i <= 4; i++) {
        const size_t at = (size_t)i * (LINE - 1) / 4;

        digits_to(text, sizeof text, low + (high - low) * i / 4.0, (high - low) * 1e-4);

        const size_t length = strlen(text);
        const size_t from = i == 0 ? 0 : i == 4 ? LINE - length : at - length / 2;

        memcpy(line + from, text, length);
    }
    printf("  %s\n", line);
    printf("  | one value, 2..9 so many, # ten or more\n");
}

/* A value, or what stands in its place. */
static void show_value(const bc_written *w, char *to, size_t size)
{
    if (w->what == BC_WRITTEN_NAN)
        snprintf(to, size, "NaN");
    else if (w->what == BC_WRITTEN_INFINITE)
        snprintf(to, size, w->sign ? "-inf" : "inf");
    else
        digits_short(to, size, w->value, 10);
}

/* Floats of few mantissa bits: a line for each exponent, a column for each mantissa. */
static void print_binades(const bc_notation *n)
{
    const int m = n->grid.mantissa_bits, e = n->grid.exponent_bits;
    char bits[40], text[40];

    printf("  %-*s", e > 8 ? e : 8, "exponent");
    for (uint32_t k = 0; k < 1u << m; k++)
        printf(" %10s", m ? digits_binary(bits, sizeof bits, k, m) : "value");
    printf("\n");
    for (uint32_t field = 0; field < 1u << e; field++) {
        printf("  %-*s", e > 8 ? e : 8, digits_binary(bits, sizeof bits, field, e));
        for (uint32_t k = 0; k < 1u << m; k++) {
            const bc_written w = bc_notation_read(n, field << m | k);

            show_value(&w, text, sizeof text);
            printf(" %10s", text);
        }
        printf("\n");
    }
    printf("  and the same below zero with sign 1\n");
}

/* Anything: patterns and their values, in rising order of the pattern. */
static void print_patterns(const bc_notation *n)
{
    const uint32_t patterns = UINT32_C(1) << n->bits;
    uint32_t per_line = (COLUMNS - 2) / ((uint32_t)n->bits + 14);
    char bits[64], text[40];

    while (per_line & (per_line - 1))
        per_line--;
    for (uint32_t k = 0; k < patterns; k++) {
        const bc_written w = bc_notation_read(n, k);

        show_value(&w, text, sizeof text);
        explain_fields(n, k, bits, sizeof bits);
        printf("  %s %9s%s", bits, text, (k + 1) % per_line == 0 || k + 1 == patterns ? "\n" : "");
    }
}

static void print_format(const bc_notation *n, const double *values, size_t count)
{
    const bool is_float = n->kind == BC_NOTATION_FLOAT;
    size_t positive = 0;
    char low[40], high[40];

    for (size_t i = 0; i < count; i++)
        positive += values[i] > 0.0;
    const double least = values[positive ? count - positive : 0], most = values[count - 1];

    printf("%s: %zu finite values in %s, ", n->name, count,
           digits_count(low, sizeof low, (uint64_t)n->bits, "bit"));
    if (positive)
        printf("%zu of them above zero, ", positive);
    digits_to(high, sizeof high, most, most * 1e-6);
    if (least < most)
        printf("from %s to ", digits_to(low, sizeof low, least, least * 1e-6));
    printf("%s\n", high);
    if (n->bits <= EXPLAIN_LISTED_BITS && is_float && n->grid.mantissa_bits <= 3)
        print_binades(n);
    else if (n->bits <= EXPLAIN_LISTED_BITS)
        print_patterns(n);
    print_line(values, count);
}

static void report_format(bc_report *r, const bc_notation *n)
{
    static const char table[] = "values";
    char bits[64];

    for (uint32_t k = 0; k < UINT32_C(1) << n->bits; k++) {
        const bc_written w = bc_notation_read(n, k);

        bc_report_row(r, table);
        bc_report_string(r, table, "format", n->name);
        bc_report_string(r, table, "stored", digits_binary(bits, sizeof bits, k, n->bits));
        bc_report_number(r, table, "value", w.value);
    }
}

static bc_status print_all(const options *o, const bc_notation *notations, size_t n, bc_error *err)
{
    bc_report *r = NULL;
    bc_status st = o->json ? explain_report_new("all values", &r, err) : BC_OK;

    for (size_t i = 0; !st && i < n; i++) {
        double *values = NULL;
        const size_t count = explain_finite_values(&notations[i], &values);

        if (count == 0) {
            err->status = st = BC_E_LIMIT;
            snprintf(err->text, sizeof err->text, "out of memory for values");
        } else if (r) {
            report_format(r, &notations[i]);
        } else {
            printf("%s", i ? "\n" : "");
            print_format(&notations[i], values, count);
        }
        free(values);
    }
    if (r && !st)
        return explain_report_print(r, o, err);
    bc_report_free(r);
    return st;
}

bc_status explain_all(const options *o, bc_error *err)
{
    bc_notation notations[EXPLAIN_MAX_FORMATS];
    const size_t n = (size_t)o->n_operands;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < n; i++) {
        char bits[64];

        st = explain_notation(o, o->operands[i], &notations[i], err);
        if (st || notations[i].bits <= EXPLAIN_DRAWN_BITS)
            continue;
        snprintf(bits, sizeof bits, "%d bits, expected at most %d to show all values",
                 notations[i].bits, EXPLAIN_DRAWN_BITS);
        return tool_usage(err, notations[i].name, "", bits);
    }
    if (!st && o->plot)
        st = explain_plot(o, notations, n, NAN, err);
    return st ? st : print_all(o, notations, n, err);
}
