/* Knows how bits and SNR are drawn and put into tables, of one file and of several. */
#include "curve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"
#include "tool.h"

enum { LEAST_DEPTHS = 8, MAX_FILES = 6 };

static const char *const grids[] = {
    [TOOL_IMAGE] = "2^n levels of the coded values",
    [TOOL_AUDIO] = "PCM of n bits",
    [TOOL_TENSOR] = "integers of n bits over the range of each tensor",
};

/* What is swept is plain: no palette, no bits for channels, nothing before or behind the grid. */
static options plain_options(const options *o)
{
    options plain = *o;

    plain.palette = plain.channels = NULL;
    plain.rounding = 0;
    if (plain.nonfinite != BC_NONFINITE_ERROR) /* the curve is of integers, which hold neither */
        plain.nonfinite = BC_NONFINITE_ZERO;
    return plain;
}

/* Silence has no SNR, and what is exact at every depth none that is finite. */
static bool has_points(const sweep_row *rows, int n)
{
    for (int i = 0; i < n; i++)
        if (isfinite(rows[i].snr_db))
            return true;
    return false;
}

static void mention_missing(bc_html *h, const sweep *s, const char *name)
{
    char text[256];

    snprintf(text, sizeof text, "No point of %.160s: it is exact at every depth, or has no signal.",
             name);
    if (!has_points(s->plain, s->n_rows))
        bc_html_paragraph(h, text);
}

static void add_rows(bc_plot *p, const sweep_row *rows, int n, bc_plot_tone tone, const char *label)
{
    double x[SWEEP_MAX_BITS], y[SWEEP_MAX_BITS];

    if (!has_points(rows, n)) /* a label without a line */
        return;
    for (int i = 0; i < n; i++) {
        x[i] = rows[i].bits;
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
    double y[SWEEP_MAX_BITS];

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
        snprintf(to, size, "%.2f", db);
}

/* --- one file */

static void draw_one(bc_plot *p, const sweep *s, const page *of)
{
    char dithered[96];

    begin_panel(p, s->n_rows);
    add_rows(p, s->plain, s->n_rows, BC_PLOT_NEXT, "no dither");
    if (strcmp(s->dither, "none") != 0) {
        snprintf(dithered, sizeof dithered, "dither %s", s->dither);
        add_rows(p, s->dithered, s->n_rows, BC_PLOT_NEXT, dithered);
    }
    add_rule_of_thumb(p, s->n_rows);
    if (isfinite(of->bits) && isfinite(of->snr_db))
        bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_POINTS,
                                          .label = "this result",
                                          .n = 1,
                                          .x = &of->bits,
                                          .y = &of->snr_db });
}

static void tabulate_one(bc_html *h, const sweep *s)
{
    static const char *const heads[] = { "bits", "plain", "dither", "theory", "bytes" };
    char text[5 * SWEEP_MAX_BITS][32];
    const char *cells[5 * SWEEP_MAX_BITS];
    const bool is_dithered = strcmp(s->dither, "none") != 0;

    for (int i = 0; i < s->n_rows; i++) {
        char(*row)[32] = &text[5 * i];

        snprintf(row[0], sizeof *row, "%d", s->plain[i].bits);
        show_db(row[1], sizeof *row, s->plain[i].snr_db);
        show_db(row[2], sizeof *row, is_dithered ? s->dithered[i].snr_db : NAN);
        show_db(row[3], sizeof *row, s->plain[i].theory_snr_db);
        snprintf(row[4], sizeof *row, "%llu", (unsigned long long)s->plain[i].size_bytes);
        for (int c = 0; c < 5; c++)
            cells[5 * i + c] = row[c];
    }
    bc_html_table(
        h,
        "SNR in dB: without dither, with it, and the closed form without it where there is "
        "one; bytes of the codes, packed",
        heads, 5, cells, (size_t)s->n_rows);
}

bc_status curve_of_one(bc_html *h, const page *p, bc_error *err)
{
    const options plain = plain_options(p->o);
    sweep *s = malloc(sizeof *s);
    bc_plot *plot = NULL;
    char caption[256];
    int most = LEAST_DEPTHS;
    bc_status st = s ? sweep_most_bits(p->in, &most, err)
                     : tool_fail(err, BC_E_LIMIT, "out of memory for a sweep");
    const int wanted = isfinite(p->bits) ? (int)ceil(p->bits) : LEAST_DEPTHS;
    const int last = wanted < LEAST_DEPTHS ? LEAST_DEPTHS : wanted < most ? wanted : most;

    if (!st)
        st = sweep_measure(p->in, 1, last, SWEEP_DITHERED, &plain, s, err);
    if (st == BC_E_UNSUPPORTED) { /* the options leave nothing to measure */
        bc_html_paragraph(h, "There are no weights to measure.");
        free(s);
        return BC_OK;
    }
    if (!st)
        st = bc_plot_new("SNR by bits", NULL, &plot, err);
    if (!st) {
        draw_one(plot, s, p);
        snprintf(caption, sizeof caption,
                 "The same file at 1 to %d bits: %s. Each bit more halves the error, which is 6.02 "
                 "dB.",
                 last, grids[p->tool]);
        bc_html_plot(h, plot, caption);
        mention_missing(h, s, page_name(p->in));
        tabulate_one(h, s);
    }
    bc_plot_free(plot);
    free(s);
    return st;
}

/* --- several files */

static void draw_all(bc_plot *p, const sweep *sweeps, const options *o)
{
    begin_panel(p, LEAST_DEPTHS);
    for (int i = 0; i < o->n_operands; i++)
        add_rows(p, sweeps[i].plain, sweeps[i].n_rows, BC_PLOT_NEXT, page_name(o->operands[i]));
    add_rule_of_thumb(p, LEAST_DEPTHS);
}

/* Bits down, files across. */
static void tabulate_all(bc_html *h, const sweep *sweeps, const options *o, bool is_dithered)
{
    enum { COLUMNS = MAX_FILES + 1 };
    const char *heads[COLUMNS] = { "bits" }, *cells[COLUMNS * LEAST_DEPTHS];
    char text[COLUMNS * LEAST_DEPTHS][32];
    const size_t n = (size_t)o->n_operands + 1;

    for (size_t f = 1; f < n; f++)
        heads[f] = page_name(o->operands[f - 1]);
    for (size_t i = 0; i < LEAST_DEPTHS * n; i++) {
        const sweep *s = &sweeps[i % n ? i % n - 1 : 0];
        const sweep_row *row = is_dithered ? &s->dithered[i / n] : &s->plain[i / n];

        if (i % n == 0)
            snprintf(text[i], sizeof *text, "%d", (int)(i / n) + 1);
        else
            show_db(text[i], sizeof *text, row->snr_db);
        cells[i] = text[i];
    }
    bc_html_table(h, is_dithered ? "SNR in dB, dithered" : "SNR in dB, no dither", heads, n, cells,
                  LEAST_DEPTHS);
}

static void describe_all(bc_html *h, const sweep *sweeps, const options *o)
{
    const char *heads[] = { "file", "kind", "n bits are", "dither" };
    const char *cells[4 * MAX_FILES];

    for (int i = 0; i < o->n_operands; i++) {
        const unsigned medium = sweeps[i].tool;

        cells[4 * i] = o->operands[i];
        cells[4 * i + 1] = medium == TOOL_IMAGE   ? "picture"
                           : medium == TOOL_AUDIO ? "sound"
                                                  : "weights";
        cells[4 * i + 2] = grids[medium];
        cells[4 * i + 3] = sweeps[i].dither;
    }
    bc_html_table(h, "What was measured", heads, 4, cells, (size_t)o->n_operands);
}

static bc_status page_of_all(bc_html *h, const sweep *sweeps, const options *o, bc_error *err)
{
    bc_plot *p = NULL;
    const bc_status st = bc_plot_new("SNR by bits of each file", NULL, &p, err);

    if (st)
        return st;
    bc_html_section(h, "On one axis");
    draw_all(p, sweeps, o);
    bc_html_plot(
        h, p,
        "The power of a signal over the power of its error. The slope is the same for all: "
        "a bit more halves the step, and the error with it, which is 6.02 dB. How high a "
        "line lies is a matter of how well the data fill the ruler: a sine of full scale "
        "lies on the dashed line, soft sound and weights with a few large ones among many "
        "small lie below it.");
    bc_plot_free(p);
    for (int i = 0; i < o->n_operands; i++)
        mention_missing(h, &sweeps[i], page_name(o->operands[i]));
    tabulate_all(h, sweeps, o, false);
    bc_html_section(h, "With dither");
    bc_html_paragraph(h,
                      "Dither costs decibels, and what is left of the error no longer follows the "
                      "signal: tones, bands and bias become noise.");
    tabulate_all(h, sweeps, o, true);
    bc_html_section(h, "Files");
    describe_all(h, sweeps, o);
    return BC_OK;
}

/* The same figures as text or JSON, a row for each file and depth. */
static bc_status print_all(const sweep *sweeps, const options *o, const char *path, bc_error *err)
{
    static const char table[] = "rows";
    options own = *o;
    bc_report *r = NULL;
    bc_status st = bc_report_new(&r, err);

    if (st)
        return st;
    own.report = path;
    bc_report_string(r, "", "tool", "bitcrush " BC_VERSION);
    bc_report_string(r, "output", "page", path);
    for (int f = 0; f < o->n_operands; f++) {
        for (int i = 0; i < sweeps[f].n_rows; i++) {
            bc_report_row(r, table);
            bc_report_string(r, table, "path", o->operands[f]);
            bc_report_integer(r, table, "bits", (uint64_t)sweeps[f].plain[i].bits);
            bc_report_number(r, table, "snr_db", sweeps[f].plain[i].snr_db);
            bc_report_number(r, table, "theory_snr_db", sweeps[f].plain[i].theory_snr_db);
            if (strcmp(sweeps[f].dither, "none") != 0)
                bc_report_number(r, table, "dithered_snr_db", sweeps[f].dithered[i].snr_db);
        }
    }
    st = tool_report(r, &own, "", err);
    bc_report_free(r);
    return st;
}

/* The page is none of the files, and may be written. */
static bc_status check_page(const options *o, const char *path, bc_error *err)
{
    file_plan p = { 0 };

    plan_add_operands(&p, o, o->n_operands);
    plan_add(&p, PLAN_WRITE, "page", path, NULL);
    bc_status st = plan_check(&p, o, err);

    if (!st)
        st = page_has_memory(o, path, "a page", err);
    return st ? st : page_is_free(path, o->force, err);
}

bc_status curve_of_all(const options *o, bc_error *err)
{
    const char *path = o->output ? o->output : "report.html";
    const options plain = plain_options(o);
    sweep *sweeps = calloc(MAX_FILES, sizeof *sweeps);
    bc_html *h = NULL;
    bc_status st = BC_OK;

    if (!sweeps)
        return tool_fail(err, BC_E_LIMIT, "out of memory for sweeps");
    if (o->n_operands > MAX_FILES)
        st = tool_usage(err, "too many arguments", "", "expected a report of six files at most");
    if (!st)
        st = check_page(o, path, err);
    for (int i = 0; !st && i < o->n_operands; i++)
        st =
            sweep_measure(o->operands[i], 1, LEAST_DEPTHS, SWEEP_DITHERED, &plain, &sweeps[i], err);
    if (!st)
        st = bc_html_new(
            "Bits against SNR",
            "One quantizer and one measure for pictures, sound and weights: what 1 to 8 "
            "bits cost each of these files.",
            &h, err);
    if (!st)
        st = page_write(h, page_of_all(h, sweeps, o, err), path, o->force, err);
    if (!st && !o->quiet)
        st = print_all(sweeps, o, path, err);
    free(sweeps);
    return st;
}
