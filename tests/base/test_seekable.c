/* A file is read at any place; what cannot be is refused, and nothing waits. */
#include <sys/stat.h>

#include "base/seekable.h"
#include "scratch_dir.h"

static void places(void **state)
{
    static const struct {
        uint64_t offset;
        size_t n;
        bc_status status;
    } rows[] = {
        { 0, 0, BC_OK },
        { 0, 100, BC_OK },
        { 99, 1, BC_OK },
        { 100, 0, BC_OK },
        { 37, 20, BC_OK },
        { 0, 101, BC_E_FORMAT },
        { 100, 1, BC_E_FORMAT },
        { 101, 0, BC_E_FORMAT },
        { UINT64_MAX, 2, BC_E_FORMAT },
        { 1, SIZE_MAX, BC_E_FORMAT },
    };
    uint8_t bytes[100], got[100];
    bci_seekable *s = NULL;
    bc_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(3 * i);
    save_bytes(path_of("x"), bytes, sizeof bytes);
    EXPECT(bci_seekable_open(path_of("x"), &s, &err) == BC_OK, "%s", err.text);
    assert_int_equal(s->size_bytes, 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bc_status st = bci_seekable_read(s, rows[i].offset, got, rows[i].n, &err);

        EXPECT(st == rows[i].status, "row %zu: status %d, \"%s\"", i, (int)st, err.text);
        if (!st)
            assert_memory_equal(got, bytes + rows[i].offset, rows[i].n);
    }
    /* Cut behind its back. */
    assert_int_equal(truncate(path_of("x"), 50), 0);
    assert_int_equal(bci_seekable_read(s, 40, got, 20, &err), BC_E_FORMAT);
    EXPECT(strstr(err.text, "ends at byte 50, expected 100 bytes"), "%s", err.text);
    bci_seekable_free(s);
    bci_seekable_free(NULL);
}

/* Standard input is a file where the shell made it one. */
static void standard_input(void **state)
{
    const int before = dup(STDIN_FILENO);
    bci_seekable *s = NULL;
    bc_error err = { 0 };
    char got[3];

    (void)state;
    save_bytes(path_of("x"), "abcdef", 6);
    assert_non_null(freopen(path_of("x"), "rb", stdin));
    EXPECT(bci_seekable_open("-", &s, &err) == BC_OK, "%s", err.text);
    assert_string_equal(s->name, "standard input");
    assert_int_equal(bci_seekable_read(s, 2, got, 3, &err), BC_OK);
    assert_memory_equal(got, "cde", 3);
    bci_seekable_free(s);
    assert_true(dup2(before, STDIN_FILENO) >= 0);
    close(before);
}

static void refusals(void **state)
{
    const char *empty = path_of("empty"), *pipe = path_of("pipe");
    const struct {
        const char *path;
        bc_status status;
        const char *words;
    } rows[] = {
        { path_of("missing"), BC_E_OPEN, "cannot be opened for reading" },
        { scratch_dir, BC_E_OPEN, "is a directory" },
        { empty, BC_E_FORMAT, "is empty" },
        { pipe, BC_E_UNSUPPORTED, "is a pipe or a device" }, /* nobody writes to it */
    };

    (void)state;
    save_bytes(empty, "", 0);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bci_seekable *s = NULL;
        bc_error err = { 0 };
        const bc_status st = bci_seekable_open(rows[i].path, &s, &err);

        EXPECT(st == rows[i].status && strstr(err.text, rows[i].words) && !s,
               "%s: status %d, \"%s\"", rows[i].path, (int)st, err.text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("bytes come from any place, and none from past the end", places),
        SENTENCE("standard input can be such a file", standard_input),
        SENTENCE("what cannot be read at any place is refused", refusals),
    };

    return cmocka_run_group_tests_name("seekable", tests, make_scratch_dir, remove_scratch_dir);
}
