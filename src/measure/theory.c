/* Knows what theory expects of a reduction, to stand beside what was measured. */
#include <math.h>

#include "bitcrush/measure.h"

static const double pi = 3.14159265358979323846;

double bc_theory_rule_of_thumb_db(double bits)
{
    return 20.0 * log10(2.0) * bits + 10.0 * log10(1.5);
}

double bc_theory_snr_db(const bc_grid *grid, const bc_noise *noise, double signal_power)
{
    if (grid->family != BC_GRID_AFFINE || noise->error_power <= 0.0 || !(signal_power > 0.0))
        return NAN;
    return 10.0 * log10(signal_power * grid->den * grid->den / noise->error_power);
}

/* Positions uniform over lo - 1/2 .. hi + 1/2 have mean m = (lo + hi) / 2 and variance
 * L^2 / 12 with L = hi - lo + 1 levels; the error is uniform over one step, variance 1/12.
 * So SNR = L^2 + 12 m^2, in steps. */
double bc_theory_uniform_snr_db(const bc_grid *grid)
{
    if (grid->family != BC_GRID_AFFINE)
        return NAN;
    const double levels = (double)bc_grid_levels(grid);
    const double middle = 0.5 * ((double)grid->lo + (double)grid->hi) + grid->rise;

    return 10.0 * log10(levels * levels + 12.0 * middle * middle);
}

/* |1 - sum c_k z^-k|^2 at z = e^(jw), by Horner's rule. */
static double shaped_power(const double *taps, size_t n_taps, double w)
{
    const double re_z = cos(w), im_z = -sin(w); /* of 1 / z */
    double re = 0.0, im = 0.0;

    for (size_t k = n_taps; k > 0; k--) {
        const double re_sum = re + taps[k - 1];
        const double next = re_sum * re_z - im * im_z;

        im = re_sum * im_z + im * re_z;
        re = next;
    }
    return (1.0 - re) * (1.0 - re) + im * im;
}

/* The rounding error is white beside any dither that makes its power known; u[i] - u[i-1] of
 * variance v has power v (1 - cos w), other dithers are white. */
void bc_theory_error_spectrum(const bc_grid *grid, const bc_noise *noise, const double *taps,
                              size_t n_taps, uint32_t length, double *power)
{
    const size_t half = length / 2;
    const bool known = grid->family == BC_GRID_AFFINE && noise->error_power > 0.0;
    const double rising = noise->form == BC_NOISE_HPTPDF ? noise->variance : 0.0;

    for (size_t k = 0; k <= half; k++) {
        const double w = 2.0 * pi * (double)k / (double)length;
        const double steps2 = noise->error_power - rising * cos(w);
        const double share = (k == 0 || k == half ? 1.0 : 2.0) / (double)length;

        power[k] =
            known ? share * steps2 * shaped_power(taps, n_taps, w) / (grid->den * grid->den) : NAN;
    }
}
