/* Knows how a header of unknown length is read in bounded pieces, where no length in it is
 * believed before the file has been seen to be so long. */
#include "tensor/head_reader.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/limits.h"
#include "bitcrush/tensor.h"

bool bci_head_has(bci_head_reader *r, uint64_t n, uint64_t size, const char *what)
{
    if (r->status)
        return false;
    const uint64_t left = r->in->size_bytes - r->at;

    if (n > left / size) {
        r->status =
            bci_fail(r->err, BC_E_FORMAT,
                     "%s: ends at byte %llu, but %s at byte %llu is %llu x %llu bytes long",
                     r->in->name, (unsigned long long)r->in->size_bytes, what,
                     (unsigned long long)r->at, (unsigned long long)n, (unsigned long long)size);
        return false;
    }
    if (!r->has_data && r->at + n * size > BC_TENSOR_MAX_HEADER) {
        r->status = bci_fail(r->err, BC_E_LIMIT,
                             "%s: header goes past byte %llu in %s, expected at most %u byte(s)",
                             r->in->name, (unsigned long long)r->at, what, BC_TENSOR_MAX_HEADER);
        return false;
    }
    return true;
}

/* Bring the next bytes to hand; there are some. */
static void refill(bci_head_reader *r)
{
    const uint64_t left = r->in->size_bytes - r->at;
    const size_t n = left < sizeof r->window ? (size_t)left : sizeof r->window;

    r->status = bci_check_stop(r->reading, r->err);
    if (!r->status)
        r->status = bci_seekable_read(r->in, r->at, r->window, n, r->err);
    r->window_at = r->at;
    r->n_window = n;
}

void bci_head_take(bci_head_reader *r, void *to, size_t n, const char *what)
{
    uint8_t *out = to;

    if (out)
        memset(out, 0, n);
    if (!bci_head_has(r, n, 1, what))
        return;
    while (n > 0) {
        if (r->at - r->window_at >= r->n_window)
            refill(r);
        if (r->status)
            return;
        const size_t from = (size_t)(r->at - r->window_at), left = r->n_window - from;
        const size_t now = n < left ? n : left;

        if (out) {
            memcpy(out, r->window + from, now);
            out += now;
        }
        r->at += now;
        n -= now;
    }
}

uint64_t bci_head_number(bci_head_reader *r, int n, const char *what)
{
    uint8_t bytes[8];
    uint64_t v = 0;

    bci_head_take(r, bytes, (size_t)n, what);
    for (int i = 0; i < n; i++)
        v |= (uint64_t)bytes[i] << (8 * i);
    return v;
}

static bool take_memory(bci_head_reader *r, uint64_t n)
{
    char subject[256];

    if (!r->memory)
        return true;
    snprintf(subject, sizeof subject, "%.200s: the head", r->in->name);
    r->status = bci_take_memory(r->reading, r->memory, n, 1, subject, r->err);
    return !r->status;
}

void bci_head_append(bci_head_reader *r, uint64_t n, bci_bytes *to, const char *what)
{
    uint8_t piece[4096];

    if (!bci_head_has(r, n, 1, what) || !take_memory(r, n))
        return;
    while (n > 0 && !r->status) {
        const size_t now = n < sizeof piece ? (size_t)n : sizeof piece;

        bci_head_take(r, piece, now, what);
        bci_bytes_put(to, piece, now);
        n -= now;
    }
    if (to->is_short && !r->status)
        r->status = bci_fail(r->err, BC_E_LIMIT, "%s: out of memory", r->in->name);
}
