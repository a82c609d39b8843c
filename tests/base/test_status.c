/* Statuses keep the values that scripts rely on, and error sentences stay within their room. */
#include <string.h>

#include "../core/expect.h"
#include "base/fail.h"

static const struct {
    bc_status status;
    int value;
    const char *name;
} rows[] = {
    { BC_OK, 0, "ok" },
    { BC_E_USAGE, 2, "usage" },
    { BC_E_OPEN, 3, "cannot open" },
    { BC_E_FORMAT, 4, "corrupt input" },
    { BC_E_UNSUPPORTED, 5, "unsupported" },
    { BC_E_EXISTS, 6, "refuses to overwrite" },
    { BC_E_WRITE, 7, "write failed" },
    { BC_E_LIMIT, 8, "over a limit" },
    { BC_E_QUALITY, 9, "quality gate not met" },
    { BC_E_INTERNAL, 70, "internal error" },
    { BC_E_INTERRUPTED, 130, "interrupted" },
};

static void statuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT((int)rows[i].status == rows[i].value &&
                   strcmp(bc_status_text(rows[i].status), rows[i].name) == 0,
               "row %zu: %d is called \"%s\", expected %d, \"%s\"", i, (int)rows[i].status,
               bc_status_text(rows[i].status), rows[i].value, rows[i].name);
    assert_non_null(bc_status_text((bc_status)99));
}

static void sentences(void **state)
{
    char path[2000];
    bc_error err;

    (void)state;
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    memset(&err, 'e', sizeof err);
    assert_int_equal(bci_fail(&err, BC_E_OPEN, "%s: missing", path), BC_E_OPEN);
    assert_int_equal(err.status, BC_E_OPEN);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(bci_fail(&err, BC_E_LIMIT, "%d of %s", 3, "x"), BC_E_LIMIT);
    assert_string_equal(err.text, "3 of x");
    assert_int_equal(bci_fail(NULL, BC_E_LIMIT, "%s", path), BC_E_LIMIT);
}

/* One of a thing is singular, and what an argument brings stays as it is. */
static void numbers(void **state)
{
    static const struct {
        unsigned n;
        const char *text;
    } counts[] = {
        { 0, "a 1 (s): 0 bytes are left" },   { 1, "a 1 (s): 1 byte is left" },
        { 2, "a 1 (s): 2 bytes are left" },   { 11, "a 1 (s): 11 bytes are left" },
        { 21, "a 1 (s): 21 bytes are left" }, { 101, "a 1 (s): 101 bytes are left" },
    };
    bc_error err;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        (void)bci_fail(&err, BC_E_FORMAT, "%s: %u byte(s) (are) left", "a 1 (s)", counts[i].n);
        EXPECT(strcmp(err.text, counts[i].text) == 0, "\"%s\", expected \"%s\"", err.text,
               counts[i].text);
    }
    (void)bci_fail(&err, BC_E_FORMAT, "%.1f second(s), %d valid bit(s) in %d sample(s) (%s)", 0.1,
                   1, -1, "(are)");
    assert_string_equal(err.text, "0.1 seconds, 1 valid bit in -1 samples ((are))");
    (void)bc_error_say(&err, BC_E_FORMAT, "%d channel(s), (x) %d chunk(s)", 1, 3);
    assert_string_equal(err.text, "1 channel, (x) 3 chunks");
    (void)bc_error_say(&err, BC_E_FORMAT, "%d byte(s) behind the end of %s (are) left out", 1,
                       "RIFF");
    assert_string_equal(err.text, "1 byte behind the end of RIFF is left out");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("statuses have their values and names", statuses),
        SENTENCE("a sentence that is too long is cut", sentences),
        SENTENCE("one of a thing is singular in a sentence", numbers),
    };

    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
