/* Plots: panels of lines, bands and bars, written as one SVG text that needs nothing else.
 *
 * A figure holds panels, a panel holds series. Everything given is copied. What goes wrong on
 * the way (memory, an impossible axis) is remembered and returned by bc_plot_svg, as reports
 * do it. The picture follows light and dark screens, its colours are those of Okabe and Ito,
 * its words are text. The same calls give the same bytes: coordinates are tenths of a pixel,
 * written without the locale. */
#ifndef BITCRUSH_PLOT_H
#define BITCRUSH_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/envelope.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bc_plot bc_plot;

typedef enum {
    BC_PLOT_LINEAR,
    BC_PLOT_LOG,  /* base 10; values that are not above 0 are gaps */
    BC_PLOT_NONE, /* no axis. As y: a panel of number lines, see BC_PLOT_MARKS */
} bc_plot_scale;

/* An axis that is all zero is linear, without words, over the range of the data. */
typedef struct {
    const char *label, *unit; /* "frequency", "Hz"; NULL: none */
    bc_plot_scale scale;
    double low, high; /* the range; equal: that of the data, in y out to the next tick */
    bool is_whole;    /* x is a number of things: ticks at whole numbers alone */
    const double *at; /* ticks of y at these values and no others, rising; NULL: at round ones */
    size_t n_at;
} bc_plot_axis;

typedef struct {
    const char *title; /* NULL: none */
    bc_plot_axis x, y;
    unsigned height_px; /* of the area inside the axes; 0: chosen */
} bc_plot_panel;

typedef enum {
    BC_PLOT_LINE,       /* from point to point */
    BC_PLOT_STEP,       /* y holds until the next x */
    BC_PLOT_AREA,       /* a line, filled down to 0 or the low end of the axis */
    BC_PLOT_POINTS,     /* a dot at each point */
    BC_PLOT_BARS,       /* bars around equally spaced x, up from 0 or the low end */
    BC_PLOT_BAND,       /* filled between y and y2 */
    BC_PLOT_HORIZONTAL, /* a thin line across at each y */
    BC_PLOT_VERTICAL,   /* a thin line upright at each x */
    BC_PLOT_MARKS,      /* a number line with a mark at each x. In a panel without y axis each
                           one opens a row of its own, and POINTS lie on the row before them */
    BC_PLOT_STEMS,      /* a thin upright line at each x from y to y2 */
} bc_plot_kind;

/* What becomes of points that share one pixel column. */
typedef enum {
    BC_PLOT_EXTREMES,   /* the lowest and the highest are drawn */
    BC_PLOT_MEAN,       /* one point at their mean */
    BC_PLOT_MEAN_POWER, /* the same for y in decibels of power: 10 log10 mean 10^(y/10) */
} bc_plot_thinning;

typedef enum {
    BC_PLOT_NEXT,   /* the next colour of the panel; sparse lines also differ by their dashes */
    BC_PLOT_SAME,   /* the colour used last: points on their line */
    BC_PLOT_THEORY, /* what is expected: dashed, in the colour of the text */
    BC_PLOT_QUIET,  /* background: grey */
} bc_plot_tone;

typedef struct {
    bc_plot_kind kind;
    bc_plot_tone tone;
    bc_plot_thinning thinning; /* of lines, steps and areas */
    const char *label;         /* stands at the right end; NULL: none */
    size_t n;                  /* of values in each array; 0 is fine */
    const double *x;           /* ascending, except of points and marks. NULL: x_first + i x_step */
    const double *y, *y2;      /* NaN and infinity are gaps; y2 for bands and stems */
    double x_first, x_step;    /* used where x is NULL; x_step 0 means 1 */
} bc_plot_series;

/* An empty figure. `title` and `description` are what a screen reader says; the title is also
 * printed on top. A NULL title is left out, a NULL description is made of the titles of the
 * panels. Texts are UTF-8; what is not, or not allowed in XML, shows as U+FFFD.
 * BC_E_LIMIT when memory is short. */
BC_API BC_NODISCARD bc_status bc_plot_new(const char *title, const char *description, bc_plot **out,
                                          bc_error *err);

/* Put the panels in a grid of n columns, row by row; at first 1, at most 6. */
BC_API void bc_plot_columns(bc_plot *p, unsigned n);

/* How wide the picture is, in pixels: 900 at first, 300 at least. Below 600 the labels of series
 * stand above their panel and not beside it. */
BC_API void bc_plot_width(bc_plot *p, unsigned px);

/* Begin a panel; series go into the one begun last. A fixed range has low < high, both finite,
 * and is above 0 where the axis is logarithmic; otherwise (or where they are closer than a
 * billionth of them, a ten thousandth if logarithmic) BC_E_USAGE is remembered. */
BC_API void bc_plot_add_panel(bc_plot *p, const bc_plot_panel *panel);

/* Add a series. The arrays that its kind needs may not be NULL, unless n is 0; there is a
 * panel. Dense lines and bands are thinned to a few points per pixel column, bars narrower
 * than a pixel are put together: the mean in full colour, the highest behind it in pale. */
BC_API void bc_plot_add(bc_plot *p, const bc_plot_series *series);

/* One horizontal line at y, or vertical line at x, with its label (NULL: none). */
BC_API void bc_plot_horizontal(bc_plot *p, double y, const char *label);
BC_API void bc_plot_vertical(bc_plot *p, double x, const char *label);

/* The figure as an SVG document. The caller frees *out. Returns the error
 * remembered first, if there is one. */
BC_API BC_NODISCARD bc_status bc_plot_svg(const bc_plot *p, char **out, bc_error *err);

/* Release; NULL is fine. */
BC_API void bc_plot_free(bc_plot *p);

/* Add an envelope to a plot, as a band; `x_step` is the distance of two samples on the x axis
 * (1 / rate for seconds); the signal begins at 0. */
BC_API void bc_plot_add_envelope(bc_plot *p, const bc_envelope *e, double x_step,
                                 const char *label);

#ifdef __cplusplus
}
#endif
#endif
