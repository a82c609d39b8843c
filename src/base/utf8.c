/* Knows where a character of UTF-8 ends (The Unicode Standard, table 3-7). */
#include "base/utf8.h"

size_t bci_utf8_length(const uint8_t *p, size_t n)
{
    const uint8_t first = n ? p[0] : 0xFF;
    const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    if (first >= 0xF5 || (first >= 0x80 && first < 0xC2) || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((first == 0xE0 && p[1] < 0xA0) || (first == 0xED && p[1] > 0x9F) ||
        (first == 0xF0 && p[1] < 0x90) || (first == 0xF4 && p[1] > 0x8F))
        return 0;
    return length;
}
