/* Shared-internal: what is told of columns that were reduced. */
#ifndef BCI_NUMBERS_OUTCOME_H
#define BCI_NUMBERS_OUTCOME_H

#include "numbers/ruler.h"

/* A column on the way: which ruler, which noise, and what was seen of its rounding. */
typedef struct {
    const char *why; /* it is not reduced, or NULL */
    bci_ruler ruler;
    uint32_t stream;
    bc_error_sums error;
    uint64_t n_saturated;
    uint64_t packed_bits; /* of runs */
    uint64_t *counts;     /* of codes from the lowest up; NULL past 16 bits */
    size_t n_counts;
} bci_reduced;

/* Choose the columns, lay the rulers, all that has to be known before rounding. `c` was seen, or
 * knows nothing where no ruler needs data. BC_E_UNSUPPORTED where nothing is reduced. */
BC_NODISCARD bc_status bci_reduced_begin(const bci_table *t, const bc_numbers_settings *s,
                                         const bci_columns *c, bool is_seen, bci_reduced *reduced,
                                         bc_error *err);

/* BC_E_UNSUPPORTED where no column that is reduced has numbers. Columns without become those that
 * are not reduced. */
BC_NODISCARD bc_status bci_reduced_check(const bci_table *t, const bci_columns *c,
                                         bci_reduced *reduced, bc_error *err);

/* Bytes of the codes of n numbers without gaps, and of the scale where it was found in the data. */
uint64_t bci_numbers_packed_bytes(const bc_numbers_settings *s, const bci_ruler *r, uint64_t n);

/* The error expected of a column, sum of squares; NaN where no closed form holds. */
double bci_expected_e2(const bc_numbers_settings *s, const bci_ruler *r, const bc_error_sums *e);

/* 10 log10 of signal over error, NaN where either does not exist. */
double bci_expected_snr_db(double sum_x2, double expected_e2);

/* Tell what became of column i. */
BC_NODISCARD bc_status bci_reduced_tell(const bci_reduced *reduced, const bci_table *t,
                                        const bc_numbers_settings *s, const bci_columns *c,
                                        size_t i, bc_numbers_outcome *out, bc_error *err);

void bci_reduced_free(bci_reduced *reduced, size_t n);

#endif
