/* Knows the registry of block formats. */
#include "bitcrush/blocks.h"

#include <string.h>

#include "core/kernels.h"

size_t bc_block_rows(const bc_block_format **out)
{
    size_t n = 0;

    *out = bci_kernels_get()->block_formats;
    while ((*out)[n].name)
        n++;
    return n;
}

const bc_block_format *bc_block_find(const char *name)
{
    const bc_block_format *row = bci_kernels_get()->block_formats;

    for (; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}
