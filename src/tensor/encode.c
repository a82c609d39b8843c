/* Knows how values become elements of files: floats of 64 bits and fewer, and blocks. */
#include "tensor/encode.h"

#include <string.h>
#include <strings.h>

#include "bitcrush/blocks.h"
#include "bitcrush/half.h"
#include "bitcrush/quantize.h"

static void put_number(uint8_t *to, uint64_t bits, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++)
        to[i] = (uint8_t)(bits >> 8 * i);
}

static void encode_f64(const float *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        const double v = (double)x[i];
        uint64_t bits;

        memcpy(&bits, &v, sizeof bits);
        put_number(out + 8 * i, bits, 8);
    }
}

static void encode_f32(const float *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;

        memcpy(&bits, &x[i], sizeof bits);
        put_number(out + 4 * i, bits, 4);
    }
}

static void encode_f16(const float *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        put_number(out + 2 * i, bc_f16_from_f32(x[i]), 2);
}

static void encode_bf16(const float *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        put_number(out + 2 * i, bc_bf16_from_f32(x[i]), 2);
}

/* On a grid of the core, a byte each. */
static void encode_on(const char *name, const float *x, size_t n, uint8_t *out)
{
    enum { CHUNK = 512 };
    const bc_scale scale = BC_SCALE_IDENTITY;
    int32_t codes[CHUNK];
    bc_grid grid;

    if (bc_grid_named(name, &grid, NULL))
        return;
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;

        bc_quantize_f32(&grid, &scale, BC_ROUND_NEAREST, x + i, NULL, m, NULL, codes);
        for (size_t k = 0; k < m; k++)
            out[i + k] = (uint8_t)bc_grid_code_to_bits(&grid, codes[k]);
    }
}

static void encode_e4m3(const float *x, size_t n, uint8_t *out)
{
    encode_on("e4m3", x, n, out);
}

static void encode_e5m2(const float *x, size_t n, uint8_t *out)
{
    encode_on("e5m2", x, n, out);
}

/* Floats, by the name of their type. */
static const struct {
    const char *type;
    void (*encode)(const float *x, size_t n, uint8_t *out);
} floats[] = {
    { "F64", encode_f64 },   { "F32", encode_f32 },      { "F16", encode_f16 },
    { "BF16", encode_bf16 }, { "F8_E4M3", encode_e4m3 }, { "F8_E5M2", encode_e5m2 },
};

enum { N_FLOATS = sizeof floats / sizeof *floats };

static size_t float_row(const bc_element_type *type)
{
    size_t i = 0;

    while (i < N_FLOATS && strcmp(floats[i].type, type->name) != 0)
        i++;
    return i;
}

const bc_block_format *bci_blocks_of(const bc_element_type *type)
{
    const bc_block_format *rows;
    const size_t n = bc_block_rows(&rows);

    for (size_t i = 0; type->kind == BC_ELEMENT_BLOCKS && i < n; i++)
        if (rows[i].ggml_type >= 0 && rows[i].ggml_type == type->ggml_type)
            return &rows[i];
    return NULL;
}

bool bc_tensor_can_write(const bc_element_type *type)
{
    if (type->kind == BC_ELEMENT_BLOCKS)
        return bci_blocks_of(type) != NULL;
    if (type->kind == BC_ELEMENT_CODES)
        return true;
    return float_row(type) < N_FLOATS;
}

void bci_encode(const bc_element_type *type, const float *x, const float *importance, size_t n,
                uint8_t *out)
{
    const bc_block_format *blocks = bci_blocks_of(type);

    if (blocks)
        blocks->encode(x, importance, n / blocks->block_length, out);
    else
        floats[float_row(type)].encode(x, n, out);
}
