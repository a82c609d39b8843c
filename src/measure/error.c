/* Knows the error sums and the figures made of them. */
#include <float.h>
#include <math.h>

#include "base/fail.h"
#include "bitcrush/measure.h"
#include "core/kernels.h"

/* Count pairs of which one or both are not finite, see bc_error_sums. */
static void add_not_finite(bc_error_sums *s, double x, double y, uint64_t count)
{
    const bool is_same = x == y || (x != x && y != y);

    if (is_same) {
        s->n_nonfinite += count;
        return;
    }
    s->n += count;
    s->n_lost += count;
    if (isfinite(x)) {
        s->sum_x += (double)count * x;
        s->sum_x2 += (double)count * (x * x);
    }
    s->sum_e += y - x;
    s->sum_e2 = s->max_abs_e = INFINITY;
}

/* Returns how many of the n pairs are no part of the lanes' sums. */
static uint64_t add_lanes(bc_error_sums *s, const bci_error_lanes *l, size_t n)
{
    double n_finite = 0.0;

    for (int j = 0; j < BCI_LANES; j++) {
        n_finite += l->n_finite[j];
        s->sum_x += l->x[j];
        s->sum_x2 += l->x2[j];
        s->sum_e += l->e[j];
        s->sum_e2 += l->e2[j];
        s->max_abs_e = fmax(s->max_abs_e, l->max_abs_e[j]);
    }
    s->n += (uint64_t)n_finite;
    return n - (uint64_t)n_finite;
}

void bc_error_add_f32(bc_error_sums *sums, const float *x, const float *y, size_t n)
{
    bci_error_lanes lanes = { 0 };

    bci_kernels_get()->error_f32(&lanes, x, y, n);
    if (add_lanes(sums, &lanes, n) == 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]))
            add_not_finite(sums, (double)x[i], (double)y[i], 1);
}

void bc_error_add_f64(bc_error_sums *sums, const double *x, const double *y, size_t n)
{
    bci_error_lanes lanes = { 0 };

    bci_kernels_get()->error_f64(&lanes, x, y, n);
    if (add_lanes(sums, &lanes, n) == 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]))
            add_not_finite(sums, x[i], y[i], 1);
}

void bc_error_add_pair(bc_error_sums *s, double x, double y, uint64_t count)
{
    const double e = y - x, times = (double)count;

    if (count == 0)
        return;
    if (!isfinite(x) || !isfinite(y)) {
        add_not_finite(s, x, y, count);
        return;
    }
    s->n += count;
    s->sum_x += times * x;
    s->sum_x2 += times * (x * x);
    s->sum_e += times * e;
    s->sum_e2 += times * (e * e);
    s->max_abs_e = fmax(s->max_abs_e, fabs(e));
}

void bc_error_merge(bc_error_sums *a, const bc_error_sums *b)
{
    a->n += b->n;
    a->n_lost += b->n_lost;
    a->n_clipped += b->n_clipped;
    a->n_nonfinite += b->n_nonfinite;
    a->sum_x += b->sum_x;
    a->sum_x2 += b->sum_x2;
    a->sum_e += b->sum_e;
    a->sum_e2 += b->sum_e2;
    a->sum_overload_e2 += b->sum_overload_e2;
    a->max_abs_e = fmax(a->max_abs_e, b->max_abs_e);
}

/* 10 log10(a / b): infinity when nothing was lost; NaN when there was nothing to lose, and when the
 * squares of what there was are beyond double. */
static double ratio_db(double a, double b)
{
    if (a > 0.0 && b == 0.0)
        return INFINITY;
    return a > 0.0 && a <= DBL_MAX ? 10.0 * log10(a / b) : NAN;
}

bool bc_error_is_exact(const bc_error_sums *s)
{
    return s->n + s->n_nonfinite > 0 && s->max_abs_e == 0.0;
}

double bc_error_snr_db(const bc_error_sums *s)
{
    if (s->n_lost > 0)
        return -INFINITY;
    return s->n ? ratio_db(s->sum_x2, s->sum_e2) : NAN;
}

double bc_error_psnr_db(const bc_error_sums *s, double peak)
{
    return s->n ? ratio_db(peak * peak * (double)s->n, s->sum_e2) : NAN;
}

double bc_error_granular_db(const bc_error_sums *s)
{
    const double rest = s->sum_e2 - s->sum_overload_e2; /* of two orders of summing */

    return s->n && s->n_lost == 0 ? ratio_db(s->sum_x2, rest > 0.0 ? rest : 0.0) : NAN;
}

double bc_error_overload_db(const bc_error_sums *s)
{
    return s->n && s->n_lost == 0 ? ratio_db(s->sum_x2, s->sum_overload_e2) : NAN;
}

bc_status bc_error_gate(const bc_error_sums *s, double least_db, const char *subject,
                        const char *figure, const char *rest, bc_error *err)
{
    const double snr_db = bc_error_snr_db(s);

    if (isnan(least_db) || least_db == -INFINITY || bc_error_is_exact(s) || snr_db >= least_db)
        return BC_OK;
    if (s->n_lost > 0)
        return bci_fail(err, BC_E_QUALITY,
                        "%s: %s -inf dB (%llu lost to NaN or infinity), expected at least "
                        "%.2f dB%s",
                        subject, figure, (unsigned long long)s->n_lost, least_db, rest);
    if (isnan(snr_db))
        return bci_fail(err, BC_E_QUALITY, "%s: no %s %s, expected at least %.2f dB%s", subject,
                        figure,
                        s->n == 0          ? "of nothing"
                        : s->sum_x2 == 0.0 ? "where there is no signal"
                                           : "of numbers whose squares overflow",
                        least_db, rest);
    return bci_fail(err, BC_E_QUALITY, "%s: %s %.2f dB, expected at least %.2f dB%s", subject,
                    figure, snr_db, least_db, rest);
}

double bc_error_rmse(const bc_error_sums *s)
{
    return s->n ? sqrt(s->sum_e2 / (double)s->n) : NAN;
}

double bc_error_mean(const bc_error_sums *s)
{
    return s->n ? s->sum_e / (double)s->n : NAN;
}

double bc_enob_bits(double snr_db)
{
    return (snr_db - 10.0 * log10(1.5)) / (20.0 * log10(2.0));
}

double bc_entropy_bits(const uint64_t *count, size_t n)
{
    double total = 0.0, bits = 0.0;

    for (size_t i = 0; i < n; i++)
        total += (double)count[i];
    if (total == 0.0)
        return NAN;
    for (size_t i = 0; i < n; i++)
        if (count[i])
            bits -= (double)count[i] / total * log2((double)count[i] / total);
    return bits > 0.0 ? bits : 0.0; /* not -0 */
}

size_t bc_levels_used(const uint64_t *count, size_t n)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++)
        used += count[i] != 0;
    return used;
}
