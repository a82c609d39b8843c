/* Shared-internal: any grid under scales of its own, or any format of blocks, laid on runs of
 * samples: a row of a channel, a stretch of sound. */
#ifndef BCI_LAID_H
#define BCI_LAID_H

#include "bitcrush/measure.h"
#include "bitcrush/quantize.h"
#include "bitcrush/spec.h"

typedef struct {
    const bc_block_format *blocks; /* or NULL: */
    bc_grid grid;
    bc_scale_method scale; /* fitted to each group, but for BC_SCALE_FULL */
    double percent;        /* of BC_SCALE_PERCENTILE */
    size_t group;          /* samples that share one; 0: the whole run. Blocks have their own */
    uint32_t scale_bits; /* of each number of a fitted scale where it is packed; 0: a float's 32 */
    bc_rounding rounding;
    const bc_scale *known; /* a scale that was fitted before; NULL: none */
    bool keeps_infinity;   /* values that become infinite stay so; else they are an error */
    double *steps2;        /* takes the square of the step of each sample on even marks, or NULL */
    int32_t *codes;        /* takes the code of each sample, or NULL */
    const double *given;   /* the samples of the run before some were lowered, whose clipping is the
                            * caller's to sum; NULL: none was */
    uint64_t
        *n_saturated; /* those of a grid become its largest instead, and are counted; or NULL */
} bci_laying;

/* Scratch for runs of at most n samples. BC_E_LIMIT. */
typedef struct {
    float *x, *y, *noise; /* of blocks */
    void *blocks;
    int32_t *codes; /* of a grid */
    double *sorted; /* of BC_SCALE_PERCENTILE */
} bci_lay_room;
BC_NODISCARD bc_status bci_lay_room_new(const bci_laying *l, size_t n, bci_lay_room *out,
                                        bc_error *err);
void bci_lay_room_free(bci_lay_room *room);

/* Round a run: y[0..n) are the values of x[0..n), which are finite; y is not x. noise is in steps,
 * or NULL. Blocks that the run does not fill are filled with its last sample. Where asked for,
 * samples that clip are added to *sums, and codes to histogram, which has room for bci_laid_levels.
 * BC_E_FORMAT for a value that is not finite, BC_E_USAGE where the grid takes no such scale. */
BC_NODISCARD bc_status bci_lay(const bci_laying *l, const bci_lay_room *room, const double *x,
                               const double *noise, size_t n, double *y, bc_error_sums *sums,
                               uint64_t *histogram, bc_error *err);

/* Different codes; 0: more than are counted (2^16). */
size_t bci_laid_levels(const bci_laying *l);

/* Bits of a run of n samples, packed, in every medium: codes take the bits that number all of them,
 * whole ones (5 of 23 levels), and a fitted scale scale_bits for each of its numbers; blocks are as
 * their format has them. No samples have one scale. */
uint64_t bci_laid_bits(const bci_laying *l, size_t n);

#endif
