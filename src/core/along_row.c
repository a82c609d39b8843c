/* Knows feedback along a row of weights: how errors are shared out among those not yet rounded. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/feedback.h"

/* H = U U' with U upper triangular, from the last column to the first, in place. */
static bc_status factorize(size_t n, double *h, bc_error *err)
{
    for (size_t j = n; j-- > 0;) {
        const double *of_j = h + j * n;
        double square = of_j[j];

        for (size_t k = j + 1; k < n; k++)
            square -= of_j[k] * of_j[k];
        if (!(square > 0.0 && isfinite(square)))
            return bci_fail(
                err, BC_E_USAGE,
                "feedback along a row: its matrix is not positive definite at weight %zu, "
                "expected one with something added to its diagonal",
                j);
        h[j * n + j] = sqrt(square);
        for (size_t i = 0; i < j; i++) {
            double *of_i = h + i * n;

            for (size_t k = j + 1; k < n; k++)
                of_i[j] -= of_i[k] * of_j[k];
            of_i[j] /= of_j[j];
        }
    }
    return BC_OK;
}

/* d' H d is the sum of squares of U_jj (d_j + sum over i < j of T_ij d_i) with T_ij = U_ij / U_jj:
 * an error e_j in that bracket is what weight j adds. So d = (I - G)' e with I - G the inverse of I
 * + T. */
bc_status bc_row_shares(size_t n, const double *h, double *shares, bc_error *err)
{
    bc_status st;

    if (shares != h)
        memcpy(shares, h, n * n * sizeof *h);
    st = factorize(n, shares, err);
    if (st)
        return st;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            shares[i * n + j] /= shares[j * n + j];
    for (size_t i = n; i-- > 0;) {
        double *own = shares + i * n;

        for (size_t j = n; j-- > i + 1;)
            for (size_t k = i + 1; k < j; k++)
                own[j] -= own[k] * shares[k * n + j];
        memset(own, 0, (i + 1) * sizeof *own);
    }
    return BC_OK;
}

void bc_quantize_row_f64(const bc_grid *grid, const bc_scale *scale, const double *shares,
                         const double *x, const double *noise, size_t n, double *y, int32_t *codes)
{
    for (size_t i = 0; i < n; i++)
        y[i] = isfinite(x[i]) ? x[i] : 0.0;
    for (size_t i = 0; i < n; i++) {
        const double *share = shares + i * n, wanted = y[i];

        bc_quantize_f64(grid, scale, BC_ROUND_NEAREST, &wanted, noise ? noise + i : NULL, 1, &y[i],
                        codes ? codes + i : NULL);
        const double e = y[i] - wanted;

        for (size_t j = i + 1; j < n; j++)
            y[j] -= share[j] * e;
    }
}
