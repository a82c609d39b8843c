/* BITCRUSH_CPU forces a level that the machine has, and is refused otherwise. Run with the
 * variable set, the level in use must be the one asked for. */
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "bitcrush/quantize.h"
#include "expect.h"

static const char *asked; /* what the environment said when the test began */

/* The kernels are chosen once, at the first use. */
static void level_in_use(void **state)
{
    const char *const want = asked ? asked : bci_cpu_name(bci_cpu_detect());
    bc_error err = { .status = BC_OK };
    const bc_status st = bc_cpu_check(&err);

    (void)state;
    if (st)
        print_message("[          ] %s\n", err.text);
    assert_string_equal(bc_cpu_level(), st ? bci_cpu_name(bci_cpu_detect()) : want);
    assert_true(setenv("BITCRUSH_CPU", "baseline", 1) == 0);
    assert_string_equal(bc_cpu_level(), st ? bci_cpu_name(bci_cpu_detect()) : want);
}

static void known_levels(void **state)
{
    static const char *const names[] = { "baseline", "v2", "v3", "v4" };
    const bci_cpu have = bci_cpu_detect();

    (void)state;
    for (int i = 0; i < BCI_CPU_LEVELS; i++) {
        bci_cpu got = BCI_CPU_LEVELS;
        bc_error err = { .status = BC_OK };

        assert_string_equal(bci_cpu_name((bci_cpu)i), names[i]);
        assert_true(setenv("BITCRUSH_CPU", names[i], 1) == 0);
        const bc_status st = bci_cpu_choose(&got, &err);

        EXPECT(st == (i <= (int)have ? BC_OK : BC_E_USAGE), "%s: status %d", names[i], (int)st);
        EXPECT(got == (st ? have : (bci_cpu)i), "%s: level %s", names[i], bci_cpu_name(got));
        EXPECT(st == bc_cpu_check(NULL), "%s: bc_cpu_check", names[i]);
        EXPECT(!st || strstr(err.text, names[i]), "%s: '%s'", names[i], err.text);
    }
}

static void other_values(void **state)
{
    static const char *const wrong[] = { "v5", "V2", "avx2", "baseline ", "v", "x86-64-v3" };
    bci_cpu got;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bc_error err = { .status = BC_OK };

        assert_true(setenv("BITCRUSH_CPU", wrong[i], 1) == 0);
        EXPECT(bc_cpu_check(&err) == BC_E_USAGE && strstr(err.text, wrong[i]), "%s: '%s'", wrong[i],
               err.text);
        EXPECT(bci_cpu_choose(&got, NULL) == BC_E_USAGE && got == bci_cpu_detect(), "%s", wrong[i]);
    }
    assert_true(setenv("BITCRUSH_CPU", "", 1) == 0);
    assert_true(bci_cpu_choose(&got, NULL) == BC_OK && got == bci_cpu_detect());
    assert_true(unsetenv("BITCRUSH_CPU") == 0);
    assert_true(bci_cpu_choose(&got, NULL) == BC_OK && got == bci_cpu_detect());
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the level in use is the one asked for, and stays", level_in_use),
        SENTENCE("levels that the machine has may be forced, higher ones not", known_levels),
        SENTENCE("unknown levels are refused with a sentence", other_values),
    };
    const char *const value = getenv("BITCRUSH_CPU");
    char copy[32] = "";

    if (value && *value) {
        snprintf(copy, sizeof copy, "%s", value);
        asked = copy;
    }
    return cmocka_run_group_tests_name("CPU choice", tests, NULL, NULL);
}
