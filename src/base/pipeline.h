/* Shared-internal: batches of data through stages, side by side on several threads. */
#ifndef BCI_PIPELINE_H
#define BCI_PIPELINE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "bitcrush/status.h"

enum { BCI_MAX_SLOTS = 16 };

/* Work on batch `batch`, whose buffers are those of slot `slot`, batch % n_slots. */
typedef bc_status bci_stage(void *context, uint64_t batch, unsigned slot, bc_error *err);

/* What is done with every batch: read (or NULL: reduce finds its input by itself, so that reading
 * is part of the work that threads share) fills the slot's input, reduce makes its output of it,
 * judge (or NULL) looks at both, write takes the output. With prepare (or NULL) read fills a place
 * of its own, which prepare makes the input of. read, judge and write go from batch to batch in
 * order, one at a time each; so does reduce with reduce_in_order, else it may run for several
 * batches at once, as prepare may. How the data are cut into batches does not depend on threads. */
typedef struct {
    bci_stage *read, *prepare, *reduce, *judge, *write;
    bool reduce_in_order;
    void *context;
    unsigned n_slots;                  /* 1..BCI_MAX_SLOTS */
    uint64_t n_batches;                /* UINT64_MAX: until read calls bci_pipeline_end */
    int n_threads;                     /* 1 and more */
    const volatile sig_atomic_t *stop; /* give up with BC_E_INTERRUPTED once set, or NULL */
    /* How it went; set to 0. */
    int has_failed;
    bc_status status;
    bc_error error;
} bci_pipeline;

/* Run. The first failure ends it and is returned. */
BC_NODISCARD bc_status bci_pipeline_run(bci_pipeline *p, bc_error *err);

/* For read: there are n_batches batches, no more than the one being read and those before. */
void bci_pipeline_end(bci_pipeline *p, uint64_t n_batches);

#endif
