/* Shared-internal: a cell of a table of text. */
#ifndef BCI_CELLS_H
#define BCI_CELLS_H

#include <stdbool.h>
#include <stddef.h>

/* How cells are told apart, and their numbers read. */
typedef struct {
    char separator; /* ',', ';', '|' or '\t'; ' ' for runs of blanks; '\n': one cell a line */
    char point;     /* '.' or ',' */
} bci_dialect;

typedef enum {
    BCI_CELL_EMPTY,
    BCI_CELL_NUMBER,
    BCI_CELL_NONFINITE,   /* NaN, infinity, and numbers past the largest double */
    BCI_CELL_TEXT,        /* all else */
    BCI_CELL_OTHER_POINT, /* a number if its comma, or point, were a decimal one */
    BCI_CELL_THOUSANDS,   /* "1,234,567": digits in groups of three */
    BCI_CELL_UNCLOSED,    /* a quote that does not end */
    BCI_CELL_STRAY,       /* something between a closing quote and the next cell */
} bci_cell_kind;

/* What a cell says, without quotes and blanks around it. */
typedef struct {
    const char *start, *end;
    double value; /* of NUMBER and NONFINITE */
    bci_cell_kind kind;
    bool is_quoted; /* quotes in it are doubled */
} bci_cell;

/* Read the cell at *at, which is the start of a record or follows a separator; *at then stands at
 * the start of the next cell, or at the end of the record ("\n" or "\r\n"), where *is_last is set.
 * At `end` a '\n' has to stand. */
bci_cell bci_cell_read(const bci_dialect *d, const char **at, const char *end, bool *is_last);

/* Whether a record ends at p, by "\n" or "\r\n". */
static inline bool bci_is_line_end(const char *p)
{
    return *p == '\n' || (*p == '\r' && p[1] == '\n');
}

/* The end of the last whole record in text[0..n), behind its line feed, or 0 where none ends.
 * text[n] can be written to. */
size_t bci_last_record_end(const bci_dialect *d, char *text, size_t n);

/* Behind the line feed of the line at `at`. */
const char *bci_next_line(const char *at, const char *end);

/* True for a line that is no record: one without anything in it, or a comment, "# ...". */
typedef enum { BCI_LINE_RECORD, BCI_LINE_BLANK, BCI_LINE_COMMENT } bci_line_kind;
bci_line_kind bci_line_at(const bci_dialect *d, const char *at);

#endif
