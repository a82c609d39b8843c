/* Knows which values the weights of a file could have become. */
#include <math.h>
#include <stdlib.h>

#include "bitcrush/blocks.h"
#include "tensor/coded_decode.h"
#include "tensor/element.h"
#include "tensor/encode.h"

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return x < y ? -1 : x > y;
}

/* Those of a group of a block. */
static bc_status levels_of_block(const bc_tensor_file *f, size_t i, const bc_block_format *format,
                                 uint64_t at, bc_tensor_levels *out, bc_error *err)
{
    const bc_block_codes *codes = format->codes;
    const uint64_t block = at / format->block_length;
    const size_t g = (size_t)(at % format->block_length / codes->group_length);
    float scales[BC_BLOCK_MAX_GROUPS], minimums[BC_BLOCK_MAX_GROUPS];
    uint8_t bytes[512];
    const bc_status st =
        bc_tensor_read(f, i, block * format->block_bytes, bytes, format->block_bytes, err);

    if (st)
        return st;
    (void)bc_block_scales(format, bytes, scales, minimums);
    out->n = codes->n_codes;
    for (uint32_t k = 0; k < out->n; k++)
        out->values[k] = codes->value(k) * scales[g] - minimums[g];
    out->first = block * format->block_length + g * codes->group_length;
    out->end = out->first + codes->group_length;
    return BC_OK;
}

/* A byte each: all that a byte can be. */
static void levels_of_bytes(bci_decoder *decode, bc_tensor_levels *out)
{
    uint8_t bytes[256];

    for (int k = 0; k < 256; k++)
        bytes[k] = (uint8_t)k;
    decode(bytes, 256, out->values);
    out->n = 256;
}

bc_status bc_tensor_levels_at(const bc_tensor_file *f, size_t i, uint64_t at, bc_tensor_levels *out,
                              bc_error *err)
{
    const bc_tensor_info *t = bc_tensor_at(f, i);
    const bc_block_format *format = bci_blocks_of(t->type);
    bci_decoder *decode = bci_element_decoder(t->type);
    bc_tensor_levels found = { .end = t->n_elements };
    bc_status st = BC_OK;

    if (t->type->kind == BC_ELEMENT_CODES)
        st = bci_coded_levels(f, f->tensors[i].coding, at, &found, err);
    else if (format)
        st = levels_of_block(f, i, format, at, &found, err);
    else if (decode && t->type->block_bytes == 1)
        levels_of_bytes(decode, &found);
    if (st)
        return st;
    qsort(found.values, found.n, sizeof *found.values, by_value);
    *out = found;
    return BC_OK;
}
