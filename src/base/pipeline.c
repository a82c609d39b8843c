/* Knows how batches go through stages on several threads: as tasks that wait for what they need
 * and for nothing else. */
#include "base/pipeline.h"

#include "base/fail.h"
#include "base/stop_flag.h"

enum { WINDOW_PER_THREAD = 12 }; /* of 5 tasks each: see bci_pipeline_run */

static bool has_failed(const bci_pipeline *p)
{
    return __atomic_load_n(&p->has_failed, __ATOMIC_ACQUIRE) != 0;
}

void bci_pipeline_end(bci_pipeline *p, uint64_t n_batches)
{
    __atomic_store_n(&p->n_batches, n_batches, __ATOMIC_RELEASE);
}

static uint64_t end_of(const bci_pipeline *p)
{
    return __atomic_load_n(&p->n_batches, __ATOMIC_ACQUIRE);
}

/* A stage's work on a batch, unless there is no such batch or the run has failed; the first
 * failure is kept. */
static void run_stage(bci_pipeline *p, bci_stage *stage, uint64_t batch)
{
    bc_error error = { 0 };
    bc_status st;

    if (has_failed(p) || batch >= end_of(p))
        return;
    st = stage(p->context, batch, (unsigned)(batch % p->n_slots), &error);
    if (!st && bci_flag_is_set(p->stop))
        st = bci_fail(&error, BC_E_INTERRUPTED, "interrupted, no output written");
    if (st && __atomic_exchange_n(&p->has_failed, 1, __ATOMIC_ACQ_REL) == 0) {
        p->status = st;
        p->error = error;
    }
}

/* The tasks of batches first .. end - 1. What one waits for is told by the depend clauses: its
 * turn among its like, its input, and that its slot is free again. */
static void make_tasks(bci_pipeline *p, uint64_t first, uint64_t end)
{
    /* Names for the clauses, never read. */
    char raw_slot[BCI_MAX_SLOTS], in_slot[BCI_MAX_SLOTS], out_slot[BCI_MAX_SLOTS];
    char own[BCI_MAX_SLOTS], reader, reducer, judge, writer;

    (void)raw_slot, (void)in_slot, (void)out_slot, (void)own;
    (void)reader, (void)reducer, (void)judge, (void)writer;
    for (uint64_t i = first; i < end; i++) {
        const unsigned s = (unsigned)(i % p->n_slots);
        char *turn = p->reduce_in_order ? &reducer : &own[s];
        char *read = p->prepare ? &raw_slot[s] : &in_slot[s];

        (void)turn, (void)read;
        /* clang-format off */
        if (p->read) {
#pragma omp task depend(inout : reader) depend(out : read[0])
            run_stage(p, p->read, i);
        }
        if (p->prepare) {
#pragma omp task depend(in : raw_slot[s]) depend(out : in_slot[s])
            run_stage(p, p->prepare, i);
        }
#pragma omp task depend(inout : turn[0]) depend(in : in_slot[s]) depend(out : out_slot[s])
        run_stage(p, p->reduce, i);
        if (p->judge) {
#pragma omp task depend(inout : judge) depend(in : in_slot[s]) depend(in : out_slot[s])
            run_stage(p, p->judge, i);
        }
#pragma omp task depend(inout : writer) depend(in : out_slot[s])
        run_stage(p, p->write, i);
        /* clang-format on */
    }
}

/* Batches go through in windows, each a parallel region whose closing barrier runs every task,
 * those that tasks made too: waiting for tasks by name would leave the work that one thread made
 * to that thread, and past 64 tasks a thread libgomp stops queueing them. */
bc_status bci_pipeline_run(bci_pipeline *p, bc_error *err)
{
    const uint64_t window = WINDOW_PER_THREAD * (uint64_t)p->n_threads;

    for (uint64_t first = 0; first < end_of(p) && !has_failed(p); first += window) {
        const uint64_t left = end_of(p) - first;
        const uint64_t end = first + (left < window ? left : window);

#pragma omp parallel num_threads(p->n_threads)
#pragma omp single
        make_tasks(p, first, end);
    }
    if (p->status && err)
        *err = p->error;
    return p->status;
}
