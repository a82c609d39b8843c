/* Knows the figure of what rounding is: some values of a file, the marks laid on them, the mark
 * that each goes to, and what is left. */
#include "study/excerpt.h"

#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "bitcrush/quantize.h"
#include "study/curve.h"

enum { MOST_MARKS = 16 };

/* A ruler without a length has all its marks in one place. */
static size_t count_marks(const bc_excerpt *e)
{
    return e->scale.gain == 0.0 ? 1 : (size_t)(e->grid.hi - e->grid.lo) + 1;
}

static size_t marks_of(const bc_excerpt *e, double *marks)
{
    size_t n = 0;

    for (int32_t k = e->grid.lo; n < count_marks(e) && n < MOST_MARKS; k++)
        bc_dequantize_f64(&e->grid, &e->scale, &k, 1, &marks[n++]);
    return n;
}

static double step_of(const bc_excerpt *e)
{
    return e->scale.gain / e->grid.den;
}

/* From half a step below the lowest mark, or value, to half a step above the highest. */
static void find_ends(const bc_excerpt *e, const double *marks, size_t n, double *low, double *high)
{
    *low = marks[0];
    *high = marks[n - 1];
    for (size_t i = 0; i < e->n; i++) {
        *low = fmin(*low, e->x[i]);
        *high = fmax(*high, e->x[i]);
    }
    *low -= 0.5 * step_of(e);
    *high += 0.5 * step_of(e);
}

/* The same of both panels, with room for whole dots. */
static bc_plot_axis axis_of(const bc_excerpt *e)
{
    const double room = 0.01 * (double)e->n;

    return (bc_plot_axis){
        .label = e->along, .low = -room, .high = (double)e->n - 1.0 + room, .is_whole = true
    };
}

/* The axis is the ruler: its ticks are the marks. */
static void draw_signal(bc_plot *p, const bc_excerpt *e, const double *y)
{
    double marks[MOST_MARKS], low, high;
    const size_t n = marks_of(e, marks);
    char label[32];

    find_ends(e, marks, n, &low, &high);
    bci_format(label, sizeof label, "the ruler: %zu mark(s)", n);
    bc_plot_add_panel(
        p, &(bc_plot_panel){
               .title = "The signal, and the ruler laid on it",
               .x = axis_of(e),
               .y = { .label = e->values, .low = low, .high = high, .at = marks, .n_at = n },
               .height_px = 240 });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL,
                                      .tone = BC_PLOT_QUIET,
                                      .label = label,
                                      .n = n,
                                      .y = marks });
    bc_plot_add(
        p, &(bc_plot_series){ .kind = BC_PLOT_LINE, .label = "the signal", .n = e->n, .y = e->x });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_STEMS, .n = e->n, .y = e->x, .y2 = y });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_POINTS,
                                      .tone = BC_PLOT_SAME,
                                      .label = "the nearest mark",
                                      .n = e->n,
                                      .y = y });
}

static void draw_error(bc_plot *p, const bc_excerpt *e, const double *error)
{
    const double ends[2] = { -0.5 * step_of(e), 0.5 * step_of(e) };
    const bc_plot_panel panel = { .title = "The error as a signal: mark minus value",
                                  .x = axis_of(e),
                                  .y = { .label = "error" },
                                  .height_px = 120 };

    bc_plot_add_panel(p, &panel);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL,
                                      .tone = BC_PLOT_QUIET,
                                      .label = "half a step",
                                      .n = 2,
                                      .y = ends });
    bc_plot_add(
        p, &(bc_plot_series){ .kind = BC_PLOT_LINE, .label = "the error", .n = e->n, .y = error });
}

static bc_status put_one(bc_html *h, const bc_sweep *s, const bc_excerpt *e, bc_error *err)
{
    const char *name = bci_base_name(s->path);
    double y[BC_EXCERPT_MOST], error[BC_EXCERPT_MOST];
    char text[320];
    bc_plot *p = NULL;
    bc_status st;

    snprintf(text, sizeof text, "%.200s: %s", name, s->medium->kind);
    bc_html_heading(h, text);
    snprintf(text, sizeof text, "%.200s: a signal, the ruler laid on it, and the error", name);
    st = bc_plot_new(text, NULL, &p, err);
    if (st)
        return st;
    bc_quantize_f64(&e->grid, &e->scale, BC_ROUND_NEAREST, e->x, NULL, e->n, y, NULL);
    for (size_t i = 0; i < e->n; i++)
        error[i] = y[i] - e->x[i];
    draw_signal(p, e, y);
    draw_error(p, e, error);
    bci_format(text, sizeof text, "%s: %s, on a ruler of three bits, %zu mark(s), without dither.",
               name, e->what, count_marks(e));
    bc_html_plot(h, p, text);
    bc_plot_free(p);
    return BC_OK;
}

bc_status bci_put_excerpts(bc_html *h, const bc_sweep *sweeps, size_t n, bc_error *err)
{
    bc_html_section(h, "A ruler on each");
    bc_html_paragraph(h,
                      "Reducing bits is the same operation on any data: lay a ruler on the values, "
                      "and move each of them to its nearest mark. What that changes is the error. "
                      "It is never more than half a step unless a value lies beyond the ends of "
                      "the ruler, and it is what all figures below measure.");
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
