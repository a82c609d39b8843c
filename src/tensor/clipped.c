/* Knows where the codes of blocks lie, and so which values a block could have held. */
#include "tensor/clipped.h"

#include <string.h>

#include "core/block_parts.h"
#include "tensor/element.h"
#include "tensor/encode.h"

enum { MAX_BLOCK_BYTES = 256, MAX_BLOCK = 256 };

/* Bytes of codes, what they are when all codes are the smallest and the largest, and the last steps there
 * as shares of what lies between. */
#define CODES(block, from, to)  offsetof(block, from), offsetof(block, to) - offsetof(block, from)
#define CODES_LAST(block, from) offsetof(block, from), sizeof(block) - offsetof(block, from)

/* clang-format off */
static const struct {
    const char *type;
    size_t from, n;
    uint8_t low, high;
    double low_step, high_step;
} rows[] = {
    { "Q8_0",   CODES_LAST(bci_block_q8_0, q),      0x80, 0x7F, 1.0 / 255, 1.0 / 255 },
    { "Q4_0",   CODES_LAST(bci_block_q4_0, q),      0x00, 0xFF, 1.0 / 15, 1.0 / 15 },
    { "Q4_1",   CODES_LAST(bci_block_q4_1, q),      0x00, 0xFF, 1.0 / 15, 1.0 / 15 },
    { "Q5_0",   CODES_LAST(bci_block_q5_0, high),   0x00, 0xFF, 1.0 / 31, 1.0 / 31 },
    { "Q5_1",   CODES_LAST(bci_block_q5_1, high),   0x00, 0xFF, 1.0 / 31, 1.0 / 31 },
    { "Q2_K",   CODES(bci_block_q2_k, q, d),        0x00, 0xFF, 1.0 / 3, 1.0 / 3 },
    { "Q3_K",   CODES(bci_block_q3_k, high, scales), 0x00, 0xFF, 1.0 / 7, 1.0 / 7 },
    { "Q4_K",   CODES_LAST(bci_block_q4_k, q),      0x00, 0xFF, 1.0 / 15, 1.0 / 15 },
    { "Q5_K",   CODES_LAST(bci_block_q5_k, high),   0x00, 0xFF, 1.0 / 31, 1.0 / 31 },
    { "Q6_K",   CODES(bci_block_q6_k, q, scales),   0x00, 0xFF, 1.0 / 63, 1.0 / 63 },
    { "IQ4_NL", CODES_LAST(bci_block_q4_0, q),      0x00, 0xFF, 23.0 / 240, 24.0 / 240 },
    { "IQ4_XS", CODES_LAST(bci_block_iq4_xs, q),    0x00, 0xFF, 23.0 / 240, 24.0 / 240 },
    { "MXFP4",  CODES_LAST(bci_block_mxfp4, q),     0xFF, 0x77, 2.0 / 12, 2.0 / 12 },
    { "NVFP4",  CODES_LAST(bci_block_nvfp4, q),     0xFF, 0x77, 2.0 / 12, 2.0 / 12 },
    { "TQ1_0",  CODES(bci_block_tq1_0, q, d),       0x00, 0xFF, 1.0 / 2, 1.0 / 2 },
    { "TQ2_0",  CODES(bci_block_tq2_0, q, d),       0x00, 0xAA, 1.0 / 2, 1.0 / 2 },
    { "Q1_0",   CODES_LAST(bci_block_q1_0, q),      0x00, 0xFF, 1.0, 1.0 },
    { "Q2_0",   CODES_LAST(bci_block_q2_0, q),      0x00, 0xFF, 1.0 / 3, 1.0 / 3 },
};
/* clang-format on */

/* Floats, by their grid. */
static const struct {
    const char *type, *grid;
} floats[] = {
    { "F16", "float16" },
    { "BF16", "bfloat16" },
    { "F8_E4M3", "e4m3" },
    { "F8_E5M2", "e5m2" },
};

#define N(table) (sizeof(table) / sizeof *(table))

static size_t row_of(const bc_element_type *type)
{
    size_t i = 0;

    while (i < N(rows) && strcmp(rows[i].type, type->name) != 0)
        i++;
    return i;
}

static const char *grid_of(const bc_element_type *type)
{
    for (size_t i = 0; i < N(floats); i++)
        if (strcmp(floats[i].type, type->name) == 0)
            return floats[i].grid;
    return NULL;
}

bool bci_can_clip(const bc_element_type *type)
{
    return row_of(type) < N(rows) || grid_of(type);
}

/* The block with all of its codes at an end, decoded. */
static void decode_end(const bc_element_type *type, size_t row, const uint8_t *block, uint8_t code,
                       float out[MAX_BLOCK])
{
    uint8_t bytes[MAX_BLOCK_BYTES];

    memcpy(bytes, block, type->block_bytes);
    memset(bytes + rows[row].from, code, rows[row].n);
    bci_element_decoder(type)(bytes, 1, out);
}

static uint64_t count_in_block(const bc_element_type *type, size_t row, const uint8_t *block,
                               const float *x)
{
    float low[MAX_BLOCK], high[MAX_BLOCK];
    uint64_t n = 0;

    decode_end(type, row, block, rows[row].low, low);
    decode_end(type, row, block, rows[row].high, high);
    for (uint32_t i = 0; i < type->block_length; i++) {
        const double span = (double)high[i] - (double)low[i]; /* below 0 under a negative scale */
        const double past_low = ((double)low[i] - (double)x[i]) / span;
        const double past_high = ((double)x[i] - (double)high[i]) / span;

        n += span != 0.0 &&
             (past_low > 0.5 * rows[row].low_step || past_high > 0.5 * rows[row].high_step);
    }
    return n;
}

uint64_t bci_count_clipped(const bc_element_type *type, const void *blocks, const float *x,
                           size_t n)
{
    const size_t row = row_of(type);
    const char *name = grid_of(type);
    const uint8_t *block = blocks;
    uint64_t n_clipped = 0;
    bc_grid grid;

    if (name)
        return bc_grid_named(name, &grid, NULL) ? 0 : bc_count_clipped_f32(&grid, x, n);
    for (size_t i = 0; row < N(rows) && i < n; i += type->block_length, block += type->block_bytes)
        n_clipped += count_in_block(type, row, block, x + i);
    return n_clipped;
}
