/* Knows how a series becomes a path: which points share a pixel column and what stands for
 * them, where a gap is, and how each kind of series is drawn. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/figure.h"

#define MARK_HALF_PX 9.0

/* Okabe and Ito (2008), in an order that also differs in lightness; the seventh is theirs for
 * dark screens. The rules are in plot_svg.c. */
static const char *const colours[BCI_COLOURS] = { "c1", "c2", "c3", "c4", "c5", "c6", "c7" };

double bci_series_x(const bci_series *s, size_t i)
{
    return s->x ? s->x[i] : s->given.x_first + (double)i * s->given.x_step;
}

/* The distance of two bars. */
static double step_of(const bci_series *s)
{
    if (s->x && s->given.n > 1)
        return (s->x[s->given.n - 1] - s->x[0]) / (double)(s->given.n - 1);
    return s->given.x_step;
}

static const char *colour_of(const bci_series *s)
{
    switch (s->given.tone) {
    case BC_PLOT_NEXT:
    case BC_PLOT_SAME: return colours[s->colour];
    case BC_PLOT_THEORY: return "ct";
    case BC_PLOT_QUIET: return "cq";
    }
    return "";
}

/* --- the ends of the data -------------------------------------------------------------- */

static void widen(double value, bool is_log, double *low, double *high)
{
    if (!bci_range_shows(is_log, value))
        return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

void bci_series_extent_x(const bci_series *s, bool is_log, double *low, double *high)
{
    const double half = s->given.kind == BC_PLOT_BARS ? 0.5 * fabs(step_of(s)) : 0.0;

    if (s->given.kind == BC_PLOT_HORIZONTAL)
        return;
    for (size_t i = 0; i < s->given.n; i++) {
        widen(bci_series_x(s, i) - half, is_log, low, high);
        widen(bci_series_x(s, i) + half, is_log, low, high);
    }
}

void bci_series_extent_y(const bci_series *s, bool is_log, double x0, double x1, double *low,
                         double *high)
{
    const bool from_zero = s->given.kind == BC_PLOT_BARS || s->given.kind == BC_PLOT_AREA;

    for (size_t i = 0; s->y && i < s->given.n; i++) {
        const double x = bci_series_x(s, i);

        if (s->given.kind != BC_PLOT_HORIZONTAL && !(x >= x0 && x <= x1))
            continue;
        widen(s->y[i], is_log, low, high);
        if (s->y2)
            widen(s->y2[i], is_log, low, high);
        if (from_zero) /* a bar of the smallest count is to be seen on a log axis, too */
            widen(is_log ? 0.5 * s->y[i] : 0.0, is_log, low, high);
    }
}

/* --- places ---------------------------------------------------------------------------- */

/* Pixels from the left; far outside is kept near, so that lengths stay short. */
static double px_of(const bci_area *a, double x)
{
    const double px = a->width * bci_range_place(&a->x, x);

    return fmin(fmax(px, -a->width), 2.0 * a->width);
}

static double py_of(const bci_area *a, double y)
{
    const double py = a->height * (1.0 - bci_range_place(&a->y, y));

    return fmin(fmax(py, -a->height), 2.0 * a->height);
}

static bool shows_x(const bci_area *a, double x)
{
    return bci_range_shows(a->x.is_log, x);
}

static bool shows_y(const bci_area *a, double y)
{
    return bci_range_shows(a->y.is_log, y);
}

/* Where bars and areas stand. */
static double base_of(const bci_area *a)
{
    return a->y.is_log ? a->height : fmin(fmax(py_of(a, 0.0), 0.0), a->height);
}

/* --- lines ----------------------------------------------------------------------------- */

/* The points of one pixel column. */
typedef struct {
    long column;
    size_t n;
    double low_x, low_y, high_x, high_y; /* in pixels: low is the lower value */
    bool high_is_last;
    double sum; /* of what is averaged, in values */
} column;

/* A line on its way; the mean y of its last pixels places the label. */
typedef struct {
    bci_path path;
    const bci_area *area;
    const bci_series *s;
    bool is_open; /* a point was written since the last gap */
    double first_x, last_x, last_y;
    double tail_sum, tail_n;
    column column;
} pen;

static void put_point(pen *p, double px, double py)
{
    const long x = bci_svg_tenths(px), y = bci_svg_tenths(py);

    if (!p->is_open) {
        bci_path_move(&p->path, x, y);
        p->first_x = px;
    } else {
        if (p->s->given.kind == BC_PLOT_STEP)
            bci_path_line(&p->path, x, p->path.y);
        bci_path_line(&p->path, x, y);
    }
    p->is_open = true;
    p->last_x = px;
    p->last_y = py;
    if (px > p->area->width - 14.0 && px <= p->area->width + 1.0) {
        p->tail_sum += fmin(fmax(py, 0.0), p->area->height);
        p->tail_n += 1.0;
    }
}

static void flush_column(pen *p)
{
    const column *c = &p->column;
    const bc_plot_thinning thinning = p->s->given.thinning;

    if (c->n > 1 && thinning != BC_PLOT_EXTREMES) {
        const double mean = c->sum / (double)c->n;

        put_point(p, (double)c->column + 0.5,
                  py_of(p->area, thinning == BC_PLOT_MEAN_POWER ? 10.0 * log10(mean) : mean));
    } else if (c->n > 1) {
        put_point(p, c->high_is_last ? c->low_x : c->high_x,
                  c->high_is_last ? c->low_y : c->high_y);
        put_point(p, c->high_is_last ? c->high_x : c->low_x,
                  c->high_is_last ? c->high_y : c->low_y);
    } else if (c->n == 1) {
        put_point(p, c->low_x, c->low_y);
    }
    p->column.n = 0;
}

static void add_to_column(pen *p, double px, double py, double y)
{
    column *c = &p->column;
    const long here = (long)floor(px);
    const double weight = p->s->given.thinning == BC_PLOT_MEAN_POWER ? pow(10.0, 0.1 * y) : y;

    if (c->n > 0 && c->column != here)
        flush_column(p);
    if (c->n == 0) {
        *c = (column){ .column = here,
                       .n = 1,
                       .low_x = px,
                       .low_y = py,
                       .high_x = px,
                       .high_y = py,
                       .sum = weight };
        return;
    }
    c->n++;
    c->sum += weight;
    if (py > c->low_y) {
        c->low_x = px;
        c->low_y = py;
        c->high_is_last = false;
    } else if (py < c->high_y) {
        c->high_x = px;
        c->high_y = py;
        c->high_is_last = true;
    }
}

static void end_stroke(pen *p, bool is_area)
{
    flush_column(p);
    if (p->is_open && is_area) {
        bci_path_line(&p->path, bci_svg_tenths(p->last_x), bci_svg_tenths(base_of(p->area)));
        bci_path_line(&p->path, bci_svg_tenths(p->first_x), bci_svg_tenths(base_of(p->area)));
        bci_path_close(&p->path);
    } else if (p->is_open && p->path.command == 'M') {
        bci_path_close(&p->path); /* a lone point: with round caps, a dot */
    }
    p->is_open = false;
}

/* The classes of a line in an area, or beside a label when `area` is NULL. Where points are
 * denser than pixels, dashes would be lost in the line, and it is thin. */
static void line_classes(char classes[32], const bci_area *area, const bci_series *s)
{
    static const char *const dashes[] = { "", " d2", " d3", " d4" };
    const bool is_dense = (double)s->given.n > 1.5 * (area ? area->width : 600.0);
    const char *dash = "";

    if (is_dense)
        dash = s->given.thinning == BC_PLOT_EXTREMES ? " t" : "";
    else if (s->given.tone == BC_PLOT_THEORY)
        dash = " d2";
    else if (s->given.kind == BC_PLOT_LINE && s->given.tone == BC_PLOT_NEXT)
        dash = dashes[s->colour % 4];
    snprintf(classes, 32, "%s l%s", colour_of(s), dash);
}

static double draw_line(bci_buffer *b, const bci_area *area, const bci_series *s, bool is_area)
{
    char classes[32];
    pen p = { .area = area, .s = s, .last_y = area->height / 2.0 };

    line_classes(classes, area, s);
    if (is_area)
        snprintf(classes, sizeof classes, "%s p", colour_of(s));
    p.path = bci_path_begin(b, classes);
    for (size_t i = 0; s->y && i < s->given.n; i++) {
        const double x = bci_series_x(s, i);

        if (!shows_x(area, x) || !shows_y(area, s->y[i])) {
            end_stroke(&p, is_area);
            continue;
        }
        add_to_column(&p, px_of(area, x), py_of(area, s->y[i]), s->y[i]);
    }
    end_stroke(&p, is_area);
    bci_path_end(&p.path);
    return p.tail_n > 0.0 ? p.tail_sum / p.tail_n : p.last_y;
}

/* --- bands ----------------------------------------------------------------------------- */

typedef struct {
    double x, low, high; /* in pixels, low being the lower value */
} slice;

/* Upper edge from left to right, lower edge back. */
static void put_slices(bci_path *path, const slice *slices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const long x = bci_svg_tenths(slices[i].x), y = bci_svg_tenths(slices[i].high);

        if (i == 0)
            bci_path_move(path, x, y);
        else
            bci_path_line(path, x, y);
    }
    for (size_t i = n; i-- > 0;)
        bci_path_line(path, bci_svg_tenths(slices[i].x), bci_svg_tenths(slices[i].low));
    if (n > 0)
        bci_path_close(path);
}

static double draw_band(bci_buffer *b, const bci_area *area, const bci_series *s)
{
    slice *slices = malloc((s->given.n + 1) * sizeof *slices);
    char classes[16];
    size_t n = 0;
    double end = area->height / 2.0;

    if (!slices) {
        b->is_short_of_memory = true;
        return end;
    }
    snprintf(classes, sizeof classes, "%s b", colour_of(s));
    bci_path path = bci_path_begin(b, classes);

    for (size_t i = 0; s->y && s->y2 && i < s->given.n; i++) {
        const double x = bci_series_x(s, i);

        if (!shows_x(area, x) || !shows_y(area, s->y[i]) || !shows_y(area, s->y2[i])) {
            put_slices(&path, slices, n);
            n = 0;
            continue;
        }
        const double one = py_of(area, s->y[i]), other = py_of(area, s->y2[i]);
        const slice now = { px_of(area, x), fmax(one, other), fmin(one, other) };

        if (n > 0 && floor(slices[n - 1].x) == floor(now.x)) {
            slices[n - 1].low = fmax(slices[n - 1].low, now.low);
            slices[n - 1].high = fmin(slices[n - 1].high, now.high);
        } else {
            slices[n++] = now;
        }
        end = 0.5 * (now.low + now.high);
    }
    put_slices(&path, slices, n);
    bci_path_end(&path);
    free(slices);
    return end;
}

/* --- bars ------------------------------------------------------------------------------ */

/* Bars of `group` bins each, as high as their mean or their highest. Neighbours that touch share
 * one outline. */
static double draw_bars_of(bci_buffer *b, const bci_area *area, const bci_series *s, size_t group,
                           bool is_highest)
{
    const double base = base_of(area), step = step_of(s);
    double top = base;
    char classes[16];

    snprintf(classes, sizeof classes, "%s %s", colour_of(s), is_highest ? "p" : "f");
    bci_path path = bci_path_begin(b, classes);

    for (size_t i = 0; i < s->given.n; i += group) {
        const size_t n = s->given.n - i < group ? s->given.n - i : group;
        double sum = 0.0, highest = 0.0;

        for (size_t j = i; j < i + n; j++) {
            if (isfinite(s->y[j]))
                sum += s->y[j];
            if (isfinite(s->y[j]) && fabs(s->y[j]) > fabs(highest))
                highest = s->y[j];
        }
        const double value = is_highest ? highest : sum / (double)n;
        double left = bci_series_x(s, i) - 0.5 * step,
               right = bci_series_x(s, i + n - 1) + 0.5 * step;

        if (value == 0.0 || !shows_y(area, value) || !shows_x(area, left) || !shows_x(area, right))
            continue;
        left = px_of(area, left);
        right = px_of(area, right);
        if (right - left >= 4.0) /* room to tell neighbours apart */
            right -= 1.0;

        const long x0 = bci_svg_tenths(left), x1 = bci_svg_tenths(right), y0 = bci_svg_tenths(base),
                   y1 = bci_svg_tenths(py_of(area, value));

        if (y0 == y1)
            continue;
        if (path.command && path.x == x0 && path.y == y0) {
            bci_path_line(&path, x0, y1); /* the skyline goes on */
        } else {
            bci_path_move(&path, x0, y0);
            bci_path_line(&path, x0, y1);
        }
        bci_path_line(&path, x1, y1);
        bci_path_line(&path, x1, y0);
        top = fmin(top, py_of(area, value));
    }
    bci_path_end(&path);
    return top;
}

/* Bins of a bar at least `least` wide: as many as divide n evenly where there are, so that each bar
 * stands for as many codes as the next. */
static size_t group_of(size_t n, double least)
{
    if (least <= 1.0)
        return 1;
    if (least >= (double)n)
        return n;
    for (size_t group = (size_t)ceil(least); (double)group < 2.0 * least + 1.0; group++)
        if (n % group == 0)
            return group;
    return (size_t)ceil(least);
}

static double draw_bars(bci_buffer *b, const bci_area *area, const bci_series *s)
{
    if (!s->y || s->given.n == 0)
        return area->height / 2.0;

    const double x0 = bci_series_x(s, 0), x1 = bci_series_x(s, s->given.n - 1);
    const double px = s->given.n > 1 && shows_x(area, x0) && shows_x(area, x1)
                          ? fabs(px_of(area, x1) - px_of(area, x0)) / (double)(s->given.n - 1)
                          : 1.0;
    const size_t group = group_of(s->given.n, px > 0.0 ? 1.0 / px : INFINITY);

    if (group > 1)
        draw_bars_of(b, area, s, group, true);
    return draw_bars_of(b, area, s, group, false);
}

/* --- points, marks, reference lines ---------------------------------------------------- */

static double row_middle(const bci_area *area, const bci_series *s)
{
    return ((double)s->row + 0.5) * area->row_height;
}

static double draw_points(bci_buffer *b, const bci_area *area, const bci_series *s)
{
    char classes[16];
    double end = area->height / 2.0;
    double rightmost = -1.0;

    snprintf(classes, sizeof classes, "%s o", colour_of(s));
    bci_path path = bci_path_begin(b, classes);

    for (size_t i = 0; i < s->given.n; i++) {
        const double x = bci_series_x(s, i);

        if (!shows_x(area, x) || (!area->has_rows && !(s->y && shows_y(area, s->y[i]))))
            continue;
        const double px = px_of(area, x);
        const double py = area->has_rows ? row_middle(area, s) : py_of(area, s->y[i]);

        if (path.command && path.x == bci_svg_tenths(px) && path.y == bci_svg_tenths(py))
            continue;
        bci_path_move(&path, bci_svg_tenths(px), bci_svg_tenths(py));
        bci_path_close(&path);
        if (px > rightmost) {
            rightmost = px;
            end = py;
        }
    }
    bci_path_end(&path);
    return end;
}

/* Marks that fall on one half pixel are one. */
static double draw_marks(bci_buffer *b, const bci_area *area, const bci_series *s)
{
    const double middle = row_middle(area, s);
    char classes[16];
    double last = -1e9;

    bci_path line = bci_path_begin(b, "g");

    bci_path_move(&line, 0, bci_svg_tenths(middle));
    bci_path_line(&line, bci_svg_tenths(area->width), bci_svg_tenths(middle));
    bci_path_end(&line);
    snprintf(classes, sizeof classes, "%s k", colour_of(s));
    bci_path path = bci_path_begin(b, classes);

    for (size_t i = 0; i < s->given.n; i++) {
        const double x = bci_series_x(s, i);

        if (!shows_x(area, x) || fabs(px_of(area, x) - last) < 0.5)
            continue;
        last = px_of(area, x);
        bci_path_move(&path, bci_svg_tenths(last), bci_svg_tenths(middle - MARK_HALF_PX));
        bci_path_line(&path, bci_svg_tenths(last), bci_svg_tenths(middle + MARK_HALF_PX));
    }
    bci_path_end(&path);
    return middle;
}

static double draw_stems(bci_buffer *b, const bci_area *area, const bci_series *s)
{
    char classes[16];
    double end = area->height / 2.0;

    snprintf(classes, sizeof classes, "%s k", colour_of(s));
    bci_path path = bci_path_begin(b, classes);

    for (size_t i = 0; s->y && s->y2 && i < s->given.n; i++) {
        const double x = bci_series_x(s, i);

        if (!shows_x(area, x) || !shows_y(area, s->y[i]) || !shows_y(area, s->y2[i]))
            continue;
        const long at = bci_svg_tenths(px_of(area, x));

        end = py_of(area, s->y2[i]);
        if (bci_svg_tenths(py_of(area, s->y[i])) == bci_svg_tenths(end))
            continue;
        bci_path_move(&path, at, bci_svg_tenths(py_of(area, s->y[i])));
        bci_path_line(&path, at, bci_svg_tenths(end));
    }
    bci_path_end(&path);
    return end;
}

static double draw_references(bci_buffer *b, const bci_area *area, const bci_series *s)
{
    const bool is_vertical = s->given.kind == BC_PLOT_VERTICAL;
    double end = 0.0;
    bci_path path = bci_path_begin(b, "r");

    for (size_t i = 0; i < s->given.n; i++) {
        const double value = is_vertical ? bci_series_x(s, i) : s->y[i];

        if (!(is_vertical ? shows_x(area, value) : shows_y(area, value)))
            continue;
        const long at = bci_svg_tenths(is_vertical ? px_of(area, value) : py_of(area, value));

        bci_path_move(&path, is_vertical ? at : 0, is_vertical ? 0 : at);
        bci_path_line(&path, is_vertical ? at : bci_svg_tenths(area->width),
                      is_vertical ? bci_svg_tenths(area->height) : at);
        end = is_vertical ? 0.0 : py_of(area, value);
    }
    bci_path_end(&path);
    return end;
}

double bci_series_draw(bci_buffer *b, const bci_area *area, const bci_series *s)
{
    switch (s->given.kind) {
    case BC_PLOT_AREA: draw_line(b, area, s, true); return draw_line(b, area, s, false);
    case BC_PLOT_LINE:
    case BC_PLOT_STEP: return draw_line(b, area, s, false);
    case BC_PLOT_POINTS: return draw_points(b, area, s);
    case BC_PLOT_BARS: return draw_bars(b, area, s);
    case BC_PLOT_BAND: return draw_band(b, area, s);
    case BC_PLOT_HORIZONTAL:
    case BC_PLOT_VERTICAL: return draw_references(b, area, s);
    case BC_PLOT_MARKS: return draw_marks(b, area, s);
    case BC_PLOT_STEMS: return draw_stems(b, area, s);
    }
    return 0.0;
}

void bci_series_key(bci_buffer *b, const bci_series *s, double x, double y)
{
    const long left = bci_svg_tenths(x), middle = bci_svg_tenths(y);
    char classes[32];

    switch (s->given.kind) {
    case BC_PLOT_HORIZONTAL:
    case BC_PLOT_VERTICAL: snprintf(classes, sizeof classes, "r"); break;
    case BC_PLOT_LINE:
    case BC_PLOT_AREA:
    case BC_PLOT_STEP: line_classes(classes, NULL, s); break;
    case BC_PLOT_BARS:
    case BC_PLOT_BAND: snprintf(classes, sizeof classes, "%s w", colour_of(s)); break;
    case BC_PLOT_POINTS: snprintf(classes, sizeof classes, "%s o", colour_of(s)); break;
    case BC_PLOT_STEMS: snprintf(classes, sizeof classes, "%s k", colour_of(s)); break;
    case BC_PLOT_MARKS: return; /* the label stands in its row */
    }
    bci_path path = bci_path_begin(b, classes);

    bci_path_move(&path, left + (s->given.kind == BC_PLOT_POINTS ? BCI_KEY_PX * 5 : 0), middle);
    if (s->given.kind == BC_PLOT_POINTS)
        bci_path_close(&path);
    else
        bci_path_line(&path, left + BCI_KEY_PX * 10, middle);
    bci_path_end(&path);
}
