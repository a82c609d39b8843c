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

/* A run of rows that are one curve. */
typedef struct {
    const bc_depth_row *rows;
    int n;
} curve;

static curve curve_at(const bc_depth_row *rows, int n)
{
    int k = 1;

    while (k < n && rows[k].family == rows[0].family)
        k++;
    return (curve){ rows, k };
}

static double x_of(const bc_depth_row *row)
{
    return isnan(row->bits_per_value) ? row->bits : row->bits_per_value;
}

static void draw_line(bc_plot *p, const bc_depth_row *rows, int n, const line *l)
{
    double x[BC_SWEEP_MAX_ROWS], y[BC_SWEEP_MAX_ROWS];

    if (!has_points(rows, n, l->field))
        return;
    for (int i = 0; i < n; i++) {
        x[i] = x_of(&rows[i]);
        y[i] = field_of(&rows[i], l->field);
    }
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .tone = l->tone,
                                      .label = l->label,
                                      .n = (size_t)n,
                                      .x = x,
                                      .y = y });
    if (l->tone == BC_PLOT_NEXT) /* dots: what was measured */
        bc_plot_add(
            p, &(bc_plot_series){
                   .kind = BC_PLOT_POINTS, .tone = BC_PLOT_SAME, .n = (size_t)n, .x = x, .y = y });
}

static void begin_panel(bc_plot *p, const bc_sweep *s, const char *title, const char *label,
                        const char *unit, unsigned height_px)
{
    const bool is_shared = s->n_rows > 0 && !isnan(s->plain[0].bits_per_value);
    double low = s->first, high = s->last;

    for (int i = 0; i < s->n_rows; i++) {
        low = fmin(low, x_of(&s->plain[i]));
        high = fmax(high, x_of(&s->plain[i]));
    }
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = title,
                                           .x = { .label = is_shared ? "bits a weight" : "depth",
                                                  .unit = is_shared ? NULL : "bits",
                                                  .low = low - 0.25,
                                                  .high = high + 0.25,
                                                  .is_whole = true },
                                           .y = { .label = label, .unit = unit },
                                           .height_px = height_px });
}

/* What rounding alone leaves where some of the values clip. */
static void draw_granular(bc_plot *p, const bc_depth_row *rows, int n)
{
    draw_line(p, rows, n,
              &(line){ BC_PLOT_QUIET, "but for clipping", offsetof(bc_depth_row, granular_db) });
}

/* What no row goes beyond, by the law that fits. */
static void draw_bounds(bc_plot *p, const bc_sweep *s)
{
    double x[BC_SWEEP_MAX_BITS], best[BC_SWEEP_MAX_BITS], rate[BC_SWEEP_MAX_BITS];
    size_t n = 0;

    for (int bits = s->first; s->law != BC_LAW_NONE && bits <= s->last; bits++, n++) {
        x[n] = bits;
        best[n] = bc_theory_lloyd_max_db(s->law, bits);
        rate[n] = bc_theory_rate_db(s->law, bits);
    }
    if (n == 0)
        return;
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .tone = BC_PLOT_QUIET,
                                      .label = s->law == BC_LAW_GAUSSIAN ? "6.02 n, rate" : "rate",
                                      .n = n,
                                      .x = x,
                                      .y = rate });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .tone = BC_PLOT_THEORY,
                                      .label = "Lloyd-Max",
                                      .n = n,
                                      .x = x,
                                      .y = best });
}

/* Curves of one family each, without dither. */
static void draw_families(bc_plot *p, const bc_sweep *s)
{
    begin_panel(p, s, "SNR by bits a weight, scales included", "SNR", "dB", 400);
    draw_bounds(p, s);
    for (int i = 0; i < s->n_rows;) {
        const curve c = curve_at(s->plain + i, s->n_rows - i);

        draw_line(p, c.rows, c.n,
                  &(line){ BC_PLOT_NEXT, c.rows->family, offsetof(bc_depth_row, snr_db) });
        i += c.n;
    }
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
    draw_granular(p, s->plain, s->n_rows);
    draw_granular(p, s->dithered, s->n_rows);
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
    const int low = s->first, high = s->last;
    char title[256];

    if (low < high)
        snprintf(title, sizeof title, "%s from %d to %d bits", name, low, high);
    else
        snprintf(title, sizeof title, "%s at %d bit%s", name, low, low == 1 ? "" : "s");
    const bc_status st = bc_plot_new(title, NULL, out, err);

    if (!st && s->n_rows > 0 && s->plain[0].family) {
        draw_families(*out, s);
    } else if (!st) {
        draw_snr(*out, s);
        draw_other(*out, s);
    }
    return st;
}
