/* Knows what a sweep says: tables for people, rows for programs. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/study.h"

/* --- for people */

typedef enum { WHOLE, REAL } column_kind;

/* Columns from left to right. One that says nothing in a series is left out. */
static const struct {
    const char *head;
    size_t field; /* of bc_depth_row: double, or uint64_t where WHOLE */
    column_kind kind;
    int decimals;
} columns[] = {
    { "SNR dB", offsetof(bc_depth_row, snr_db), REAL, 2 },
    { "expected", offsetof(bc_depth_row, theory_snr_db), REAL, 2 },
    { "6.02n+1.76", offsetof(bc_depth_row, rule_of_thumb_db), REAL, 2 },
    { "PSNR dB", offsetof(bc_depth_row, psnr_db), REAL, 2 },
    { "blurred", offsetof(bc_depth_row, psnr_blurred_db), REAL, 2 },
    { "SSIM", offsetof(bc_depth_row, ssim), REAL, 4 },
    { "noise dBFS", offsetof(bc_depth_row, noise_dbfs), REAL, 2 },
    { "A-weighted", offsetof(bc_depth_row, noise_a_dbfs), REAL, 2 },
    { "clipped", offsetof(bc_depth_row, n_clipped), WHOLE, 0 },
    { "entropy", offsetof(bc_depth_row, entropy_bits), REAL, 2 },
    { "packed", offsetof(bc_depth_row, size_bytes), WHOLE, 0 },
    { "ratio", offsetof(bc_depth_row, ratio), REAL, 2 },
    { "file", offsetof(bc_depth_row, file_bytes), WHOLE, 0 },
};

enum { N_COLUMNS = sizeof columns / sizeof *columns, LINE = 100 };

static double real_of(const bc_depth_row *row, int column)
{
    return *(const double *)(const void *)((const char *)row + columns[column].field);
}

static unsigned long long whole_of(const bc_depth_row *row, int column)
{
    return *(const uint64_t *)(const void *)((const char *)row + columns[column].field);
}

static bool says_something(const bc_depth_row *rows, int n, int column)
{
    for (int i = 0; i < n; i++)
        if (columns[column].kind == WHOLE ? whole_of(&rows[i], column) > 0
                                          : !isnan(real_of(&rows[i], column)))
            return true;
    return false;
}

static int show_cell(const bc_depth_row *row, int column, char to[32])
{
    if (columns[column].kind == WHOLE)
        return snprintf(to, 32, "%llu", whole_of(row, column));
    if (isnan(real_of(row, column)))
        return snprintf(to, 32, "-");
    if (isinf(real_of(row, column)))
        return snprintf(to, 32, real_of(row, column) > 0.0 ? "exact" : "none");
    return bci_format(to, 32, "%.*f", columns[column].decimals, real_of(row, column));
}

/* Columns as wide as their widest cell, two blanks before each, or one where lines would be too
 * long. */
static void find_widths(const bc_depth_row *rows, int n, int widths[N_COLUMNS])
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

static void print_series(FILE *to, const char *title, const bc_depth_row *rows, int n, bool bold)
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

static bool is_expected(const bc_sweep *s)
{
    for (int i = 0; i < s->n_rows; i++)
        if (!isnan(s->plain[i].theory_snr_db) || !isnan(s->dithered[i].theory_snr_db))
            return true;
    return false;
}

static void print_tables(FILE *to, const bc_sweep *s, bool bold)
{
    char title[160];

    if (*s->measured)
        fprintf(to, "  measured %s\n", s->measured);
    print_series(to, "undithered", s->plain, s->n_rows, bold);
    if (strcmp(s->dither, "none") != 0) {
        snprintf(title, sizeof title, "dither %s%s%s%s, seed %llu", s->dither, s->light ? ", " : "",
                 s->light ? s->light : "", s->light ? " light" : "", (unsigned long long)s->seed);
        print_series(to, title, s->dithered, s->n_rows, bold);
    }
    if (is_expected(s))
        fprintf(to,
                "expected: power of the signal over that of errors that are uniform over a step,\n"
                "independent of the signal and never clipped\n");
}

bc_status bc_sweep_text(const bc_sweep *s, bool bold, char **out, bc_error *err)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (to)
        print_tables(to, s, bold);
    if (!to || fclose(to) != 0) {
        free(text);
        return bci_fail(err, BC_E_LIMIT, "out of memory for the tables of a sweep");
    }
    *out = text;
    return BC_OK;
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
        section "." key, "dithered." section "." key, offsetof(bc_depth_row, field), kind          \
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

static void add_series(bc_report *r, const bc_depth_row *row, bool is_dithered)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *key = is_dithered ? facts[i].dithered : facts[i].plain;
        const char *field = (const char *)row + facts[i].field;
        const uint64_t whole = facts[i].kind == WHOLE ? *(const uint64_t *)(const void *)field : 0;

        if (facts[i].kind == REAL)
            bc_report_number(r, rows_name, key, *(const double *)(const void *)field);
        else if (whole > 0 || facts[i].field == offsetof(bc_depth_row, n_clipped))
            bc_report_integer(r, rows_name, key, whole);
    }
}

void bc_sweep_facts(const bc_sweep *s, bc_report *r)
{
    const bool is_dithered = strcmp(s->dither, "none") != 0;

    bc_report_string(r, "", "schema", "bitcrush-sweep/1");
    bc_report_string(r, "settings", "dither", s->dither);
    bc_report_string(r, "settings", "light", s->light);
    bc_report_integer(r, "settings", "seed", s->seed);
    for (int i = 0; i < s->n_rows; i++) {
        bc_report_row(r, rows_name);
        bc_report_integer(r, rows_name, "bits", (uint64_t)s->plain[i].bits);
        add_series(r, &s->plain[i], false);
        if (is_dithered)
            add_series(r, &s->dithered[i], true);
    }
}
