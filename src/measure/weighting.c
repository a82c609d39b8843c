/* Knows the weightings of noise by frequency. */
#include "bitcrush/weighting.h"

#include <math.h>
#include <string.h>

#include "bitcrush/hearing.h"

/* Poles at 20.60 (twice), 107.7, 737.9 and 12194 Hz (twice), four zeros at 0. */
static double a_db(double hz)
{
    const double f2 = hz * hz;
    const double low = f2 + 20.60 * 20.60, high = f2 + 12194.0 * 12194.0;
    const double middle = (f2 + 107.7 * 107.7) * (f2 + 737.9 * 737.9);

    return 20.0 * log10(12194.0 * 12194.0 * f2 * f2 / (low * high * sqrt(middle))) + 2.00;
}

/* The network of the recommendation as a rational function of frequency; 0 dB at 1 kHz, which
 * puts 2 kHz at the 5.63 dB of ccir_rms_db. */
static double itu468_db(double hz)
{
    const double f2 = hz * hz;
    const double re = 1.0 + f2 * (-1.363894795463638e-7 +
                                  f2 * (2.043828333606125e-15 + f2 * -4.737338981378384e-24));
    const double im =
        hz * (5.559488023498642e-4 + f2 * (-2.118150887518656e-11 + f2 * 1.306612257412824e-19));

    return 20.0 * log10(1.246332637532143e-4 * hz / hypot(re, im)) + 18.2386;
}

static double ccir_rms_db(double hz)
{
    return itu468_db(hz) - 5.63;
}

/* Least at 3324 Hz. */
static const double lowest_threshold_db = -4.983247;

static double ath_db(double hz)
{
    return lowest_threshold_db - bc_hearing_threshold_db(hz);
}

static const bc_weighting rows[] = {
    { "a", "A-weighting: the ear at low levels, 0 dB at 1 kHz", "IEC 61672-1:2013, annex E", a_db },
    { "itu468", "noise as it annoys, 0 dB at 1 kHz; meant for a quasi-peak meter",
      "ITU-R BS.468-4, annex 1", itu468_db },
    { "ccir-rms", "itu468 less 5.63 dB, 0 dB at 2 kHz; for RMS", "AES17", ccir_rms_db },
    { "ath", "the threshold of hearing upside down, 0 dB where the ear is most sensitive, 3.3 kHz",
      "Terhardt, Hearing Research 1(2), 1979", ath_db },
};

enum { N_ROWS = sizeof rows / sizeof *rows };

size_t bc_weighting_rows(const bc_weighting **out)
{
    *out = rows;
    return N_ROWS;
}

const bc_weighting *bc_weighting_find(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}
