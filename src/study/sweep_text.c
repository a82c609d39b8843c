/* Knows what a sweep says to people: tables. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/study.h"
#include "study/sweep_lines.h"

typedef enum { WHOLE, REAL, TEXT } column_kind;

/* Columns from left to right. One that says nothing in a series is left out. */
static const struct {
    const char *head;
    size_t field; /* of bc_depth_row: double, or uint64_t where WHOLE, characters where TEXT */
    column_kind kind;
    int decimals;
} columns[] = {
    { "grid", offsetof(bc_depth_row, grid), TEXT, 0 },
    { "scale", offsetof(bc_depth_row, scale), TEXT, 0 },
    { "SNR dB", offsetof(bc_depth_row, snr_db), REAL, 2 },
    { "expected", offsetof(bc_depth_row, theory_snr_db), REAL, 2 },
    { "6.02n+1.76", offsetof(bc_depth_row, rule_of_thumb_db), REAL, 2 },
    { "PSNR dB", offsetof(bc_depth_row, psnr_db), REAL, 2 },
    { "blurred", offsetof(bc_depth_row, psnr_blurred_db), REAL, 2 },
    { "SSIM", offsetof(bc_depth_row, ssim), REAL, 4 },
    { "noise dBFS", offsetof(bc_depth_row, noise_dbfs), REAL, 2 },
    { "A-weighted", offsetof(bc_depth_row, noise_a_dbfs), REAL, 2 },
    { "clipped", offsetof(bc_depth_row, n_clipped), WHOLE, 0 },
    { "granular", offsetof(bc_depth_row, granular_db), REAL, 2 },
    { "overload", offsetof(bc_depth_row, overload_db), REAL, 2 },
    { "entropy", offsetof(bc_depth_row, entropy_bits), REAL, 2 },
    { "packed", offsetof(bc_depth_row, size_bytes), WHOLE, 0 },
    { "ratio", offsetof(bc_depth_row, ratio), REAL, 2 },
    { "file", offsetof(bc_depth_row, file_bytes), WHOLE, 0 },
};

enum { N_COLUMNS = sizeof columns / sizeof *columns, CELL = 48, LINE = 100 };

static double real_of(const bc_depth_row *row, int column)
{
    return *(const double *)(const void *)((const char *)row + columns[column].field);
}

static unsigned long long whole_of(const bc_depth_row *row, int column)
{
    return *(const uint64_t *)(const void *)((const char *)row + columns[column].field);
}

/* One scale for all of them is said above the table. */
static bool have_one_scale(const bc_depth_row *rows, int n)
{
    char first[CELL], other[CELL];

    for (int i = 0; i < n; i++) {
        bci_show_scale(&rows[0], first, sizeof first);
        bci_show_scale(&rows[i], other, sizeof other);
        if (rows[i].family || strcmp(first, other) != 0)
            return false;
    }
    return n > 0;
}

static bool says_something(const bc_depth_row *rows, int n, int column)
{
    if (columns[column].field == offsetof(bc_depth_row, scale))
        return !have_one_scale(rows, n);
    if (columns[column].kind == TEXT)
        return n > 0 && *rows[0].grid;
    for (int i = 0; i < n; i++)
        if (columns[column].kind == WHOLE ? whole_of(&rows[i], column) > 0
                                          : !isnan(real_of(&rows[i], column)))
            return true;
    return false;
}

static int show_text(const bc_depth_row *row, int column, char to[CELL])
{
    if (columns[column].field == offsetof(bc_depth_row, grid))
        return snprintf(to, CELL, "%s", row->grid);
    bci_show_scale(row, to, CELL);
    return (int)strlen(to);
}

static int show_cell(const bc_depth_row *row, int column, char to[CELL])
{
    if (columns[column].kind == TEXT)
        return show_text(row, column, to);
    if (columns[column].kind == WHOLE)
        return snprintf(to, CELL, "%llu", whole_of(row, column));
    if (isnan(real_of(row, column)))
        return snprintf(to, CELL, "-");
    if (isinf(real_of(row, column)))
        return snprintf(to, CELL, real_of(row, column) > 0.0 ? "exact" : "none");
    return bci_format(to, CELL, "%.*f", columns[column].decimals, real_of(row, column));
}

/* A part of the error. */
static bool is_part(int column)
{
    return columns[column].field == offsetof(bc_depth_row, granular_db) ||
           columns[column].field == offsetof(bc_depth_row, overload_db);
}

static void leave_out(int widths[N_COLUMNS], size_t field, int *total)
{
    for (int c = 0; c < N_COLUMNS; c++)
        if (columns[c].field == field) {
            *total -= widths[c];
            widths[c] = 0;
        }
}

/* Columns as wide as their widest cell, two blanks before numbers, or one where lines would be too
 * long; where they still do not fit the rule of thumb goes, which bits say as well, and then the
 * parts of an error. */
static void find_widths(const bc_depth_row *rows, int n, int widths[N_COLUMNS])
{
    int total = n > 0 && !isnan(rows[0].bits_per_value) ? 7 : 6;

    for (int c = 0; c < N_COLUMNS; c++) {
        widths[c] = 0;
        if (!says_something(rows, n, c))
            continue;
        const int gap = columns[c].kind == TEXT ? 1 : 2;

        widths[c] = gap + (int)strlen(columns[c].head);
        for (int i = 0; i < n; i++) {
            char cell[CELL];
            const int width = gap + show_cell(&rows[i], c, cell);

            widths[c] = width > widths[c] ? width : widths[c];
        }
        total += widths[c];
    }
    for (int c = 0; c < N_COLUMNS && total > LINE; c++)
        if (widths[c] && columns[c].kind != TEXT) {
            widths[c]--;
            total--;
        }
    if (total > LINE)
        leave_out(widths, offsetof(bc_depth_row, rule_of_thumb_db), &total);
    if (total > LINE) { /* both or none */
        leave_out(widths, offsetof(bc_depth_row, granular_db), &total);
        leave_out(widths, offsetof(bc_depth_row, overload_db), &total);
    }
}

/* Bits of a code, or what a value takes with its share of scales. */
static void print_bits(FILE *to, const bc_depth_row *row)
{
    char cell[CELL];

    if (isnan(row->bits_per_value)) {
        fprintf(to, "  %4d", (int)row->bits);
        return;
    }
    bci_format(cell, sizeof cell, "%.2f", row->bits_per_value);
    fprintf(to, "  %5s", cell);
}

/* Texts to the left, numbers to the right. */
static void print_cell(FILE *to, int column, int width, const char *cell)
{
    if (columns[column].kind == TEXT)
        fprintf(to, " %-*s", width - 1, cell);
    else
        fprintf(to, "%*s", width, cell);
}

static void print_row(FILE *to, const bc_depth_row *row, const int widths[N_COLUMNS])
{
    char cell[CELL];

    print_bits(to, row);
    for (int c = 0; c < N_COLUMNS; c++)
        if (widths[c] && show_cell(row, c, cell) > 0)
            print_cell(to, c, widths[c], cell);
    fprintf(to, "\n");
}

static void print_silence(FILE *to, const bc_depth_row *row)
{
    char scale[CELL] = "";

    if (row->family)
        bci_show_scale(row, scale, sizeof scale);
    fprintf(to, "%s%s%s: everything became 0\n", row->grid, *scale ? ", " : "", scale);
}

static void print_series(FILE *to, const char *title, const bc_depth_row *rows, int n, bool bold)
{
    int widths[N_COLUMNS];
    char scale[CELL] = "";

    find_widths(rows, n, widths);
    if (have_one_scale(rows, n))
        bci_show_scale(&rows[0], scale, sizeof scale);
    fprintf(to, "%s%s%s\n%s  %sbits", title, *scale ? ", scale " : "", scale, bold ? "\033[1m" : "",
            isnan(rows[0].bits_per_value) ? "" : " ");
    for (int c = 0; c < N_COLUMNS; c++)
        if (widths[c])
            print_cell(to, c, widths[c], columns[c].head);
    fprintf(to, "%s\n", bold ? "\033[0m" : "");
    for (int i = 0; i < n; i++)
        print_row(to, &rows[i], widths);
    for (int i = 0; i < n; i++)
        if (rows[i].is_silent)
            print_silence(to, &rows[i]);
}

static bool has_parts(const bc_sweep *s)
{
    int plain[N_COLUMNS], dithered[N_COLUMNS];

    find_widths(s->plain, s->n_rows, plain);
    find_widths(s->dithered, s->n_rows, dithered);
    for (int c = 0; c < N_COLUMNS; c++)
        if (is_part(c) && (plain[c] || dithered[c]))
            return true;
    return false;
}

/* What no row goes beyond, by the law that fits. */
static void print_bounds(FILE *to, const bc_sweep *s)
{
    char best[CELL], rate[CELL];

    if (s->law == BC_LAW_NONE)
        return;
    fprintf(to, "bounds, for values of the law nearest to these, %s\n  bits  Lloyd-Max  rate\n",
            bc_law_name(s->law));
    for (int bits = s->first; bits <= s->last; bits++) {
        snprintf(best, sizeof best, "-");
        if (bits <= BC_LLOYD_MAX_BITS)
            bci_format(best, sizeof best, "%.2f", bc_theory_lloyd_max_db(s->law, bits));
        bci_format(rate, sizeof rate, "%.2f", bc_theory_rate_db(s->law, bits));
        fprintf(to, "  %4d  %9s  %5s\n", bits, best, rate);
    }
    fprintf(to,
            "Lloyd-Max: the best 2^n levels for one value after the other under one scale\n"
            "rate: what no code of n bits a value goes beyond, %s\n",
            s->law == BC_LAW_GAUSSIAN ? "6.02 n" : "6.02 n and what the law brings");
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
    if (s->n_rows > 0 && !isnan(s->plain[0].bits_per_value))
        fprintf(to, "bits: of a weight, with its share of the scales\n");
    if (has_parts(s))
        fprintf(to, "granular, overload: SNR with rounding alone, and with clipping alone\n");
    print_bounds(to, s);
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
