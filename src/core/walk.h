/* Shared-internal: the walk over a line of error diffusion, whatever its marks are: levels of each
 * channel by itself (walk.c), or points in the space of all channels, as the colours of a palette
 * are (image/palette_map.c). What finds the mark of a pixel is a literal in every call, so that it
 * becomes part of the loop. */
#ifndef BCI_WALK_H
#define BCI_WALK_H

#include <string.h>

#include "core/diffuser.h"

/* Literals, too. */
typedef struct {
    size_t n_channels;
    int n_ahead;   /* pixels ahead that errors go to */
    bool is_keyed; /* weights by tone */
} bci_walk_shape;

/* Find the mark for a pixel. here: what fell on it from above, ahead: from the pixels before, both
 * n_channels values; e receives as many, its errors. */
typedef void bci_pixel_function(const void *marks, size_t pixel, const float *here,
                                const float *ahead, float *e);

/* Errors of a pixel to those that come next and, for the lines below, to `sent`: one by one, or
 * those of four channels as a vector of the compiler. */
typedef float bci_four __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) void
bci_pass_on(const bci_walk_shape how, const float weights[BCI_N_AHEAD], const float *e,
            float ahead[BCI_N_AHEAD][BCI_MAX_CHANNELS], float *sent)
{
    if (how.n_channels == 4) {
        bci_four all, next, after;

        memcpy(&all, e, sizeof all);
        memcpy(&next, ahead[1], sizeof next);
        next = how.n_ahead > 1 ? next + all * weights[0] : all * weights[0];
        after = all * (how.n_ahead > 1 ? weights[1] : 0.0f);
        memcpy(sent, &all, sizeof all);
        memcpy(ahead[0], &next, sizeof next);
        memcpy(ahead[1], &after, sizeof after);
        return;
    }
#pragma GCC unroll 4
    for (size_t c = 0; c < how.n_channels; c++) {
        sent[c] = e[c];
        ahead[0][c] = how.n_ahead > 1 ? ahead[1][c] + e[c] * weights[0] : e[c] * weights[0];
        ahead[1][c] = how.n_ahead > 1 ? e[c] * weights[1] : 0.0f;
    }
}

/* Pixels from .. to - 1 in the order of travel. Errors for the rest of the line travel in `ahead`,
 * in registers. */
static inline __attribute__((always_inline)) void
bci_walk_line(const bc_diffuser *d, bci_line *line, const bci_walk_shape how, size_t from,
              size_t to, bci_pixel_function *find, const void *marks)
{
    const size_t n_channels = how.n_channels;
    const bool backward = line->is_backward;
    const ptrdiff_t behind = backward ? (ptrdiff_t)n_channels : -(ptrdiff_t)n_channels;
    const bci_tone *tones = d->tones;
    const uint8_t *tone_at = line->room.tone_at;
    const float weights_ahead[BCI_N_AHEAD] = { d->ahead[0], d->ahead[1] };
    const float *here = line->errors[0] + BCI_PAD * n_channels;
    float *below = line->errors[1] + BCI_PAD * n_channels;
    float *sent = line->room.sent + 2 * BCI_PAD * n_channels;
    float ahead[BCI_N_AHEAD][BCI_MAX_CHANNELS];
    size_t pixel = backward ? d->width - 1 - from : from;

    memcpy(ahead, line->ahead, sizeof ahead);
    for (size_t i = from; i < to; i++, pixel += backward ? (size_t)-1 : 1) {
        float e[BCI_MAX_CHANNELS];

        find(marks, pixel, here + pixel * n_channels, ahead[0], e);
        if (!how.is_keyed) {
            bci_pass_on(how, weights_ahead, e, ahead, sent + pixel * n_channels);
            continue;
        }
#pragma GCC unroll 4
        for (size_t c = 0; c < n_channels; c++) {
            const size_t at = pixel * n_channels + c;
            const float *weights = tones[tone_at[at]].weights;

            ahead[0][c] = e[c] * weights[0];
            below[(ptrdiff_t)at + behind] += e[c] * weights[1];
            below[at] += e[c] * weights[2];
        }
    }
    memcpy(line->ahead, ahead, sizeof ahead);
}

#endif
