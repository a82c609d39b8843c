/* Knows the one path of every reduction: position -> + noise -> round -> value. Affine grids
 * run through the vector kernels, the others through bc_grid_position sample by sample. */
#include "bitcrush/quantize.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

enum { CHUNK = 1024 };

/* Codes beyond this leave the range in which the float kernel rounds rightly. */
static const int32_t max_f32_code = 1 << 21;

/* The inverse of a gain, or 0 where the data all are `offset` or the inverse overflows. */
static double inverse(double den, double gain)
{
    const double inv = gain > 0.0 ? den / gain : 0.0;

    return (float)inv <= 0x1.fffffep127f ? inv : 0.0;
}

static bci_affine_f64 affine_f64(const bc_grid *g, const bc_scale *s, bc_rounding rounding)
{
    const bool truncate = rounding == BC_ROUND_TRUNCATE;

    return (bci_affine_f64){ .inv = inverse(g->den, s->gain), .den = g->den, .gain = s->gain,
                             .offset = s->offset, .zero = s->zero, .lo = g->lo, .hi = g->hi,
                             .shift_gain = truncate ? g->shift_gain : 1.0,
                             .truncate = truncate };
}

static bci_affine_f32 affine_f32(const bc_grid *g, const bc_scale *s, bc_rounding rounding)
{
    const bci_affine_f64 a = affine_f64(g, s, rounding);

    return (bci_affine_f32){ .inv = (float)a.inv, .den = (float)a.den, .gain = (float)a.gain,
                             .offset = (float)a.offset, .zero = (float)a.zero, .lo = (float)a.lo,
                             .hi = (float)a.hi, .shift_gain = (float)a.shift_gain,
                             .truncate = a.truncate };
}

/* The bit shift: floor for codes that count from the bottom, toward zero for floats, whose
 * codes count magnitudes. */
static double truncated(const bc_grid *g, bc_position p)
{
    if (g->family == BC_GRID_FLOAT)
        return trunc(p.rest);
    if (g->shift_gain == 1.0)
        return floor(p.rest);
    return floor((p.base + p.rest) * g->shift_gain) - p.base;
}

/* One sample on any grid, in the units of the grid. */
static int32_t code_of(const bc_grid *g, bc_rounding rounding, double x, double noise)
{
    if (x != x)
        return bc_grid_nan_code(g);
    if (isinf(x))
        return x < 0 ? g->lo : g->hi;

    bc_position p = bc_grid_position(g, x);

    p.rest += noise;
    const double away = rounding == BC_ROUND_NEAREST ? rint(p.rest) : truncated(g, p);
    const double code = p.base + away;

    return code < g->lo ? g->lo : code > g->hi ? g->hi : (int32_t)code;
}

/* A group that has no extent, or one too small to invert, is stored as its offset. */
static double scaled_value(const bc_grid *g, const bc_scale *s, int32_t code)
{
    if (s->gain == 1.0 && s->offset == 0.0 && s->zero == 0)
        return bc_grid_value(g, code);
    if (g->family == BC_GRID_AFFINE)
        return ((double)code - s->zero) / g->den * s->gain + s->offset;
    return bc_grid_value(g, code) * s->gain + s->offset;
}

static void quantize_any(const bc_grid *g, const bc_scale *s, bc_rounding rounding,
                         const double *x, const double *noise, size_t n, double *y,
                         int32_t *codes)
{
    const double inv = inverse(1.0, s->gain);

    for (size_t i = 0; i < n; i++) {
        codes[i] = code_of(g, rounding, (x[i] - s->offset) * inv, noise[i]);
        y[i] = scaled_value(g, s, codes[i]);
        if (codes[i] == 0 && g->family == BC_GRID_FLOAT)
            y[i] = copysign(y[i], x[i]); /* IEEE keeps the sign of a zero result */
    }
}

void bc_quantize_f64(const bc_grid *grid, const bc_scale *scale, bc_rounding rounding,
                     const double *x, const double *noise, size_t n, double *y, int32_t *codes)
{
    const bci_affine_f64 a = affine_f64(grid, scale, rounding);
    const bci_kernels *kernels = bci_kernels_get();
    static const double silence[CHUNK];
    double y_scratch[CHUNK];
    int32_t code_scratch[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        const double *d = noise ? noise + i : silence;
        double *to = y ? y + i : y_scratch;
        int32_t *code_to = codes ? codes + i : code_scratch;

        if (grid->family == BC_GRID_AFFINE)
            kernels->quantize_f64(&a, x + i, d, m, to, code_to);
        else
            quantize_any(grid, scale, rounding, x + i, d, m, to, code_to);
    }
}

/* Grids that the float kernel cannot serve: widen, quantize in double, narrow. */
static void quantize_widened(const bc_grid *grid, const bc_scale *scale, bc_rounding rounding,
                             const float *x, const float *noise, size_t n, float *y,
                             int32_t *codes)
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
    if (grid->family != BC_GRID_AFFINE || grid->hi > max_f32_code) {
        quantize_widened(grid, scale, rounding, x, noise, n, y, codes);
        return;
    }
    const bci_affine_f32 a = affine_f32(grid, scale, rounding);
    const bci_kernels *kernels = bci_kernels_get();
    static const float silence[CHUNK];
    float y_scratch[CHUNK];
    int32_t code_scratch[CHUNK];

    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;

        kernels->quantize_f32(&a, x + i, noise ? noise + i : silence, m, y ? y + i : y_scratch,
                              codes ? codes + i : code_scratch);
    }
}

void bc_dequantize_f64(const bc_grid *grid, const bc_scale *scale, const int32_t *codes,
                       size_t n, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = scaled_value(grid, scale, codes[i]);
}

void bc_dequantize_f32(const bc_grid *grid, const bc_scale *scale, const int32_t *codes,
                       size_t n, float *y)
{
    const bci_affine_f32 a = affine_f32(grid, scale, BC_ROUND_NEAREST);
    const bool in_float = grid->family == BC_GRID_AFFINE && grid->hi <= max_f32_code;

    for (size_t i = 0; i < n; i++)
        y[i] = in_float ? ((float)codes[i] - a.zero) / a.den * a.gain + a.offset
                        : (float)scaled_value(grid, scale, codes[i]);
}
