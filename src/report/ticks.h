/* Shared-internal: ranges of axes and their ticks. */
#ifndef BCI_TICKS_H
#define BCI_TICKS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    double low, high; /* low < high; above 0 when is_log */
    bool is_log;
} bci_range;

#define BCI_TICK_TEXT 48

/* The value is mantissa 10^exponent. A minor tick (of a log axis) has no text. */
typedef struct {
    double value;
    long long mantissa;
    int exponent;
    bool is_minor;
    char text[BCI_TICK_TEXT];
} bci_tick;

#define BCI_TICKS_MAX 256

/* Whether a value can be shown on an axis. */
bool bci_range_shows(bool is_log, double value);

/* Whether ticks in between can be told apart in double precision. */
bool bci_range_is_wide(double low, double high, bool is_log);

/* Where a value lies: 0 at low, 1 at high. */
double bci_range_place(const bci_range *r, double value);

/* The range of values from low to high (low > high: there are none), widened where it is empty. */
bci_range bci_range_of(double low, double high, bool is_log);

/* Move the ends of a range out to the ticks that it would have. */
void bci_range_pad(bci_range *r, size_t n_most);

/* Ticks at 1, 2 or 5 times powers of ten, rising, at most n_most (2 or more) with text: their
 * number. A range within one decade of a log axis is treated as linear. */
size_t bci_ticks(const bci_range *r, size_t n_most, bci_tick out[BCI_TICKS_MAX]);

/* Ticks at n rising values, with as many digits as tell them apart; those that the range leaves out
 * are none. */
size_t bci_ticks_at(const bci_range *r, const double *at, size_t n, bci_tick out[BCI_TICKS_MAX]);

#endif
