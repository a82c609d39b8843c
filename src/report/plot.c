/* Knows how the parts of a plot are collected: everything is copied, and the first fault is
 * kept for the call that draws. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "report/figure.h"

static void note_fault(bc_plot *p, const bc_error *fault)
{
    if (p->fault.status == BC_OK)
        p->fault = *fault;
}

static void note_memory(bc_plot *p)
{
    bc_error fault;

    bci_fail(&fault, BC_E_LIMIT, "plot: out of memory");
    note_fault(p, &fault);
}

static char *copy_text(bc_plot *p, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        note_memory(p);
    return copy;
}

bc_status bc_plot_new(const char *title, const char *description, bc_plot **out, bc_error *err)
{
    bc_plot *p = calloc(1, sizeof *p);

    if (!p)
        return bci_fail(err, BC_E_LIMIT, "plot: out of memory");
    p->n_columns = 1;
    p->width_px = 900;
    p->title = copy_text(p, title);
    p->description = copy_text(p, description);
    *out = p;
    return BC_OK;
}

static void free_series(bci_series *s)
{
    free(s->label);
    free(s->x);
    free(s->y);
    free(s->y2);
}

static void free_panel(bci_panel *panel)
{
    for (size_t i = 0; i < panel->n; i++)
        free_series(&panel->series[i]);
    free(panel->series);
    free(panel->title);
    free(panel->x.label);
    free(panel->x.unit);
    free(panel->y.label);
    free(panel->y.unit);
    free(panel->x.at);
    free(panel->y.at);
}

void bc_plot_free(bc_plot *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        free_panel(&p->panels[i]);
    free(p->panels);
    free(p->title);
    free(p->description);
    free(p);
}

void bc_plot_columns(bc_plot *p, unsigned n)
{
    p->n_columns = n < 1 ? 1 : n > 6 ? 6 : n;
}

void bc_plot_width(bc_plot *p, unsigned px)
{
    p->width_px = px < 300 ? 300 : px;
}

/* One more element behind *list; false, and a note, when memory is short. */
static bool grow(bc_plot *p, void **list, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return true;

    const size_t wanted = 2 * *room + 4;
    void *grown = realloc(*list, wanted * size);

    if (!grown) {
        note_memory(p);
        return false;
    }
    *list = grown;
    *room = wanted;
    return true;
}

static double *copy_values(bc_plot *p, const double *values, size_t n)
{
    if (!values || n == 0)
        return NULL;

    double *copy = n <= SIZE_MAX / sizeof *copy ? malloc(n * sizeof *copy) : NULL;

    if (!copy) {
        note_memory(p);
        return NULL;
    }
    memcpy(copy, values, n * sizeof *copy);
    return copy;
}

static bci_axis copy_axis(bc_plot *p, const bc_plot_axis *a)
{
    const bool is_log = a->scale == BC_PLOT_LOG;
    const bool is_fixed = a->low != a->high; /* a NaN too, which the check below refuses */
    bc_error fault;

    if (is_fixed && !(bci_range_shows(is_log, a->low) && bci_range_shows(is_log, a->high) &&
                      bci_range_is_wide(a->low, a->high, is_log))) {
        bci_fail(&fault, BC_E_USAGE, "plot: axis \"%s\" from %g to %g, expected %slow < high%s",
                 a->label ? a->label : "", a->low, a->high, is_log ? "0 < " : "",
                 a->low < a->high ? ", finite and not next to each other" : "");
        note_fault(p, &fault);
    }
    double *at = copy_values(p, a->at, a->n_at);

    return (bci_axis){ .label = copy_text(p, a->label),
                       .unit = copy_text(p, a->unit),
                       .scale = a->scale,
                       .low = a->low,
                       .high = a->high,
                       .is_whole = a->is_whole,
                       .at = at,
                       .n_at = at ? a->n_at : 0 };
}

void bc_plot_add_panel(bc_plot *p, const bc_plot_panel *panel)
{
    void *list = p->panels;

    if (!grow(p, &list, p->n, &p->room, sizeof *p->panels))
        return;
    p->panels = list;
    p->panels[p->n++] = (bci_panel){ .title = copy_text(p, panel->title),
                                     .x = copy_axis(p, &panel->x),
                                     .y = copy_axis(p, &panel->y),
                                     .height_px = panel->height_px };
}

void bc_plot_add(bc_plot *p, const bc_plot_series *series)
{
    if (p->n == 0 || p->fault.status != BC_OK)
        return;

    bci_panel *panel = &p->panels[p->n - 1];
    void *list = panel->series;

    if (!grow(p, &list, panel->n, &panel->room, sizeof *panel->series))
        return;
    panel->series = list;

    bci_series s = { .given = *series,
                     .label = copy_text(p, series->label),
                     .x = copy_values(p, series->x, series->n),
                     .y = copy_values(p, series->y, series->n),
                     .y2 = copy_values(p, series->y2, series->n) };

    s.given.x = s.x;
    s.given.y = s.y;
    s.given.y2 = s.y2;
    s.given.label = s.label;
    if (s.given.x_step == 0.0)
        s.given.x_step = 1.0;
    if (series->kind == BC_PLOT_MARKS)
        panel->n_rows++;
    s.row = panel->n_rows ? panel->n_rows - 1 : 0;
    if (series->tone == BC_PLOT_SAME)
        s.colour = (panel->n_colours + BCI_COLOURS - 1) % BCI_COLOURS;
    if (series->tone == BC_PLOT_NEXT && series->kind != BC_PLOT_HORIZONTAL &&
        series->kind != BC_PLOT_VERTICAL)
        s.colour = panel->n_colours++ % BCI_COLOURS;
    panel->series[panel->n++] = s;
    if (p->fault.status != BC_OK) /* a copy failed: no arrays to look at */
        panel->series[panel->n - 1].given.n = 0;
}

void bc_plot_horizontal(bc_plot *p, double y, const char *label)
{
    bc_plot_add(p,
                &(bc_plot_series){ .kind = BC_PLOT_HORIZONTAL, .label = label, .n = 1, .y = &y });
}

void bc_plot_vertical(bc_plot *p, double x, const char *label)
{
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_VERTICAL, .label = label, .n = 1, .x = &x });
}

/* The columns as points at their middles, the outer two also at the ends of the signal. */
static void add_columns(bc_plot *p, const bc_envelope *e, double x_step, const char *label,
                        double *x, double *low, double *high)
{
    const bc_envelope_column *columns;
    uint64_t width;
    const size_t n = bc_envelope_columns(e, &columns, &width);
    const double column = (double)width * x_step;

    for (size_t i = 0; i < n + 2; i++) {
        const bc_envelope_column *c = &columns[i == 0 ? 0 : i > n ? n - 1 : i - 1];

        x[i] = i == 0 ? 0.0 : i > n ? (double)n * column : ((double)i - 0.5) * column;
        low[i] = c->low;
        high[i] = c->high;
    }
    bc_plot_add(
        p, &(bc_plot_series){
               .kind = BC_PLOT_BAND, .label = label, .n = n + 2, .x = x, .y = low, .y2 = high });
}

void bc_plot_add_envelope(bc_plot *p, const bc_envelope *e, double x_step, const char *label)
{
    const bc_envelope_column *columns;
    const size_t n = bc_envelope_columns(e, &columns, NULL);
    double *values = malloc(3 * (n + 2) * sizeof *values);

    if (!values)
        note_memory(p);
    else if (n == 0)
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_BAND, .label = label });
    else
        add_columns(p, e, x_step, label, values, values + n + 2, values + 2 * (n + 2));
    free(values);
}
