/* Shared-internal: tensors go through in batches of whole rows, or of pieces of one row where rows
 * are long. How a tensor is cut depends on nothing but its shape and its format. */
#ifndef BCI_CUT_H
#define BCI_CUT_H

#include <stddef.h>
#include <stdint.h>

/* Elements in a batch at most, unless rows stay whole: a multiple of the length of every block. */
enum { BCI_BATCH = 1 << 17 };

typedef struct {
    uint64_t n_rows, row;   /* elements: their product */
    uint64_t batch;         /* elements in all batches but the last of a row, or of the tensor */
    uint64_t n_row_batches; /* in a row that is longer than a batch; else 0 */
    uint64_t n_batches;
} bci_cut;

/* A batch: n elements from `first` on, which are `n_lines` rows, or one piece of a row. */
typedef struct {
    uint64_t first;
    size_t n, n_lines;
} bci_range;

/* Long rows are cut at multiples of `unit`, 1 .. BCI_BATCH; where there are no weights it may be
 * 0. */
bci_cut bci_cut_rows(uint64_t n_rows, uint64_t row, uint32_t unit);

/* No row is cut: one that is longer than BCI_BATCH is a batch. */
bci_cut bci_cut_whole_rows(uint64_t n_rows, uint64_t row);

/* Batch i, i < n_batches. */
bci_range bci_cut_at(const bci_cut *cut, uint64_t i);

#endif
