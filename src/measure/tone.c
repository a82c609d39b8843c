/* Knows how a sine and what goes with it are read from a spectrum. */
#include "bitcrush/tone.h"

#include <math.h>

#include "bitcrush/level.h"
#include "bitcrush/measure.h"
#include "measure/spectrum.h"

static const double band_low_hz = 20.0, band_high_hz = 20e3;

/* Bins first .. last of a spectrum are the band. */
typedef struct {
    const double *power;
    double bin_hz;
    size_t reach; /* of a tone, to either side */
    size_t first, last;
} band;

static band band_of(const bc_spectrum *s)
{
    const double bin_hz = bc_spectrum_bin_hz(s);
    const size_t half = bc_spectrum_bins(s) - 1;
    band b = { bci_spectrum_power(s), bin_hz, bci_spectrum_lobe(s), 0, half };

    b.first = b.reach + 1;
    if ((double)b.first * bin_hz < band_low_hz)
        b.first = (size_t)ceil(band_low_hz / bin_hz);
    if ((double)half * bin_hz > band_high_hz)
        b.last = (size_t)floor(band_high_hz / bin_hz);
    return b;
}

static double sum_of(const band *b, size_t first, size_t last)
{
    double sum = 0.0;

    for (size_t k = first; k <= last; k++)
        sum += b->power[k];
    return sum;
}

/* Whether the bins of a tone at bin k touch neither those of DC nor the end of the band. */
static bool is_clear(const band *b, size_t k)
{
    return k >= b->first && k > 2 * b->reach && k + b->reach <= b->last;
}

/* The power of a tone does not depend on where it lies between bins, and neither does the sum
 * that makes the centroid: the window and its slope vanish at the edges. */
static double centroid_hz(const band *b, size_t k)
{
    double sum = 0.0, moment = 0.0;

    for (size_t i = k - b->reach; i <= k + b->reach; i++) {
        sum += b->power[i];
        moment += b->power[i] * ((double)i - (double)k);
    }
    return ((double)k + moment / sum) * b->bin_hz;
}

static void measure_harmonics(const band *b, double power, bc_tone *t)
{
    double sum = 0.0;

    for (int h = 2; h <= BC_TONE_LAST_HARMONIC; h++) {
        const double place = rint(h * t->frequency_hz / b->bin_hz);

        if (place + (double)b->reach > (double)b->last)
            return;
        const double harmonic = sum_of(b, (size_t)place - b->reach, (size_t)place + b->reach);

        sum += harmonic;
        t->harmonic_db[h] = 10.0 * log10(harmonic / power);
        t->n_harmonics++;
        t->thd_db = 10.0 * log10(sum / power);
    }
}

static void measure(const band *b, size_t k, bc_tone *t)
{
    const double power = sum_of(b, k - b->reach, k + b->reach);
    const size_t below = k - b->reach > b->first ? k - b->reach - 1 : b->first - 1;
    const double rest = sum_of(b, b->first, below) + sum_of(b, k + b->reach + 1, b->last);

    t->found = true;
    t->frequency_hz = centroid_hz(b, k);
    t->level_dbfs = bc_level_dbfs(power);
    t->sinad_db = 10.0 * log10(power / rest);
    t->enob_bits = bc_enob_bits(t->sinad_db);
    t->thdn_db = 10.0 * log10(rest / (power + rest));
    measure_harmonics(b, power, t);
}

static void begin(const band *b, bc_tone *t)
{
    *t = (bc_tone){ .low_hz = (double)b->first * b->bin_hz,
                    .high_hz = (double)b->last * b->bin_hz,
                    .frequency_hz = NAN,
                    .level_dbfs = NAN,
                    .sinad_db = NAN,
                    .enob_bits = NAN,
                    .thd_db = NAN,
                    .thdn_db = NAN };
    for (int h = 0; h <= BC_TONE_LAST_HARMONIC; h++)
        t->harmonic_db[h] = NAN;
}

void bc_tone_find(const bc_spectrum *s, bc_tone *out)
{
    const band b = band_of(s);
    size_t peak = b.first;

    begin(&b, out);
    for (size_t k = b.first; k <= b.last; k++)
        if (b.power[k] > b.power[peak])
            peak = k;
    if (!is_clear(&b, peak))
        return;
    if (sum_of(&b, peak - b.reach, peak + b.reach) > BC_TONE_SHARE * sum_of(&b, b.first, b.last))
        measure(&b, peak, out);
}

void bc_tone_at(const bc_spectrum *s, double hz, bc_tone *out)
{
    const band b = band_of(s);
    const double place = rint(hz / b.bin_hz);

    begin(&b, out);
    if (!(place >= 0.0 && place <= (double)b.last) || !is_clear(&b, (size_t)place))
        return;
    if (sum_of(&b, (size_t)place - b.reach, (size_t)place + b.reach) > 0.0)
        measure(&b, (size_t)place, out);
}
