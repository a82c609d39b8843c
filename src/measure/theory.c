/* Knows what theory expects of a reduction, to stand beside what was measured. */
#include <math.h>

#include "bitcrush/measure.h"

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
    const double middle = 0.5 * ((double)grid->lo + (double)grid->hi);

    return 10.0 * log10(levels * levels + 12.0 * middle * middle);
}
