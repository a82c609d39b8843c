/* Knows how a text becomes a string of JSON. */
#include "tensor/json_text.h"

#include <stdio.h>
#include <string.h>

static void put(bci_bytes *head, const char *text)
{
    bci_bytes_put(head, text, strlen(text));
}

/* A JSON string (RFC 8259, 7). */
void bci_json_string(bci_bytes *head, const char *text, size_t n)
{
    put(head, "\"");
    for (size_t i = 0; i < n; i++) {
        static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
        const char *found = NULL;
        char escape[8];

        for (size_t k = 0; k + 1 < sizeof shorts && !found; k += 2)
            found = shorts[k] == text[i] ? &shorts[k] : NULL;
        if (found)
            snprintf(escape, sizeof escape, "\\%c", found[1]);
        else if ((unsigned char)text[i] < 0x20)
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)text[i]);
        else
            snprintf(escape, sizeof escape, "%c", text[i]);
        put(head, escape);
    }
    put(head, "\"");
}
