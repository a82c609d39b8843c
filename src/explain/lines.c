/* Knows how the values of small formats are drawn on number lines. */
#include "explain/lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "explain/digits.h"
#include "explain/formats.h"

/* A row of marks, and on it where x lies and where it went. */
static bc_status add_line(bc_plot *p, const bc_notation *n, double x, double low, double high,
                          bc_error *err)
{
    double *values = NULL;
    size_t first = 0, last;
    const bc_status st = bci_explain_values(n, &values, &last, err);

    if (st)
        return st;
    while (low < high && first < last && values[first] < low)
        first++;
    while (low < high && first < last && values[last - 1] > high)
        last--;
    bc_plot_add(
        p, &(bc_plot_series){
               .kind = BC_PLOT_MARKS, .label = n->name, .n = last - first, .x = values + first });
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

        bc_plot_vertical(p, x, bci_digits_to(at, sizeof at, x, 0.0));
    }
    return st;
}

bc_status bci_explain_lines(bc_plot **p, const bc_notation *notations, size_t n, double x,
                            bc_error *err)
{
    char title[80];
    bc_status st;

    for (size_t i = 0; i < n; i++)
        if (notations[i].bits > BCI_EXPLAIN_DRAWN_BITS)
            return bci_fail(err, BC_E_USAGE, "%s: %d bits, expected at most %d to be drawn",
                            notations[i].name, notations[i].bits, BCI_EXPLAIN_DRAWN_BITS);
    if (n == 1)
        snprintf(title, sizeof title, "The values of %s", notations[0].name);
    else
        snprintf(title, sizeof title, "The values of %zu formats", n);
    st = bc_plot_new(title, NULL, p, err);
    return st ? st : draw(*p, notations, n, x, err);
}
