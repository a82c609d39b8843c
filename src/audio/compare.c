/* Knows how two sound files are compared. */
#include <stdio.h>
#include <stdlib.h>

#include "audio/quality.h"
#include "audio/soundfile.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"

enum { STRIP = 4096 };

static bc_status check_shapes(const bci_sound *a, const bci_sound *b, bc_error *err)
{
    const bc_audio_info *x = bci_sound_info(a), *y = bci_sound_info(b);
    const char *name = bci_sound_name(b);

    if (x->rate_hz != y->rate_hz)
        return bci_fail(err, BC_E_USAGE, "%s: %u Hz, expected %u Hz as in %s", name, y->rate_hz,
                        x->rate_hz, bci_sound_name(a));
    if (x->n_channels != y->n_channels)
        return bci_fail(err, BC_E_USAGE, "%s: %u channel(s), expected %u as in %s", name,
                        y->n_channels, x->n_channels, bci_sound_name(a));
    if (x->n_frames != UINT64_MAX && y->n_frames != UINT64_MAX && x->n_frames != y->n_frames)
        return bci_fail(err, BC_E_USAGE, "%s: %llu frame(s), expected %llu as in %s", name,
                        (unsigned long long)y->n_frames, (unsigned long long)x->n_frames,
                        bci_sound_name(a));
    return BC_OK;
}

static bc_status walk(bci_sound *a, bci_sound *b, bci_audio_quality *q, uint64_t *n_frames,
                      bc_error *err)
{
    char subject[256];

    bci_format(subject, sizeof subject, "%.150s: comparing %d frame(s) of %u channel(s) at a time",
               bci_sound_name(a), STRIP, bci_sound_info(a)->n_channels);
    bc_status st = bci_take_memory(bci_sound_reading(a), bci_sound_memory(a), STRIP,
                                   bci_sound_frame_size(a) + bci_sound_frame_size(b), subject, err);

    if (st)
        return st;
    void *x = malloc(STRIP * bci_sound_frame_size(a));
    void *y = malloc(STRIP * bci_sound_frame_size(b));
    size_t n_x = 1, n_y = 1;

    if (!x || !y)
        st = bci_fail(err, BC_E_LIMIT, "%s: out of memory", bci_sound_name(a));
    for (*n_frames = 0; !st && n_x > 0; *n_frames += n_x) {
        st = bci_sound_read(a, x, STRIP, &n_x, err);
        if (!st)
            st = bci_sound_read(b, y, STRIP, &n_y, err);
        if (!st && n_x != n_y)
            st = bci_fail(err, BC_E_USAGE,
                          "%s: its number of frames is not that of %s, expected the same",
                          bci_sound_name(b), bci_sound_name(a));
        if (!st)
            bci_audio_quality_add(q, bci_sound_info(a)->layout, x, 1.0, bci_sound_info(b)->layout,
                                  y, n_x);
    }
    free(x);
    free(y);
    return st;
}

bc_status bc_audio_compare(const char *path_a, const char *path_b, const bc_reading *reading,
                           bool curves, bc_audio_comparison *result, bc_error *err)
{
    bc_audio_comparison r = { 0 };
    bci_sound *a = NULL, *b = NULL;
    bci_audio_quality *q = NULL;
    bc_status st = bci_sound_open(path_a, reading, &a, err);

    if (!st)
        st = bci_sound_open(path_b, reading, &b, err);
    if (!st)
        st = check_shapes(a, b, err);
    if (!st)
        st = bci_audio_quality_new(a, NULL, false, curves, &q, err);
    if (!st)
        st = walk(a, b, q, &r.n_frames, err);
    if (!st)
        st = bci_audio_quality_measure(q, &r.quality, err);
    if (!st) {
        r.a = *bci_sound_info(a);
        r.b = *bci_sound_info(b);
        snprintf(r.salvaged[0], sizeof r.salvaged[0], "%s", bci_sound_salvaged(a));
        snprintf(r.salvaged[1], sizeof r.salvaged[1], "%s", bci_sound_salvaged(b));
        snprintf(r.notes[0], sizeof r.notes[0], "%s", bci_sound_note(a));
        snprintf(r.notes[1], sizeof r.notes[1], "%s", bci_sound_note(b));
        *result = r;
    }
    bci_audio_quality_free(q);
    bci_sound_free(a);
    bci_sound_free(b);
    return st;
}
