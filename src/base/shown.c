/* Knows how a text that somebody made up is put into a sentence: no control characters that a
 * terminal would obey, no half characters, no miles. */
#include "base/shown.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

bool bci_is_utf8(const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        const bool is_ascii = (uint8_t)text[i] < 0x80;
        const size_t length = is_ascii ? 1 : bci_utf8_length((const uint8_t *)text + i, n - i);

        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

/* What turns the direction of the text behind it, so that fdp.exe reads exe.pdf: U+202A..U+202E are
 * E2 80 AA .. E2 80 AE, U+2066..U+2069 are E2 81 A6 .. E2 81 A9. */
static bool is_direction(const uint8_t *p, size_t length)
{
    return length == 3 && p[0] == 0xE2 &&
           ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) ||
            (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9));
}

/* C0 and C1 controls and DEL; U+0080..U+009F are C2 80 .. C2 9F. */
static bool is_control(const uint8_t *p, size_t length)
{
    if (length == 1)
        return p[0] < 0x20 || p[0] == 0x7F;
    return (length == 2 && p[0] == 0xC2 && p[1] < 0xA0) || is_direction(p, length);
}

size_t bci_show_character(const char *text, size_t n, char out[BCI_SHOWN_CHARACTER])
{
    const uint8_t *p = (const uint8_t *)text;
    const size_t length = bci_utf8_length(p, n), takes = length ? length : 1;

    if (length > 0 && !is_control(p, length)) {
        memcpy(out, text, length);
        out[length] = '\0';
        return length;
    }
    for (size_t k = 0; k < takes; k++)
        snprintf(out + 4 * k, BCI_SHOWN_CHARACTER - 4 * k, "\\x%02x", p[k]);
    return takes;
}

void bci_show_into(const char *text, size_t n, char *out, size_t room)
{
    char piece[BCI_SHOWN_CHARACTER];
    size_t at = 0, whole = 0; /* as far as "..." still fits */

    assert(room > 8);
    for (size_t i = 0; i < n;) {
        i += bci_show_character(text + i, n - i, piece);
        const size_t n_piece = strlen(piece);

        if (at + n_piece + 1 > room) {
            at = whole;
            memcpy(out + at, "...", 3);
            at += 3;
            break;
        }
        memcpy(out + at, piece, n_piece);
        at += n_piece;
        if (at + 4 <= room)
            whole = at;
    }
    out[at] = '\0';
}

bci_shown bci_show(const char *text, size_t n)
{
    bci_shown shown;

    bci_show_into(text, n, shown.text, sizeof shown.text);
    return shown;
}

bci_shown bci_show_name(const char *name)
{
    return bci_show(name, strlen(name));
}
