/* Knows how a sound goes from file to file: in batches of frames, with work done on each. */
#include "audio/passage.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/pipeline.h"

enum { BATCH_SAMPLES = 1 << 15, STRIP = 1024 };

struct bci_passage {
    bci_sound *in;
    size_t batch_frames, n_head;
    void *raw[BCI_PASSAGE_SLOTS], *made[BCI_PASSAGE_SLOTS];
    /* Frames in the slot: of raw, and of made, which is written while raw is read anew. */
    size_t n_raw[BCI_PASSAGE_SLOTS], n_made[BCI_PASSAGE_SLOTS];
    bci_silence *silence; /* NULL: not looked for */
    uint8_t *silent[BCI_PASSAGE_SLOTS];
    uint64_t n_read;
    bc_sample_layout from, to;
    const bci_passage_job *job;
    bci_sound_writer *writer;
    bci_audio_quality *quality;
    bci_pipeline pipeline;
};

/* Whole strips, so that sums do not depend on the number of channels of a batch's cut. */
static size_t frames_for(size_t n_channels, size_t group)
{
    const size_t n = BATCH_SAMPLES / n_channels / STRIP;
    const size_t frames = n > 0 ? n * STRIP : STRIP;

    return group ? (frames + group - 1) / group * group : frames;
}

static bc_status read_frames(bci_passage *p, unsigned slot, size_t *got, bc_error *err)
{
    return p->silence ? bci_silence_read(p->silence, p->raw[slot], p->batch_frames, got,
                                         p->silent[slot], err)
                      : bci_sound_read(p->in, p->raw[slot], p->batch_frames, got, err);
}

/* Before the slots are taken. */
static bc_status take_memory(bci_passage *p, bool has_silence, bc_error *err)
{
    const uint32_t n_channels = bci_sound_info(p->in)->n_channels;
    const size_t bytes = bc_sample_size(p->from) + bc_sample_size(p->to) + has_silence;
    char subject[256];

    bci_format(subject, sizeof subject, "%.150s: holding %d time(s) %zu frame(s) of %u channel(s)",
               bci_sound_name(p->in), BCI_PASSAGE_SLOTS, p->batch_frames, n_channels);
    return bci_take_memory(bci_sound_reading(p->in), bci_sound_memory(p->in),
                           (uint64_t)BCI_PASSAGE_SLOTS * p->batch_frames * n_channels, bytes,
                           subject, err);
}

bc_status bci_passage_new(bci_sound *in, const bci_sound_plan *to, size_t group,
                          size_t silence_frames, bci_passage **out, const void **head,
                          size_t *n_head, bc_error *err)
{
    const bc_audio_info *info = bci_sound_info(in);
    bci_passage *p = calloc(1, sizeof *p);
    bc_status st = BC_OK;

    if (!p)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_sound_name(in));
    p->in = in;
    p->from = info->layout;
    p->to = to->layout;
    p->batch_frames = frames_for(info->n_channels, group);
    st = take_memory(p, silence_frames > 0, err);
    if (!st && silence_frames > 0)
        st = bci_silence_new(in, silence_frames, p->batch_frames, bci_sound_memory(in), &p->silence,
                             err);
    for (int i = 0; !st && i < BCI_PASSAGE_SLOTS; i++) {
        const size_t samples = p->batch_frames * info->n_channels;

        p->raw[i] = malloc(samples * bc_sample_size(p->from));
        p->made[i] = malloc(samples * bc_sample_size(p->to));
        p->silent[i] = p->silence ? malloc(samples) : NULL;
        if (!p->raw[i] || !p->made[i] || (p->silence && !p->silent[i]))
            st = bci_fail(err, BC_E_LIMIT, "%s: out of memory for %u channel(s)",
                          bci_sound_name(in), info->n_channels);
    }
    if (!st)
        st = read_frames(p, 0, &p->n_head, err);
    if (st) {
        bci_passage_free(p);
        return st;
    }
    *head = p->raw[0];
    *n_head = p->n_head;
    *out = p;
    return BC_OK;
}

static uint64_t first_of(const bci_passage *p, uint64_t batch)
{
    return batch * p->batch_frames;
}

static bc_status read_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    bci_passage *p = context;
    size_t *n = &p->n_raw[slot];
    bc_status st = BC_OK;

    if (batch == 0)
        *n = p->n_head;
    else
        st = read_frames(p, slot, n, err);
    if (st)
        return st;
    p->n_read += *n;
    if (*n < p->batch_frames)
        bci_pipeline_end(&p->pipeline, batch + (*n > 0));
    return BC_OK;
}

static bc_status work_on_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    bci_passage *p = context;

    p->n_made[slot] = p->n_raw[slot];
    return p->job->work(p->job->context, slot, first_of(p, batch), p->raw[slot], p->n_raw[slot],
                        p->made[slot], err);
}

static bc_status judge_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    bci_passage *p = context;

    (void)batch, (void)err;
    if (p->quality)
        bci_audio_quality_add(p->quality, p->from, p->raw[slot], p->job->gain, p->to, p->made[slot],
                              p->n_made[slot]);
    return BC_OK;
}

static bc_status write_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    bci_passage *p = context;
    const bc_status st = bci_sound_write(p->writer, p->made[slot], p->n_made[slot], err);

    if (!st)
        p->job->seen(p->job->context, slot, first_of(p, batch) + p->n_made[slot]);
    return st;
}

bc_status bci_passage_run(bci_passage *p, const bci_passage_job *job, bci_sound_writer *writer,
                          bci_audio_quality *quality, uint64_t *n_frames, bc_error *err)
{
    p->job = job;
    p->writer = writer;
    p->quality = quality;
    p->pipeline = (bci_pipeline){ .read = read_batch,
                                  .reduce = work_on_batch,
                                  .judge = quality ? judge_batch : NULL,
                                  .write = write_batch,
                                  .reduce_in_order = job->in_order,
                                  .context = p,
                                  .n_slots = BCI_PASSAGE_SLOTS,
                                  .n_batches = UINT64_MAX,
                                  .n_threads = job->n_threads,
                                  .stop = job->stop };
    const bc_status st = bci_pipeline_run(&p->pipeline, err);

    if (!st)
        *n_frames = p->n_read;
    return st;
}

bci_silent bci_passage_silent(const bci_passage *p, unsigned slot)
{
    return (bci_silent){ p->silent[slot], p->batch_frames };
}

void bci_passage_free(bci_passage *p)
{
    if (!p)
        return;
    for (int i = 0; i < BCI_PASSAGE_SLOTS; i++) {
        free(p->raw[i]);
        free(p->made[i]);
        free(p->silent[i]);
    }
    bci_silence_free(p->silence);
    free(p);
}
