/* Shared-internal: the writing half of the PNM codec, see bci_image_codec. */
#ifndef BCI_PNM_WRITE_H
#define BCI_PNM_WRITE_H

#include "image/codec.h"

uint32_t bci_pnm_sample_maxval(const bci_picture *pic, bool is_opaque);
BC_NODISCARD bc_status bci_pnm_begin(bci_image_writer *w, bc_error *err);
BC_NODISCARD bc_status bci_pnm_write(bci_image_writer *w, const uint16_t *codes, uint32_t n_rows,
                                     bc_error *err);
BC_NODISCARD bc_status bci_pnm_finish(bci_image_writer *w, bc_error *err);
void bci_pnm_abandon(bci_image_writer *w);

#endif
