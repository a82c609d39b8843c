/* Knows how strips of sound are rounded under scales of their groups, or in blocks, and what
 * becomes of samples that these do not hold. */
#include "audio/layer.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/fitted.h"
#include "base/fail.h"
#include "medium/lowered.h"

typedef struct {
    bci_lay_room room;
    uint64_t *histogram; /* NULL: not counted */
    double *limited;     /* a group of samples */
} worker_state;

struct bci_layer {
    bci_laying laying;
    const bc_audio_settings *settings;
    size_t group, n_codes;
    int n_workers;
    worker_state *workers;
};

static bc_status worker_new(const bci_layer *l, size_t strip_frames, worker_state *w, bc_error *err)
{
    const bc_status st = bci_lay_room_new(&l->laying, strip_frames, &w->room, err);

    if (st)
        return st;
    w->limited = malloc(l->group * sizeof *w->limited);
    w->histogram = l->n_codes ? calloc(l->n_codes, sizeof *w->histogram) : NULL;
    return w->limited && (w->histogram || !l->n_codes)
               ? BC_OK
               : bci_fail(err, BC_E_LIMIT, "out of memory for groups of %zu frame(s)", l->group);
}

bc_status bci_layer_new(const bc_audio_settings *settings, size_t strip_frames, int n_workers,
                        bool counts, bci_layer **out, bc_error *err)
{
    bci_layer *l = calloc(1, sizeof *l);
    bc_status st = BC_OK;

    if (!l)
        return bci_fail(err, BC_E_LIMIT, "out of memory for groups of frames");
    l->settings = settings;
    l->laying = bci_laying_of(settings);
    l->group = bci_group_frames(settings);
    l->n_codes = counts ? bci_laid_levels(&l->laying) : 0;
    l->workers = calloc((size_t)n_workers, sizeof *l->workers);
    if (!l->workers)
        st = bci_fail(err, BC_E_LIMIT, "out of memory for groups of frames");
    for (; !st && l->n_workers < n_workers; l->n_workers++)
        st = worker_new(l, strip_frames, &l->workers[l->n_workers], err);
    if (st) {
        bci_layer_free(l);
        return st;
    }
    *out = l;
    return BC_OK;
}

bc_status bci_refuse_sample(const bc_audio_settings *s, double x, uint64_t frame, size_t channel,
                            bc_error *err)
{
    return bci_fail(
        err, BC_E_FORMAT, "%.9g in frame %llu of channel %zu, more than %s%s holds, expected %s", x,
        (unsigned long long)frame, channel + 1, s->depth.blocks ? "the scale of a block of " : "",
        s->depth.blocks ? s->depth.name : "a 32-bit float",
        s->nonfinite == BC_NONFINITE_SATURATE ? "smaller samples" : "`nonfinite=saturate`");
}

static bc_status saturate_groups(const bci_layer *l, const worker_state *w, double *x,
                                 const double *noise, size_t n, double *y, bc_error_sums *sums,
                                 bci_crush_tally *t, bc_error *err)
{
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < n; i += l->group)
        st = bci_lay_lowered(&l->laying, &w->room, w->limited, x + i, noise ? noise + i : NULL,
                             n - i < l->group ? n - i : l->group, y + i, sums, w->histogram,
                             &t->n_saturated, err);
    return st;
}

bc_status bci_layer_run(const bci_layer *l, int worker, double *x, const double *noise, size_t n,
                        double *y, uint64_t first, size_t channel, bci_crush_tally *tally,
                        bc_error *err)
{
    const worker_state *w = &l->workers[worker];
    bci_crush_tally unasked = { 0 }, *t = tally ? tally : &unasked;
    bc_error_sums sums = { 0 }, *counted = tally ? &sums : NULL;
    const bool saturates = l->settings->nonfinite == BC_NONFINITE_SATURATE;
    bc_status st = saturates
                       ? saturate_groups(l, w, x, noise, n, y, counted, t, err)
                       : bci_lay(&l->laying, &w->room, x, noise, n, y, counted, w->histogram, err);
    size_t at = n;

    if (!st || st == BC_E_FORMAT)
        at = bci_first_not_held(x, bci_first_not_held(y, n));
    if (at < n)
        st = bci_refuse_sample(l->settings, x[at], first + at, channel, err);
    t->n_clipped += sums.n_clipped;
    bc_error_merge(&t->overload, &sums);
    return st;
}

uint64_t *bci_layer_histogram(bci_layer *l, size_t *n_codes)
{
    uint64_t *sum = l->n_workers ? l->workers[0].histogram : NULL;

    for (int i = 1; sum && i < l->n_workers; i++)
        for (size_t k = 0; k < l->n_codes; k++)
            sum[k] += l->workers[i].histogram[k];
    l->workers[0].histogram = NULL; /* now the caller's */
    *n_codes = l->n_codes;
    return sum;
}

void bci_layer_free(bci_layer *l)
{
    if (!l)
        return;
    for (int i = 0; i < l->n_workers; i++) {
        bci_lay_room_free(&l->workers[i].room);
        free(l->workers[i].histogram);
        free(l->workers[i].limited);
    }
    free(l->workers);
    free(l);
}
