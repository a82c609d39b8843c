/* Knows the figure of what rounding is: some values of a file, the marks laid on them, the mark
 * that each goes to, and what is left. */
#include "study/excerpt.h"

#include <string.h>

#include "base/decimal.h"
#include "bitcrush/quantize.h"

static size_t marks_of(const bc_excerpt *e, double *marks, size_t room)
{
    size_t n = 0;

    for (int32_t k = e->grid.lo; k <= e->grid.hi && n < room; k++)
        bc_dequantize_f64(&e->grid, &e->scale, &k, 1, &marks[n++]);
    return n;
}

static void draw_signal(bc_plot *p, const bc_excerpt *e, const double *y)
{
    enum { MOST_MARKS = 16 };
    double marks[MOST_MARKS];
    const bc_plot_panel panel = { .title = "values, and the marks they go to",
                                  .x = { .is_whole = true },
                                  .y = { .label = e->values },
                                  .height_px = 220 };

    bc_plot_add_panel(p, &panel);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL,
                                      .tone = BC_PLOT_QUIET,
                                      .label = "marks",
                                      .n = marks_of(e, marks, MOST_MARKS),
                                      .y = marks });
    bc_plot_add(p,
                &(bc_plot_series){ .kind = BC_PLOT_LINE, .label = "before", .n = e->n, .y = e->x });
    bc_plot_add(p,
                &(bc_plot_series){ .kind = BC_PLOT_POINTS, .label = "after", .n = e->n, .y = y });
}

static void draw_error(bc_plot *p, const bc_excerpt *e, const double *error)
{
    const double half = 0.5 * e->scale.gain / e->grid.den;
    const double ends[2] = { -half, half };
    const bc_plot_panel panel = { .title = "the error: after less before",
                                  .x = { .label = e->along, .is_whole = true },
                                  .y = { .label = "error" },
                                  .height_px = 110 };

    bc_plot_add_panel(p, &panel);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL,
                                      .tone = BC_PLOT_QUIET,
                                      .label = "half a step",
                                      .n = 2,
                                      .y = ends });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE, .n = e->n, .y = error });
}

static bc_status put_one(bc_html *h, const bc_sweep *s, const bc_excerpt *e, bc_error *err)
{
    const char *slash = strrchr(s->path, '/');
    double y[BC_EXCERPT_MOST], error[BC_EXCERPT_MOST];
    char caption[256];
    bc_plot *p = NULL;
    const bc_status st = bc_plot_new(slash ? slash + 1 : s->path,
                                     "A signal, the marks laid on it, and the error", &p, err);

    if (st)
        return st;
    bc_quantize_f64(&e->grid, &e->scale, BC_ROUND_NEAREST, e->x, NULL, e->n, y, NULL);
    for (size_t i = 0; i < e->n; i++)
        error[i] = y[i] - e->x[i];
    draw_signal(p, e, y);
    draw_error(p, e, error);
    bci_format(caption, sizeof caption, "Three bits, %d mark(s), no dither: %s.",
               (int)(e->grid.hi - e->grid.lo + 1), e->what);
    bc_html_plot(h, p, caption);
    bc_plot_free(p);
    return BC_OK;
}

bc_status bci_put_excerpts(bc_html *h, const bc_sweep *sweeps, size_t n, bc_error *err)
{
    bc_html_section(h, "A ruler on each");
    bc_html_paragraph(h,
                      "Reducing bits is one operation on any data: lay a ruler on the values, move "
                      "each to the nearest mark. What is left is the error, never more than half a "
                      "step, and it is what all figures below measure.");
    for (size_t i = 0; i < n; i++) {
        const bc_reading reading = { 0 };
        bc_excerpt e = { .n = 0 };
        bc_status st = sweeps[i].medium->excerpt(sweeps[i].path, &reading, &e, err);

        if (st == BC_E_UNSUPPORTED) /* nothing to show */
            continue;
        if (!st)
            st = put_one(h, &sweeps[i], &e, err);
        if (st)
            return st;
    }
    return BC_OK;
}
