/* Shared-internal: PNG row filters. */
#ifndef BCI_PNG_FILTER_H
#define BCI_PNG_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* Filter a row of n bytes, pixels of pixel_bytes (1..8), with the row above it (zeros for the
 * first), by the filter whose output is smallest in absolute sum. out receives the filter type
 * and n bytes; scratch is n bytes. Source: PNG specification, clauses 9 and 12.7. */
void bci_filter_row(const uint8_t *row, const uint8_t *above, size_t n, size_t pixel_bytes,
                    uint8_t *out, uint8_t *scratch);

#endif
