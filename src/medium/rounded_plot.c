/* Knows how values and what they were rounded to are drawn: on the marks of their ruler. */
#include "medium/rounded_plot.h"

#include <math.h>

enum { MOST_MARKS = 24 };

/* The marks that values from low to high go to, rising; their number, and 0 where they are too many
 * to be told apart, or there is no ruler. */
static size_t marks_between(const bci_rounded *r, double low, double high, double marks[MOST_MARKS])
{
    const double view[] = { low, high };
    int32_t ends[2];

    if (!r->grid || r->grid->hi <= r->grid->lo || !(low <= high) || !isfinite(low) ||
        !isfinite(high))
        return 0;
    bc_quantize_f64(r->grid, &r->scale, BC_ROUND_NEAREST, view, NULL, 2, NULL, ends);
    const int64_t n = (int64_t)ends[1] - ends[0] + 1;

    if (n < 1 || n > MOST_MARKS)
        return 0;
    for (int32_t k = ends[0]; k <= ends[1]; k++)
        bc_dequantize_f64(r->grid, &r->scale, &k, 1, &marks[k - ends[0]]);
    return (size_t)n;
}

static size_t marks_in_view(const bci_rounded *r, double marks[MOST_MARKS])
{
    double low = r->has_zero ? 0.0 : (double)INFINITY, high = r->has_zero ? 0.0 : -(double)INFINITY;

    for (size_t i = 0; i < r->n; i++) {
        low = fmin(low, fmin(r->before[i], r->after[i]));
        high = fmax(high, fmax(r->before[i], r->after[i]));
    }
    return marks_between(r, low, high, marks);
}

void bci_rounded_plot(bc_plot *p, bc_plot_panel panel, const bci_rounded *r)
{
    double marks[MOST_MARKS];
    const size_t n = marks_in_view(r, marks);

    panel.y.at = n ? marks : NULL;
    panel.y.n_at = n;
    bc_plot_add_panel(p, &panel);
    if (n > 0)
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL,
                                          .tone = BC_PLOT_QUIET,
                                          .label = "marks",
                                          .n = n,
                                          .y = marks });
    bc_plot_add(p, &(bc_plot_series){ .label = r->labels[0],
                                      .n = r->n,
                                      .y = r->before,
                                      .x_first = r->x_first,
                                      .x_step = r->x_step });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_STEP,
                                      .label = r->labels[1],
                                      .n = r->n,
                                      .y = r->after,
                                      .x_first = r->x_first,
                                      .x_step = r->x_step });
}
