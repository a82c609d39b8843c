/* Knows logarithm and exponential that every machine computes to the same bit: series of basic
 * operations that end below 1e-17 of the sum. frexp, ldexp and rint only move bits. */
#include "core/elementary.h"

#include <math.h>

/* ln 2 in two parts; the upper one has 20 zero bits at its end, so that its product with
 * a binary exponent is exact. */
#define LN2_HI 0x1.62e42fefp-1
#define LN2_LO 0x1.473de6af278edp-34

/* ln x = k ln 2 + 2 artanh((m - 1) / (m + 1)) for x = 2^k m with m around 1. */
double bci_ln(double x)
{
    int k;
    double m = frexp(x, &k); /* 1/2 <= m < 1 */

    if (m < 0x1.6a09e667f3bcdp-1) { /* sqrt(1/2) */
        m *= 2.0;
        k--;
    }
    const double s = (m - 1.0) / (m + 1.0), s2 = s * s;
    double sum = 0.0;

    for (int i = 23; i >= 3; i -= 2)
        sum = (sum + 1.0 / i) * s2;
    return k * LN2_HI + (k * LN2_LO + 2.0 * (s + s * sum));
}

double bci_exp(double y)
{
    if (y < -745.2)
        return 0.0;
    const double n = rint(y / LN2_HI);
    const double r = (y - n * LN2_HI) - n * LN2_LO; /* |r| <= ln 2 / 2 */
    double e = 1.0;

    for (int i = 15; i >= 1; i--)
        e = 1.0 + e * r / i;
    return ldexp(e, (int)n);
}
