/* Shared-internal: what the data of a GGUF file are aligned to, read or written. */
#ifndef BCI_GGUF_ALIGNMENT_H
#define BCI_GGUF_ALIGNMENT_H

#include "tensor/pairs.h"

/* The next multiple of a power of two. */
static inline uint64_t bci_gguf_pad(uint64_t n, uint64_t alignment)
{
    return (n + alignment - 1) & ~(alignment - 1);
}

/* general.alignment, or its default. `name` is that of the file, for messages. */
BC_NODISCARD bc_status bci_gguf_alignment(const bci_pairs *pairs, const char *name,
                                          uint64_t *alignment, bc_error *err);

#endif
