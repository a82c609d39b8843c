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

/* Words as real machines and systems say them, by their manuals' bits; the level is the one that
 * `ld.so --help` prints there. */
static void levels_of_words(void **state)
{
    static const struct {
        const char *machine;
        bci_cpu_words have;
        bci_cpu level;
    } rows[] = {
        { "nothing", { 0, 0, 0, 0 }, BCI_CPU_BASELINE },
        { "Core 2 (Merom): no SSE4", { 0x0000e3bd, 0, 0x00000001, 0 }, BCI_CPU_BASELINE },
        { "Nehalem", { 0x0098e3fd, 0, 0x00000001, 0 }, BCI_CPU_V2 },
        { "Sandy Bridge: no AVX2", { 0x1fbae3ff, 0, 0x00000001, 0x7 }, BCI_CPU_V2 },
        { "Haswell", { 0x7ffafbff, 0x000027ab, 0x00000021, 0x7 }, BCI_CPU_V3 },
        { "Haswell, ymm registers not saved", { 0x7ffafbff, 0x27ab, 0x21, 0x3 }, BCI_CPU_V2 },
        { "Skylake server", { 0x7ffefbff, 0xd39ffffb, 0x00000121, 0xe7 }, BCI_CPU_V4 },
        { "Skylake server, zmm not saved", { 0x7ffefbff, 0xd39ffffb, 0x121, 0x7 }, BCI_CPU_V3 },
        { "everything", { ~0u, ~0u, ~0u, ~0u }, BCI_CPU_V4 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT(bci_cpu_level(&rows[i].have) == rows[i].level, "%s: level %s", rows[i].machine,
               bci_cpu_name(bci_cpu_level(&rows[i].have)));
}

/* Each bit that the x86-64 psABI (table 3.1) names, left out of a machine that has all others. */
static void every_bit_counts(void **state)
{
    static const struct {
        const char *what;
        bci_cpu_words lacks;
        bci_cpu level;
    } rows[] = {
        { "SSE3", { 1u << 0, 0, 0, 0 }, BCI_CPU_BASELINE },
        { "SSSE3", { 1u << 9, 0, 0, 0 }, BCI_CPU_BASELINE },
        { "CMPXCHG16B", { 1u << 13, 0, 0, 0 }, BCI_CPU_BASELINE },
        { "SSE4.1", { 1u << 19, 0, 0, 0 }, BCI_CPU_BASELINE },
        { "SSE4.2", { 1u << 20, 0, 0, 0 }, BCI_CPU_BASELINE },
        { "POPCNT", { 1u << 23, 0, 0, 0 }, BCI_CPU_BASELINE },
        { "LAHF-SAHF", { 0, 0, 1u << 0, 0 }, BCI_CPU_BASELINE },
        { "FMA", { 1u << 12, 0, 0, 0 }, BCI_CPU_V2 },
        { "MOVBE", { 1u << 22, 0, 0, 0 }, BCI_CPU_V2 },
        { "OSXSAVE", { 1u << 27, 0, 0, 0 }, BCI_CPU_V2 },
        { "AVX", { 1u << 28, 0, 0, 0 }, BCI_CPU_V2 },
        { "F16C", { 1u << 29, 0, 0, 0 }, BCI_CPU_V2 },
        { "BMI1", { 0, 1u << 3, 0, 0 }, BCI_CPU_V2 },
        { "AVX2", { 0, 1u << 5, 0, 0 }, BCI_CPU_V2 },
        { "BMI2", { 0, 1u << 8, 0, 0 }, BCI_CPU_V2 },
        { "LZCNT", { 0, 0, 1u << 5, 0 }, BCI_CPU_V2 },
        { "xmm registers", { 0, 0, 0, 1u << 1 }, BCI_CPU_V2 },
        { "ymm registers", { 0, 0, 0, 1u << 2 }, BCI_CPU_V2 },
        { "AVX512F", { 0, 1u << 16, 0, 0 }, BCI_CPU_V3 },
        { "AVX512DQ", { 0, 1u << 17, 0, 0 }, BCI_CPU_V3 },
        { "AVX512CD", { 0, 1u << 28, 0, 0 }, BCI_CPU_V3 },
        { "AVX512BW", { 0, 1u << 30, 0, 0 }, BCI_CPU_V3 },
        { "AVX512VL", { 0, 1u << 31, 0, 0 }, BCI_CPU_V3 },
        { "mask registers", { 0, 0, 0, 1u << 5 }, BCI_CPU_V3 },
        { "upper halves of zmm0 to 15", { 0, 0, 0, 1u << 6 }, BCI_CPU_V3 },
        { "zmm16 to 31", { 0, 0, 0, 1u << 7 }, BCI_CPU_V3 },
        { "a bit that no level needs", { 1u << 26, 1u << 14, 1u << 2, 1u << 9 }, BCI_CPU_V4 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bci_cpu_words *lacks = &rows[i].lacks;
        const bci_cpu_words have = { ~lacks->leaf1_ecx, ~lacks->leaf7_ebx, ~lacks->extended_ecx,
                                     ~lacks->xcr0 };

        EXPECT(bci_cpu_level(&have) == rows[i].level, "without %s: level %s", rows[i].what,
               bci_cpu_name(bci_cpu_level(&have)));
    }
}

#if defined(__x86_64__)
/* The compiler's own run-time check, where it knows levels by name. */
static void compiler_agrees(void **state)
{
    (void)state;
#if __GNUC__ >= 12 && !defined(__clang__)
    __builtin_cpu_init();
    const bci_cpu said = __builtin_cpu_supports("x86-64-v4")   ? BCI_CPU_V4
                         : __builtin_cpu_supports("x86-64-v3") ? BCI_CPU_V3
                         : __builtin_cpu_supports("x86-64-v2") ? BCI_CPU_V2
                                                               : BCI_CPU_BASELINE;

    EXPECT(bci_cpu_detect() == said, "level %s, the compiler's is %s",
           bci_cpu_name(bci_cpu_detect()), bci_cpu_name(said));
#else
    skip();
#endif
}
#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the level in use is the one asked for, and stays", level_in_use),
        SENTENCE("levels that the machine has may be forced, higher ones not", known_levels),
        SENTENCE("unknown levels are refused with a sentence", other_values),
        SENTENCE("known machines have their level", levels_of_words),
        SENTENCE("a level needs every bit that the psABI gives it", every_bit_counts),
#if defined(__x86_64__)
        SENTENCE("the compiler's own check agrees", compiler_agrees),
#endif
    };
    const char *const value = getenv("BITCRUSH_CPU");
    char copy[32] = "";

    if (value && *value) {
        snprintf(copy, sizeof copy, "%s", value);
        asked = copy;
    }
    return cmocka_run_group_tests_name("CPU choice", tests, NULL, NULL);
}
