/* Knows how data waits outside of memory: a file without a name in TMPDIR. */
#include "base/spool.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/seekable.h"

struct bci_spool {
    uint8_t *memory;
    size_t cap, n_memory, n_read;
    bci_seekable *file;
    uint64_t file_at; /* read so far */
};

bc_status bci_spool_new(size_t memory_cap, bci_spool **out, bc_error *err)
{
    bci_spool *s = calloc(1, sizeof *s);

    if (s)
        s->memory = malloc(memory_cap);
    if (!s || !s->memory) {
        bci_spool_free(s);
        return bci_fail(err, BC_E_LIMIT, "temporary data: out of memory for %zu byte(s)",
                        memory_cap);
    }
    s->cap = memory_cap;
    *out = s;
    return BC_OK;
}

bc_status bci_spool_put(bci_spool *s, const void *data, size_t n, bc_error *err)
{
    const size_t room = s->file ? 0 : s->cap - s->n_memory;
    const size_t m = n < room ? n : room;

    memcpy(s->memory + s->n_memory, data, m);
    s->n_memory += m;
    if (m == n)
        return BC_OK;
    const bc_status st = s->file ? BC_OK : bci_seekable_temporary("temporary data", &s->file, err);

    return st ? st : bci_seekable_append(s->file, (const uint8_t *)data + m, n - m, err);
}

bc_status bci_spool_get(bci_spool *s, void *data, size_t n, bc_error *err)
{
    const size_t left = s->n_memory - s->n_read;
    const size_t m = n < left ? n : left;

    memcpy(data, s->memory + s->n_read, m);
    s->n_read += m;
    if (m == n)
        return BC_OK;
    if (!s->file)
        return bci_fail(err, BC_E_OPEN, "temporary data: cannot be read back");

    const bc_status st = bci_seekable_read(s->file, s->file_at, (uint8_t *)data + m, n - m, err);

    s->file_at += n - m;
    return st;
}

void bci_spool_free(bci_spool *s)
{
    if (!s)
        return;
    bci_seekable_free(s->file);
    free(s->memory);
    free(s);
}
