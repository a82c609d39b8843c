/* Shared-internal: a grid laid on the numbers of a column, and how its marks are written. */
#ifndef BCI_RULER_H
#define BCI_RULER_H

#include "medium/grouping.h"
#include "medium/laid.h"
#include "numbers/columns.h"

enum { BCI_MARK_ROOM = 32, BCI_MARK_LENGTH = BCI_MARK_ROOM - 1 };

extern const bci_groups bci_groups_of_numbers;

typedef struct {
    bc_grid grid;
    bc_scale scale;
    bool is_fitted; /* to the data */
    /* Marks that are short in decimals: (first + code * each) / tenths, all of them exact. */
    bool is_decimal;
    double first, each, tenths;
    bool is_pinned;     /* end marks are the ends of data or range to the last bit, so that rounding
                         * twice is rounding once */
    double low, high;   /* the end marks */
    bc_granular region; /* beyond which numbers clip */
    /* Texts of the marks from the lowest up, each as long as its last byte says; NULL: too many. */
    char (*texts)[BCI_MARK_ROOM];
} bci_ruler;

/* What no data can make right. */
BC_NODISCARD bc_status bci_ruler_check(const bc_numbers_settings *s, bc_error *err);

/* Whether the ends of the data have to be known. */
bool bci_ruler_needs_data(const bc_numbers_settings *s);

/* Whether a scale is fitted to the numbers that share it. */
bool bci_ruler_is_fitted(const bc_numbers_settings *s);

/* Whether numbers are rounded run by run, by blocks or under scales of their own, and by what. */
bool bci_numbers_have_runs(const bc_numbers_settings *s);
bci_laying bci_numbers_laying(const bc_numbers_settings *s);

/* The scale that is taken; NULL with a step, a range or blocks. */
const bc_scale_row *bci_ruler_scale(const bc_numbers_settings *s);

/* Lay the depth on what was seen (of all numbers that share it). Texts are NULL. */
BC_NODISCARD bc_status bci_ruler_lay(const bc_numbers_settings *s, const bci_seen *seen,
                                     bci_ruler *r, bc_error *err);

/* The step between marks of even grids; 0 for others. */
double bci_ruler_step(const bci_ruler *r);

/* Round x[0..n) to marks. */
void bci_ruler_round(const bci_ruler *r, bc_rounding rounding, const double *x, const double *noise,
                     size_t n, double *y, int32_t *codes);

/* The value of a code. */
double bci_ruler_value(const bci_ruler *r, int32_t code);

/* Write a mark, as its value or its code, into BCI_MARK_ROOM bytes; returns its length. */
size_t bci_ruler_spell(const bci_ruler *r, bool as_code, int32_t code, double value, char point,
                       char *out);

/* Write them all down in advance, where they are few. */
BC_NODISCARD bc_status bci_ruler_write_texts(bci_ruler *r, bool as_codes, char point,
                                             bc_error *err);

void bci_ruler_free(bci_ruler *r);

#endif
