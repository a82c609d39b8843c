/* Knows what is drawn of a sweep. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bitcrush/study.h"

/* A column of the rows, as a line. */
typedef struct {
    bc_plot_tone tone;
    const char *label;
    size_t field;
} line;

static double field_of(const bc_depth_row *row, size_t field)
{
    return *(const double *)(const void *)((const char *)row + field);
}

static bool has_points(const bc_depth_row *rows, int n, size_t field)
{
    for (int i = 0; i < n; i++)
        if (isfinite(field_of(&rows[i], field)))
            return true;
    return false;
}

static void draw_line(bc_plot *p, const bc_depth_row *rows, int n, const line *l)
{
    double y[BC_SWEEP_MAX_BITS];

    if (!has_points(rows, n, l->field))
        return;
    for (int i = 0; i < n; i++)
        y[i] = field_of(&rows[i], l->field);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .tone = l->tone,
                                      .label = l->label,
                                      .n = (size_t)n,
                                      .y = y,
                                      .x_first = rows[0].bits,
                                      .x_step = 1.0 });
    if (l->tone == BC_PLOT_NEXT) /* dots: what was measured */
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_POINTS,
                                          .tone = BC_PLOT_SAME,
                                          .n = (size_t)n,
                                          .y = y,
                                          .x_first = rows[0].bits,
                                          .x_step = 1.0 });
}

static void begin_panel(bc_plot *p, const bc_sweep *s, const char *title, const char *label,
                        const char *unit, unsigned height_px)
{
    const double first = s->plain[0].bits, last = s->plain[s->n_rows - 1].bits;

    bc_plot_add_panel(p, &(bc_plot_panel){ .title = title,
                                           .x = { .label = "depth",
                                                  .unit = "bits",
                                                  .low = first - 0.25,
                                                  .high = last + 0.25,
                                                  .is_whole = true },
                                           .y = { .label = label, .unit = unit },
                                           .height_px = height_px });
}

static void draw_snr(bc_plot *p, const bc_sweep *s)
{
    const size_t snr = offsetof(bc_depth_row, snr_db),
                 theory = offsetof(bc_depth_row, theory_snr_db);
    char label[96];

    begin_panel(p, s, "SNR at each depth", "SNR", "dB", 300);
    draw_line(p, s->plain, s->n_rows,
              &(line){ BC_PLOT_QUIET, "6.02 n + 1.76", offsetof(bc_depth_row, rule_of_thumb_db) });
    draw_line(p, s->plain, s->n_rows, &(line){ BC_PLOT_THEORY, "expected", theory });
    draw_line(p, s->dithered, s->n_rows, &(line){ BC_PLOT_THEORY, "expected with dither", theory });
    draw_line(p, s->plain, s->n_rows, &(line){ BC_PLOT_NEXT, "undithered", snr });
    snprintf(label, sizeof label, "dither %s", s->dither);
    draw_line(p, s->dithered, s->n_rows, &(line){ BC_PLOT_NEXT, label, snr });
}

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
           !has_points(s->plain, s->n_rows, others[i].field) &&
           !has_points(s->dithered, s->n_rows, others[i].field))
        i++;
    if (i == sizeof others / sizeof *others)
        return;
    begin_panel(p, s, others[i].title, others[i].label, others[i].unit, 180);
    draw_line(p, s->plain, s->n_rows, &(line){ BC_PLOT_NEXT, "undithered", others[i].field });
    snprintf(label, sizeof label, "dither %s", s->dither);
    draw_line(p, s->dithered, s->n_rows, &(line){ BC_PLOT_NEXT, label, others[i].field });
}

bc_status bc_sweep_draw(const bc_sweep *s, bc_plot **out, bc_error *err)
{
    const char *slash = strrchr(s->path, '/'), *name = slash ? slash + 1 : s->path;
    const int low = s->plain[0].bits, high = s->plain[s->n_rows - 1].bits;
    char title[256];

    if (low < high)
        snprintf(title, sizeof title, "%s from %d to %d bits", name, low, high);
    else
        snprintf(title, sizeof title, "%s at %d bit%s", name, low, low == 1 ? "" : "s");
    const bc_status st = bc_plot_new(title, NULL, out, err);

    if (!st) {
        draw_snr(*out, s);
        draw_other(*out, s);
    }
    return st;
}
