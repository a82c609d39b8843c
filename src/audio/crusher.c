/* Knows the way of samples from a file's layout over the quantizer to another layout: unpack,
 * guard, noise, quantize, hold, pack, a strip of frames at a time that stays in the cache. */
#include "audio/crusher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/dither_note.h"
#include "base/fail.h"
#include "bitcrush/feedback.h"

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
    int32_t last, first; /* codes of the largest and of the lowest finite value */
    double top;          /* the largest finite value */
    bool overflows;      /* infinity lies beyond it */
    double inner;        /* magnitudes below are far from the ends, with noise too; 0: none are */
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

void bci_crush_merge(bci_crush_tally *to, const bci_crush_tally *more)
{
    to->n_clipped += more->n_clipped;
    to->overload_e2 += more->overload_e2;
    to->n_nonfinite += more->n_nonfinite;
    to->n_silent += more->n_silent;
    to->n_saturated += more->n_saturated;
    to->worst = more->worst > to->worst ? more->worst : to->worst;
}

static out_kind kind_of(const bc_audio_depth *d)
{
    if (d->encoding == BC_ENCODING_MULAW || d->encoding == BC_ENCODING_ALAW)
        return OUT_BYTES;
    if (d->encoding != BC_ENCODING_PCM)
        return OUT_VALUES;
    return d->grid.family == BC_GRID_AFFINE && d->grid.den == ldexp(1.0, d->valid_bits - 1)
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

static void find_ends(bci_crusher *c, const bc_grid *g)
{
    enum { MOST_NOISE = 16 }; /* steps; no noise reaches it */

    c->overflows = isinf(bc_grid_value(g, g->hi));
    c->last = g->hi - c->overflows;
    c->first = isinf(bc_grid_value(g, g->lo)) ? g->lo + 1 : g->lo;
    c->top = bc_grid_value(g, c->last);
    if (c->last - MOST_NOISE > c->first + MOST_NOISE)
        c->inner =
            fmin(bc_grid_value(g, c->last - MOST_NOISE), -bc_grid_value(g, c->first + MOST_NOISE));
}

bc_status bci_crusher_new(const bc_audio_info *from, const bci_sound_plan *to,
                          const bc_audio_settings *settings, const bc_shaper *shaper, int n_workers,
                          bci_crusher **out, bc_error *err)
{
    const size_t n = from->n_channels;
    bci_crusher *c = calloc(1, sizeof *c);
    bc_status st;

    if (!c)
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu channel(s)", n);
    c->from = from->layout;
    c->to = to->layout;
    c->kind = kind_of(&settings->depth);
    c->shift = to->shift;
    c->valid_bits = settings->depth.valid_bits;
    c->is_float = from->is_float || from->is_lossy;
    find_ends(c, &settings->depth.grid);
    c->n_channels = n;
    c->frame_bytes = n * bc_sample_size(from->layout);
    c->reduced_bytes = n * bc_sample_size(to->layout);
    c->strip_frames = STRIP_SAMPLES / n > MIN_STRIP_FRAMES ? STRIP_SAMPLES / n : MIN_STRIP_FRAMES;
    c->settings = settings;
    c->gain = pow(10.0, -settings->guard_db / 20.0);
    st = allocate(c, n_workers, err);
    if (!st)
        st = begin_shaping(c, shaper, err);
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

uint64_t bci_crusher_history(const bci_crusher *c)
{
    return c->history;
}

bool bci_crusher_is_serial(const bci_crusher *c)
{
    return c->firs || c->settings->hold > 1;
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

/* True when x with its noise lies more than half a step past the last mark. Half a step itself
 * rounds to infinity where there is one. */
static bool is_beyond(const bci_crusher *c, double x, double noise)
{
    if (isinf(x))
        return true;
    const bc_position p = bc_grid_position(&c->settings->depth.grid, x);
    const double over = (double)((int64_t)p.base - c->last) + (p.rest + noise);
    const double under = (double)((int64_t)c->first - p.base) - (p.rest + noise);
    const double most = over > under ? over : under;

    return c->overflows ? most >= 0.5 : most > 0.5;
}

static bc_status refuse(const bci_crusher *c, double x, uint64_t frame, size_t channel,
                        bc_error *err)
{
    return bci_fail(err, BC_E_FORMAT,
                    "%.9g in frame %llu of channel %zu, %smore than %s holds, expected "
                    "`nonfinite=saturate`",
                    x, (unsigned long long)frame, channel + 1,
                    fabs(x) <= c->top ? "with its noise " : "", c->settings->depth.name);
}

/* Floats: what lies beyond the ends is refused, or becomes the end, or infinity. */
static bc_status hold_in_floats(const bci_crusher *c, double *x, double *noise, size_t n,
                                uint64_t first, size_t channel, bci_crush_tally *t, bc_error *err)
{
    const bc_nonfinite asked = c->settings->nonfinite;

    for (size_t i = 0; i < n && asked != BC_NONFINITE_KEEP; i++) {
        if (fabs(x[i]) < c->inner || !is_beyond(c, x[i], noise[i]))
            continue;
        if (asked != BC_NONFINITE_SATURATE)
            return refuse(c, x[i], first + i, channel, err);
        t->n_clipped++;
        t->n_saturated += isfinite(x[i]) ? 1 : 0; /* infinity was counted as it came */
        t->worst = isfinite(x[i]) ? fmax(t->worst, fabs(x[i])) : t->worst;
        x[i] = copysign(c->top, x[i]);
        noise[i] = 0.0;
    }
    return BC_OK;
}

/* Errors that are fed back may take a sample to infinity as well. */
static bc_status check_fed_back(const bci_crusher *c, const double *x, double *y, size_t n,
                                uint64_t first, size_t channel, bci_crush_tally *t, bc_error *err)
{
    for (size_t i = 0; i < n && c->settings->nonfinite != BC_NONFINITE_KEEP; i++) {
        if (isfinite(y[i]) || !isfinite(x[i]))
            continue;
        if (c->settings->nonfinite != BC_NONFINITE_SATURATE)
            return refuse(c, x[i], first + i, channel, err);
        y[i] = copysign(c->top, y[i]);
        t->n_clipped += fabs(x[i]) < c->top; /* at the top they were counted before */
        t->n_saturated += fabs(x[i]) < c->top;
    }
    return BC_OK;
}

static void add_clipped(bci_crush_tally *t, uint64_t n_clipped, double worst)
{
    t->n_clipped += n_clipped;
    t->worst = worst > t->worst ? worst : t->worst;
}

/* Squares of the errors of clipped samples, which all become an end mark: x with its noise lies
 * beyond `low` or `high`. */
static double overload(const bc_grid *g, const double *x, const double *noise, size_t n, double low,
                       double high)
{
    const double step = 1.0 / g->den;
    const double first = bc_grid_value(g, g->lo), last = bc_grid_value(g, g->hi);
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double v = x[i] + noise[i] * step;
        const double e = v > high ? last - x[i] : v < low ? first - x[i] : 0.0;

        sum += isfinite(e) ? e * e : 0.0;
    }
    return sum;
}

/* Even steps: count what lies beyond the ends with its noise. */
static void count_even(const bci_crusher *c, const double *x, const double *noise, size_t n,
                       bci_crush_tally *t)
{
    const bc_grid *g = &c->settings->depth.grid;
    const double top = (g->hi + g->rise + 0.5) / g->den, bottom = (g->lo + g->rise - 0.5) / g->den;
    uint64_t clipped = 0;
    double worst = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double v = x[i] + noise[i] / g->den;
        const bool is_out = v > top || v < bottom;
        const double over = fabs(v);

        clipped += is_out;
        worst = is_out && over > worst && isfinite(over) ? over : worst;
    }
    add_clipped(t, clipped, worst);
    if (clipped && !c->firs && c->settings->hold <= 1)
        t->overload_e2 += overload(g, x, noise, n, bottom, top);
}

/* The same of other steps. */
static void count_uneven(const bci_crusher *c, const double *x, const double *noise, size_t n,
                         bci_crush_tally *t)
{
    uint64_t clipped = 0;
    double worst = 0.0;

    for (size_t i = 0; i < n; i++) {
        if (fabs(x[i]) < c->inner || !is_beyond(c, x[i], noise[i]))
            continue;
        clipped++;
        worst = isfinite(x[i]) ? fmax(worst, fabs(x[i])) : worst;
    }
    add_clipped(t, clipped, worst);
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
    const bc_scale scale = BC_SCALE_IDENTITY;
    int32_t code;

    bc_quantize_f64(&c->settings->depth.grid, &scale, BC_ROUND_NEAREST, &zero, NULL, 1, NULL,
                    &code);
    for (size_t ch = 0; ch < c->n_channels; ch++)
        for (size_t i = 0; i < n; i++)
            if (silent.at[ch * silent.stride + i]) {
                s->codes[ch][i] = code;
                s->y[ch][i] = 0.0;
            }
}

/* Values to the nearest integers of the container. */
static void round_values(const bci_crusher *c, const scratch *s, size_t n)
{
    const double full = ldexp(1.0, c->valid_bits - 1);

    for (size_t ch = 0; ch < c->n_channels; ch++)
        for (size_t i = 0; i < n; i++) {
            const double v = rint(s->y[ch][i] * full);

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

static void pack(const bci_crusher *c, const scratch *s, size_t n, void *reduced)
{
    if (c->kind == OUT_ROUND)
        round_values(c, s, n);
    else if (c->kind == OUT_BYTES)
        codes_to_bytes(c, s, n);
    if (c->kind == OUT_VALUES)
        bc_pcm_pack_values(c->to, (const double *const *)s->y, n, c->n_channels, reduced);
    else
        bc_pcm_pack(c->to, (const int32_t *const *)s->codes, c->shift, n, c->n_channels, reduced);
}

/* With error feedback, which forgets its errors where silence begins: all that follows is 0
 * then. */
static void shape_around_silence(bc_fir *fir, const bc_grid *grid, const uint8_t *silent,
                                 const double *x, const double *noise, size_t n, double *y,
                                 int32_t *codes)
{
    const bc_scale scale = BC_SCALE_IDENTITY;

    for (size_t i = 0, end; i < n; i = end) {
        if (silent[i])
            memset(fir->errors, 0, sizeof fir->errors);
        for (end = i + 1; end < n && (!silent[end] || silent[end - 1]); end++)
            ;
        bc_quantize_fir_f64(grid, &scale, fir, x + i, noise ? noise + i : NULL, end - i,
                            y ? y + i : NULL, codes + i);
    }
}

static void quantize(bci_crusher *c, const scratch *s, bci_silent silent, size_t n, bool has_noise)
{
    const bc_audio_settings *set = c->settings;
    const bc_grid *grid = &set->depth.grid;
    const bc_scale scale = BC_SCALE_IDENTITY;
    const bool needs_values = c->kind == OUT_VALUES || c->kind == OUT_ROUND || set->hold > 1;

    for (size_t ch = 0; c->firs && silent.at && ch < c->n_channels; ch++)
        shape_around_silence(&c->firs[ch], grid, silent.at + ch * silent.stride, s->x[ch],
                             has_noise ? s->noise[ch] : NULL, n, needs_values ? s->y[ch] : NULL,
                             s->codes[ch]);
    if (c->firs && silent.at)
        return;
    if (c->firs) {
        bc_quantize_fir_channels_f64(grid, &scale, c->firs, c->n_channels,
                                     (const double *const *)s->x,
                                     has_noise ? (const double *const *)s->noise : NULL, n,
                                     needs_values ? s->y : NULL, s->codes);
        return;
    }
    for (size_t ch = 0; ch < c->n_channels; ch++)
        bc_quantize_f64(grid, &scale, set->rounding, s->x[ch], has_noise ? s->noise[ch] : NULL, n,
                        needs_values ? s->y[ch] : NULL, s->codes[ch]);
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
    const bool has_noise = set->noise->form != BC_NOISE_NONE, is_of_floats = c->kind == OUT_VALUES;
    bci_crush_tally unasked = { 0 }, *t = tally ? tally : &unasked;
    bc_status st = BC_OK;

    if (c->is_float)
        st = check_finite(c, s->x[ch], n, first, ch, t, err);
    if (st)
        return st;
    lay_noise(c, s, ch, first, n, silent, has_noise || tally || is_of_floats, t);
    if (is_of_floats)
        return hold_in_floats(c, s->x[ch], s->noise[ch], n, first, ch, t, err);
    if (tally && set->depth.grid.family == BC_GRID_AFFINE)
        count_even(c, s->x[ch], s->noise[ch], n, tally);
    else if (tally)
        count_uneven(c, s->x[ch], s->noise[ch], n, tally);
    return BC_OK;
}

static bc_status run_strip(bci_crusher *c, const scratch *s, uint64_t first, const void *raw,
                           size_t n, bci_silent silent, void *reduced, bci_crush_tally *tally,
                           bc_error *err)
{
    const bc_audio_settings *set = c->settings;
    bci_crush_tally unasked = { 0 };
    bc_status st = BC_OK;

    bc_pcm_unpack(c->from, raw, n, c->n_channels, s->x);
    for (size_t ch = 0; !st && ch < c->n_channels; ch++)
        st = prepare(c, s, ch, first, n, silent, tally, err);
    if (st)
        return st;
    quantize(c, s, silent, n, set->noise->form != BC_NOISE_NONE);
    for (size_t ch = 0; c->firs && c->overflows && !st && ch < c->n_channels; ch++)
        st = check_fed_back(c, s->x[ch], s->y[ch], n, first, ch, tally ? tally : &unasked, err);
    if (st)
        return st;
    if (set->hold > 1)
        hold(c, s, first, n);
    if (set->hold > 1 && silent.at)
        silence_held(c, s, silent, n);
    pack(c, s, n, reduced);
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

        st = run_strip(c, &c->workers[worker], first + i, from + i * c->frame_bytes, n, here,
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
    free(c);
}
