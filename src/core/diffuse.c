/* Knows error diffusion in the plane: the walk over a line.
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
    PAD = 3,     /* pixels beside a line that errors may fall on: lost at the border */
    N_LINES = 4, /* the line in work and three below it */
    N_AHEAD = 2, /* pixels ahead on the line that errors may go to */
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
    tone *tones; /* N_TONES, for kernels with keys */
    bci_levels levels;
    float *errors[N_LINES];
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

    if (d->kernel->keys)
        ok = (d->tones = malloc(N_TONES * sizeof *d->tones)) != NULL;
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
        st = bci_levels_init(&d->levels, grid, err);
    if (st)
        goto done;
    for (int t = 0; t < kernel->n_taps && !kernel->keys; t++)
        d->weights[t] = (float)(strength * kernel->taps[t].weight / kernel->divisor);
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
    free(d);
}

static inline float bounded(float v, float low, float high)
{
    v = v > low ? v : low;
    return v < high ? v : high;
}

/* The code for v when noise (NULL: none) shifts the decision, in steps. A kernel with keys decides
 * half way between the codes, the others where the grid says. */
static uint32_t decide(const bci_levels *l, const tone *at, float v, const float *noise,
                       float *value)
{
    float fraction, shift;
    const uint32_t k = bci_interval(l, v, &fraction);

    if (at) /* as published, noise of 0..1 raises the threshold */
        shift = noise ? -at->modulation * (*noise + 0.5f) : 0.0f;
    else
        shift = (noise ? *noise : 0.0f) + 0.5f -
                (l->thresholds[k] - l->values[k]) / (l->values[k + 1] - l->values[k]);
    float code = (float)k + floorf(fraction + shift + 0.5f);

    code = bounded(code, 0.0f, (float)(l->n - 1));
    *value = l->values[(uint32_t)code];
    return (uint32_t)code;
}

static const tone *tone_of(const bc_diffuser *d, float v)
{
    float fraction;

    (void)bci_interval(&d->levels, v, &fraction);
    return &d->tones[(int)(bounded(fraction, 0.0f, 1.0f) * (N_TONES - 1))];
}

/* What is literal in every call of diffuse_line, so that its loops unroll and its branches
 * vanish. */
typedef struct {
    const bc_kernel *kernel;
    size_t n_channels;
    bool is_plain; /* no noise, no keys, all opaque, and cells suffice */
} shape;

/* One line. Errors for the rest of this line travel in `ahead`. */
static inline __attribute__((always_inline)) void diffuse_line(bc_diffuser *d, const shape how,
                                                               const float *x, const float *noise,
                                                               const uint8_t *opaque,
                                                               uint16_t *codes)
{
    const bool backward = d->scan == BC_SCAN_SERPENTINE && d->line % 2 != 0;
    const size_t n_channels = how.n_channels;
    const ptrdiff_t step = backward ? -(ptrdiff_t)n_channels : (ptrdiff_t)n_channels;
    const bc_diffuser s = *d; /* the stores below cannot change a local copy */
    float ahead[N_AHEAD][MAX_CHANNELS] = { { 0 } };
    size_t pixel = backward ? s.width - 1 : 0;

    for (size_t i = 0; i < s.width; i++, pixel += backward ? (size_t)-1 : 1) {
        const bool given = how.is_plain || !opaque || opaque[pixel];

#pragma GCC unroll 4
        for (size_t c = 0; c < n_channels; c++) {
            const size_t at = pixel * n_channels + c;
            const float *here = s.errors[0] + PAD * n_channels + at;
            const float own = (x[at] - s.levels.first) * s.levels.cell_gain;
            const float known =
                bounded(own == own ? own : s.levels.zero, s.levels.v_min, s.levels.v_max);
            const float v = bounded(given ? (known + *here) + ahead[0][c] : known, s.levels.v_min,
                                    s.levels.v_max);
            const tone *tones = !how.is_plain && s.tones ? tone_of(d, known) : NULL;
            const float *weights = tones ? tones->weights : s.weights;
            float value;

            codes[at] =
                (uint16_t)(how.is_plain ? bci_nearest(&s.levels, true, v, &value)
                           : tones || noise
                               ? decide(&d->levels, tones, v, noise ? &noise[at] : NULL, &value)
                               : bci_nearest(&d->levels, d->levels.cells_suffice, v, &value));
            const float e = given ? v - value : 0.0f;

            ahead[0][c] = ahead[1][c];
            ahead[1][c] = 0.0f;
#pragma GCC unroll 11
            for (int t = 0; t < how.kernel->n_taps; t++) {
                const bc_kernel_tap tap = how.kernel->taps[t];

                if (tap.dy == 0)
                    ahead[tap.dx - 1][c] += e * weights[t];
                else
                    s.errors[tap.dy][PAD * n_channels + at + (size_t)(tap.dx * step)] +=
                        e * weights[t];
            }
        }
    }
    /* What has no pixel left on this line goes to the one below its end. */
    for (size_t c = 0; c < n_channels; c++)
        s.errors[1][(PAD + (backward ? 0 : s.width - 1)) * n_channels + c] +=
            ahead[0][c] + ahead[1][c];
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

/* Floyd-Steinberg, the default, is unrolled for grey and RGB; one line serves all others. */
static void diffuse_any(bc_diffuser *d, const float *x, const float *noise, const uint8_t *opaque,
                        uint16_t *codes)
{
    static const bc_kernel floyd_steinberg = {
        .n_taps = 4, .taps = { { 1, 0, 7 }, { -1, 1, 3 }, { 0, 1, 5 }, { 1, 1, 1 } }
    };
    const bool is_plain =
        !noise && !opaque && !d->tones && d->levels.cells_suffice &&
        memcmp(d->kernel->taps, floyd_steinberg.taps, sizeof floyd_steinberg.taps) == 0;

    if (is_plain && d->n_channels == 1 && d->levels.n == 2)
        bci_floyd_line(&d->levels, d->weights, d->scan == BC_SCAN_SERPENTINE && d->line % 2 != 0, x,
                       d->width, d->errors[0] + PAD, d->errors[1] + PAD, codes);
    else if (is_plain && d->n_channels == 1)
        diffuse_line(d, (shape){ &floyd_steinberg, 1, true }, x, NULL, NULL, codes);
    else if (is_plain && d->n_channels == 3)
        diffuse_line(d, (shape){ &floyd_steinberg, 3, true }, x, NULL, NULL, codes);
    else
        diffuse_line(d, (shape){ d->kernel, d->n_channels, false }, x, noise, opaque, codes);
}

void bc_diffuse_row(bc_diffuser *d, const float *x, const float *noise, const uint8_t *opaque,
                    uint16_t *codes)
{
    fold_sides(d, d->errors[0]);
    diffuse_any(d, x, noise, opaque, codes);

    float *done = d->errors[0];

    memset(done, 0, (d->width + 2 * PAD) * d->n_channels * sizeof *done);
    for (int i = 0; i + 1 < N_LINES; i++)
        d->errors[i] = d->errors[i + 1];
    d->errors[N_LINES - 1] = done;
    d->line++;
}
