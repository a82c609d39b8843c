/* Shared-internal: one pass over the rows of a table. */
#ifndef BCI_PASS_H
#define BCI_PASS_H

#include "base/pipeline.h"
#include "numbers/table.h"

/* What is done with each batch, whose cells are found. work may run for several batches at once,
 * each in a slot of its own; judge goes from batch to batch in order, and so does write, or NULL,
 * which sees what work left in the slot, while the batch may be another already. */
typedef struct {
    bc_status (*work)(void *context, bci_batch *b, unsigned slot, bc_error *err);
    bc_status (*judge)(void *context, bci_batch *b, unsigned slot, bc_error *err);
    bc_status (*write)(void *context, unsigned slot, bc_error *err);
    void *context;
    int n_threads;
    const volatile sig_atomic_t *stop;
    /* Told of bytes after those of passes before, of all passes together, or NULL. */
    void (*progress)(void *context, uint64_t bytes_done, uint64_t n_bytes);
    void *progress_context;
    int pass, n_passes; /* this one, from 0 on */
} bci_pass_job;

/* Slots that a job with so many threads has. */
unsigned bci_pass_slots(int n_threads);

/* Walk once; the table was begun. */
BC_NODISCARD bc_status bci_pass_run(bci_table *t, const bci_pass_job *job, bc_error *err);

#endif
