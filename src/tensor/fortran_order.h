/* Shared-internal: arrays in Fortran order, whose first index runs fastest, read as if the last
 * did. */
#ifndef BCI_FORTRAN_ORDER_H
#define BCI_FORTRAN_ORDER_H

#include "base/seekable.h"
#include "bitcrush/tensor.h"

typedef struct bci_bands bci_bands;
typedef struct bci_turned bci_turned;

/* Some bands of rows that the arrays of one file share, however many arrays there are: 64 MiB, or
 * half of what the limit leaves of less, which is counted to *taken. It outlives its arrays.
 * BC_E_LIMIT, in a sentence about `name`. */
BC_NODISCARD bc_status bci_bands_new(const bc_reading *limits, uint64_t *taken, const char *name,
                                     bci_bands **out, bc_error *err);
void bci_bands_free(bci_bands *b);

/* An array of info's type and dimensions, at `offset` of the file, which has to outlive it. NULL:
 * out of memory. */
bci_turned *bci_turned_new(bci_bands *bands, const bci_seekable *in, uint64_t offset,
                           const bc_tensor_info *info);

/* Elements first .. first + n - 1 in C order, inside the array, as the bytes of the file. Bands are
 * kept, so that reading on costs one pass over the file for arrays of two dimensions. Thread-safe.
 * Statuses as bci_seekable_read, and BC_E_LIMIT. */
BC_NODISCARD bc_status bci_turned_read(const bci_turned *t, uint64_t first, size_t n, void *buf,
                                       bc_error *err);

/* Release; NULL is fine. */
void bci_turned_free(bci_turned *t);

#endif
