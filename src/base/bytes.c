/* Knows how a header is put together, byte by byte. */
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

void bci_bytes_put(bci_bytes *b, const void *data, size_t n)
{
    if (n == 0 || b->is_short)
        return;
    if (n > b->room - b->n) {
        const size_t room = 2 * b->n + n + 256;
        uint8_t *grown = n < SIZE_MAX / 4 ? realloc(b->data, room) : NULL;

        if (!grown) {
            b->is_short = true;
            return;
        }
        b->data = grown;
        b->room = room;
    }
    if (data)
        memcpy(b->data + b->n, data, n);
    else
        memset(b->data + b->n, 0, n);
    b->n += n;
}

void bci_bytes_put_le(bci_bytes *b, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        bci_bytes_put(b, &(uint8_t){ (uint8_t)(v >> (8 * i)) }, 1);
}

void bci_bytes_put_be(bci_bytes *b, uint64_t v, int n)
{
    for (int i = n - 1; i >= 0; i--)
        bci_bytes_put(b, &(uint8_t){ (uint8_t)(v >> (8 * i)) }, 1);
}

void bci_bytes_free(bci_bytes *b)
{
    free(b->data);
    *b = (bci_bytes){ 0 };
}
