/* Knows zlib, as far as weights need it: a stream is unpacked piece by piece. */
#include "tensor/inflate.h"

#include <stdlib.h>

#include <zlib.h>

#include "base/fail.h"
#include "base/limits.h"

enum { PIECE = 1 << 16 };

typedef struct {
    uint8_t packed[PIECE], unpacked[PIECE];
} pieces;

/* Put bytes of the file before zlib. */
static bc_status refill(z_stream *z, pieces *p, const bci_seekable *in, uint64_t *at, uint64_t end,
                        bc_error *err)
{
    const size_t n = end - *at < PIECE ? (size_t)(end - *at) : PIECE;
    const bc_status st = bci_seekable_read(in, *at, p->packed, n, err);

    z->next_in = p->packed;
    z->avail_in = st ? 0 : (uInt)n;
    *at += n;
    return st;
}

/* Unpack all of it; *result is what zlib said last. */
static bc_status run(z_stream *z, pieces *p, const bci_seekable *in, uint64_t *at, uint64_t end,
                     const bc_reading *reading, bci_inflate_out out, void *context, int *result,
                     bc_error *err)
{
    bc_status st = BC_OK;

    for (*result = Z_OK; !st && *result == Z_OK;) {
        if (z->avail_in == 0 && *at < end) {
            st = bci_check_stop(reading, err);
            if (!st)
                st = refill(z, p, in, at, end, err);
        }
        if (st)
            return st;
        z->next_out = p->unpacked;
        z->avail_out = PIECE;
        *result = inflate(z, Z_NO_FLUSH);
        if (*result == Z_OK || *result == Z_STREAM_END)
            st = out(context, p->unpacked, PIECE - z->avail_out, err);
    }
    return st;
}

static const char *fault_of(int result)
{
    switch (result) {
    case Z_STREAM_END: return "the stream ends here, expected it to fill the member";
    case Z_BUF_ERROR: return "the stream goes on, expected its end";
    case Z_MEM_ERROR: return "out of memory";
    default: return "damaged, expected a stream of deflate";
    }
}

bc_status bci_inflate(const bci_seekable *in, uint64_t offset, uint64_t n, const char *subject,
                      const bc_reading *reading, bci_inflate_out out, void *context, bc_error *err)
{
    const uint64_t end = offset + n;
    pieces *p = malloc(sizeof *p);
    z_stream z = { .avail_in = 0 };
    int result = Z_MEM_ERROR;

    if (!p || inflateInit2(&z, -MAX_WBITS) != Z_OK) { /* without a head of zlib's */
        free(p);
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", subject);
    }
    bc_status st = run(&z, p, in, &offset, end, reading, out, context, &result, err);

    if (!st && (result != Z_STREAM_END || z.avail_in > 0 || offset < end))
        st = bci_fail(err, result == Z_MEM_ERROR ? BC_E_LIMIT : BC_E_FORMAT,
                      "%s cannot be unpacked at byte %llu: %s", subject,
                      (unsigned long long)(offset - z.avail_in), fault_of(result));
    (void)inflateEnd(&z);
    free(p);
    return st;
}
