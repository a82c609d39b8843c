/* Knows what a build without zlib answers: that nothing is unpacked. */
#include "base/fail.h"
#include "tensor/inflate.h"

bc_status bci_inflate(const bci_seekable *in, uint64_t offset, uint64_t n, const char *subject,
                      const bc_reading *reading, bci_inflate_out out, void *context, bc_error *err)
{
    (void)in, (void)offset, (void)n, (void)reading, (void)out, (void)context;
    return bci_fail(err, BC_E_UNSUPPORTED,
                    "%s is compressed, which this build does not read, expected one with zlib, or "
                    "numpy.savez without compression",
                    subject);
}
