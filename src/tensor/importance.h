/* Shared-internal: importance matrices, which say how much an error in each column of a weight
 * matters: the mean square of what that column was multiplied with. */
#ifndef BCI_IMPORTANCE_H
#define BCI_IMPORTANCE_H

#include "bitcrush/tensor.h"

typedef struct bci_importance bci_importance;

/* Open a file of llama.cpp's llama-imatrix: GGUF, or the .dat that it wrote before. Headers are
 * read and checked as a whole, numbers stay in the file. Statuses as bc_tensor_file_open. */
BC_NODISCARD bc_status bci_importance_open(const char *path, const bc_reading *reading,
                                           bci_importance **out, bc_error *err);

/* Release; NULL is fine. */
void bci_importance_free(bci_importance *m);

/* What the file says of itself. The caller frees out->dataset. */
BC_NODISCARD bc_status bci_importance_summarize(const bci_importance *m, bc_importance_summary *out,
                                                bc_error *err);

/* The name of an entry, for messages; valid until the file is closed. */
const char *bci_importance_some_name(const bci_importance *m);

/* The importance of a tensor: a row of numbers for each of its matrices (experts). */
typedef struct {
    bool is_known;
    size_t entry;
    uint64_t first;  /* number of the entry that the tensor begins with */
    uint64_t row;    /* columns */
    uint64_t n_rows; /* of weights in a matrix, which share a row of importance */
    uint64_t n_matrices;
} bci_weighting;

/* Find a tensor by its name, or by the name that GGUF has for it, and check the numbers of its
 * entry: as many as it has columns, finite, and not negative, else BC_E_FORMAT. */
BC_NODISCARD bc_status bci_importance_find(const bci_importance *m, const bc_tensor_info *tensor,
                                           bci_weighting *out, bc_error *err);

/* The row of importance of a matrix. Thread-safe. */
BC_NODISCARD bc_status bci_importance_read(const bci_importance *m, const bci_weighting *w,
                                           uint64_t matrix, float *out, bc_error *err);

#endif
