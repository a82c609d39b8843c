/* Knows decimal numbers exactly: text to the nearest double, a double to the fewest digits. Most
 * numbers that people write fit arithmetic of 128 bits, where both are exact; the C library serves
 * the rest. */
#include "base/digits.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/floats.h"

enum { MAX_FIVES = 27, MAX_DIGITS = 19, ROOM = 1100 };

const double bci_tens[BCI_EXACT_TENS + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* ---- to a double */

#ifdef __SIZEOF_INT128__
typedef unsigned __int128 wide;

/* 5^i; the last is below 2^63. */
static const uint64_t fives[MAX_FIVES + 1] = { UINT64_C(1),
                                               UINT64_C(5),
                                               UINT64_C(25),
                                               UINT64_C(125),
                                               UINT64_C(625),
                                               UINT64_C(3125),
                                               UINT64_C(15625),
                                               UINT64_C(78125),
                                               UINT64_C(390625),
                                               UINT64_C(1953125),
                                               UINT64_C(9765625),
                                               UINT64_C(48828125),
                                               UINT64_C(244140625),
                                               UINT64_C(1220703125),
                                               UINT64_C(6103515625),
                                               UINT64_C(30517578125),
                                               UINT64_C(152587890625),
                                               UINT64_C(762939453125),
                                               UINT64_C(3814697265625),
                                               UINT64_C(19073486328125),
                                               UINT64_C(95367431640625),
                                               UINT64_C(476837158203125),
                                               UINT64_C(2384185791015625),
                                               UINT64_C(11920928955078125),
                                               UINT64_C(59604644775390625),
                                               UINT64_C(298023223876953125),
                                               UINT64_C(1490116119384765625),
                                               UINT64_C(7450580596923828125) };

/* The double nearest to v * 2^power, where something below v is left over with is_more. Far from
 * subnormals and from infinity. */
static double round_wide(wide v, bool is_more, int power)
{
    const uint64_t high = (uint64_t)(v >> 64);
    const int n_bits = high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)v);
    const int cut = n_bits - 53;

    if (cut <= 0)
        return ldexp((double)(uint64_t)v, power);
    const wide half = (wide)1 << (cut - 1), rest = v & (((wide)1 << cut) - 1);
    uint64_t m = (uint64_t)(v >> cut);

    if (rest > half || (rest == half && (is_more || (m & 1))))
        m++;
    return ldexp((double)m, power + cut);
}

/* w 10^power with 0 < |power| <= MAX_FIVES: w 5^power fits 127 bits, and w 2^64 / 5^-power has
 * more than 64 of them where w has 64. */
static double by_wide(uint64_t w, int power)
{
    if (power > 0)
        return round_wide((wide)w * fives[power], false, power);

    const int up = __builtin_clzll(w);
    const wide of = (wide)(w << up) << 64;
    const uint64_t by = fives[-power];

    return round_wide(of / by, of % by != 0, power - up - 64);
}
#endif

/* By the C library, from digits as text. */
static double by_library(uint64_t w, int power)
{
    char text[48];

    bci_format(text, sizeof text, "%llue%d", (unsigned long long)w, power);
    return bci_read_double(text, NULL);
}

double bci_double_of_digits(uint64_t w, int power)
{
    if (w == 0)
        return 0.0;
    if (w <= UINT64_C(1) << 53 && power >= -BCI_EXACT_TENS &&
        power <= BCI_EXACT_TENS) /* Clinger 1990 */
        return power < 0 ? (double)w / bci_tens[-power] : (double)w * bci_tens[power];
#ifdef __SIZEOF_INT128__
    if (power >= -MAX_FIVES && power <= MAX_FIVES && power != 0)
        return by_wide(w, power);
#endif
    return power == 0 ? (double)w : by_library(w, power);
}

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* The exponent at text[0..n), with its letter; *taken is 0 where there is none. */
static int read_exponent(const char *text, size_t n, size_t *taken)
{
    size_t i = 1;
    int v = 0;

    *taken = 0;
    if (n < 2 || (text[0] != 'e' && text[0] != 'E'))
        return 0;
    const bool is_negative = text[1] == '-';

    i += is_negative || text[1] == '+';
    if (i >= n || !is_digit(text[i]))
        return 0;
    for (; i < n && is_digit(text[i]); i++)
        v = v < 100000 ? v * 10 + (text[i] - '0') : v;
    *taken = i;
    return is_negative ? -v : v;
}

/* More digits than 64 bits hold, n characters of them: the first ones and, where more follow that
 * are not 0, another one, which is all that rounding can depend on (768 digits tell any two halves
 * apart). */
static double read_long(const char *text, size_t n, char point, int exponent)
{
    enum { KEPT = 800 };
    char digits[ROOM];
    size_t n_kept = 0;
    bool is_past_point = false, is_more = false;

    for (size_t i = 0; i < n; i++) {
        if (text[i] == point) {
            is_past_point = true;
            continue;
        }
        exponent -= is_past_point;
        if (n_kept == 0 && text[i] == '0')
            continue;
        if (n_kept < KEPT) {
            digits[n_kept++] = text[i];
        } else {
            is_more = is_more || text[i] != '0';
            exponent++;
        }
    }
    if (is_more) {
        digits[n_kept++] = '1';
        exponent--;
    }
    if (n_kept == 0)
        return 0.0;
    bci_format(digits + n_kept, ROOM - n_kept, "e%d", exponent);
    return bci_read_double(digits, NULL);
}

size_t bci_read_digits(const char *text, size_t n, char point, double *out)
{
    const bool is_negative = n > 0 && text[0] == '-';
    const size_t start = is_negative || (n > 0 && text[0] == '+');
    size_t i = start, n_after = 0;
    uint64_t w = 0;

    for (; i < n && is_digit(text[i]); i++)
        w = w * 10 + (uint64_t)(text[i] - '0');
    size_t n_digits = i - start;

    if (i < n && text[i] == point) {
        const size_t after = ++i;

        for (; i < n && is_digit(text[i]); i++)
            w = w * 10 + (uint64_t)(text[i] - '0');
        n_after = i - after;
        n_digits += n_after;
    }
    if (n_digits == 0)
        return 0;
    size_t taken;
    const int exponent = read_exponent(text + i, n - i, &taken);
    const double v = n_digits <= MAX_DIGITS ? bci_double_of_digits(w, exponent - (int)n_after)
                                            : read_long(text + start, i - start, point, exponent);

    *out = is_negative ? -v : v;
    return i + taken;
}

/* ---- from a double */

/* A number as its digits, the first of which counts 10^power: "123" and 2 are 123. */
typedef struct {
    char text[20];
    int n, power;
} digits;

static digits spell(uint64_t v, int last_power)
{
    digits d = { .n = 0 };
    char reversed[20];

    while (v % 10 == 0) {
        v /= 10;
        last_power++;
    }
    for (; v > 0; v /= 10)
        reversed[d.n++] = (char)('0' + v % 10);
    for (int i = 0; i < d.n; i++)
        d.text[i] = reversed[d.n - 1 - i];
    d.power = last_power + d.n - 1;
    return d;
}

/* By the C library: with ever more digits, the nearest ones and, where doubles below are denser,
 * the ones above. */
static digits try_all(double x)
{
    for (int n = 1;; n++) {
        char text[32];
        uint64_t w = 0;

        bci_format(text, sizeof text, "%.*e", n - 1, x);
        const char *c = text;

        for (; *c != 'e'; c++)
            w = is_digit(*c) ? w * 10 + (uint64_t)(*c - '0') : w;
        const int power = (int)bci_read_double(c + 1, NULL) - (n - 1);

        for (uint64_t up = 0; up < 2; up++)
            if (n == 17 || bci_double_of_digits(w + up, power) == x)
                return spell(w + up, power);
    }
}

#ifdef __SIZEOF_INT128__
/* The multiple of `unit` nearest to v + 2^-s rest. */
static uint64_t nearest_multiple(uint64_t v, bool is_more, uint64_t unit)
{
    const uint64_t rest = v % unit, down = v - rest;

    if (2 * rest > unit || (2 * rest == unit && (is_more || (down / unit) & 1)))
        return down + unit;
    return down;
}

/* x = m 2^e > 0, at units of 10^-p in which it has 17 or 18 digits: all that reads back as x lies
 * between whole numbers low and high of units. Of these the one with most zeros at its end. */
static digits shortest_of(uint64_t m, int e, int p)
{
    /* Twice x, and half of its last place, at 2^-s: x 10^p = m 5^p 2^(e + p). */
    const int s = 1 - e - p, up = s < 0 ? -s : 0, down = s > 0 ? s : 0;
    const wide x2 = ((wide)m * fives[p]) << (up + 1), half = (wide)fives[p] << up;
    /* Below a power of two doubles are twice as dense. */
    const bool is_edge = m == UINT64_C(1) << 52;
    const wide above = 2 * x2 + 2 * half, under = 2 * x2 - (is_edge ? half : 2 * half);
    const wide fraction = ((wide)1 << (down + 1)) - 1;
    const bool is_even = (m & 1) == 0;
    uint64_t high = (uint64_t)(above >> (down + 1)), low = (uint64_t)(under >> (down + 1));
    const uint64_t at = (uint64_t)(x2 >> down);
    const bool is_more = (x2 & (((wide)1 << down) - 1)) != 0;

    high -= (above & fraction) == 0 && !is_even; /* the ends round to the even double */
    low += (under & fraction) != 0 || !is_even;
    uint64_t unit = 1;

    while (unit <= UINT64_MAX / 100 && high / (unit * 10) * (unit * 10) >= low)
        unit *= 10;
    uint64_t v = nearest_multiple(at, is_more, unit);

    if (unit == 1 && is_more) { /* half a unit is not seen by a whole one */
        const wide rest = x2 & (((wide)1 << down) - 1), middle = (wide)1 << (down - 1);

        v = at + (rest > middle || (rest == middle && (at & 1)));
    }
    v = v < low ? v + unit : v > high ? v - unit : v;
    return spell(v, -p);
}

/* False where 128 bits are too few. */
static bool find_shortest(double x, digits *d)
{
    int e;
    const uint64_t m = (uint64_t)ldexp(frexp(x, &e), 53);
    /* The power of ten of the first digit, or one less. */
    const int first = (int)floor((e - 1) * 0.30102999566398120);
    const int p = 16 - first;

    if (p < 0 || p > MAX_FIVES)
        return false;
    *d = shortest_of(m, e - 53, p);
    return true;
}
#endif

/* "1.5e-07" */
static size_t put_exponent(const digits *d, char point, char *out)
{
    size_t n = 0;
    const int size = d->power < 0 ? -d->power : d->power;

    out[n++] = d->text[0];
    if (d->n > 1) {
        out[n++] = point;
        memcpy(out + n, d->text + 1, (size_t)d->n - 1);
        n += (size_t)d->n - 1;
    }
    out[n++] = 'e';
    out[n++] = d->power < 0 ? '-' : '+';
    if (size >= 100)
        out[n++] = (char)('0' + size / 100);
    out[n++] = (char)('0' + size / 10 % 10);
    out[n++] = (char)('0' + size % 10);
    return n;
}

/* "0.0015", "1500", "15.5" */
static size_t put_plain(const digits *d, char point, char *out)
{
    size_t n = 0;

    if (d->power < 0) {
        out[n++] = '0';
        out[n++] = point;
        for (int i = d->power + 1; i < 0; i++)
            out[n++] = '0';
    }
    for (int i = 0; i < d->n; i++) {
        out[n++] = d->text[i];
        if (i == d->power && i + 1 < d->n)
            out[n++] = point;
    }
    for (int i = d->n; i <= d->power; i++)
        out[n++] = '0';
    return n;
}

static digits digits_of(double x)
{
    digits d;

#ifdef __SIZEOF_INT128__
    if (find_shortest(x, &d))
        return d;
#endif
    d = try_all(x);
    return d;
}

size_t bci_write_shortest(double x, char point, char out[BCI_SHORTEST])
{
    size_t n = 0;

    if (signbit(x))
        out[n++] = '-';
    if (x == 0.0) {
        out[n++] = '0';
        return n;
    }
    const digits d = digits_of(fabs(x));

    return n + (d.power < -5 || d.power > 16 ? put_exponent(&d, point, out + n)
                                             : put_plain(&d, point, out + n));
}

uint64_t bci_shortest_decimal(double x, int *power)
{
    const digits d = x == 0.0 ? (digits){ .n = 0 } : digits_of(fabs(x));
    uint64_t w = 0;

    for (int i = 0; i < d.n; i++)
        w = w * 10 + (uint64_t)(d.text[i] - '0');
    *power = d.n > 0 ? d.power - (d.n - 1) : 0;
    return w;
}
