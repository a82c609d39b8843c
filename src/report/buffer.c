/* Knows how a text grows. */
#include "report/buffer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

void bci_put(bci_buffer *b, const char *text, size_t n)
{
    if (b->n + n + 1 > b->room) {
        const size_t room = 2 * (b->n + n + 128);
        char *grown = realloc(b->text, room);

        if (!grown) {
            b->is_short_of_memory = true;
            return;
        }
        b->text = grown;
        b->room = room;
    }
    memcpy(b->text + b->n, text, n);
    b->n += n;
    b->text[b->n] = '\0';
}

void bci_putf(bci_buffer *b, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    const int n = bci_vformat(text, sizeof text, format, args);
    va_end(args);
    bci_put(b, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}
