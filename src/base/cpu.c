/* Knows the CPU levels of the psABI, how to detect them and how BITCRUSH_CPU forces one. */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

static const char *const names[BCI_CPU_LEVELS] = { "baseline", "v2", "v3", "v4" };

const char *bci_cpu_name(bci_cpu level)
{
    return names[level];
}

bci_cpu bci_cpu_detect(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("popcnt"))
        return BCI_CPU_BASELINE;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2") ||
        !__builtin_cpu_supports("fma"))
        return BCI_CPU_V2;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512vl"))
        return BCI_CPU_V3;
    return BCI_CPU_V4;
#else
    return BCI_CPU_BASELINE;
#endif
}

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
