/* Shared-internal: a colour picture read as grey. */
#ifndef BCI_GREY_READER_H
#define BCI_GREY_READER_H

#include "image/codec.h"

/* Wrap a reader of RGB or RGBA: rows become grey of 16 bits (alpha stays as it is), the luma
 * of BT.709 summed in linear light. Takes over `inner` on success. */
BC_NODISCARD bc_status bci_grey_reader_new(bc_image_reader *inner, bc_image_reader **out,
                                           bc_error *err);

/* The reader of colours inside of one that makes them grey, so that they can be read first and
 * made grey apart; NULL for any other reader, and for one whose rows are replayed. */
bc_image_reader *bci_grey_inner(const bc_image_reader *r);

/* Make n rows of colours, as the inner reader gives them, rows of `r`. Several threads may. */
void bci_grey_rows(const bc_image_reader *r, const void *colours, uint32_t n, void *rows);

/* Open a picture as bc_image_open_with does; where `as_grey` is set and it has colours, read it as
 * grey. `file_info` receives what the file itself has; NULL is fine. */
BC_NODISCARD bc_status bci_image_open_as(const char *path, const bc_reading *reading, bool as_grey,
                                         bc_image_reader **out, bc_image_info *file_info,
                                         bc_error *err);

#endif
