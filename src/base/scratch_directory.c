/* Knows the directory in TMPDIR of a run, and whose run is over.
 *
 * As long as a run lives it holds a lock on its directory, which the kernel gives back when the
 * process ends, however it ends. A directory of ours without a lock is left. One that was made just
 * now has no lock for a moment, in which another run may remove it: its maker finds that it is
 * gone, and makes another. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/scratch.h"
#include "bitcrush/output.h"

#define NAME "bitcrush-scratch-"

enum { RANDOM = 6, TRIES = 100 };

struct bc_scratch_directory {
    char path[4096];
    int lock;
    DIR *files;
};

/* Lock a directory of this user that is still there under its name; -1 where it is not, or somebody
 * has the lock. Where there are no locks, `is_ours` goes without: nobody else has them there. */
static int lock(const char *path, bool is_ours)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat ours, there;

    if (fd < 0)
        return -1;

    const bool may = flock(fd, LOCK_EX | LOCK_NB) == 0 || (is_ours && errno != EWOULDBLOCK);

    if (may && fstat(fd, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
        ours.st_ino == there.st_ino && ours.st_uid == geteuid())
        return fd;
    close(fd);
    return -1;
}

/* With the files in it, in case the run broke off; nobody else writes there. Closes `files`, which
 * is open already: there may be no memory for it now. */
static void remove_files(DIR *files, const char *path)
{
    char name[4096 + 512];

    rewinddir(files);
    for (const struct dirent *e; (e = readdir(files));) {
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        unlink(name);
    }
    closedir(files);
    rmdir(path);
}

static void remove_left(const char *base)
{
    DIR *dir = opendir(base);
    char path[4096];

    for (const struct dirent *e; dir && (e = readdir(dir));) {
        if (strncmp(e->d_name, NAME, sizeof NAME - 1) != 0 ||
            strlen(e->d_name) != sizeof NAME - 1 + RANDOM)
            continue;
        snprintf(path, sizeof path, "%s/%s", base, e->d_name);
        const int fd = lock(path, false);
        DIR *files = fd >= 0 ? opendir(path) : NULL;

        if (files)
            remove_files(files, path);
        if (fd >= 0)
            close(fd);
    }
    if (dir)
        closedir(dir);
}

/* Make and lock it; d->files is NULL, and errno says why, where that fails. */
static void make(bc_scratch_directory *d, const char *base)
{
    d->lock = -1;
    for (int i = 0; d->lock < 0 && i < TRIES; i++) {
        snprintf(d->path, sizeof d->path, "%s/" NAME "XXXXXX", base);
        if (!mkdtemp(d->path))
            break;
        d->lock = lock(d->path, true);
        if (d->lock < 0) {
            const int why = errno;

            rmdir(d->path); /* where nobody else did */
            errno = why;
        }
    }
    d->files = d->lock >= 0 ? opendir(d->path) : NULL;
}

bc_status bc_scratch_directory_new(bc_scratch_directory **out, bc_error *err)
{
    const char *base = bci_temporary_directory();
    bc_scratch_directory *d = malloc(sizeof *d);

    if (!d)
        return bci_fail(err, BC_E_LIMIT, "%.200s: out of memory for a directory in it", base);
    remove_left(base);
    make(d, base);
    if (d->files) {
        *out = d;
        return BC_OK;
    }
    const bc_status st =
        bci_fail(err, errno == ENOMEM ? BC_E_LIMIT : BC_E_WRITE,
                 "%.200s: no directory can be made in it: %s", base, strerror(errno));

    if (d->lock >= 0) {
        close(d->lock);
        rmdir(d->path);
    }
    free(d);
    return st;
}

const char *bc_scratch_directory_path(const bc_scratch_directory *d)
{
    return d->path;
}

void bc_scratch_directory_free(bc_scratch_directory *d)
{
    if (!d)
        return;
    remove_files(d->files, d->path);
    close(d->lock);
    free(d);
}
