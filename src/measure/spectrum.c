/* Knows how a signal of any length is cut into windowed segments and how their transforms
 * become a mean power for each bin. */
#include "measure/spectrum.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "measure/fourier.h"

static const double pi = 3.14159265358979323846;

/* H.-H. Albrecht, "A family of cosine-sum windows for high-resolution measurements", ICASSP
 * 2001, 9 terms. Signs alternate from + where the argument counts from the window's edge. */
static const double cosines[] = {
    2.384331152777942e-1, 4.005545348643820e-1, 2.358242530472107e-1,
    9.527918858383112e-2, 2.537395516617152e-2, 4.152432907505835e-3,
    3.685604163298180e-4, 1.384355593917030e-5, 1.161808358932861e-7
};

enum { N_COSINES = sizeof cosines / sizeof *cosines };

/* The mean of the samples added so far, kept until there are more of them. */
typedef struct {
    uint64_t n_samples;
    double power[];
} mean;

struct bc_spectrum {
    double rate_hz;
    size_t length, half;
    uint64_t n_samples, n_segments;
    double *window; /* length; its squares sum to 1 */
    double *held;   /* half a segment that was summed, then n_held samples of the next one */
    size_t n_held;
    double *sums; /* |X|^2 over n_segments */
    bci_fourier *fourier;
    mean *mean;
};

/* The window at t = 0..1, by Clenshaw's recurrence; counted from the middle all signs are +. */
static double window_at(double t)
{
    const double c = cos(2.0 * pi * (t - 0.5));
    double b1 = 0.0, b2 = 0.0;

    for (int k = N_COSINES - 1; k > 0; k--) {
        const double b = cosines[k] + 2.0 * c * b1 - b2;

        b2 = b1;
        b1 = b;
    }
    return cosines[0] + c * b1 - b2;
}

/* n values, sampled amid equal parts, so that even one value is not at the edge. */
static void make_window(double *window, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        window[i] = window_at(((double)i + 0.5) / (double)n);
        sum += window[i] * window[i];
    }
    for (size_t i = 0; i < n; i++)
        window[i] /= sqrt(sum);
}

bc_status bc_spectrum_new(double rate_hz, uint32_t length, bc_spectrum **out, bc_error *err)
{
    const size_t n_bins = (size_t)length / 2 + 1;
    bc_spectrum *s = NULL;
    bc_status st;

    if (!(rate_hz > 0.0 && rate_hz <= DBL_MAX))
        return bci_fail(err, BC_E_USAGE, "spectrum: %g samples a second, expected more than 0",
                        rate_hz);
    if (length < BC_SPECTRUM_MIN_LENGTH || length > BC_SPECTRUM_MAX_LENGTH ||
        (length & (length - 1)) != 0)
        return bci_fail(err, BC_E_USAGE,
                        "spectrum: segments of %u sample(s), expected a power of two from %u to %u",
                        length, BC_SPECTRUM_MIN_LENGTH, BC_SPECTRUM_MAX_LENGTH);
    s = calloc(1, sizeof *s);
    if (!s)
        return bci_fail(err, BC_E_LIMIT, "spectrum: out of memory");
    s->rate_hz = rate_hz;
    s->length = length;
    s->half = length / 2;
    s->window = malloc(s->length * sizeof *s->window);
    s->held = malloc((s->half + s->length) * sizeof *s->held);
    s->sums = calloc(n_bins, sizeof *s->sums);
    s->mean = malloc(sizeof *s->mean + n_bins * sizeof *s->mean->power);
    if (!s->window || !s->held || !s->sums || !s->mean) {
        st = bci_fail(err, BC_E_LIMIT, "spectrum: out of memory for segments of %u sample(s)",
                      length);
        goto done;
    }
    st = bci_fourier_new(length, &s->fourier, err);
    if (st != BC_OK)
        goto done;
    make_window(s->window, s->length);
    s->mean->n_samples = UINT64_MAX;
    *out = s;
    s = NULL; /* now the caller's */
done:
    bc_spectrum_free(s);
    return st;
}

void bc_spectrum_free(bc_spectrum *s)
{
    if (!s)
        return;
    bci_fourier_free(s->fourier);
    free(s->window);
    free(s->held);
    free(s->sums);
    free(s->mean);
    free(s);
}

/* Add |X|^2 of one windowed segment. */
static void add_segment(const bc_spectrum *s, const double *x, double *sums)
{
    double *values = bci_fourier_values(s->fourier);

    for (size_t i = 0; i < s->length; i++)
        values[i] = s->window[i] * x[i];
    bci_fourier_add_power(s->fourier, sums);
}

static void copy_finite(double *restrict to, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = fabs(x[i]) <= DBL_MAX ? x[i] : 0.0;
}

void bc_spectrum_add(bc_spectrum *s, const double *x, size_t n)
{
    s->n_samples += n;
    while (n) {
        const size_t room = s->length - s->n_held, m = n < room ? n : room;

        copy_finite(s->held + s->half + s->n_held, x, m);
        s->n_held += m;
        x += m;
        n -= m;
        if (s->n_held < s->length)
            return;
        add_segment(s, s->held + s->half, s->sums);
        s->n_segments++;
        memmove(s->held, s->held + s->half, s->length * sizeof *s->held);
        s->n_held = s->half;
    }
}

/* A signal of less than a segment, with a window of its own. */
static void add_short(const bc_spectrum *s, double *sums)
{
    double *values = bci_fourier_values(s->fourier);

    make_window(values, s->n_held);
    for (size_t i = 0; i < s->n_held; i++)
        values[i] *= s->held[s->half + i];
    memset(values + s->n_held, 0, (s->length - s->n_held) * sizeof *values);
    bci_fourier_add_power(s->fourier, sums);
}

const double *bci_spectrum_power(const bc_spectrum *s)
{
    const size_t n_bins = bc_spectrum_bins(s);
    uint64_t n_segments = s->n_segments;
    double *power = s->mean->power;

    if (s->mean->n_samples == s->n_samples)
        return power;
    s->mean->n_samples = s->n_samples;
    memcpy(power, s->sums, n_bins * sizeof *power);
    if (n_segments == 0 && s->n_held) {
        add_short(s, power);
        n_segments = 1;
    } else if (s->n_held > s->half) { /* samples that no segment has seen: the last one ends here */
        add_segment(s, s->held + s->n_held - s->half, power);
        n_segments++;
    }
    const double scale = n_segments ? 1.0 / ((double)s->length * (double)n_segments) : 0.0;

    for (size_t k = 0; k < n_bins; k++)
        power[k] *= k == 0 || k == s->half ? scale : 2.0 * scale; /* 2: the negative frequency */
    return power;
}

size_t bci_spectrum_lobe(const bc_spectrum *s)
{
    if (s->n_samples >= s->length)
        return BC_SPECTRUM_LOBE_BINS;
    if (s->n_samples == 0)
        return s->length;
    return (size_t)ceil(BC_SPECTRUM_LOBE_BINS * (double)s->length / (double)s->n_samples);
}

size_t bc_spectrum_bins(const bc_spectrum *s)
{
    return s->half + 1;
}

double bc_spectrum_bin_hz(const bc_spectrum *s)
{
    return s->rate_hz / (double)s->length;
}

void bc_spectrum_power(const bc_spectrum *s, double *power)
{
    memcpy(power, bci_spectrum_power(s), bc_spectrum_bins(s) * sizeof *power);
}

double bc_spectrum_band_power(const bc_spectrum *s, double low_hz, double high_hz,
                              const bc_weighting *weighting)
{
    const double *power = bci_spectrum_power(s);
    const double bin_hz = bc_spectrum_bin_hz(s);
    double sum = 0.0;

    for (size_t k = 0; k < bc_spectrum_bins(s); k++) {
        const double hz = (double)k * bin_hz;

        if (hz < low_hz || hz > high_hz)
            continue;
        sum += weighting ? power[k] * pow(10.0, 0.1 * weighting->gain_db(hz)) : power[k];
    }
    return sum;
}
