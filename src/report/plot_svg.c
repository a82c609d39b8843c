/* Knows how a figure is laid out: margins that hold the numbers and labels, panels in a grid,
 * axes and words around them, and the rules of style. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "report/labels.h"

#define NARROW_PX 600   /* from here on there is room for labels at the right */
#define LABEL_PX  132.0 /* where those are broken into lines */
#define ROW_PX    38.0
#define AREA_PX   190.0
#define GAP_PX    26.0

const char bci_plot_style[] =
    ".bcp{font:12px system-ui,sans-serif}.bcp text{fill:#333}.bcp path.u{fill:#fff}"
    ".bcp .h{font-size:18px;font-weight:600}.bcp .s{font-size:14px;font-weight:600}"
    ".bcp .e{text-anchor:end}.bcp .m{text-anchor:middle}"
    ".bcp path{fill:none;stroke-linejoin:round;stroke-linecap:round}"
    ".bcp .g{stroke:#d4d4d4}.bcp .n{stroke:#ececec}.bcp .a{stroke:#777}"
    ".bcp .r{stroke:#555;stroke-dasharray:2 3}"
    ".bcp .l{stroke:currentColor;stroke-width:1.8}.bcp .t{stroke-width:1}"
    ".bcp path.b{fill:currentColor;stroke:currentColor;stroke-width:.8}"
    ".bcp path.f{fill:currentColor}.bcp path.p{fill:currentColor;fill-opacity:.3}"
    ".bcp .w{stroke:currentColor;stroke-width:9;stroke-linecap:butt}"
    ".bcp .k{stroke:currentColor;stroke-width:1}.bcp .o{stroke:currentColor;stroke-width:6.5}"
    ".bcp .d2{stroke-dasharray:7 4}.bcp .d3{stroke-dasharray:1 4}.bcp .d4{stroke-dasharray:9 4 1 4}"
    ".bcp .c1{color:#0072b2}.bcp .c2{color:#d55e00}.bcp .c3{color:#009e73}.bcp .c4{color:#cc79a7}.bcp .c5{color:#e69f00}"
    ".bcp .c6{color:#56b4e9}.bcp .c7{color:#000}.bcp .ct{color:#222}.bcp .cq{color:#aaa}"
    "@media(prefers-color-scheme:dark){.bcp text{fill:#ddd}.bcp path.u{fill:#16181c}"
    ".bcp .g{stroke:#3a3e45}.bcp .n{stroke:#272a30}.bcp .a{stroke:#999}.bcp .r{stroke:#bbb}"
    ".bcp .c1{color:#56b4e9}.bcp .c2{color:#e69f00}.bcp .c3{color:#2fc49a}.bcp .c4{color:#e0a3c4}.bcp .c5{color:#f0e442}"
    ".bcp .c6{color:#5c9dff}.bcp .c7{color:#fff}.bcp .ct{color:#eee}.bcp .cq{color:#6b7078}}";

/* The label of a vertical line, above the area. */
typedef struct {
    const bci_series *series;
    double line, x, width; /* x of the line and of the middle of the text */
    unsigned row;          /* 0 is next to the area */
} upright;

/* A panel with everything that was measured before it is drawn. */
typedef struct {
    const bci_panel *panel;
    bci_area area;
    bci_tick x_ticks[BCI_TICKS_MAX], y_ticks[BCI_TICKS_MAX];
    size_t n_x_ticks, n_y_ticks;
    bci_label *labels;
    bci_label_block *blocks; /* room for spreading them */
    upright *uprights;
    size_t n_labels, n_uprights;
    double left, right;  /* margins of the area */
    double above, below; /* and the room for words there */
    double labels_above; /* of it: for labels that are not at the right */
} layout;

static double text_width(const char *text)
{
    return bci_svg_text_width(text, strlen(text), BCI_TEXT_PX);
}

static bool has_words(const bci_axis *axis)
{
    return axis->label || axis->unit;
}

/* --- measuring ------------------------------------------------------------------------- */

static bci_range range_of(const bci_panel *panel, const bci_axis *axis, bool is_x, double x0,
                          double x1)
{
    const bool is_log = axis->scale == BC_PLOT_LOG;
    double low = INFINITY, high = -INFINITY;

    if (axis->low != axis->high)
        return (bci_range){ axis->low, axis->high, is_log };
    for (size_t i = 0; i < panel->n; i++) {
        if (is_x)
            bci_series_extent_x(&panel->series[i], is_log, &low, &high);
        else
            bci_series_extent_y(&panel->series[i], is_log, x0, x1, &low, &high);
    }
    return bci_range_of(low, high, is_log);
}

/* Points at the very end of an axis would be cut in half. */
static void make_room_for_points(const bci_panel *panel, bci_range *x)
{
    bool has_points = false;

    for (size_t i = 0; i < panel->n; i++)
        has_points |= panel->series[i].given.kind == BC_PLOT_POINTS ||
                      panel->series[i].given.kind == BC_PLOT_MARKS;
    if (!has_points || panel->x.low != panel->x.high)
        return;
    if (x->is_log) {
        const double factor = pow(x->high / x->low, 0.02);

        x->low /= factor;
        x->high *= factor;
    } else {
        const double d = 0.02 * (x->high - x->low);

        x->low -= d;
        x->high += d;
    }
}

/* The labels at the right, and an area high enough for them; or above it in a narrow picture. */
static void measure_labels(layout *l, double narrow_px)
{
    const bool is_above = narrow_px > 0.0 && !l->area.has_rows;
    double width = 0.0, height = 0.0;

    for (size_t i = 0; i < l->panel->n; i++) {
        const bci_series *s = &l->panel->series[i];

        if (!s->label || !*s->label || s->given.kind == BC_PLOT_VERTICAL)
            continue;
        bci_label *new = &l->labels[l->n_labels++];

        *new = bci_label_of(s, is_above ? narrow_px : LABEL_PX);
        width = fmax(width, new->width + new->key);
        height += new->height;
    }
    l->right = width > 0.0 && !is_above ? width + 10.0 : 16.0;
    if (is_above)
        l->labels_above = height;
    else
        l->area.height = fmax(l->area.height, height - BCI_LINE_PX);
}

/* Ticks that stand where they were asked for. Those too near the one before have no number. */
static size_t given_ticks(const bci_axis *axis, const bci_area *a, bci_tick *ticks)
{
    const size_t n = bci_ticks_at(&a->y, axis->at, axis->n_at, ticks);
    double last = -INFINITY;

    for (size_t i = 0; i < n; i++) {
        const double at = a->height * bci_range_place(&a->y, ticks[i].value);

        ticks[i].is_minor = at < last + 13.0;
        if (!ticks[i].is_minor)
            last = at;
    }
    return n;
}

static void measure(layout *l, double narrow_px)
{
    const bci_panel *panel = l->panel;
    bci_area *a = &l->area;

    a->has_rows = panel->y.scale == BC_PLOT_NONE;
    a->height = panel->height_px ? panel->height_px
                : a->has_rows    ? ROW_PX * (panel->n_rows ? panel->n_rows : 1)
                                 : AREA_PX;
    measure_labels(l, narrow_px);
    a->row_height = a->height / (panel->n_rows ? panel->n_rows : 1);
    a->x = range_of(panel, &panel->x, true, 0.0, 0.0);
    a->y = (bci_range){ 0.0, 1.0, false };
    l->left = 16.0;
    if (!a->has_rows) {
        const size_t n_most = (size_t)fmax(3.0, a->height / 32.0 + 1.0);

        a->y = range_of(panel, &panel->y, false, a->x.low, a->x.high);
        if (panel->y.low == panel->y.high)
            bci_range_pad(&a->y, n_most);
        l->n_y_ticks = panel->y.at ? given_ticks(&panel->y, a, l->y_ticks)
                                   : bci_ticks(&a->y, n_most, l->y_ticks);
        for (size_t i = 0; i < l->n_y_ticks; i++)
            l->left = fmax(l->left, text_width(l->y_ticks[i].text) + 8.0);
    }
    make_room_for_points(panel, &a->x);
    l->above =
        (panel->title ? 22.0 : 0.0) + (has_words(&panel->y) ? 18.0 : 0.0) + l->labels_above + 8.0;
    l->below = 20.0 + (has_words(&panel->x) ? BCI_LINE_PX + 1.0 : 0.0);
}

/* As many ticks as fit without touching. */
static void measure_x_ticks(layout *l)
{
    const bci_range *x = &l->area.x;
    size_t n_most = (size_t)fmax(2.0, l->area.width / 45.0);
    bool touches = true;

    /* A step is 1, 2 or 5 times a power of ten: above 1/2 it is 1 at least. */
    if (l->panel->x.is_whole)
        n_most = (size_t)fmax(2.0, fmin((double)n_most, ceil(2.0 * (x->high - x->low))));

    for (; touches; n_most--) {
        double end = -INFINITY;

        touches = false;
        l->n_x_ticks = bci_ticks(&l->area.x, n_most, l->x_ticks);
        for (size_t i = 0; i < l->n_x_ticks; i++) {
            const bci_tick *t = &l->x_ticks[i];
            const double at = l->area.width * bci_range_place(x, t->value);
            const double half = 0.5 * text_width(t->text);

            if (t->is_minor)
                continue;
            touches |= at - half < end + 10.0;
            end = at + half;
        }
        if (n_most <= 2)
            break;
    }
}

/* The labels of vertical lines, each in the lowest row where it touches no other. */
static void measure_uprights(layout *l)
{
    unsigned n_rows = 0;

    for (size_t i = 0; i < l->panel->n; i++) {
        const bci_series *s = &l->panel->series[i];

        if (s->given.kind != BC_PLOT_VERTICAL || !s->label || !*s->label || s->given.n == 0)
            continue;

        const double place = bci_range_shows(l->area.x.is_log, bci_series_x(s, 0))
                                 ? bci_range_place(&l->area.x, bci_series_x(s, 0))
                                 : -1.0;
        upright new = { .series = s, .line = place * l->area.width, .width = text_width(s->label) };

        if (place < 0.0 || place > 1.0)
            continue;
        new.x = fmax(fmin(new.line, l->area.width - 0.5 * new.width), 0.5 * new.width);
        for (size_t k = 0; k < l->n_uprights; k++) {
            const upright *u = &l->uprights[k];

            if (u->row == new.row && fabs(u->x - new.x) < 0.5 * (u->width + new.width) + 8.0) {
                new.row++;
                k = (size_t)-1; /* from the first one again, a row higher */
            }
        }
        l->uprights[l->n_uprights++] = new;
        n_rows = new.row + 1 > n_rows ? new.row + 1 : n_rows;
    }
    l->above += BCI_LINE_PX * n_rows;
}

/* --- drawing --------------------------------------------------------------------------- */

/* "frequency (Hz)". */
static void draw_words(bci_buffer *b, const bci_axis *axis, const char *classes, double x, double y)
{
    bci_buffer words = { 0 };

    if (!has_words(axis))
        return;
    if (axis->label)
        bci_put(&words, axis->label, strlen(axis->label));
    if (axis->unit) {
        bci_put(&words, axis->label ? " (" : "", axis->label ? 2 : 0);
        bci_put(&words, axis->unit, strlen(axis->unit));
        bci_put(&words, ")", axis->label != NULL);
    }
    if (words.is_short_of_memory)
        b->is_short_of_memory = true;
    else
        bci_svg_text(b, classes, x, y, words.text, words.n);
    free(words.text);
}

/* Grid lines of the major (or minor) ticks of both axes as one path. */
static void draw_grid(bci_buffer *b, const layout *l, bool minor)
{
    const bci_area *a = &l->area;
    const long right = bci_svg_tenths(a->width), bottom = bci_svg_tenths(a->height);
    bci_path path = bci_path_begin(b, minor ? "n" : "g");

    for (size_t i = 0; i < l->n_y_ticks; i++) {
        const double place = bci_range_place(&a->y, l->y_ticks[i].value);
        const long y = bci_svg_tenths(a->height * (1.0 - place));

        if (l->y_ticks[i].is_minor != minor)
            continue;
        bci_path_move(&path, 0, y);
        bci_path_line(&path, right, y);
    }
    for (size_t i = 0; i < l->n_x_ticks; i++) {
        const long x = bci_svg_tenths(a->width * bci_range_place(&a->x, l->x_ticks[i].value));

        if (l->x_ticks[i].is_minor != minor)
            continue;
        bci_path_move(&path, x, 0);
        bci_path_line(&path, x, bottom);
    }
    bci_path_end(&path);
}

static void draw_numbers(bci_buffer *b, const layout *l)
{
    const bci_area *a = &l->area;

    for (size_t i = 0; i < l->n_y_ticks; i++) {
        const bci_tick *t = &l->y_ticks[i];

        if (!t->is_minor)
            bci_svg_text(b, "e", -7.0, a->height * (1.0 - bci_range_place(&a->y, t->value)) + 4.0,
                         t->text, strlen(t->text));
    }
    for (size_t i = 0; i < l->n_x_ticks; i++) {
        const bci_tick *t = &l->x_ticks[i];

        if (!t->is_minor)
            bci_svg_text(b, "m", a->width * bci_range_place(&a->x, t->value), a->height + 17.0,
                         t->text, strlen(t->text));
    }
    draw_words(b, &l->panel->x, "m", 0.5 * a->width, a->height + 17.0 + BCI_LINE_PX + 1.0);
}

static void draw_axes(bci_buffer *b, const layout *l)
{
    const long right = bci_svg_tenths(l->area.width), bottom = bci_svg_tenths(l->area.height);
    bci_path path = bci_path_begin(b, "a");

    bci_path_move(&path, 0, l->area.has_rows ? bottom : 0);
    bci_path_line(&path, 0, bottom);
    bci_path_line(&path, right, bottom);
    for (size_t i = 0; i < l->n_x_ticks; i++) {
        const double place = bci_range_place(&l->area.x, l->x_ticks[i].value);

        bci_path_move(&path, bci_svg_tenths(l->area.width * place), bottom);
        bci_path_line(&path, path.x, bottom + (l->x_ticks[i].is_minor ? 25 : 45));
    }
    bci_path_end(&path);
}

/* The series, cut off at the edges of the area, and where their labels are to be. */
static void draw_series(bci_buffer *b, layout *l)
{
    size_t n_labels = 0;

    bci_putf(b, "<svg width=\"");
    bci_svg_length(b, bci_svg_tenths(l->area.width));
    bci_putf(b, "\" height=\"");
    bci_svg_length(b, bci_svg_tenths(l->area.height));
    bci_putf(b, "\">\n");
    for (size_t i = 0; i < l->panel->n; i++) {
        const double end = bci_series_draw(b, &l->area, &l->panel->series[i]);

        if (n_labels < l->n_labels && l->labels[n_labels].series == &l->panel->series[i])
            l->labels[n_labels++].y = fmin(fmax(end, 0.0), l->area.height);
    }
    bci_putf(b, "</svg>\n");
}

static void draw_uprights(bci_buffer *b, const layout *l)
{
    for (size_t i = 0; i < l->n_uprights; i++) {
        const upright *u = &l->uprights[i];
        const double y = -6.0 - BCI_LINE_PX * u->row;
        const char *text = u->series->label;

        bci_svg_text(b, "m", u->x, y, text, strlen(text));
        bci_path path = bci_path_begin(b, "r");

        bci_path_move(&path, bci_svg_tenths(u->line), bci_svg_tenths(y + 3.0));
        bci_path_line(&path, path.x, 0);
        bci_path_end(&path);
    }
}

/* Labels: at the height where their series end, or one under the other above the area. */
static void draw_labels(bci_buffer *b, layout *l)
{
    double y = (l->panel->title ? 22.0 : 0.0) + (has_words(&l->panel->y) ? 18.0 : 0.0) - l->above;

    if (l->labels_above == 0.0)
        bci_labels_spread(l->labels, l->n_labels, l->area.height, l->blocks);
    for (size_t i = 0; i < l->n_labels; i++) {
        bci_label *label = &l->labels[i];

        if (l->labels_above > 0.0) {
            label->y = y + 0.5 * label->height;
            y += label->height;
        }
        bci_label_draw(b, label, l->labels_above > 0.0 ? -l->left : l->area.width + 8.0);
    }
}

/* A panel whose area has its upper left corner at x, y. */
static void draw_panel(bci_buffer *b, layout *l, double x, double y)
{
    const bci_panel *panel = l->panel;

    bci_putf(b, "<g transform=\"translate(");
    bci_svg_length(b, bci_svg_tenths(x));
    bci_putf(b, " ");
    bci_svg_length(b, bci_svg_tenths(y));
    bci_putf(b, ")\">\n");
    if (panel->title)
        bci_svg_text(b, "s", -l->left, 14.0 - l->above, panel->title, strlen(panel->title));
    draw_words(b, &panel->y, "", -l->left, (panel->title ? 34.0 : 12.0) - l->above);
    draw_grid(b, l, true);
    draw_grid(b, l, false);
    draw_series(b, l);
    draw_axes(b, l);
    draw_numbers(b, l);
    draw_uprights(b, l);
    draw_labels(b, l);
    bci_putf(b, "</g>\n");
}

/* --- the figure ------------------------------------------------------------------------ */

static void free_layouts(layout *layouts, size_t n)
{
    for (size_t i = 0; layouts && i < n; i++) {
        free(layouts[i].labels);
        free(layouts[i].blocks);
        free(layouts[i].uprights);
    }
    free(layouts);
}

/* Around the panels. */
static double margin_of(const bc_plot *p)
{
    return p->width_px < NARROW_PX ? 8.0 : 18.0;
}

/* Measure all panels; those of a column have the same margins. NULL when memory is short. */
static layout *measure_all(const bc_plot *p)
{
    layout *layouts = calloc(p->n + 1, sizeof *layouts);
    const double cell =
        (p->width_px - 2.0 * margin_of(p) - GAP_PX * (p->n_columns - 1)) / p->n_columns;
    const double narrow_px = p->width_px < NARROW_PX ? cell - BCI_KEY_PX - 8.0 : 0.0;

    for (size_t i = 0; layouts && i < p->n; i++) {
        layout *l = &layouts[i];

        l->panel = &p->panels[i];
        l->labels = calloc(l->panel->n + 1, sizeof *l->labels);
        l->blocks = calloc(l->panel->n + 1, sizeof *l->blocks);
        l->uprights = calloc(l->panel->n + 1, sizeof *l->uprights);
        if (!l->labels || !l->blocks || !l->uprights) {
            free_layouts(layouts, p->n);
            return NULL;
        }
        measure(l, narrow_px);
    }
    for (size_t i = 0; layouts && i < p->n; i++) {
        for (size_t k = i % p->n_columns; k < p->n; k += p->n_columns) {
            layouts[i].left = fmax(layouts[i].left, layouts[k].left);
            layouts[i].right = fmax(layouts[i].right, layouts[k].right);
        }
        layouts[i].area.width = fmax(40.0, cell - layouts[i].left - layouts[i].right);
        measure_x_ticks(&layouts[i]);
        measure_uprights(&layouts[i]);
    }
    return layouts;
}

/* What a screen reader says: the description, or else the titles of the panels. */
static void put_description(bci_buffer *b, const bc_plot *p)
{
    const char *before = "";

    if (p->title) {
        bci_putf(b, "<title>");
        bci_svg_escaped(b, p->title, strlen(p->title));
        bci_putf(b, "</title>\n");
    }
    bci_putf(b, "<desc>");
    if (p->description)
        bci_svg_escaped(b, p->description, strlen(p->description));
    for (size_t i = 0; !p->description && i < p->n; i++) {
        if (!p->panels[i].title)
            continue;
        bci_putf(b, "%s", before);
        bci_svg_escaped(b, p->panels[i].title, strlen(p->panels[i].title));
        before = "; ";
    }
    bci_putf(b, "</desc>\n");
}

/* The panels row by row, from `y` on. Returns where they end; with b NULL that is all. */
static double draw_rows(bci_buffer *b, const bc_plot *p, layout *layouts, double y)
{
    const double pitch = (p->width_px - 2.0 * margin_of(p) + GAP_PX) / p->n_columns;

    for (size_t first = 0; first < p->n; first += p->n_columns) {
        double above = 0.0, under = 0.0;

        for (size_t i = first; i < p->n && i < first + p->n_columns; i++) {
            above = fmax(above, layouts[i].above);
            under = fmax(under, layouts[i].area.height + layouts[i].below);
        }
        for (size_t i = first; b && i < p->n && i < first + p->n_columns; i++)
            draw_panel(b, &layouts[i], margin_of(p) + pitch * (double)(i - first) + layouts[i].left,
                       y + above);
        y += above + under + GAP_PX;
    }
    return y;
}

/* The rules, and the paper. */
static void put_style(bci_buffer *b, int width, int height)
{
    bci_putf(b, "<style>");
    bci_put(b, bci_plot_style, strlen(bci_plot_style));
    bci_putf(b, "</style>\n<path class=\"u\" d=\"M0 0h%dv%dH0z\"/>\n", width, height);
}

/* The whole figure; with `classes` NULL as a document of its own. */
static bc_status put_figure(bci_buffer *b, const bc_plot *p, const char *classes, bc_error *err)
{
    const double margin = margin_of(p), top = margin + (p->title && !classes ? 30.0 : 0.0);

    if (p->fault.status != BC_OK)
        return bci_fail(err, p->fault.status, "%s", p->fault.text);

    layout *layouts = measure_all(p);

    if (!layouts)
        return bci_fail(err, BC_E_LIMIT, "plot: out of memory");

    const int width = (int)p->width_px;
    const int height = (int)ceil(draw_rows(NULL, p, layouts, top) - GAP_PX + margin);

    bci_putf(b,
             "<svg %sclass=\"%s\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n",
             classes ? "" : "xmlns=\"http://www.w3.org/2000/svg\" ", classes ? classes : "bcp",
             width, height, width, height);
    put_description(b, p);
    if (!classes)
        put_style(b, width, height);
    if (p->title && !classes)
        bci_svg_text(b, "h", margin, margin + 14.0, p->title, strlen(p->title));
    draw_rows(b, p, layouts, top);
    bci_putf(b, "</svg>\n");
    free_layouts(layouts, p->n);
    return BC_OK;
}

bc_status bci_plot_put(bci_buffer *b, const bc_plot *p, const char *classes, bc_error *err)
{
    return put_figure(b, p, classes, err);
}

bc_status bc_plot_svg(const bc_plot *p, char **out, bc_error *err)
{
    bci_buffer b = { 0 };
    bc_status st = put_figure(&b, p, NULL, err);

    if (!st && b.is_short_of_memory)
        st = bci_fail(err, BC_E_LIMIT, "plot: out of memory");
    if (!st) {
        *out = b.text;
        return BC_OK;
    }
    free(b.text);
    return st;
}
