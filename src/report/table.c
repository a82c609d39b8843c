/* Knows how rows of facts become columns: a column for each key, as wide as its widest value,
 * numbers to the right. Where the line would be too long, texts are cut in their middles. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/shown.h"
#include "report/facts.h"
#include "report/meanings.h"

enum { MAX_COLUMNS = 16, CELL = 320, LINE = 100, LEAST_TEXT = 16 };

typedef struct {
    const char *key;
    size_t width; /* characters */
    bool is_text;
} column;

/* Under this key stands a remark. It begins where the figures of its row end, without a head. */
static bool is_remark(const column *c)
{
    return strcmp(c->key, "why") == 0;
}

static bool is_inside(char byte) /* a character of UTF-8 */
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static size_t count_characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += !is_inside(*text);
    return n;
}

/* The byte at which character i begins, or the end. */
static size_t byte_of(const char *text, size_t i)
{
    size_t at = 0;

    for (; text[at]; at++)
        if (!is_inside(text[at]) && i-- == 0)
            break;
    return at;
}

/* A text of at most `width` characters: what is longer loses its middle. */
static void cut_middle(char *text, size_t width)
{
    const size_t n = count_characters(text);

    if (n <= width)
        return;
    const size_t tail = (width - 3) / 2, head = width - 3 - tail;
    const size_t from = byte_of(text, n - tail), to = byte_of(text, head);

    memmove(text + to + 3, text + from, strlen(text + from) + 1);
    memcpy(text + to, "...", 3);
}

/* Texts come from files: a terminal gets no control characters, for each of which a column is
 * kept. */
static void show_text(const char *text, char cell[CELL])
{
    const size_t n = strlen(text), half = CELL / 2 - 4;
    char piece[BCI_SHOWN_CHARACTER];
    bool is_cut = n < CELL;
    size_t at = 0;

    for (size_t i = 0, n_taken; i < n; i += n_taken) {
        if (!is_cut && i >= half) {
            is_cut = true;
            memcpy(cell + at, "...", 3);
            at += 3;
            for (i = n - half; i < n && is_inside(text[i]);)
                i++;
        }
        n_taken = i < n ? bci_show_character(text + i, n - i, piece) : 0;
        if (n_taken == 0)
            break;
        if (strlen(piece) > n_taken) { /* escaped */
            cell[at++] = '?';
        } else {
            memcpy(cell + at, piece, n_taken);
            at += n_taken;
        }
    }
    cell[at] = '\0';
}

/* Values of data may be as small as they like; decibels and bits may not. */
static bool has_any_unit(const bci_fact *f)
{
    const bci_meaning *m = bci_meaning_of(f);

    return m && strcmp(m->style, "g") == 0;
}

/* The value of a fact in a cell. */
static void show(const bci_fact *f, char cell[CELL])
{
    switch (f->type) {
    case BCI_NUMBER: /* 0 has no sign, nor what rounds to it */
        if (has_any_unit(f) && fabs(f->number) < 0.1 && f->number != 0.0) {
            bci_format(cell, CELL, "%.3g", f->number);
            break;
        }
        bci_format(cell, CELL, fabs(f->number) < 1e15 ? "%.2f" : "%.6g",
                   fabs(f->number) < 0.005 ? 0.0 : f->number);
        break;
    case BCI_INTEGER: snprintf(cell, CELL, "%llu", (unsigned long long)f->integer); break;
    case BCI_FLAG: snprintf(cell, CELL, "%s", f->integer ? "yes" : "no"); break;
    case BCI_STRING: show_text(f->string, cell); break;
    }
}

static bool is_of(const bci_fact *f, const char *table)
{
    return f->row > 0 && strcmp(f->section, table) == 0;
}

/* Columns of a table, n of which were found before; returns their number now. */
static size_t find_columns(const bc_report *r, const char *table, column columns[MAX_COLUMNS],
                           size_t n)
{
    for (size_t i = 0; i < r->n; i++) {
        const bci_fact *f = &r->facts[i];
        char cell[CELL];
        size_t c = 0;

        if (!is_of(f, table))
            continue;
        while (c < n && strcmp(columns[c].key, f->key) != 0)
            c++;
        if (c == MAX_COLUMNS)
            continue;
        if (c == n)
            columns[n++] = (column){ f->key, strlen(f->key), f->type == BCI_STRING };
        show(f, cell);
        if (count_characters(cell) > columns[c].width)
            columns[c].width = count_characters(cell);
    }
    return n;
}

/* Make the widest texts narrower until a line fits. */
static void fit(column *columns, size_t n)
{
    for (;;) {
        size_t line = 0, widest = n;

        for (size_t c = 0; c < n; c++) {
            line += is_remark(&columns[c]) ? 0 : 2 + columns[c].width;
            if (columns[c].is_text && !is_remark(&columns[c]) && columns[c].width > LEAST_TEXT &&
                (widest == n || columns[c].width > columns[widest].width))
                widest = c;
        }
        if (line <= LINE || widest == n)
            return;
        columns[widest].width--;
    }
}

static void put_blanks(bci_buffer *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bci_put(b, " ", 1);
}

static void put_cell(bci_buffer *b, const column *c, char *text)
{
    if (c->is_text)
        cut_middle(text, c->width);
    const size_t n = count_characters(text), blanks = n < c->width ? c->width - n : 0;

    put_blanks(b, 2 + (c->is_text ? 0 : blanks));
    bci_put(b, text, strlen(text));
    put_blanks(b, c->is_text ? blanks : 0);
}

/* Without the blanks of columns that end empty. */
static void trim(bci_buffer *b)
{
    while (b->n > 0 && b->text[b->n - 1] == ' ')
        b->n--;
}

static void put_head(bci_buffer *b, const column *columns, size_t n, const char *bold,
                     const char *plain)
{
    bci_put(b, bold, strlen(bold));
    for (size_t c = 0; c < n; c++) {
        char head[CELL];

        snprintf(head, sizeof head, "%s", is_remark(&columns[c]) ? "" : columns[c].key);
        put_cell(b, &columns[c], head);
    }
    trim(b);
    bci_putf(b, "%s\n", plain);
}

/* The row that begins at fact *i, which moves behind it. */
static void put_row(bci_buffer *b, const bc_report *r, const char *table, const column *columns,
                    size_t n, size_t *i)
{
    char cells[MAX_COLUMNS][CELL] = { { 0 } };
    const size_t row = r->facts[*i].row;

    for (; *i < r->n && is_of(&r->facts[*i], table) && r->facts[*i].row == row; ++*i)
        for (size_t c = 0; c < n; c++)
            if (strcmp(columns[c].key, r->facts[*i].key) == 0)
                show(&r->facts[*i], cells[c]);
    for (size_t c = 0; c < n; c++) {
        if (is_remark(&columns[c]) && !cells[c][0])
            continue;
        if (is_remark(&columns[c]))
            trim(b);
        put_cell(b, &columns[c], cells[c]);
    }
    trim(b);
    bci_put(b, "\n", 1);
}

static void put_table(bci_buffer *b, const bc_report *r, const char *table, const char *bold,
                      const char *plain)
{
    column columns[MAX_COLUMNS];
    const size_t n = find_columns(r, table, columns, 0);

    fit(columns, n);
    put_head(b, columns, n, bold, plain);
    for (size_t i = 0; i < r->n;) {
        if (is_of(&r->facts[i], table))
            put_row(b, r, table, columns, n, &i);
        else
            i++;
    }
}

/* The table whose rows are made: all of them for the widths, and once more. */
static bool put_made_table(bci_buffer *b, const bc_report *r, const char *bold, const char *plain)
{
    const char *table = r->made.table;
    column columns[MAX_COLUMNS];
    bc_report *row = NULL;
    size_t n = 0;

    if (bc_report_new(&row, NULL))
        return false;
    for (size_t i = 0; i < r->made.n; i++) {
        bci_report_make_row(r, i, row);
        n = find_columns(row, table, columns, n);
    }
    fit(columns, n);
    put_head(b, columns, n, bold, plain);
    for (size_t i = 0; i < r->made.n; i++) {
        size_t fact = 0;

        bci_report_make_row(r, i, row);
        put_row(b, row, table, columns, n, &fact);
    }
    const bool is_good = !row->is_short_of_memory;

    bc_report_free(row);
    return is_good;
}

void bci_report_put_tables(bci_buffer *b, const bc_report *r, const char *bold, const char *plain)
{
    const char *last = NULL;

    for (size_t i = 0; i < r->n; i++) {
        const bci_fact *f = &r->facts[i];

        if (f->row == 0 || (last && strcmp(last, f->section) == 0))
            continue;
        if (last)
            bci_put(b, "\n", 1);
        last = f->section;
        put_table(b, r, last, bold, plain);
    }
    if (last && r->made.n > 0)
        bci_put(b, "\n", 1);
    if (r->made.n > 0 && !put_made_table(b, r, bold, plain))
        b->is_short_of_memory = true;
}
