/* Knows how bits and SNR are drawn and put into tables, of one file and of several. */
#include "study/curve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "study/excerpt.h"

enum { LEAST_DEPTHS = BC_PAGE_DEPTHS, MAX_FILES = BC_PAGE_MAX_FILES };

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bc_request bc_page_request(const bc_medium *medium, const bc_request *request, bc_setting *room)
{
    const char *nonfinite = bc_setting_value(&request->settings, "nonfinite");
    const bool is_zero = nonfinite && strcmp(nonfinite, "error") != 0 &&
                         bc_setting_row_of(medium->settings, medium->n_settings, "nonfinite");
    bc_request own = *request;

    for (size_t i = 0; i < own.settings.n; i++)
        room[i] = own.settings.rows[i];
    if (is_zero)
        room[own.settings.n++] = (bc_setting){ "nonfinite", "zero" };
    own.settings.rows = room;
    return own;
}

/* Silence has no SNR, and what is exact at every depth none that is finite. */
static bool has_points(const bc_depth_row *rows, int n)
{
    for (int i = 0; i < n; i++)
        if (isfinite(rows[i].snr_db))
            return true;
    return false;
}

static void mention_missing(bc_html *h, const bc_sweep *s, const char *name)
{
    char text[256];

    snprintf(text, sizeof text, "No point of %.160s: it is exact at every depth, or has no signal.",
             name);
    if (!has_points(s->plain, s->n_rows))
        bc_html_paragraph(h, text);
}

static double x_of(const bc_depth_row *row)
{
    return isnan(row->bits_per_value) ? row->bits : row->bits_per_value;
}

/* The rows that are one curve, from the first on. */
static int count_of_family(const bc_depth_row *rows, int n)
{
    int k = 0;

    while (k < n && rows[k].family == rows[0].family)
        k++;
    return k;
}

static void add_rows(bc_plot *p, const bc_depth_row *rows, int n, bc_plot_tone tone,
                     const char *label)
{
    double x[BC_SWEEP_MAX_ROWS], y[BC_SWEEP_MAX_ROWS];

    if (!has_points(rows, n)) /* a label without a line */
        return;
    for (int i = 0; i < n; i++) {
        x[i] = x_of(&rows[i]);
        y[i] = isinf(rows[i].snr_db) ? NAN : rows[i].snr_db;
    }
    bc_plot_add(
        p,
        &(bc_plot_series){
            .kind = BC_PLOT_LINE, .tone = tone, .label = label, .n = (size_t)n, .x = x, .y = y });
    bc_plot_add(p,
                &(bc_plot_series){
                    .kind = BC_PLOT_POINTS, .tone = BC_PLOT_SAME, .n = (size_t)n, .x = x, .y = y });
}

static void add_rule_of_thumb(bc_plot *p, int n)
{
    double y[BC_SWEEP_MAX_BITS];

    for (int i = 0; i < n; i++)
        y[i] = bc_theory_rule_of_thumb_db(i + 1);
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                      .tone = BC_PLOT_THEORY,
                                      .label = "6.02 n + 1.76, a full-scale sine",
                                      .n = (size_t)n,
                                      .y = y,
                                      .x_first = 1.0,
                                      .x_step = 1.0 });
}

static void begin_panel(bc_plot *p, int n)
{
    bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .label = "bits a sample or weight",
                                                  .low = 0.5,
                                                  .high = n + 0.5,
                                                  .is_whole = true },
                                           .y = { .label = "SNR", .unit = "dB" },
                                           .height_px = 300 });
}

static void show_db(char *to, size_t size, double db)
{
    if (isnan(db))
        snprintf(to, size, "–");
    else if (isinf(db))
        snprintf(to, size, "%s", db > 0.0 ? "infinite" : "-infinite");
    else
        bci_format(to, size, "%.2f", db);
}

/* --- one file */

static void add_series_of_one(bc_plot *p, const bc_sweep *s)
{
    char dithered[96];

    add_rows(p, s->plain, s->n_rows, BC_PLOT_NEXT, "no dither");
    if (strcmp(s->dither, "none") != 0) {
        snprintf(dithered, sizeof dithered, "dither %s", s->dither);
        add_rows(p, s->dithered, s->n_rows, BC_PLOT_NEXT, dithered);
    }
    add_rule_of_thumb(p, s->n_rows);
}

/* A curve for each, and what values of their law have at best. */
static void add_families(bc_plot *p, const bc_sweep *s)
{
    double y[BC_LLOYD_MAX_BITS];

    for (int i = 0, n = 0; i < s->n_rows; i += n) {
        n = count_of_family(s->plain + i, s->n_rows - i);
        add_rows(p, s->plain + i, n, BC_PLOT_NEXT, s->plain[i].family);
    }
    for (int i = 0; i < BC_LLOYD_MAX_BITS; i++)
        y[i] = bc_theory_lloyd_max_db(s->law, i + 1);
    if (s->law != BC_LAW_NONE)
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                          .tone = BC_PLOT_THEORY,
                                          .label = "Lloyd-Max",
                                          .n = BC_LLOYD_MAX_BITS,
                                          .y = y,
                                          .x_first = 1.0 });
}

static void draw_one(bc_plot *p, const bc_sweep *s, double bits, double snr_db)
{
    begin_panel(p, s->last);
    if (s->n_rows > 0 && s->plain[0].family) {
        add_families(p, s);
    } else {
        add_series_of_one(p, s);
    }
    if (isfinite(bits) && isfinite(snr_db))
        bc_plot_add(
            p,
            &(bc_plot_series){
                .kind = BC_PLOT_POINTS, .label = "this result", .n = 1, .x = &bits, .y = &snr_db });
}
/* What a row is called: bits, or bits a weight with grid and scale. */
static void show_row_name(char *to, size_t size, const bc_depth_row *row)
{
    if (isnan(row->bits_per_value))
        snprintf(to, size, "%d", (int)row->bits);
    else
        bci_format(to, size, "%.2f, %s, %s%s%s", row->bits_per_value, row->grid,
                   row->scale ? row->scale : "", *row->group ? " per " : "", row->group);
}

static void tabulate_one(bc_html *h, const bc_sweep *s)
{
    enum { COLUMNS = 5, LENGTH = 72 };
    static const char *const heads[] = { "bits", "plain", "dither", "theory", "bytes" };
    char text[COLUMNS * BC_SWEEP_MAX_ROWS][LENGTH];
    const char *cells[COLUMNS * BC_SWEEP_MAX_ROWS];
    const bool is_dithered = strcmp(s->dither, "none") != 0;

    for (int i = 0; i < s->n_rows; i++) {
        char(*row)[LENGTH] = &text[COLUMNS * i];

        show_row_name(row[0], sizeof *row, &s->plain[i]);
        show_db(row[1], sizeof *row, s->plain[i].snr_db);
        show_db(row[2], sizeof *row, is_dithered ? s->dithered[i].snr_db : NAN);
        show_db(row[3], sizeof *row, s->plain[i].theory_snr_db);
        snprintf(row[4], sizeof *row, "%llu", (unsigned long long)s->plain[i].size_bytes);
        for (int c = 0; c < COLUMNS; c++)
            cells[COLUMNS * i + c] = row[c];
    }
    bc_html_table(
        h,
        "SNR in dB: without dither, with it, and the closed form without it where there is "
        "one; bytes of the codes, packed",
        heads, COLUMNS, cells, (size_t)s->n_rows);
}

/* Depths of the curve on which a result of so many bits stands. */
static int last_depth(const bc_medium *m, double bits)
{
    const int wanted = isfinite(bits) ? (int)ceil(bits) : LEAST_DEPTHS;

    return wanted < LEAST_DEPTHS ? LEAST_DEPTHS : wanted < m->most_bits ? wanted : m->most_bits;
}

static bc_status put_curve(bc_html *h, const bc_sweep *s, double bits, double snr_db, bc_error *err)
{
    char caption[256];
    bc_plot *plot = NULL;
    const bc_status st = bc_plot_new("SNR by bits", NULL, &plot, err);

    if (st)
        return st;
    draw_one(plot, s, bits, snr_db);
    snprintf(caption, sizeof caption,
             "The same file at 1 to %d bits: %s. Each bit more halves the error, which is 6.02 dB.",
             s->last,
             s->plain[0].family ? "what weights are stored in, by bits a weight, scales included"
                                : s->medium->n_bits_are);
    bc_html_plot(h, plot, caption);
    mention_missing(h, s, base_name(s->path));
    tabulate_one(h, s);
    bc_plot_free(plot);
    return BC_OK;
}

bc_status bci_curve_of_one(bc_html *h, const bc_page *p, double snr_db, bc_error *err)
{
    const double bits = p->outcome->bits;
    bc_setting *room = malloc((p->request->settings.n + 1) * sizeof *room);
    bc_sweep *s = malloc(sizeof *s);
    bc_status st = BC_OK;

    if (!room || !s) {
        st = bci_fail(err, BC_E_LIMIT, "out of memory for a sweep");
    } else {
        const bc_request plain = bc_page_request(p->medium, p->request, room);

        st = bc_sweep_measure(p->medium, p->account->in, 1, last_depth(p->medium, bits),
                              BC_SWEEP_DITHERED, &plain, NULL, s, err);
    }
    if (st == BC_E_UNSUPPORTED) { /* the settings leave nothing to measure */
        bc_html_paragraph(h, "There are no weights to measure.");
        st = BC_OK;
    } else if (!st) {
        st = put_curve(h, s, bits, snr_db, err);
    }
    free(s);
    free(room);
    return st;
}

/* --- several files */

/* What the closed form says; false where it says nothing. */
static bool add_expected(bc_plot *p, const bc_sweep *s, const char *label)
{
    double x[BC_SWEEP_MAX_ROWS], y[BC_SWEEP_MAX_ROWS];
    const int n_rows = count_of_family(s->plain, s->n_rows);
    size_t n = 0;

    for (int i = 0; i < n_rows; i++) {
        x[n] = x_of(&s->plain[i]);
        y[n] = s->plain[i].theory_snr_db;
        n += isfinite(y[n]) != 0;
    }
    if (n > 0)
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE,
                                          .tone = BC_PLOT_QUIET,
                                          .label = label,
                                          .n = n,
                                          .x = x,
                                          .y = y });
    return n > 0;
}

static void draw_all(bc_plot *p, const bc_sweep *sweeps, size_t n)
{
    bool is_labelled = false;

    begin_panel(p, LEAST_DEPTHS);
    for (size_t i = 0; i < n; i++)
        is_labelled |= add_expected(p, &sweeps[i], is_labelled ? NULL : "expected of each");
    for (size_t i = 0; i < n; i++)
        add_rows(p, sweeps[i].plain, count_of_family(sweeps[i].plain, sweeps[i].n_rows),
                 BC_PLOT_NEXT, base_name(sweeps[i].path));
    add_rule_of_thumb(p, LEAST_DEPTHS);
}

/* Bits down, files across. */
static void tabulate_all(bc_html *h, const bc_sweep *sweeps, size_t n_files, bool is_dithered)
{
    enum { COLUMNS = MAX_FILES + 1 };
    const char *heads[COLUMNS] = { "bits" }, *cells[COLUMNS * LEAST_DEPTHS];
    char text[COLUMNS * LEAST_DEPTHS][32];
    const size_t n = n_files + 1;

    for (size_t f = 1; f < n; f++)
        heads[f] = base_name(sweeps[f - 1].path);
    for (size_t i = 0; i < LEAST_DEPTHS * n; i++) {
        const bc_sweep *s = &sweeps[i % n ? i % n - 1 : 0];
        const int bits = (int)(i / n) + 1;
        const bc_depth_row *row = bc_sweep_at(s, is_dithered ? s->dithered : s->plain, bits);

        if (i % n == 0)
            snprintf(text[i], sizeof *text, "%d", bits);
        else
            show_db(text[i], sizeof *text, row ? row->snr_db : NAN);
        cells[i] = text[i];
    }
    bc_html_table(h, is_dithered ? "SNR in dB, dithered" : "SNR in dB, no dither", heads, n, cells,
                  LEAST_DEPTHS);
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

static bc_status put_all(bc_html *h, const bc_sweep *sweeps, size_t n, bc_error *err)
{
    bc_plot *p = NULL;
    const bc_status st = bc_plot_new("SNR by bits of each file", NULL, &p, err);

    if (st)
        return st;
    const bc_status shown = bci_put_excerpts(h, sweeps, n, err);

    if (shown) {
        bc_plot_free(p);
        return shown;
    }
    bc_html_section(h, "On one axis");
    draw_all(p, sweeps, n);
    bc_html_plot(
        h, p,
        "The power of a signal over the power of its error. The slope is the same for all: "
        "a bit more halves the step, and the error with it, which is 6.02 dB. How high a "
        "line lies is a matter of how well the data fill the ruler: a sine of full scale "
        "lies on the dashed line, soft sound and weights with a few large ones among many "
        "small lie below it.");
    bc_plot_free(p);
    for (size_t i = 0; i < n; i++)
        mention_missing(h, &sweeps[i], base_name(sweeps[i].path));
    tabulate_all(h, sweeps, n, false);
    bc_html_section(h, "With dither");
    bc_html_paragraph(h,
                      "Dither costs decibels, and what is left of the error no longer follows the "
                      "signal: tones, bands and bias become noise.");
    tabulate_all(h, sweeps, n, true);
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

/* Bits of a value, scales included where it pays for them. */
static void add_ruler(bc_report *r, const char *table, const bc_depth_row *row)
{
    char scale[64];

    snprintf(scale, sizeof scale, "%s%s%s", row->scale, *row->group ? ", " : "", row->group);
    if (isnan(row->bits_per_value))
        bc_report_integer(r, table, "bits", (uint64_t)row->bits);
    else
        bc_report_number(r, table, "bits", row->bits_per_value);
    bc_report_string(r, table, "grid", row->grid);
    bc_report_string(r, table, "scale", scale);
}

void bc_page_facts(const bc_sweep *sweeps, size_t n, const char *path, bc_report *r)
{
    static const char table[] = "rows";

    bc_report_string(r, "", "tool", "bitcrush " BC_VERSION);
    bc_report_string(r, "output", "page", path);
    for (size_t f = 0; f < n; f++) {
        for (int i = 0; i < sweeps[f].n_rows; i++) {
            bc_report_row(r, table);
            bc_report_string(r, table, "path", sweeps[f].path);
            add_ruler(r, table, &sweeps[f].plain[i]);
            bc_report_number(r, table, "snr_db", sweeps[f].plain[i].snr_db);
            bc_report_number(r, table, "theory_snr_db", sweeps[f].plain[i].theory_snr_db);
            if (strcmp(sweeps[f].dither, "none") != 0)
                bc_report_number(r, table, "dithered_snr_db", sweeps[f].dithered[i].snr_db);
        }
    }
}
