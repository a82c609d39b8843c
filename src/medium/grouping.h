/* Shared-internal: what shares a scale, by the words for it. */
#ifndef BCI_GROUPING_H
#define BCI_GROUPING_H

#include <stdbool.h>
#include <stdint.h>

#include "bitcrush/scale.h"

/* What a medium has of the words, with blanks around each (" all row "), and which numbers. */
typedef struct {
    const char *words;
    const char *counted;  /* "samples" */
    uint32_t least, most; /* most 0: there is no end */
    uint32_t factor;      /* what it is a multiple of */
} bci_groups;

/* Read the value of `group`: *n is the number of a BC_PER_BLOCK, else as it was. NULL leaves both
 * as they are. BC_E_USAGE with what is expected; of a word that other media have it says so. */
BC_NODISCARD bc_status bci_group_read(const char *text, const bci_groups *has, bc_scale_group *per,
                                      uint32_t *n, bc_error *err);

/* BC_E_USAGE for a number that is none of a group. */
BC_NODISCARD bc_status bci_group_check(uint32_t n, const bci_groups *has, bc_error *err);

/* Whether a number is one. */
bool bci_group_takes(uint64_t n, const bci_groups *has);

#endif
