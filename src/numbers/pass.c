/* Knows how the rows of a table pass by: read in order, their cells found on several threads. */
#include "numbers/pass.h"

#include <stdlib.h>

#include "base/fail.h"

typedef struct {
    bci_table *table;
    const bci_pass_job *job;
    bci_batch batches[BCI_MAX_SLOTS];
    uint64_t n_bytes[BCI_MAX_SLOTS]; /* up to the end of the batch */
    bci_pipeline pipeline;
} passing;

unsigned bci_pass_slots(int n_threads)
{
    const unsigned wanted = 2 * (unsigned)n_threads + 1;

    return wanted < BCI_MAX_SLOTS ? wanted : BCI_MAX_SLOTS;
}

static bc_status read_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    passing *w = context;
    bci_batch *b = &w->batches[slot];
    const bc_status st = bci_table_read(w->table, b, err);

    w->n_bytes[slot] = b->first_byte + b->n_text;
    if (!st && b->n_text == 0)
        bci_pipeline_end(&w->pipeline, batch);
    return st;
}

static bc_status work_on(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    passing *w = context;
    const bc_status st = bci_table_parse(w->table, &w->batches[slot], err);

    (void)batch;
    return st ? st : w->job->work(w->job->context, &w->batches[slot], slot, err);
}

static bc_status judge(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    passing *w = context;
    const bci_pass_job *job = w->job;
    const uint64_t size = bci_table_size(w->table);
    const bc_status st = job->judge(job->context, &w->batches[slot], slot, err);

    (void)batch;
    if (!st && job->progress && size != UINT64_MAX)
        job->progress(job->progress_context, (uint64_t)job->pass * size + w->n_bytes[slot],
                      (uint64_t)job->n_passes * size);
    else if (!st && job->progress)
        job->progress(job->progress_context, w->n_bytes[slot], UINT64_MAX);
    return st;
}

static bc_status write_made(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    const bci_pass_job *job = ((passing *)context)->job;

    (void)batch;
    return job->write ? job->write(job->context, slot, err) : BC_OK;
}

bc_status bci_pass_run(bci_table *t, const bci_pass_job *job, bc_error *err)
{
    passing *w = calloc(1, sizeof *w);
    bc_status st;

    if (!w)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_table_name(t));
    w->table = t;
    w->job = job;
    w->pipeline = (bci_pipeline){ .read = read_batch,
                                  .reduce = work_on,
                                  .judge = judge,
                                  .write = write_made,
                                  .context = w,
                                  .n_slots = bci_pass_slots(job->n_threads),
                                  .n_batches = UINT64_MAX,
                                  .n_threads = job->n_threads,
                                  .stop = job->stop };
    st = bci_pipeline_run(&w->pipeline, err);
    for (unsigned i = 0; i < BCI_MAX_SLOTS; i++)
        bci_batch_free(&w->batches[i]);
    free(w);
    return st;
}
