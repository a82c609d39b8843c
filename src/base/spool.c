/* Knows how data waits outside of memory: a file without a name in TMPDIR. */
#include "base/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/scratch.h"

struct bci_spool {
    uint8_t *memory;
    size_t cap, n_memory, n_read;
    FILE *file;
    int reading;
};

bc_status bci_spool_new(size_t memory_cap, bci_spool **out, bc_error *err)
{
    bci_spool *s = calloc(1, sizeof *s);

    if (s)
        s->memory = malloc(memory_cap);
    if (!s || !s->memory) {
        bci_spool_free(s);
        return bci_fail(err, BC_E_LIMIT, "temporary data: out of memory for %zu bytes", memory_cap);
    }
    s->cap = memory_cap;
    *out = s;
    return BC_OK;
}

static FILE *nameless_file(void)
{
    const int fd = bci_nameless_file();
    FILE *file = fd >= 0 ? fdopen(fd, "w+b") : NULL;

    if (fd >= 0 && !file)
        close(fd);
    return file;
}

bc_status bci_spool_put(bci_spool *s, const void *data, size_t n, bc_error *err)
{
    const size_t room = s->file ? 0 : s->cap - s->n_memory;
    const size_t m = n < room ? n : room;

    memcpy(s->memory + s->n_memory, data, m);
    s->n_memory += m;
    if (m == n)
        return BC_OK;
    if (!s->file && !(s->file = nameless_file()))
        return bci_fail(err, BC_E_WRITE, "temporary data: no file can be made: %s",
                        strerror(errno));
    if (fwrite((const uint8_t *)data + m, 1, n - m, s->file) != n - m)
        return bci_fail(err, BC_E_WRITE, "temporary data: cannot be written: %s", strerror(errno));
    return BC_OK;
}

bc_status bci_spool_get(bci_spool *s, void *data, size_t n, bc_error *err)
{
    if (!s->reading && s->file && (fflush(s->file) != 0 || fseek(s->file, 0, SEEK_SET) != 0))
        return bci_fail(err, BC_E_WRITE, "temporary data: cannot be written: %s", strerror(errno));
    s->reading = 1;
    const size_t left = s->n_memory - s->n_read;
    const size_t m = n < left ? n : left;

    memcpy(data, s->memory + s->n_read, m);
    s->n_read += m;
    if (m < n && (!s->file || fread((uint8_t *)data + m, 1, n - m, s->file) != n - m))
        return bci_fail(err, BC_E_OPEN, "temporary data: cannot be read back");
    return BC_OK;
}

void bci_spool_free(bci_spool *s)
{
    if (!s)
        return;
    if (s->file)
        fclose(s->file);
    free(s->memory);
    free(s);
}
