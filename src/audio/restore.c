/* Knows how subtractive dither is taken away again: the noise that was added before rounding is
 * made once more, by what the file says of it, and subtracted. What is left of the error is
 * rounding alone, a twelfth of a step squared. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/describe.h"
#include "audio/dither_note.h"
#include "audio/passage.h"
#include "base/fail.h"
#include "base/threads.h"

enum { STRIP = 1024 };

typedef struct {
    const bc_audio_settings *settings;
    bci_sound *in;
    bci_dither_note note;
    bc_audio_depth had; /* what it was reduced to */
    bci_sound_plan plan;
    bci_passage *passage;
    bci_sound_writer *writer;
    bci_audio_quality *quality;
    size_t n_channels;
    uint32_t *streams;
    double *memory;
    double **x[BCI_PASSAGE_SLOTS];
    int32_t **codes[BCI_PASSAGE_SLOTS];
} restoration;

/* The depth that holds the restored values: 8 bits more, in containers of whole bytes. */
static const char *depth_for(const bc_audio_depth *had)
{
    return had->bits <= 16.0 ? "24" : "32";
}

static bc_status read_note(restoration *r, bc_error *err)
{
    bc_status st;

    if (!bci_dither_note_read(bci_sound_comment(r->in), &r->note))
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s: nothing in its comment about subtractive dither, expected a file "
                        "made with `subtractive`",
                        bci_sound_name(r->in));
    st = bc_audio_depth_named(r->note.grid, &r->had, NULL);
    return st || r->had.encoding != BC_ENCODING_PCM
               ? bci_fail(err, BC_E_FORMAT, "%s: grid %s in its comment, expected pcm or levels",
                          bci_sound_name(r->in), r->note.grid)
               : BC_OK;
}

static bc_status allocate(restoration *r, bc_error *err)
{
    const size_t n = r->n_channels, strip = n * STRIP;
    char *at;

    r->streams = malloc(n * sizeof *r->streams);
    r->memory = malloc(BCI_PASSAGE_SLOTS * (strip * (sizeof(double) + sizeof(int32_t)) +
                                            n * (sizeof(double *) + sizeof(int32_t *))));
    if (!r->streams || !r->memory)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu channel(s)",
                        bci_sound_name(r->in), n);
    at = (char *)r->memory;
    for (int i = 0; i < BCI_PASSAGE_SLOTS; i++) {
        double *x = (double *)(void *)at;
        int32_t *codes = (int32_t *)(void *)(at + strip * sizeof *x);

        at += strip * (sizeof *x + sizeof *codes);
        r->x[i] = (double **)(void *)at;
        r->codes[i] = (int32_t **)(void *)(at + n * sizeof *r->x[i]);
        at += n * (sizeof *r->x[i] + sizeof *r->codes[i]);
        for (size_t c = 0; c < n; c++) {
            r->x[i][c] = x + c * STRIP;
            r->codes[i][c] = codes + c * STRIP;
        }
    }
    for (size_t c = 0; c < n; c++)
        r->streams[c] = bci_channel_stream(c, r->note.history);
    return BC_OK;
}

static bc_status check_finite(const restoration *r, size_t channel, uint64_t first, const double *x,
                              size_t n, bc_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return bci_fail(err, BC_E_FORMAT,
                            "%s: %s in frame %llu of channel %zu, expected finite samples",
                            bci_sound_name(r->in), isnan(x[i]) ? "NaN" : "infinity",
                            (unsigned long long)(first + i), channel + 1);
    return BC_OK;
}

/* Values without their noise, as integers of the output. */
static void restore_plane(const restoration *r, size_t channel, uint64_t first, const double *x,
                          size_t n, int32_t *codes)
{
    const double step = 1.0 / r->had.grid.den;
    const double full = ldexp(1.0, r->settings->depth.valid_bits - 1);
    double noise[STRIP];

    bc_noise_fill_f64(bc_noise_find("rpdf"), r->note.seed, r->streams[channel], first, noise, n);
    for (size_t i = 0; i < n; i++) {
        const double v = rint((x[i] - noise[i] * step) * full);

        codes[i] = (int32_t)(v < -full ? -full : v > full - 1 ? full - 1 : v);
    }
}

static bc_status restore(void *context, unsigned slot, uint64_t first, const void *raw, size_t n,
                         void *made, bc_error *err)
{
    restoration *r = context;
    const bc_sample_layout from = bci_sound_info(r->in)->layout, to = r->plan.layout;
    const size_t raw_bytes = r->n_channels * bc_sample_size(from);
    const size_t made_bytes = r->n_channels * bc_sample_size(to);

    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < n; i += STRIP) {
        const size_t m = n - i < STRIP ? n - i : STRIP;

        bc_pcm_unpack(from, (const char *)raw + i * raw_bytes, m, r->n_channels, r->x[slot]);
        for (size_t c = 0; !st && c < r->n_channels; c++) {
            st = check_finite(r, c, first + i, r->x[slot][c], m, err);
            if (!st)
                restore_plane(r, c, first + i, r->x[slot][c], m, r->codes[slot][c]);
        }
        if (st)
            break;
        bc_pcm_pack(to, (const int32_t *const *)r->codes[slot], r->plan.shift, m, r->n_channels,
                    (char *)made + i * made_bytes);
    }
    return st;
}

static void seen(void *context, unsigned slot, uint64_t done)
{
    const restoration *r = context;
    const bc_audio_settings *s = r->settings;

    (void)slot;
    if (s->progress)
        s->progress(s->context, done, bci_sound_info(r->in)->n_frames);
}

static bc_status open_output(restoration *r, const char *out, bc_error *err)
{
    const bc_audio_settings *s = r->settings;
    const bc_audio_info *info = bci_sound_info(r->in);
    bci_sound_target target = { .path = out,
                                .force = s->force,
                                .container = s->container,
                                .encoding = BC_ENCODING_PCM,
                                .valid_bits = s->depth.valid_bits,
                                .rate_hz = info->rate_hz,
                                .n_channels = info->n_channels,
                                .n_frames = info->n_frames,
                                .strip = s->strip,
                                .comment_line = s->strip ? NULL : bci_dither_note_end,
                                .hides_valid_bits = s->plain_header };
    const void *head;
    size_t n_head;
    bc_status st = bci_sound_check(&target, r->in, &r->plan, err);

    if (!st)
        st = bci_passage_new(r->in, &r->plan, 0, 0, &r->passage, &head, &n_head, err);
    if (st)
        return st;
    target.container = r->plan.format;
    target.is_dry = s->dry_run;
    st = bci_sound_create(&target, r->in, &r->writer, err);
    if (!st && !s->skip_quality)
        st = bci_audio_quality_new(r->in, NULL, false, false, &r->quality, err);
    return st;
}

bc_status bc_audio_restore(const char *in, const char *out, const bc_audio_settings *settings,
                           bc_audio_result *result, bc_error *err)
{
    bc_audio_settings s = *settings;
    restoration r = { .settings = &s };
    bci_passage_job job = { .work = restore,
                            .seen = seen,
                            .context = &r,
                            .gain = 1.0,
                            .n_threads = bci_thread_count(settings->n_threads),
                            .stop = settings->reading.stop };
    bc_audio_result made = { .gain = 1.0,
                             .overshoot_db = NAN,
                             .theory_snr_db = NAN,
                             .theory_noise_dbfs = NAN,
                             .quality = bci_audio_quality_unknown() };
    bc_status st = bci_sound_open(in, &settings->reading, &r.in, err);

    if (!st)
        st = read_note(&r, err);
    if (!st)
        st = bc_audio_depth_named(depth_for(&r.had), &s.depth, err);
    if (!st) {
        r.n_channels = bci_sound_info(r.in)->n_channels;
        st = allocate(&r, err);
    }
    if (!st)
        st = open_output(&r, out, err);
    if (!st)
        st = bci_passage_run(r.passage, &job, r.writer, r.quality, &made.n_frames, err);
    if (!st && r.quality)
        st = bci_audio_quality_measure(r.quality, &made.quality, err);
    if (!st)
        st = bci_sound_commit(r.writer, err);
    if (!st) {
        bci_audio_describe(&made, r.in, r.writer, &s);
        made.noise = bc_noise_find("none");
        made.n_threads = job.n_threads;
        *result = made;
    }
    bci_sound_writer_free(r.writer);
    bci_audio_quality_free(r.quality);
    bci_passage_free(r.passage);
    bci_sound_free(r.in);
    free(r.streams);
    free(r.memory);
    return st;
}
