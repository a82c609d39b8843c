/* Signals for the tests of spectra and tones. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdlib.h>
#include <string.h>

#include "../core/bits.h"
#include "../core/expect.h"
#include "bitcrush/spectrum.h"

static const double pi = 3.14159265358979323846;

static inline double *room(size_t n)
{
    double *x = calloc(n ? n : 1, sizeof *x);

    assert_non_null(x);
    return x;
}

static inline void add_sine(double *x, size_t n, double amplitude, double hz, double rate_hz,
                            double phase)
{
    for (size_t i = 0; i < n; i++)
        x[i] += amplitude * sin(2.0 * pi * fmod(hz * (double)i / rate_hz, 1.0) + phase);
}

static inline bc_spectrum *spectrum_begin(double rate_hz, size_t length)
{
    bc_spectrum *s = NULL;
    bc_error err = { .status = BC_OK };

    EXPECT(bc_spectrum_new(rate_hz, (uint32_t)length, &s, &err) == BC_OK, "%g Hz, %zu: %s", rate_hz,
           length, err.text);
    return s;
}

static inline bc_spectrum *spectrum_of(const double *x, size_t n, double rate_hz, size_t length)
{
    bc_spectrum *s = spectrum_begin(rate_hz, length);

    bc_spectrum_add(s, x, n);
    return s;
}

static inline double sum_of(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

#endif
