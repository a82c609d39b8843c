/* Shared-internal: which CPU level the machine has and the user allows. */
#ifndef BCI_CPU_H
#define BCI_CPU_H

#include <stdint.h>

#include "bitcrush/status.h"

typedef enum {
    BCI_CPU_BASELINE,
    BCI_CPU_V2, /* x86-64-v2: SSE4.2 */
    BCI_CPU_V3, /* x86-64-v3: AVX2 */
    BCI_CPU_V4, /* x86-64-v4: AVX-512 F, BW, CD, DQ, VL */
    BCI_CPU_LEVELS,
} bci_cpu;

/* What CPUID and XGETBV say of an x86 machine: ecx of leaf 1, ebx of leaf 7, ecx of leaf
 * 0x80000001, the lower half of XCR0. */
typedef struct {
    uint32_t leaf1_ecx, leaf7_ebx, extended_ecx, xcr0;
} bci_cpu_words;

/* The highest level all of whose bits, and those of the levels below it, are there. */
bci_cpu bci_cpu_level(const bci_cpu_words *have);

/* The highest level that the machine runs. */
bci_cpu bci_cpu_detect(void);

/* The level that BITCRUSH_CPU asks for, or the detected one without it. A name that is
 * unknown or above the machine is BC_E_USAGE; *out is then the detected level. */
bc_status bci_cpu_choose(bci_cpu *out, bc_error *err);

/* "baseline", "v2", "v3", "v4". */
const char *bci_cpu_name(bci_cpu level);

#endif
