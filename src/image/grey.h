/* Shared-internal: a colour picture read as grey. */
#ifndef BCI_GREY_READER_H
#define BCI_GREY_READER_H

#include "image/codec.h"

/* Wrap a reader of RGB or RGBA: rows become grey of 16 bits (alpha stays as it is), the luma
 * of BT.709 summed in linear light. Takes over `inner` on success. */
BC_NODISCARD bc_status bci_grey_reader_new(bc_image_reader *inner, bc_image_reader **out,
                                           bc_error *err);

#endif
