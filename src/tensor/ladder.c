/* Knows what people store weights in: plain grids per tensor, row and block, and formats of
 * blocks. */
#include "tensor/ladder.h"

#include <math.h>
#include <stdio.h>

#include "base/floats.h"
#include "medium/laid.h"

enum { MAX_BITS = BC_TENSOR_MAX_SWEEP, SCALE_BITS = 32 };

static const float signs[] = { -1.0f, 1.0f };

/* By bits a weight. */
static const char *const formats[] = { "q1_0",  "tq1_0", "q2_k", "q3_k", "mxfp4", "q4_0", "q4_k",
                                       "nvfp4", "nf4",   "q5_0", "q5_k", "q6_k",  "q8_0" };

static const struct {
    bc_scale_group per;
    const char *group, *family;
    int scale_bits; /* of a weight */
} families[] = {
    { BC_PER_WHOLE, "tensor", "per tensor", 0 },
    { BC_PER_ROW, "row", "per row", 0 },
    { BC_PER_BLOCK, "32", "per 32", SCALE_BITS / BCI_SWEEP_BLOCK },
};

enum { N_FAMILIES = sizeof families / sizeof *families };

static size_t family_of(const bci_rung *r)
{
    size_t i = 0;

    while (i + 1 < N_FAMILIES && families[i].per != r->per)
        i++;
    return i;
}

const char *bci_rung_family(const bci_rung *r)
{
    return r->blocks ? "formats" : families[family_of(r)].family;
}

void bci_rung_group(const bci_rung *r, char *to, size_t size)
{
    if (r->blocks)
        snprintf(to, size, "%u", (unsigned)r->blocks->block_length);
    else
        snprintf(to, size, "%s", families[family_of(r)].group);
}

/* Signs and three values under the mean magnitude (XNOR-Net, BitNet b1.58), integers under the
 * largest. */
static bci_rung plain(bc_scale_group per, int bits, bool is_ternary)
{
    const bool is_mean = bits == 1 || is_ternary;
    bci_rung r = { .per = per,
                   .method = is_mean ? BC_SCALE_ABSMEAN : BC_SCALE_ABSMAX,
                   .scale = is_mean ? "absmean" : "absmax" };
    const bc_status st = bits == 1 ? bc_grid_codebook(signs, 2, &r.grid, NULL)
                                   : bc_grid_int_symmetric(bits, &r.grid, NULL);

    (void)st; /* depths are checked before */
    if (is_mean)
        snprintf(r.name, sizeof r.name, "%s", bits == 1 ? "binary" : "ternary");
    else
        snprintf(r.name, sizeof r.name, "int%d", bits);
    r.n_codes = (uint32_t)bc_grid_levels(&r.grid);
    r.code_bits = is_mean ? log2(r.n_codes) : bits;
    return r;
}

static bci_rung format_named(const char *name)
{
    const bc_block_format *f = bc_block_find(name);
    bci_rung r = { .blocks = f, .scale = "own", .per = BC_PER_BLOCK };

    snprintf(r.name, sizeof r.name, "%s", name);
    r.n_codes = f->codes->n_codes;
    r.code_bits = log2(r.n_codes);
    return r;
}

size_t bci_ladder_make(int first, int last, bci_rung *rungs)
{
    size_t n = 0;

    for (size_t f = 0; f < N_FAMILIES; f++) {
        for (int bits = 1; bits <= MAX_BITS; bits++) {
            const int all = bits + families[f].scale_bits;

            if (all < first || all > last)
                continue;
            if (bits == 2)
                rungs[n++] = plain(families[f].per, bits, true);
            rungs[n++] = plain(families[f].per, bits, false);
        }
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const double bits = floor(bc_block_find(formats[i])->bits_per_weight);

        if (bits >= first && bits <= last)
            rungs[n++] = format_named(formats[i]);
    }
    return n;
}

uint64_t bci_rung_bytes(const bci_rung *r, uint64_t n, uint64_t row)
{
    const bci_laying l = { .blocks = r->blocks,
                           .grid = r->grid,
                           .scale = r->method,
                           .group = r->per == BC_PER_BLOCK ? (size_t)BCI_SWEEP_BLOCK
                                    : r->per == BC_PER_ROW ? (size_t)row
                                                           : 0,
                           .scale_bits = SCALE_BITS };

    return n ? (bci_laid_bits(&l, (size_t)n) + 7) / 8 : 0;
}
