/* Knows how all values of small formats are listed, and laid on a line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "explain/digits.h"
#include "explain/formats.h"
#include "explain/lines.h"
#include "explain/parts.h"

enum { LINE = 91, COLUMNS = 100 };

/* Values in a cell of the line: one, few, many. */
static char density(unsigned n)
{
    return n == 0 ? '-' : n == 1 ? '|' : n < 10 ? (char)('0' + n) : '#';
}

/* The number line: each column says how many values lie in it. */
static void put_line(bci_buffer *out, const double *values, size_t n)
{
    const double low = values[0], high = values[n - 1];
    unsigned counts[LINE] = { 0 };
    char line[LINE + 1] = "", text[40];

    for (size_t i = 0; i < n; i++)
        counts[(size_t)rint((values[i] - low) / (high - low) * (LINE - 1))]++;
    for (size_t i = 0; i < LINE; i++)
        line[i] = density(counts[i]);
    bci_putf(out, "  %s\n", line);

    /* Its ends, its middle and what lies half way. */
    memset(line, ' ', LINE);
    for (int i = 0; i <= 4; i++) {
        const size_t at = (size_t)i * (LINE - 1) / 4;

        bci_digits_to(text, sizeof text, low + (high - low) * i / 4.0, (high - low) * 1e-4);

        const size_t length = strlen(text);
        const size_t from = i == 0 ? 0 : i == 4 ? LINE - length : at - length / 2;

        memcpy(line + from, text, length);
    }
    bci_putf(out, "  %s\n", line);
    bci_putf(out, "  | one value, 2..9 so many, # ten or more\n");
}

/* A value, or what stands in its place. */
static void show_value(const bc_written *w, char *to, size_t size)
{
    if (w->what == BC_WRITTEN_NAN)
        snprintf(to, size, "NaN");
    else if (w->what == BC_WRITTEN_INFINITE)
        snprintf(to, size, w->sign ? "-inf" : "inf");
    else
        bci_digits_short(to, size, w->value, 10);
}

/* Floats of few mantissa bits: a line for each exponent, a column for each mantissa. */
static void put_binades(bci_buffer *out, const bc_notation *n)
{
    const int m = n->grid.mantissa_bits, e = n->grid.exponent_bits;
    char bits[40], text[40];

    bci_putf(out, "  %-*s", e > 8 ? e : 8, "exponent");
    for (uint32_t k = 0; k < 1u << m; k++)
        bci_putf(out, " %10s", m ? bci_digits_binary(bits, sizeof bits, k, m) : "value");
    bci_putf(out, "\n");
    for (uint32_t field = 0; field < 1u << e; field++) {
        bci_putf(out, "  %-*s", e > 8 ? e : 8, bci_digits_binary(bits, sizeof bits, field, e));
        for (uint32_t k = 0; k < 1u << m; k++) {
            const bc_written w = bc_notation_read(n, field << m | k);

            show_value(&w, text, sizeof text);
            bci_putf(out, " %10s", text);
        }
        bci_putf(out, "\n");
    }
    bci_putf(out, "  and the same below zero with sign 1\n");
}

/* Anything: patterns and their values, in rising order of the pattern. */
static void put_patterns(bci_buffer *out, const bc_notation *n)
{
    const uint32_t patterns = UINT32_C(1) << n->bits;
    uint32_t per_line = (COLUMNS - 2) / ((uint32_t)n->bits + 14);
    char bits[64], text[40];

    while (per_line & (per_line - 1))
        per_line--;
    for (uint32_t k = 0; k < patterns; k++) {
        const bc_written w = bc_notation_read(n, k);

        show_value(&w, text, sizeof text);
        bci_explain_fields(n, k, bits, sizeof bits);
        bci_putf(out, "  %s %9s%s", bits, text,
                 (k + 1) % per_line == 0 || k + 1 == patterns ? "\n" : "");
    }
}

static void put_format(bci_buffer *out, const bc_notation *n, const double *values, size_t count)
{
    const bool is_float = n->kind == BC_NOTATION_FLOAT;
    size_t positive = 0;
    char low[40], high[40];

    for (size_t i = 0; i < count; i++)
        positive += values[i] > 0.0;
    const double least = values[positive ? count - positive : 0], most = values[count - 1];

    bci_putf(out, "%s: %zu finite values in %s, ", n->name, count,
             bci_digits_count(low, sizeof low, (uint64_t)n->bits, "bit"));
    if (positive)
        bci_putf(out, "%zu of them above zero, ", positive);
    bci_digits_to(high, sizeof high, most, most * 1e-6);
    if (least < most)
        bci_putf(out, "from %s to ", bci_digits_to(low, sizeof low, least, least * 1e-6));
    bci_putf(out, "%s\n", high);
    if (n->bits <= BCI_EXPLAIN_LISTED_BITS && is_float && n->grid.mantissa_bits <= 3)
        put_binades(out, n);
    else if (n->bits <= BCI_EXPLAIN_LISTED_BITS)
        put_patterns(out, n);
    put_line(out, values, count);
}

static void report_format(bc_report *r, const bc_notation *n)
{
    static const char table[] = "values";
    char bits[64];

    for (uint32_t k = 0; k < UINT32_C(1) << n->bits; k++) {
        const bc_written w = bc_notation_read(n, k);

        bc_report_row(r, table);
        bc_report_string(r, table, "format", n->name);
        bc_report_string(r, table, "stored", bci_digits_binary(bits, sizeof bits, k, n->bits));
        bc_report_number(r, table, "value", w.value);
    }
}

static bc_status tell(const bc_notation *n, const bci_telling *to, bool is_first, bc_error *err)
{
    double *values = NULL;
    size_t count;

    if (to->report)
        report_format(to->report, n);
    if (!to->text)
        return BC_OK;
    const bc_status st = bci_explain_values(n, &values, &count, err);

    if (st)
        return st;
    if (!is_first)
        bci_putf(to->text, "\n");
    put_format(to->text, n, values, count);
    free(values);
    return BC_OK;
}

bc_status bci_explain_all(const bc_explain_request *asked, const bci_telling *to, bc_error *err)
{
    bc_notation notations[BC_EXPLAIN_MAX_FORMATS];
    const size_t n = asked->n_formats;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < n; i++) {
        st = bci_explain_format(asked, asked->formats[i], &notations[i], err);
        if (!st && notations[i].bits > BCI_EXPLAIN_DRAWN_BITS)
            return bci_fail(err, BC_E_USAGE, "%s: %d bits, expected at most %d to show all values",
                            notations[i].name, notations[i].bits, BCI_EXPLAIN_DRAWN_BITS);
    }
    if (!st && to->plot)
        st = bci_explain_lines(to->plot, notations, n, NAN, err);
    for (size_t i = 0; !st && i < n; i++)
        st = tell(&notations[i], to, i == 0, err);
    return st;
}
