/* Knows how rounding errors go through products and pile up in sums of them. */
#include "bitcrush/product.h"

#include <math.h>

#include "bitcrush/noise.h"

bc_product bc_product_rounded(const bc_grid *grid, const bc_scale *scale, double a, double b)
{
    const double exact[2] = { a, b };
    double rounded[2];

    bc_quantize_f64(grid, scale, BC_ROUND_NEAREST, exact, NULL, 2, rounded, NULL);

    const double product = rounded[0] * rounded[1];

    return (bc_product){ .a = rounded[0],
                         .b = rounded[1],
                         .product = product,
                         .error = product - a * b,
                         .error_a = (rounded[0] - a) * b,
                         .error_b = a * (rounded[1] - b) };
}

bc_status bc_product_fixed_point(int bits, double a, double b, bc_grid *grid, bc_scale *scale,
                                 bc_error *err)
{
    const bc_status st = bc_grid_pcm(bits, grid, err); /* over -1 .. 1 */
    int exponent;

    if (st)
        return st;
    (void)frexp(fmax(fabs(a), fabs(b)), &exponent); /* the larger is below 2^exponent */
    *scale = (bc_scale){ ldexp(1.0, exponent), 0.0, 0 };
    return BC_OK;
}

enum { CHUNK = 1024 };

/* Rounded and exact sums over one chunk of terms. */
static void add_terms(const bc_grid *grid, const bc_scale *scale, double a, double b, uint64_t seed,
                      uint64_t first, size_t n, double *exact, double *rounded)
{
    const bc_noise *uniform = bc_noise_find("rpdf"); /* in (-1/2, 1/2) */
    double x[2][CHUNK], y[2][CHUNK];
    const double width[2] = { 2.0 * fabs(a), 2.0 * fabs(b) };

    for (uint32_t side = 0; side < 2; side++) {
        bc_noise_fill_f64(uniform, seed, side, first, x[side], n);
        for (size_t i = 0; i < n; i++)
            x[side][i] *= width[side];
        bc_quantize_f64(grid, scale, BC_ROUND_NEAREST, x[side], NULL, n, y[side], NULL);
    }
    for (size_t i = 0; i < n; i++) {
        *exact += x[0][i] * x[1][i];
        *rounded += y[0][i] * y[1][i];
    }
}

double bc_dot_error_measured(const bc_grid *grid, const bc_scale *scale, double a, double b,
                             uint32_t n_terms, uint32_t n_trials, uint64_t seed, double *signal)
{
    double sum_e2 = 0.0, sum_x2 = 0.0;

    for (uint32_t trial = 0; trial < n_trials; trial++) {
        const uint64_t first = (uint64_t)trial * n_terms;
        double exact = 0.0, rounded = 0.0;

        for (uint32_t i = 0; i < n_terms; i += CHUNK)
            add_terms(grid, scale, a, b, seed, first + i, n_terms - i < CHUNK ? n_terms - i : CHUNK,
                      &exact, &rounded);
        sum_e2 += (rounded - exact) * (rounded - exact);
        sum_x2 += exact * exact;
    }
    if (signal)
        *signal = sqrt(sum_x2 / n_trials);
    return sqrt(sum_e2 / n_trials);
}

double bc_dot_error_expected(const bc_grid *grid, const bc_scale *scale, double a, double b,
                             uint32_t n_terms)
{
    if (grid->family != BC_GRID_AFFINE)
        return NAN;
    const double step = scale->gain / grid->den, q = step * step / 12.0;

    return sqrt(n_terms * (q * (a * a + b * b) / 3.0 + q * q));
}
