/* Shared-internal: a reduction under way. */
#ifndef BCI_REDUCTION_H
#define BCI_REDUCTION_H

#include "base/pipeline.h"
#include "tensor/cut.h"
#include "tensor/recipe.h"
#include "tensor/writer.h"

/* Buffers of a slot, and what was seen in it. */
typedef struct {
    float *x, *y;
    uint8_t *out;
    size_t n_out; /* bytes */
    bc_error_sums error;
    uint64_t n_nonfinite;
} bci_slot;

/* A tensor of the output, in the order of bci_reduction.infos. */
typedef struct {
    size_t tensor; /* of the input */
    bci_cut cut;
} bci_output;

typedef struct {
    const bc_tensor_settings *settings;
    bc_tensor_file *in;
    const bci_tensor_format *format; /* of the output */
    size_t n_tensors;
    bci_choice *choices; /* by tensor */
    size_t n_outputs;
    bci_output *outputs;
    bc_tensor_info *infos; /* of the outputs */
    uint64_t *first_batch; /* by place in the file: the batch that the output begins with */
    bci_tensor_writer *writer;
    bc_tensor_result made;
    uint64_t n_batches, n_elements, n_done;
    unsigned n_slots;
    bci_slot slots[BCI_MAX_SLOTS];
} bci_reduction;

/* Choose formats, lay the output out, open it and cut it into batches. */
BC_NODISCARD bc_status bci_reduction_plan(bci_reduction *r, const char *out, bc_error *err);

#endif
