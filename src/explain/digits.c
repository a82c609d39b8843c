/* Knows how many digits of a number are worth reading. */
#include "explain/digits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

enum { SHORT = 12 }; /* so few characters are shown whole */

char *bci_digits_to(char *to, size_t size, double value, double resolution)
{
    char exact[64];

    bci_digits_exact(exact, sizeof exact, value);
    if (*exact && strlen(exact) <= SHORT) {
        snprintf(to, size, "%s", exact);
        return to;
    }

    const double slack = isfinite(resolution) ? 0.05 * fabs(resolution) : INFINITY;

    for (int n = 6; n <= 17; n++) {
        bci_format(to, size, "%.*g", n, value);
        if (!isfinite(value) || fabs(bci_read_double(to, NULL) - value) <= slack)
            break;
    }
    return to;
}

char *bci_digits_exact(char *to, size_t size, double value)
{
    char text[1200]; /* 1074 places after the point at most */

    bci_format(text, sizeof text, "%.1074f", value);
    if (strchr(text, '.')) {
        size_t n = strlen(text);

        while (text[n - 1] == '0')
            n--;
        n -= text[n - 1] == '.';
        text[n] = '\0';
    }
    snprintf(to, size, "%.60s", strlen(text) <= 60 ? text : "");
    return to;
}

char *bci_digits_short(char *to, size_t size, double value, size_t width)
{
    char exact[64];

    bci_digits_exact(exact, sizeof exact, value);
    if (*exact && strlen(exact) <= width)
        snprintf(to, size, "%s", exact);
    else
        bci_format(to, size, "%.4g", value);
    return to;
}

char *bci_digits_error(char *to, size_t size, double value)
{
    const double magnitude = fabs(value);

    bci_format(to, size,
               magnitude >= 1e6    ? "%.4g"
               : magnitude >= 1e4  ? "%.0f"
               : magnitude >= 1e-3 ? "%.4g"
                                   : "%.2g",
               value);
    return to;
}

/* Of what is small and no short decimal all four digits: 1.490e-09. */
static const char *four_digits(double value)
{
    return value != 0.0 && fabs(value) < 1e-4 ? "%.3e" : "%.4g";
}

char *bci_digits_loss(char *to, size_t size, double value)
{
    if (!(fabs(value) < 1e-3))
        return bci_digits_error(to, size, value);
    bci_format(to, size, four_digits(value), value);
    return to;
}

char *bci_digits_percent(char *to, size_t size, double share)
{
    const double percent = 100.0 * share;

    bci_format(to, size, percent >= 9999.5 && percent < 1e6 ? "%.0f" : four_digits(percent),
               percent);
    return to;
}

char *bci_digits_count(char *to, size_t size, uint64_t n, const char *noun)
{
    snprintf(to, size, "%llu %s%s", (unsigned long long)n, noun, n == 1 ? "" : "s");
    return to;
}

char *bci_digits_binary(char *to, size_t size, uint64_t v, int n)
{
    size_t at = 0;

    for (int i = n - 1; i >= 0 && at + 1 < size; i--)
        to[at++] = (char)('0' + (v >> i & 1));
    to[at] = '\0';
    return to;
}
