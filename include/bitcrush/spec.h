/* SPEC: what data are reduced to, in one grammar for every medium.
 *
 * "4", "4.5" and "levels23" are evenly spaced marks, laid out as the medium has them; "e2m1",
 * "mulaw", "pcm8" are grids of the registry (grid.h); "q4_0", "nf4", "mxfp4" are formats of blocks
 * (blocks.h), whose scales are made of the data. Capitals are small letters. */
#ifndef BITCRUSH_SPEC_H
#define BITCRUSH_SPEC_H

#include "bitcrush/blocks.h"
#include "bitcrush/grid.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    BC_SPEC_EVEN,   /* a number of marks */
    BC_SPEC_GRID,   /* a grid of bc_grid_named */
    BC_SPEC_BLOCKS, /* a row of bc_block_rows */
} bc_spec_kind;

typedef struct {
    char name[24]; /* as it was written */
    bc_spec_kind kind;
    double bits; /* of a value: log2 of the marks of even grids, what a code is stored in of others,
                    * bits_per_weight of blocks */
    double levels; /* EVEN: marks, a whole number, 2 to 2^32 */
    bc_grid grid;  /* GRID; EVEN of 2^24 levels at most: bc_grid_uniform where it has as many, else
                   * integers from 0 on */
    const bc_block_format *blocks; /* BLOCKS */
} bc_spec;

/* Understand a SPEC: bits from 1 to 32, round(2^bits) marks where they are no whole number (to 24
 * bits then), "levels" with a whole number of marks from 2 to 2^24, "binary" or "ternary" for 2 or
 * 3 marks, or a name. Grids go before blocks of one name. BC_E_USAGE for anything else, with the
 * nearest name. */
BC_API BC_NODISCARD bc_status bc_spec_named(const char *text, bc_spec *out, bc_error *err);

/* BC_E_USAGE for what is called like a file, as "out.png": another place is its own. */
BC_API bc_status bc_spec_is_file(const char *text, bc_error *err);

#ifdef __cplusplus
}
#endif
#endif
