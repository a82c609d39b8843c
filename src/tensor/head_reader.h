/* Shared-internal: the header of a file, read value by value. */
#ifndef BCI_HEAD_READER_H
#define BCI_HEAD_READER_H

#include "base/bytes.h"
#include "base/seekable.h"
#include "bitcrush/reading.h"

/* Zero it and set in and err. The first fault stays in `status`, and from then on every call
 * gives zeros and changes nothing. */
typedef struct {
    const bci_seekable *in;
    const bc_reading *reading; /* or NULL */
    uint64_t *memory;          /* bytes taken so far, or NULL: they are not counted */
    uint64_t at;               /* of the next byte */
    bc_error *err;
    bc_status status;
    bool has_data;      /* data lie between what is read: no limit to where it ends */
    uint64_t window_at; /* bytes at hand */
    size_t n_window;
    uint8_t window[16384];
} bci_head_reader;

/* n bytes into `to` (NULL: pass over them). `what` says in a sentence where the file ends. */
void bci_head_take(bci_head_reader *r, void *to, size_t n, const char *what);

/* A little-endian number of n bytes. */
uint64_t bci_head_number(bci_head_reader *r, int n, const char *what);

/* Append n bytes to `to`, which takes memory only when the file has them. */
void bci_head_append(bci_head_reader *r, uint64_t n, bci_bytes *to, const char *what);

/* True when n things of `size` bytes each (or more) can follow; else a fault. */
bool bci_head_has(bci_head_reader *r, uint64_t n, uint64_t size, const char *what);

#endif
