/* Knows how bits come about by hand: whole numbers by repeated division by two, the rest of a
 * number by repeated doubling. */
#include "explain/steps.h"

#include <math.h>

#include "explain/digits.h"

/* Divide down to 0; the remainders, read from the last to the first, are the bits. */
static void divide(bci_buffer *out, const char *label, uint64_t number, int width)
{
    char bits[72];
    int n = 0;

    for (uint64_t left = number; left > 0 || n == 0; left /= 2, n++)
        bci_putf(out, "  %-9s %10llu / 2 = %10llu remainder %llu\n", n == 0 ? label : "",
                 (unsigned long long)left, (unsigned long long)(left / 2),
                 (unsigned long long)(left % 2));
    bci_putf(out, "            remainders from the last to the first: %s\n",
             bci_digits_binary(bits, sizeof bits, number, n));
    if (n < width)
        bci_putf(out, "            with zeros in front, %d bits: %s\n", width,
                 bci_digits_binary(bits, sizeof bits, number, width));
}

static void steps_of_integer(bci_buffer *out, const bc_notation *n, const bc_written *w)
{
    const int64_t number = w->number;
    const uint64_t magnitude = (uint64_t)(number < 0 ? -number : number);
    char bits[40];

    if (n->kind == BC_NOTATION_BIASED) {
        bci_putf(out, "  steps     %lld + %lld (the bias) = %u\n", (long long)number,
                 (long long)n->bias, w->bits);
        divide(out, "", w->bits, n->bits);
        return;
    }
    divide(out, "steps", magnitude, n->kind == BC_NOTATION_SIGNED ? n->bits - 1 : n->bits);
    if (n->kind == BC_NOTATION_SIGNED) {
        bci_putf(out, "            the sign in front: %s\n",
                 bci_digits_binary(bits, sizeof bits, w->bits, n->bits));
    } else if (n->kind == BC_NOTATION_TWOS && w->sign) {
        bci_putf(out, "            negative, so each bit turned over: %s\n",
                 bci_digits_binary(bits, sizeof bits, ~magnitude, n->bits));
        bci_putf(out, "            and 1 added: %s\n",
                 bci_digits_binary(bits, sizeof bits, w->bits, n->bits));
    }
}

enum { SHOWN_POWERS = 6 };

/* Halve or double as often as the exponent says, so that what comes out lies in 1 .. 2, or below 1
 * where the format has no lower exponent; returns it. */
static double normalize(bci_buffer *out, const bc_notation *n, const bc_written *w,
                        double magnitude)
{
    const bool is_small = w->power < 0;
    const int by = is_small ? -w->power : w->power;
    char from[40], to[40];

    for (int i = 0; i < by && i < SHOWN_POWERS; i++) {
        const double now = ldexp(magnitude, is_small ? i : -i);
        const double next = ldexp(magnitude, is_small ? i + 1 : -i - 1);

        bci_putf(out, "  %-9s %s %s 2 = %s\n", i == 0 ? "steps" : "",
                 bci_digits_to(from, sizeof from, now, now * 1e-8), is_small ? "x" : "/",
                 bci_digits_to(to, sizeof to, next, next * 1e-8));
    }
    magnitude = ldexp(magnitude, -w->power);
    if (by > SHOWN_POWERS)
        bci_putf(out, "            and so on, %d times in all: %s\n", by,
                 bci_digits_to(to, sizeof to, magnitude, magnitude * 1e-8));
    if (w->what == BC_WRITTEN_SUBNORMAL)
        bci_putf(out, "  %-9s no lower exponent than %d: exponent 0, and no leading 1\n",
                 by == 0 ? "steps" : "", w->power);
    else
        bci_putf(out, "  %-9s exponent %d + %d (the bias) = %u\n", by == 0 ? "steps" : "", w->power,
                 n->grid.exponent_bias, w->exponent);
    return magnitude;
}

/* Double what is behind the point; the digits before it, in order, are the mantissa. */
static void steps_of_float(bci_buffer *out, const bc_notation *n, const bc_written *w, double x)
{
    double rest = normalize(out, n, w, fabs(x) / n->scale.gain);
    char from[40], to[40], mantissa[40];

    rest -= w->what == BC_WRITTEN_NORMAL ? 1.0 : 0.0;
    for (int i = 0; i < n->grid.mantissa_bits; i++) {
        const double twice = 2.0 * rest;

        bci_putf(out, "            %s x 2 = %s: %d\n", bci_digits_to(from, sizeof from, rest, 1e-7),
                 bci_digits_to(to, sizeof to, twice, 1e-7), twice >= 1.0);
        rest = twice - (twice >= 1.0);
    }
    bci_putf(out, "            %s is left, so the mantissa is rounded %s: %s\n",
             bci_digits_to(from, sizeof from, rest, 1e-7),
             fabs(w->value) > fabs(x) ? "up" : "down, as it stands",
             bci_digits_binary(mantissa, sizeof mantissa, w->mantissa, n->grid.mantissa_bits));
}

void bci_explain_steps(bci_buffer *out, const bc_notation *n, const bc_written *w, double x)
{
    if (n->kind == BC_NOTATION_MARKS)
        divide(out, "steps", bc_grid_code_to_bits(&n->grid, (int32_t)w->number), n->bits);
    else if (n->kind != BC_NOTATION_FLOAT)
        steps_of_integer(out, n, w);
    else if (w->is_saturated || (w->what != BC_WRITTEN_NORMAL && w->what != BC_WRITTEN_SUBNORMAL))
        bci_putf(out, "  steps     none: the value is not reached by halving and doubling\n");
    else
        steps_of_float(out, n, w, x);
}
