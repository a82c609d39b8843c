/* Knows the rows f16 and bf16: blocks of one number. */
#include "core/block_parts.h"

void BCI_ENCODE(f16)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_16 *blocks = out;

    (void)importance;
    for (size_t i = 0; i < n_blocks; i++)
        bci_store16(blocks[i].value, bci_f16_from_f32(x[i]));
}

void BCI_DECODE(f16)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_16 *b = blocks;

    for (size_t i = 0; i < n_blocks; i++)
        y[i] = bci_load_f16(b[i].value);
}

void BCI_ENCODE(bf16)(const float *x, const float *importance, size_t n_blocks, void *out)
{
    bci_block_16 *blocks = out;

    (void)importance;
    for (size_t i = 0; i < n_blocks; i++)
        bci_store16(blocks[i].value, bci_bf16_from_f32(x[i]));
}

void BCI_DECODE(bf16)(const void *blocks, size_t n_blocks, float *y)
{
    const bci_block_16 *b = blocks;

    for (size_t i = 0; i < n_blocks; i++)
        y[i] = bci_bf16_to_f32(bci_load16(b[i].value));
}
