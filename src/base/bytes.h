/* Shared-internal: bytes of a header in the making. */
#ifndef BCI_BYTES_H
#define BCI_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero it. Once memory was short it takes no more and `is_short` is set. */
typedef struct {
    uint8_t *data;
    size_t n, room;
    bool is_short;
} bci_bytes;

/* Append n bytes; `data` NULL appends zeros. */
void bci_bytes_put(bci_bytes *b, const void *data, size_t n);

/* Append the low n bytes of v. */
void bci_bytes_put_le(bci_bytes *b, uint64_t v, int n);
void bci_bytes_put_be(bci_bytes *b, uint64_t v, int n);

void bci_bytes_free(bci_bytes *b);

#endif
