/* Shared-internal: members of archives that are compressed by deflate (RFC 1951). */
#ifndef BCI_INFLATE_H
#define BCI_INFLATE_H

#include "base/seekable.h"
#include "bitcrush/reading.h"

/* Receives what was unpacked, in order. */
typedef bc_status (*bci_inflate_out)(void *context, const uint8_t *data, size_t n, bc_error *err);

/* Unpack n bytes of a file from `offset` on, which are one stream and nothing else. `subject`
 * begins sentences. BC_E_FORMAT for damage, BC_E_UNSUPPORTED where this was built without zlib. */
BC_NODISCARD bc_status bci_inflate(const bci_seekable *in, uint64_t offset, uint64_t n,
                                   const char *subject, const bc_reading *reading,
                                   bci_inflate_out out, void *context, bc_error *err);

#endif
