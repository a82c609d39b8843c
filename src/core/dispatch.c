/* Knows which table of kernels this process uses. */
#include "base/cpu.h"
#include "bitcrush/quantize.h"
#include "core/kernels.h"

extern const bci_kernels bci_kernels_baseline;
#ifdef BCI_X86_LEVELS
extern const bci_kernels bci_kernels_v2, bci_kernels_v3, bci_kernels_v4;
#endif

const bci_kernels *bci_kernels_get(void)
{
#ifdef BCI_X86_LEVELS
    static const bci_kernels *const levels[BCI_CPU_LEVELS] = { &bci_kernels_baseline,
                                                               &bci_kernels_v2, &bci_kernels_v3,
                                                               &bci_kernels_v4 };
    /* Written with the same value by every thread that gets here first. */
    static const bci_kernels *chosen;
    const bci_kernels *table = __atomic_load_n(&chosen, __ATOMIC_RELAXED);

    if (!table) {
        bci_cpu level;

        if (bci_cpu_choose(&level, NULL))
            level = bci_cpu_detect();
        table = levels[level];
        __atomic_store_n(&chosen, table, __ATOMIC_RELAXED);
    }
    return table;
#else
    return &bci_kernels_baseline;
#endif
}

const char *bc_cpu_level(void)
{
    return bci_kernels_get()->name;
}

bc_status bc_cpu_check(bc_error *err)
{
    bci_cpu level;

    return bci_cpu_choose(&level, err);
}
