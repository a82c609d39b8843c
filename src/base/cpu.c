/* Knows the CPU levels of the psABI, how to detect them and how BITCRUSH_CPU forces one. */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#endif

#include "base/fail.h"

static const char *const names[BCI_CPU_LEVELS] = { "baseline", "v2", "v3", "v4" };

const char *bci_cpu_name(bci_cpu level)
{
    return names[level];
}

/* What a level needs beside those below it, as the x86-64 psABI lists it: code that is compiled for
 * the level may use any of it. XCR0 says which registers the system saves when it changes tasks. */
static const struct {
    bci_cpu level;
    bci_cpu_words need;
} levels[] = {
    /* SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT; LAHF-SAHF */
    { BCI_CPU_V2,
      { .leaf1_ecx = 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23,
        .extended_ecx = 1u << 0 } },
    /* FMA, MOVBE, OSXSAVE, AVX, F16C; BMI1, AVX2, BMI2; LZCNT; SSE and AVX registers */
    { BCI_CPU_V3,
      { .leaf1_ecx = 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29,
        .leaf7_ebx = 1u << 3 | 1u << 5 | 1u << 8,
        .extended_ecx = 1u << 5,
        .xcr0 = 1u << 1 | 1u << 2 } },
    /* AVX-512 F, DQ, CD, BW, VL; mask registers and both halves of the 512-bit ones */
    { BCI_CPU_V4,
      { .leaf7_ebx = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31,
        .xcr0 = 1u << 5 | 1u << 6 | 1u << 7 } },
};

bci_cpu bci_cpu_level(const bci_cpu_words *have)
{
    bci_cpu level = BCI_CPU_BASELINE;

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        const bci_cpu_words *need = &levels[i].need;

        if (need->leaf1_ecx & ~have->leaf1_ecx || need->leaf7_ebx & ~have->leaf7_ebx ||
            need->extended_ecx & ~have->extended_ecx || need->xcr0 & ~have->xcr0)
            break;
        level = levels[i].level;
    }
    return level;
}

#if defined(__x86_64__) && defined(__GNUC__)
bci_cpu bci_cpu_detect(void)
{
    const uint32_t os_saves = 1u << 27;
    bci_cpu_words w = { 0 };
    uint32_t a, b, c, d;

    if (__get_cpuid(1, &a, &b, &c, &d))
        w.leaf1_ecx = c;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
        w.leaf7_ebx = b;
    if (__get_cpuid(0x80000001u, &a, &b, &c, &d))
        w.extended_ecx = c;
    if (w.leaf1_ecx & os_saves) /* else the instruction is none */
        __asm__ volatile("xgetbv" : "=a"(w.xcr0), "=d"(d) : "c"(0));
    return bci_cpu_level(&w);
}
#else
bci_cpu bci_cpu_detect(void)
{
    return BCI_CPU_BASELINE;
}
#endif

bc_status bci_cpu_choose(bci_cpu *out, bc_error *err)
{
    const bci_cpu have = bci_cpu_detect();
    const char *want = getenv("BITCRUSH_CPU");

    *out = have;
    if (!want || !*want)
        return BC_OK;
    for (int i = 0; i < BCI_CPU_LEVELS; i++) {
        if (strcmp(want, names[i]) != 0)
            continue;
        if (i > (int)have)
            return bci_fail(err, BC_E_USAGE,
                            "BITCRUSH_CPU=%s: this machine has level %s, "
                            "expected that or a lower one",
                            want, names[have]);
        *out = (bci_cpu)i;
        return BC_OK;
    }
    return bci_fail(err, BC_E_USAGE,
                    "BITCRUSH_CPU=%s: unknown level, expected baseline, v2, v3 or v4", want);
}
