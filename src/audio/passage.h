/* Shared-internal: a sound on its way from file to file. */
#ifndef BCI_PASSAGE_H
#define BCI_PASSAGE_H

#include "audio/quality.h"
#include "audio/silence.h"
#include "audio/soundfile.h"

enum { BCI_PASSAGE_SLOTS = 4 };

/* Make frames first .. first + n - 1 of the output from those of the input. `slot` is below
 * BCI_PASSAGE_SLOTS, and no two calls have the same at a time. */
typedef bc_status bci_passage_work(void *context, unsigned slot, uint64_t first, const void *raw,
                                   size_t n, void *made, bc_error *err);

/* After the work on frames that end before `done`, in order. */
typedef void bci_passage_seen(void *context, unsigned slot, uint64_t done);

typedef struct bci_passage bci_passage;

/* Begin: reads the first batch of `in`, which *head and *n_head show. All arguments stay the
 * caller's and must outlive the passage. Batches are whole groups of `group` frames (0: there are
 * none) but for the last. `silence_frames`: look for runs of zeros longer than that; 0: do not.
 * BC_E_LIMIT when memory is short; errors of reading. */
BC_NODISCARD bc_status bci_passage_new(bci_sound *in, const bci_sound_plan *to, size_t group,
                                       size_t silence_frames, bci_passage **out, const void **head,
                                       size_t *n_head, bc_error *err);

/* The silence in the frames that are worked on in `slot`. */
bci_silent bci_passage_silent(const bci_passage *p, unsigned slot);

/* What to do on the way. */
typedef struct {
    bci_passage_work *work;
    bool in_order; /* work is called for one batch after the other */
    bci_passage_seen *seen;
    void *context;
    double gain; /* that the work applies before anything else */
    int n_threads;
    const volatile sig_atomic_t *stop; /* or NULL */
} bci_passage_job;

/* Let all frames pass to `writer`, and by `quality` (or NULL). *n_frames: how many there were. */
BC_NODISCARD bc_status bci_passage_run(bci_passage *p, const bci_passage_job *job,
                                       bci_sound_writer *writer, bci_audio_quality *quality,
                                       uint64_t *n_frames, bc_error *err);

/* Release; NULL is fine. */
void bci_passage_free(bci_passage *p);

#endif
