/* Shared-internal: what a plot was given, and how a panel is drawn. */
#ifndef BCI_FIGURE_H
#define BCI_FIGURE_H

#include "bitcrush/plot.h"
#include "report/svg.h"
#include "report/ticks.h"

typedef struct {
    bc_plot_series given; /* its pointers are those below */
    char *label;
    double *x, *y, *y2;
    unsigned colour; /* 0 to BCI_COLOURS - 1 of BC_PLOT_NEXT */
    unsigned row;    /* in a panel of number lines */
} bci_series;

typedef struct {
    char *label, *unit;
    bc_plot_scale scale;
    double low, high;
    bool is_whole;
    double *at;
    size_t n_at;
} bci_axis;

typedef struct {
    char *title;
    bci_axis x, y;
    unsigned height_px;
    unsigned n_rows, n_colours; /* number lines, colours in use */
    bci_series *series;
    size_t n, room;
} bci_panel;

struct bc_plot {
    char *title, *description;
    unsigned n_columns, width_px;
    bci_panel *panels;
    size_t n, room;
    bc_error fault; /* the first one */
};

/* The figure inside a page that has bci_plot_style: an <svg> of these classes without a style of
 * its own. */
BC_NODISCARD bc_status bci_plot_put(bci_buffer *b, const bc_plot *p, const char *classes,
                                    bc_error *err);
extern const char bci_plot_style[];

#define BCI_COLOURS 7

/* The area inside the axes, in pixels from its upper left corner. */
typedef struct {
    bci_range x, y;
    double width, height, row_height;
    bool has_rows; /* number lines instead of a y axis */
} bci_area;

/* The x of value i. */
double bci_series_x(const bci_series *s, size_t i);

/* The ends of the data that lie in x0 to x1, as an axis needs them: widen *low and *high. */
void bci_series_extent_x(const bci_series *s, bool is_log, double *low, double *high);
void bci_series_extent_y(const bci_series *s, bool is_log, double x0, double x1, double *low,
                         double *high);

/* Draw a series, in coordinates of the area. Returns the y, in pixels, of its right end, where
 * the label belongs. */
double bci_series_draw(bci_buffer *b, const bci_area *area, const bci_series *s);

#define BCI_KEY_PX 16

/* A short piece of its line, beside the label: BCI_KEY_PX wide, from x on, in pixels. */
void bci_series_key(bci_buffer *b, const bci_series *s, double x, double y);

#endif
