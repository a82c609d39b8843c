/* Knows the bits of the floats that weights are stored in: IEEE 754 and bfloat16, OCP OFP8
 * (E4M3, E5M2), OCP MX (E8M0), and the FNUZ variants (one more on the bias, no infinity, no
 * negative zero: 0x80 is the only NaN). */
#include "tensor/float_bits.h"

#include "bitcrush/blocks.h"
#include "core/block_values.h"

static uint32_t u32_at(const uint8_t *p)
{
    return bci_load16(p) | (uint32_t)bci_load16(p + 2) << 16;
}

void bci_decode_f64(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = u32_at(in + 8 * i) | (uint64_t)u32_at(in + 8 * i + 4) << 32;
        double x;

        memcpy(&x, &bits, sizeof x);
        out[i] = (float)x;
    }
}

void bci_decode_f32(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++)
        out[i] = bci_f32_of(u32_at(in + 4 * i));
}

void bci_decode_f16(const void *blocks, size_t n, float *out)
{
    bc_block_find("f16")->decode(blocks, n, out);
}

void bci_decode_bf16(const void *blocks, size_t n, float *out)
{
    bc_block_find("bf16")->decode(blocks, n, out);
}

static void decode_bytes(const bci_element *e, const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;
    float values[256];

    for (uint32_t code = 0; code < 256; code++)
        values[code] = bci_element_value(e, code);
    if (e->top == 0x7F) /* every code is a number but for the negative zero */
        values[0x80] = bci_f32_of(0x7FC00000);
    for (size_t i = 0; i < n; i++)
        out[i] = values[in[i]];
}

void bci_decode_e4m3(const void *blocks, size_t n, float *out)
{
    decode_bytes(&bci_e4m3, blocks, n, out);
}

void bci_decode_e5m2(const void *blocks, size_t n, float *out)
{
    decode_bytes(&bci_e5m2, blocks, n, out);
}

void bci_decode_e4m3fnuz(const void *blocks, size_t n, float *out)
{
    static const bci_element e4m3fnuz = { 3, 8, 8, 0x7F, 7 };

    decode_bytes(&e4m3fnuz, blocks, n, out);
}

void bci_decode_e5m2fnuz(const void *blocks, size_t n, float *out)
{
    static const bci_element e5m2fnuz = { 2, 16, 8, 0x7F, 15 };

    decode_bytes(&e5m2fnuz, blocks, n, out);
}

void bci_decode_e8m0(const void *blocks, size_t n, float *out)
{
    const uint8_t *in = blocks;

    for (size_t i = 0; i < n; i++)
        out[i] = bci_power(in[i]);
}
