/* Knows how noise shapers are made: by linear prediction from an audibility curve, or from
 * published taps; what headroom they need, and the test that each has to pass.
 *
 * Taps decide output codes. They are computed by basic operations and rounded to 2^-20, so
 * that they are the same everywhere; libm only tells their figures. */
#include "bitcrush/shaper.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "core/elementary.h"

/* Points of the frequency axis from 0 to half the rate, each in the middle of its cell: one in
 * 24 Hz at 192 kHz, finer than anything that 64 taps can follow. */
enum { N_POINTS = 4096 };

/* cos and sin of half a cell, pi / 8192, and of a cell, pi / 4096. */
#define COS_HALF 0x1.fffffd8858675p-1
#define SIN_HALF 0x1.921fb49ee4ea6p-12
#define COS_CELL 0x1.fffff62161a34p-1
#define SIN_CELL 0x1.921fb2aecb360p-11

/* A design for one rate: the curve at the points of the axis, above its least value. */
typedef struct {
    double above_db[N_POINTS];
    uint32_t n_taps;
} target;

static void target_init(target *t, const bc_curve *curve, double rate_hz, uint32_t n_taps)
{
    double least = INFINITY;

    t->n_taps = n_taps;
    for (int i = 0; i < N_POINTS; i++) {
        t->above_db[i] = bc_curve_db(curve, (i + 0.5) * rate_hz / (2.0 * N_POINTS));
        least = t->above_db[i] < least ? t->above_db[i] : least;
    }
    for (int i = 0; i < N_POINTS; i++)
        t->above_db[i] -= least;
}

/* Autocorrelation at lags 0 .. n_taps of a signal with the spectrum 10^(-above/10), down to
 * -strength: the cosine sum over the axis, each cosine from the two before it. */
static void correlate(const target *t, double strength_db, double *r)
{
    static const double ln10_tenth = 0.23025850929940457;
    double c = COS_HALF, s = SIN_HALF;

    memset(r, 0, (t->n_taps + 1) * sizeof *r);
    for (int i = 0; i < N_POINTS; i++) {
        const double above = t->above_db[i] < strength_db ? t->above_db[i] : strength_db;
        double now = bci_exp(-above * ln10_tenth), before = now * c;
        const double turned = c * COS_CELL - s * SIN_CELL;

        for (uint32_t k = 0; k <= t->n_taps; k++) {
            const double next = 2.0 * c * now - before;

            r[k] += now;
            before = now;
            now = next;
        }
        s = s * COS_CELL + c * SIN_CELL;
        c = turned;
    }
}

/* Levinson and Durbin: predictor c of x[i] from x[i-1] .. x[i-n]; 1 - sum c_k z^-k is then
 * minimum phase. */
static void predict(const double *r, uint32_t n, double *c)
{
    double error = r[0];

    for (uint32_t m = 1; m <= n; m++) {
        double sum = r[m], reflected[BC_FIR_MAX_TAPS];

        for (uint32_t k = 1; k < m; k++)
            sum -= c[k - 1] * r[m - k];
        const double k_m = sum / error;

        for (uint32_t k = 1; k < m; k++)
            reflected[k - 1] = c[k - 1] - k_m * c[m - k - 1];
        memcpy(c, reflected, (m - 1) * sizeof *c);
        c[m - 1] = k_m;
        error *= 1.0 - k_m * k_m;
    }
}

/* Round the taps, and leave out those at the end that are nothing. */
static void set_taps(bc_shaper *s, const double *c, uint32_t n)
{
    memset(s, 0, sizeof *s);
    s->zero_scale = 1.0;
    for (uint32_t k = 0; k < n; k++) {
        s->taps[k] = rint(c[k] * 0x1p20) * 0x1p-20;
        if (s->taps[k] != 0.0)
            s->n_taps = k + 1;
    }
}

static void design(const target *t, double strength_db, bc_shaper *out)
{
    double r[BC_FIR_MAX_TAPS + 1], c[BC_FIR_MAX_TAPS];

    correlate(t, strength_db, r);
    predict(r, t->n_taps, c);
    set_taps(out, c, t->n_taps);
    out->strength_db = strength_db;
}

/* --- figures and tests --------------------------------------------------------------- */

/* Power of the response at the angle with this cosine and sine. */
static double power_at(const bc_shaper *s, double cosine, double sine)
{
    double re = 0.0, im = 0.0; /* Horner's scheme in z^-1 = cosine - i sine */

    for (uint32_t k = s->n_taps; k >= 1; k--) {
        const double a = re - s->taps[k - 1], b = im;

        re = a * cosine + b * sine;
        im = b * cosine - a * sine;
    }
    re += 1.0;
    return re * re + im * im;
}

double bc_shaper_gain_db(const bc_shaper *s, double hz, double rate_hz)
{
    const double angle = 2.0 * 3.14159265358979324 * hz / rate_hz;

    return 10.0 * log10(power_at(s, cos(angle), sin(angle)));
}

static double excursion(const bc_shaper *s)
{
    double sum = 1.0;

    for (uint32_t k = 0; k < s->n_taps; k++)
        sum += fabs(s->taps[k]);
    return 1.5 * sum;
}

/* Whether all zeros lie inside the unit circle: the step-down recursion of Levinson and
 * Durbin finds every reflection coefficient below 1. */
static bool is_minimum_phase(const bc_shaper *s)
{
    double c[BC_FIR_MAX_TAPS], lower[BC_FIR_MAX_TAPS];

    memcpy(c, s->taps, sizeof c);
    for (uint32_t m = s->n_taps; m >= 1; m--) {
        const double k_m = c[m - 1];

        if (!(fabs(k_m) < 1.0))
            return false;
        for (uint32_t k = 1; k < m; k++)
            lower[k - 1] = (c[k - 1] + k_m * c[m - k - 1]) / (1.0 - k_m * k_m);
        memcpy(c, lower, (m - 1) * sizeof *c);
    }
    return true;
}

/* Fill in the figures and hold the filter to the test of Gerzon and Craven. */
static bc_status finish(bc_shaper *s, const char *name, bc_error *err)
{
    double c = COS_HALF, sn = SIN_HALF, sum = 1.0, logs = 0.0, peak = 0.0;

    for (uint32_t k = 0; k < s->n_taps; k++)
        sum += s->taps[k] * s->taps[k];
    for (int i = 0; i < N_POINTS; i++) {
        const double power = power_at(s, c, sn), turned = c * COS_CELL - sn * SIN_CELL;

        logs += log10(power);
        peak = power > peak ? power : peak;
        sn = sn * COS_CELL + c * SIN_CELL;
        c = turned;
    }
    s->total_gain_db = 10.0 * log10(sum);
    s->peak_gain_db = 10.0 * log10(peak);
    s->gerzon_craven_db = 10.0 * logs / N_POINTS;
    s->excursion_steps = excursion(s);
    if (!is_minimum_phase(s) || !(fabs(s->gerzon_craven_db) < 0.01))
        return bci_fail(err, BC_E_INTERNAL,
                        "noise shaper '%s': mean gain of %.4f dB over frequency, expected 0 with "
                        "all zeros inside the unit circle",
                        name, s->gerzon_craven_db);
    return BC_OK;
}

/* --- making them --------------------------------------------------------------------- */

static bc_status check_rate(const bc_shaper_row *row, double rate_hz, bc_error *err)
{
    if (rate_hz >= row->min_rate_hz && rate_hz <= row->max_rate_hz)
        return BC_OK;
    return bci_fail(err, BC_E_USAGE,
                    "noise shaper '%s': rate %g Hz, expected %u to %u Hz; 'ath' is made for any "
                    "rate",
                    row->name, rate_hz, row->min_rate_hz, row->max_rate_hz);
}

static bc_status check_design(double rate_hz, uint32_t n_taps, double strength_db, bc_error *err)
{
    if (!(rate_hz >= 1e3 && rate_hz <= 1e7))
        return bci_fail(err, BC_E_USAGE, "noise shaper: rate %g Hz, expected 1000 to 10000000 Hz",
                        rate_hz);
    if (n_taps < 1 || n_taps > BC_FIR_MAX_TAPS)
        return bci_fail(err, BC_E_USAGE, "noise shaper: %u tap(s), expected 1 to %d", n_taps,
                        BC_FIR_MAX_TAPS);
    if (!(strength_db >= 0.0 && strength_db <= BC_SHAPER_MAX_STRENGTH_DB))
        return bci_fail(err, BC_E_USAGE, "noise shaper: strength %g dB, expected 0 to %g dB",
                        strength_db, BC_SHAPER_MAX_STRENGTH_DB);
    return BC_OK;
}

/* 1/32 of full scale: shaping may raise peaks by 0.5 dB. */
double bc_shaper_headroom_steps(uint64_t levels)
{
    return (double)levels / 32.0;
}

/* What clips is not shaped and fills the band that was cleared: the deeper that is, the less
 * may clip. Without the limit a full-scale sine in 8 bits at 96 kHz raises audible noise by 8 dB
 * (40 dB of strength), with it by 0.4 dB. */
double bc_shaper_max_strength_db(uint64_t levels)
{
    double strength_db = 12.0;

    for (; levels > 1; levels /= 2)
        strength_db += 2.0;
    return strength_db;
}

static void fit_design(const target *t, double strength_db, double headroom, bc_shaper *out)
{
    design(t, strength_db, out);
    while (excursion(out) > headroom && strength_db > 0.0) {
        strength_db = strength_db > 1.0 ? strength_db - 1.0 : 0.0;
        design(t, strength_db, out);
    }
}

static void fit_published(const bc_shaper_row *row, double headroom, bc_shaper *out)
{
    double c[BC_FIR_MAX_TAPS];

    for (int g = 64; g >= 0; g--) {
        double scale = 1.0;

        for (uint32_t k = 0; k < row->n_taps; k++) {
            scale *= g / 64.0;
            c[k] = row->taps[k] * scale;
        }
        set_taps(out, c, row->n_taps);
        out->zero_scale = g / 64.0;
        if (excursion(out) <= headroom)
            return;
    }
}

bc_status bc_shaper_fit(const bc_shaper_row *row, const bc_curve *curve, double rate_hz,
                        uint32_t n_taps, double strength_db, uint64_t levels, bc_shaper *out,
                        bc_error *err)
{
    const double headroom = bc_shaper_headroom_steps(levels);
    bc_status st =
        row ? check_rate(row, rate_hz, err) : check_design(rate_hz, n_taps, strength_db, err);
    bc_shaper made;

    if (st)
        return st;
    if (row) {
        fit_published(row, headroom, &made);
    } else {
        target t;

        const double most_db = bc_shaper_max_strength_db(levels);

        target_init(&t, curve, rate_hz, n_taps);
        fit_design(&t, strength_db < most_db ? strength_db : most_db, headroom, &made);
    }
    st = finish(&made, row ? row->name : "ath", err);
    if (!st)
        *out = made;
    return st;
}

bc_status bc_shaper_published(const bc_shaper_row *row, double rate_hz, bc_shaper *out,
                              bc_error *err)
{
    return bc_shaper_fit(row, NULL, rate_hz, 0, 0.0, UINT64_MAX, out, err);
}

bc_status bc_shaper_design(const bc_curve *curve, double rate_hz, uint32_t n_taps,
                           double strength_db, bc_shaper *out, bc_error *err)
{
    return bc_shaper_fit(NULL, curve, rate_hz, n_taps, strength_db, UINT64_MAX, out, err);
}
