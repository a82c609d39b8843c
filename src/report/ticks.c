/* Knows where the ticks of an axis lie and how their numbers are written. A tick is an integer
 * times a power of ten, so that its digits are exact and no floating point is printed. */
#include "report/ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

#define LARGEST  1e100 /* beyond, differences and pixels could overflow */
#define SMALLEST 1e-90 /* of ranges: below, steps could vanish */

static const int nice[] = { 1, 2, 5 };

bool bci_range_shows(bool is_log, double value)
{
    return fabs(value) < LARGEST && (!is_log || value > 1.0 / LARGEST);
}

double bci_range_place(const bci_range *r, double value)
{
    if (r->is_log)
        return log10(value / r->low) / log10(r->high / r->low);
    return (value - r->low) / (r->high - r->low);
}

bool bci_range_is_wide(double low, double high, bool is_log)
{
    if (is_log)
        return high >= 1.0001 * low;
    return high - low > fmax(SMALLEST, 1e-9 * fmax(fabs(low), fabs(high)));
}

bci_range bci_range_of(double low, double high, bool is_log)
{
    bci_range r = { .low = low, .high = high, .is_log = is_log };

    if (low > high) {
        r.low = is_log ? 1.0 : 0.0;
        r.high = is_log ? 10.0 : 1.0;
    } else if (bci_range_is_wide(low, high, is_log)) {
        return r;
    } else if (is_log) {
        r.low = low / 2.0;
        r.high = high * 2.0;
    } else {
        const double most = fmax(fabs(low), fabs(high)), d = most < SMALLEST ? 1.0 : 0.1 * most;

        r.low = low - d;
        r.high = high + d;
    }
    return r;
}

static double power_of_ten(int e)
{
    double p = 1.0;

    for (int i = 0; i < abs(e); i++)
        p *= 10.0;
    return p;
}

static double decimal(long long mantissa, int exponent)
{
    const double p = power_of_ten(exponent); /* exact up to 10^22 */

    return exponent < 0 ? (double)mantissa / p : (double)mantissa * p;
}

/* --- numbers as text ------------------------------------------------------------------- */

/* mantissa 10^exponent without an exponent: -2500, 0.25. */
static void write_plain(char out[BCI_TICK_TEXT], long long mantissa, int exponent)
{
    const char *sign = mantissa < 0 ? "\xe2\x88\x92" : ""; /* a true minus */
    long long digits = llabs(mantissa), unit = 1;

    for (; exponent < 0 && digits % 10 == 0; exponent++)
        digits /= 10;
    if (exponent >= 0) {
        for (; exponent > 0; exponent--)
            digits *= 10;
        snprintf(out, BCI_TICK_TEXT, "%s%lld", sign, digits);
        return;
    }
    const int n_decimals = -exponent < 18 ? -exponent : 18; /* ranges are not that narrow */

    for (int i = 0; i < n_decimals; i++)
        unit *= 10;
    snprintf(out, BCI_TICK_TEXT, "%s%lld.%0*lld", sign, digits / unit, n_decimals, digits % unit);
}

static void append(char *to, size_t size, const char *text)
{
    const size_t n = strlen(to);

    snprintf(to + n, size - n, "%s", text);
}

static void write_power(char out[BCI_TICK_TEXT], long long mantissa, int exponent)
{
    static const char *const raised[] = { "\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",
                                          "\xc2\xb3",     "\xe2\x81\xb4", "\xe2\x81\xb5",
                                          "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8",
                                          "\xe2\x81\xb9" };
    char digits[16], power[32] = "10";
    long long head = llabs(mantissa);

    for (; head % 10 == 0; exponent++)
        head /= 10;
    int n_digits = 0;

    for (long long rest = head; rest >= 10; rest /= 10)
        n_digits++;
    snprintf(digits, sizeof digits, "%d", abs(exponent + n_digits));
    if (exponent + n_digits < 0)
        append(power, sizeof power, "\xe2\x81\xbb");
    for (const char *d = digits; *d; d++)
        append(power, sizeof power, raised[*d - '0']);
    if (head == 1) {
        snprintf(out, BCI_TICK_TEXT, "%s%s", mantissa < 0 ? "\xe2\x88\x92" : "", power);
        return;
    }
    write_plain(out, mantissa < 0 ? -head : head, -n_digits);
    if (strlen(out) + strlen(power) + 3 <= BCI_TICK_TEXT) {
        append(out, BCI_TICK_TEXT, "\xc2\xb7");
        append(out, BCI_TICK_TEXT, power);
    }
}

static bool are_powers(double least, double most)
{
    return least < 0.9e-3 || most > 1.1e12;
}

/* One way of writing for an axis whose values reach from `least` (the smallest of a log axis,
 * otherwise the largest again) to `most`: powers for the very small and large, suffixes from
 * 10k on (on log axes, where they stand for themselves, from 1k on), otherwise as it is. */
static void write_tick(bci_tick *t, double least, double most, bool is_log)
{
    static const struct {
        int exponent;
        const char *name;
    } suffixes[] = { { 9, "G" }, { 6, "M" }, { 3, "k" } };
    const double size = is_log ? fabs(t->value) : most;
    const double first = is_log ? 1e3 : 1e4;

    if (t->mantissa == 0) {
        snprintf(t->text, sizeof t->text, "0");
        return;
    }
    if (are_powers(least, most)) {
        write_power(t->text, t->mantissa, t->exponent);
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        const int e = suffixes[i].exponent;

        if (size < 0.999 * first || size < 0.999 * power_of_ten(e))
            continue;
        write_plain(t->text, t->mantissa, t->exponent - e);
        append(t->text, sizeof t->text, suffixes[i].name);
        return;
    }
    write_plain(t->text, t->mantissa, t->exponent);
}

/* --- linear ---------------------------------------------------------------------------- */

/* The smallest step of 1, 2 or 5 10^e that is not below `least`. */
static void nice_step(double least, int *digit, int *exponent)
{
    /* Begins a decade low: what log10 rounds to does not matter. */
    for (int e = (int)floor(log10(least)) - 1;; e++) {
        for (size_t i = 0; i < 3; i++) {
            if (decimal(nice[i], e) >= least * (1.0 - 1e-9)) {
                *digit = nice[i];
                *exponent = e;
                return;
            }
        }
    }
}

static size_t linear_ticks(const bci_range *r, size_t n_most, bci_tick *out)
{
    const double most = fmax(fabs(r->low), fabs(r->high));
    int digit, exponent;
    size_t n = 0;

    nice_step((r->high - r->low) / (double)(n_most - 1), &digit, &exponent);
    const double step = decimal(digit, exponent);
    const long long last = (long long)floor(r->high / step + 1e-6);

    for (long long k = (long long)ceil(r->low / step - 1e-6); k <= last && n < BCI_TICKS_MAX; k++) {
        bci_tick *t = &out[n++];

        *t = (bci_tick){ .mantissa = k * digit, .exponent = exponent };
        t->value = decimal(t->mantissa, exponent);
        write_tick(t, most, most, false);
    }
    return n;
}

/* --- logarithmic ----------------------------------------------------------------------- */

/* The first decade whose start is not above the value. */
static int decade_of(double value)
{
    int e = (int)floor(log10(value)) + 1;

    while (decimal(1, e) > value * (1.0 + 1e-9))
        e--;
    return e;
}

static bool is_within(const bci_range *r, double value)
{
    return value >= r->low * (1.0 - 1e-9) && value <= r->high * (1.0 + 1e-9);
}

/* Ticks at 1, 2, 5 (every = 0) or at each `every`th decade; how many. */
static size_t count_log(const bci_range *r, int every)
{
    size_t n = 0;

    for (int e = decade_of(r->low); e <= decade_of(r->high); e++)
        for (size_t i = 0; i < (every ? 1 : 3); i++)
            n += (every < 2 || e % every == 0) && is_within(r, decimal(nice[i], e));
    return n;
}

static bool has_text(int digit, int e, int every)
{
    if (every == 0)
        return digit == 1 || digit == 2 || digit == 5;
    return digit == 1 && e % every == 0;
}

static size_t log_ticks(const bci_range *r, size_t n_most, bci_tick *out)
{
    const bool has_powers = are_powers(r->low, r->high);
    int every = has_powers && count_log(r, 1) > 3; /* 10^-2 is easier read than 2 10^-2 */
    size_t n = 0;

    while (count_log(r, every) > n_most)
        every++;
    for (int e = decade_of(r->low); e <= decade_of(r->high); e++) {
        /* 2 to 9 show where a decade is wide, the decades alone where there are many */
        for (int digit = 1; digit <= (every < 2 ? 9 : 1) && n < BCI_TICKS_MAX; digit++) {
            bci_tick t = { .mantissa = digit, .exponent = e, .value = decimal(digit, e) };

            if (!is_within(r, t.value))
                continue;
            t.is_minor = !has_text(digit, e, every);
            if (!t.is_minor)
                write_tick(&t, r->low, r->high, true);
            out[n++] = t;
        }
    }
    return n;
}

static bool is_linear(const bci_range *r)
{
    return !r->is_log || count_log(r, 0) < 3;
}

void bci_range_pad(bci_range *r, size_t n_most)
{
    if (is_linear(r) && !r->is_log) {
        double before = 0.0;

        /* The range that is wider may have a larger step, up to which it is widened again. */
        for (int k = 0; k < 3; k++) {
            int digit, exponent;

            nice_step((r->high - r->low) / (double)(n_most - 1), &digit, &exponent);
            const double step = decimal(digit, exponent);

            if (step == before)
                return;
            before = step;
            r->low = step * floor(r->low / step + 1e-6);
            r->high = step * ceil(r->high / step - 1e-6);
        }
        return;
    }
    if (!r->is_log)
        return;
    const int low = decade_of(r->low), high = decade_of(r->high);

    for (size_t i = 3; i-- > 0;) {
        if (decimal(nice[i], low) <= r->low * (1.0 + 1e-9)) {
            r->low = decimal(nice[i], low);
            break;
        }
    }
    for (size_t i = 0; i <= 3; i++) {
        const double end = i < 3 ? decimal(nice[i], high) : decimal(1, high + 1);

        if (end >= r->high * (1.0 - 1e-9)) {
            r->high = end;
            break;
        }
    }
}

size_t bci_ticks(const bci_range *r, size_t n_most, bci_tick out[BCI_TICKS_MAX])
{
    return is_linear(r) ? linear_ticks(r, n_most, out) : log_ticks(r, n_most, out);
}

/* --- at given values ------------------------------------------------------------------- */

static void write_digits(bci_tick *t, int digits)
{
    char text[BCI_TICK_TEXT];

    bci_format(text, sizeof text, "%.*g", digits, t->value);
    snprintf(t->text, sizeof t->text, "%s%s", *text == '-' ? "\xe2\x88\x92" : "",
             text + (*text == '-'));
}

static bool are_told_apart(const bci_tick *ticks, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (strcmp(ticks[i].text, ticks[i - 1].text) == 0)
            return false;
    return true;
}

size_t bci_ticks_at(const bci_range *r, const double *at, size_t n, bci_tick out[BCI_TICKS_MAX])
{
    enum { LEAST_DIGITS = 3, MOST_DIGITS = 15 };
    size_t n_ticks = 0;

    for (size_t i = 0; i < n && n_ticks < BCI_TICKS_MAX; i++) {
        const double place = bci_range_shows(r->is_log, at[i]) ? bci_range_place(r, at[i]) : -1.0;

        if (place >= 0.0 && place <= 1.0)
            out[n_ticks++] = (bci_tick){ .value = at[i] };
    }
    for (int digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits++) {
        for (size_t i = 0; i < n_ticks; i++)
            write_digits(&out[i], digits);
        if (are_told_apart(out, n_ticks))
            break;
    }
    return n_ticks;
}
