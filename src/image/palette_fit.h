/* Shared-internal: the palette that suits a picture. */
#ifndef BCI_PALETTE_FIT_H
#define BCI_PALETTE_FIT_H

#include "bitcrush/image.h"
#include "bitcrush/palette.h"

typedef struct bci_histogram bci_histogram;

/* The colours of a picture like `info`, none yet. */
BC_NODISCARD bc_status bci_histogram_new(bc_image_reader *r, const bc_image_info *info,
                                         bci_histogram **out, bc_error *err);

/* Count n rows; pixels weigh by their alpha. */
void bci_histogram_add(bci_histogram *h, const void *rows, uint32_t n);

/* At most n_colours (2..256) colours, fitted to the picture, from dark to light; to be nearest to
 * its colours, or to mix to them. One is kept back for transparency where there are fully
 * transparent pixels. */
BC_NODISCARD bc_status bci_histogram_fit(const bci_histogram *h, uint32_t n_colours, bool to_mix,
                                         int n_threads, bc_palette *out, bc_error *err);

/* Release; NULL is fine. */
void bci_histogram_free(bci_histogram *h);

#endif
