/* Knows how a text grows. */
#include "report/buffer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

/* Room for n characters more and a final 0; false, which is remembered, where memory is short. */
static bool make_room(bci_buffer *b, size_t n)
{
    if (b->n + n + 1 <= b->room)
        return true;
    const size_t needed = b->n + n + 1, usual = 2 * (b->n + n + 128);
    const bool is_much = b->most && needed > b->most;
    const size_t room = b->most && usual > b->most ? b->most : usual;
    char *grown = is_much ? NULL : realloc(b->text, room);

    b->refused = is_much ? needed : b->refused;
    if (!grown) {
        b->is_short_of_memory = true;
        return false;
    }
    b->text = grown;
    b->room = room;
    return true;
}

void bci_put(bci_buffer *b, const char *text, size_t n)
{
    if (!make_room(b, n))
        return;
    memcpy(b->text + b->n, text, n);
    b->n += n;
    b->text[b->n] = '\0';
}

void bci_putf(bci_buffer *b, const char *format, ...)
{
    char text[256];
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    const int n = bci_vformat(text, sizeof text, format, args);

    if (n >= 0 && n < (int)sizeof text) {
        bci_put(b, text, (size_t)n);
    } else if (n >= 0 && make_room(b, (size_t)n)) {
        (void)bci_vformat(b->text + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
    va_end(args);
}
