/* Knows how often each code of a picture is taken. */
#include "image/code_counts.h"

#include <stdlib.h>

void bci_image_code_counts_take(bc_image_code_counts *codes, uint64_t **histogram, uint32_t n)
{
    if (!codes || n == 0)
        return;
    codes->counts[codes->n] = *histogram;
    codes->n_codes[codes->n++] = n;
    *histogram = NULL;
}

void bc_image_code_counts_free(bc_image_code_counts *codes)
{
    for (uint32_t i = 0; codes && i < codes->n; i++)
        free(codes->counts[i]);
    free(codes);
}
