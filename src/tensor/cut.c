/* Knows how tensors are cut into batches. */
#include "tensor/cut.h"

#include <assert.h>

static uint64_t pieces(uint64_t whole, uint64_t piece)
{
    return whole / piece + (whole % piece > 0);
}

bci_cut bci_cut_rows(uint64_t n_rows, uint64_t row, uint32_t unit)
{
    bci_cut cut = { .n_rows = n_rows, .row = row };

    if (n_rows == 0 || row == 0)
        return cut;
    assert(unit > 0 && unit <= BCI_BATCH);
    if (row <= BCI_BATCH) {
        cut.batch = BCI_BATCH / row * row;
        cut.n_batches = pieces(n_rows, BCI_BATCH / row);
    } else {
        cut.batch = BCI_BATCH - BCI_BATCH % unit;
        cut.n_row_batches = pieces(row, cut.batch);
        cut.n_batches = n_rows * cut.n_row_batches;
    }
    return cut;
}

bci_cut bci_cut_whole_rows(uint64_t n_rows, uint64_t row)
{
    if (row <= BCI_BATCH)
        return bci_cut_rows(n_rows, row, 1);
    return (bci_cut){
        .n_rows = n_rows, .row = row, .batch = row, .n_row_batches = 1, .n_batches = n_rows
    };
}

bci_range bci_cut_at(const bci_cut *cut, uint64_t i)
{
    const uint64_t in_row = cut->n_row_batches;
    const uint64_t end = in_row ? cut->row : cut->n_rows * cut->row; /* of what is cut */
    const uint64_t first = (in_row ? i % in_row : i) * cut->batch;
    const uint64_t n = end - first < cut->batch ? end - first : cut->batch;

    return (bci_range){ .first = first + (in_row ? i / in_row * cut->row : 0),
                        .n = (size_t)n,
                        .n_lines = in_row ? 1 : (size_t)(n / cut->row) };
}
