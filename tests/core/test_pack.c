/* Codes of 1 to 16 bits in bytes: known bytes, round trips and sizes. */
#include <string.h>

#include "bitcrush/pack.h"
#include "bits.h"
#include "expect.h"

/* clang-format off */
static const struct {
    const char *name;
    int bits;
    bc_bit_order order;
    size_t n;
    uint16_t codes[9];
    size_t n_bytes;
    uint8_t bytes[8];
} rows[] = {
    { "PBM line", 1, BC_MSB_FIRST, 9, { 1, 0, 0, 0, 0, 0, 0, 1, 1 }, 2, { 0x81, 0x80 } },
    { "XBM line", 1, BC_LSB_FIRST, 9, { 1, 1, 0, 0, 0, 0, 0, 1, 1 }, 2, { 0x83, 0x01 } },
    { "PNG 2 bit", 2, BC_MSB_FIRST, 5, { 0, 1, 2, 3, 1 }, 2, { 0x1B, 0x40 } },
    { "2 bit, low first", 2, BC_LSB_FIRST, 5, { 0, 1, 2, 3, 1 }, 2, { 0xE4, 0x01 } },
    { "PNG 4 bit", 4, BC_MSB_FIRST, 3, { 0xA, 0xB, 0xC }, 2, { 0xAB, 0xC0 } },
    { "4 bit, low first", 4, BC_LSB_FIRST, 3, { 0xA, 0xB, 0xC }, 2, { 0xBA, 0x0C } },
    { "3 bit", 3, BC_MSB_FIRST, 3, { 5, 2, 7 }, 2, { 0xAB, 0x80 } }, /* 101 010 11|1 */
    { "3 bit, low first", 3, BC_LSB_FIRST, 3, { 5, 2, 7 }, 2, { 0xD5, 0x01 } }, /* 11 010 101|1 */
    { "5 bit", 5, BC_MSB_FIRST, 2, { 0x1F, 0x01 }, 2, { 0xF8, 0x40 } },
    { "5 bit, low first", 5, BC_LSB_FIRST, 2, { 0x1F, 0x01 }, 2, { 0x3F, 0x00 } },
    { "8 bit", 8, BC_MSB_FIRST, 3, { 1, 0xFE, 0x80 }, 3, { 0x01, 0xFE, 0x80 } },
    { "8 bit, low first", 8, BC_LSB_FIRST, 3, { 1, 0xFE, 0x80 }, 3, { 0x01, 0xFE, 0x80 } },
    { "12 bit", 12, BC_MSB_FIRST, 2, { 0xABC, 0xDEF }, 3, { 0xAB, 0xCD, 0xEF } },
    { "12 bit, low first", 12, BC_LSB_FIRST, 2, { 0xABC, 0xDEF }, 3, { 0xBC, 0xFA, 0xDE } },
    { "9 bit", 9, BC_MSB_FIRST, 1, { 0x101 }, 2, { 0x80, 0x80 } },
    { "9 bit, low first", 9, BC_LSB_FIRST, 1, { 0x101 }, 2, { 0x01, 0x01 } },
    { "PNG 16 bit", 16, BC_MSB_FIRST, 2, { 0x1234, 0xFFFE }, 4, { 0x12, 0x34, 0xFF, 0xFE } },
    { "16 bit, low first", 16, BC_LSB_FIRST, 2, { 0x1234, 0xFFFE }, 4, { 0x34, 0x12, 0xFE, 0xFF } },
    { "nothing", 7, BC_MSB_FIRST, 0, { 0 }, 0, { 0 } },
};
/* clang-format on */

static void known_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[9];
        uint16_t codes[10];

        memset(bytes, 0x5A, sizeof bytes);
        memset(codes, 0x5A, sizeof codes);
        EXPECT(bc_packed_size(rows[i].n, rows[i].bits) == rows[i].n_bytes, "%s: %zu bytes",
               rows[i].name, bc_packed_size(rows[i].n, rows[i].bits));
        bc_pack(rows[i].codes, rows[i].n, rows[i].bits, rows[i].order, bytes);
        for (size_t b = 0; b < rows[i].n_bytes; b++)
            EXPECT(bytes[b] == rows[i].bytes[b], "%s: byte %zu is %02x, expected %02x",
                   rows[i].name, b, bytes[b], rows[i].bytes[b]);
        EXPECT(bytes[rows[i].n_bytes] == 0x5A, "%s: wrote past the end", rows[i].name);
        bc_unpack(rows[i].bytes, rows[i].n, rows[i].bits, rows[i].order, codes);
        for (size_t k = 0; k < rows[i].n; k++)
            EXPECT(codes[k] == rows[i].codes[k], "%s: code %zu is %x, expected %x", rows[i].name, k,
                   codes[k], rows[i].codes[k]);
        EXPECT(codes[rows[i].n] == 0x5A5A, "%s: unpacked past the end", rows[i].name);
    }
}

/* The definition, bit by bit: bit j of code i, the most significant first, is bit i b + j of the
 * file, counted from the top of each byte; or both counted from the bottom. */
static void bit_by_bit(void **state)
{
    static const size_t sizes[] = { 0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 64, 65, 1001 };
    uint64_t seed = 91;

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (int bits = 1; bits <= 16; bits++) {
            uint16_t codes[1001], back[1001];
            const size_t n = sizes[s], n_bytes = (n * (size_t)bits + 7) / 8;

            for (size_t i = 0; i < n; i++)
                codes[i] = (uint16_t)(random_bits(&seed) >> (64 - bits));
            for (int order = BC_MSB_FIRST; order <= BC_LSB_FIRST; order++) {
                uint8_t got[2002], want[2002] = { 0 };

                for (size_t i = 0; i < n; i++) {
                    for (int j = 0; j < bits; j++) {
                        const size_t at = i * (size_t)bits + (size_t)j;
                        const int shift = order == BC_MSB_FIRST ? bits - 1 - j : j;
                        const int place = order == BC_MSB_FIRST ? 7 - (int)(at % 8) : (int)(at % 8);

                        want[at / 8] = (uint8_t)(want[at / 8] | (codes[i] >> shift & 1) << place);
                    }
                }
                assert_int_equal(bc_packed_size(n, bits), n_bytes);
                memset(got, 0xFF, sizeof got);
                bc_pack(codes, n, bits, (bc_bit_order)order, got);
                EXPECT(memcmp(got, want, n_bytes) == 0, "%zu codes of %d bits, order %d", n, bits,
                       order);
                bc_unpack(got, n, bits, (bc_bit_order)order, back);
                EXPECT(memcmp(back, codes, n * sizeof *codes) == 0,
                       "%zu codes of %d bits, order %d: did not come back", n, bits, order);
            }
        }
    }
}

static void sizes(void **state)
{
    /* clang-format off */
    static const struct {
        size_t n;
        int bits;
        size_t size;
    } counts[] = {
        { 0, 1, 0 },  { 1, 1, 1 },   { 7, 1, 1 },  { 8, 1, 1 },  { 9, 1, 2 },
        { 1, 16, 2 }, { 3, 12, 5 },  { 8, 3, 3 },  { 9, 3, 4 },  { 1000, 7, 875 },
        /* The bits do not fit a size_t, the bytes do. */
        { SIZE_MAX, 1, SIZE_MAX / 8 + 1 },
        { SIZE_MAX, 4, SIZE_MAX / 2 + 1 },
        { SIZE_MAX - 1, 8, SIZE_MAX - 1 },
        { SIZE_MAX / 2, 16, SIZE_MAX - 1 },
        { SIZE_MAX / 3, 12, SIZE_MAX / 2 + 1 }, /* (2^64 - 1) / 3 * 12 / 8 = (2^64 - 1) / 2 */
        /* Neither do the bytes. */
        { SIZE_MAX / 2 + 1, 16, SIZE_MAX },
        { SIZE_MAX, 16, SIZE_MAX },
        { SIZE_MAX, 9, SIZE_MAX },
        { SIZE_MAX / 9 * 8 + 9, 9, SIZE_MAX },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        EXPECT(bc_packed_size(counts[i].n, counts[i].bits) == counts[i].size,
               "%zu codes of %d bits: %zu bytes, expected %zu", counts[i].n, counts[i].bits,
               bc_packed_size(counts[i].n, counts[i].bits), counts[i].size);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("known codes give known bytes, and back", known_bytes),
        SENTENCE("every width, order and length follows the definition", bit_by_bit),
        SENTENCE("sizes round up, and saturate only when the bytes do not fit", sizes),
    };

    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
