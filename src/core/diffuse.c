/* Knows error diffusion in the plane: the walk over a line, which nothing but the errors that
 * stay on the line has to follow pixel after pixel, and what the lines below get of it, which
 * is a sum of shifted lines.
 *
 * Values are in cells of bci_levels. What a pixel waits for, from the error of its neighbour
 * to its own, is then an addition, two bounds, a conversion, two loads, a subtraction and a
 * product; everything else is known before. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/feedback.h"
#include "core/floyd.h"
#include "core/levels.h"

enum {
    PAD = 3,      /* pixels beside a line that errors may fall on: lost at the border */
    N_LINES = 4,  /* the line in work and three below it */
    N_AHEAD = 2,  /* pixels ahead on the line that errors may go to */
    BLOCK = 1024, /* values that all taps are taken of while they are in the cache */
    MAX_CHANNELS = 4,
    N_TONES = 256, /* places in an interval between codes, for kernels with keys */
};

/* Weights of {right, below left, below} and the reach of the noise at one tone. */
typedef struct {
    float weights[3];
    float modulation; /* in intervals, for noise of -1/2 .. 1/2 */
} tone;

struct bc_diffuser {
    const bc_kernel *kernel;
    bc_scan scan;
    size_t width, n_channels;
    size_t line; /* lines done */
    float weights[BC_KERNEL_MAX_TAPS];
    float ahead[N_AHEAD]; /* of them, those on the line */
    tone *tones;          /* N_TONES, for kernels with keys */
    uint8_t *tone_at;     /* with them: of the line in work, which tone a sample has */
    float *shift;         /* and how noise moves its position, in steps */
    bci_levels levels;
    float *errors[N_LINES];     /* what has fallen on the line in work and those below it */
    float *sent;                /* the errors of the line in work, zero for 2 PAD beside it */
    float beyond[MAX_CHANNELS]; /* what had no pixel left on the line */
};

/* Place of level 0..127 among keys: the key at or below it, and how far to the next. */
static float between(uint8_t below, uint8_t above, int level)
{
    return above > below ? (float)(level - below) / (float)(above - below) : 0.0f;
}

static float modulation_at(const bc_kernel *k, int level)
{
    size_t i = 0;

    if (k->n_modulations == 0)
        return 0.0f;
    while (i + 2 < k->n_modulations && k->modulations[i + 1].level <= level)
        i++;
    const bc_kernel_modulation a = k->modulations[i], b = k->modulations[i + 1];
    const float t = between(a.level, b.level, level);

    return 0.5f * 0.01f * ((float)a.percent + t * (float)(b.percent - a.percent));
}

static void share(const bc_kernel_key *key, float out[3])
{
    const float sum = (float)key->right + (float)key->below_left + (float)key->below;

    out[0] = (float)key->right / sum;
    out[1] = (float)key->below_left / sum;
    out[2] = (float)key->below / sum;
}

static void fill_tones(bc_diffuser *d, double strength)
{
    const bc_kernel *k = d->kernel;

    for (int i = 0; i < N_TONES; i++) {
        const int level = i < N_TONES / 2 ? i : N_TONES - 1 - i;
        size_t at = 0;
        float low[3], high[3];

        while (at + 2 < k->n_keys && k->keys[at + 1].level <= level)
            at++;
        share(&k->keys[at], low);
        share(&k->keys[at + 1], high);
        const float t = between(k->keys[at].level, k->keys[at + 1].level, level);

        for (int w = 0; w < 3; w++)
            d->tones[i].weights[w] = (float)strength * (low[w] + t * (high[w] - low[w]));
        d->tones[i].modulation = modulation_at(k, level);
    }
}

static bool allocate(bc_diffuser *d)
{
    const size_t line_size = (d->width + 2 * PAD) * d->n_channels;
    bool ok = true;

    if (d->kernel->keys) {
        d->tones = malloc(N_TONES * sizeof *d->tones);
        d->tone_at = malloc(d->width * d->n_channels);
        d->shift = malloc(d->width * d->n_channels * sizeof *d->shift);
        ok = d->tones && d->tone_at && d->shift;
    }
    ok = ok && (d->sent = calloc(line_size + 2 * PAD * d->n_channels, sizeof *d->sent)) != NULL;
    for (int i = 0; ok && i < N_LINES; i++)
        ok = (d->errors[i] = calloc(line_size, sizeof *d->errors[i])) != NULL;
    return ok;
}

bc_status bc_diffuser_new(const bc_kernel *kernel, const bc_grid *grid, bc_scan scan,
                          double strength, size_t width, size_t n_channels, bc_diffuser **out,
                          bc_error *err)
{
    bc_diffuser *d = NULL;
    bc_status st = BC_OK;

    if (!(strength >= 0.0 && strength <= 1.0))
        return bci_fail(err, BC_E_USAGE, "error diffusion: strength %g, expected 0 to 1", strength);
    if (width == 0 || width > SIZE_MAX / 64 || n_channels < 1 || n_channels > MAX_CHANNELS)
        return bci_fail(err, BC_E_USAGE,
                        "error diffusion: %zu pixels of %zu channels, expected at "
                        "least 1 pixel of 1 to 4 channels",
                        width, n_channels);
    d = calloc(1, sizeof *d);
    if (d)
        *d = (bc_diffuser){
            .kernel = kernel, .scan = scan, .width = width, .n_channels = n_channels
        };
    if (!d || !allocate(d))
        st = bci_fail(err, BC_E_LIMIT, "error diffusion: out of memory for lines of %zu pixels",
                      width);
    if (!st)
        st = bci_levels_init(&d->levels, grid, kernel->keys != NULL, err);
    if (st)
        goto done;
    for (int t = 0; t < kernel->n_taps && !kernel->keys; t++) {
        d->weights[t] = (float)(strength * kernel->taps[t].weight / kernel->divisor);
        if (kernel->taps[t].dy == 0)
            d->ahead[kernel->taps[t].dx - 1] = d->weights[t];
    }
    if (kernel->keys)
        fill_tones(d, strength);
    *out = d;
    d = NULL;
done:
    bc_diffuser_free(d);
    return st;
}

void bc_diffuser_free(bc_diffuser *d)
{
    if (!d)
        return;
    for (int i = 0; i < N_LINES; i++)
        free(d->errors[i]);
    bci_levels_free(&d->levels);
    free(d->tones);
    free(d->tone_at);
    free(d->shift);
    free(d->sent);
    free(d);
}

static inline float bounded(float v, float low, float high)
{
    v = v > low ? v : low;
    return v < high ? v : high;
}

/* The sample x in cells. */
static inline float known_of(const bci_levels *l, float x)
{
    const float own = (x - l->first) * l->cell_gain;

    return bounded(own == own ? own : l->zero, l->v_min, l->v_max);
}

/* The code for v when its position on the grid moves by `shift` steps before it is rounded. */
static inline uint32_t decide(const bci_levels *l, bool half_way, float v, float shift,
                              float *value)
{
    float fraction;
    const uint32_t k = bci_interval(l, v, &fraction);
    const float *mark = &l->values[k];

    if (!half_way)
        shift = shift + 0.5f - (l->thresholds[k] - mark[0]) / (mark[1] - mark[0]);
    /* No code is further away; a conversion and a comparison are floorf without a call. */
    const float place = bounded(fraction + shift + 0.5f, -65536.0f, 65536.0f);
    int32_t code = (int32_t)k + (int32_t)place - (place < (float)(int32_t)place);

    code = code > 0 ? code : 0;
    code = code < (int32_t)l->n ? code : (int32_t)l->n - 1;
    *value = l->values[code];
    return (uint32_t)code;
}

/* The same for v in the only interval of two marks, the first of which is 0. */
static inline uint32_t decide_of_two(const bci_levels *l, bool half_way, float v, float shift,
                                     float *value)
{
    const float top = l->values[1];

    if (!half_way)
        shift = shift + 0.5f - l->thresholds[0] / top;
    const bool is_above = v / top + shift + 0.5f >= 1.0f;

    *value = is_above ? top : 0.0f;
    return is_above;
}

/* What a kernel with keys does at the samples of a line, known before any error: their tones
 * and, with noise, the shifts that raise the thresholds by noise of 0..1, as published. */
static void find_tones(bc_diffuser *d, const float *x, const float *noise)
{
    const size_t n = d->width * d->n_channels;
    const bci_levels l = d->levels;
    const tone *tones = d->tones;
    uint8_t *tone_at = d->tone_at;
    float *shift = d->shift;

    for (size_t i = 0; i < n; i++) {
        const float known = bounded(known_of(&l, x[i]), 0.0f, l.values[l.n - 1]);
        float fraction;

        (void)bci_interval(&l, known, &fraction);
        tone_at[i] = (uint8_t)(fraction * (N_TONES - 1));
    }
    for (size_t i = 0; noise && i < n; i++)
        shift[i] = -tones[tone_at[i]].modulation * (noise[i] + 0.5f);
}

/* What is literal in every call of walk_line, so that its loops unroll and its branches
 * vanish. */
typedef struct {
    size_t n_channels;
    int n_ahead;    /* pixels ahead that errors go to */
    bool is_keyed;  /* weights by tone */
    bool is_plain;  /* all opaque, and cells suffice */
    bool is_binary; /* plain, and two marks only */
} shape;

/* bci_nearest where there are two marks: no table to wait for. */
static inline uint32_t nearest_of_two(const bci_levels *l, float v, float *value)
{
    const bool is_above = v >= l->thresholds[0];

    *value = is_above ? l->values[1] : 0.0f; /* the first mark is 0 cells from itself */
    return is_above;
}

static inline uint32_t code_for(const bci_levels *l, const shape how, float v, const float *shift,
                                float *value)
{
    if (shift && how.is_binary)
        return decide_of_two(l, how.is_keyed, v, *shift, value);
    if (shift)
        return decide(l, how.is_keyed, v, *shift, value);
    if (how.is_binary)
        return nearest_of_two(l, v, value);
    return bci_nearest(l, how.is_plain || l->cells_suffice, v, value);
}

static bool is_backward(const bc_diffuser *d)
{
    return d->scan == BC_SCAN_SERPENTINE && d->line % 2 != 0;
}

/* One line: its codes, and its errors to d->sent or, where each has weights of its own, to the
 * line below. Errors for the rest of this line travel in `ahead`. */
static inline __attribute__((always_inline)) void walk_line(bc_diffuser *d, const shape how,
                                                            const float *x, const float *shift,
                                                            const uint8_t *opaque, uint16_t *codes)
{
    const size_t n_channels = how.n_channels;
    const bool backward = is_backward(d);
    const size_t behind = backward ? n_channels : -n_channels;
    const bc_diffuser s = *d; /* the stores below cannot change a local copy */
    const float *here = s.errors[0] + PAD * n_channels;
    float *below = s.errors[1] + PAD * n_channels;
    float *sent = s.sent + 2 * PAD * n_channels;
    float ahead[N_AHEAD][MAX_CHANNELS] = { { 0 } };
    size_t pixel = backward ? s.width - 1 : 0;

    for (size_t i = 0; i < s.width; i++, pixel += backward ? (size_t)-1 : 1) {
        const bool given = how.is_plain || !opaque || opaque[pixel];

#pragma GCC unroll 4
        for (size_t c = 0; c < n_channels; c++) {
            const size_t at = pixel * n_channels + c;
            const float known = known_of(&s.levels, x[at]);
            const float v = bounded(given ? (known + here[at]) + ahead[0][c] : known,
                                    s.levels.v_min, s.levels.v_max);
            float value;

            codes[at] = (uint16_t)code_for(&s.levels, how, v, shift ? &shift[at] : NULL, &value);

            const float e = given ? v - value : 0.0f;

            if (how.is_keyed) {
                const float *weights = s.tones[s.tone_at[at]].weights;

                ahead[0][c] = e * weights[0];
                below[at + behind] += e * weights[1];
                below[at] += e * weights[2];
            } else {
                sent[at] = e;
                ahead[0][c] = how.n_ahead > 1 ? ahead[1][c] + e * s.ahead[0] : e * s.ahead[0];
                ahead[1][c] = how.n_ahead > 1 ? e * s.ahead[1] : 0.0f;
            }
        }
    }
    for (size_t c = 0; c < n_channels; c++)
        d->beyond[c] = ahead[0][c] + ahead[1][c];
}

/* Errors that fell beside a line go to its first and last pixel: none are lost there. */
static void fold_sides(bc_diffuser *d, float *line)
{
    const size_t n = d->n_channels;
    float *left = line + PAD * n, *right = line + (PAD + d->width - 1) * n;

    for (size_t i = 1; i <= PAD; i++) {
        for (size_t c = 0; c < n; c++) {
            left[c] += left[c - i * n];
            right[c] += right[c + i * n];
        }
    }
}

/* Each call here is a loop of its own. The common cases have one: grey of 1 bit or, where errors
 * go no further than the next pixel, of more, and RGB. */
static void walk(bc_diffuser *d, const float *x, const float *noise, const uint8_t *opaque,
                 uint16_t *codes)
{
    const float *shift = noise && d->tones ? d->shift : noise;
    const bool is_plain = !opaque && d->levels.cells_suffice;
    const bool is_binary = d->levels.n == 2;
    const size_t n = d->n_channels;
    const int n_ahead = d->ahead[1] != 0.0f ? 2 : 1;

    if (d->tones && is_plain && n == 1 && is_binary)
        walk_line(d, (shape){ 1, 1, true, true, true }, x, shift, NULL, codes);
    else if (d->tones && is_plain && n == 3)
        walk_line(d, (shape){ 3, 1, true, true, false }, x, shift, NULL, codes);
    else if (d->tones)
        walk_line(d, (shape){ n, 1, true, false, false }, x, shift, opaque, codes);
    else if (is_plain && n == 1 && is_binary && n_ahead == 1)
        walk_line(d, (shape){ 1, 1, false, true, true }, x, shift, NULL, codes);
    else if (is_plain && n == 1 && is_binary)
        walk_line(d, (shape){ 1, 2, false, true, true }, x, shift, NULL, codes);
    else if (is_plain && n == 1 && n_ahead == 1)
        walk_line(d, (shape){ 1, 1, false, true, false }, x, shift, NULL, codes);
    else if (is_plain && n == 3 && n_ahead == 1)
        walk_line(d, (shape){ 3, 1, false, true, false }, x, shift, NULL, codes);
    else if (is_plain && n == 3)
        walk_line(d, (shape){ 3, 2, false, true, false }, x, shift, NULL, codes);
    else
        walk_line(d, (shape){ n, 2, false, false, false }, x, shift, opaque, codes);
}

static void add_product(float *restrict to, const float *restrict from, float weight, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i] * weight;
}

/* The errors of a line to the lines below, for each place in the order in which the walk came
 * upon its neighbours: the taps of a line from the furthest ahead to the furthest behind. */
static void spread(bc_diffuser *d)
{
    const size_t n = (d->width + 2 * PAD) * d->n_channels;
    const ptrdiff_t step = (ptrdiff_t)d->n_channels * (is_backward(d) ? -1 : 1);

    for (size_t from = 0; from < n; from += BLOCK) {
        const size_t left = n - from;

        for (int t = d->kernel->n_taps - 1; t >= 0; t--) {
            const bc_kernel_tap tap = d->kernel->taps[t];
            const float *shifted = d->sent + (PAD * d->n_channels + from) - tap.dx * step;

            if (tap.dy > 0)
                add_product(d->errors[tap.dy] + from, shifted, d->weights[t],
                            left < BLOCK ? left : BLOCK);
        }
    }
}

/* Whether core/floyd.c knows the line. */
static bool is_floyd_line(const bc_diffuser *d, const float *noise, const uint8_t *opaque)
{
    static const bc_kernel_tap taps[BC_KERNEL_MAX_TAPS] = {
        { 1, 0, 7 }, { -1, 1, 3 }, { 0, 1, 5 }, { 1, 1, 1 }
    };

    return !noise && !opaque && !d->tones && d->n_channels == 1 && d->levels.n == 2 &&
           d->levels.cells_suffice && memcmp(d->kernel->taps, taps, sizeof taps) == 0;
}

void bc_diffuse_row(bc_diffuser *d, const float *x, const float *noise, const uint8_t *opaque,
                    uint16_t *codes)
{
    const size_t last = is_backward(d) ? 0 : d->width - 1;
    float *done = d->errors[0];

    fold_sides(d, done);
    if (is_floyd_line(d, noise, opaque)) {
        bci_floyd_line(&d->levels, d->weights, is_backward(d), x, d->width, done + PAD,
                       d->errors[1] + PAD, codes);
    } else {
        if (d->tones)
            find_tones(d, x, noise);
        walk(d, x, noise, opaque, codes);
        if (!d->tones)
            spread(d);
        for (size_t c = 0; c < d->n_channels; c++)
            d->errors[1][(PAD + last) * d->n_channels + c] += d->beyond[c];
    }

    memset(done, 0, (d->width + 2 * PAD) * d->n_channels * sizeof *done);
    for (int i = 0; i + 1 < N_LINES; i++)
        d->errors[i] = d->errors[i + 1];
    d->errors[N_LINES - 1] = done;
    d->line++;
}
