/* Knows the kinds of noise and how each is a pure function of seed, stream and place. */
#include "bitcrush/noise.h"

#include <stdbool.h>
#include <string.h>

#include "core/blue_noise.h"
#include "core/kernels.h"

/* clang-format off */
#define NO_OFFSETS    { { 0, 0 }, { 0, 0 }, { 0, 0 } }
#define BAYER_OFFSETS { { 0, 0 }, { 0, 1 }, { 1, 0 } }
#define BLUE_OFFSETS  { { 0, 0 }, { 79, 9 }, { 119, 61 } }
#define BLUE64_OFFSETS { { 0, 0 }, { 42, 18 }, { 4, 37 } }

static const bc_noise rows[] = {
    { "none", "no noise", "", BC_NOISE_NONE, 0, NO_OFFSETS, 0.0, 1.0 / 12 },
    { "rpdf", "uniform, 1 step wide; stochastic rounding", "Lipshitz et al. 1992",
      BC_NOISE_RPDF, 0, NO_OFFSETS, 1.0 / 12, 2.0 / 12 },
    { "tpdf", "triangular, 2 steps wide; noise power does not follow the signal",
      "Lipshitz et al. 1992", BC_NOISE_TPDF, 0, NO_OFFSETS, 1.0 / 6, 3.0 / 12 },
    { "hptpdf", "triangular, difference of neighbouring uniforms; more at high frequencies",
      "Wannamaker et al. 2000", BC_NOISE_HPTPDF, 0, NO_OFFSETS, 1.0 / 6, 3.0 / 12 },
    { "gaussian", "Gaussian, sigma half a step", "Lipshitz et al. 1992", BC_NOISE_GAUSSIAN, 0,
      NO_OFFSETS, 1.0 / 4, 4.0 / 12 },
    { "bayer2", "ordered, 2x2 tile", "Bayer 1973", BC_NOISE_BAYER, 2, BAYER_OFFSETS,
      5.0 / 64, 0.0 },
    { "bayer4", "ordered, 4x4 tile", "Bayer 1973", BC_NOISE_BAYER, 4, BAYER_OFFSETS,
      85.0 / 1024, 0.0 },
    { "bayer8", "ordered, 8x8 tile", "Bayer 1973", BC_NOISE_BAYER, 8, BAYER_OFFSETS,
      1365.0 / 16384, 0.0 },
    { "bayer16", "ordered, 16x16 tile", "Bayer 1973", BC_NOISE_BAYER, 16, BAYER_OFFSETS,
      21845.0 / 262144, 0.0 },
    { "bayer32", "ordered, 32x32 tile", "Bayer 1973", BC_NOISE_BAYER, 32, BAYER_OFFSETS,
      349525.0 / 4194304, 0.0 },
    { "bayer64", "ordered, 64x64 tile", "Bayer 1973", BC_NOISE_BAYER, 64, BAYER_OFFSETS,
      5592405.0 / 67108864, 0.0 },
    { "blue", "ordered, blue noise, 128x128 tile", "void-and-cluster, Ulichney 1993", BC_NOISE_BLUE,
      128, BLUE_OFFSETS, 89478485.0 / 1073741824, 0.0 },
    { "blue64", "ordered, blue noise, 64x64 tile", "void-and-cluster, Ulichney 1993", BC_NOISE_BLUE,
      64, BLUE64_OFFSETS, 5592405.0 / 67108864, 0.0 },
};
/* clang-format on */

size_t bc_noise_rows(const bc_noise **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

const bc_noise *bc_noise_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(name, rows[i].name) == 0)
            return &rows[i];
    return NULL;
}

void bc_random_words(uint64_t seed, uint64_t block, uint32_t stream, uint32_t purpose,
                     uint32_t out[4])
{
    bci_kernels_get()->random_words(seed, block, stream, purpose, out, 1);
}

uint32_t bc_noise_stream(const char *name, uint64_t history)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (const char *c = name; *c; c++)
        hash = (hash ^ (uint8_t)*c) * 16777619u;
    for (int i = 0; i < 64; i += 8)
        hash = (hash ^ (uint8_t)(history >> i)) * 16777619u;
    return hash;
}

/* Bayer's recursion M2n = [[4M, 4M+2], [4M+3, 4M+1]], bit by bit. */
static uint32_t bayer_rank(uint32_t x, uint32_t y, uint32_t side)
{
    uint32_t rank = 0;

    for (uint32_t bit = 1; bit < side; bit <<= 1) {
        const uint32_t a = (x & bit) != 0, b = (y & bit) != 0;

        rank = rank << 2 | (a ^ b) << 1 | b;
    }
    return rank;
}

static uint32_t blue_rank(uint32_t x, uint32_t y, uint32_t side)
{
    const uint16_t *mask = side == 64 ? bci_blue_noise_64 : bci_blue_noise_128;

    return mask[y % side * side + x % side];
}

static bool is_ordered(const bc_noise *kind)
{
    return kind->form == BC_NOISE_BAYER || kind->form == BC_NOISE_BLUE;
}

static void fill_ordered(const bc_noise *kind, uint32_t x, uint32_t y, float *out, size_t n)
{
    const uint32_t side = kind->mask_side;
    const float cells = (float)(side * side);

    for (size_t i = 0; i < n; i++) {
        if (i >= side) { /* the tile repeats */
            out[i] = out[i - side];
            continue;
        }
        const uint32_t at = x + (uint32_t)i;
        const uint32_t rank =
            kind->form == BC_NOISE_BAYER ? bayer_rank(at, y, side) : blue_rank(at, y, side);

        out[i] = 0.5f - ((float)rank + 0.5f) / cells;
    }
}

enum { CHUNK_BLOCKS = 128, CHUNK = 4 * CHUNK_BLOCKS };

/* Fill out[0..n) for n <= CHUNK samples; word i of the stream belongs to sample i, and under
 * BC_NOISE_HPTPDF word i + 1 too. */
static void fill_chunk(const bc_noise *kind, uint64_t seed, uint32_t stream, uint64_t first,
                       float *out, size_t n)
{
    const bci_kernels *kernels = bci_kernels_get();
    uint32_t words[CHUNK + 8];
    float made[CHUNK + 8];
    /* Down to the start of the block, and for the difference one sample beyond the last. */
    const uint64_t start = first & ~UINT64_C(3);
    const size_t skip = (size_t)(first - start);
    const size_t n_blocks = (skip + n + (kind->form == BC_NOISE_HPTPDF) + 3) / 4;

    kernels->random_words(seed, start / 4, stream, kind->form, words, n_blocks);
    switch (kind->form) {
    case BC_NOISE_TPDF: kernels->tpdf(words, made, 4 * n_blocks); break;
    case BC_NOISE_GAUSSIAN: kernels->gaussian(words, made, 4 * n_blocks); break;
    case BC_NOISE_RPDF:
    case BC_NOISE_HPTPDF: kernels->rpdf(words, made, 4 * n_blocks); break;
    case BC_NOISE_NONE:
    case BC_NOISE_BAYER:
    case BC_NOISE_BLUE: break;
    }
    for (size_t i = 0; i < n; i++)
        out[i] =
            kind->form == BC_NOISE_HPTPDF ? made[skip + i + 1] - made[skip + i] : made[skip + i];
}

void bc_noise_fill(const bc_noise *kind, uint64_t seed, uint32_t stream, uint64_t first, float *out,
                   size_t n)
{
    if (kind->form == BC_NOISE_NONE) {
        memset(out, 0, n * sizeof *out);
        return;
    }
    if (is_ordered(kind)) {
        fill_ordered(kind, (uint32_t)(first % kind->mask_side), 0, out, n);
        return;
    }
    for (size_t i = 0; i < n; i += CHUNK)
        fill_chunk(kind, seed, stream, first + i, out + i, n - i < CHUNK ? n - i : CHUNK);
}

void bc_noise_fill_f64(const bc_noise *kind, uint64_t seed, uint32_t stream, uint64_t first,
                       double *out, size_t n)
{
    float narrow[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;

        bc_noise_fill(kind, seed, stream, first + i, narrow, m);
        for (size_t j = 0; j < m; j++)
            out[i + j] = (double)narrow[j];
    }
}

void bc_noise_fill_row(const bc_noise *kind, uint64_t seed, uint32_t stream, uint32_t width,
                       uint32_t x, uint32_t y, float *out, size_t n)
{
    if (is_ordered(kind))
        fill_ordered(kind, x, y, out, n);
    else
        bc_noise_fill(kind, seed, stream, (uint64_t)y * width + x, out, n);
}
