/* Bytes that wait come back in order, from memory and from disk. */
#include <signal.h>
#include <sys/resource.h>

#include "base/spool.h"
#include "scratch_dir.h"

enum { CAP = 1000 };

static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 31 + (i >> 8));
}

static void round_trips(void **state)
{
    static const size_t lengths[] = { 0, 1, CAP - 1, CAP, CAP + 1, 3 * CAP, 100003 };
    static const size_t steps[] = { 1, 7, CAP, CAP + 1, 50000 };
    static uint8_t bytes[50000];

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (size_t k = 0; k < 5 * 5; k++) {
            const size_t n = lengths[i], in = steps[k / 5], out = steps[k % 5];
            bci_spool *s = NULL;
            bc_error err = { 0 };

            assert_int_equal(bci_spool_new(CAP, &s, &err), BC_OK);
            for (size_t at = 0; at < n; at += in) {
                const size_t now = n - at < in ? n - at : in;

                for (size_t j = 0; j < now; j++)
                    bytes[j] = byte_at(at + j);
                EXPECT(bci_spool_put(s, bytes, now, &err) == BC_OK, "%zu bytes: %s", n, err.text);
            }
            assert_int_equal(count_files(false), 0); /* the file has no name */
            for (size_t at = 0; at < n; at += out) {
                const size_t now = n - at < out ? n - at : out;

                EXPECT(bci_spool_get(s, bytes, now, &err) == BC_OK, "%zu bytes: %s", n, err.text);
                for (size_t j = 0; j < now; j++)
                    EXPECT(bytes[j] == byte_at(at + j), "byte %zu of %zu, put by %zu, got by %zu",
                           at + j, n, in, out);
            }
            bci_spool_free(s);
        }
    }
    bci_spool_free(NULL);
}

/* Without a place for a file, what fits into memory still works. */
static void no_place(void **state)
{
    static uint8_t bytes[CAP + 1];
    bci_spool *s = NULL;
    bc_error err = { 0 };

    (void)state;
    setenv("TMPDIR", path_of("missing"), 1);
    assert_int_equal(bci_spool_new(CAP, &s, &err), BC_OK);
    assert_int_equal(bci_spool_put(s, bytes, CAP, &err), BC_OK);

    const bc_status st = bci_spool_put(s, bytes, 1, &err);

    setenv("TMPDIR", scratch_dir, 1);
    EXPECT(st == BC_E_WRITE && strstr(err.text, "No such file"), "status %d, \"%s\"", (int)st,
           err.text);
    bci_spool_free(s);
}

static void full_disk(void **state)
{
    static uint8_t bytes[300000];
    bci_spool *s = NULL;
    bc_status st = BC_OK;
    bc_error err = { 0 };
    struct rlimit before, low;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    low = before;
    low.rlim_cur = 100000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    assert_int_equal(bci_spool_new(CAP, &s, &err), BC_OK);
    for (size_t at = 0; at < sizeof bytes && !st; at += 500)
        st = bci_spool_put(s, bytes + at, 500, &err);
    if (!st)
        st = bci_spool_get(s, bytes, 1, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT(st == BC_E_WRITE && strstr(err.text, "File too large"), "status %d, \"%s\"", (int)st,
           err.text);
    bci_spool_free(s);
}

static int make_tmp(void **state)
{
    return make_scratch_dir(state) || setenv("TMPDIR", scratch_dir, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("bytes come back in order, below and above the cap", round_trips),
        SENTENCE("a missing TMPDIR is a failed write past the cap only", no_place),
        SENTENCE("a full disk is a failed write", full_disk),
    };

    return cmocka_run_group_tests_name("spool", tests, make_tmp, remove_scratch_dir);
}
