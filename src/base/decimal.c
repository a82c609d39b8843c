/* Knows how numbers become text and text numbers, with a point under any locale, and one of a thing
 * in the singular. */
#include "base/decimal.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The locale of this thread becomes "C" until it is put back. The C library has that one ready:
 * nothing is allocated, so nothing can fail; should it, numbers have what the locale has. */
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

/* Does the text end in 1 and words, as "chunk of 1 byte"? 0.1 and 21 are no 1. */
static bool ends_in_one(const char *text)
{
    static const char words[] = " -abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t at = strlen(text);

    while (at > 0 && strchr(words, text[at - 1]))
        at--;
    return at > 0 && text[at - 1] == '1' && (at == 1 || !strchr("0123456789.-", text[at - 2]));
}

/* Write out the marks "(s)" and "(are)" in a format, which is printed up to there to see the
 * number. What an argument brings is no mark. */
static void settle_plurals(char *format, char *to, size_t size, va_list args)
{
    for (char *at = format; (at = strchr(at, '('));) {
        const bool is_noun = strncmp(at, "(s)", 3) == 0;
        va_list again;

        if (!is_noun && strncmp(at, "(are)", 5) != 0) {
            at++;
            continue;
        }
        *at = '\0';
        va_copy(again, args);
        (void)vsnprintf(to, size, format, again);
        va_end(again);
        const char *word = is_noun ? "s" : "are", *rest = at + strlen(word) + 2;

        if (ends_in_one(to))
            word = is_noun ? "" : "is";
        memmove(at + strlen(word), rest, strlen(rest) + 1);
        memcpy(at, word, strlen(word));
    }
}

int bci_vformat(char *to, size_t size, const char *format, va_list args)
{
    const numerals n = begin();
    char own[512];

    if (size > 0 && strchr(format, '(') && strlen(format) < sizeof own) {
        memcpy(own, format, strlen(format) + 1);
        settle_plurals(own, to, size, args);
        format = own;
    }
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
