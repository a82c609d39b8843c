/* Refuses one call of a process that it is preloaded into, and notes whose call it was.
 *
 * REFUSE_NOTE is a file of the size of a refusal_note, shared with the process that judges: so the
 * note is there however a run ends. `kind` in it names the calls, `nth` the one that is refused (0:
 * none, they are counted), `with` the errno that it fails with, or "short" for half of what a read
 * or write asked for.
 *
 * The program is loaded once and stops before main(). Each run is a fork of it from there: loading
 * some twenty libraries costs more than most runs, and their calls before main() are not counted.
 *
 * Whose call it was is read from the stack: malloc called by strdup called by libpng is
 * libpng's. */
#include "refuse.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unwind.h>

/* What glibc's malloc and its like are behind their names. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static refusal_note *note;
static uintptr_t spared_begin, spared_end;
static void
    *program; /* where it is in memory: its name on the stack is argv[0], which it may change */
static int with_errno;
static bool is_short;

/* Of this thread: the stack is being read, whose own calls do not count. */
static _Thread_local bool is_looking __attribute__((tls_model("initial-exec")));

static int find_spared(struct dl_phdr_info *info, size_t size, void *unused);

/* Fork for each byte that asks, and answer with how that process ended; returns in the forks. */
static void serve(refusal_note *shared)
{
    char asked;

    while (read(REFUSE_ASKED, &asked, 1) == 1) {
        int status = 0;

        for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
            if (lseek(fd, 0, SEEK_SET) != 0 || ftruncate(fd, 0) != 0)
                _exit(126);
        const pid_t run = fork();

        if (run == 0) {
            close(REFUSE_ASKED);
            close(REFUSE_ANSWER);
            alarm(REFUSE_TIMEOUT_S);
            is_short = strcmp(shared->with, "short") == 0;
            with_errno = is_short ? 0 : (int)strtol(shared->with, NULL, 10);
            note = shared;
            return;
        }
        if (run < 0 || waitpid(run, &status, 0) != run ||
            write(REFUSE_ANSWER, &status, sizeof status) != sizeof status)
            break;
    }
    _exit(126);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("REFUSE_NOTE");
    const int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    Dl_info info;

    if (fd < 0)
        return;
    (void)dl_iterate_phdr(find_spared, NULL);
    program = dladdr((void *)getauxval(AT_ENTRY), &info) ? info.dli_fbase : NULL;
    void *shared = mmap(NULL, sizeof *note, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    close(fd);
    if (shared == MAP_FAILED)
        _exit(126);
    serve(shared);
}

/* One frame: its module joins the text, and the first that is neither this library nor the C
 * library is the caller. */
static _Unwind_Reason_Code see_frame(struct _Unwind_Context *context, void *unused)
{
    static const char *const passed_on[] = { "librefuse", "libc.so", "ld-linux", "libpthread" };
    const uintptr_t at = _Unwind_GetIP(context);
    const size_t n = strlen(note->stack);
    Dl_info info;

    (void)unused;
    if (!at || !dladdr((void *)at, &info) || !info.dli_fname)
        return _URC_NO_REASON;
    const char *slash = strrchr(info.dli_fname, '/');
    const char *module = slash ? slash + 1 : info.dli_fname;
    bool is_passed_on = false;

    if (info.dli_fbase == program)
        module = "program";
    else
        for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
            is_passed_on |= strstr(module, passed_on[i]) == module;
    if (!is_passed_on && !*note->caller)
        snprintf(note->caller, sizeof note->caller, "%s", module);
    snprintf(note->stack + n, sizeof note->stack - n, " %s+0x%lx", module,
             (unsigned long)(at - (uintptr_t)info.dli_fbase - 1));
    return _URC_NO_REASON;
}

/* Where FFTW is in memory. Its planner asserts that it gets what it asks for, some thousand times:
 * so its calls are counted, and never refused. */
static int find_spared(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    if (!strstr(info->dlpi_name, "libfftw3"))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
            spared_begin = begin;
            spared_end = begin + info->dlpi_phdr[i].p_memsz;
        }
    }
    return 1;
}

/* Is this the call? `from` is where it comes from. */
static bool is_refused_at(refusal_kind kind, const void *from)
{
    if (note && (uintptr_t)from >= spared_begin && (uintptr_t)from < spared_end) {
        __atomic_add_fetch(&note->n_spared, 1, __ATOMIC_RELAXED);
        return false;
    }
    if (!note || is_looking)
        return false;
    const long n = __atomic_add_fetch(&note->n_calls[kind], 1, __ATOMIC_RELAXED);

    if (kind != note->kind || n != note->nth)
        return false;
    is_looking = true;
    _Unwind_Backtrace(see_frame, NULL);
    is_looking = false;
    note->is_done = 1;
    errno = with_errno;
    return true;
}

#define is_refused(kind) is_refused_at(kind, __builtin_return_address(0))
#define REAL(name)       ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- memory */

void *malloc(size_t n)
{
    return is_refused(REFUSE_MALLOC) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return is_refused(REFUSE_MALLOC) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return is_refused(REFUSE_MALLOC) ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return is_refused(REFUSE_MALLOC) ? NULL : __libc_memalign(alignment, n);
}

void *memalign(size_t alignment, size_t n);
void *memalign(size_t alignment, size_t n)
{
    return is_refused(REFUSE_MALLOC) ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
    *out = is_refused(REFUSE_MALLOC) ? NULL : __libc_memalign(alignment, n);
    return *out ? 0 : ENOMEM;
}

/* ---- files. What a short call leaves out is half; a call for one byte is whole. */

static size_t half_of(size_t n)
{
    return n > 1 ? n / 2 : n;
}

ssize_t read(int fd, void *buf, size_t n)
{
    if (!is_refused(REFUSE_READ))
        return REAL(read)(fd, buf, n);
    return is_short ? REAL(read)(fd, buf, half_of(n)) : -1;
}

ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
    if (!is_refused(REFUSE_READ))
        return REAL(pread)(fd, buf, n, at);
    return is_short ? REAL(pread)(fd, buf, half_of(n), at) : -1;
}

ssize_t pread64(int fd, void *buf, size_t n, off_t at)
{
    return pread(fd, buf, n, at);
}

/* With _FORTIFY_SOURCE the calls have other names. */
ssize_t __read_chk(int fd, void *buf, size_t n, size_t room);
ssize_t __read_chk(int fd, void *buf, size_t n, size_t room)
{
    return n <= room ? read(fd, buf, n) : -1;
}

ssize_t __pread_chk(int fd, void *buf, size_t n, off_t at, size_t room);
ssize_t __pread_chk(int fd, void *buf, size_t n, off_t at, size_t room)
{
    return n <= room ? pread(fd, buf, n, at) : -1;
}

ssize_t __pread64_chk(int fd, void *buf, size_t n, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *buf, size_t n, off_t at, size_t room)
{
    return n <= room ? pread(fd, buf, n, at) : -1;
}

ssize_t write(int fd, const void *buf, size_t n)
{
    if (!is_refused(REFUSE_WRITE))
        return REAL(write)(fd, buf, n);
    return is_short ? REAL(write)(fd, buf, half_of(n)) : -1;
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t at)
{
    if (!is_refused(REFUSE_WRITE))
        return REAL(pwrite)(fd, buf, n, at);
    return is_short ? REAL(pwrite)(fd, buf, half_of(n), at) : -1;
}

ssize_t pwrite64(int fd, const void *buf, size_t n, off_t at)
{
    return pwrite(fd, buf, n, at);
}

int fsync(int fd)
{
    return is_refused(REFUSE_FSYNC) ? -1 : REAL(fsync)(fd);
}

int rename(const char *from, const char *to)
{
    return is_refused(REFUSE_RENAME) ? -1 : REAL(rename)(from, to);
}

int link(const char *from, const char *to)
{
    return is_refused(REFUSE_RENAME) ? -1 : REAL(link)(from, to);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    return is_refused(REFUSE_RENAME) ? -1 : REAL(linkat)(from_dir, from, to_dir, to, flags);
}

int open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const mode_t mode = va_arg(args, mode_t);
    va_end(args);
    return is_refused(REFUSE_OPEN) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const mode_t mode = va_arg(args, mode_t);
    va_end(args);
    return open(path, flags, mode);
}

int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open(path, flags, 0);
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
    return open(path, flags, 0);
}

FILE *fopen(const char *path, const char *mode)
{
    return is_refused(REFUSE_OPEN) ? NULL : REAL(fopen)(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return fopen(path, mode);
}

int mkstemp(char *name)
{
    return is_refused(REFUSE_OPEN) ? -1 : REAL(mkstemp)(name);
}

int mkstemp64(char *name)
{
    return mkstemp(name);
}

/* ---- threads */

int pthread_create(pthread_t *out, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *context)
{
    return is_refused(REFUSE_THREAD) ? with_errno
                                     : REAL(pthread_create)(out, attributes, run, context);
}
