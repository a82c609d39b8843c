/* Knows how often codes occur in what weights become. */
#include "tensor/code_counts.h"

#include "bitcrush/blocks.h"
#include "tensor/encode.h"

enum { BYTES = 256 };

static bool is_byte(const bc_element_type *type)
{
    return bci_grid_of(type) && type->block_bytes == 1;
}

size_t bci_counted_codes(const bc_element_type *type)
{
    const bc_block_format *f = bci_blocks_of(type);

    if (f)
        return f->codes->n_codes <= BYTES ? f->codes->n_codes : 0;
    return is_byte(type) ? BYTES : 0;
}

void bci_count_elements(const bc_element_type *type, const void *elements, size_t n,
                        uint64_t *counts)
{
    const uint8_t *bytes = elements;

    if (bci_blocks_of(type)) {
        bc_block_count_codes(bci_blocks_of(type), elements, n, counts);
        return;
    }
    for (size_t i = 0; i < n; i++)
        counts[bytes[i]]++;
}

void bci_count_codes(const uint16_t *codes, size_t n, uint64_t *counts)
{
    for (size_t i = 0; counts && i < n; i++)
        counts[codes[i]]++;
}
