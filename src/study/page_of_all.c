/* Knows the page that puts several files on one axis: a ruler on each, their curves, their
 * figures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bitcrush/study.h"
#include "study/curve.h"
#include "study/excerpt.h"
#include "study/sweep_lines.h"

enum { DEPTHS = BC_PAGE_DEPTHS, MAX_FILES = BC_PAGE_MAX_FILES, MOST_CURVES = 7 };

/* --- curves */

static const bc_depth_row *rows_of(const bc_sweep *s, bool is_dithered)
{
    return is_dithered ? s->dithered : s->plain;
}

static void begin_panel(bc_plot *p, const char *title, unsigned height_px)
{
    bc_plot_add_panel(p, &(bc_plot_panel){ .title = title,
                                           .x = { .label = "bits a value, scales included",
                                                  .low = 0.5,
                                                  .high = DEPTHS + 0.75,
                                                  .is_whole = true },
                                           .y = { .label = "SNR", .unit = "dB" },
                                           .height_px = height_px });
}

static void draw_rule_of_thumb(bc_plot *p)
{
    double y[DEPTHS];

    for (int i = 0; i < DEPTHS; i++)
        y[i] = bc_theory_rule_of_thumb_db(i + 1);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .tone = BC_PLOT_THEORY,
                                      .label = "6.02 n + 1.76, a full-scale sine",
                                      .n = DEPTHS,
                                      .y = y,
                                      .x_first = 1.0,
                                      .x_step = 1.0 });
}

/* Curves of a file: one, or one for each way that scales are shared. */
static int count_curves(const bc_sweep *s)
{
    int n_curves = 0;

    for (int i = 0; i < s->n_rows; i += bci_family_count(s->plain + i, s->n_rows - i))
        n_curves++;
    return n_curves;
}

/* All curves of all files where a plot has colours for them, else the first of each. */
static bool shows_all(const bc_sweep *sweeps, size_t n)
{
    int n_curves = 0;

    for (size_t i = 0; i < n; i++)
        n_curves += count_curves(&sweeps[i]);
    return n_curves <= MOST_CURVES;
}

static void name_curve(const bc_sweep *s, const bc_depth_row *row, char *to, size_t size)
{
    snprintf(to, size, "%.100s%s%s", bci_base_name(s->path), row->family ? ", " : "",
             row->family ? row->family : "");
}

static void draw_file(bc_plot *p, const bc_sweep *s, bool is_dithered, bool is_whole)
{
    const bc_depth_row *rows = rows_of(s, is_dithered);
    const int n_rows = is_whole ? s->n_rows : bci_family_count(s->plain, s->n_rows);
    char label[160];

    for (int i = 0, n = 0; i < n_rows; i += n) {
        n = bci_family_count(rows + i, n_rows - i);
        name_curve(s, &s->plain[i], label, sizeof label);
        bci_draw_rows(p, rows + i, n,
                      &(bci_line){ BC_PLOT_NEXT, label, offsetof(bc_depth_row, snr_db) });
    }
}

static void draw_expected(bc_plot *p, const bc_sweep *s, bool is_dithered, const char *label)
{
    bci_draw_rows(p, rows_of(s, is_dithered), bci_family_count(s->plain, s->n_rows),
                  &(bci_line){ BC_PLOT_QUIET, label, offsetof(bc_depth_row, theory_snr_db) });
}

static void draw_curves(bc_plot *p, const bc_sweep *sweeps, size_t n, bool is_dithered)
{
    bool is_labelled = false;

    begin_panel(p, NULL, 340);
    for (size_t i = 0; i < n; i++) {
        draw_expected(p, &sweeps[i], is_dithered, is_labelled ? NULL : "expected of each");
        is_labelled |= bci_has_points(rows_of(&sweeps[i], is_dithered),
                                      bci_family_count(sweeps[i].plain, sweeps[i].n_rows),
                                      offsetof(bc_depth_row, theory_snr_db));
    }
    for (size_t i = 0; i < n; i++)
        draw_file(p, &sweeps[i], is_dithered, shows_all(sweeps, n));
    draw_rule_of_thumb(p);
}

/* Rounding and clipping apart, of files that clip. */
static void draw_parts(bc_plot *p, const bc_sweep *sweeps, size_t n, bool is_dithered)
{
    bool is_begun = false;
    char suffix[128];

    for (size_t i = 0; i < n; i++) {
        const bc_depth_row *rows = rows_of(&sweeps[i], is_dithered);
        const int n_rows = bci_family_count(sweeps[i].plain, sweeps[i].n_rows);

        if (!bci_has_overload(rows, n_rows))
            continue;
        if (!is_begun)
            begin_panel(p, "Rounding alone, clipping alone", 240);
        is_begun = true;
        snprintf(suffix, sizeof suffix, ", %.100s", bci_base_name(sweeps[i].path));
        bci_draw_parts(p, rows, n_rows, suffix);
    }
}

/* --- tables */

/* Bits down, files across. */
static void tabulate(bc_html *h, const bc_sweep *sweeps, size_t n_files, bool is_dithered)
{
    enum { COLUMNS = MAX_FILES + 1 };
    const char *heads[COLUMNS] = { "bits" }, *cells[COLUMNS * DEPTHS];
    char text[COLUMNS * DEPTHS][32], names[MAX_FILES][160];
    const size_t n = n_files + 1;

    for (size_t f = 1; f < n; f++) {
        name_curve(&sweeps[f - 1], &sweeps[f - 1].plain[0], names[f - 1], sizeof *names);
        heads[f] = names[f - 1];
    }
    for (size_t i = 0; i < DEPTHS * n; i++) {
        const bc_sweep *s = &sweeps[i % n ? i % n - 1 : 0];
        const int bits = (int)(i / n) + 1;
        const bc_depth_row *row = bc_sweep_at(s, rows_of(s, is_dithered), bits);

        if (i % n == 0)
            snprintf(text[i], sizeof *text, "%d", bits);
        else
            bci_show_db(text[i], sizeof *text, row ? row->snr_db : NAN);
        cells[i] = text[i];
    }
    bc_html_table(h, is_dithered ? "SNR in dB, dithered" : "SNR in dB, no dither", heads, n, cells,
                  DEPTHS);
}

static void describe_all(bc_html *h, const bc_sweep *sweeps, size_t n)
{
    const char *heads[] = { "file", "kind", "n bits are", "dither" };
    const char *cells[4 * MAX_FILES];

    for (size_t i = 0; i < n; i++) {
        cells[4 * i] = sweeps[i].path;
        cells[4 * i + 1] = sweeps[i].medium->kind;
        cells[4 * i + 2] = sweeps[i].medium->n_bits_are;
        cells[4 * i + 3] = sweeps[i].dither;
    }
    bc_html_table(h, "What was measured", heads, 4, cells, n);
}

/* --- the page */

static bc_status put_curves(bc_html *h, const bc_sweep *sweeps, size_t n, bool is_dithered,
                            const char *caption, bc_error *err)
{
    bc_plot *p = NULL;
    const bc_status st = bc_plot_new(is_dithered ? "SNR by bits of each file, with dither"
                                                 : "SNR by bits of each file",
                                     NULL, &p, err);

    if (st)
        return st;
    draw_curves(p, sweeps, n, is_dithered);
    draw_parts(p, sweeps, n, is_dithered);
    bc_html_plot(h, p, caption);
    bc_plot_free(p);
    return BC_OK;
}

/* Nothing where no file was dithered. */
static bc_status put_dithered(bc_html *h, const bc_sweep *sweeps, size_t n, bc_error *err)
{
    bool is_any = false;

    for (size_t i = 0; i < n; i++)
        is_any |= strcmp(sweeps[i].dither, "none") != 0;
    if (!is_any)
        return BC_OK;
    bc_html_section(h, "With dither");
    bc_html_paragraph(h,
                      "Dither costs decibels, and what is left of the error no longer follows the "
                      "signal: tones, bands and bias become noise.");
    const bc_status st = put_curves(h, sweeps, n, true, "The same files, dithered.", err);

    if (!st)
        tabulate(h, sweeps, n, true);
    return st;
}

static bc_status put_all(bc_html *h, const bc_sweep *sweeps, size_t n, bc_error *err)
{
    bc_status st = bci_put_excerpts(h, sweeps, n, err);

    if (st)
        return st;
    bc_html_section(h, "On one axis");
    st = put_curves(
        h, sweeps, n, false,
        "The power of a signal over the power of its error. The slope is the same for all: one bit "
        "more halves the step, and the error with it, which is 6.02 dB. How high a line lies "
        "depends on how well the data fill the ruler. A sine of full scale fills a mid-rise ruler "
        "from end to end and lies on the dashed line; soft sound, and weights with a few large "
        "ones among many small, lie below it.",
        err);
    if (st)
        return st;
    for (size_t i = 0; i < n; i++)
        bci_mention_missing(h, &sweeps[i]);
    tabulate(h, sweeps, n, false);
    st = put_dithered(h, sweeps, n, err);
    if (st)
        return st;
    bc_html_section(h, "Files");
    describe_all(h, sweeps, n);
    return BC_OK;
}

bc_status bc_page_of_all(const bc_sweep *sweeps, size_t n, bc_html **out, bc_error *err)
{
    const bc_status st = bc_html_new(
        "Bits against SNR",
        "One quantizer and one measure for pictures, sound, weights and numbers: what 1 to "
        "8 bits cost each of these files.",
        out, err);

    return st ? st : put_all(*out, sweeps, n, err);
}
