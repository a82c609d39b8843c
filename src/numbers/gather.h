/* Shared-internal: the numbers of one column of a batch, side by side, with their noise. */
#ifndef BCI_GATHER_H
#define BCI_GATHER_H

#include "numbers/ruler.h"

/* Zero it. */
typedef struct {
    double *x, *noise, *y;
    int32_t *codes;
    double *line_noise;
    uint32_t *lines; /* of each number, in its batch */
    size_t n, room, line_room, lay_room;
    bci_lay_room lay;             /* of runs */
    uint64_t n_kept, n_saturated; /* not finite, and left as they are, or set to the end */
} bci_gathered;

/* Take the numbers of a column out of a batch, those that are not finite by settings->nonfinite:
 * the cells that x has are of kind NUMBER then, and no others. Noise is that of `stream`, NULL
 * without. y and codes have room for as many. */
BC_NODISCARD bc_status bci_gather(const bci_table *t, const bc_numbers_settings *s, bci_batch *b,
                                  size_t column, uint32_t stream, bci_gathered *g, bc_error *err);

/* Round what was gathered, and deal with what the grid cannot hold. */
BC_NODISCARD bc_status bci_gathered_round(const bci_table *t, const bc_numbers_settings *s,
                                          const bci_batch *b, size_t column, const bci_ruler *r,
                                          bci_gathered *g, bc_error *err);

/* Round what was gathered run by run, where that is asked for. Codes are all 0. Those beyond the
 * ends of their run are added to sums. */
BC_NODISCARD bc_status bci_gathered_lay(const bci_table *t, const bc_numbers_settings *s,
                                        const bci_batch *b, size_t column, bci_gathered *g,
                                        bc_error_sums *sums, bc_error *err);

/* Add the errors of what was gathered and rounded; r is NULL where that was run by run. */
void bci_gathered_measure(const bci_gathered *g, const bci_ruler *r, bc_error_sums *sums);

void bci_gathered_free(bci_gathered *g);

#endif
