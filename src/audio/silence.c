/* Knows digital silence: which samples belong to a run of zeros that is long enough. A run is known
 * to be long when as many frames behind its first sample have been read, so reading goes ahead by
 * that many, and what is found does not depend on where batches are cut. */
#include "audio/silence.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"

enum { STRIP = 1024 };

#define MAX_AHEAD ((size_t)256 << 20) /* bytes of samples that are read ahead */

/* What the last sample of a channel was part of. */
typedef enum { SOUND, SHORT_RUN, LONG_RUN } run_kind;

struct bci_silence {
    bci_sound *in;
    size_t n_frames, batch_frames, n_channels, frame_bytes;
    size_t room, n_held; /* frames */
    size_t first; /* place of the next one to be handed out; behind the last place is the first */
    bool is_at_end;
    uint8_t *raw;
    uint8_t *zeros; /* [channel][room]: the sample is 0 */
    run_kind *runs; /* [channel] */
    double **planes;
};

static bc_status take_memory(const bci_silence *s, uint64_t *memory, bc_error *err)
{
    char subject[256];

    bci_format(subject, sizeof subject, "%.150s: looking %zu frame(s) ahead for silence",
               bci_sound_name(s->in), s->n_frames);
    return bci_take_memory(bci_sound_reading(s->in), memory, s->room,
                           s->frame_bytes + s->n_channels, subject, err);
}

static bc_status allocate(bci_silence *s, bc_error *err)
{
    const size_t n = s->n_channels;

    s->raw = malloc(s->room * s->frame_bytes);
    s->zeros = malloc(s->room * n);
    s->runs = calloc(n, sizeof *s->runs);
    s->planes = calloc(n, sizeof *s->planes);
    if (s->planes)
        s->planes[0] = malloc(n * STRIP * sizeof(double));
    if (!s->raw || !s->zeros || !s->runs || !s->planes || !s->planes[0])
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu channel(s)",
                        bci_sound_name(s->in), n);
    for (size_t c = 1; c < n; c++)
        s->planes[c] = s->planes[0] + c * STRIP;
    return BC_OK;
}

bc_status bci_silence_new(bci_sound *in, size_t n_frames, size_t batch_frames, uint64_t *memory,
                          bci_silence **out, bc_error *err)
{
    const size_t n_channels = bci_sound_info(in)->n_channels;
    const size_t frame_bytes = bci_sound_frame_size(in);
    bci_silence *s;
    bc_status st;

    if (n_frames > MAX_AHEAD / frame_bytes)
        return bci_fail(
            err, BC_E_LIMIT,
            "%s: silence of %zu frame(s) of %zu byte(s), expected at most %zu MiB to look "
            "ahead",
            bci_sound_name(in), n_frames, frame_bytes, MAX_AHEAD >> 20);
    s = calloc(1, sizeof *s);
    if (!s)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_sound_name(in));
    *s = (bci_silence){ .in = in,
                        .n_frames = n_frames,
                        .batch_frames = batch_frames,
                        .n_channels = n_channels,
                        .frame_bytes = frame_bytes,
                        .room = batch_frames + n_frames };
    st = take_memory(s, memory, err);
    if (!st)
        st = allocate(s, err);
    if (st) {
        bci_silence_free(s);
        return st;
    }
    *out = s;
    return BC_OK;
}

/* The place of the frame i behind the first. */
static size_t place_of(const bci_silence *s, size_t i)
{
    const size_t at = s->first + i;

    return at < s->room ? at : at - s->room;
}

/* Note which of the n frames at a place are 0. */
static void note_zeros(bci_silence *s, size_t place, size_t n)
{
    for (size_t done = 0; done < n; done += STRIP) {
        const size_t at = place + done, m = n - done < STRIP ? n - done : STRIP;

        bc_pcm_unpack(bci_sound_info(s->in)->layout, s->raw + at * s->frame_bytes, m, s->n_channels,
                      s->planes);
        for (size_t c = 0; c < s->n_channels; c++)
            for (size_t i = 0; i < m; i++)
                s->zeros[c * s->room + at + i] = s->planes[c][i] == 0.0;
    }
}

static bc_status fill(bci_silence *s, bc_error *err)
{
    while (!s->is_at_end && s->n_held < s->room) {
        const size_t at = place_of(s, s->n_held), n_free = s->room - s->n_held;
        const size_t n = n_free < s->room - at ? n_free : s->room - at;
        size_t got = 0;
        const bc_status st = bci_sound_read(s->in, s->raw + at * s->frame_bytes, n, &got, err);

        if (st)
            return st;
        note_zeros(s, at, got);
        s->n_held += got;
        s->is_at_end = got == 0;
    }
    return BC_OK;
}

/* Whether the run that begins at frame i of the channel is long enough. */
static bool is_long(const bci_silence *s, const uint8_t *zeros, size_t i)
{
    size_t n = 0;

    while (n <= s->n_frames && i + n < s->n_held && zeros[place_of(s, i + n)])
        n++;
    return n > s->n_frames;
}

static void find(bci_silence *s, size_t channel, size_t n, uint8_t *silent)
{
    const uint8_t *zeros = s->zeros + channel * s->room;
    run_kind run = s->runs[channel];

    for (size_t i = 0; i < n; i++) {
        if (!zeros[place_of(s, i)])
            run = SOUND;
        else if (run == SOUND)
            run = is_long(s, zeros, i) ? LONG_RUN : SHORT_RUN;
        silent[i] = run == LONG_RUN;
    }
    s->runs[channel] = run;
}

bc_status bci_silence_read(bci_silence *s, void *raw, size_t n_frames, size_t *got, uint8_t *silent,
                           bc_error *err)
{
    const bc_status st = fill(s, err);
    const size_t n = n_frames < s->n_held ? n_frames : s->n_held;
    const size_t n_straight = n < s->room - s->first ? n : s->room - s->first;

    if (st)
        return st;
    for (size_t c = 0; c < s->n_channels; c++)
        find(s, c, n, silent + c * s->batch_frames);
    memcpy(raw, s->raw + s->first * s->frame_bytes, n_straight * s->frame_bytes);
    memcpy((uint8_t *)raw + n_straight * s->frame_bytes, s->raw, (n - n_straight) * s->frame_bytes);
    s->first = place_of(s, n);
    s->n_held -= n;
    *got = n;
    return BC_OK;
}

void bci_silence_free(bci_silence *s)
{
    if (!s)
        return;
    if (s->planes)
        free(s->planes[0]);
    free(s->planes);
    free(s->runs);
    free(s->zeros);
    free(s->raw);
    free(s);
}
