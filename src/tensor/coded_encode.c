/* Knows how weights become codes and scales. */
#include "tensor/coded_encode.h"

#include <stdlib.h>
#include <string.h>

#include "bitcrush/blocks.h"
#include "tensor/code_counts.h"
#include "tensor/coded_decode.h"
#include "tensor/element.h"

enum { MAX_BLOCK_BYTES = 36, MIN_BLOCK = 16 };

/* Sizes for the worst case: groups of one weight. */
struct bci_coder {
    double sorted[BCI_BATCH];
    float x[BCI_BATCH], noise[BCI_BATCH];
    int32_t codes[BCI_BATCH];
    uint16_t bits[BCI_BATCH];
    float scales[BCI_BATCH];
    uint8_t zeros[BCI_BATCH];
    uint8_t blocks[BCI_BATCH / MIN_BLOCK * MAX_BLOCK_BYTES];
};

bci_coder *bci_coder_new(void)
{
    return malloc(sizeof(bci_coder));
}

void bci_coder_free(bci_coder *c)
{
    free(c);
}

/* ---- codes on a grid */

typedef struct {
    bci_coder *room;
    const bci_coding *c;
    bc_grid grid;
    bc_scale_method method;
    double percent;
    const bci_encoding *how;
} gridder;

/* The scale of a group: that of its data, or what was found before. */
static bc_scale scale_of(const gridder *g, const float *x, size_t n, uint64_t first)
{
    bc_scale scale = BC_SCALE_IDENTITY;

    if (bci_coding_is_long(g->c))
        return g->c->long_scales[g->c->is_whole ? 0 : first / g->c->group];
    if (bc_scale_fit_f32(g->method, g->percent, &g->grid, x, n, 1, g->room->sorted, &scale, NULL))
        return BC_SCALE_IDENTITY; /* settings are checked before */
    return scale;
}

/* The scale that a reader has. */
static bc_scale stored_scale(const gridder *g, float step, int32_t zero)
{
    const bool is_affine = g->grid.family == BC_GRID_AFFINE;

    return (bc_scale){ is_affine ? (double)step * g->grid.den : (double)step, 0.0, zero };
}

static void put_codes(const gridder *g, const float *x, const float *noise, size_t n, float step,
                      int32_t zero, uint16_t *bits)
{
    const bool is_affine = g->grid.family == BC_GRID_AFFINE;
    const bc_scale stored = stored_scale(g, step, zero);
    const uint32_t mask = (1u << g->grid.bits) - 1;
    int32_t *codes = g->room->codes;

    bc_quantize_f32(&g->grid, &stored, g->how->rounding, x, noise, n, NULL, codes);
    for (size_t i = 0; i < n; i++)
        bits[i] = (uint16_t)(is_affine ? (uint32_t)codes[i] & mask
                                       : bc_grid_code_to_bits(&g->grid, codes[i]));
}

/* A line: one row, or a piece of one. Scales and zero-points go to the room, codes there as well.
 * Returns the number of groups. */
static size_t grid_line(const gridder *g, const float *x, size_t n, uint64_t first, bool with_codes)
{
    const size_t group = g->c->group < n && !g->c->is_whole ? (size_t)g->c->group : n;
    const float *noise = bci_has_noise(g->how) ? g->room->noise : NULL;
    size_t k = 0;

    if (with_codes && noise)
        bc_noise_fill(g->how->noise, g->how->seed, g->how->stream, first, g->room->noise, n);
    for (size_t at = 0; at < n; at += group, k++) {
        const size_t m = n - at < group ? n - at : group;
        const bc_scale scale = scale_of(g, x + at, m, first + at);
        const float step = bci_coding_step(g->c, &scale);

        g->room->scales[k] = step;
        g->room->zeros[k] = (uint8_t)scale.zero;
        if (with_codes)
            put_codes(g, x + at, noise ? noise + at : NULL, m, step, scale.zero,
                      g->room->bits + at);
    }
    return k;
}

/* Scales of long groups are those of their first piece. */
static bool begins_group(const bci_coding *c, uint64_t first)
{
    return !bci_coding_is_long(c) || first % c->group == 0;
}

/* Weights of a line beyond the ends of the grid under the scale of their group, and its steps. */
static void add_overload(const gridder *g, const float *x, const float *y, size_t n, size_t group,
                         const bci_observed *to)
{
    for (size_t at = 0, k = 0; at < n; at += group, k++) {
        const size_t m = n - at < group ? n - at : group;
        const double step = (double)g->room->scales[k];
        const bc_scale stored = stored_scale(g, g->room->scales[k], g->room->zeros[k]);
        const bc_granular region = bc_granular_of(&g->grid, &stored);

        bc_error_add_overload_f32(to->error, &region, x + at, y + at, m);
        if (g->grid.family == BC_GRID_AFFINE)
            *to->steps2 += (double)m * step * step;
    }
}

static size_t encode_on_grid(const gridder *g, bci_role role, const float *x, const bci_range *at,
                             uint8_t *out, float *y, const bci_observed *seen)
{
    const size_t line = at->n / at->n_lines;
    const size_t group = g->c->group < line && !g->c->is_whole ? (size_t)g->c->group : line;
    bci_coder *room = g->room;
    size_t n_out = 0;

    for (size_t i = 0; i < at->n_lines; i++, x += line, y = y ? y + line : NULL) {
        const uint64_t first = at->first + i * line;
        const size_t n_groups = grid_line(g, x, line, first, role == BCI_CODES);

        if (role == BCI_SCALES && begins_group(g->c, first)) {
            bci_encode_f32(room->scales, n_groups, out + n_out);
            n_out += 4 * n_groups;
        } else if (role == BCI_ZEROS && begins_group(g->c, first)) {
            memcpy(out + n_out, room->zeros, n_groups);
            n_out += n_groups;
        } else if (role == BCI_CODES) {
            bc_pack(room->bits, line, g->c->format->bits, BC_LSB_FIRST, out + n_out);
            if (y)
                bci_coded_values(g->c, out + n_out, line, group, room->scales,
                                 g->c->has_zero ? room->zeros : NULL, room->bits, y);
            if (y && seen) {
                add_overload(g, x, y, line, group, seen);
                bci_count_codes(room->bits, line, seen->codes);
            }
            n_out += (size_t)bci_code_bytes(g->c, line);
        }
    }
    return n_out;
}

/* ---- blocks, whose bytes begin with the scale */

/* Zeros fill the last block up. */
static size_t encode_blocks(bci_coder *room, const bci_coding *c, const bc_block_format *blocks,
                            const bci_encoding *how, const float *x, size_t n)
{
    const size_t length = blocks->block_length, n_whole = n / length;
    bci_encoding of_last = *how;
    float last[64] = { 0 };

    if (c->whole_scale != 1.0f) {
        for (size_t i = 0; i < n; i++)
            room->x[i] = c->whole_scale > 0.0f ? x[i] / c->whole_scale : 0.0f;
        x = room->x;
    }
    bci_encode_blocks(blocks, how, x, NULL, n_whole * length, room->blocks);
    if (n_whole * length == n)
        return n_whole;
    memcpy(last, x + n_whole * length, (n - n_whole * length) * sizeof *last);
    of_last.first += n_whole * length;
    bci_encode_blocks(blocks, &of_last, last, NULL, length,
                      room->blocks + n_whole * blocks->block_bytes);
    return n_whole + 1;
}

/* The scales of blocks as a reader has them, to room->scales. */
static void scales_of_blocks(bci_coder *room, const bci_coding *c, const bc_block_format *blocks,
                             size_t n_blocks)
{
    const bc_element_type *type = bc_element_type_named(c->format->scale_type);

    for (size_t i = 0; i < n_blocks; i++)
        bci_element_decoder(type)(room->blocks + i * blocks->block_bytes, 1, &room->scales[i]);
}

/* What a reader makes of them. */
static void values_of_blocks(bci_coder *room, const bci_coding *c, size_t n_blocks, size_t length,
                             const uint8_t *codes, size_t n, float *y)
{
    if (c->is_nested)
        c->format->layout->reread_nested(c, room->scales, n_blocks);
    for (size_t i = 0; i < n_blocks && c->whole_scale != 1.0f; i++)
        room->scales[i] *= c->whole_scale;
    bci_coded_values(c, codes, n, length, room->scales, NULL, room->bits, y);
}

/* Weights half a step and more beyond the ends of what codes mean under the scales of a reader. */
static void add_overload_of_blocks(const bci_coder *room, const bci_coding *c, const float *x,
                                   const float *y, size_t n, size_t length, bc_error_sums *to)
{
    const bc_granular ends = bci_coded_ends(c);

    for (size_t at = 0, k = 0; at < n; at += length, k++) {
        const double scale = (double)room->scales[k];
        const bc_granular region = { ends.low * scale, ends.high * scale };

        if (scale > 0.0) /* under a scale of 0 ends mean nothing */
            bc_error_add_overload_f32(to, &region, x + at, y + at,
                                      n - at < length ? n - at : length);
    }
}

static size_t encode_as_blocks(bci_coder *room, const bci_coding *c, bci_role role,
                               const bci_encoding *how, const float *x, size_t n, uint8_t *out,
                               float *y, const bci_observed *seen)
{
    const bci_layout *layout = c->format->layout;
    const bc_block_format *blocks = bc_block_find(c->format->blocks);
    const size_t length = blocks->block_length,
                 n_blocks = encode_blocks(room, c, blocks, how, x, n);
    const size_t n_codes = length * (size_t)c->format->bits / 8;
    const size_t n_scale = blocks->block_bytes - n_codes;
    const bool of_codes = role == BCI_CODES;

    scales_of_blocks(room, c, blocks, n_blocks);
    if (!of_codes && c->is_nested)
        return layout->put_nested(c, role, room->scales, n_blocks, out);
    for (size_t i = 0; i < n_blocks; i++) {
        const uint8_t *block = room->blocks + i * blocks->block_bytes;
        const size_t taken = of_codes ? n_codes : n_scale;

        memcpy(out + i * taken, of_codes ? block + n_scale : block, taken);
    }
    if (y && of_codes)
        values_of_blocks(room, c, n_blocks, length, out, n, y);
    if (y && of_codes && seen) {
        add_overload_of_blocks(room, c, x, y, n, length, seen->error);
        bci_count_codes(room->bits, n, seen->codes);
    }
    return of_codes ? (size_t)bci_code_bytes(c, n) : n_blocks * n_scale;
}

size_t bci_coded_encode(bci_coder *room, const bci_coding *c, bci_role role,
                        const bc_tensor_settings *s, const bci_encoding *how, const float *x,
                        const bci_range *at, uint8_t *out, float *y, const bci_observed *seen)
{
    gridder g = { .room = room, .c = c, .percent = s->percent, .how = how };

    if (at->n == 0)
        return 0;
    if (!bci_coding_grid(c, &g.grid))
        return encode_as_blocks(room, c, role, how, x, at->n, out, y, seen);
    g.method = bci_coding_method(c, s);
    return encode_on_grid(&g, role, x, at, out, y, seen);
}
