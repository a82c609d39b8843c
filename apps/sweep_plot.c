/* Knows what is drawn of a sweep. */
#include "sweep_plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bitcrush/plot.h"
#include "tool.h"

/* A column of the rows, as a line. */
typedef struct {
    bc_plot_tone tone;
    const char *label;
    size_t field;
} line;

static double field_of(const sweep_row *row, size_t field)
{
    return *(const double *)(const void *)((const char *)row + field);
}

static bool has_points(const sweep_row *rows, int n, size_t field)
{
    for (int i = 0; i < n; i++)
        if (isfinite(field_of(&rows[i], field)))
            return true;
    return false;
}

static void draw_line(bc_plot *p, const sweep_row *rows, int n, const line *l)
{
    double y[SWEEP_MAX_BITS];

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

static void begin_panel(bc_plot *p, const sweep *s, const char *title, const char *label,
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

static void draw_snr(bc_plot *p, const sweep *s)
{
    const size_t snr = offsetof(sweep_row, snr_db), theory = offsetof(sweep_row, theory_snr_db);
    char label[96];

    begin_panel(p, s, "SNR at each depth", "SNR", "dB", 300);
    draw_line(p, s->plain, s->n_rows,
              &(line){ BC_PLOT_QUIET, "6.02 n + 1.76", offsetof(sweep_row, rule_of_thumb_db) });
    draw_line(p, s->plain, s->n_rows, &(line){ BC_PLOT_THEORY, "expected", theory });
    draw_line(p, s->dithered, s->n_rows, &(line){ BC_PLOT_THEORY, "expected with dither", theory });
    draw_line(p, s->plain, s->n_rows, &(line){ BC_PLOT_NEXT, "undithered", snr });
    snprintf(label, sizeof label, "dither %s", s->dither);
    draw_line(p, s->dithered, s->n_rows, &(line){ BC_PLOT_NEXT, label, snr });
}

/* What tells more of the medium than SNR does. */
static void draw_medium(bc_plot *p, const sweep *s)
{
    const bool is_image = s->tool == TOOL_IMAGE;
    const size_t field =
        is_image ? offsetof(sweep_row, psnr_blurred_db) : offsetof(sweep_row, noise_a_dbfs);
    char label[96];

    if (s->tool == TOOL_TENSOR ||
        (!has_points(s->plain, s->n_rows, field) && !has_points(s->dithered, s->n_rows, field)))
        return;
    begin_panel(p, s,
                is_image ? "PSNR in linear light, blurred as by the eye" : "Noise, A-weighted",
                is_image ? "PSNR" : "level", is_image ? "dB" : "dBFS", 180);
    draw_line(p, s->plain, s->n_rows, &(line){ BC_PLOT_NEXT, "undithered", field });
    snprintf(label, sizeof label, "dither %s", s->dither);
    draw_line(p, s->dithered, s->n_rows, &(line){ BC_PLOT_NEXT, label, field });
}

bc_status sweep_plot(const options *o, const sweep *s, bc_error *err)
{
    const char *slash = strrchr(o->operands[0], '/');
    char title[256];
    bc_plot *p = NULL;

    const int low = s->plain[0].bits, high = s->plain[s->n_rows - 1].bits;
    const char *name = slash ? slash + 1 : o->operands[0];

    if (low < high)
        snprintf(title, sizeof title, "%s from %d to %d bits", name, low, high);
    else
        snprintf(title, sizeof title, "%s at %d bit%s", name, low, low == 1 ? "" : "s");
    bc_status st = bc_plot_new(title, NULL, &p, err);

    if (!st) {
        draw_snr(p, s);
        draw_medium(p, s);
    }
    return tool_save_plot(o, p, st, err);
}
