/* Knows transfer functions, both ways: sRGB (IEC 61966-2-1) and powers.
 *
 * No power is taken with pow(): IEEE basic operations are rounded the same everywhere,
 * libm's last bit is not, and a table of levels decides output codes. The powers 2.4 and
 * 1/2.4 are roots by Newton's iteration, those of any exponent go by logarithm. */
#include "bitcrush/light.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

/* ln 2 in two parts; the upper one has 20 zero bits at its end, so that its product with
 * a binary exponent is exact. */
#define LN2_HI 0x1.62e42fefp-1
#define LN2_LO 0x1.473de6af278edp-34

/* Root of order n of a in (0, 1], by Newton from above (monotone after the first step). */
static double root(double a, int n)
{
    double r = 1.0;

    for (int i = 0; i < 64; i++) {
        double power = 1.0;

        for (int k = 1; k < n; k++)
            power *= r;
        const double next = ((n - 1) * r + a / power) / n;

        if (!(next < r))
            break;
        r = next;
    }
    return r;
}

double bc_light_from_coded(double coded)
{
    if (!(coded > 0.0))
        return 0.0;
    if (coded >= 1.0)
        return 1.0;
    if (coded <= 0.04045)
        return coded / 12.92;

    const double t = (coded + 0.055) / 1.055;

    return t * t * root(t * t, 5); /* t^2.4 */
}

double bc_coded_from_light(double light)
{
    if (!(light > 0.0))
        return 0.0;
    if (light >= 1.0)
        return 1.0;
    if (light <= 0.0031308)
        return light * 12.92;

    /* light^(5/12) */
    const double fifth = light * light * light * light * light;

    return 1.055 * sqrt(sqrt(root(fifth, 3))) - 0.055;
}

/* exponent * ln x of 0 < x < 1 as a power of e: ln x = k ln 2 + 2 artanh((m - 1) / (m + 1))
 * for x = 2^k m with m around 1, then the series of both functions, which end below 1e-17 of
 * the sum. frexp, ldexp and rint only move bits. */
static double power(double x, double exponent)
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
    const double ln_m = 2.0 * (s + s * sum);
    const double y = exponent * (k * LN2_HI + (k * LN2_LO + ln_m));

    if (y < -745.2) /* below half of the least double */
        return 0.0;
    const double n = rint(y / LN2_HI);
    const double r = (y - n * LN2_HI) - n * LN2_LO; /* |r| <= ln 2 / 2 */
    double e = 1.0;

    for (int i = 15; i >= 1; i--)
        e = 1.0 + e * r / i;
    return ldexp(e, (int)n);
}

static double clamped_power(double x, double exponent)
{
    if (!(x > 0.0))
        return 0.0;
    if (x >= 1.0)
        return 1.0;
    return exponent == 1.0 ? x : power(x, exponent);
}

double bc_transfer_decode(const bc_transfer *transfer, double coded)
{
    if (!transfer || transfer->kind == BC_TRANSFER_SRGB)
        return bc_light_from_coded(coded);
    assert(transfer->exponent >= BC_MIN_EXPONENT && transfer->exponent <= BC_MAX_EXPONENT);
    return clamped_power(coded, transfer->exponent);
}

double bc_transfer_encode(const bc_transfer *transfer, double light)
{
    if (!transfer || transfer->kind == BC_TRANSFER_SRGB)
        return bc_coded_from_light(light);
    assert(transfer->exponent >= BC_MIN_EXPONENT && transfer->exponent <= BC_MAX_EXPONENT);
    return clamped_power(light, 1.0 / transfer->exponent);
}

void bc_transfer_name(const bc_transfer *transfer, char *text, size_t size)
{
    if (!transfer || transfer->kind == BC_TRANSFER_SRGB)
        snprintf(text, size, "sRGB");
    else if (transfer->exponent == 1.0)
        snprintf(text, size, "linear");
    else
        snprintf(text, size, "gamma %.4g", transfer->exponent);
}
