/* Shared-internal: a picture that lies on its side, read upright. */
#ifndef BCI_UPRIGHT_H
#define BCI_UPRIGHT_H

#include "image/codec.h"

/* Wrap a reader whose rows lie as EXIF orientation 2..8 says, so that rows come out upright.
 * Mirrored rows (2) stream; for the others the picture is held whole. Takes over `inner` on
 * success. */
BC_NODISCARD bc_status bci_upright_reader_new(bc_image_reader *inner, int orientation,
                                              bc_image_reader **out, bc_error *err);

#endif
