/* Knows the one path of every reduction: position -> + noise -> round -> value. Affine grids
 * run through the vector kernels, the others through bc_grid_position sample by sample. */
#include "bitcrush/quantize.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "core/kernels.h"

enum { CHUNK = 1024 };

/* Codes beyond this leave the range in which the float kernel rounds rightly. */
static const int32_t max_f32_code = 1 << 21;

/* The inverse of a gain, or 0 where the data all are `offset` or the inverse overflows. */
static double inverse(double den, double gain)
{
    const double inv = gain > 0.0 ? den / gain : 0.0;

    return isfinite(inv) ? inv : 0.0;
}

bci_affine_f64 bci_affine_of(const bc_grid *g, const bc_scale *s, bc_rounding rounding)
{
    const bool truncate = rounding == BC_ROUND_TRUNCATE;

    return (bci_affine_f64){ .inv = inverse(truncate ? g->den * g->shift_gain : g->den, s->gain),
                             .den = g->den,
                             .gain = s->gain,
                             .offset = s->offset,
                             .zero = s->zero - (truncate ? 0.0 : g->rise),
                             .origin = s->zero - g->rise,
                             .lo = g->lo,
                             .hi = g->hi,
                             .truncate = truncate };
}

/* For x = v / 65535, x 2^n is 2^-16 of itself above the edge of a cell when v is the first in
 * it, but when v is the last it may be below the next edge by less than a float can tell.
 * Lowered by half of that, float rounding crosses neither. */
static const double f32_shift_margin = 1.0 - 0x1p-17;

static bci_affine_f32 affine_f32(const bc_grid *g, const bc_scale *s, bc_rounding rounding)
{
    const bci_affine_f64 a = bci_affine_of(g, s, rounding);
    const double margin = a.truncate && g->shift_gain != 1.0 ? f32_shift_margin : 1.0;

    return (bci_affine_f32){ .inv = (float)(a.inv * margin),
                             .den = (float)a.den,
                             .gain = (float)a.gain,
                             .offset = (float)a.offset,
                             .zero = (float)a.zero,
                             .origin = (float)a.origin,
                             .lo = (float)a.lo,
                             .hi = (float)a.hi,
                             .truncate = a.truncate };
}

/* Whether the float kernel can serve: codes, gain, inverse and offset are in its range. */
static bool fits_f32(const bc_grid *g, const bc_scale *s)
{
    const double limit = 0.5 * (double)FLT_MAX; /* a shift_gain is at most 2 */

    const bool are_exact = g->lo >= -max_f32_code && g->hi <= max_f32_code &&
                           s->zero >= -max_f32_code && s->zero <= max_f32_code;

    return g->family == BC_GRID_AFFINE && are_exact && s->gain <= limit &&
           fabs(s->offset) <= limit && inverse(g->den, s->gain) <= limit;
}

/* The bit shift: floor for codes that count from the bottom, toward zero for floats, whose
 * codes count magnitudes. */
static double truncated(const bc_grid *g, bc_position p)
{
    if (g->family == BC_GRID_FLOAT) /* noise may give p.rest another sign than p.base + p.rest */
        return p.rest >= -(double)p.base ? floor(p.rest) : ceil(p.rest);
    if (g->shift_gain == 1.0)
        return floor(p.rest);
    return floor((p.base + p.rest) * g->shift_gain) - p.base;
}

/* The end codes that a finite value may take. */
typedef struct {
    int32_t lo, hi;
} code_range;

static code_range finite_codes(const bc_grid *g, bc_rounding rounding)
{
    /* Truncation stops short of the infinities of a format (IEEE 754-2019, 4.3.2). */
    const int32_t spared =
        rounding == BC_ROUND_TRUNCATE && g->family == BC_GRID_FLOAT && g->flavour == BC_FLOAT_IEEE;

    return (code_range){ g->lo + spared, g->hi - spared };
}

/* One sample on any grid, in the units of the grid. */
static int32_t code_of(const bc_grid *g, code_range ends, bc_rounding rounding, double x,
                       double noise)
{
    if (x != x)
        return bc_grid_nan_code(g);
    if (isinf(x))
        return x < 0 ? g->lo : g->hi;

    bc_position p = bc_grid_position(g, x);

    p.rest += noise;
    const double away = rounding == BC_ROUND_NEAREST ? rint(p.rest) : truncated(g, p);
    const double code = p.base + away;

    return code < ends.lo ? ends.lo : code > ends.hi ? ends.hi : (int32_t)code;
}

static double scaled_value(const bc_grid *g, const bc_scale *s, int32_t code)
{
    if (s->gain == 1.0 && s->offset == 0.0 && s->zero == 0)
        return bc_grid_value(g, code);
    if (g->family == BC_GRID_AFFINE)
        return ((double)code - s->zero + g->rise) / g->den * s->gain + s->offset;

    const double v = bc_grid_value(g, code);

    return isinf(v) ? v : v * s->gain + s->offset; /* not 0 * infinity */
}

static void quantize_any(const bc_grid *g, const bc_scale *s, bc_rounding rounding, const double *x,
                         const double *noise, size_t n, double *y, int32_t *codes)
{
    const double inv = inverse(1.0, s->gain);
    const code_range ends = finite_codes(g, rounding);

    for (size_t i = 0; i < n; i++) {
        const bool stays = inv == 0.0 && isinf(x[i]); /* not 0 * infinity */
        const double v = stays ? x[i] : (x[i] - s->offset) * inv;
        const int32_t code = code_of(g, ends, rounding, v, noise[i]);

        codes[i] = code;
        if (!y)
            continue;
        const double value = scaled_value(g, s, code);

        /* IEEE keeps the sign of a zero result. */
        y[i] = value == 0.0 && g->family == BC_GRID_FLOAT ? copysign(0.0, x[i]) : value;
    }
}

void bc_quantize_f64(const bc_grid *grid, const bc_scale *scale, bc_rounding rounding,
                     const double *x, const double *noise, size_t n, double *y, int32_t *codes)
{
    const bci_affine_f64 a = bci_affine_of(grid, scale, rounding);
    const bci_kernels *kernels = bci_kernels_get();
    static const double silence[CHUNK];
    int32_t code_scratch[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        const double *d = noise ? noise + i : silence;
        double *to = y ? y + i : NULL;
        int32_t *code_to = codes ? codes + i : code_scratch;

        if (grid->family == BC_GRID_AFFINE)
            kernels->quantize_f64(&a, x + i, d, m, to, code_to);
        else
            quantize_any(grid, scale, rounding, x + i, d, m, to, code_to);
    }
}

/* Grids that the float kernel cannot serve: widen, quantize in double, narrow. */
static void quantize_widened(const bc_grid *grid, const bc_scale *scale, bc_rounding rounding,
                             const float *x, const float *noise, size_t n, float *y, int32_t *codes)
{
    double wide_x[CHUNK], wide_noise[CHUNK], wide_y[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;

        for (size_t j = 0; j < m; j++) {
            wide_x[j] = (double)x[i + j];
            wide_noise[j] = noise ? (double)noise[i + j] : 0.0;
        }
        bc_quantize_f64(grid, scale, rounding, wide_x, wide_noise, m, wide_y,
                        codes ? codes + i : NULL);
        for (size_t j = 0; y && j < m; j++)
            y[i + j] = (float)wide_y[j];
    }
}

void bc_quantize_f32(const bc_grid *grid, const bc_scale *scale, bc_rounding rounding,
                     const float *x, const float *noise, size_t n, float *y, int32_t *codes)
{
    if (!fits_f32(grid, scale)) {
        quantize_widened(grid, scale, rounding, x, noise, n, y, codes);
        return;
    }
    const bci_affine_f32 a = affine_f32(grid, scale, rounding);
    const bci_kernels *kernels = bci_kernels_get();
    static const float silence[CHUNK];
    int32_t code_scratch[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;

        kernels->quantize_f32(&a, x + i, noise ? noise + i : silence, m, y ? y + i : NULL,
                              codes ? codes + i : code_scratch);
    }
}

void bc_dequantize_f64(const bc_grid *grid, const bc_scale *scale, const int32_t *codes, size_t n,
                       double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = scaled_value(grid, scale, codes[i]);
}

void bc_dequantize_f32(const bc_grid *grid, const bc_scale *scale, const int32_t *codes, size_t n,
                       float *y)
{
    if (!fits_f32(grid, scale)) {
        for (size_t i = 0; i < n; i++)
            y[i] = (float)scaled_value(grid, scale, codes[i]);
        return;
    }
    const bci_affine_f32 a = affine_f32(grid, scale, BC_ROUND_NEAREST);

    for (size_t i = 0; i < n; i++)
        y[i] = ((float)codes[i] - a.origin) / a.den * a.gain + a.offset;
}
