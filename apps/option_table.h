/* The rows that parsing, --help, the man page and shell completion share. */
#ifndef BITCRUSH_OPTION_TABLE_H
#define BITCRUSH_OPTION_TABLE_H

#include <stddef.h>

/* PERHAPS is a FLAG that takes a NUMBER behind "=". */
typedef enum { FLAG, TEXT, COUNT, SIZE, NUMBER, PAIR, CHOICE, PERHAPS } option_kind;

typedef struct {
    unsigned tools; /* which take it, TOOL_... of options.h */
    char letter;    /* 0: none */
    const char *name;
    option_kind kind;
    const char *value; /* what --help calls it; a CHOICE's words, separated by '|' */
    size_t field;
    double min, max;
    const char *doc;
} option;

/* The rows, in the order of --help; returns the number of rows, at most OPTION_ROOM. */
size_t option_rows(const option **out);

#endif
