/* Knows how far two names are apart. */
#include <stdbool.h>
#include <string.h>

#include "bitcrush/setting.h"

enum { LONGEST = 40 };

#define DIGITS "0123456789"

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Do the numbers of what was typed begin those of the name? Digits are bits and sizes here: fp8 is
 * no slip of fp4, nor int16 of int6, but q4 may begin q4_0. */
static bool numbers_fit(const char *name, const char *typed)
{
    for (;;) {
        typed += strcspn(typed, DIGITS);
        if (!*typed)
            return true;
        name += strcspn(name, DIGITS);
        const size_t n = strspn(typed, DIGITS);

        if (strspn(name, DIGITS) != n || strncmp(name, typed, n) != 0)
            return false;
        name += n;
        typed += n;
    }
}

/* Equal but for case, hyphens and the like: Q4KM is q4_k_m. */
static bool is_respelt(const char *a, const char *b)
{
    static const char gaps[] = "-_ .";

    for (;; a++, b++) {
        a += strspn(a, gaps);
        b += strspn(b, gaps);
        if (lower(*a) != lower(*b))
            return false;
        if (!*a)
            return true;
    }
}

/* Levenshtein distance; names that are too long are far, a name that is begun is near. */
static size_t distance(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);

    if (is_respelt(a, b))
        return 0;
    if (!numbers_fit(a, b))
        return LONGEST;
    if (m >= 3 && strncmp(a, b, m) == 0)
        return 1;
    size_t row[LONGEST + 1];

    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const size_t replace = diagonal + (a[i - 1] != b[j - 1]);
            const size_t insert = row[j - 1] + 1, drop = row[j] + 1;

            diagonal = row[j];
            row[j] = replace < insert ? replace : insert;
            row[j] = drop < row[j] ? drop : row[j];
        }
    }
    return row[m];
}

const char *bc_nearer_name(const char *best, const char *name, const char *typed)
{
    const bool is_none = strcmp(name, "none") == 0; /* would switch off what was wanted */
    const size_t limit = is_none ? 1 : 1 + strlen(typed) / 3;
    const size_t d = distance(name, typed);

    if (d > limit || (best && distance(best, typed) <= d))
        return best;
    return name;
}
