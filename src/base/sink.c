/* Knows how a file is written so that the target is either the old file or the whole new
 * one: a temporary file in the same directory, fsync, and then its place. */
#include "base/sink.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/scratch.h"
#include "base/spool.h"
#include "bitcrush/output.h"

struct bci_sink {
    char *name;          /* as given, for messages */
    char *target;        /* where it ends up, symbolic links resolved; NULL when written directly */
    bci_scratch scratch; /* what is written until then */
    int fd;              /* that of scratch, or of what is written directly; -1: none */
    struct stat old;     /* what is replaced, */
    bool has_old;        /* where something is */
    bool force;
    bool discard;      /* count only */
    bci_bytes *memory; /* where bytes go, or NULL */
    bci_spool *held;   /* the same, until all is good, or NULL */
    uint64_t size_bytes;
    size_t n_pending;
    uint8_t pending[1 << 16];
};

static bool is_direct(const struct stat *info)
{
    return !S_ISREG(info->st_mode) && !S_ISDIR(info->st_mode);
}

bc_status bci_sink_check(const char *path, bool force, bc_error *err)
{
    struct stat info;

    if (!path || strcmp(path, "-") == 0)
        return BC_OK;
    const bool is_found = stat(path, &info) == 0;

    /* A link that leads nowhere is a taken name too. */
    if (!is_found && lstat(path, &info) != 0)
        return errno == ENOENT
                   ? BC_OK
                   : bci_fail(err, BC_E_WRITE, "%s: cannot be created: %s", path, strerror(errno));
    if (is_found && is_direct(&info))
        return BC_OK;
    if (S_ISDIR(info.st_mode))
        return bci_fail(err, BC_E_WRITE, "%s: is a directory, expected a file to write", path);
    if (!force)
        return bci_fail(err, BC_E_EXISTS,
                        "%s: exists already, expected a new name or `force` to replace it", path);
    return BC_OK;
}

static bci_sink *new_sink(const char *name)
{
    bci_sink *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->fd = s->scratch.fd = -1;
    s->name = strdup(name);
    if (s->name)
        return s;
    free(s);
    return NULL;
}

static bc_status open_scratch(bci_sink *s, const char *path, const struct stat *old, bc_error *err)
{
    s->target = old ? realpath(path, NULL) : strdup(path);
    if (!s->target && errno != ENOMEM)
        return bci_fail(err, BC_E_WRITE, "%s: cannot be opened for writing: %s", path,
                        strerror(errno));
    if (!s->target)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    s->has_old = old != NULL;
    if (old)
        s->old = *old;
    const bc_status st = bci_scratch_open(s->target, s->name, old, &s->scratch, err);

    s->fd = s->scratch.fd;
    return st;
}

/* A named pipe waits for somebody who reads. */
static int open_direct(const char *path)
{
    int fd;

    do
        fd = open(path, O_WRONLY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static int flush_to_disk(int fd)
{
    int result;

    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result;
}

bc_status bci_sink_open(const char *path, bool force, bci_sink **out, bc_error *err)
{
    struct stat info;
    bc_status st = bci_sink_check(path, force, err);
    bci_sink *s = NULL;

    if (st)
        return st;
    const bool is_stdout = path && strcmp(path, "-") == 0;
    const bool exists = path && !is_stdout && stat(path, &info) == 0;
    const char *name = !path ? "no output" : is_stdout ? "standard output" : path;

    s = new_sink(name);
    if (!s) {
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", name);
        goto done;
    }
    s->force = force;
    s->discard = !path;
    if (s->discard)
        ;
    else if (is_stdout)
        s->fd = dup(STDOUT_FILENO);
    else if (exists && is_direct(&info))
        s->fd = open_direct(path);
    else
        st = open_scratch(s, path, exists ? &info : NULL, err);
    if (!st && !s->discard && s->fd < 0)
        st = bci_fail(err, BC_E_WRITE, "%s: cannot be opened for writing: %s", s->name,
                      strerror(errno));
    if (st)
        goto done;
    *out = s;
    s = NULL;
done:
    bci_sink_free(s);
    return st;
}

bc_status bci_sink_open_memory(bci_bytes *to, bci_sink **out, bc_error *err)
{
    bci_sink *s = new_sink("memory");

    if (!s)
        return bci_fail(err, BC_E_LIMIT, "out of memory for an output");
    s->memory = to;
    *out = s;
    return BC_OK;
}

bc_status bci_sink_hold(bci_sink *s, bc_error *err)
{
    enum { IN_MEMORY = 1 << 20 };
    const bool is_at_once = !s->target && !s->discard && !s->memory;

    return is_at_once ? bci_spool_new(IN_MEMORY, &s->held, err) : BC_OK;
}

static bc_status write_fully(bci_sink *s, const uint8_t *data, size_t n, bc_error *err)
{
    if (s->memory) {
        bci_bytes_put(s->memory, data, n);
        return s->memory->is_short ? bci_fail(err, BC_E_LIMIT, "out of memory for an output")
                                   : BC_OK;
    }
    if (s->held)
        return bci_spool_put(s->held, data, n, err);
    while (n > 0 && !s->discard) {
        const ssize_t put = write(s->fd, data, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return bci_fail(err, BC_E_WRITE, "%s: writing failed after %llu byte(s): %s", s->name,
                            (unsigned long long)(s->size_bytes - n), strerror(errno));
        data += put;
        n -= (size_t)put;
    }
    return BC_OK;
}

/* What was held goes on its way. */
static bc_status release(bci_sink *s, bc_error *err)
{
    const uint64_t size = s->size_bytes;
    bci_spool *held = s->held;
    bc_status st = BC_OK;

    s->held = NULL;
    for (s->size_bytes = 0; !st && s->size_bytes < size;) {
        const uint64_t left = size - s->size_bytes;
        const size_t n = left < sizeof s->pending ? (size_t)left : sizeof s->pending;

        st = bci_spool_get(held, s->pending, n, err);
        s->size_bytes += n;
        if (!st)
            st = write_fully(s, s->pending, n, err);
    }
    bci_spool_free(held);
    return st;
}

static bc_status flush_pending(bci_sink *s, bc_error *err)
{
    const size_t n = s->n_pending;

    s->n_pending = 0;
    return write_fully(s, s->pending, n, err);
}

bc_status bci_sink_write(bci_sink *s, const void *data, size_t n, bc_error *err)
{
    bc_status st = BC_OK;

    if (s->n_pending + n > sizeof s->pending)
        st = flush_pending(s, err);
    if (st)
        return st;
    s->size_bytes += n;
    if (n >= sizeof s->pending)
        return write_fully(s, data, n, err);
    memcpy(s->pending + s->n_pending, data, n);
    s->n_pending += n;
    return BC_OK;
}

bool bci_sink_can_rewrite(const bci_sink *s)
{
    return s->discard || s->target;
}

bc_status bci_sink_rewrite(bci_sink *s, uint64_t offset, const void *data, size_t n, bc_error *err)
{
    const uint8_t *from = data;
    const bc_status st = flush_pending(s, err);

    assert(bci_sink_can_rewrite(s) && offset + n <= s->size_bytes);
    if (st || s->discard)
        return st;
    while (n > 0) {
        const ssize_t put = pwrite(s->fd, from, n, (off_t)offset);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return bci_fail(err, BC_E_WRITE, "%s: writing failed at byte %llu: %s", s->name,
                            (unsigned long long)offset, strerror(errno));
        from += put;
        n -= (size_t)put;
        offset += (uint64_t)put;
    }
    return BC_OK;
}

uint64_t bci_sink_size(const bci_sink *s)
{
    return s->size_bytes;
}

/* The new name itself must reach the disk; file systems that cannot sync a directory are
 * no worse off than before. */
static void sync_directory(const char *target)
{
    const char *slash = strrchr(target, '/');
    char *dir = slash ? strndup(target, (size_t)(slash - target) + 1) : strdup(".");
    const int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY) : -1;

    if (fd >= 0) {
        (void)flush_to_disk(fd);
        close(fd);
    }
    free(dir);
}

bc_status bci_sink_commit(bci_sink *s, bc_error *err)
{
    bc_status st = flush_pending(s, err);

    if (!st && s->held)
        st = release(s, err);
    if (st || s->discard || s->memory)
        return st;
    if (!s->target) {
        const int fd = s->fd;

        s->fd = -1;
        /* After a signal Linux has closed it, and what is written is the kernel's. */
        return close(fd) == 0 || errno == EINTR
                   ? BC_OK
                   : bci_fail(err, BC_E_WRITE, "%s: cannot be closed: %s", s->name,
                              strerror(errno));
    }
    if (s->has_old)
        st = bci_scratch_take_after(&s->scratch, &s->old, err);
    if (!st && flush_to_disk(s->fd) != 0)
        st = bci_fail(err, BC_E_WRITE, "%s: cannot be flushed to disk: %s", s->name,
                      strerror(errno));
    if (!st)
        st = bci_scratch_place(&s->scratch, s->target, s->force, err);
    if (!st)
        sync_directory(s->target);
    return st;
}

void bci_sink_free(bci_sink *s)
{
    if (!s)
        return;
    if (s->target)
        bci_scratch_free(&s->scratch);
    else if (s->fd >= 0)
        close(s->fd);
    bci_spool_free(s->held);
    free(s->target);
    free(s->name);
    free(s);
}

bc_status bc_output_check(const char *path, bool force, bc_error *err)
{
    return bci_sink_check(path, force, err);
}

bc_status bc_output_write(const char *path, bool force, const void *data, size_t n, bc_error *err)
{
    bci_sink *s = NULL;
    bc_status st = bci_sink_open(path, force, &s, err);

    if (!st)
        st = bci_sink_write(s, data, n, err);
    if (!st)
        st = bci_sink_commit(s, err);
    bci_sink_free(s);
    return st;
}
