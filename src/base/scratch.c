/* Knows temporary files: without a name where the file system can, else under a name that tells
 * whose they are, so that what a killed run left is known and removed by the next.
 *
 * A temporary name is ".TARGET.bitcrush-N". Whoever has it holds a lock (flock) on the file, which
 * the kernel gives back when the process ends, however it ends: a file of such a name without a
 * lock has no owner any longer. The races of several runs:
 * - A file without a name is locked before it is given one, so it is never seen unlocked.
 * - One that is made under its name is seen unlocked for a moment, in which another run may take
 *   it for a left one. That run holds the lock while it removes the name; so the maker, who does
 *   not get the lock or finds that the name is no longer its file's, tries again.
 * - A name that is removed is looked at once more under the lock: it is removed only if it is
 *   still the file that is locked, and not one that was put there meanwhile.
 * - A file that has gone to its target gives up its lock after its temporary name.
 * Where locks do not work, on some network file systems, nothing is taken for left. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fail.h"
#include "bitcrush/output.h"

#define MARK ".bitcrush-"

enum {
    LONGEST_STEM =
        200,         /* bytes of the target's name that are kept; 255 is what file systems take */
    MAX_NAMES = 100, /* of runs that replace one target at the same moment */
    MAX_SEEN = 10000 /* entries of a directory that are looked at for left files */
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The directory of a path, with its slash; the caller frees it. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("./");
}

/* Room for every temporary name of `target`. */
static char *name_room(const char *target)
{
    return malloc(strlen(target) + sizeof "." MARK "99");
}

/* The temporary name of number `n`. A name that is too long is cut between characters. */
static void put_name(char *to, const char *target, int n)
{
    const char *slash = strrchr(target, '/');
    const size_t dir_len = slash ? (size_t)(slash - target) + 1 : 0;
    const char *stem = target + dir_len;
    size_t length = strlen(stem);

    for (length = length < LONGEST_STEM ? length : LONGEST_STEM;
         length > 0 && (stem[length] & 0xC0) == 0x80;)
        length--;
    snprintf(to, strlen(target) + sizeof "." MARK "99", "%.*s.%.*s" MARK "%d", (int)dir_len, target,
             (int)length, stem, n);
}

/* True of ".TARGET.bitcrush-N". */
static bool is_temporary(const char *name)
{
    const char *mark = name[0] == '.' ? strrchr(name + 1, '.') : NULL;

    if (!mark || strncmp(mark, MARK, sizeof MARK - 1) != 0)
        return false;
    const char *digits = mark + sizeof MARK - 1;
    const size_t n = strspn(digits, "0123456789");

    return (n == 1 || n == 2) && !digits[n];
}

/* Remove a temporary file that nobody has; false where somebody has it, or may have. Some network
 * file systems lock only what is open to write. */
static bool remove_left(const char *name)
{
    enum { HOW = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };
    struct stat locked, there;
    bool is_gone = false;

    if (lstat(name, &there) != 0 || !S_ISREG(there.st_mode))
        return false;
    int fd = open(name, O_RDWR | HOW);

    if (fd < 0)
        fd = open(name, O_RDONLY | HOW);
    if (fd < 0)
        return false;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &locked) == 0 && lstat(name, &there) == 0 &&
        is_same_file(&locked, &there))
        is_gone = unlink(name) == 0;
    close(fd);
    return is_gone;
}

/* Remove what was left in a directory. In a huge one not all is looked at: thousands of outputs
 * into it would wait for that. */
static void sweep(const char *directory)
{
    DIR *dir = opendir(directory);
    const struct dirent *e;

    for (int i = 0; dir && i < MAX_SEEN && (e = readdir(dir)); i++) {
        char *name =
            is_temporary(e->d_name) ? malloc(strlen(directory) + strlen(e->d_name) + 1) : NULL;

        if (name) {
            snprintf(name, strlen(directory) + strlen(e->d_name) + 1, "%s%s", directory, e->d_name);
            (void)remove_left(name);
        }
        free(name);
    }
    if (dir)
        closedir(dir);
}

/* Where the kernel shows an open file, from which it can be linked. */
static void put_link_source(char to[32], int fd)
{
    snprintf(to, 32, "/proc/self/fd/%d", fd);
}

/* A file without a name that can have one later, or -1. */
static int open_nameless(const char *directory, mode_t mode)
{
#ifdef O_TMPFILE
    const int fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    struct stat made, shown;
    char source[32];

    if (fd < 0)
        return -1;
    put_link_source(source, fd);
    if (fstat(fd, &made) == 0 && stat(source, &shown) == 0 && is_same_file(&made, &shown)) {
        (void)flock(fd, LOCK_EX | LOCK_NB);
        return fd;
    }
    close(fd); /* without /proc it could never be linked */
#else
    (void)directory;
    (void)mode;
#endif
    return -1;
}

/* Make a file under a temporary name, locked; -1 with errno. */
static int open_named(const char *target, mode_t mode, char *name)
{
    for (int n = 0; n < MAX_NAMES;) {
        struct stat made, there;

        put_name(name, target, n);
        const int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);

        if (fd < 0 && errno != EEXIST)
            return -1;
        if (fd < 0) {
            n += !remove_left(name);
            continue;
        }
        const bool is_ours = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;

        if (is_ours && fstat(fd, &made) == 0 && lstat(name, &there) == 0 &&
            is_same_file(&made, &there))
            return fd;
        close(fd);
        n++;
    }
    errno = EEXIST;
    return -1;
}

/* ---- what a process that ends at once leaves */

/* Names that a handler of signals can take away: in place, since nothing may be freed under it. */
static struct {
    atomic_int state;
    char name[4096];
} slots[8];

enum { FREE, TAKEN, NAMED };

/* Names beyond those that there are slots for stay unknown to the handler. */
static void enter_name(bci_scratch *s)
{
    const char *name = s->name;

    s->slot = -1;
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        int expected = FREE;

        if (strlen(name) >= sizeof slots[i].name ||
            !atomic_compare_exchange_strong(&slots[i].state, &expected, TAKEN))
            continue;
        memcpy(slots[i].name, name, strlen(name) + 1);
        atomic_store(&slots[i].state, NAMED);
        s->slot = (int)i;
        return;
    }
}

/* Only its own slot is looked at: another thread may be writing to the others. */
static void leave_name(bci_scratch *s)
{
    if (s->slot >= 0)
        atomic_store(&slots[s->slot].state, FREE);
    s->slot = -1;
}

void bc_output_abandon(void)
{
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (atomic_load(&slots[i].state) == NAMED)
            (void)unlink(slots[i].name);
}

bc_status bci_scratch_open(const char *target, const char *told, const struct stat *old,
                           bci_scratch *s, bc_error *err)
{
    /* What is replaced may have been closed to others; until its permissions are known, so is
     * this. */
    const mode_t mode = old ? 0600 : 0666;
    char *directory = directory_of(target), *name = NULL;
    bc_status st = BC_OK;

    *s = (bci_scratch){ .fd = -1, .told = told, .slot = -1 };
    if (!directory)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", told);
    sweep(directory);
    s->fd = open_nameless(directory, mode);
    if (s->fd < 0) {
        name = name_room(target);
        if (!name)
            st = bci_fail(err, BC_E_LIMIT, "%s: out of memory while opening", told);
        else if ((s->fd = open_named(target, mode, name)) < 0)
            st = bci_fail(err, BC_E_WRITE, "%s: cannot be created: %s", told, strerror(errno));
    }
    if (s->fd >= 0) {
        s->name = name;
        name = NULL;
        if (s->name)
            enter_name(s);
    }
    free(name);
    free(directory);
    return st;
}

bc_status bci_scratch_take_after(const bci_scratch *s, const struct stat *old, bc_error *err)
{
    mode_t mode = old->st_mode & 0777;
    struct stat now;

    /* Without privileges the owner stays ours. A group that cannot be kept gives its rights to
     * nobody else than everybody has. */
    if (fstat(s->fd, &now) == 0 && (now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(s->fd, old->st_uid, old->st_gid) != 0 && now.st_gid != old->st_gid &&
        fchown(s->fd, (uid_t)-1, old->st_gid) != 0)
        mode = (mode & ~(mode_t)070) | (mode & (mode & 07) << 3);
    if (fchmod(s->fd, mode) != 0)
        return bci_fail(err, BC_E_WRITE, "%s: its permissions cannot be kept: %s", s->told,
                        strerror(errno));
    return BC_OK;
}

static bc_status fail_to_place(const bci_scratch *s, bc_error *err)
{
    return bci_fail(err, BC_E_WRITE, "%s: cannot be put in place: %s", s->told, strerror(errno));
}

static bc_status fail_taken(const bci_scratch *s, bc_error *err)
{
    return bci_fail(err, BC_E_EXISTS,
                    "%s: appeared while it was being written, expected a "
                    "new name or `force` to replace it",
                    s->told);
}

/* The temporary name is no longer needed, or not there any more. */
static void forget_name(bci_scratch *s)
{
    if (s->name)
        leave_name(s);
    free(s->name);
    s->name = NULL;
}

/* Give a nameless file a temporary name, from which it can be renamed. */
static bc_status give_name(bci_scratch *s, const char *source, const char *target, bc_error *err)
{
    char *name = name_room(target);

    if (!name)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", s->told);
    for (int n = 0; n < MAX_NAMES; n += !remove_left(name)) {
        put_name(name, target, n);
        if (linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            s->name = name;
            enter_name(s);
            return BC_OK;
        }
        if (errno != EEXIST)
            break;
    }
    const bc_status st = fail_to_place(s, err);

    free(name);
    return st;
}

bc_status bci_scratch_place(bci_scratch *s, const char *target, bool force, bc_error *err)
{
    char source[32];
    bc_status st = BC_OK;

    if (!s->name) {
        put_link_source(source, s->fd);
        if (linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0)
            return BC_OK;
        if (errno != EEXIST)
            return fail_to_place(s, err);
        if (!force)
            return fail_taken(s, err);
        st = give_name(s, source, target, err);
    } else if (!force) {
        /* link() fails when the name is taken. A file system without hard links (FAT) gets a last
         * look and a rename. */
        if (link(s->name, target) == 0) {
            unlink(s->name);
            forget_name(s);
            return BC_OK;
        }
        if (errno == EEXIST || access(target, F_OK) == 0)
            return fail_taken(s, err);
    }
    if (st)
        return st;
    if (rename(s->name, target) != 0)
        return fail_to_place(s, err);
    forget_name(s);
    return BC_OK;
}

void bci_scratch_free(bci_scratch *s)
{
    if (s->name)
        unlink(s->name);
    forget_name(s);
    if (s->fd >= 0)
        close(s->fd); /* and only now the lock */
    s->fd = -1;
}

const char *bci_temporary_directory(void)
{
    const char *wanted = getenv("TMPDIR");

    return wanted && *wanted ? wanted : "/tmp";
}

int bci_nameless_file(void)
{
    static const char pattern[] = "/bitcrush.XXXXXX";
    const char *directory = bci_temporary_directory();
    int fd = -1;

#ifdef O_TMPFILE
    fd = open(directory, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
#endif
    char *name = malloc(strlen(directory) + sizeof pattern);

    if (!name) {
        errno = ENOMEM;
        return -1;
    }
    snprintf(name, strlen(directory) + sizeof pattern, "%s%s", directory, pattern);
    fd = mkstemp(name);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}
