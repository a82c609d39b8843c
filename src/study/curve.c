/* Knows how bits and SNR of one file are drawn and put into tables. */
#include "study/curve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "study/sweep_lines.h"

enum { LEAST_DEPTHS = BC_PAGE_DEPTHS };

const char *bci_base_name(const char *path)
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
void bci_mention_missing(bc_html *h, const bc_sweep *s)
{
    char text[256];

    snprintf(text, sizeof text, "No point of %.160s: it is exact at every depth, or has no signal.",
             bci_base_name(s->path));
    if (!bci_has_points(s->plain, s->n_rows, offsetof(bc_depth_row, snr_db)))
        bc_html_paragraph(h, text);
}

void bci_show_db(char *to, size_t size, double db)
{
    if (isnan(db))
        snprintf(to, size, "–");
    else if (isinf(db))
        snprintf(to, size, "%s", db > 0.0 ? "infinite" : "-infinite");
    else
        bci_format(to, size, "%.2f", db);
}

static void draw_one(bc_plot *p, const bc_sweep *s, double bits, double snr_db)
{
    bci_draw_snr(p, s);
    if (isfinite(bits) && isfinite(snr_db))
        bc_plot_add(
            p,
            &(bc_plot_series){
                .kind = BC_PLOT_POINTS, .label = "this result", .n = 1, .x = &bits, .y = &snr_db });
    bci_draw_parts_panel(p, s);
}

/* What a row is called: bits, or bits a weight with grid and scale. */
static void show_row_name(char *to, size_t size, const bc_depth_row *row)
{
    char scale[64];

    bci_show_scale(row, scale, sizeof scale);
    if (isnan(row->bits_per_value))
        snprintf(to, size, "%d", (int)row->bits);
    else
        bci_format(to, size, "%.2f, %s, %s", row->bits_per_value, row->grid, scale);
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
        bci_show_db(row[1], sizeof *row, s->plain[i].snr_db);
        bci_show_db(row[2], sizeof *row, is_dithered ? s->dithered[i].snr_db : NAN);
        bci_show_db(row[3], sizeof *row, s->plain[i].theory_snr_db);
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

/* Rows that clip. */
static void tabulate_parts(bc_html *h, const bc_sweep *s)
{
    enum { COLUMNS = 5, LENGTH = 72 };
    static const char *const heads[] = { "bits", "rounding alone", "clipping alone",
                                         "rounding, dithered", "clipping, dithered" };
    char text[COLUMNS * BC_SWEEP_MAX_ROWS][LENGTH];
    const char *cells[COLUMNS * BC_SWEEP_MAX_ROWS];
    size_t n = 0;

    for (int i = 0; i < s->n_rows; i++) {
        const bc_depth_row *rows[] = { &s->plain[i], &s->dithered[i] };

        if (isnan(rows[0]->overload_db) && isnan(rows[1]->overload_db))
            continue;
        show_row_name(text[n], sizeof *text, rows[0]);
        for (size_t k = 0; k < 2; k++) {
            bci_show_db(text[n + 1 + 2 * k], sizeof *text, bci_granular_db(rows[k]));
            bci_show_db(text[n + 2 + 2 * k], sizeof *text, rows[k]->overload_db);
        }
        for (int c = 0; c < COLUMNS; c++, n++)
            cells[n] = text[n];
    }
    if (n > 0)
        bc_html_table(h,
                      "SNR in dB if only rounding between the ends of the ruler counted, and if "
                      "only clipping beyond them did",
                      heads, COLUMNS, cells, n / COLUMNS);
}

/* Depths of the curve on which a result of so many bits stands. */
static int last_depth(const bc_medium *m, double bits)
{
    const int wanted = isfinite(bits) ? (int)ceil(bits) : LEAST_DEPTHS;

    return wanted < LEAST_DEPTHS ? LEAST_DEPTHS : wanted < m->most_bits ? wanted : m->most_bits;
}

/* Why the rule of thumb, which every plot has, is that of a sine on a mid-rise ruler. */
static void describe_curve(const bc_sweep *s, char *to, size_t size)
{
    if (s->plain[0].family)
        snprintf(to, size,
                 "The same file in what weights are stored in, by bits a weight, scales included. "
                 "The dashed line is the best that 2^n marks can do under one scale (Lloyd and "
                 "Max), the grey one what no code at all goes beyond. Dots that no line joins are "
                 "formats, which the table names.");
    else
        snprintf(to, size,
                 "The same file at 1 to %d bits: %s. Each bit more halves the error, which is 6.02 "
                 "dB. 6.02 n + 1.76 dB is what a sine gets that fills the ruler from end to end, "
                 "with an error that is even over a step. A full-scale sine fills a mid-rise "
                 "ruler, which has no mark at 0 and as many above it as below, and lies on that "
                 "line from 6 bits on; where a mark is at 0, as in PCM, one is missing at the top, "
                 "and the sine clips there.",
                 s->last, s->medium->n_bits_are);
}

static bc_status put_curve(bc_html *h, const bc_sweep *s, double bits, double snr_db, bc_error *err)
{
    char caption[768];
    bc_plot *plot = NULL;
    const bc_status st = bc_plot_new("SNR by bits", NULL, &plot, err);

    if (st)
        return st;
    draw_one(plot, s, bits, snr_db);
    describe_curve(s, caption, sizeof caption);
    bc_html_plot(h, plot, caption);
    bci_mention_missing(h, s);
    tabulate_one(h, s);
    tabulate_parts(h, s);
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
