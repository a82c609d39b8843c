/* Knows how a file is read at any place, by several threads. */
#include "base/seekable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

#include "base/fail.h"
#include "base/scratch.h"

_Static_assert(sizeof(off_t) >= 8, "files of more than 2 GiB: build with _FILE_OFFSET_BITS=64");

static bc_status look(bci_seekable *s, bc_error *err)
{
    struct stat info;

    if (fstat(s->fd, &info) != 0)
        return bci_fail(err, BC_E_OPEN, "%s: cannot be read: %s", s->name, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return bci_fail(err, BC_E_OPEN, "%s: is a directory, expected a file", s->name);
    if (!S_ISREG(info.st_mode))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: is a pipe or a device, expected a file that can be read at any place",
                        s->name);
    if (info.st_size == 0)
        return bci_fail(err, BC_E_FORMAT, "%s: is empty, expected at least a file header", s->name);
    s->size_bytes = (uint64_t)info.st_size;
    return BC_OK;
}

bc_status bci_seekable_open(const char *path, bci_seekable **out, bc_error *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    bci_seekable *s = calloc(1, sizeof *s);
    bc_status st = BC_OK;

    if (s)
        s->fd = -1;
    if (!s || !(s->name = strdup(is_stdin ? "standard input" : path))) {
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
        goto done;
    }
    /* Without O_NONBLOCK a named pipe would wait here for somebody to write. */
    s->fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (s->fd < 0) {
        st =
            bci_fail(err, BC_E_OPEN, "%s: cannot be opened for reading: %s", path, strerror(errno));
        goto done;
    }
    st = look(s, err);
    if (st)
        goto done;
    *out = s;
    s = NULL;
done:
    bci_seekable_free(s);
    return st;
}

bc_status bci_seekable_read(const bci_seekable *s, uint64_t offset, void *buf, size_t n,
                            bc_error *err)
{
    uint8_t *to = buf;

    if (offset > s->size_bytes || n > s->size_bytes - offset)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: ends at byte %llu, expected %zu byte(s) from byte %llu on", s->name,
                        (unsigned long long)s->size_bytes, n, (unsigned long long)offset);
    while (n > 0) {
        const ssize_t got = pread(s->fd, to, n, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return bci_fail(err, BC_E_OPEN, "%s: cannot be read at byte %llu: %s", s->name,
                            (unsigned long long)offset, strerror(errno));
        if (got == 0) /* it was cut after it had been opened */
            return bci_fail(err, BC_E_FORMAT, "%s: ends at byte %llu, expected %llu byte(s)",
                            s->name, (unsigned long long)offset, (unsigned long long)s->size_bytes);
        to += got;
        n -= (size_t)got;
        offset += (uint64_t)got;
    }
    return BC_OK;
}

bc_status bci_seekable_temporary(const char *name, bci_seekable **out, bc_error *err)
{
    bci_seekable *s = calloc(1, sizeof *s);
    bc_status st = BC_OK;

    if (s)
        s->fd = -1;
    if (!s || !(s->name = strdup(name)))
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", name);
    else if ((s->fd = bci_nameless_file()) < 0)
        st = bci_fail(err, BC_E_WRITE, "%s: no temporary file can be made: %s", name,
                      strerror(errno));
    if (st)
        bci_seekable_free(s);
    else
        *out = s;
    return st;
}

bool bci_seekable_is_in_memory(const bci_seekable *s)
{
#ifdef __linux__
    struct statfs f;

    return fstatfs(s->fd, &f) == 0 && (f.f_type == TMPFS_MAGIC || f.f_type == RAMFS_MAGIC);
#else
    (void)s;
    return false;
#endif
}

bc_status bci_seekable_append(bci_seekable *s, const void *data, size_t n, bc_error *err)
{
    const uint8_t *from = data;

    while (n > 0) {
        const ssize_t put = pwrite(s->fd, from, n, (off_t)s->size_bytes);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return bci_fail(err, BC_E_WRITE, "%s: its temporary file cannot be written: %s",
                            s->name, strerror(put < 0 ? errno : ENOSPC));
        from += put;
        n -= (size_t)put;
        s->size_bytes += (uint64_t)put;
    }
    return BC_OK;
}

void bci_seekable_free(bci_seekable *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    free(s->name);
    free(s);
}
