/* Shared-internal: an input as a bounded stream of bytes that can be peeked at, so that a
 * pipe is sniffed like a file. */
#ifndef BCI_SOURCE_H
#define BCI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bitcrush/input.h"
#include "bitcrush/reading.h"

enum { BCI_PEEK_SIZE = BC_HEAD_SIZE };

typedef struct {
    int fd;
    char *name;          /* the path as given, "-" reads "standard input" */
    uint64_t size_bytes; /* of a regular file, else UINT64_MAX */
    uint64_t start;      /* of a regular file: where reading began; somebody may have read before */
    uint64_t offset;     /* bytes handed out so far */
    uint8_t peeked[BCI_PEEK_SIZE];
    size_t n_peeked, peek_pos;
    uint8_t *ahead; /* read and not yet handed out: ahead_pos .. n_ahead - 1 */
    size_t n_ahead, ahead_pos;
    int system_error; /* the errno of the first failed read, or 0 */
    const volatile sig_atomic_t *stop;
} bci_source;

/* Open `path` ("-" for standard input) for reading and peek at its first bytes. A missing
 * file, a directory or an empty file is BC_E_OPEN or BC_E_FORMAT with a sentence. What was
 * looked at under that path (reading->input) is taken over instead. reading->stop outlives the
 * source; reading may be NULL. */
BC_NODISCARD bc_status bci_source_open(const char *path, const bc_reading *reading,
                                       bci_source **out, bc_error *err);

/* Read up to n bytes; fewer only at the end of input, after a read error, and once a signal broke
 * the wait off and `stop` is set. Other signals are none of its business. */
size_t bci_source_read(bci_source *s, void *buf, size_t n);

/* Read what a pipe has, up to n bytes, waiting for the first of them only: 0 as above. */
size_t bci_source_read_some(bci_source *s, void *buf, size_t n);

/* True once bci_source_read_some has bytes or the end without a wait: at once, or within `ms`
 * milliseconds. */
bool bci_source_is_ready(const bci_source *s, int ms);

/* As bci_source_read from byte `at` of a regular file on, counted from where reading began; what
 * bci_source_read hands out next stays the same. */
size_t bci_source_read_at(bci_source *s, uint64_t at, void *buf, size_t n);

/* Whether what was read ended at the end of input, BC_OK: BC_E_OPEN after a read error, with what
 * the system says, BC_E_INTERRUPTED after a stop. */
BC_NODISCARD bc_status bci_source_status(const bci_source *s, bc_error *err);

/* Close and release; NULL is fine. */
void bci_source_free(bci_source *s);

#endif
