/* Shared-internal: a reduction under way. */
#ifndef BCI_REDUCTION_H
#define BCI_REDUCTION_H

#include "base/pipeline.h"
#include "tensor/coded.h"
#include "tensor/recipe.h"
#include "tensor/writer.h"

/* Buffers of a slot, and what was seen in it. */
typedef struct {
    float *x, *y;
    uint8_t *out;
    size_t n_out;     /* bytes */
    bci_coder *coder; /* where something becomes codes and scales, else NULL */
    bc_error_sums error;
    uint64_t n_nonfinite;
} bci_slot;

/* A tensor of the output, in the order of bci_reduction.infos. */
typedef struct {
    size_t tensor; /* of the input */
    size_t piece;  /* of its coding */
    bci_cut cut;   /* of the weights, or of what is copied */
} bci_output;

typedef struct {
    const bc_tensor_settings *settings;
    bc_tensor_file *in;
    const bci_tensor_format *format; /* of the output */
    size_t n_tensors;
    bci_choice *choices;  /* by tensor */
    bci_coding **codings; /* of what becomes codes and scales; else NULL */
    bci_pairs pairs;      /* of the output */
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

/* Whether a tensor goes through as it is. */
bool bci_reduction_copies(const bci_reduction *r, size_t tensor);

/* Weights first .. first + n - 1 of a tensor, to s->x; NaN and infinity are dealt with, and counted
 * in s->n_nonfinite. */
BC_NODISCARD bc_status bci_reduction_read(const bci_reduction *r, size_t tensor, uint64_t first,
                                          size_t n, bci_slot *s, bc_error *err);

/* Find what has to be known of all of a tensor before its first code: scales of long groups. */
BC_NODISCARD bc_status bci_reduction_survey(bci_reduction *r, int n_threads, bc_error *err);

#endif
