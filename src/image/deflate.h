/* Shared-internal: zlib streams: of a picture, made of pieces that are compressed independently,
 * in parallel, and joined; and small ones in one go. */
#ifndef BCI_DEFLATE_H
#define BCI_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "bitcrush/status.h"

typedef struct bci_deflater bci_deflater;

/* Receives the stream, in order. */
typedef bc_status (*bci_deflate_out)(void *context, const uint8_t *data, size_t n, bc_error *err);

/* A deflater of `effort` 1..12 (libdeflate's levels). The bytes depend on the data and the
 * effort only. */
BC_NODISCARD bc_status bci_deflater_new(int effort, bci_deflate_out out, void *context,
                                        bci_deflater **d, bc_error *err);

/* Append n bytes of data. Full pieces are compressed as OpenMP tasks of the current team. */
BC_NODISCARD bc_status bci_deflater_put(bci_deflater *d, const uint8_t *data, size_t n,
                                        bc_error *err);

/* Compress what is left and end the stream. */
BC_NODISCARD bc_status bci_deflater_finish(bci_deflater *d, bc_error *err);

/* The CRC of ISO 3309 that PNG uses, continued; 0 to begin with. data may be NULL if n is 0. */
uint32_t bci_crc32(uint32_t crc, const uint8_t *data, size_t n);

/* Compress n bytes as one zlib stream; the caller frees *out. */
BC_NODISCARD bc_status bci_zlib_pack(const uint8_t *data, size_t n, uint8_t **out, size_t *n_out,
                                     bc_error *err);

/* The opposite, up to `limit` bytes. BC_E_FORMAT for a damaged stream, BC_E_LIMIT for a longer
 * one or when memory is short. */
BC_NODISCARD bc_status bci_zlib_unpack(const uint8_t *data, size_t n, size_t limit, uint8_t **out,
                                       size_t *n_out, bc_error *err);

/* Release; NULL is fine. */
void bci_deflater_free(bci_deflater *d);

#endif
