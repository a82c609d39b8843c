/* Shared-internal: pictures on a page. */
#ifndef BCI_IMAGE_SHOW_H
#define BCI_IMAGE_SHOW_H

#include "bitcrush/medium.h"

/* See bc_medium.show. */
BC_NODISCARD bc_status bci_image_show(const void *job, const bc_outcome *o, const bc_account *a,
                                      bc_html *h, bc_error *err);

#endif
