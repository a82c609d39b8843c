/* Knows which scales can be fitted to sound, what goes with them, and how one is fitted to a whole
 * file in constant memory. */
#include "audio/fitted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { STRIP = 1024 };

const bci_groups bci_groups_of_sound = { .words = " all channel ",
                                         .counted = "frames",
                                         .least = 1,
                                         .most = BC_AUDIO_MAX_GROUP,
                                         .factor = 1 };

bool bci_is_fitted(const bc_audio_settings *s)
{
    return s->depth.blocks || s->scale != BC_SCALE_FULL;
}

size_t bci_group_frames(const bc_audio_settings *s)
{
    const bool has_groups = s->scale != BC_SCALE_FULL && s->per == BC_PER_BLOCK;

    return s->depth.blocks ? s->depth.blocks->block_length : has_groups ? s->group : 0;
}

bci_laying bci_laying_of(const bc_audio_settings *s)
{
    return (bci_laying){ .blocks = s->depth.blocks,
                         .grid = s->depth.grid,
                         .scale = s->scale,
                         .percent = s->percent,
                         .group = bci_group_frames(s),
                         .rounding = s->rounding };
}

void bci_settle_fitted(bc_audio_settings *s)
{
    if (!bci_is_fitted(s))
        return;
    s->depth.encoding = BC_ENCODING_F32;
    s->depth.valid_bits = 0;
    if (s->depth.grid.family == BC_GRID_FLOAT && s->depth.grid.flavour == BC_FLOAT_IEEE) {
        s->depth.grid.flavour = BC_FLOAT_FINITE; /* noise beyond the last mark clips there */
        s->depth.grid.lo++;
        s->depth.grid.hi--;
    }
}

uint64_t bci_audio_packed_bytes(const bc_audio_settings *s, uint64_t n_frames, size_t n_channels)
{
    const bci_laying l = bci_laying_of(s);
    const bool is_one = !l.blocks && (s->per == BC_PER_WHOLE || l.scale == BC_SCALE_FULL);
    const uint64_t bits = is_one ? bci_laid_bits(&l, n_frames * n_channels)
                                 : bci_laid_bits(&l, n_frames) * n_channels;

    return (bits + 7) / 8;
}

/* --- what makes no sense */

static bool has_zero_point(const bc_grid *g)
{
    return g->family == BC_GRID_AFFINE && g->lo == 0;
}

/* Sound swings to both sides of 0. */
static bc_status check_marks(const bc_audio_settings *s, bc_error *err)
{
    const bool is_about_0 =
        s->scale == BC_SCALE_FULL || s->scale == BC_SCALE_ABSMAX || s->scale == BC_SCALE_ABSMEAN;

    if (is_about_0 && bc_grid_value(&s->depth.grid, s->depth.grid.lo) >= 0.0)
        return bci_fail(err, BC_E_USAGE,
                        "%s has no mark below 0, expected `scale=minmax` or zero-point",
                        s->depth.name);
    return BC_OK;
}

/* What goes on from sample to sample needs marks that stay. */
static bc_status check_groups(const bc_audio_settings *s, bc_error *err)
{
    static const char why[] =
        "marks move from group to group, expected `scale=full`, or one scale for "
        "the whole sound";
    const char *what = s->shape                   ? "noise shaping"
                       : s->hold > 1              ? "`hold`"
                       : s->keep_silence_ms > 0.0 ? "`keep-silence`"
                                                  : NULL;

    const bc_status st = s->per == BC_PER_BLOCK && !s->depth.blocks
                             ? bci_group_check(s->group, &bci_groups_of_sound, err)
                             : BC_OK;

    if (st)
        return st;
    if (s->depth.blocks && s->rounding == BC_ROUND_TRUNCATE)
        return bci_fail(
            err, BC_E_USAGE,
            "`rounding=truncate`: %s has an encoder of its own, expected `rounding=nearest`",
            s->depth.name);
    if (what && s->depth.blocks)
        return bci_fail(
            err, BC_E_USAGE,
            "%s: %s has a scale for every %u frame(s) and marks that move, expected a grid", what,
            s->depth.name, s->depth.blocks->block_length);
    return what ? bci_fail(err, BC_E_USAGE, "%s: %s", what, why) : BC_OK;
}

static bc_status check_whole(const bc_audio_settings *s, bc_error *err)
{
    if (s->scale == BC_SCALE_PERCENTILE)
        return bci_fail(
            err, BC_E_USAGE,
            "`scale=percentile` of a whole sound would hold all of it in memory, expected "
            "groups of frames, such as `group=4096`");
    if (s->scale == BC_SCALE_MINMAX && s->keep_silence_ms > 0.0)
        return bci_fail(err, BC_E_USAGE,
                        "`keep-silence`: 0 need not be a mark under `scale=minmax`, expected "
                        "`scale=zero-point` or another");
    return BC_OK;
}

/* The method and the grid, tried on a sound of two samples. */
static bc_status try_scale(const bc_audio_settings *s, bc_error *err)
{
    const double x[] = { -0.5, 0.5 };
    double sorted[2];
    bc_scale scale;

    return bc_scale_fit_f64(s->scale, s->percent, &s->depth.grid, x, 2, 1, sorted, &scale, err);
}

bc_status bci_check_fitted(const bc_audio_settings *s, bc_error *err)
{
    bc_status st = BC_OK;

    if (s->depth.blocks && s->scale != BC_SCALE_FULL)
        return bci_fail(err, BC_E_USAGE,
                        "`scale`: %s makes the scales of its blocks itself, expected none",
                        s->depth.name);
    if (!s->depth.blocks)
        st = check_marks(s, err);
    if (st || !bci_is_fitted(s))
        return st;
    if (s->subtractive)
        return bci_fail(err, BC_E_USAGE,
                        "subtractive dither is taken away by the step of full scale, expected "
                        "`scale=full` and bits");
    if (s->nonfinite == BC_NONFINITE_KEEP)
        return bci_fail(err, BC_E_USAGE,
                        "`nonfinite=keep`: NaN and infinity have no place under a fitted scale, "
                        "expected error, saturate or zero");
    if (!s->depth.blocks)
        st = try_scale(s, err);
    if (!st)
        st = bci_group_frames(s) || s->per == BC_PER_BLOCK ? check_groups(s, err)
                                                           : check_whole(s, err);
    return st;
}

/* --- one scale for all */

/* What is known of the samples that share a scale. */
typedef struct {
    double min, max, sum; /* of magnitudes */
    uint64_t n;
    bc_scale scale;
    bc_scale_moments tries[BC_SCALE_TRIES];
} share;

typedef struct {
    const bc_audio_settings *settings;
    double gain;
    size_t n_shares;
    share *shares;
} fit;

typedef void see_samples(const fit *f, share *to, const double *x, size_t n);

static void see_extent(const fit *f, share *to, const double *x, size_t n)
{
    (void)f;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            continue;
        to->min = x[i] < to->min ? x[i] : to->min;
        to->max = x[i] > to->max ? x[i] : to->max;
        to->sum += fabs(x[i]);
        to->n++;
    }
}

/* The search behind BC_SCALE_MSE takes floats. */
static void see_moments(const fit *f, const bc_scale *scale, bc_scale_moments *to, const double *x,
                        size_t n)
{
    float narrow[STRIP];

    for (size_t i = 0; i < n; i++)
        narrow[i] = (float)x[i];
    bc_scale_add_moments(&f->settings->depth.grid, scale, narrow, n, to);
}

static void see_tries(const fit *f, share *to, const double *x, size_t n)
{
    for (int i = 0; i < BC_SCALE_TRIES; i++) {
        const bc_scale tried = bc_scale_shrunk(&to->scale, i);

        see_moments(f, &tried, &to->tries[i], x, n);
    }
}

static void see_best(const fit *f, share *to, const double *x, size_t n)
{
    see_moments(f, &to->scale, &to->tries[0], x, n);
}

static void adjust(const fit *f, double *x, size_t n)
{
    const bool counts_as_0 = f->settings->nonfinite == BC_NONFINITE_ZERO;

    for (size_t i = 0; i < n; i++)
        x[i] = counts_as_0 && !isfinite(x[i]) ? 0.0 : x[i] * f->gain;
}

/* Show all samples. */
static bc_status walk(const fit *f, const char *path, const bc_reading *reading, see_samples *see,
                      bc_error *err)
{
    bci_sound *s = NULL;
    bc_status st = bci_sound_open(path, reading, &s, err);

    if (st)
        return st;
    const bc_audio_info *info = bci_sound_info(s);
    const size_t n = info->n_channels;
    void *raw = malloc(STRIP * bci_sound_frame_size(s));
    double *planes = malloc(n * STRIP * sizeof *planes), **x = malloc(n * sizeof *x);
    size_t got = 1;

    if (!raw || !planes || !x)
        st =
            bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu channel(s)", bci_sound_name(s), n);
    for (size_t c = 0; !st && c < n; c++)
        x[c] = planes + c * STRIP;
    while (!st && got > 0) {
        st = bci_sound_read(s, raw, STRIP, &got, err);
        if (st)
            break;
        bc_pcm_unpack(info->layout, raw, got, n, x);
        for (size_t c = 0; c < n; c++) {
            adjust(f, x[c], got);
            see(f, &f->shares[f->n_shares == 1 ? 0 : c], x[c], got);
        }
    }
    free(raw);
    free(planes);
    free(x);
    bci_sound_free(s);
    return st;
}

/* By the ends of the data, or their mean magnitude, which stand for all of them. */
static bc_status by_extents(const fit *f, bc_error *err)
{
    const bc_audio_settings *s = f->settings;
    const bc_scale_method method = s->scale != BC_SCALE_MSE         ? s->scale
                                   : has_zero_point(&s->depth.grid) ? BC_SCALE_ZERO_POINT
                                                                    : BC_SCALE_ABSMAX;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < f->n_shares; i++) {
        share *to = &f->shares[i];
        const double mean = to->n ? to->sum / (double)to->n : 0.0;
        const double ends[] = { to->n ? to->min : 0.0, to->n ? to->max : 0.0 };
        const bool is_mean = method == BC_SCALE_ABSMEAN;

        st = bc_scale_fit_f64(method, 0.0, &s->depth.grid, is_mean ? &mean : ends, is_mean ? 1 : 2,
                              1, NULL, &to->scale, err);
    }
    return st;
}

static void take_best_try(share *s)
{
    double least = INFINITY;
    const bc_scale whole = s->scale;

    for (int i = 0; i < BC_SCALE_TRIES && whole.gain > 0.0; i++) {
        if (!(s->tries[i].error < least))
            continue;
        least = s->tries[i].error;
        s->scale = bc_scale_shrunk(&whole, i);
    }
}

/* As bc_scale_fit_f64 searches, all tries in one walk. */
static bc_status by_error(const fit *f, const char *path, const bc_reading *reading, bc_error *err)
{
    bc_status st = walk(f, path, reading, see_tries, err);

    for (size_t i = 0; !st && i < f->n_shares; i++)
        take_best_try(&f->shares[i]);
    for (int k = 0; !st && k < BC_SCALE_ROUNDS; k++) {
        for (size_t i = 0; i < f->n_shares; i++)
            f->shares[i].tries[0] = (bc_scale_moments){ 0 };
        st = walk(f, path, reading, see_best, err);
        for (size_t i = 0; !st && i < f->n_shares; i++)
            f->shares[i].scale = bc_scale_refined(&f->shares[i].scale, &f->shares[i].tries[0]);
    }
    return st;
}

bc_status bci_fit_whole(const bci_sound *in, const char *path, const bc_audio_settings *s,
                        double gain, bc_scale *scales, bc_error *err)
{
    const bc_reading *reading = bci_sound_reading(in);
    const size_t n = bci_sound_info(in)->n_channels;
    fit f = { s, gain, s->per == BC_PER_WHOLE ? 1 : n, NULL };
    bc_status st = BC_OK;

    if (strcmp(path, "-") == 0 || bci_sound_size(in) == 0)
        return bci_fail(
            err, BC_E_USAGE,
            "%s: one scale for the whole sound needs it read twice, expected a file, or "
            "groups of frames, such as `group=4096`",
            bci_sound_name(in));
    f.shares = calloc(f.n_shares, sizeof *f.shares);
    if (!f.shares)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu channel(s)", bci_sound_name(in),
                        n);
    for (size_t i = 0; i < f.n_shares; i++) {
        f.shares[i].min = INFINITY;
        f.shares[i].max = -INFINITY;
    }
    st = walk(&f, path, reading, see_extent, err);
    if (!st)
        st = by_extents(&f, err);
    if (!st && s->scale == BC_SCALE_MSE)
        st = by_error(&f, path, reading, err);
    for (size_t c = 0; !st && c < n; c++)
        scales[c] = f.shares[f.n_shares == 1 ? 0 : c].scale;
    free(f.shares);
    return st;
}
