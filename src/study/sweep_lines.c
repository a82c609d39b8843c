/* Knows how rows of a sweep become lines: SNR with what is expected beside it, and its two parts,
 * rounding and clipping. */
#include "study/sweep_lines.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

static double field_of(const bc_depth_row *row, size_t field)
{
    return *(const double *)(const void *)((const char *)row + field);
}

static double x_of(const bc_depth_row *row)
{
    return isnan(row->bits_per_value) ? row->bits : row->bits_per_value;
}

void bci_show_scale(const bc_depth_row *row, char *to, size_t size)
{
    const bool is_of_all = strcmp(row->group, "all") == 0;

    snprintf(to, size, "%s%s%s", row->scale ? row->scale : "-",
             is_of_all     ? " over "
             : *row->group ? " per "
                           : "",
             row->group);
}

int bci_family_count(const bc_depth_row *rows, int n)
{
    int k = 0;

    while (k < n && rows[k].family == rows[0].family)
        k++;
    return k;
}

bool bci_has_points(const bc_depth_row *rows, int n, size_t field)
{
    for (int i = 0; i < n; i++)
        if (isfinite(field_of(&rows[i], field)))
            return true;
    return false;
}

static bool is_scaled_alike(const bc_depth_row *a, const bc_depth_row *b)
{
    return !a->scale || !b->scale || strcmp(a->scale, b->scale) == 0;
}

static bool is_format(const bc_depth_row *row)
{
    return row->scale && strcmp(row->scale, "own") == 0;
}

static void draw_dots(bc_plot *p, const double *x, const double *y, size_t n, bc_plot_tone tone,
                      const char *label)
{
    bc_plot_add(p,
                &(bc_plot_series){
                    .kind = BC_PLOT_POINTS, .tone = tone, .label = label, .n = n, .x = x, .y = y });
}

static void draw_values(bc_plot *p, const bc_depth_row *rows, const double *values, int n,
                        bc_plot_tone tone, const char *label)
{
    double x[2 * BC_SWEEP_MAX_ROWS], y[2 * BC_SWEEP_MAX_ROWS];
    size_t k = 0;

    for (int i = 0; i < n; i++) {
        x[k] = x_of(&rows[i]);
        if (i > 0 && !is_scaled_alike(&rows[i - 1], &rows[i]))
            y[k++] = NAN;
        x[k] = x_of(&rows[i]);
        y[k++] = values[i];
    }
    if (n > 0 && is_format(&rows[0])) {
        draw_dots(p, x, y, k, tone, label);
        return;
    }
    bc_plot_add(p,
                &(bc_plot_series){
                    .kind = BC_PLOT_LINE, .tone = tone, .label = label, .n = k, .x = x, .y = y });
    if (tone == BC_PLOT_NEXT)
        draw_dots(p, x, y, k, BC_PLOT_SAME, NULL);
}

void bci_draw_rows(bc_plot *p, const bc_depth_row *rows, int n, const bci_line *l)
{
    double values[BC_SWEEP_MAX_ROWS];

    if (!bci_has_points(rows, n, l->field))
        return;
    for (int i = 0; i < n; i++)
        values[i] = field_of(&rows[i], l->field);
    draw_values(p, rows, values, n, l->tone, l->label);
}

void bci_begin_panel(bc_plot *p, const bc_sweep *s, const char *title, const char *label,
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

/* --- SNR */

/* What no row goes beyond, by the law that fits. */
static void draw_bounds(bc_plot *p, const bc_sweep *s)
{
    double x[BC_SWEEP_MAX_BITS], best[BC_SWEEP_MAX_BITS], rate[BC_SWEEP_MAX_BITS];
    char labels[2][64];
    size_t n = 0;

    if (s->law == BC_LAW_NONE)
        return;
    for (int bits = s->first; bits <= s->last; bits++, n++) {
        x[n] = bits;
        best[n] = bc_theory_lloyd_max_db(s->law, bits);
        rate[n] = bc_theory_rate_db(s->law, bits);
    }
    if (s->law == BC_LAW_GAUSSIAN)
        snprintf(labels[0], sizeof *labels, "rate: 6.02 n");
    else
        bci_format(labels[0], sizeof *labels, "rate: 6.02 n + %.2f",
                   bc_theory_rate_db(s->law, 0.0));
    snprintf(labels[1], sizeof *labels, "Lloyd-Max, %s", bc_law_name(s->law));
    bc_plot_series line = {
        .kind = BC_PLOT_LINE, .tone = BC_PLOT_QUIET, .label = labels[0], .n = n, .x = x, .y = rate
    };

    bc_plot_add(p, &line);
    line.tone = BC_PLOT_THEORY;
    line.label = labels[1];
    line.y = best;
    bc_plot_add(p, &line);
}

/* Curves of one family each, without dither. */
static void draw_families(bc_plot *p, const bc_sweep *s)
{
    bci_begin_panel(p, s, "SNR by bits a weight, scales included", "SNR", "dB", 400);
    draw_bounds(p, s);
    for (int i = 0, n = 0; i < s->n_rows; i += n) {
        n = bci_family_count(s->plain + i, s->n_rows - i);
        bci_draw_rows(
            p, s->plain + i, n,
            &(bci_line){ BC_PLOT_NEXT, s->plain[i].family, offsetof(bc_depth_row, snr_db) });
    }
}

static void draw_depths(bc_plot *p, const bc_sweep *s)
{
    const size_t snr = offsetof(bc_depth_row, snr_db),
                 theory = offsetof(bc_depth_row, theory_snr_db);
    char label[96];

    bci_begin_panel(p, s, "SNR at each depth", "SNR", "dB", 300);
    bci_draw_rows(
        p, s->plain, s->n_rows,
        &(bci_line){ BC_PLOT_QUIET, "6.02 n + 1.76", offsetof(bc_depth_row, rule_of_thumb_db) });
    bci_draw_rows(p, s->plain, s->n_rows, &(bci_line){ BC_PLOT_THEORY, "expected", theory });
    bci_draw_rows(p, s->dithered, s->n_rows,
                  &(bci_line){ BC_PLOT_THEORY, "expected with dither", theory });
    bci_draw_rows(p, s->plain, s->n_rows, &(bci_line){ BC_PLOT_NEXT, "undithered", snr });
    snprintf(label, sizeof label, "dither %s", s->dither);
    bci_draw_rows(p, s->dithered, s->n_rows, &(bci_line){ BC_PLOT_NEXT, label, snr });
}

void bci_draw_snr(bc_plot *p, const bc_sweep *s)
{
    if (s->n_rows > 0 && s->plain[0].family)
        draw_families(p, s);
    else
        draw_depths(p, s);
}

/* --- rounding and clipping */

bool bci_has_overload(const bc_depth_row *rows, int n)
{
    return bci_has_points(rows, n, offsetof(bc_depth_row, overload_db));
}

double bci_granular_db(const bc_depth_row *row)
{
    return isnan(row->granular_db) ? row->snr_db : row->granular_db;
}

void bci_draw_parts(bc_plot *p, const bc_depth_row *rows, int n, const char *suffix)
{
    double granular[BC_SWEEP_MAX_ROWS], overload[BC_SWEEP_MAX_ROWS];
    char label[2][96];

    if (!bci_has_overload(rows, n))
        return;
    for (int i = 0; i < n; i++) {
        granular[i] = bci_granular_db(&rows[i]);
        overload[i] = rows[i].overload_db;
    }
    snprintf(label[0], sizeof *label, "rounding alone%s", suffix);
    snprintf(label[1], sizeof *label, "clipping alone%s", suffix);
    draw_values(p, rows, granular, n, BC_PLOT_NEXT, label[0]);
    draw_values(p, rows, overload, n, BC_PLOT_NEXT, label[1]);
}

/* Dots for each row of a sweep by families that clips: lines of eight kinds would be too many. */
static void draw_parts_of_families(bc_plot *p, const bc_sweep *s)
{
    double x[BC_SWEEP_MAX_ROWS], granular[BC_SWEEP_MAX_ROWS], overload[BC_SWEEP_MAX_ROWS];
    size_t n = 0;

    for (int i = 0; i < s->n_rows; i++) {
        if (isnan(s->plain[i].overload_db))
            continue;
        x[n] = x_of(&s->plain[i]);
        granular[n] = s->plain[i].granular_db;
        overload[n++] = s->plain[i].overload_db;
    }
    draw_dots(p, x, granular, n, BC_PLOT_NEXT, "rounding alone");
    draw_dots(p, x, overload, n, BC_PLOT_NEXT, "clipping alone");
}

void bci_draw_parts_panel(bc_plot *p, const bc_sweep *s)
{
    const size_t theory = offsetof(bc_depth_row, theory_snr_db);
    const bool has_families = s->n_rows > 0 && s->plain[0].family;

    if (!bci_has_overload(s->plain, s->n_rows) &&
        (has_families || !bci_has_overload(s->dithered, s->n_rows)))
        return;
    bci_begin_panel(p, s, "Rounding alone, clipping alone", "SNR", "dB", 240);
    if (has_families) {
        draw_parts_of_families(p, s);
        return;
    }
    if (bci_has_overload(s->plain, s->n_rows))
        bci_draw_rows(p, s->plain, s->n_rows, &(bci_line){ BC_PLOT_THEORY, "expected", theory });
    if (bci_has_overload(s->dithered, s->n_rows))
        bci_draw_rows(p, s->dithered, s->n_rows,
                      &(bci_line){ BC_PLOT_THEORY, "expected with dither", theory });
    bci_draw_parts(p, s->plain, s->n_rows, "");
    bci_draw_parts(p, s->dithered, s->n_rows, ", dithered");
}
