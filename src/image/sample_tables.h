/* Shared-internal: all of the reduction of a picture that depends on one sample, or on one code,
 * alone. */
#ifndef BCI_SAMPLE_TABLES_H
#define BCI_SAMPLE_TABLES_H

#include "bitcrush/image.h"
#include "image/ruler.h"

/* The value that decides on the code of sample v, to be reduced to `bits`: v / maxval, but a file
 * that declares n real bits, less than it has, stores level k of n bits as the nearest of its own
 * samples; such a sample is the level again, not its rounding, so that reducing a reduced picture
 * changes nothing. At the depth of the file the samples themselves are levels. Errors are measured
 * against v / maxval in any case: that is what the file holds. */
static inline double bci_coded_value(const bc_image_info *info, int bits, uint32_t v)
{
    if (bits >= info->depth || info->true_depth == info->depth)
        return v / (double)info->maxval;
    const double max = info->maxval, top = (double)((1u << info->true_depth) - 1);
    const double k = (double)(uint32_t)(v * top / max + 0.5);

    return (uint32_t)(k * max / top + 0.5) == v ? k / top : v / max;
}

/* By sample: 0..info->maxval; by code: 0..n_levels - 1. */
typedef struct {
    const bc_image_info *info;
    const bc_image_settings *settings;
    const bci_image_ruler *ruler; /* NULL: levels of `bits` */
    uint32_t sample_maxval;       /* of the file that codes are written to */
    uint32_t n_levels;
    int bits;     /* that tell levels apart */
    bc_grid grid; /* the levels, coded or in linear light */
    float *light; /* what `grid` points to in linear light */

    uint16_t *code;           /* by sample; no dither: the code; noise: the code below */
    float *place;             /* by sample; noise: the way to the next code; diffusion: value */
    double *coded, *light_of; /* by sample, what errors are measured against */
    uint16_t *stored;         /* by code, under a ruler: what the file holds */
    double *code_coded, *code_light; /* by code: of what the file holds */
} bci_sample_tables;

/* Fill the tables; all pointers must stay alive. `t` is zero; free it in any case. */
BC_NODISCARD bc_status bci_sample_tables_init(bci_sample_tables *t, const bc_image_info *info,
                                              const bc_image_settings *settings,
                                              const bci_image_ruler *ruler, uint32_t sample_maxval,
                                              bc_error *err);

void bci_sample_tables_free(bci_sample_tables *t);

/* The code nearest to one that may lie beyond the ends. */
static inline uint16_t bci_code_within(const bci_sample_tables *t, int64_t code)
{
    const int64_t last = (int64_t)t->n_levels - 1;

    return (uint16_t)(code < 0 ? 0 : code > last ? last : code);
}

#endif
