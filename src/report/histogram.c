/* Knows how a histogram of codes stands on a page. */
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/html.h"

void bc_html_codes(bc_html *h, const char *heading, const uint64_t *counts, size_t n, double first,
                   const char *label, const char *caption, bc_error *err, bc_status *st)
{
    double *y = malloc((n + 1) * sizeof *y);
    bc_plot *p = NULL;

    if (!*st && !y)
        *st = bci_fail(err, BC_E_LIMIT, "out of memory for a histogram");
    if (!*st)
        *st = bc_plot_new(heading, NULL, &p, err);
    if (!*st) {
        for (size_t i = 0; i < n; i++)
            y[i] = (double)counts[i];
        bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .label = label, .is_whole = true },
                                               .y = { .label = "how often" } });
        bc_plot_add(p, &(bc_plot_series){
                           .kind = BC_PLOT_BARS, .n = n, .y = y, .x_first = first, .x_step = 1.0 });
        bc_html_plot(h, p, caption);
    }
    bc_plot_free(p);
    free(y);
}
