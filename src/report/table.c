/* Knows how rows of facts become columns: a column for each key, as wide as its widest value,
 * numbers to the right. */
#include <stdio.h>
#include <string.h>

#include "report/facts.h"

enum { MAX_COLUMNS = 16, CELL = 96 };

typedef struct {
    const char *key;
    size_t width;
    bool is_text;
} column;

/* The value of a fact in a cell. */
static void show(const bci_fact *f, char cell[CELL])
{
    switch (f->type) {
    case BCI_NUMBER: snprintf(cell, CELL, "%.2f", f->number); break;
    case BCI_INTEGER: snprintf(cell, CELL, "%llu", (unsigned long long)f->integer); break;
    case BCI_FLAG: snprintf(cell, CELL, "%s", f->integer ? "yes" : "no"); break;
    case BCI_STRING: snprintf(cell, CELL, "%s", f->string); break;
    }
}

static size_t find_columns(const bc_report *r, column columns[MAX_COLUMNS])
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++) {
        const bci_fact *f = &r->facts[i];
        char cell[CELL];
        size_t c = 0;

        if (f->row == 0)
            continue;
        while (c < n && strcmp(columns[c].key, f->key) != 0)
            c++;
        if (c == MAX_COLUMNS)
            continue;
        if (c == n)
            columns[n++] = (column){ f->key, strlen(f->key), f->type == BCI_STRING };
        show(f, cell);
        if (strlen(cell) > columns[c].width)
            columns[c].width = strlen(cell);
    }
    return n;
}

static void put_cell(bci_buffer *b, const column *c, const char *text)
{
    bci_putf(b, c->is_text ? "  %-*s" : "  %*s", (int)c->width, text);
}

/* Without the blanks of columns that end empty. */
static void end_line(bci_buffer *b, const char *plain)
{
    while (b->n > 0 && b->text[b->n - 1] == ' ')
        b->n--;
    bci_putf(b, "%s\n", plain);
}

/* The row that begins at fact *i, which moves behind it. */
static void put_row(bci_buffer *b, const bc_report *r, const column *columns, size_t n, size_t *i)
{
    char cells[MAX_COLUMNS][CELL] = { { 0 } };
    const size_t row = r->facts[*i].row;

    for (; *i < r->n && r->facts[*i].row == row; ++*i)
        for (size_t c = 0; c < n; c++)
            if (strcmp(columns[c].key, r->facts[*i].key) == 0)
                show(&r->facts[*i], cells[c]);
    for (size_t c = 0; c < n; c++)
        put_cell(b, &columns[c], cells[c]);
    end_line(b, "");
}

void bci_report_put_table(bci_buffer *b, const bc_report *r, const char *bold, const char *plain)
{
    column columns[MAX_COLUMNS];
    const size_t n = find_columns(r, columns);

    if (n == 0)
        return;
    bci_put(b, bold, strlen(bold));
    for (size_t c = 0; c < n; c++)
        put_cell(b, &columns[c], columns[c].key);
    end_line(b, plain);
    for (size_t i = 0; i < r->n;) {
        if (r->facts[i].row == 0)
            i++;
        else
            put_row(b, r, columns, n, &i);
    }
}
