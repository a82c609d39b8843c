/* Shared-internal: what a sweep tries on weights, from few bits to many. */
#ifndef BCI_LADDER_H
#define BCI_LADDER_H

#include "bitcrush/blocks.h"
#include "bitcrush/scale.h"
#include "bitcrush/tensor.h"

enum { BCI_SWEEP_BLOCK = 32 }; /* weights that share a scale where blocks do */

/* One of them: a grid under scales, or a format of blocks. */
typedef struct {
    char name[16];                 /* of the grid or of the format */
    const bc_block_format *blocks; /* NULL: `grid` */
    bc_grid grid;
    bc_scale_method method;
    const char *scale; /* its name */
    bc_scale_group per;
    double code_bits; /* log2 of the codes that there are */
    uint32_t n_codes; /* the room that counts of codes take */
} bci_rung;

/* Fill those of first .. last bits a weight, their scales counted where a block has one, family by
 * family. Returns their number, BC_TENSOR_SWEEP_ROWS at most. */
size_t bci_ladder_make(int first, int last, bci_rung *rungs);

/* What shares a scale, and the curve that it lies on: "row", "per row"; "256", "formats". */
const char *bci_rung_family(const bci_rung *r);
void bci_rung_group(const bci_rung *r, char *to, size_t size);

/* Bytes of the codes and scales of n weights in rows of `row`. */
uint64_t bci_rung_bytes(const bci_rung *r, uint64_t n, uint64_t row);

#endif
