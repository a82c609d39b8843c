/* Shared-internal: a text that grows. Shortage of memory is remembered. */
#ifndef BCI_BUFFER_H
#define BCI_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "bitcrush/status.h"

typedef struct {
    char *text; /* terminated; NULL while nothing was put */
    size_t n, room;
    size_t most, refused; /* bytes that it may take, 0: any; those that were too many */
    bool is_short_of_memory;
} bci_buffer;

void bci_put(bci_buffer *b, const char *text, size_t n);

/* As printf, with a point in numbers under any locale. */
void bci_putf(bci_buffer *b, const char *format, ...) BC_PRINTF(2, 3);

#endif
