/* Knows how the codes of blocks are rounded with noise under scales that stay: on the one path of
 * every reduction, group by group. */
#include <math.h>

#include "bitcrush/quantize.h"
#include "core/block_layout.h"

/* The values of a ladder as a grid. */
static bc_grid grid_of(const bci_ladder *ladder)
{
    const double den = ladder->step > 0.0f ? 1.0 / (double)ladder->step : 1.0;
    bc_grid grid = { .family = BC_GRID_AFFINE, .den = den, .shift_gain = 1.0 };

    if (ladder->step > 0.0f) {
        grid.lo = (int32_t)((double)ladder->values[0] * den);
        grid.hi = grid.lo + (int32_t)ladder->n - 1;
    } else if (bc_grid_codebook(ladder->values, ladder->n, &grid, NULL)) {
        grid.hi = 0; /* no ladder is as short as that */
    }
    return grid;
}

/* The codes of one group. A negative scale turns the data over. */
static void dither_group(const bc_grid *grid, const bci_ladder *ladder, float scale, float minimum,
                         const float *x, const float *noise, size_t n, uint16_t *codes)
{
    const float turn = scale < 0.0f ? -1.0f : 1.0f;
    const bc_scale laid = { .gain = (double)fabsf(scale),
                            .offset = -(double)minimum * (double)turn };
    float turned[BCI_MAX_BLOCK];
    int32_t marks[BCI_MAX_BLOCK];

    if (scale == 0.0f || !isfinite(scale) || !isfinite(minimum))
        return;
    for (size_t i = 0; i < n; i++)
        turned[i] = x[i] == x[i] ? turn * x[i] : 0.0f;
    bc_quantize_f32(grid, &laid, BC_ROUND_NEAREST, turned, noise, n, NULL, marks);
    for (size_t i = 0; i < n; i++)
        codes[i] = ladder->codes[marks[i] - grid->lo];
}

/* Single numbers. */
static void dither_floats(const bc_block_format *format, const float *x, const float *noise,
                          size_t n, uint8_t *blocks)
{
    const bc_scale scale = BC_SCALE_IDENTITY;
    int32_t marks[BCI_MAX_BLOCK];
    bc_grid grid;

    if (bc_grid_named(bci_layout_of(format)->grid, &grid, NULL))
        return;
    for (size_t i = 0; i < n; i += BCI_MAX_BLOCK) {
        const size_t m = n - i < BCI_MAX_BLOCK ? n - i : BCI_MAX_BLOCK;

        bc_quantize_f32(&grid, &scale, BC_ROUND_NEAREST, x + i, noise + i, m, NULL, marks);
        for (size_t j = 0; j < m; j++) {
            const uint16_t bits = (uint16_t)bc_grid_code_to_bits(&grid, marks[j]);

            format->codes->pack(&bits, blocks + (i + j) * format->block_bytes);
        }
    }
}

void bc_block_dither(const bc_block_format *format, const float *x, const float *noise,
                     size_t n_blocks, void *blocks)
{
    const bc_block_codes *c = format->codes;
    uint8_t *block = blocks;
    bci_ladder ladder;

    if (bci_layout_of(format)->grid) {
        dither_floats(format, x, noise, n_blocks, blocks);
        return;
    }
    bci_ladder_of(c, &ladder);

    const bc_grid grid = grid_of(&ladder);

    for (size_t k = 0; k < n_blocks; k++, block += format->block_bytes) {
        float scales[BCI_MAX_GROUPS], minimums[BCI_MAX_GROUPS];
        uint16_t codes[BCI_MAX_BLOCK];
        const size_t n_groups = bc_block_scales(format, block, scales, minimums);

        c->unpack(block, codes);
        for (size_t g = 0; g < n_groups; g++, x += c->group_length, noise += c->group_length)
            dither_group(&grid, &ladder, scales[g], minimums[g], x, noise, c->group_length,
                         codes + g * c->group_length);
        c->pack(codes, block);
    }
}
