/* Bit packing of codes. */
#ifndef BITCRUSH_PACK_H
#define BITCRUSH_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Order of codes inside a byte. Codes of 9..16 bits follow the same rule across bytes. */
typedef enum {
    BC_MSB_FIRST, /* the first code in the highest bits: PNG, PBM */
    BC_LSB_FIRST, /* the first code in the lowest bits */
} bc_bit_order;

/* Bytes that n codes of `bits` (1..16) take, the last byte filled with zero bits. Sizes
 * that do not fit a size_t give SIZE_MAX. */
BC_API size_t bc_packed_size(size_t n, int bits);

/* Pack codes[0..n), each below 2^bits, into bc_packed_size(n, bits) bytes. */
BC_API void bc_pack(const uint16_t *codes, size_t n, int bits, bc_bit_order order, uint8_t *out);

/* Unpack n codes. */
BC_API void bc_unpack(const uint8_t *packed, size_t n, int bits, bc_bit_order order,
                      uint16_t *codes);

#ifdef __cplusplus
}
#endif
#endif
