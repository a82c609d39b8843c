/* Knows the way of samples from a file's layout over the quantizer to another layout: unpack,
 * guard, noise, quantize, hold, pack, a strip of frames at a time that stays in the cache. */
#include "audio/crusher.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/dither_note.h"
#include "audio/ends.h"
#include "audio/fitted.h"
#include "audio/layer.h"
#include "base/fail.h"
#include "bitcrush/feedback.h"
#include "medium/lowered.h"

enum { STRIP_SAMPLES = 4096, MIN_STRIP_FRAMES = 16 };

/* Scratch planes of one worker: [channel][frame of the strip]. */
typedef struct {
    double **x, **noise, **y;
    int32_t **codes;
    void *memory;
} scratch;

/* How codes become samples of the output. */
typedef enum {
    OUT_CODES, /* the codes are the integers */
    OUT_BYTES, /* bits of the grid's codes: mu-law and A-law */
    OUT_ROUND, /* values rounded to the integers of a finer container */
    OUT_VALUES /* values as floats */
} out_kind;

struct bci_crusher {
    bc_sample_layout from, to;
    out_kind kind;
    int shift, valid_bits;
    bool is_float;
    bool is_of_floats;      /* what lies beyond the ends of the grid is refused */
    const bc_scale *scales; /* of the channels, where they are fitted to the whole sound, or NULL */
    bci_layer *layer;       /* where marks move from group to group, or NULL */
    bci_ends ends;          /* of full scale */
    size_t n_channels, frame_bytes, reduced_bytes, strip_frames;
    const bc_audio_settings *settings;
    double gain;
    uint64_t history;
    uint32_t *streams;
    bc_fir *firs;        /* NULL: no shaping */
    int32_t *held_codes; /* of the last frame taken, when holding */
    double *held_values;
    int n_workers;
    scratch *workers;
};

static out_kind kind_of(const bc_audio_settings *set)
{
    const bc_audio_depth *d = &set->depth;

    if (d->encoding == BC_ENCODING_MULAW || d->encoding == BC_ENCODING_ALAW)
        return OUT_BYTES;
    if (d->encoding != BC_ENCODING_PCM)
        return OUT_VALUES;
    return !bci_is_fitted(set) && d->grid.family == BC_GRID_AFFINE &&
                   d->grid.den == ldexp(1.0, d->valid_bits - 1)
               ? OUT_CODES
               : OUT_ROUND;
}

static bc_status scratch_new(scratch *s, size_t n_channels, size_t n_frames, bc_error *err)
{
    const size_t plane = n_frames * sizeof(double), n = n_channels;
    char *at = s->memory = malloc(
        n * (3 * (sizeof(double *) + plane) + sizeof(int32_t *) + n_frames * sizeof(int32_t)));

    if (!at)
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", n_channels);
    double **const tables[] = { (double **)(void *)at, (double **)(void *)at + n,
                                (double **)(void *)at + 2 * n };

    s->codes = (int32_t **)(void *)(tables[2] + n);
    at = (char *)(s->codes + n);
    for (size_t t = 0; t < 3; t++)
        for (size_t c = 0; c < n; c++, at += plane)
            tables[t][c] = (double *)(void *)at;
    for (size_t c = 0; c < n; c++, at += n_frames * sizeof(int32_t))
        s->codes[c] = (int32_t *)(void *)at;
    s->x = tables[0];
    s->noise = tables[1];
    s->y = tables[2];
    return BC_OK;
}

static bc_status begin_shaping(bci_crusher *c, const bc_shaper *shaper, bc_error *err)
{
    if (shaper->n_taps == 0)
        return BC_OK;
    c->firs = calloc(c->n_channels, sizeof *c->firs);
    if (!c->firs)
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", c->n_channels);
    for (size_t i = 0; i < c->n_channels; i++) {
        c->firs[i].n_taps = shaper->n_taps;
        memcpy(c->firs[i].taps, shaper->taps, sizeof shaper->taps);
    }
    return BC_OK;
}

static bc_status allocate(bci_crusher *c, int n_workers, bc_error *err)
{
    bc_status st = BC_OK;

    c->streams = calloc(c->n_channels, sizeof *c->streams);
    c->held_codes = calloc(c->n_channels, sizeof *c->held_codes);
    c->held_values = calloc(c->n_channels, sizeof *c->held_values);
    c->workers = calloc((size_t)n_workers, sizeof *c->workers);
    if (!c->streams || !c->held_codes || !c->held_values || !c->workers)
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", c->n_channels);
    for (c->n_workers = 0; !st && c->n_workers < n_workers; c->n_workers++)
        st = scratch_new(&c->workers[c->n_workers], c->n_channels, c->strip_frames, err);
    return st;
}

/* Whole groups; 0: there are none. */
static size_t strip_for(size_t n_channels, size_t group)
{
    const size_t n = STRIP_SAMPLES / n_channels > MIN_STRIP_FRAMES ? STRIP_SAMPLES / n_channels
                                                                   : MIN_STRIP_FRAMES;

    return group ? (n + group - 1) / group * group : n;
}

bc_status bci_crusher_new(const bc_audio_info *from, const bci_sound_plan *to,
                          const bc_audio_settings *settings, const bc_shaper *shaper,
                          const bc_scale *scales, int n_workers, bci_crusher **out, bc_error *err)
{
    const size_t n = from->n_channels;
    bci_crusher *c = calloc(1, sizeof *c);
    bc_status st;

    if (!c)
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", n);
    c->from = from->layout;
    c->to = to->layout;
    c->kind = kind_of(settings);
    c->shift = to->shift;
    c->valid_bits = settings->depth.valid_bits;
    c->is_float = from->is_float || from->is_lossy;
    c->is_of_floats = !bci_is_fitted(settings) && c->kind == OUT_VALUES &&
                      settings->depth.grid.family != BC_GRID_AFFINE;
    c->scales = scales;
    if (!bci_is_fitted(settings))
        c->ends = bci_ends_of(settings, shaper->n_taps == 0 && settings->hold <= 1);
    c->n_channels = n;
    c->frame_bytes = n * bc_sample_size(from->layout);
    c->reduced_bytes = n * bc_sample_size(to->layout);
    c->strip_frames = strip_for(n, bci_group_frames(settings));
    c->settings = settings;
    c->gain = pow(10.0, -settings->guard_db / 20.0);
    st = allocate(c, n_workers, err);
    if (!st)
        st = begin_shaping(c, shaper, err);
    if (!st && bci_group_frames(settings))
        st = bci_layer_new(settings, c->strip_frames, n_workers, !settings->skip_quality, &c->layer,
                           err);
    if (st) {
        bci_crusher_free(c);
        return st;
    }
    *out = c;
    return BC_OK;
}

void bci_crusher_begin(bci_crusher *c, const void *raw, size_t n_frames)
{
    const size_t n = n_frames < c->strip_frames ? n_frames : c->strip_frames;
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a over the bits of the values */

    bc_pcm_unpack(c->from, raw, n, c->n_channels, c->workers[0].x);
    for (size_t i = 0; i < c->n_channels; i++)
        for (size_t k = 0; k < n; k++) {
            uint64_t bits;

            memcpy(&bits, &c->workers[0].x[i][k], sizeof bits);
            hash = (hash ^ bits) * UINT64_C(1099511628211);
        }
    c->history = hash;
    for (size_t i = 0; i < c->n_channels; i++)
        c->streams[i] = bci_channel_stream(i, hash);
}

uint64_t *bci_crusher_histogram(bci_crusher *c, size_t *n_codes)
{
    return c->layer ? bci_layer_histogram(c->layer, n_codes) : NULL;
}

uint64_t bci_crusher_history(const bci_crusher *c)
{
    return c->history;
}

bool bci_crusher_is_serial(const bci_crusher *c)
{
    return c->firs || c->settings->hold > 1;
}

static const bc_scale *scale_of(const bci_crusher *c, size_t channel)
{
    static const bc_scale full = BC_SCALE_IDENTITY;

    return c->scales ? &c->scales[channel] : &full;
}

/* Deal with NaN and infinity in a plane that frames from `first` on are in. */
static bc_status check_finite(const bci_crusher *c, double *x, size_t n, uint64_t first,
                              size_t channel, bci_crush_tally *tally, bc_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (isfinite(x[i]))
            continue;
        if (c->settings->nonfinite == BC_NONFINITE_ERROR ||
            (c->settings->nonfinite == BC_NONFINITE_SATURATE && isnan(x[i])))
            return bci_fail(
                err, BC_E_FORMAT, "%s in frame %llu of channel %zu, expected finite samples or %s",
                isnan(x[i]) ? "NaN" : "infinity", (unsigned long long)(first + i), channel + 1,
                isnan(x[i]) ? "`nonfinite=zero`" : "`nonfinite=saturate` or zero");
        tally->n_nonfinite++;
        tally->n_saturated += c->settings->nonfinite == BC_NONFINITE_SATURATE;
        if (c->settings->nonfinite == BC_NONFINITE_ZERO)
            x[i] = 0.0;
    }
    return BC_OK;
}

/* Every frame that is no multiple of `hold` repeats the last that is. */
static void hold(bci_crusher *c, const scratch *s, uint64_t first, size_t n)
{
    const uint32_t every = c->settings->hold;

    for (size_t ch = 0; ch < c->n_channels; ch++)
        for (size_t i = 0; i < n; i++) {
            if ((first + i) % every == 0) {
                c->held_codes[ch] = s->codes[ch][i];
                c->held_values[ch] = s->y[ch][i];
            }
            s->codes[ch][i] = c->held_codes[ch];
            s->y[ch][i] = c->held_values[ch];
        }
}

/* No noise in silence. */
static void quieten(const uint8_t *silent, double *noise, size_t n, bci_crush_tally *tally)
{
    for (size_t i = 0; i < n; i++) {
        noise[i] = silent[i] ? 0.0 : noise[i];
        tally->n_silent += silent[i];
    }
}

/* What was held from before does not reach into silence. */
static void silence_held(bci_crusher *c, const scratch *s, bci_silent silent, size_t n)
{
    const double zero = 0.0;
    int32_t code;

    for (size_t ch = 0; ch < c->n_channels; ch++) {
        bc_quantize_f64(&c->settings->depth.grid, scale_of(c, ch), BC_ROUND_NEAREST, &zero, NULL, 1,
                        NULL, &code);
        for (size_t i = 0; i < n; i++)
            if (silent.at[ch * silent.stride + i]) {
                s->codes[ch][i] = code;
                s->y[ch][i] = 0.0;
            }
    }
}

/* Values to the nearest integers of the container. */
static void round_values(const bci_crusher *c, const scratch *s, size_t n, bci_crush_tally *t)
{
    const double full = ldexp(1.0, c->valid_bits - 1);

    for (size_t ch = 0; ch < c->n_channels; ch++)
        for (size_t i = 0; i < n; i++) {
            const double v = rint(s->y[ch][i] * full);

            if (t && fabs(v) > full) /* what a grid beyond full scale may have */
                t->n_clipped++;
            s->codes[ch][i] = (int32_t)(v < -full ? -full : v > full - 1 ? full - 1 : v);
        }
}

static void codes_to_bytes(const bci_crusher *c, const scratch *s, size_t n)
{
    for (size_t ch = 0; ch < c->n_channels; ch++)
        for (size_t i = 0; i < n; i++)
            s->codes[ch][i] =
                (int32_t)bc_grid_code_to_bits(&c->settings->depth.grid, s->codes[ch][i]);
}

static void pack(const bci_crusher *c, const scratch *s, size_t n, void *reduced,
                 bci_crush_tally *tally)
{
    if (c->kind == OUT_ROUND)
        round_values(c, s, n, tally);
    else if (c->kind == OUT_BYTES)
        codes_to_bytes(c, s, n);
    if (c->kind == OUT_VALUES)
        bc_pcm_pack_values(c->to, (const double *const *)s->y, n, c->n_channels, reduced);
    else
        bc_pcm_pack(c->to, (const int32_t *const *)s->codes, c->shift, n, c->n_channels, reduced);
}

/* With error feedback, which forgets its errors where silence begins: all that follows is 0
 * then. */
static void shape_around_silence(bc_fir *fir, const bc_grid *grid, const bc_scale *scale,
                                 const uint8_t *silent, const double *x, const double *noise,
                                 size_t n, double *y, int32_t *codes)
{
    for (size_t i = 0, end; i < n; i = end) {
        if (silent[i])
            memset(fir->errors, 0, sizeof fir->errors);
        for (end = i + 1; end < n && (!silent[end] || silent[end - 1]); end++)
            ;
        bc_quantize_fir_f64(grid, scale, fir, x + i, noise ? noise + i : NULL, end - i,
                            y ? y + i : NULL, codes + i);
    }
}

/* With error feedback; channels under one scale side by side. */
static void shape(bci_crusher *c, const scratch *s, bci_silent silent, size_t n, bool has_noise,
                  bool needs_values)
{
    const bc_grid *grid = &c->settings->depth.grid;

    if (!silent.at && !c->scales) {
        bc_quantize_fir_channels_f64(grid, scale_of(c, 0), c->firs, c->n_channels,
                                     (const double *const *)s->x,
                                     has_noise ? (const double *const *)s->noise : NULL, n,
                                     needs_values ? s->y : NULL, s->codes);
        return;
    }
    for (size_t ch = 0; ch < c->n_channels; ch++) {
        const double *noise = has_noise ? s->noise[ch] : NULL;
        double *y = needs_values ? s->y[ch] : NULL;

        if (silent.at)
            shape_around_silence(&c->firs[ch], grid, scale_of(c, ch),
                                 silent.at + ch * silent.stride, s->x[ch], noise, n, y,
                                 s->codes[ch]);
        else
            bc_quantize_fir_f64(grid, scale_of(c, ch), &c->firs[ch], s->x[ch], noise, n, y,
                                s->codes[ch]);
    }
}

static void quantize(bci_crusher *c, const scratch *s, bci_silent silent, size_t n, bool has_noise)
{
    const bc_audio_settings *set = c->settings;
    const bool needs_values = c->kind == OUT_VALUES || c->kind == OUT_ROUND || set->hold > 1;

    if (c->firs) {
        shape(c, s, silent, n, has_noise, needs_values);
        return;
    }
    for (size_t ch = 0; ch < c->n_channels; ch++)
        bc_quantize_f64(&set->depth.grid, scale_of(c, ch), set->rounding, s->x[ch],
                        has_noise ? s->noise[ch] : NULL, n, needs_values ? s->y[ch] : NULL,
                        s->codes[ch]);
}

/* Under a scale of the whole sound: samples that clip, and those that floats do not hold. */
static bc_status judge_scaled(const bci_crusher *c, const scratch *s, size_t ch, uint64_t first,
                              size_t n, bci_crush_tally *t, bc_error *err)
{
    const bool saturates = c->settings->nonfinite == BC_NONFINITE_SATURATE;
    const bc_granular region = bc_granular_of(&c->settings->depth.grid, scale_of(c, ch));
    bc_error_sums sums = { 0 };

    for (size_t i = 0; i < n; i++) {
        double *y = &s->y[ch][i];

        if (bci_holds_value(*y))
            continue;
        if (!saturates)
            return bci_refuse_sample(c->settings, s->x[ch][i], first + i, ch, err);
        *y = copysign(FLT_MAX, *y);
        t->n_saturated++;
    }
    bc_error_add_overload_f64(&sums, &region, s->x[ch], s->y[ch], n);
    t->n_clipped += sums.n_clipped;
    if (!c->firs && c->settings->hold <= 1)
        bc_error_merge(&t->overload, &sums);
    return BC_OK;
}

/* Values under fitted scales. */
static bc_status lay_fitted(bci_crusher *c, const scratch *s, int worker, bci_silent silent,
                            uint64_t first, size_t n, bci_crush_tally *t, bc_error *err)
{
    const bool has_noise = c->settings->noise->form != BC_NOISE_NONE;
    bci_crush_tally unasked = { 0 };
    bc_status st = BC_OK;

    if (!c->layer)
        quantize(c, s, silent, n, has_noise);
    for (size_t ch = 0; !st && ch < c->n_channels; ch++)
        st = c->layer ? bci_layer_run(c->layer, worker, s->x[ch], has_noise ? s->noise[ch] : NULL,
                                      n, s->y[ch], first, ch, t, err)
                      : judge_scaled(c, s, ch, first, n, t ? t : &unasked, err);
    return st;
}

/* Level of a channel, and its noise where that is needed. */
static void lay_noise(const bci_crusher *c, const scratch *s, size_t ch, uint64_t first, size_t n,
                      bci_silent silent, bool needs_noise, bci_crush_tally *t)
{
    const bc_audio_settings *set = c->settings;
    double *x = s->x[ch];

    for (size_t i = 0; set->guard_db != 0.0 && i < n; i++)
        x[i] *= c->gain;
    if (needs_noise)
        bc_noise_fill_f64(set->noise, set->seed, c->streams[ch], first, s->noise[ch], n);
    if (needs_noise && silent.at)
        quieten(silent.at + ch * silent.stride, s->noise[ch], n, t);
}

/* A channel as it is to be quantized: all that its samples are refused for, and counted. */
static bc_status prepare(const bci_crusher *c, const scratch *s, size_t ch, uint64_t first,
                         size_t n, bci_silent silent, bci_crush_tally *tally, bc_error *err)
{
    const bc_audio_settings *set = c->settings;
    const bool has_noise = set->noise->form != BC_NOISE_NONE;
    bci_crush_tally unasked = { 0 }, *t = tally ? tally : &unasked;
    bc_status st = BC_OK;

    if (c->is_float)
        st = check_finite(c, s->x[ch], n, first, ch, t, err);
    if (st)
        return st;
    lay_noise(c, s, ch, first, n, silent, has_noise || tally || c->is_of_floats, t);
    if (c->is_of_floats)
        return bci_hold_in_floats(&c->ends, s->x[ch], s->noise[ch], n, first, ch, t, err);
    if (bci_is_fitted(set)) /* which knows its ends later */
        return BC_OK;
    if (tally)
        bci_count_clipped(&c->ends, s->x[ch], s->noise[ch], n, tally);
    return BC_OK;
}

static bc_status run_strip(bci_crusher *c, int worker, uint64_t first, const void *raw, size_t n,
                           bci_silent silent, void *reduced, bci_crush_tally *tally, bc_error *err)
{
    const bc_audio_settings *set = c->settings;
    const scratch *s = &c->workers[worker];
    bci_crush_tally unasked = { 0 };
    bc_status st = BC_OK;

    bc_pcm_unpack(c->from, raw, n, c->n_channels, s->x);
    for (size_t ch = 0; !st && ch < c->n_channels; ch++)
        st = prepare(c, s, ch, first, n, silent, tally, err);
    if (st)
        return st;
    if (bci_is_fitted(set))
        st = lay_fitted(c, s, worker, silent, first, n, tally, err);
    else
        quantize(c, s, silent, n, set->noise->form != BC_NOISE_NONE);
    for (size_t ch = 0; c->firs && c->ends.overflows && !st && ch < c->n_channels; ch++)
        st = bci_check_fed_back(&c->ends, s->x[ch], s->y[ch], n, first, ch,
                                tally ? tally : &unasked, err);
    if (st)
        return st;
    if (set->hold > 1)
        hold(c, s, first, n);
    if (set->hold > 1 && silent.at)
        silence_held(c, s, silent, n);
    pack(c, s, n, reduced, tally);
    return BC_OK;
}

bc_status bci_crusher_run(bci_crusher *c, int worker, uint64_t first, const void *raw,
                          size_t n_frames, bci_silent silent, void *reduced, bci_crush_tally *tally,
                          bc_error *err)
{
    const uint8_t *from = raw;
    uint8_t *to = reduced;
    bc_status st = BC_OK;

    for (size_t i = 0; !st && i < n_frames; i += c->strip_frames) {
        const size_t left = n_frames - i;
        const size_t n = left < c->strip_frames ? left : c->strip_frames;

        const bci_silent here = { silent.at ? silent.at + i : NULL, silent.stride };

        st = run_strip(c, worker, first + i, from + i * c->frame_bytes, n, here,
                       to + i * c->reduced_bytes, tally, err);
    }
    return st;
}

void bci_crusher_free(bci_crusher *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->n_workers; i++)
        free(c->workers[i].memory);
    free(c->workers);
    free(c->streams);
    free(c->held_codes);
    free(c->held_values);
    free(c->firs);
    bci_layer_free(c->layer);
    free(c);
}
