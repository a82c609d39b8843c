/* Shared-internal: when a call gives up, because it was asked to or because memory would not do. */
#ifndef BCI_LIMITS_H
#define BCI_LIMITS_H

#include "bitcrush/reading.h"

/* What was asked for, or the default. */
uint64_t bci_max_memory(const bc_reading *r);
uint64_t bci_max_pixels(const bc_reading *r);

/* "1.5 GiB", "640 bytes". */
typedef struct {
    char text[32];
} bci_size_text;
bci_size_text bci_show_size(uint64_t bytes);

/* Count n * size bytes more to *taken, the memory that an input has taken. BC_E_LIMIT, and *taken
 * as it was, when that is past the limit, or past what a size_t holds. `subject` says of what and
 * begins the sentence: "x.png: an interlaced picture of 9 x 9 pixels". */
BC_NODISCARD bc_status bci_take_memory(const bc_reading *r, uint64_t *taken, uint64_t n,
                                       uint64_t size, const char *subject, bc_error *err);

/* True once the caller wants an end. */
bool bci_is_stopped(const bc_reading *r);

/* BC_E_INTERRUPTED with its sentence once the caller wants an end. */
BC_NODISCARD bc_status bci_check_stop(const bc_reading *r, bc_error *err);

#endif
