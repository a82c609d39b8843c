/* Shared-internal: where the codes of a block lie in its bytes, and the small multiples that scale
 * its groups. Codes are one to a byte outside. */
#ifndef BCI_BLOCK_PACKING_H
#define BCI_BLOCK_PACKING_H

#include "core/block_parts.h"

/* ---- codes */

/* Bit `shift` of n codes, a multiple of 8: low bits of a byte first. The factor moves the lowest
 * bit of byte j to bit 56 + j. */
static inline void bci_pack_bits(const uint8_t *codes, size_t n, int shift, uint8_t *out)
{
    for (size_t j = 0; j < n; j += 8) {
        const uint64_t bits = bci_load_eight(codes + j) >> shift & bci_eight_of(1);

        out[j / 8] = (uint8_t)(bits * UINT64_C(0x0102040810204080) >> 56);
    }
}

/* Of a byte in each of eight the j-th keeps bit j; adding 0x7F moves it to bit 7. */
static inline void bci_unpack_bits(const uint8_t *in, size_t n, int shift, uint8_t *codes)
{
    for (size_t j = 0; j < n; j += 8) {
        const uint64_t own = bci_eight_of(in[j / 8]) & UINT64_C(0x8040201008040201);
        const uint64_t bits =
            (own + bci_eight_of(0x7F)) >> (7 - shift) & bci_eight_of((uint8_t)(1 << shift));

        bci_store_eight(codes + j, bci_load_eight(codes + j) | bits);
    }
}

/* Bit `shift` of code i of 256 at bit i / 32 of byte i % 32. */
static inline void bci_pack_far_bits(const uint8_t *codes, int shift, uint8_t *out)
{
    memset(out, 0, 32);
    for (size_t i = 0; i < 256; i++)
        out[i % 32] |= (uint8_t)((codes[i] >> shift & 1) << i / 32);
}

static inline void bci_unpack_far_bits(const uint8_t *in, int shift, uint8_t *codes)
{
    for (size_t j = 0; j < 256; j += 32) /* which lie side by side in bytes */
        for (size_t i = 0; i < 32; i++)
            codes[j + i] |= (uint8_t)((in[i] >> j / 32 & 1) << shift);
}

/* Two bits each, four neighbours in a byte. */
static inline void bci_pack_quarters(const uint8_t *codes, size_t n, uint8_t *out)
{
    for (size_t j = 0; j < n / 4; j++, codes += 4)
        out[j] = (uint8_t)(codes[0] | codes[1] << 2 | codes[2] << 4 | codes[3] << 6);
}

static inline void bci_unpack_quarters(const uint8_t *in, size_t n, uint8_t *codes)
{
    for (size_t j = 0; j < n; j++)
        codes[j] = in[j / 4] >> j % 4 * 2 & 3;
}

/* The low two bits of 256 codes, four of them 32 apart in a byte. */
static inline void bci_pack_far_quarters(const uint8_t *codes, uint8_t *out)
{
    for (size_t h = 0; h < 2; h++, codes += 128, out += 32)
        for (size_t i = 0; i < 32; i++)
            out[i] = (uint8_t)((codes[i] & 3) | (codes[32 + i] & 3) << 2 |
                               (codes[64 + i] & 3) << 4 | codes[96 + i] << 6);
}

static inline void bci_unpack_far_quarters(const uint8_t *in, uint8_t *codes)
{
    for (size_t j = 0; j < 256; j += 32) {
        const uint8_t *q = in + j / 128 * 32;

        for (size_t i = 0; i < 32; i++)
            codes[j + i] = q[i] >> j % 128 / 32 * 2 & 3;
    }
}

/* 32 codes of 5 bits; 256 codes of 4 and 5. */
static inline void bci_pack_fives(const uint8_t *codes, uint8_t *low, uint8_t *high)
{
    bci_pack_nibbles(codes, 32, low);
    bci_pack_bits(codes, 32, 4, high);
}

static inline void bci_unpack_fives(const uint8_t *low, const uint8_t *high, uint8_t *codes)
{
    bci_unpack_nibbles(low, 32, codes);
    bci_unpack_bits(high, 32, 4, codes);
}

static inline void bci_pack_far_nibbles(const uint8_t *codes, uint8_t *out)
{
    for (size_t g = 0; g < 4; g++)
        bci_pack_nibbles(codes + 64 * g, 64, out + 32 * g);
}

static inline void bci_unpack_far_nibbles(const uint8_t *in, uint8_t *codes)
{
    for (size_t g = 0; g < 4; g++)
        bci_unpack_nibbles(in + 32 * g, 64, codes + 64 * g);
}

/* Four codes of 6 bits, 32 apart in either half of the block, lie in two bytes of low nibbles and
 * one of high pairs. */
static inline void bci_pack_sixes(const uint8_t *codes, uint8_t *low, uint8_t *high)
{
    for (size_t h = 0; h < 2; h++) {
        for (size_t l = 0; l < 32; l++) {
            const uint8_t *c = codes + 128 * h + l;

            low[64 * h + l] = (uint8_t)((c[0] & 15) | c[64] << 4);
            low[64 * h + 32 + l] = (uint8_t)((c[32] & 15) | c[96] << 4);
            high[32 * h + l] =
                (uint8_t)(c[0] >> 4 | c[32] >> 4 << 2 | c[64] >> 4 << 4 | c[96] >> 4 << 6);
        }
    }
}

static inline void bci_unpack_sixes(const uint8_t *low, const uint8_t *high, uint8_t *codes)
{
    for (size_t h = 0; h < 2; h++) {
        for (size_t l = 0; l < 32; l++) {
            const uint8_t one = low[64 * h + l], next = low[64 * h + 32 + l];
            const uint8_t pairs = high[32 * h + l];
            uint8_t *c = codes + 128 * h + l;

            c[0] = (uint8_t)((one & 15) | (pairs & 3) << 4);
            c[32] = (uint8_t)((next & 15) | (pairs >> 2 & 3) << 4);
            c[64] = (uint8_t)(one >> 4 | (pairs >> 4 & 3) << 4);
            c[96] = (uint8_t)(next >> 4 | pairs >> 6 << 4);
        }
    }
}

/* Five trits t[0], t[stride] ... are the digits of a fraction of 256: the byte is v * 256 / 243
 * rounded up, so that multiplying by 3 brings the next digit over the byte. */
static inline uint8_t bci_pack_five_trits(const uint8_t *t, size_t stride, size_t n)
{
    uint32_t v = 0;

    for (size_t i = 0; i < 5; i++)
        v = v * 3 + (i < n ? t[i * stride] : 0);
    return (uint8_t)((v * 256 + 242) / 243);
}

static inline void bci_unpack_five_trits(uint8_t byte, size_t stride, size_t n, uint8_t *t)
{
    for (size_t i = 0; i < n; i++, byte = (uint8_t)(byte * 3))
        t[i * stride] = (uint8_t)(byte * 3 >> 8);
}

/* 256 of them: 160 in 32 bytes, 80 in 16, 16 in 4. */
static inline void bci_pack_trits(const uint8_t *t, bci_block_tq1_0 *block)
{
    for (size_t j = 0; j < 32; j++)
        block->q[j] = bci_pack_five_trits(t + j, 32, 5);
    for (size_t j = 0; j < 16; j++)
        block->q[32 + j] = bci_pack_five_trits(t + 160 + j, 16, 5);
    for (size_t j = 0; j < 4; j++)
        block->last[j] = bci_pack_five_trits(t + 240 + j, 4, 4);
}

static inline void bci_unpack_trits(const bci_block_tq1_0 *block, uint8_t *t)
{
    for (size_t j = 0; j < 32; j++)
        bci_unpack_five_trits(block->q[j], 32, 5, t + j);
    for (size_t j = 0; j < 16; j++)
        bci_unpack_five_trits(block->q[32 + j], 16, 5, t + 160 + j);
    for (size_t j = 0; j < 4; j++)
        bci_unpack_five_trits(block->last[j], 4, 4, t + 240 + j);
}

/* n codes of 8, 6 or 4 bits, one after another, low bits first. */
static inline void bci_pack_string(const uint8_t *codes, size_t n, int bits, uint8_t *out)
{
    switch (bits) {
    case 8: memcpy(out, codes, n); break;
    case 6:
        for (size_t j = 0; j < n; j += 4, out += 3) {
            out[0] = (uint8_t)(codes[j] | codes[j + 1] << 6);
            out[1] = (uint8_t)(codes[j + 1] >> 2 | codes[j + 2] << 4);
            out[2] = (uint8_t)(codes[j + 2] >> 4 | codes[j + 3] << 2);
        }
        break;
    case 4:
        for (size_t j = 0; j < n / 2; j++)
            out[j] = (uint8_t)(codes[2 * j] | codes[2 * j + 1] << 4);
        break;
    }
}

static inline void bci_unpack_string(const uint8_t *in, size_t n, int bits, uint8_t *codes)
{
    switch (bits) {
    case 8: memcpy(codes, in, n); break;
    case 6:
        for (size_t j = 0; j < n; j += 4, in += 3) {
            codes[j] = in[0] & 63;
            codes[j + 1] = (uint8_t)((in[0] >> 6 | in[1] << 2) & 63);
            codes[j + 2] = (uint8_t)((in[1] >> 4 | in[2] << 4) & 63);
            codes[j + 3] = in[2] >> 2;
        }
        break;
    case 4:
        for (size_t j = 0; j < n / 2; j++) {
            codes[2 * j] = in[j] & 15;
            codes[2 * j + 1] = in[j] >> 4;
        }
        break;
    }
}

/* Two of 4 bits in a byte, the first in the high nibble. */
static inline void bci_pack_high_first(const uint8_t *codes, size_t n, uint8_t *out)
{
    for (size_t j = 0; j < n / 2; j++)
        out[j] = (uint8_t)(codes[2 * j] << 4 | codes[2 * j + 1]);
}

static inline void bci_unpack_high_first(const uint8_t *in, size_t n, uint8_t *codes)
{
    for (size_t j = 0; j < n / 2; j++) {
        codes[2 * j] = in[j] >> 4;
        codes[2 * j + 1] = in[j] & 15;
    }
}

/* ---- multiples that scale groups */

/* q2_k: 16 scales in low nibbles, 16 minimums in high ones. */
static inline void bci_pack_scales_q2(const uint8_t *scale, const uint8_t *minimum, uint8_t *out)
{
    for (size_t g = 0; g < 16; g++)
        out[g] = (uint8_t)(scale[g] | minimum[g] << 4);
}

static inline void bci_unpack_scales_q2(const uint8_t *in, uint8_t *scale, uint8_t *minimum)
{
    for (size_t g = 0; g < 16; g++) {
        scale[g] = in[g] & 15;
        minimum[g] = in[g] >> 4;
    }
}

/* q4_k, q5_k: eight scales and eight minimums of 6 bits: the first four of each in the low bits of
 * bytes 0..3 and 4..7; of the others 4 bits in bytes 8..11, 2 bits in the high bits of those
 * before. */
static inline void bci_pack_scales_q4(const uint8_t *scale, const uint8_t *minimum, uint8_t *out)
{
    for (size_t j = 0; j < 4; j++) {
        out[j] = (uint8_t)(scale[j] | scale[j + 4] >> 4 << 6);
        out[j + 4] = (uint8_t)(minimum[j] | minimum[j + 4] >> 4 << 6);
        out[j + 8] = (uint8_t)((scale[j + 4] & 15) | minimum[j + 4] << 4);
    }
}

static inline void bci_unpack_scales_q4(const uint8_t *in, uint8_t *scale, uint8_t *minimum)
{
    for (size_t j = 0; j < 4; j++) {
        scale[j] = in[j] & 63;
        minimum[j] = in[j + 4] & 63;
        scale[j + 4] = (uint8_t)((in[j + 8] & 15) | in[j] >> 6 << 4);
        minimum[j + 4] = (uint8_t)(in[j + 8] >> 4 | in[j + 4] >> 6 << 4);
    }
}

/* q3_k: 16 of 6 bits, 32 more than the multiple: low nibbles of 0..7 and 8..15 share bytes 0..7,
 * high pairs of every fourth share bytes 8..11. */
static inline void bci_pack_scales_q3(const uint8_t *scale, uint8_t *out)
{
    memset(out, 0, 12);
    for (size_t g = 0; g < 16; g++) {
        out[g % 8] |= (uint8_t)((scale[g] & 15) << g / 8 * 4);
        out[8 + g % 4] |= (uint8_t)(scale[g] >> 4 << g / 4 * 2);
    }
}

static inline void bci_unpack_scales_q3(const uint8_t *in, uint8_t *scale)
{
    for (size_t g = 0; g < 16; g++)
        scale[g] = (uint8_t)((in[g % 8] >> g / 8 * 4 & 15) | (in[8 + g % 4] >> g / 4 * 2 & 3) << 4);
}

/* iq4_xs: 8 of 6 bits, 32 more than the multiple: low nibbles two to a byte, high pairs apart. */
static inline void bci_pack_scales_iq4(const uint8_t *scale, bci_block_iq4_xs *block)
{
    uint32_t high = 0;

    memset(block->scales_low, 0, sizeof block->scales_low);
    for (size_t g = 0; g < 8; g++) {
        block->scales_low[g / 2] |= (uint8_t)((scale[g] & 15) << g % 2 * 4);
        high |= (uint32_t)scale[g] >> 4 << 2 * g;
    }
    bci_store16(block->scales_high, (uint16_t)high);
}

static inline void bci_unpack_scales_iq4(const bci_block_iq4_xs *block, uint8_t *scale)
{
    const uint32_t high = bci_load16(block->scales_high);

    for (size_t g = 0; g < 8; g++)
        scale[g] =
            (uint8_t)((block->scales_low[g / 2] >> g % 2 * 4 & 15) | (high >> 2 * g & 3) << 4);
}

#endif
