/* Knows how an input file or pipe is opened, peeked at and read. */
#include "base/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"

enum { BUFFER_SIZE = 1 << 17 };

/* What was only looked at and cannot be wound back, standard input or a named pipe: who opens it
 * next takes it over. */
static bci_source *looked_at;
static char *looked_at_path;

static bci_source *take_looked_at(const char *path)
{
    bci_source *s = looked_at;

    if (!s || strcmp(path, looked_at_path) != 0)
        return NULL;
    looked_at = NULL;
    free(looked_at_path);
    looked_at_path = NULL;
    return s;
}

bc_status bci_source_open(const char *path, bci_source **out, bc_error *err)
{
    bci_source *seen = take_looked_at(path);

    if (seen) {
        *out = seen;
        return BC_OK;
    }
    const bool is_stdin = strcmp(path, "-") == 0;
    bci_source *s = calloc(1, sizeof *s);
    struct stat info;
    bc_status st = BC_OK;

    if (!s || !(s->name = strdup(is_stdin ? "standard input" : path))) {
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
        goto done;
    }
    s->file = is_stdin ? stdin : fopen(path, "rb");
    if (!s->file) {
        st =
            bci_fail(err, BC_E_OPEN, "%s: cannot be opened for reading: %s", path, strerror(errno));
        goto done;
    }
    (void)setvbuf(s->file, NULL, _IOFBF, BUFFER_SIZE); /* fewer system calls; or the default */
    s->size_bytes = UINT64_MAX;
    if (fstat(fileno(s->file), &info) == 0) {
        if (S_ISDIR(info.st_mode)) {
            st = bci_fail(err, BC_E_OPEN, "%s: is a directory, expected a file", path);
            goto done;
        }
        if (S_ISREG(info.st_mode))
            s->size_bytes = (uint64_t)info.st_size;
    }
    s->n_peeked = fread(s->peeked, 1, sizeof s->peeked, s->file);
    if (ferror(s->file)) {
        st = bci_fail(err, BC_E_OPEN, "%s: cannot be read: %s", s->name, strerror(errno));
        goto done;
    }
    if (s->n_peeked == 0) {
        st = bci_fail(err, BC_E_FORMAT, "%s: is empty, expected at least a file header", s->name);
        goto done;
    }
    *out = s;
    s = NULL;
done:
    bci_source_free(s);
    return st;
}

size_t bci_source_read(bci_source *s, void *buf, size_t n)
{
    const size_t left = s->n_peeked - s->peek_pos;
    const size_t from_peek = n < left ? n : left;
    size_t got = from_peek;

    memcpy(buf, s->peeked + s->peek_pos, from_peek);
    s->peek_pos += from_peek;
    if (n > from_peek)
        got += fread((uint8_t *)buf + from_peek, 1, n - from_peek, s->file);
    s->offset += got;
    return got;
}

bool bci_source_failed(const bci_source *s)
{
    return ferror(s->file) != 0;
}

void bci_source_free(bci_source *s)
{
    if (!s)
        return;
    if (s->file && s->file != stdin)
        fclose(s->file);
    free(s->name);
    free(s);
}

bc_status bc_input_head(const char *path, uint8_t head[BC_HEAD_SIZE], size_t *n, bc_error *err)
{
    bci_source *s;
    const bc_status st = bci_source_open(path, &s, err);

    if (st)
        return st;
    memcpy(head, s->peeked, s->n_peeked);
    *n = s->n_peeked;
    if (s->size_bytes != UINT64_MAX && s->file != stdin) {
        bci_source_free(s);
        return BC_OK;
    }
    bci_source_free(looked_at);
    free(looked_at_path);
    looked_at = s;
    looked_at_path = strdup(path);
    if (!looked_at_path) {
        looked_at = NULL;
        bci_source_free(s);
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    }
    return BC_OK;
}
