/* Knows what the report of a sweep says: a table for people, rows for programs. */
#include "sweep_report.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "audio_report.h"
#include "bitcrush/report.h"
#include "digits.h"
#include "image_report.h"
#include "tensor_report.h"
#include "tool.h"

/* --- for people */

typedef enum { WHOLE, REAL } column_kind;

/* Columns from left to right. One that says nothing in a series is left out. */
static const struct {
    const char *head;
    size_t field; /* of sweep_row: double, or uint64_t where WHOLE */
    column_kind kind;
    int decimals;
} columns[] = {
    { "SNR dB", offsetof(sweep_row, snr_db), REAL, 2 },
    { "expected", offsetof(sweep_row, theory_snr_db), REAL, 2 },
    { "6.02n+1.76", offsetof(sweep_row, rule_of_thumb_db), REAL, 2 },
    { "PSNR dB", offsetof(sweep_row, psnr_db), REAL, 2 },
    { "blurred", offsetof(sweep_row, psnr_blurred_db), REAL, 2 },
    { "SSIM", offsetof(sweep_row, ssim), REAL, 4 },
    { "noise dBFS", offsetof(sweep_row, noise_dbfs), REAL, 2 },
    { "A-weighted", offsetof(sweep_row, noise_a_dbfs), REAL, 2 },
    { "clipped", offsetof(sweep_row, n_clipped), WHOLE, 0 },
    { "entropy", offsetof(sweep_row, entropy_bits), REAL, 2 },
    { "packed", offsetof(sweep_row, size_bytes), WHOLE, 0 },
    { "ratio", offsetof(sweep_row, ratio), REAL, 2 },
    { "file", offsetof(sweep_row, file_bytes), WHOLE, 0 },
};

enum { N_COLUMNS = sizeof columns / sizeof *columns, LINE = 100 };

static double real_of(const sweep_row *row, int column)
{
    return *(const double *)(const void *)((const char *)row + columns[column].field);
}

static unsigned long long whole_of(const sweep_row *row, int column)
{
    return *(const uint64_t *)(const void *)((const char *)row + columns[column].field);
}

static bool says_something(const sweep_row *rows, int n, int column)
{
    for (int i = 0; i < n; i++)
        if (columns[column].kind == WHOLE ? whole_of(&rows[i], column) > 0
                                          : !isnan(real_of(&rows[i], column)))
            return true;
    return false;
}

static int show_cell(const sweep_row *row, int column, char to[32])
{
    if (columns[column].kind == WHOLE)
        return snprintf(to, 32, "%llu", whole_of(row, column));
    if (isnan(real_of(row, column)))
        return snprintf(to, 32, "-");
    if (isinf(real_of(row, column)))
        return snprintf(to, 32, real_of(row, column) > 0.0 ? "exact" : "none");
    return snprintf(to, 32, "%.*f", columns[column].decimals, real_of(row, column));
}

/* Columns as wide as their widest cell, two blanks before each, or one where lines would be too
 * long. */
static void find_widths(const sweep_row *rows, int n, int widths[N_COLUMNS])
{
    int total = 6;

    for (int c = 0; c < N_COLUMNS; c++) {
        widths[c] = 0;
        if (!says_something(rows, n, c))
            continue;
        widths[c] = 2 + (int)strlen(columns[c].head);
        for (int i = 0; i < n; i++) {
            char cell[32];
            const int width = 2 + show_cell(&rows[i], c, cell);

            widths[c] = width > widths[c] ? width : widths[c];
        }
        total += widths[c];
    }
    for (int c = 0; c < N_COLUMNS && total > LINE; c++)
        widths[c] -= widths[c] > 0;
}

static void print_series(FILE *to, const char *title, const sweep_row *rows, int n, bool bold)
{
    int widths[N_COLUMNS];
    char cell[32];

    find_widths(rows, n, widths);
    fprintf(to, "%s\n%s  bits", title, bold ? "\033[1m" : "");
    for (int c = 0; c < N_COLUMNS; c++)
        if (widths[c])
            fprintf(to, "%*s", widths[c], columns[c].head);
    fprintf(to, "%s\n", bold ? "\033[0m" : "");
    for (int i = 0; i < n; i++) {
        fprintf(to, "  %4d", rows[i].bits);
        for (int c = 0; c < N_COLUMNS; c++)
            if (widths[c] && show_cell(&rows[i], c, cell) > 0)
                fprintf(to, "%*s", widths[c], cell);
        fprintf(to, "\n");
    }
}

static bool is_expected(const sweep *s)
{
    for (int i = 0; i < s->n_rows; i++)
        if (!isnan(s->plain[i].theory_snr_db) || !isnan(s->dithered[i].theory_snr_db))
            return true;
    return false;
}

static void print_tables(const options *o, const sweep *s)
{
    FILE *const to = tool_report_stream(o, "");
    const bool bold = tool_has_colour(o, to);
    char title[160], weights[40];

    if (s->tool == TOOL_TENSOR)
        fprintf(to, "  measured %s, %s, as integers between the ends of each tensor\n",
                digits_count(title, sizeof title, s->weights.n_tensors, "tensor"),
                digits_count(weights, sizeof weights, s->weights.n_elements, "weight"));
    print_series(to, "undithered", s->plain, s->n_rows, bold);
    if (strcmp(s->dither, "none") != 0) {
        snprintf(title, sizeof title, "dither %s%s, seed %llu", s->dither,
                 s->tool != TOOL_IMAGE      ? ""
                 : o->light == LIGHT_LINEAR ? ", linear light"
                                            : ", coded light",
                 (unsigned long long)o->seed);
        print_series(to, title, s->dithered, s->n_rows, bold);
    }
    if (is_expected(s))
        fprintf(to,
                "expected: power of the signal over that of errors that are uniform over a step,\n"
                "independent of the signal and never clipped\n");
}

/* --- for programs */

static const char rows_name[] = "rows";

/* The figures of one series; keys are what stands before the dot in JSON. */
static const struct {
    const char *plain, *dithered;
    size_t field;
    column_kind kind;
} facts[] = {
#define FACT(section, key, field, kind)                                                            \
    {                                                                                              \
        section "." key, "dithered." section "." key, offsetof(sweep_row, field), kind             \
    }
    FACT("metrics", "snr_db", snr_db, REAL),
    FACT("metrics", "psnr_db", psnr_db, REAL),
    FACT("metrics", "psnr_blurred_db", psnr_blurred_db, REAL),
    FACT("metrics", "ssim", ssim, REAL),
    FACT("metrics", "rmse", rmse, REAL),
    FACT("metrics", "noise_dbfs", noise_dbfs, REAL),
    FACT("metrics", "noise_a_dbfs", noise_a_dbfs, REAL),
    FACT("metrics", "clipped", n_clipped, WHOLE),
    FACT("metrics", "entropy_bits", entropy_bits, REAL),
    FACT("metrics", "packed_bytes", size_bytes, WHOLE),
    FACT("metrics", "compression_ratio", ratio, REAL),
    FACT("metrics", "file_bytes", file_bytes, WHOLE),
    FACT("theory", "snr_db", theory_snr_db, REAL),
    FACT("theory", "rule_of_thumb_db", rule_of_thumb_db, REAL),
#undef FACT
};

static void add_series(bc_report *r, const sweep_row *row, bool is_dithered)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *key = is_dithered ? facts[i].dithered : facts[i].plain;
        const char *field = (const char *)row + facts[i].field;
        const uint64_t whole = facts[i].kind == WHOLE ? *(const uint64_t *)(const void *)field : 0;

        if (facts[i].kind == REAL)
            bc_report_number(r, rows_name, key, *(const double *)(const void *)field);
        else if (whole > 0 || facts[i].field == offsetof(sweep_row, n_clipped))
            bc_report_integer(r, rows_name, key, whole);
    }
}

static void add_rows(bc_report *r, const options *o, const sweep *s)
{
    const bool is_dithered = strcmp(s->dither, "none") != 0;

    bc_report_string(r, "", "schema", "bitcrush-sweep/1");
    bc_report_string(r, "settings", "dither", s->dither);
    if (s->tool == TOOL_IMAGE)
        bc_report_string(r, "settings", "light", o->light == LIGHT_LINEAR ? "linear" : "coded");
    bc_report_integer(r, "settings", "seed", o->seed);
    for (int i = 0; i < s->n_rows; i++) {
        bc_report_row(r, rows_name);
        bc_report_integer(r, rows_name, "bits", (uint64_t)s->plain[i].bits);
        add_series(r, &s->plain[i], false);
        if (is_dithered)
            add_series(r, &s->dithered[i], true);
    }
}

/* --- both */

static void add_input(bc_report *r, const options *o, const sweep *s)
{
    const char *path = o->operands[0];

    if (s->tool == TOOL_IMAGE)
        image_report_input(r, path, &s->image);
    else if (s->tool == TOOL_AUDIO)
        audio_report_input(r, path, &s->audio, s->n_frames, s->audio_note, s->audio_salvaged);
    else
        tensor_report_input(r, path, &s->weights.input, s->weights.n_tensors + s->weights.n_kept);
}

bc_status sweep_report(const options *o, const sweep *s, bc_error *err)
{
    bc_report *r = NULL;
    bc_status st = bc_report_new(&r, err);

    if (!st) {
        add_input(r, o, s);
        if (o->json)
            add_rows(r, o, s);
        st = tool_report(r, o, "", err);
    }
    if (!st && !o->json)
        print_tables(o, s);
    bc_report_free(r);
    return st;
}
