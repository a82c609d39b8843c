/* Knows the error sums and the figures made of them. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/measure.h"
#include "core/kernels.h"
#include "measure/squares.h"

/* ---- squares of any size */

/* A sum of squares between them has lost nothing that counts. The scaled ones of all doubles lie
 * between them, too. */
static const double least_square = 0x1p-900, most_square = 0x1p900;
static const double up = 0x1p600, down = 0x1p-600; /* of what is squared */

static bool is_usual(double sum)
{
    return sum >= least_square && sum <= most_square;
}

/* Add the square of y - x, which itself may be beyond double. */
static void add_square(double x, double y, double times, double *usual, double *small,
                       double *large)
{
    const double v = y - x, square = times * (v * v);

    if (is_usual(square))
        *usual += square;
    else if (fabs(v) < 1.0)
        *small += times * ((v * up) * (v * up));
    else
        *large += times * ((y * down - x * down) * (y * down - x * down));
}

static void add_x2(bc_error_sums *s, double x, double times)
{
    add_square(0.0, x, times, &s->sum_x2, &s->small.x2, &s->large.x2);
}

static void add_e2(bc_error_sums *s, double x, double y, double times)
{
    add_square(x, y, times, &s->sum_e2, &s->small.e2, &s->large.e2);
}

void bci_error_add_overload_e2(bc_error_sums *s, double x, double y, double times)
{
    add_square(x, y, times, &s->sum_overload_e2, &s->small.overload_e2, &s->large.overload_e2);
}

/* v 2^unit, of which v is usual or 0 */
typedef struct {
    double v;
    int unit;
} power;

static power power_of(double usual, double small, double large)
{
    const power middle = { usual + ldexp(small, -1200), 0 };

    if (large > 0.0)
        return (power){ large + ldexp(usual, -1200), 1200 };
    return middle.v >= least_square ? middle : (power){ small + ldexp(usual, 1200), -1200 };
}

static power power_of_x(const bc_error_sums *s)
{
    return power_of(s->sum_x2, s->small.x2, s->large.x2);
}

static power power_of_e(const bc_error_sums *s)
{
    return power_of(s->sum_e2, s->small.e2, s->large.e2);
}

static power power_of_overload(const bc_error_sums *s)
{
    return power_of(s->sum_overload_e2, s->small.overload_e2, s->large.overload_e2);
}

double bc_error_x2(const bc_error_sums *s)
{
    const power p = power_of_x(s);

    return ldexp(p.v, p.unit);
}

double bc_error_e2(const bc_error_sums *s)
{
    const power p = power_of_e(s);

    return ldexp(p.v, p.unit);
}

/* ---- sums */

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
        add_x2(s, x, (double)count);
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

/* Is the error as large as the samples, as where every y is 0? */
static bool may_be_silent(const bci_error_lanes *l)
{
    double x2 = 0.0, e2 = 0.0;

    for (int j = 0; j < BCI_LANES; j++) {
        x2 += l->x2[j];
        e2 += l->e2[j];
    }
    return x2 == e2;
}

void bc_error_add_f32(bc_error_sums *sums, const float *x, const float *y, size_t n)
{
    bci_error_lanes lanes = { 0 };

    bci_kernels_get()->error_f32(&lanes, x, y, n);
    if (!may_be_silent(&lanes))
        sums->is_heard = true;
    for (size_t i = 0; !sums->is_heard && i < n; i++)
        sums->is_heard = y[i] != 0.0f;
    if (add_lanes(sums, &lanes, n) == 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]))
            add_not_finite(sums, (double)x[i], (double)y[i], 1);
}

/* Add the squares of finite pairs one by one, and take them out of the lanes. */
static void add_squares(bc_error_sums *s, bci_error_lanes *l, const double *x, const double *y,
                        size_t n)
{
    memset(l->x2, 0, sizeof l->x2);
    memset(l->e2, 0, sizeof l->e2);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i]))
            continue;
        if (x[i] != 0.0)
            add_x2(s, x[i], 1.0);
        if (y[i] != x[i])
            add_e2(s, x[i], y[i], 1.0);
    }
}

/* Did a square of the lanes go under, or over? Sums that are 0 may be of samples that are. */
static bool lost_squares(const bci_error_lanes *l, const double *x, size_t n)
{
    double x2 = 0.0, e2 = 0.0, most = 0.0;

    for (int j = 0; j < BCI_LANES; j++) {
        x2 += l->x2[j];
        e2 += l->e2[j];
        most = fmax(most, l->max_abs_e[j]);
    }
    if (most > 0.0 && !is_usual(e2))
        return true;
    for (size_t i = 0; x2 == 0.0 && i < n; i++)
        if (x[i] != 0.0 && isfinite(x[i]))
            return true;
    return x2 != 0.0 && !is_usual(x2);
}

void bc_error_add_f64(bc_error_sums *sums, const double *x, const double *y, size_t n)
{
    bci_error_lanes lanes = { 0 };

    bci_kernels_get()->error_f64(&lanes, x, y, n);
    if (!may_be_silent(&lanes))
        sums->is_heard = true;
    for (size_t i = 0; !sums->is_heard && i < n; i++)
        sums->is_heard = y[i] != 0.0;
    if (lost_squares(&lanes, x, n))
        add_squares(sums, &lanes, x, y, n);
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
    s->is_heard = s->is_heard || y != 0.0;
    if (!isfinite(x) || !isfinite(y)) {
        add_not_finite(s, x, y, count);
        return;
    }
    s->n += count;
    s->sum_x += times * x;
    add_x2(s, x, times);
    s->sum_e += times * e;
    add_e2(s, x, y, times);
    s->max_abs_e = fmax(s->max_abs_e, fabs(e));
}

static void merge_squares(bc_error_squares *a, const bc_error_squares *b)
{
    a->x2 += b->x2;
    a->e2 += b->e2;
    a->overload_e2 += b->overload_e2;
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
    a->is_heard = a->is_heard || b->is_heard;
    merge_squares(&a->small, &b->small);
    merge_squares(&a->large, &b->large);
}

/* ---- figures */

/* 10 log10(a / b): infinity when nothing was lost; NaN when there was nothing to lose. */
static double ratio_db(power a, power b)
{
    if (!(a.v > 0.0))
        return NAN;
    if (b.v == 0.0)
        return INFINITY;
    if (a.unit == b.unit)
        return 10.0 * log10(a.v / b.v);
    return 10.0 * (log10(a.v) - log10(b.v) + (a.unit - b.unit) * log10(2.0));
}

bool bc_error_is_exact(const bc_error_sums *s)
{
    return s->n + s->n_nonfinite > 0 && s->max_abs_e == 0.0;
}

bool bc_error_is_silent(const bc_error_sums *s)
{
    return s->n > 0 && !s->is_heard && s->max_abs_e > 0.0;
}

double bc_error_snr_db(const bc_error_sums *s)
{
    if (s->n_lost > 0)
        return -INFINITY;
    return s->n ? ratio_db(power_of_x(s), power_of_e(s)) : NAN;
}

double bc_error_psnr_db(const bc_error_sums *s, double peak)
{
    return s->n ? ratio_db((power){ peak * peak * (double)s->n, 0 }, power_of_e(s)) : NAN;
}

double bc_error_granular_db(const bc_error_sums *s)
{
    const power all = power_of_e(s), part = power_of_overload(s);
    const double rest = all.v - ldexp(part.v, part.unit - all.unit); /* of two orders of summing */

    return s->n && s->n_lost == 0
               ? ratio_db(power_of_x(s), (power){ rest > 0.0 ? rest : 0.0, all.unit })
               : NAN;
}

double bc_error_overload_db(const bc_error_sums *s)
{
    return s->n && s->n_lost == 0 ? ratio_db(power_of_x(s), power_of_overload(s)) : NAN;
}

bc_status bc_error_gate(const bc_error_sums *s, uint64_t n_replaced, double least_db,
                        const char *subject, const char *figure, const char *rest, bc_error *err)
{
    const double snr_db = bc_error_snr_db(s);

    if (isnan(least_db) || least_db == -INFINITY || (bc_error_is_exact(s) && n_replaced == 0) ||
        snr_db >= least_db)
        return BC_OK;
    if (s->n_lost > 0)
        return bci_fail(err, BC_E_QUALITY,
                        "%s: %s -inf dB (%llu lost to NaN or infinity), expected at least "
                        "%.2f dB%s",
                        subject, figure, (unsigned long long)s->n_lost, least_db, rest);
    if (isnan(snr_db))
        return bci_fail(err, BC_E_QUALITY, "%s: no %s %s, expected at least %.2f dB%s", subject,
                        figure, s->n == 0 ? "of nothing" : "where there is no signal", least_db,
                        rest);
    return bci_fail(err, BC_E_QUALITY, "%s: %s %.2f dB, expected at least %.2f dB%s", subject,
                    figure, snr_db, least_db, rest);
}

double bc_error_rmse(const bc_error_sums *s)
{
    const power e = power_of_e(s);

    return s->n ? ldexp(sqrt(e.v / (double)s->n), e.unit / 2) : NAN;
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
