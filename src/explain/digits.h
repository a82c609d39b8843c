/* Shared-internal: numbers and bits as texts that people read. */
#ifndef BCI_EXPLAIN_DIGITS_H
#define BCI_EXPLAIN_DIGITS_H

#include <stddef.h>
#include <stdint.h>

/* All of these fill to[0..size), size at least 32, and return `to`. */

/* All digits where these are few, else as few as tell `value` from its neighbours at a distance of
 * `resolution`; 0: as few as read back the same double. */
char *bci_digits_to(char *to, size_t size, double value, double resolution);

/* Every digit of a double, as long as these are at most 60 characters, else "". */
char *bci_digits_exact(char *to, size_t size, double value);

/* All digits where these are at most `width` characters, else four. */
char *bci_digits_short(char *to, size_t size, double value, size_t width);

/* Two significant digits, for errors: "3.8e-09"; four from 1e-3 on: "0.1415". */
char *bci_digits_error(char *to, size_t size, double value);

/* The same for what rounding lost, the point of an explanation: four digits of it, however
 * small. */
char *bci_digits_loss(char *to, size_t size, double value);

/* A share as percent, four digits: "0.5391", "99.02", "150". */
char *bci_digits_percent(char *to, size_t size, double share);

/* "1 bit", "2 bits". */
char *bci_digits_count(char *to, size_t size, uint64_t n, const char *noun);

/* The low n bits of v, highest first. */
char *bci_digits_binary(char *to, size_t size, uint64_t v, int n);

#endif
