/* Shared-internal: several tensors of a file that is being opened become one. */
#ifndef BCI_CODED_JOIN_H
#define BCI_CODED_JOIN_H

#include "tensor/coded.h"

struct bci_joiner {
    bc_tensor_file *file;
    bool *is_taken; /* by tensor: a piece of another, to be dropped */
    size_t n_joined;
};

/* The file, for messages. */
const char *bci_joiner_path(const bci_joiner *j);

/* Make one tensor of the pieces of info->name, which has this shape when it is read. BC_E_FORMAT
 * where a piece is not there, is something else, or belongs to another. */
BC_NODISCARD bc_status bci_join(bci_joiner *j, const bci_coded_format *format,
                                const bc_tensor_info *info, const bci_coding_choice *choice,
                                bc_error *err);

#endif
