/* Knows how the values of small formats are drawn on number lines. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/plot.h"
#include "digits.h"
#include "explain.h"

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

size_t explain_finite_values(const bc_notation *n, double **out)
{
    const size_t patterns = (size_t)1 << n->bits;
    double *values = malloc(patterns * sizeof *values);
    size_t count = 0, distinct = 0;

    if (!values)
        return 0;
    for (size_t bits = 0; bits < patterns; bits++) {
        const bc_written w = bc_notation_read(n, (uint32_t)bits);

        if (isfinite(w.value))
            values[count++] = w.value + 0.0; /* -0 is 0 */
    }
    qsort(values, count, sizeof *values, by_value);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || values[i] != values[distinct - 1])
            values[distinct++] = values[i];
    *out = values;
    return distinct;
}

/* A row of marks, and on it where x lies and where it went. */
static bc_status add_line(bc_plot *p, const bc_notation *n, double x, double low, double high,
                          bc_error *err)
{
    double *values = NULL;
    const size_t count = explain_finite_values(n, &values);
    size_t first = 0, last = count;
    char label[64];

    if (count == 0) {
        err->status = BC_E_LIMIT;
        snprintf(err->text, sizeof err->text, "out of memory for number lines");
        return BC_E_LIMIT;
    }
    while (low < high && first < last && values[first] < low)
        first++;
    while (low < high && first < last && values[last - 1] > high)
        last--;
    snprintf(label, sizeof label, "%s", n->name);
    bc_plot_add(
        p, &(bc_plot_series){
               .kind = BC_PLOT_MARKS, .label = label, .n = last - first, .x = values + first });
    if (isfinite(x)) {
        const double stored = bc_notation_write(n, x).value, y = 0.0;

        if (stored >= low && stored <= high)
            bc_plot_add(
                p,
                &(bc_plot_series){
                    .kind = BC_PLOT_POINTS, .tone = BC_PLOT_SAME, .n = 1, .x = &stored, .y = &y });
    }
    free(values);
    return BC_OK;
}

static bc_status draw(bc_plot *p, const bc_notation *notations, size_t n, double x, bc_error *err)
{
    double low = fmin(0.0, 2.0 * x), high = fmax(0.0, 2.0 * x);
    const bool is_near = isfinite(x) && x != 0.0;
    bc_status st = BC_OK;

    for (size_t i = 0; is_near && i < n; i++) { /* where it went, unless that is far away */
        const double stored = bc_notation_write(&notations[i], x).value;

        if (fabs(stored) <= 10.0 * fabs(x)) {
            low = fmin(low, stored);
            high = fmax(high, stored);
        }
    }

    bc_plot_add_panel(
        p, &(bc_plot_panel){
               .x = { .label = "value", .low = is_near ? low : 0.0, .high = is_near ? high : 0.0 },
               .y = { .scale = BC_PLOT_NONE } });
    for (size_t i = 0; !st && i < n; i++)
        st = add_line(p, &notations[i], x, is_near ? low : -INFINITY, is_near ? high : INFINITY,
                      err);
    if (!st && isfinite(x)) {
        char at[40];

        bc_plot_vertical(p, x, digits_to(at, sizeof at, x, 0.0));
    }
    return st;
}

bc_status explain_plot(const options *o, const bc_notation *notations, size_t n, double x,
                       bc_error *err)
{
    bc_plot *p = NULL;
    char title[80];
    bc_status st = BC_OK;

    for (size_t i = 0; i < n; i++) {
        char bits[48];

        snprintf(bits, sizeof bits, "%d bits, expected at most %d to be drawn", notations[i].bits,
                 EXPLAIN_DRAWN_BITS);
        if (notations[i].bits > EXPLAIN_DRAWN_BITS)
            return tool_usage(err, notations[i].name, "", bits);
    }
    if (n == 1)
        snprintf(title, sizeof title, "The values of %s", notations[0].name);
    else
        snprintf(title, sizeof title, "The values of %zu formats", n);
    st = bc_plot_new(title, NULL, &p, err);
    if (!st)
        st = draw(p, notations, n, x, err);
    return tool_save_plot(o, p, st, err);
}
