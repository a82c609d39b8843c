/* Knows how values become elements of files: floats of 64 bits and fewer, and blocks. */
#include "tensor/encode.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "bitcrush/blocks.h"
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

void bci_encode_f32(const float *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;

        memcpy(&bits, &x[i], sizeof bits);
        put_number(out + 4 * i, bits, 4);
    }
}

static void encode_f16(const float *x, size_t n, uint8_t *out)
{
    bc_block_find("f16")->encode(x, NULL, n, out);
}

static void encode_bf16(const float *x, size_t n, uint8_t *out)
{
    bc_block_find("bf16")->encode(x, NULL, n, out);
}

enum { CHUNK = 1024 }; /* numbers of noise at a time, a multiple of the length of every block */

bool bci_has_noise(const bci_encoding *how)
{
    return how->noise && how->noise->form != BC_NOISE_NONE;
}

/* On a grid of the core, `size` bytes each. */
static void encode_on(const char *name, const bci_encoding *how, const float *x, size_t n, int size,
                      uint8_t *out)
{
    const bc_scale scale = BC_SCALE_IDENTITY;
    int32_t codes[CHUNK];
    float noise[CHUNK];
    bc_grid grid;

    if (bc_grid_named(name, &grid, NULL))
        return;
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;

        if (bci_has_noise(how))
            bc_noise_fill(how->noise, how->seed, how->stream, how->first + i, noise, m);
        bc_quantize_f32(&grid, &scale, how->rounding, x + i, bci_has_noise(how) ? noise : NULL, m,
                        NULL, codes);
        for (size_t k = 0; k < m; k++)
            put_number(out + (i + k) * (size_t)size, bc_grid_code_to_bits(&grid, codes[k]), size);
    }
}

/* Floats, by the name of their type: a grid, and where there is a shorter way to the nearest, that.
 * Those without a grid keep every bit of x, and take no noise. */
static const struct {
    const char *type, *grid;
    int n_bytes;
    void (*encode)(const float *x, size_t n, uint8_t *out);
    bci_float_end end;
} floats[] = {
    { "F64", NULL, 8, encode_f64, { 0 } },
    { "F32", NULL, 4, bci_encode_f32, { 0 } },
    { "F16", "float16", 2, encode_f16, { 0x7BFF, 0x1p15f, INFINITY } },
    { "BF16", "bfloat16", 2, encode_bf16, { 0x7F7F, 0x1p126f, INFINITY } },
    { "F8_E4M3", "e4m3", 1, NULL, { 0x7E, 448.0f, 464.0f } },
    { "F8_E5M2", "e5m2", 1, NULL, { 0x7B, 0x1p15f, INFINITY } },
};

enum { N_FLOATS = sizeof floats / sizeof *floats };

static size_t float_row(const bc_element_type *type)
{
    size_t i = 0;

    while (i < N_FLOATS && strcmp(floats[i].type, type->name) != 0)
        i++;
    return i;
}

const char *bci_grid_of(const bc_element_type *type)
{
    const size_t row = float_row(type);

    return row < N_FLOATS ? floats[row].grid : NULL;
}

const bci_float_end *bci_float_end_of(const bc_element_type *type)
{
    const size_t row = float_row(type);

    return row < N_FLOATS && floats[row].grid ? &floats[row].end : NULL;
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

static void encode_floats(size_t row, const bci_encoding *how, const float *x, size_t n,
                          uint8_t *out)
{
    const bool is_plain = !bci_has_noise(how) && how->rounding == BC_ROUND_NEAREST;

    if (floats[row].encode && (is_plain || !floats[row].grid))
        floats[row].encode(x, n, out);
    else
        encode_on(floats[row].grid, how, x, n, floats[row].n_bytes, out);
}

/* Codes rounded anew, under the scales that the blocks have. */
static void dither_blocks(const bc_block_format *f, const bci_encoding *how, const float *x,
                          size_t n, uint8_t *out)
{
    float noise[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;

        bc_noise_fill(how->noise, how->seed, how->stream, how->first + i, noise, m);
        bc_block_dither(f, x + i, noise, m / f->block_length,
                        out + i / f->block_length * f->block_bytes);
    }
}

void bci_encode_blocks(const bc_block_format *f, const bci_encoding *how, const float *x,
                       const float *importance, size_t n, void *out)
{
    if (how->encoder == BC_ENCODER_BEST)
        bc_block_encode_best(f, x, importance, n / f->block_length, out);
    else
        f->encode(x, importance, n / f->block_length, out);
    if (bci_has_noise(how))
        dither_blocks(f, how, x, n, out);
}

void bci_encode(const bc_element_type *type, const bci_encoding *how, const float *x,
                const float *importance, size_t n, uint8_t *out)
{
    const bc_block_format *f = bci_blocks_of(type);

    if (f)
        bci_encode_blocks(f, how, x, importance, n, out);
    else
        encode_floats(float_row(type), how, x, n, out);
}
