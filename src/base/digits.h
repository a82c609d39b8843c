/* Shared-internal: doubles and their decimal digits, exactly and fast: nothing of a locale, no
 * state, and the same result on every machine. */
#ifndef BCI_DIGITS_H
#define BCI_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The double nearest to w * 10^power, ties to even; infinity past the largest. */
double bci_double_of_digits(uint64_t w, int power);

/* 10^0 .. 10^22, the powers that doubles hold exactly. */
enum { BCI_EXACT_TENS = 22 };
extern const double bci_tens[BCI_EXACT_TENS + 1];

/* The usual number, fast: a minus or none and up to 15 digits, `point` among them or not, all of
 * which end before something that is none. Returns what follows, or NULL where bci_read_digits has
 * to look. */
static inline const char *bci_read_plain(const char *text, char point, double *out)
{
    const bool is_negative = *text == '-';
    const char *p = text + is_negative, *start = p, *after = NULL;
    uint64_t w = 0;
    unsigned digit;

    for (; (digit = (unsigned)(unsigned char)*p - '0') < 10; p++)
        w = w * 10 + digit;
    if (*p == point)
        for (after = ++p; (digit = (unsigned)(unsigned char)*p - '0') < 10; p++)
            w = w * 10 + digit;
    const size_t n = (size_t)(p - start) - (after != NULL);

    if (n == 0 || n > 15)
        return NULL;
    const double v = (double)(int64_t)w;
    const double size = after ? v / bci_tens[p - after] : v;

    *out = is_negative ? -size : size;
    return p;
}

/* Read a number at text[0..n): a sign, digits with `point` among them or not, an exponent or not.
 * Returns the characters that it takes, or 0 where there is no number; those that follow are the
 * caller's business. The value is the nearest double, of any number of digits. */
size_t bci_read_digits(const char *text, size_t n, char point, double *out);

/* Write a finite number in the fewest digits that read back as the same double (of several such
 * texts, the one nearest to it), as "-0.1", "1e+21", "1.5e-07"; returns the characters written, no
 * terminator among them. */
enum { BCI_SHORTEST = 26 };
size_t bci_write_shortest(double x, char point, char out[BCI_SHORTEST]);

/* The same digits as a number: |x| is w * 10^power in the fewest digits, w no multiple of 10 but
 * 0. */
uint64_t bci_shortest_decimal(double x, int *power);

#endif
