/* Knows transfer functions, both ways: sRGB (IEC 61966-2-1) and powers.
 *
 * No power is taken with pow(): IEEE basic operations are rounded the same everywhere,
 * libm's last bit is not, and a table of levels decides output codes. The powers 2.4 and
 * 1/2.4 are roots by Newton's iteration, those of any exponent go by bci_ln. */
#include "bitcrush/light.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "core/elementary.h"

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

static double clamped_power(double x, double exponent)
{
    if (!(x > 0.0))
        return 0.0;
    if (x >= 1.0)
        return 1.0;
    return exponent == 1.0 ? x : bci_exp(exponent * bci_ln(x));
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
        bci_format(text, size, "gamma %.4g", transfer->exponent);
}
