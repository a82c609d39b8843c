/* Knows the directory that a test makes its files in: an own one, removed with all that is in
 * it when the group of tests ends. */
#ifndef SCRATCH_DIR_H
#define SCRATCH_DIR_H

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/expect.h"

static char scratch_dir[256];

/* "DIR/name"; good until the eighth call from here. */
static inline const char *path_of(const char *name)
{
    static char paths[8][sizeof scratch_dir + 264];
    static unsigned turn;
    char *path = paths[turn++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", scratch_dir, name);
    return path;
}

/* In TMPDIR, or in memory where that is offered: hundreds of outputs are flushed to disk. */
static inline int make_scratch_dir(void **state)
{
    const char *in_memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    const char *tmp = getenv("TMPDIR");

    (void)state;
    snprintf(scratch_dir, sizeof scratch_dir, "%s/bitcrush-test.XXXXXX",
             tmp && *tmp ? tmp : in_memory);
    return mkdtemp(scratch_dir) ? 0 : -1;
}

/* The number of files in the directory; removes them too when asked to. */
static inline int count_files(bool remove_them)
{
    DIR *dir = opendir(scratch_dir);
    int n = 0;

    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        n++;
        if (remove_them)
            (void)remove(path_of(e->d_name));
    }
    closedir(dir);
    return n;
}

static inline int empty_scratch_dir(void **state)
{
    (void)state;
    (void)count_files(true);
    return 0;
}

static inline int remove_scratch_dir(void **state)
{
    (void)empty_scratch_dir(state);
    return rmdir(scratch_dir);
}

static inline void save_bytes(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    EXPECT(f, "%s: %s", path, strerror(errno));
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* The whole file, a final 0 not counted in *n; the caller frees it. */
static inline uint8_t *load_bytes(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");

    EXPECT(f, "%s: %s", path, strerror(errno));
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f);
    rewind(f);

    uint8_t *bytes = malloc(*n + 1);

    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *n, f), *n);
    bytes[*n] = 0;
    fclose(f);
    return bytes;
}

#endif
