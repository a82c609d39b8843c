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

/* The step below the value of `code`, or above it at the bottom end: what one step is there. */
static double step_at(const bc_grid *g, const bc_scale *s, int32_t code)
{
    const int32_t from = code > g->lo ? code - 1 : code;
    const double step = bc_grid_value(g, from + 1) - bc_grid_value(g, from);

    return (isfinite(step) ? step : 0.0) * s->gain;
}

void bc_quantize_fir_f64(const bc_grid *grid, const bc_scale *scale, bc_fir *fir,
                         const double *x, const double *noise, size_t n, double *y,
                         int32_t *codes)
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
