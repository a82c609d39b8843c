/* Shared-internal: a table of text as batches of whole records, read once or twice. */
#ifndef BCI_TABLE_H
#define BCI_TABLE_H

#include <stdint.h>

#include "bitcrush/numbers.h"
#include "numbers/cells.h"

enum { BCI_RECORD_MAX = 1 << 20 }; /* bytes */

typedef struct bci_table bci_table;

/* A cell of a batch. */
typedef struct {
    uint32_t start; /* in the text */
    uint32_t length : 24, kind : 8;
    double value;
} bci_table_cell;

/* Text of whole records, and their cells: cells[row * n_columns + column]. Zero it. */
typedef struct {
    char *text;
    size_t n_text, text_room;
    uint64_t first_byte;          /* in the file */
    uint64_t first_line, n_lines; /* lines of the text; the first of the file is 0 */
    bci_table_cell *cells;
    uint32_t *lines; /* of each row, counted from first_line */
    size_t n_rows, n_comments;
    size_t cell_room, row_room;
} bci_batch;

/* Open a table ("-" for standard input) and look at its beginning. Errors as of
 * bc_numbers_reduce. */
BC_NODISCARD bc_status bci_table_open(const char *path, const bc_numbers_format *format,
                                      const bc_reading *reading, bci_table **out, bc_error *err);

const char *bci_table_name(const bci_table *t); /* for messages */
const bci_dialect *bci_table_dialect(const bci_table *t);
size_t bci_table_n_columns(const bci_table *t);

/* The name of a column, by the header or "column 3". */
const char *bci_table_column(const bci_table *t, size_t column);

/* All that is known of the file before its rows are read; n_rows and n_comments are 0. */
bc_numbers_summary bci_table_summary(const bci_table *t);
bool bci_table_is_named(const bci_table *t); /* there is a header */

/* A number that is another one for other data. */
uint64_t bci_table_history(const bci_table *t);

/* Bytes of the file, UINT64_MAX while they are not known. */
uint64_t bci_table_size(const bci_table *t);

/* Begin to read the rows, for the first time or once more. What is to be read again afterwards has
 * to be begun with `again`. */
BC_NODISCARD bc_status bci_table_begin(bci_table *t, bool again, bc_error *err);

/* Read the text of the next batch; n_text is 0 at the end. The cuts between batches depend on
 * nothing but the bytes. */
BC_NODISCARD bc_status bci_table_read(bci_table *t, bci_batch *b, bc_error *err);

/* Find the cells of what was read. Thread-safe for batches of their own. */
BC_NODISCARD bc_status bci_table_parse(const bci_table *t, bci_batch *b, bc_error *err);

void bci_batch_free(bci_batch *b);

/* Release; NULL is fine. */
void bci_table_free(bci_table *t);

#endif
