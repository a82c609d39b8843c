/* Knows how an input file or pipe is opened, peeked at and read. */
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/limits.h"
#include "base/stop_flag.h"

enum { AHEAD_SIZE = 1 << 17 };

/* A signal broke a call off: once more, unless it asked to stop. In a pipe the wait could be for
 * ever. */
static bool is_to_be_repeated(const bci_source *s)
{
    return errno == EINTR && !bci_flag_is_set(s->stop);
}

/* One read; 0 at the end and after an error, which is kept. */
static size_t read_some(bci_source *s, void *buf, size_t n)
{
    ssize_t got;

    do
        got = read(s->fd, buf, n);
    while (got < 0 && is_to_be_repeated(s));
    if (got < 0)
        s->system_error = errno;
    return got > 0 ? (size_t)got : 0;
}

/* What was read ahead, then the rest: large pieces straight to their place. */
static size_t take(bci_source *s, uint8_t *buf, size_t n)
{
    size_t got = 0;

    while (got < n && !s->system_error) {
        const size_t left = s->n_ahead - s->ahead_pos;
        const size_t m = n - got < left ? n - got : left;

        if (m > 0) {
            memcpy(buf + got, s->ahead + s->ahead_pos, m);
            s->ahead_pos += m;
            got += m;
            continue;
        }
        if (n - got >= AHEAD_SIZE) {
            const size_t more = read_some(s, buf + got, n - got);

            if (more == 0)
                break;
            got += more;
            continue;
        }
        s->ahead_pos = 0;
        s->n_ahead = read_some(s, s->ahead, AHEAD_SIZE);
        if (s->n_ahead == 0)
            break;
    }
    return got;
}

/* Learn what has been opened. */
static bc_status look(bci_source *s, bc_error *err)
{
    struct stat info;

    s->size_bytes = UINT64_MAX;
    if (fstat(s->fd, &info) != 0)
        return BC_OK; /* read as a pipe then */
    if (S_ISDIR(info.st_mode))
        return bci_fail(err, BC_E_OPEN, "%s: is a directory, expected a file", s->name);
    if (S_ISREG(info.st_mode)) {
        const off_t at = lseek(s->fd, 0, SEEK_CUR);

        s->size_bytes = (uint64_t)info.st_size;
        s->start = at > 0 ? (uint64_t)at : 0;
    }
    return BC_OK;
}

/* Looked at, and not yet taken over by somebody who reads it. */
struct bc_input {
    bci_source *source; /* NULL once it is taken over */
    char *path;
};

/* A named pipe waits for somebody who writes. */
static int open_input(const bci_source *s, const char *path)
{
    int fd;

    do
        fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd < 0 && is_to_be_repeated(s));
    return fd;
}

bc_status bci_source_open(const char *path, const bc_reading *reading, bci_source **out,
                          bc_error *err)
{
    bc_input *looked_at = reading ? reading->input : NULL;

    if (looked_at && looked_at->source && strcmp(path, looked_at->path) == 0) {
        *out = looked_at->source;
        (*out)->stop = reading->stop;
        looked_at->source = NULL;
        return BC_OK;
    }
    const bool is_stdin = strcmp(path, "-") == 0;
    bci_source *s = calloc(1, sizeof *s);
    bc_status st = BC_OK;

    if (s)
        s->fd = -1;
    if (!s || !(s->name = strdup(is_stdin ? "standard input" : path)) ||
        !(s->ahead = malloc(AHEAD_SIZE))) {
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
        goto done;
    }
    s->stop = reading ? reading->stop : NULL;
    s->fd = is_stdin ? STDIN_FILENO : open_input(s, path);
    if (s->fd < 0) {
        st = bci_check_stop(reading, err);
        if (!st)
            st = bci_fail(err, BC_E_OPEN, "%s: cannot be opened for reading: %s", path,
                          strerror(errno));
        goto done;
    }
    st = look(s, err);
    if (st)
        goto done;
    s->n_peeked = take(s, s->peeked, sizeof s->peeked);
    st = bci_source_status(s, err);
    if (st)
        goto done;
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
        got += take(s, (uint8_t *)buf + from_peek, n - from_peek);
    s->offset += got;
    return got;
}

static size_t n_at_hand(const bci_source *s)
{
    return s->n_peeked - s->peek_pos + s->n_ahead - s->ahead_pos;
}

size_t bci_source_read_some(bci_source *s, void *buf, size_t n)
{
    if (n_at_hand(s) == 0 && !s->system_error) {
        s->ahead_pos = 0;
        s->n_ahead = read_some(s, s->ahead, AHEAD_SIZE);
    }
    return bci_source_read(s, buf, n < n_at_hand(s) ? n : n_at_hand(s));
}

bool bci_source_is_ready(const bci_source *s, int ms)
{
    struct pollfd waited = { .fd = s->fd, .events = POLLIN };

    return n_at_hand(s) > 0 || poll(&waited, 1, ms) > 0;
}

size_t bci_source_read_at(bci_source *s, uint64_t at, void *buf, size_t n)
{
    size_t got = 0;

    while (got < n) {
        const ssize_t more =
            pread(s->fd, (uint8_t *)buf + got, n - got, (off_t)(s->start + at + got));

        if (more < 0 && is_to_be_repeated(s))
            continue;
        if (more < 0)
            s->system_error = errno;
        if (more <= 0)
            break;
        got += (size_t)more;
    }
    return got;
}

bc_status bci_source_status(const bci_source *s, bc_error *err)
{
    if (!s->system_error)
        return BC_OK;
    if (s->system_error == EINTR) {
        const bc_status st = bci_check_stop(&(bc_reading){ .stop = s->stop }, err);

        if (st)
            return st;
    }
    return bci_fail(err, BC_E_OPEN, "%s: cannot be read after %llu byte(s): %s", s->name,
                    (unsigned long long)s->offset, strerror(s->system_error));
}

void bci_source_free(bci_source *s)
{
    if (!s)
        return;
    if (s->fd > STDIN_FILENO)
        close(s->fd);
    free(s->ahead);
    free(s->name);
    free(s);
}

bc_status bc_input_open(const char *path, bc_input **out, bc_error *err)
{
    bc_input *in = calloc(1, sizeof *in);
    bc_status st = BC_OK;

    if (in)
        in->path = strdup(path);
    if (!in || !in->path)
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", path);
    else
        st = bci_source_open(path, NULL, &in->source, err);
    if (st)
        bc_input_free(in);
    else
        *out = in;
    return st;
}

const uint8_t *bc_input_head(const bc_input *in, size_t *n)
{
    *n = in->source ? in->source->n_peeked : 0;
    return in->source ? in->source->peeked : NULL;
}

void bc_input_free(bc_input *in)
{
    if (!in)
        return;
    bci_source_free(in->source);
    free(in->path);
    free(in);
}
