/* Knows what is drawn of a sweep. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "study/sweep_lines.h"

/* What tells more of some media than SNR does: the first that says something. */
static const struct {
    const char *title, *label, *unit;
    size_t field;
} others[] = {
    { "PSNR in linear light, blurred as by the eye", "PSNR", "dB",
      offsetof(bc_depth_row, psnr_blurred_db) },
    { "Noise, A-weighted", "level", "dBFS", offsetof(bc_depth_row, noise_a_dbfs) },
};

static void draw_other(bc_plot *p, const bc_sweep *s)
{
    char label[96];
    size_t i = 0;

    while (i < sizeof others / sizeof *others &&
           !bci_has_points(s->plain, s->n_rows, others[i].field) &&
           !bci_has_points(s->dithered, s->n_rows, others[i].field))
        i++;
    if (i == sizeof others / sizeof *others)
        return;
    bci_begin_panel(p, s, others[i].title, others[i].label, others[i].unit, 180);
    bci_draw_rows(p, s->plain, s->n_rows,
                  &(bci_line){ BC_PLOT_NEXT, "undithered", others[i].field });
    snprintf(label, sizeof label, "dither %s", s->dither);
    bci_draw_rows(p, s->dithered, s->n_rows, &(bci_line){ BC_PLOT_NEXT, label, others[i].field });
}

bc_status bc_sweep_draw(const bc_sweep *s, bc_plot **out, bc_error *err)
{
    const char *slash = strrchr(s->path, '/'), *name = slash ? slash + 1 : s->path;
    const int low = s->first, high = s->last;
    char title[256];

    if (low < high)
        snprintf(title, sizeof title, "%s from %d to %d bits", name, low, high);
    else
        snprintf(title, sizeof title, "%s at %d bit%s", name, low, low == 1 ? "" : "s");
    const bc_status st = bc_plot_new(title, NULL, out, err);

    if (st)
        return st;
    bci_draw_snr(*out, s);
    bci_draw_parts_panel(*out, s);
    draw_other(*out, s);
    return BC_OK;
}
