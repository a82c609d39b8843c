/* Knows how codes and scales become weights again: y = (mark - zero) * scale. */
#include "tensor/coded_decode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/blocks.h"

/* What the codes of a block format stand for: those of a block whose scale is 1. */
static void marks_of_blocks(const bci_coding *c, float marks[256])
{
    const bc_block_format *blocks = bc_block_find(c->format->blocks);
    const size_t n_codes = (size_t)1 << c->format->bits, length = blocks->block_length;
    uint8_t block[64] = { 0 };
    uint8_t *codes = block + blocks->block_bytes - length * (size_t)c->format->bits / 8;

    assert(blocks->block_bytes <= sizeof block && length <= 64);
    block[0] = strcmp(c->format->scale_type, "F8_E4M3") == 0 ? 0x38 : 127; /* 2^0 */
    for (size_t first = 0; first < n_codes; first += length) {
        uint16_t room[64];
        float y[64];

        for (size_t i = 0; i < length; i++)
            room[i] = (uint16_t)((first + i) % n_codes);
        bc_pack(room, length, c->format->bits, BC_LSB_FIRST, codes);
        blocks->decode(block, 1, y);
        for (size_t i = 0; i < length && first + i < n_codes; i++)
            marks[first + i] = y[i];
    }
}

/* What codes stand for, before the scale. Integers count steps, so that the scale is the step. */
static void marks_of(const bci_coding *c, float marks[256])
{
    bc_grid grid;

    if (c->map) {
        memcpy(marks, c->map, 16 * sizeof *marks);
    } else if (bci_coding_grid(c, &grid)) {
        for (uint32_t bits = 0; bits < 1u << c->format->bits; bits++) {
            const int32_t code = bc_grid_code_from_bits(&grid, bits);

            marks[bits] =
                grid.family == BC_GRID_AFFINE ? (float)code : (float)bc_grid_value(&grid, code);
        }
    } else {
        marks_of_blocks(c, marks);
    }
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

bc_granular bci_coded_ends(const bci_coding *c)
{
    float marks[256];
    size_t n = 0;

    marks_of(c, marks);
    qsort(marks, (size_t)1 << c->format->bits, sizeof *marks, by_value);
    for (size_t i = 0; i < (size_t)1 << c->format->bits; i++) /* each once: there are two zeros */
        if (n == 0 || marks[i] != marks[n - 1])
            marks[n++] = marks[i];
    const double low = (double)marks[0], high = (double)marks[n - 1];

    return (bc_granular){ low - 0.5 * ((double)marks[1] - low),
                          high + 0.5 * (high - (double)marks[n - 2]) };
}

void bci_coded_values(const bci_coding *c, const uint8_t *codes, size_t n, size_t group,
                      const float *scales, const uint8_t *zeros, uint16_t *room, float *y)
{
    const bc_bit_order order = c->format->layout->order;
    float marks[256];

    marks_of(c, marks);
    bc_unpack(codes, n, c->format->bits, order, room);
    for (size_t first = 0, g = 0; first < n; first += group, g++) {
        const size_t end = n - first < group ? n : first + group;
        const float scale = scales[g], zero = zeros ? (float)zeros[g] : 0.0f;

        for (size_t i = first; i < end; i++)
            y[i] = (marks[room[i]] - zero) * scale;
    }
}

/* ---- out of a file */

enum { CHUNK = BCI_MAX_SCALES };

/* Scales and zero-points of groups first .. first + n - 1. */
static bc_status read_groups(const bc_tensor_file *f, const bci_coding *c, uint64_t first, size_t n,
                             float *scales, uint8_t *zeros, bc_error *err)
{
    const bci_tensor *zero_piece = bci_coding_piece(c, BCI_ZEROS);
    const bc_status st = c->format->layout->read_scales(f, c, first, n, scales, err);

    for (size_t i = 0; i < n && !st && c->whole_scale != 1.0f; i++)
        scales[i] *= c->whole_scale;
    if (st || !zero_piece)
        return st;
    return bci_tensor_read_raw(f, zero_piece, first, zeros, n, err);
}

/* The group of a column. */
static uint64_t group_of(const bci_coding *c, uint64_t row, uint64_t column)
{
    return c->is_whole ? 0 : row * bci_coding_groups(c) + column / c->group;
}

/* Weights column .. column + n - 1 of a row, n <= CHUNK; column begins a group and a byte, or lies
 * in a group that is longer than CHUNK. */
static bc_status read_piece(const bc_tensor_file *f, const bci_coding *c, uint64_t row,
                            uint64_t column, size_t n, float *out, bc_error *err)
{
    const uint64_t bits = (uint64_t)c->format->bits;
    const uint64_t first = group_of(c, row, column);
    const size_t n_scales = c->is_whole ? 1 : (size_t)((n + c->group - 1) / c->group);
    const size_t group = c->is_whole || c->group > n ? n : (size_t)c->group;
    const uint64_t begin =
        row * bci_code_bytes(c, c->row) + column / 8 * bits + column % 8 * bits / 8;
    const size_t n_bytes = (size_t)bci_code_bytes(c, n);
    uint8_t codes[CHUNK], zeros[CHUNK];
    uint16_t room[CHUNK];
    float scales[CHUNK];
    bc_status st = bci_tensor_read_raw(f, &c->pieces[0], begin, codes, n_bytes, err);

    if (!st)
        st = read_groups(f, c, first, n_scales, scales, zeros, err);
    if (!st)
        bci_coded_values(c, codes, n, group, scales, bci_coding_piece(c, BCI_ZEROS) ? zeros : NULL,
                         room, out);
    return st;
}

/* Elements of a row that are read at a time: whole groups, or any bytes of a long group. */
static size_t piece_of(const bci_coding *c, uint64_t column, uint64_t *begin)
{
    if (c->group > CHUNK) {
        const uint64_t in_group = column % c->group;
        const uint64_t from = in_group / CHUNK * CHUNK, left = c->group - from;

        *begin = column - in_group + from;
        return left < CHUNK ? (size_t)left : CHUNK;
    }
    const uint64_t whole = CHUNK / c->group * c->group;

    *begin = column / whole * whole;
    return (size_t)whole;
}

bc_status bci_coded_read(const bc_tensor_file *f, const bci_coding *c, uint64_t first, size_t n,
                         float *out, bc_error *err)
{
    float values[CHUNK];

    while (n > 0) {
        const uint64_t row = first / c->row, column = first % c->row;
        uint64_t begin;
        const size_t most = piece_of(c, column, &begin);
        const size_t m = c->row - begin < most ? (size_t)(c->row - begin) : most;
        const size_t skip = (size_t)(column - begin);
        const size_t now = m - skip < n ? m - skip : n;
        const bc_status st = read_piece(f, c, row, begin, m, values, err);

        if (st)
            return st;
        memcpy(out, values + skip, now * sizeof *out);
        out += now;
        first += now;
        n -= now;
    }
    return BC_OK;
}

bc_status bci_coded_levels(const bc_tensor_file *f, const bci_coding *c, uint64_t at,
                           bc_tensor_levels *out, bc_error *err)
{
    const uint64_t row = at / c->row, column = at % c->row;
    uint8_t zero = 0;
    float scale;
    const bc_status st = read_groups(f, c, group_of(c, row, column), 1, &scale, &zero, err);

    if (st)
        return st;
    out->n = 1u << c->format->bits;
    marks_of(c, out->values);
    for (uint32_t k = 0; k < out->n; k++)
        out->values[k] = (out->values[k] - (float)zero) * scale;
    out->first = c->is_whole ? 0 : at - column % c->group;
    out->end = c->is_whole                                        ? c->n_rows * c->row
               : c->row - (column - column % c->group) < c->group ? (row + 1) * c->row
                                                                  : out->first + c->group;
    return BC_OK;
}
