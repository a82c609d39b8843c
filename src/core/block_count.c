/* Knows how often each code occurs in blocks. */
#include "bitcrush/blocks.h"

enum { TABLES = 4, BYTES = 256, AT_ONCE = 1 << 20 }; /* weights: counts of 32 bits hold them */

/* Neighbours that are alike would wait for each other's counts: they go to tables of their own. */
typedef struct {
    uint32_t of[TABLES][BYTES];
} tables;

/* n is a multiple of TABLES. */
static void count_bytes(tables *t, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i += TABLES)
        for (size_t k = 0; k < TABLES; k++)
            t->of[k][bytes[i + k]]++;
}

static uint64_t times(const tables *t, size_t byte)
{
    uint64_t n = 0;

    for (size_t k = 0; k < TABLES; k++)
        n += t->of[k][byte];
    return n;
}

/* Codes of 4 and of 8 bits are the last bytes of their block in every format: bytes are counted,
 * and halves of them in the end. */
static void count_plain(const bc_block_format *f, const uint8_t *blocks, size_t n_blocks,
                        uint64_t *counts)
{
    const bool is_half = f->codes->n_codes == 16;
    const size_t n_bytes = is_half ? f->block_length / 2 : f->block_length;
    const uint8_t *bytes = blocks + f->block_bytes - n_bytes;
    tables t = { 0 };

    for (size_t i = 0; i < n_blocks; i++, bytes += f->block_bytes)
        count_bytes(&t, bytes, n_bytes);
    for (size_t byte = 0; byte < BYTES; byte++) {
        counts[is_half ? byte & 15 : byte] += times(&t, byte);
        if (is_half)
            counts[byte >> 4] += times(&t, byte);
    }
}

static void count_unpacked(const bc_block_format *f, const void *block, size_t n, uint64_t *counts)
{
    uint16_t codes[BC_BLOCK_MAX_LENGTH];

    f->codes->unpack(block, codes);
    for (size_t i = 0; i < n; i++)
        counts[codes[i]]++;
}

void bc_block_count_codes(const bc_block_format *f, const void *blocks, size_t n, uint64_t *counts)
{
    const bool is_plain = f->codes->n_codes == 16 || f->codes->n_codes == BYTES;
    const size_t length = f->block_length;
    const uint8_t *block = blocks;

    while (is_plain && n >= length) {
        const size_t n_blocks = n < AT_ONCE ? n / length : AT_ONCE / length;

        count_plain(f, block, n_blocks, counts);
        block += n_blocks * f->block_bytes;
        n -= n_blocks * length;
    }
    for (size_t m; n > 0; n -= m, block += f->block_bytes) {
        m = n < length ? n : length;
        count_unpacked(f, block, m, counts);
    }
}
