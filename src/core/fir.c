/* Knows error feedback in time: noise shaping by a FIR filter of past errors. */
#include "bitcrush/feedback.h"

#include <math.h>

static double shaped(const bc_fir *fir)
{
    double sum = 0.0;
    uint32_t at = fir->newest;

    for (uint32_t k = 0; k < fir->n_taps; k++) {
        sum += fir->taps[k] * fir->errors[at];
        at = at == 0 ? fir->n_taps - 1 : at - 1;
    }
    return sum;
}

static void remember(bc_fir *fir, double error)
{
    if (fir->n_taps == 0)
        return;
    fir->newest = fir->newest + 1 == fir->n_taps ? 0 : fir->newest + 1;
    fir->errors[fir->newest] = error;
}

/* The wider of the steps beside the mark of `code`: what rounding is there. */
static double step_at(const bc_grid *g, const bc_scale *s, int32_t code)
{
    double widest = 0.0;

    if (g->family == BC_GRID_AFFINE)
        return s->gain / g->den;
    for (int32_t from = code > g->lo ? code - 1 : code; from <= code && from < g->hi; from++) {
        const double step = bc_grid_value(g, from + 1) - bc_grid_value(g, from);

        if (isfinite(step) && step > widest)
            widest = step;
    }
    return widest * s->gain;
}

void bc_quantize_fir_f64(const bc_grid *grid, const bc_scale *scale, bc_fir *fir, const double *x,
                         const double *noise, size_t n, double *y, int32_t *codes)
{
    for (size_t i = 0; i < n; i++) {
        const double d = noise ? noise[i] : 0.0;
        const double v = (isfinite(x[i]) ? x[i] : 0.0) - shaped(fir);
        double value;
        int32_t code;

        bc_quantize_f64(grid, scale, BC_ROUND_NEAREST, &v, &d, 1, &value, &code);
        /* Half a step of rounding, the noise, and half a step of slack: an error beyond that
         * is clipping, and passing it on in full would never end. */
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
