/* An output appears whole or not at all, and an old file stays what it was until then. */
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/sink.h"
#include "scratch_dir.h"

/* The tests run twice, the second time with an open() that makes no nameless files. */
#ifdef WITHOUT_TMPFILE
enum { NAMED_FILES = 1 };
#else
enum { NAMED_FILES = 0 };
#endif

static const char old_text[] = "the old file", new_text[] = "the new file, longer";

static bci_sink *open_sink(const char *path, bool force)
{
    bci_sink *s = NULL;
    bc_error err = { 0 };
    const bc_status st = bci_sink_open(path, force, &s, &err);

    EXPECT(st == BC_OK, "%s: status %d, %s", path ? path : "no path", (int)st, err.text);
    return s;
}

static void put(bci_sink *s, const char *text)
{
    bc_error err = { 0 };

    EXPECT(bci_sink_write(s, text, strlen(text), &err) == BC_OK, "%s", err.text);
}

/* Write new_text to `path`, to the end. */
static void write_new(const char *path, bool force)
{
    bci_sink *s = open_sink(path, force);
    bc_error err = { 0 };

    put(s, new_text);
    EXPECT(bci_sink_commit(s, &err) == BC_OK, "%s: %s", path, err.text);
    assert_int_equal(bci_sink_size(s), strlen(new_text));
    bci_sink_free(s);
}

static void expect_text(const char *path, const char *text)
{
    size_t n;
    uint8_t *bytes = load_bytes(path, &n);

    EXPECT(n == strlen(text) && memcmp(bytes, text, n) == 0, "%s holds \"%s\", expected \"%s\"",
           path, (char *)bytes, text);
    free(bytes);
}

/* A status, in a sentence that names the path and tells `fact`. */
static void expect_error(bc_status got, bc_status want, const bc_error *err, const char *path,
                         const char *fact)
{
    EXPECT(got == want && err->status == want, "%s: status %d, expected %d: \"%s\"", path, (int)got,
           (int)want, err->text);
    EXPECT(strncmp(err->text, path, strlen(path)) == 0 && strstr(err->text, fact),
           "%s: \"%s\" does not say \"%s\"", path, err->text, fact);
}

static void new_file(void **state)
{
    const char *path = path_of("new");
    bci_sink *s = open_sink(path, false);
    struct stat info;
    bc_error err;

    (void)state;
    put(s, new_text);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(count_files(false), NAMED_FILES);
    assert_int_equal(bci_sink_commit(s, &err), BC_OK);
    expect_text(path, new_text);
    assert_int_equal(count_files(false), 1);
    bci_sink_free(s);
    expect_text(path, new_text);
    assert_int_equal(count_files(false), 1);
    assert_int_equal(stat(path, &info), 0);

    const mode_t mask = umask(0);

    umask(mask);
    EXPECT((info.st_mode & 07777) == (0666 & ~mask), "mode %o under umask %o",
           (unsigned)info.st_mode & 07777, (unsigned)mask);
}

/* What the umask takes away is the kernel's affair: a program with threads must not ask by setting
 * it. */
static void umask_of_new_files(void **state)
{
    static const mode_t masks[] = { 0, 022, 027, 077 };
    const mode_t before = umask(0);

    (void)state;
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        const char *path = path_of("new");
        struct stat info;

        (void)empty_scratch_dir(NULL);
        umask(masks[i]);
        write_new(path, false);
        assert_int_equal(stat(path, &info), 0);
        EXPECT((info.st_mode & 07777) == (0666 & ~masks[i]), "mode %o under umask %o",
               (unsigned)info.st_mode & 07777, (unsigned)masks[i]);
    }
    umask(before);
}

static void without_commit(void **state)
{
    const char *path = path_of("new"), *old = path_of("old");

    (void)state;
    save_bytes(old, old_text, strlen(old_text));
    bci_sink *s = open_sink(path, false), *over = open_sink(old, true);

    put(s, new_text);
    put(over, new_text);
    bci_sink_free(s);
    bci_sink_free(over);
    bci_sink_free(NULL);
    expect_text(old, old_text);
    assert_int_equal(count_files(false), 1);
}

static void no_overwriting(void **state)
{
    const char *path = path_of("old");
    bci_sink *s = NULL;
    bc_error err = { 0 };

    (void)state;
    save_bytes(path, old_text, strlen(old_text));
    expect_error(bci_sink_open(path, false, &s, &err), BC_E_EXISTS, &err, path, "`force`");
    assert_null(s);
    expect_text(path, old_text);
    assert_int_equal(count_files(false), 1);
}

static void replacing(void **state)
{
    static const mode_t modes[] = { 0600, 0640, 0644, 0755, 0444 };

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        const char *path = path_of("old");
        struct stat info;

        (void)empty_scratch_dir(NULL);
        save_bytes(path, old_text, strlen(old_text));
        assert_int_equal(chmod(path, modes[i]), 0);

        bci_sink *s = open_sink(path, true);
        bc_error err;

        put(s, new_text);
        expect_text(path, old_text);
        assert_int_equal(bci_sink_commit(s, &err), BC_OK);
        bci_sink_free(s);
        expect_text(path, new_text);
        assert_int_equal(stat(path, &info), 0);
        EXPECT((info.st_mode & 07777) == modes[i], "mode %o became %o", (unsigned)modes[i],
               (unsigned)info.st_mode & 07777);
        assert_int_equal(count_files(false), 1);
    }
}

/* A file of another owner stays his, where that may be, and nothing runs with his rights. */
static void owners(void **state)
{
    const char *path = path_of("old");
    const uid_t owner = geteuid() == 0 ? 65534 : geteuid();
    const gid_t group = geteuid() == 0 ? 65534 : getegid();
    struct stat info;

    (void)state;
    save_bytes(path, old_text, strlen(old_text));
    assert_int_equal(chown(path, owner, group), 0);
    assert_int_equal(chmod(path, 06750), 0);
    write_new(path, true);
    assert_int_equal(stat(path, &info), 0);
    EXPECT((info.st_mode & 07777) == 0750, "mode 6750 became %o", (unsigned)info.st_mode & 07777);
    assert_int_equal(info.st_uid, owner);
    assert_int_equal(info.st_gid, group);
}

/* What a run that was killed left: of the same target, of another, and names that only look so. */
static void left_files(void **state)
{
    static const struct {
        const char *name;
        bool is_left;
    } rows[] = {
        { ".new.bitcrush-0", true },    { ".other file.bitcrush-99", true },
        { ".x.bitcrush-", false },      { ".x.bitcrush-123", false },
        { ".x.bitcrush-1x", false },    { "x.bitcrush-1", false },
        { ".bitcrush-cache", false },   { ".new.AbCdEf", false },
        { ".x.bitcrush-1.png", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        save_bytes(path_of(rows[i].name), old_text, 3);
    assert_int_equal(mkdir(path_of(".d.bitcrush-0"), 0700), 0);
    write_new(path_of("new"), false);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT((access(path_of(rows[i].name), F_OK) != 0) == rows[i].is_left, "%s was %s",
               rows[i].name, rows[i].is_left ? "left" : "removed");
    assert_int_equal(rmdir(path_of(".d.bitcrush-0")), 0);
}

/* Another run works at a temporary file of the same target: it stays, and both are written. */
static void two_runs(void **state)
{
    const char *path = path_of("old"), *other = path_of(".old.bitcrush-0");

    (void)state;
    save_bytes(path, old_text, strlen(old_text));
    save_bytes(other, old_text, strlen(old_text));
    const int fd = open(other, O_RDWR);

    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    bci_sink *first = open_sink(path, true), *second = open_sink(path, true);
    bc_error err = { 0 };

    put(first, new_text);
    put(second, "of the second");
    EXPECT(bci_sink_commit(first, &err) == BC_OK, "%s", err.text);
    expect_text(path, new_text);
    EXPECT(bci_sink_commit(second, &err) == BC_OK, "%s", err.text);
    expect_text(path, "of the second");
    bci_sink_free(first);
    bci_sink_free(second);
    expect_text(other, old_text);
    assert_int_equal(count_files(false), 2);
    close(fd);
    write_new(path, true);
    assert_int_equal(count_files(false), 1);
}

static void symbolic_links(void **state)
{
    const char *link_path = path_of("link"), *target = path_of("dir/target"), *dir = path_of("dir");
    struct stat info;

    (void)state;
    assert_int_equal(mkdir(dir, 0700), 0);
    save_bytes(target, old_text, strlen(old_text));
    assert_int_equal(symlink("dir/target", link_path), 0);
    write_new(link_path, true);
    expect_text(target, new_text);
    assert_int_equal(lstat(link_path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(unlink(target), 0);
    /* The scratch file was beside the target and is gone. */
    assert_int_equal(rmdir(dir), 0);
}

/* A link that leads nowhere is a name that is taken. */
static void broken_links(void **state)
{
    const char *path = path_of("link");
    bci_sink *s = NULL;
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(symlink("nowhere", path), 0);
    expect_error(bci_sink_open(path, false, &s, &err), BC_E_EXISTS, &err, path, "`force`");
    assert_null(s);
    assert_int_equal(count_files(false), 1);
    write_new(path, true);
    expect_text(path, new_text);
    assert_int_equal(count_files(false), 1);
}

static void appearing(void **state)
{
    const char *path = path_of("new");
    bci_sink *s = open_sink(path, false), *forced = open_sink(path, true);
    bc_error err = { 0 };

    (void)state;
    put(s, new_text);
    put(forced, new_text);
    save_bytes(path, old_text, strlen(old_text));
    expect_error(bci_sink_commit(s, &err), BC_E_EXISTS, &err, path, "appeared");
    bci_sink_free(s);
    expect_text(path, old_text);
    assert_int_equal(bci_sink_commit(forced, &err), BC_OK);
    bci_sink_free(forced);
    expect_text(path, new_text);
    assert_int_equal(count_files(false), 1);
}

static void disappearing(void **state)
{
    const char *path = path_of("dir/old"), *dir = path_of("dir");
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(mkdir(dir, 0700), 0);
    save_bytes(path, old_text, strlen(old_text));

    bci_sink *s = open_sink(path, true);

    assert_int_equal(unlink(path), 0);
    put(s, new_text);
    assert_int_equal(bci_sink_commit(s, &err), BC_OK);
    bci_sink_free(s);
    expect_text(path, new_text);
    unlink(path);
    rmdir(dir);
}

/* Places where no file can be made, each with what the sentence says. */
static void bad_places(void **state)
{
    char *longest = malloc(400);
    const char *const rows[][2] = {
        { path_of("missing/new"), "No such file or directory" },
        { path_of("file/new"), "Not a directory" },
        { path_of("dir"), "is a directory" },
        { longest, "File name too long" },
    };

    (void)state;
    memset(longest, 'x', 399);
    longest[399] = '\0';
    memcpy(longest, scratch_dir, strlen(scratch_dir));
    longest[strlen(scratch_dir)] = '/';
    assert_int_equal(mkdir(path_of("dir"), 0700), 0);
    save_bytes(path_of("file"), old_text, 3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int force = 0; force < 2; force++) {
            bci_sink *s = NULL;
            bc_error err = { 0 };

            expect_error(bci_sink_open(rows[i][0], force, &s, &err), BC_E_WRITE, &err, rows[i][0],
                         rows[i][1]);
            assert_null(s);
            EXPECT(count_files(false) == 2, "row %zu left something", i);
        }
    }
    free(longest);
    if (geteuid() == 0)
        return; /* root may write anywhere */
    bci_sink *s = NULL;
    bc_error err = { 0 };

    assert_int_equal(chmod(path_of("dir"), 0500), 0);
    expect_error(bci_sink_open(path_of("dir/new"), true, &s, &err), BC_E_WRITE, &err,
                 path_of("dir/new"), "Permission denied");
}

/* The scratch name is longer than the target's, and must fit too. */
static void long_names(void **state)
{
    char name[256];

    (void)state;
    for (size_t n = 190; n <= 255; n += n < 254 ? 32 : 1) {
        memset(name, 'n', n);
        name[n] = '\0';
        write_new(path_of(name), false);
        expect_text(path_of(name), new_text);
    }
}

/* A limit on file sizes stands for a full disk. */
static void full_disk(void **state)
{
    const char *old = path_of("old");
    uint8_t *bytes = calloc(1, 300000);
    struct rlimit before, low;

    (void)state;
    assert_non_null(bytes);
    save_bytes(old, old_text, strlen(old_text));
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    /* In one go, in small pieces that wait to be written, and just on the limit. */
    for (size_t step = 1000; step <= 300000; step += 299000) {
        bci_sink *s = open_sink(old, true);
        bc_status st = BC_OK;
        bc_error err = { 0 };

        low = before;
        low.rlim_cur = 150000;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
        for (size_t at = 0; at < 300000 && !st; at += step)
            st = bci_sink_write(s, bytes, step, &err);
        if (!st)
            st = bci_sink_commit(s, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        expect_error(st, BC_E_WRITE, &err, old, "File too large");
        bci_sink_free(s);
        expect_text(old, old_text);
        assert_int_equal(count_files(false), 1);
    }
    free(bytes);
}

/* Devices and pipes are written directly, whether forced or not, and stay what they are. */
static void devices(void **state)
{
    struct stat info;

    (void)state;
    for (int force = 0; force < 2; force++) {
        write_new("/dev/null", force);
        assert_int_equal(stat("/dev/null", &info), 0);
        assert_true(S_ISCHR(info.st_mode));
        if (access("/dev/full", W_OK) == 0) {
            bci_sink *s = open_sink("/dev/full", force);
            bc_error err = { 0 };

            put(s, new_text); /* still waits in memory */
            expect_error(bci_sink_commit(s, &err), BC_E_WRITE, &err, "/dev/full", "No space left");
            bci_sink_free(s);
        }
    }
}

static void pipes(void **state)
{
    const char *path = path_of("fifo");
    char text[64] = { 0 };

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);

    const int reader = open(path, O_RDONLY | O_NONBLOCK);

    assert_true(reader >= 0);
    write_new(path, false);
    assert_int_equal(read(reader, text, sizeof text), strlen(new_text));
    assert_string_equal(text, new_text);
    close(reader);
    assert_int_equal(count_files(false), 1);

    /* Nobody reads any longer. */
    int ends[2];
    char name[64];

    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    if (access(name, W_OK) == 0) {
        bci_sink *s = open_sink(name, false);
        bc_error err = { 0 };

        close(ends[0]);
        put(s, new_text);
        expect_error(bci_sink_commit(s, &err), BC_E_WRITE, &err, name, "Broken pipe");
        bci_sink_free(s);
    }
    close(ends[1]);
}

static void standard_output(void **state)
{
    const char *path = path_of("stdout");
    const int file = open(path, O_WRONLY | O_CREAT, 0600), before = dup(STDOUT_FILENO);

    (void)state;
    fflush(stdout);
    assert_true(file >= 0 && before >= 0);
    assert_int_equal(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
    bci_sink *s = open_sink("-", false);

    put(s, new_text);
    const bc_status st = bci_sink_commit(s, NULL);

    bci_sink_free(s);
    assert_int_equal(write(STDOUT_FILENO, "!", 1), 1); /* still open */
    assert_int_equal(dup2(before, STDOUT_FILENO), STDOUT_FILENO);
    close(before);
    close(file);
    assert_int_equal(st, BC_OK);
    expect_text(path, "the new file, longer!");
}

static void counting(void **state)
{
    bci_sink *s = open_sink(NULL, false);
    uint8_t *bytes = calloc(1, 70000);
    bc_error err;

    (void)state;
    for (int i = 0; i < 100000; i += 1000)
        assert_int_equal(bci_sink_write(s, bytes, 70000, &err), BC_OK);
    assert_int_equal(bci_sink_size(s), 7000000);
    assert_int_equal(bci_sink_commit(s, &err), BC_OK);
    assert_int_equal(bci_sink_size(s), 7000000);
    bci_sink_free(s);
    free(bytes);
    assert_int_equal(count_files(false), 0);
}

/* Writes of all sizes around the 64 KiB that wait in memory. */
static void buffering(void **state)
{
    static const size_t steps[] = { 1, 1000, 65535, 65536, 65537, 200000 };
    const size_t n = 200001;
    uint8_t *want = malloc(n);
    const char *path = path_of("new");

    (void)state;
    for (size_t i = 0; i < n; i++)
        want[i] = (uint8_t)(i * i >> 7);
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        bci_sink *s = open_sink(path, true);
        size_t n_got;
        bc_error err;

        for (size_t at = 0; at < n; at += steps[k])
            assert_int_equal(
                bci_sink_write(s, want + at, n - at < steps[k] ? n - at : steps[k], &err), BC_OK);
        assert_int_equal(bci_sink_write(s, want, 0, &err), BC_OK);
        assert_int_equal(bci_sink_commit(s, &err), BC_OK);
        bci_sink_free(s);
        uint8_t *got = load_bytes(path, &n_got);

        EXPECT(n_got == n && memcmp(got, want, n) == 0, "writes of %zu bytes: %zu came, or others",
               steps[k], n_got);
        free(got);
    }
    free(want);
}

/* What was written is replaced in place, in the buffer or beyond it; a pipe cannot. */
static void rewriting(void **state)
{
    static uint8_t filler[100000];
    bci_sink *s = open_sink(path_of("x"), false);
    bc_error err = { 0 };
    size_t n;
    int ends[2];
    char name[32];

    (void)state;
    assert_true(bci_sink_can_rewrite(s));
    put(s, "head....");
    assert_int_equal(bci_sink_rewrite(s, 0, "HEAD", 4, &err), BC_OK);
    assert_int_equal(bci_sink_write(s, filler, sizeof filler, &err), BC_OK);
    assert_int_equal(bci_sink_rewrite(s, 6, "!!", 2, &err), BC_OK);
    put(s, "tail");
    assert_int_equal(bci_sink_size(s), 8 + sizeof filler + 4);
    assert_int_equal(bci_sink_commit(s, &err), BC_OK);
    bci_sink_free(s);
    uint8_t *bytes = load_bytes(path_of("x"), &n);

    assert_int_equal(n, 8 + sizeof filler + 4);
    assert_memory_equal(bytes, "HEAD..!!", 8);
    assert_memory_equal(bytes + n - 4, "tail", 4);
    free(bytes);

    s = open_sink(NULL, false);
    put(s, "head");
    assert_int_equal(bci_sink_rewrite(s, 0, "HEAD", 4, &err), BC_OK);
    assert_int_equal(bci_sink_size(s), 4);
    bci_sink_free(s);

    assert_int_equal(pipe(ends), 0);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    s = open_sink(name, false);
    assert_false(bci_sink_can_rewrite(s));
    bci_sink_free(s);
    close(ends[0]);
    close(ends[1]);
}

#define ALONE(text, function)                                                                      \
    {                                                                                              \
        text, function, empty_scratch_dir, empty_scratch_dir, NULL                                 \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ALONE("a new file appears on commit, as the umask leaves it", new_file),
        ALONE("a new file has what the umask leaves", umask_of_new_files),
        ALONE("without a commit nothing happened", without_commit),
        ALONE("an existing file is not overwritten", no_overwriting),
        ALONE("with force it is replaced and keeps its permissions", replacing),
        ALONE("owner and group are kept, set-user-ID and set-group-ID are not", owners),
        ALONE("what a killed run left is removed, and nothing else", left_files),
        ALONE("two runs with one target do not get in each other's way", two_runs),
        ALONE("a symbolic link is followed and stays", symbolic_links),
        ALONE("a broken symbolic link is a taken name", broken_links),
        ALONE("a file that appears meanwhile is not overwritten", appearing),
        ALONE("a file that disappears meanwhile is made", disappearing),
        ALONE("a place without room for a file is a failed write", bad_places),
        ALONE("names of up to 255 bytes are written", long_names),
        ALONE("a full disk leaves the old file and no debris", full_disk),
        ALONE("devices are written directly", devices),
        ALONE("pipes are written directly, closed ones are a failed write", pipes),
        ALONE("- is standard output and stays open", standard_output),
        ALONE("no path counts bytes", counting),
        ALONE("what was written can be replaced, but in a pipe", rewriting),
        ALONE("bytes come in order whatever the size of the writes", buffering),
    };

    return cmocka_run_group_tests_name("sink", tests, make_scratch_dir, remove_scratch_dir);
}
