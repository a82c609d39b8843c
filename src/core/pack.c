/* Knows how codes of 1..16 bits lie in bytes. */
#include "bitcrush/pack.h"

size_t bc_packed_size(size_t n, int bits)
{
    /* 8 codes fill `bits` bytes. */
    const size_t rest = (n % 8 * (size_t)bits + 7) / 8;

    if (n / 8 > (SIZE_MAX - rest) / (size_t)bits)
        return SIZE_MAX;
    return n / 8 * (size_t)bits + rest;
}

/* Groups of 8 codes of 1 bit, each a byte. */
static void pack_binary(const uint16_t *codes, size_t n_bytes, bc_bit_order order, uint8_t *out)
{
    const int flip = order == BC_MSB_FIRST ? 7 : 0;

    for (size_t i = 0; i < n_bytes; i++, codes += 8) {
        unsigned byte = 0;

        for (int j = 0; j < 8; j++)
            byte |= (unsigned)codes[j] << (j ^ flip);
        out[i] = (uint8_t)byte;
    }
}

void bc_pack(const uint16_t *codes, size_t n, int bits, bc_bit_order order, uint8_t *out)
{
    const size_t n_groups = bits == 1 ? n / 8 : 0;

    if (bits == 1)
        pack_binary(codes, n_groups, order, out);
    codes += 8 * n_groups;
    n -= 8 * n_groups;
    out += n_groups;
    uint32_t pending = 0; /* bits not yet written, at the low end in either order */
    int n_pending = 0;

    for (size_t i = 0; i < n; i++) {
        if (order == BC_MSB_FIRST)
            pending = pending << bits | codes[i];
        else
            pending |= (uint32_t)codes[i] << n_pending;
        for (n_pending += bits; n_pending >= 8; n_pending -= 8) {
            *out++ = (uint8_t)(order == BC_MSB_FIRST ? pending >> (n_pending - 8) : pending);
            if (order == BC_LSB_FIRST)
                pending >>= 8;
        }
    }
    if (n_pending > 0)
        *out = (uint8_t)(order == BC_MSB_FIRST ? pending << (8 - n_pending) : pending);
}

void bc_unpack(const uint8_t *packed, size_t n, int bits, bc_bit_order order, uint16_t *codes)
{
    const uint32_t mask = (UINT32_C(1) << bits) - 1;
    uint32_t pending = 0;
    int n_pending = 0;

    for (size_t i = 0; i < n; i++) {
        for (; n_pending < bits; n_pending += 8)
            pending = order == BC_MSB_FIRST ? pending << 8 | *packed++
                                            : pending | (uint32_t)*packed++ << n_pending;
        n_pending -= bits;
        if (order == BC_MSB_FIRST) {
            codes[i] = (uint16_t)(pending >> n_pending & mask);
        } else {
            codes[i] = (uint16_t)(pending & mask);
            pending >>= bits;
        }
    }
}
