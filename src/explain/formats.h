/* Shared-internal: the formats of an explanation, and the values that they have. */
#ifndef BCI_EXPLAIN_FORMATS_H
#define BCI_EXPLAIN_FORMATS_H

#include "bitcrush/explain.h"
#include "bitcrush/notation.h"

/* A notation by name, laid as step and zero say. BC_E_USAGE suggests the nearest name. */
BC_NODISCARD bc_status bci_explain_format(const bc_explain_request *asked, const char *name,
                                          bc_notation *out, bc_error *err);

/* Stored bits with gaps between their fields. */
char *bci_explain_fields(const bc_notation *n, uint32_t bits, char *to, size_t size);

/* Formats of so many bits are listed value by value, and drawn. */
enum { BCI_EXPLAIN_LISTED_BITS = 8, BCI_EXPLAIN_DRAWN_BITS = 16 };

/* The values of all patterns of a notation of at most BCI_EXPLAIN_DRAWN_BITS that are finite,
 * rising, each once. The caller frees *out. BC_E_LIMIT. */
BC_NODISCARD bc_status bci_explain_values(const bc_notation *n, double **out, size_t *count,
                                          bc_error *err);

#endif
