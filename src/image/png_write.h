/* Shared-internal: the writing half of the PNG codec, see bci_image_codec. */
#ifndef BCI_PNG_WRITE_H
#define BCI_PNG_WRITE_H

#include "image/codec.h"

BC_NODISCARD bc_status bci_png_begin(bci_image_writer *w, bc_error *err);
BC_NODISCARD bc_status bci_png_write(bci_image_writer *w, const uint16_t *codes, uint32_t n_rows,
                                     bc_error *err);
BC_NODISCARD bc_status bci_png_finish(bci_image_writer *w, bc_error *err);
void bci_png_abandon(bci_image_writer *w);

#endif
