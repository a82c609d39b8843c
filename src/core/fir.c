/* Knows error feedback in time: noise shaping by a FIR filter of past errors. Affine grids run
 * through a kernel, two channels at a time, in steps; the others sample by sample, in values. */
#include "bitcrush/feedback.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/kernels.h"

enum { CHUNK = 1024 };

/* --- affine grids -------------------------------------------------------------------- */

/* Two channels, or one twice. */
typedef struct {
    bc_fir *fir[2];
    const double *x[2], *noise[2];
    double *y[2];
    int32_t *codes[2];
} channel_pair;

static double tap(const bc_fir *fir, size_t age)
{
    return age >= 1 && age <= fir->n_taps ? fir->taps[age - 1] : 0.0;
}

/* Taps of ages 3 to n_taps, for both frames of a step, in rows; 0 elsewhere. */
static void spread_taps(const bc_fir *fir, bci_feedback_taps *t)
{
    t->n_rows = fir->n_taps > 5 ? (fir->n_taps + 2u) & ~3u : 4;
    t->newest = tap(fir, 1);
    t->second = tap(fir, 2);
    for (size_t k = 0; k < t->n_rows; k++) {
        const size_t age = t->n_rows + 1 - k; /* for the first frame */

        t->rows[k][0] = t->rows[k][1] = age > 2 ? tap(fir, age) : 0.0;
        t->rows[k][2] = t->rows[k][3] = k > 0 ? tap(fir, age + 1) : 0.0;
    }
}

/* n <= CHUNK samples. */
static void feed_back_chunk(const bci_affine_f64 *a, const bci_feedback_taps *taps,
                            const channel_pair *c, size_t n)
{
    const uint32_t n_taps = c->fir[0]->n_taps;
    const size_t n_past = taps->n_rows + 1;
    double errors[2 * (BCI_MAX_ROWS + 1 + CHUNK)];

    for (size_t k = 0; k < n_past; k++) /* the oldest first */
        for (size_t j = 0; j < 2; j++)
            errors[2 * (n_past - 1 - k) + j] = k < n_taps ? c->fir[j]->errors[k] : 0.0;
    bci_kernels_get()->feedback_f64(a, taps, errors, c->x, c->noise, n, c->y, c->codes);
    for (size_t k = 0; k < n_taps; k++)
        for (size_t j = 0; j < 2; j++)
            c->fir[j]->errors[k] = errors[2 * (n_past + n - 1 - k) + j];
}

static void feed_back_pair(const bci_affine_f64 *a, const channel_pair *c, size_t n)
{
    static const double silence[CHUNK];
    int32_t code_scratch[CHUNK];
    bci_feedback_taps taps;

    spread_taps(c->fir[0], &taps);
    for (size_t i = 0; i < n; i += CHUNK) {
        channel_pair part = *c;

        for (int j = 0; j < 2; j++) {
            part.x[j] = c->x[j] + i;
            part.noise[j] = c->noise[j] ? c->noise[j] + i : silence;
            part.y[j] = c->y[j] ? c->y[j] + i : NULL;
            part.codes[j] = c->codes[j] ? c->codes[j] + i : code_scratch;
        }
        feed_back_chunk(a, &taps, &part, n - i < CHUNK ? n - i : CHUNK);
    }
}

/* --- any grid ------------------------------------------------------------------------ */

/* From the oldest to the newest, as the kernel does. */
static double shaped(const bc_fir *fir)
{
    double sum = 0.0;

    for (uint32_t k = fir->n_taps; k >= 1; k--)
        sum += fir->taps[k - 1] * fir->errors[k - 1];
    return sum;
}

static void remember(bc_fir *fir, double error)
{
    if (fir->n_taps == 0)
        return;
    memmove(fir->errors + 1, fir->errors, (fir->n_taps - 1) * sizeof *fir->errors);
    fir->errors[0] = error;
}

/* The wider of the steps beside the mark of `code`: what rounding is there. */
static double step_at(const bc_grid *g, const bc_scale *s, int32_t code)
{
    double widest = 0.0;

    for (int32_t from = code > g->lo ? code - 1 : code; from <= code && from < g->hi; from++) {
        const double step = bc_grid_value(g, from + 1) - bc_grid_value(g, from);

        if (isfinite(step) && step > widest)
            widest = step;
    }
    return widest * s->gain;
}

static void feed_back_any(const bc_grid *grid, const bc_scale *scale, bc_fir *fir, const double *x,
                          const double *noise, size_t n, double *y, int32_t *codes)
{
    for (size_t i = 0; i < n; i++) {
        const double d = noise ? noise[i] : 0.0;
        const double v = (isfinite(x[i]) ? x[i] : 0.0) - shaped(fir);
        double value;
        int32_t code;

        bc_quantize_f64(grid, scale, BC_ROUND_NEAREST, &v, &d, 1, &value, &code);
        /* The bound of the kernel. */
        const double bound = (1.0 + fabs(d)) * step_at(grid, scale, code);
        double e = value - v;

        e = e > bound ? bound : e < -bound ? -bound : e;
        remember(fir, e == e ? e : 0.0);
        if (y)
            y[i] = value;
        if (codes)
            codes[i] = code;
    }
}

/* --- both ---------------------------------------------------------------------------- */

void bc_quantize_fir_channels_f64(const bc_grid *grid, const bc_scale *scale, bc_fir *firs,
                                  size_t n_channels, const double *const *x,
                                  const double *const *noise, size_t n, double *const *y,
                                  int32_t *const *codes)
{
    const bci_affine_f64 a = bci_affine_of(grid, scale, BC_ROUND_NEAREST);

    for (size_t c = 0; grid->family != BC_GRID_AFFINE && c < n_channels; c++)
        feed_back_any(grid, scale, &firs[c], x[c], noise ? noise[c] : NULL, n, y ? y[c] : NULL,
                      codes ? codes[c] : NULL);
    for (size_t c = 0; grid->family == BC_GRID_AFFINE && c < n_channels; c += 2) {
        channel_pair pair;

        for (size_t j = 0; j < 2; j++) { /* the last of an odd number is its own partner */
            const size_t from = c + j < n_channels ? c + j : c;

            assert(firs[from].n_taps == firs[0].n_taps);
            pair.fir[j] = &firs[from];
            pair.x[j] = x[from];
            pair.noise[j] = noise ? noise[from] : NULL;
            pair.y[j] = y ? y[from] : NULL;
            pair.codes[j] = codes ? codes[from] : NULL;
        }
        feed_back_pair(&a, &pair, n);
    }
}

void bc_quantize_fir_f64(const bc_grid *grid, const bc_scale *scale, bc_fir *fir, const double *x,
                         const double *noise, size_t n, double *y, int32_t *codes)
{
    bc_quantize_fir_channels_f64(grid, scale, fir, 1, &x, noise ? &noise : NULL, n, y ? &y : NULL,
                                 codes ? &codes : NULL);
}
