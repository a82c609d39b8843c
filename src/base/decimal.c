/* Knows how numbers become text and text numbers, with a point under any locale. */
#include "base/decimal.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* The locale of this thread becomes "C" until it is put back. The C library has that one ready: nothing
 * is allocated, so nothing can fail; should it, numbers have what the locale has. */
typedef struct {
    locale_t point, before;
} numerals;

static numerals begin(void)
{
    numerals n = { newlocale(LC_ALL_MASK, "C", (locale_t)0), (locale_t)0 };

    if (n.point)
        n.before = uselocale(n.point);
    return n;
}

static void end_of(numerals n)
{
    if (n.point) {
        uselocale(n.before);
        freelocale(n.point);
    }
}

int bci_vformat(char *to, size_t size, const char *format, va_list args)
{
    const numerals n = begin();
    const int length = vsnprintf(to, size, format, args);

    end_of(n);
    return length;
}

int bci_format(char *to, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int length = bci_vformat(to, size, format, args);

    va_end(args);
    return length;
}

double bci_read_double(const char *text, char **end)
{
    const numerals n = begin();
    const double value = strtod(text, end);

    end_of(n);
    return value;
}
