/* Shared-internal: what the cells of each column are, and which columns are reduced. */
#ifndef BCI_COLUMNS_H
#define BCI_COLUMNS_H

#include "numbers/pass.h"

/* What was seen of a column. */
typedef struct {
    uint64_t n_numbers, n_nonfinite, n_text, n_empty, n_other_point, n_thousands;
    uint64_t other_line;  /* of the first with another point, the first line being 1 */
    double min, max;      /* infinite without numbers */
    double sum, sum_size; /* of numbers, and of their magnitudes */
} bci_seen;

/* All columns of a table, and each slot's share. */
typedef struct {
    size_t n_columns;
    unsigned n_slots;
    uint64_t n_rows, n_comments;
    bci_seen *seen;  /* of all batches that were taken */
    bci_seen *slots; /* [n_slots][n_columns] */
} bci_columns;

BC_NODISCARD bc_status bci_columns_new(const bci_table *t, unsigned n_slots,
                                       const bc_reading *reading, bci_columns *c, bc_error *err);
void bci_columns_see(bci_columns *c, const bci_batch *b, unsigned slot);
void bci_columns_take(bci_columns *c, const bci_batch *b, unsigned slot);
void bci_columns_free(bci_columns *c);

/* Look at all rows of a table that was begun, with the settings' threads and progress. */
BC_NODISCARD bc_status bci_columns_pass(bci_table *t, const bc_numbers_settings *s, int n_threads,
                                        int n_passes, bci_columns *c, bc_error *err);

/* BC_E_FORMAT for a column that is numbers with another point than was expected. */
BC_NODISCARD bc_status bci_columns_check(const bci_columns *c, const bci_table *t, bc_error *err);

/* For results; the name is allocated. */
BC_NODISCARD bc_status bci_column_describe(const bci_columns *c, size_t i, const bci_table *t,
                                           bc_numbers_column *out, bc_error *err);

/* The summary with what the rows said. */
bc_numbers_summary bci_columns_summary(const bci_columns *c, const bci_table *t);

/* Why each column would not be reduced by include and exclude: why[0 .. n_columns), NULL where it
 * would. BC_E_USAGE for a pattern that fits none. */
BC_NODISCARD bc_status bci_columns_choose(const bci_table *t, const bc_numbers_settings *s,
                                          const char **why, bc_error *err);

#endif
