/* Shared-internal: checkpoints whose numbers mean nothing without scales that stand beside them. */
#ifndef BCI_CODED_UNREAD_H
#define BCI_CODED_UNREAD_H

#include "tensor/file.h"

/* BC_E_UNSUPPORTED, saying what it is, where a tensor holds codes whose scales are in a tensor of
 * their own in a layout that is not read here: weights they are not. What settings (or NULL) drop
 * does not count. Layouts that are read have been joined before. */
BC_NODISCARD bc_status bci_coded_refuse_unread(const bc_tensor_file *file,
                                               const bc_tensor_settings *settings, bc_error *err);

#endif
