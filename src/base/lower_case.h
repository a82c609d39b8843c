/* Shared-internal: names as they stand in tables. */
#ifndef BCI_LOWER_CASE_H
#define BCI_LOWER_CASE_H

#include <stdbool.h>
#include <stddef.h>

/* Copy `from` with the capitals of ASCII as small letters, under any locale, cut to `size` bytes
 * with the final 0; false where it was cut. */
bool bci_lower_case(const char *from, char *to, size_t size);

#endif
