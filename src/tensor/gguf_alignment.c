/* Knows what the data of a GGUF file are aligned to. */
#include "tensor/gguf_alignment.h"

#include "base/fail.h"

enum {
    USUAL = 32,
    MAX_ALIGNMENT = 1 << 24 /* of a file that is written it is padding in memory */
};

bc_status bci_gguf_alignment(const bci_pairs *pairs, const char *name, uint64_t *alignment,
                             bc_error *err)
{
    const bci_pair *pair = bci_pairs_find(pairs, "general.alignment");
    uint64_t n = USUAL;

    if (pair && (pair->type != BCI_VALUE_U32 || !bci_pair_number(pair, &n) || n == 0 ||
                 n > MAX_ALIGNMENT || (n & (n - 1)) != 0)) {
        bc_tensor_metadata shown;

        bci_pair_describe(pair, &shown);
        return bci_fail(err, BC_E_FORMAT,
                        "%s: byte %llu: general.alignment is %s %s, expected a power of two up to "
                        "%d as u32",
                        name, (unsigned long long)pair->entry, shown.type, shown.value,
                        MAX_ALIGNMENT);
    }
    *alignment = n;
    return BC_OK;
}
