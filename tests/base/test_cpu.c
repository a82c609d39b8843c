/* BITCRUSH_CPU forces a level, and error sentences stay within their room. */
#include "base/cpu.h"
#include "base/fail.h"
#include "scratch_dir.h"

static void levels(void **state)
{
    const bci_cpu have = bci_cpu_detect();
    static const char *const names[] = { "baseline", "v2", "v3", "v4" };

    (void)state;
    for (int i = 0; i < 4; i++) {
        bci_cpu got = BCI_CPU_LEVELS;
        bc_error err = { 0 };

        setenv("BITCRUSH_CPU", names[i], 1);
        const bc_status st = bci_cpu_choose(&got, &err);

        if (i <= (int)have)
            EXPECT(st == BC_OK && (int)got == i, "%s: status %d, level %d", names[i], (int)st,
                   (int)got);
        else
            EXPECT(st == BC_E_USAGE && got == have && strstr(err.text, names[i]),
                   "%s: status %d, level %d, \"%s\"", names[i], (int)st, (int)got, err.text);
        assert_string_equal(bci_cpu_name((bci_cpu)i), names[i]);
    }
}

static void unknown_levels(void **state)
{
    static const char *const rows[] = { "v5", "V2", "avx2", " v2", "baseline " };
    bci_cpu got;
    bc_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setenv("BITCRUSH_CPU", rows[i], 1);
        EXPECT(bci_cpu_choose(&got, &err) == BC_E_USAGE && got == bci_cpu_detect() &&
               strstr(err.text, "expected baseline"), "\"%s\": \"%s\"", rows[i], err.text);
    }
    setenv("BITCRUSH_CPU", "", 1);
    assert_int_equal(bci_cpu_choose(&got, &err), BC_OK);
    unsetenv("BITCRUSH_CPU");
    assert_int_equal(bci_cpu_choose(&got, NULL), BC_OK);
}

static void long_sentences(void **state)
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
    assert_int_equal(bci_fail(NULL, BC_E_LIMIT, "%s", path), BC_E_LIMIT);
}

/* The statuses that scripts rely on; each has a name of its own. */
static void statuses(void **state)
{
    static const int values[] = { 0, 2, 3, 4, 5, 6, 7, 8, 9, 70, 130 };
    enum { N = sizeof values / sizeof *values };

    (void)state;
    assert_int_equal(BC_E_USAGE, 2);
    assert_int_equal(BC_E_OPEN, 3);
    assert_int_equal(BC_E_FORMAT, 4);
    assert_int_equal(BC_E_UNSUPPORTED, 5);
    assert_int_equal(BC_E_EXISTS, 6);
    assert_int_equal(BC_E_WRITE, 7);
    assert_int_equal(BC_E_LIMIT, 8);
    assert_int_equal(BC_E_QUALITY, 9);
    assert_int_equal(BC_E_INTERNAL, 70);
    assert_int_equal(BC_E_INTERRUPTED, 130);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(bc_status_text((bc_status)values[i]),
                                    bc_status_text((bc_status)values[j]));
    assert_non_null(bc_status_text((bc_status)99));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("BITCRUSH_CPU forces a level up to the machine's", levels),
        SENTENCE("unknown levels are refused with a sentence", unknown_levels),
        SENTENCE("a sentence that is too long is cut", long_sentences),
        SENTENCE("statuses have their values and names", statuses),
    };

    return cmocka_run_group_tests_name("cpu", tests, NULL, NULL);
}
