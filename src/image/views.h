/* Shared-internal: two pictures as a page shows them: whole, in detail, and what they differ by. */
#ifndef BCI_IMAGE_VIEWS_H
#define BCI_IMAGE_VIEWS_H

#include "bitcrush/image.h"

enum { BCI_VIEW_CHANNELS = 4 }; /* of 8 bits, sRGB and alpha */

/* One of the two pictures, read row by row. */
typedef struct {
    bc_image_reader *reader;
    const bc_image_info *info;
    float *light_of;   /* by sample: linear light */
    uint8_t *shown_of; /* by sample: 8-bit sRGB */
    void *row;
    double *sums;          /* of a row of the small picture: light, and alpha */
    uint8_t *small, *part; /* the whole made smaller; the detail */
} bci_image_side;

/* What both are shown as. */
typedef struct {
    uint32_t factor; /* that the whole is smaller by */
    uint32_t small_width, small_height;
    uint32_t x, y, width, height; /* the detail: all of it where factor is 1 */
    bci_image_side a, b;
    double gain;               /* of the error picture */
    uint8_t *error;            /* of the detail, RGB */
    bool is_grey;              /* the error is that of grey */
    const bc_palette *palette; /* that the result has, or NULL, and */
    uint64_t *counts;          /* how often each of its colours is taken */
} bci_image_views;

/* Read the picture `in` and what became of it, `out`. Zero *v first, and free it also where this
 * fails. BC_E_INTERRUPTED once the program was asked to stop. */
BC_NODISCARD bc_status bci_image_views_read(bci_image_views *v, const char *in, const char *out,
                                            const bc_image_settings *s, const bc_image_result *m,
                                            bc_error *err);
void bci_image_views_free(bci_image_views *v);

#endif
