/* Knows small letters. */
#include "base/lower_case.h"

bool bci_lower_case(const char *from, char *to, size_t size)
{
    size_t n = 0;

    for (; from[n] && n + 1 < size; n++)
        to[n] = (char)(from[n] >= 'A' && from[n] <= 'Z' ? from[n] - 'A' + 'a' : from[n]);
    to[n] = '\0';
    return !from[n];
}
