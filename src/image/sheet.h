/* Shared-internal: a picture at every depth, on one sheet. */
#ifndef BCI_SHEET_H
#define BCI_SHEET_H

#include "bitcrush/medium.h"

/* See bc_medium.sheet; at most two dithers. */
BC_NODISCARD bc_status bci_image_sheet(const bc_request *request, const char *path, const int *bits,
                                       size_t n, const char *const *dithers, size_t n_dithers,
                                       uint8_t **png, size_t *size, bc_error *err);

#endif
