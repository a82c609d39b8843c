/* Shared-internal: the rows of a sweep in words, and the lines that plots are made of, alone and on
 * pages. */
#ifndef BCI_SWEEP_LINES_H
#define BCI_SWEEP_LINES_H

#include <stddef.h>

#include "bitcrush/study.h"

/* A column of rows as a line. */
typedef struct {
    bc_plot_tone tone;
    const char *label;
    size_t field; /* of bc_depth_row, a double */
} bci_line;

/* How a row lies on its data: "absmax per row", "minmax over all". */
void bci_show_scale(const bc_depth_row *row, char *to, size_t size);

/* The rows from the first on that are one family. */
int bci_family_count(const bc_depth_row *rows, int n);

/* Is there a number to draw? */
bool bci_has_points(const bc_depth_row *rows, int n, size_t field);

/* A line through the rows, broken where they lie on their rulers in another way, and a dot for each
 * where tone is BC_PLOT_NEXT. Formats, which have rulers of their own, are dots alone. Nothing
 * where there is no number. */
void bci_draw_rows(bc_plot *p, const bc_depth_row *rows, int n, const bci_line *l);

/* A panel of bits, as wide as the sweep. */
void bci_begin_panel(bc_plot *p, const bc_sweep *s, const char *title, const char *label,
                     const char *unit, unsigned height_px);

/* The panel of SNR: measured, expected, and what no row goes beyond. */
void bci_draw_snr(bc_plot *p, const bc_sweep *s);

/* Has a row values beyond the ends of its ruler? */
bool bci_has_overload(const bc_depth_row *rows, int n);

/* SNR if only rounding counted, which is all where nothing clips. */
double bci_granular_db(const bc_depth_row *row);

/* Rounding alone and clipping alone, as two lines that are called so, each label with `suffix`. */
void bci_draw_parts(bc_plot *p, const bc_depth_row *rows, int n, const char *suffix);

/* A panel of both for plain and dithered rows, where any row has overload. */
void bci_draw_parts_panel(bc_plot *p, const bc_sweep *s);

#endif
