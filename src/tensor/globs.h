/* Shared-internal: patterns that name tensors. */
#ifndef BCI_GLOBS_H
#define BCI_GLOBS_H

#include "base/shown.h"
#include "tensor/file.h"

/* True when the name fits the pattern: as fnmatch has it; without wildcards also when some parts of
 * the name, between dots, are the pattern ("attn_v" of "blk.0.attn_v.weight"). */
bool bci_glob_fits(const char *glob, const char *name);
bool bci_glob_any_fits(const char *const *globs, size_t n, const char *name);

/* A pattern that fits the name, short enough for a sentence. */
bci_shown bci_glob_of(const char *name);

/* BC_E_USAGE for a pattern of the settings that names no tensor of the file, with the nearest
 * names. */
BC_NODISCARD bc_status bci_globs_check(const bc_tensor_settings *settings,
                                       const bc_tensor_file *file, bc_error *err);

#endif
