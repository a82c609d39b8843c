/* Shared-internal: a reduction under way. */
#ifndef BCI_REDUCTION_H
#define BCI_REDUCTION_H

#include "base/pipeline.h"
#include "tensor/coded_encode.h"
#include "tensor/cut.h"
#include "tensor/importance.h"
#include "tensor/recipe.h"
#include "tensor/ruling.h"
#include "tensor/writer.h"

/* Buffers of a slot, and what was seen in it. */
typedef struct {
    float *x, *y;
    float *importance; /* of a row */
    uint8_t *out;
    size_t n_out;            /* bytes */
    bci_coder *coder;        /* where something becomes codes and scales, else NULL */
    bci_ruling_room *ruling; /* where something becomes values of a grid, else NULL */
    bc_error_sums error;
    uint64_t *codes; /* how often each occurs */
    double steps2;   /* see bci_observed */
    uint64_t n_nonfinite, n_saturated;
    bool is_safe;    /* no weight in x is so large that its type might not hold it */
    bool is_changed; /* x has other weights than the file, for some had to be limited */
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
    bci_choice *choices;        /* by tensor */
    bci_coding **codings;       /* of what becomes codes and scales; else NULL */
    bci_ruling **rulings;       /* of what becomes values of a grid; else NULL */
    bci_pairs pairs;            /* of the output */
    bci_importance *importance; /* NULL: none */
    bci_weighting *weightings;  /* by tensor */
    size_t n_outputs;
    bci_output *outputs;
    bc_tensor_info *infos; /* of the outputs */
    uint64_t *first_batch; /* by place in the file: the batch that the output begins with */
    bci_tensor_writer *writer;
    bc_tensor_result made;
    uint64_t n_batches, n_elements, n_done;
    size_t most_codes, counted; /* of any tensor; the tensor that `codes` is about so far */
    uint64_t *codes;
    uint64_t largest_batch, longest_row; /* elements; of rows with importance */
    unsigned n_slots;
    bci_slot slots[BCI_MAX_SLOTS];
} bci_reduction;

/* Choose formats, lay the output out, open it and cut it into batches. */
BC_NODISCARD bc_status bci_reduction_plan(bci_reduction *r, const char *out, bc_error *err);

/* Whether a tensor goes through as it is. */
bool bci_reduction_copies(const bci_reduction *r, size_t tensor);

/* What a tensor becomes, for messages: "mulaw", "Q4_0". */
const char *bci_reduction_name_of(const bci_reduction *r, size_t tensor);

/* Weights first .. first + n - 1 of a tensor, to s->x; NaN and infinity are dealt with by
 * settings->nonfinite, and counted in s->n_nonfinite. Sets is_safe and is_changed. */
BC_NODISCARD bc_status bci_reduction_read(const bci_reduction *r, size_t tensor, uint64_t first,
                                          size_t n, bci_slot *s, bc_error *err);

/* Do what `nonfinite` says to the bytes of a float tensor in s->out that has the format asked for
 * already. */
BC_NODISCARD bc_status bci_reduction_admit_copied(const bci_reduction *r, size_t tensor,
                                                  const bci_range *at, bci_slot *s, bc_error *err);

/* After a range that is not safe was encoded and decoded, to s->out and s->y: see that its type
 * holds every weight, or put the largest value there is, by settings->nonfinite. */
BC_NODISCARD bc_status bci_reduction_admit(const bci_reduction *r, size_t tensor,
                                           const bci_range *at, bci_slot *s, bc_error *err);

/* The same of weights that became values of a grid, to s->y, where infinity was not to be
 * saturated: of those that are not finite. */
BC_NODISCARD bc_status bci_reduction_admit_values(const bci_reduction *r, size_t tensor,
                                                  const bci_range *at, bci_slot *s, bc_error *err);

/* Add what s->y is off from s->x, or of F64 from the doubles of the file, to s->error. */
BC_NODISCARD bc_status bci_reduction_measure(const bci_reduction *r, size_t tensor,
                                             const bci_range *at, bci_slot *s, bc_error *err);

/* Find what has to be known of all of a tensor before its first code: scales of long groups. */
BC_NODISCARD bc_status bci_reduction_survey(bci_reduction *r, int n_threads, bc_error *err);

/* Find the importance of what becomes a format that uses it. */
BC_NODISCARD bc_status bci_reduction_weigh(bci_reduction *r, bc_error *err);

/* Note in the pairs of the output which matrix was used, as llama-quantize does; false: out of
 * memory. */
BC_NODISCARD bool bci_reduction_note_importance(bci_reduction *r);

/* How weights of a tensor from `first` on are rounded. */
bci_encoding bci_reduction_encoding(const bci_reduction *r, size_t tensor, uint64_t first);

/* The importance of weights from `element` on to the end of their row, in s->importance. */
BC_NODISCARD bc_status bci_reduction_importance_at(const bci_reduction *r, size_t tensor,
                                                   uint64_t element, bci_slot *s, const float **out,
                                                   bc_error *err);

/* The batch in x, elements from `first` on of a tensor that has importance, as elements of its type
 * in out: row by row. */
BC_NODISCARD bc_status bci_reduction_encode_weighted(const bci_reduction *r, const bci_output *o,
                                                     const bci_range *range, bci_slot *s,
                                                     bc_error *err);

#endif
