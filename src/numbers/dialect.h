/* Shared-internal: what parts the cells of a table, found by looking at its first lines. */
#ifndef BCI_DIALECT_H
#define BCI_DIALECT_H

#include "bitcrush/numbers.h"
#include "numbers/cells.h"

/* What a look at the first records says. */
typedef struct {
    bci_dialect dialect;
    size_t n_columns; /* of the first record; 0: there is none */
    bool has_header;  /* the first record is names */
    bool is_doubtful; /* commas part cells, and might be decimal ones */
    bool is_numbers;  /* cells of some column are numbers in every record but the header */
    bool is_broken;   /* it begins as a table, with a record that is not like the others */
    bool begins_with_numbers;
    bool is_names; /* there is nothing but a header, of cells that are parted */
} bci_look;

/* Look at whole records, text[0..n) with text[n] == '\n'. What `asked` leaves open is chosen. */
bci_look bci_look_at(const char *text, size_t n, const bc_numbers_format *asked);

#endif
