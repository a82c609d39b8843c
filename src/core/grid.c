/* Knows the grids: their codes, values, positions and stored bits. */
#include "bitcrush/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "core/companded.h"
#include "core/float5.h"
#include "core/nearest.h"

static bc_status check_bits(int bits, int min, int max, const char *what, bc_error *err)
{
    if (bits < min || bits > max)
        return bci_fail(err, BC_E_USAGE, "%s: %d bit(s), expected %d to %d", what, bits, min, max);
    return BC_OK;
}

bc_status bc_grid_uniform(int bits, bc_grid *out, bc_error *err)
{
    const bc_status st = check_bits(bits, 1, 16, "uniform grid", err);

    if (st)
        return st;
    const int32_t hi = (int32_t)((1u << bits) - 1);

    *out = (bc_grid){ .family = BC_GRID_AFFINE,
                      .lo = 0,
                      .hi = hi,
                      .den = hi,
                      .bits = bits,
                      .shift_gain = (hi + 1.0) / hi };
    return BC_OK;
}

bc_status bc_grid_pcm(int bits, bc_grid *out, bc_error *err)
{
    const bc_status st = check_bits(bits, 1, 32, "PCM grid", err);

    if (st)
        return st;
    const int64_t half = INT64_C(1) << (bits - 1);

    *out = (bc_grid){ .family = BC_GRID_AFFINE,
                      .lo = (int32_t)-half,
                      .hi = (int32_t)(half - 1),
                      .den = (double)half,
                      .bits = bits,
                      .shift_gain = 1.0 };
    return BC_OK;
}

bc_status bc_grid_midrise(int bits, bc_grid *out, bc_error *err)
{
    bc_status st = check_bits(bits, 1, 24, "mid-rise grid", err);

    if (!st)
        st = bc_grid_pcm(bits, out, err);
    if (!st)
        out->rise = 0.5;
    return st;
}

/* Bits that number n codes. */
static int bits_for(uint64_t n)
{
    int bits = 1;

    while ((UINT64_C(1) << bits) < n)
        bits++;
    return bits;
}

bc_status bc_grid_pcm_levels(uint32_t levels, bc_grid *out, bc_error *err)
{
    if (levels < 2)
        return bci_fail(err, BC_E_USAGE, "PCM grid: %u level(s), expected 2 or more", levels);
    *out = (bc_grid){ .family = BC_GRID_AFFINE,
                      .lo = (int32_t) - (int64_t)(levels / 2),
                      .hi = (int32_t)((levels - 1) / 2),
                      .den = levels / 2.0,
                      .bits = bits_for(levels),
                      .shift_gain = 1.0 };
    return BC_OK;
}

bc_status bc_grid_int_symmetric(int bits, bc_grid *out, bc_error *err)
{
    const bc_status st = check_bits(bits, 2, 16, "symmetric integer grid", err);

    if (st)
        return st;
    const int32_t hi = (int32_t)((1u << (bits - 1)) - 1);

    *out = (bc_grid){
        .family = BC_GRID_AFFINE, .lo = -hi, .hi = hi, .den = hi, .bits = bits, .shift_gain = 1.0
    };
    return BC_OK;
}

bc_status bc_grid_int_zero_point(int bits, bc_grid *out, bc_error *err)
{
    const bc_status st = check_bits(bits, 1, 16, "zero-point integer grid", err);

    if (st)
        return st;
    const int32_t hi = (int32_t)((1u << bits) - 1);

    *out = (bc_grid){
        .family = BC_GRID_AFFINE, .lo = 0, .hi = hi, .den = hi, .bits = bits, .shift_gain = 1.0
    };
    return BC_OK;
}

bc_status bc_grid_integers(int32_t lo, int32_t hi, bc_grid *out, bc_error *err)
{
    if (lo >= hi)
        return bci_fail(err, BC_E_USAGE, "integers from %d to %d, expected the lower one first", lo,
                        hi);
    *out = (bc_grid){ .family = BC_GRID_AFFINE,
                      .lo = lo,
                      .hi = hi,
                      .den = 1.0,
                      .bits = bits_for((uint64_t)((int64_t)hi - lo + 1)),
                      .shift_gain = 1.0 };
    return BC_OK;
}

/* The largest code of a float format: of its last finite value, or one more for infinity. */
static int32_t float_top_code(int exponent_bits, int mantissa_bits, bc_float_flavour flavour)
{
    const int64_t all_ones = (INT64_C(1) << (exponent_bits + mantissa_bits)) - 1;

    switch (flavour) {
    case BC_FLOAT_IEEE: return (int32_t)(all_ones - ((INT64_C(1) << mantissa_bits) - 1));
    case BC_FLOAT_FN: return (int32_t)(all_ones - 1);
    case BC_FLOAT_FINITE: return (int32_t)all_ones;
    }
    return 0;
}

bc_status bc_grid_float(int exponent_bits, int mantissa_bits, int exponent_bias,
                        bc_float_flavour flavour, bc_grid *out, bc_error *err)
{
    if (exponent_bits < 1 || exponent_bits > 8 || mantissa_bits < 0 || mantissa_bits > 23)
        return bci_fail(err, BC_E_USAGE,
                        "float grid: %d exponent and %d mantissa bit(s), expected "
                        "1 to 8 and 0 to 23",
                        exponent_bits, mantissa_bits);
    if (exponent_bias < -1000 || exponent_bias > 1000)
        return bci_fail(err, BC_E_USAGE, "float grid: exponent bias %d, expected -1000 to 1000",
                        exponent_bias);
    if ((flavour == BC_FLOAT_IEEE && mantissa_bits == 0) ||
        (flavour != BC_FLOAT_FINITE && exponent_bits + mantissa_bits < 2))
        return bci_fail(err, BC_E_USAGE,
                        "float grid: %d exponent and %d mantissa bit(s) leave no "
                        "code for NaN",
                        exponent_bits, mantissa_bits);
    const int32_t top = float_top_code(exponent_bits, mantissa_bits, flavour);

    *out = (bc_grid){ .family = BC_GRID_FLOAT,
                      .lo = -top,
                      .hi = top,
                      .den = 1.0,
                      .shift_gain = 1.0,
                      .exponent_bits = exponent_bits,
                      .mantissa_bits = mantissa_bits,
                      .exponent_bias = exponent_bias,
                      .flavour = flavour,
                      .bits = 1 + exponent_bits + mantissa_bits };
    return BC_OK;
}

bc_status bc_grid_codebook(const float *values, size_t n, bc_grid *out, bc_error *err)
{
    if (n < 2 || n > 65536)
        return bci_fail(err, BC_E_USAGE, "codebook: %zu value(s), expected 2 to 65536", n);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            return bci_fail(err, BC_E_USAGE, "codebook: value %zu is not finite", i);
        if (i > 0 && !(values[i] > values[i - 1]))
            return bci_fail(err, BC_E_USAGE,
                            "codebook: value %zu (%g) does not exceed the one "
                            "before it (%g)",
                            i, (double)values[i], (double)values[i - 1]);
    }
    *out = (bc_grid){ .family = BC_GRID_TABLE,
                      .lo = 0,
                      .hi = (int32_t)n - 1,
                      .den = 1.0,
                      .shift_gain = 1.0,
                      .values = values,
                      .bits = bits_for(n) };
    return BC_OK;
}

bc_status bc_grid_light(int bits, const bc_transfer *transfer, float *table, bc_grid *out,
                        bc_error *err)
{
    const bc_status st = check_bits(bits, 1, 16, "linear-light grid", err);

    if (st)
        return st;
    const size_t n = (size_t)1 << bits;
    const double top = (double)(n - 1);

    for (size_t k = 0; k < n; k++)
        table[k] = (float)bc_transfer_decode(transfer, (double)k / top);
    for (size_t k = 0; k + 1 < n; k++)
        table[n + k] = (float)bc_transfer_decode(transfer, ((double)k + 0.5) / top);
    *out = (bc_grid){ .family = BC_GRID_TABLE,
                      .lo = 0,
                      .hi = (int32_t)(n - 1),
                      .den = 1.0,
                      .shift_gain = (double)n / top,
                      .values = table,
                      .thresholds = table + n,
                      .bits = bits };
    return BC_OK;
}

/* 2^e, -1022 <= e <= 1023, without the call that ldexp is. */
static double power_of_two(int e)
{
    const uint64_t bits = (uint64_t)(e + 1023) << 52;
    double power;

    memcpy(&power, &bits, sizeof power);
    return power;
}

/* Codes of a float grid count magnitudes, so the place of |x| is its distance in steps of
 * its binade plus the codes of all binades below; every term is exact in double. */
static bc_position float_position(const bc_grid *g, double x)
{
    const int min_exponent = 1 - g->exponent_bias; /* of subnormals and the first binade */
    const double magnitude = fabs(x);
    int exponent = 0;

    if (magnitude == 0.0)
        return (bc_position){ 0, 0.0 };
    (void)frexp(magnitude, &exponent);
    exponent -= 1; /* magnitude = 1.f * 2^exponent */
    if (exponent < min_exponent)
        exponent = min_exponent;
    if (exponent - min_exponent > (1 << g->exponent_bits)) /* far past the top */
        return (bc_position){ x < 0 ? g->lo & ~1 : g->hi & ~1, x < 0 ? -2.0 : 2.0 };

    const double step = power_of_two(exponent - g->mantissa_bits), steps = magnitude / step;
    const double whole = floor(steps);
    const int64_t code = ((int64_t)(exponent - min_exponent) << g->mantissa_bits) + (int64_t)whole;
    const int32_t base = code > g->hi ? g->hi & ~1 : (int32_t)(code & ~INT64_C(1));
    const double rest = code > g->hi ? 2.0 : (steps - whole) + (double)(code & 1);

    return x < 0 ? (bc_position){ -base, -rest } : (bc_position){ base, rest };
}

static bc_position table_position(const bc_grid *g, double x)
{
    const int32_t low = bci_mark_interval(g->values, g->hi + 1, x);
    const double below = g->values[low], above = g->values[low + 1];
    const double fraction = (x - below) / (above - below);

    return (bc_position){ low & ~1, fraction + (low & 1) };
}

bc_position bc_grid_position(const bc_grid *g, double x)
{
    switch (g->family) {
    case BC_GRID_FLOAT: return float_position(g, x);
    case BC_GRID_TABLE: return table_position(g, x);
    case BC_GRID_AFFINE: break;
    }
    /* An even base near the position keeps the remainder small; beyond the ends it may grow. */
    double p = x * g->den - g->rise;

    p = p < (double)g->lo - 2.0 ? (double)g->lo - 2.0 : p;
    p = p > (double)g->hi + 2.0 ? (double)g->hi + 2.0 : p;
    const int64_t base = 2 * (int64_t)floor(p * 0.5);
    const int64_t floor_even = g->lo & ~INT64_C(1), top_even = g->hi & ~INT64_C(1);
    const int64_t kept = base < floor_even ? floor_even : base > top_even ? top_even : base;

    return (bc_position){ (int32_t)kept, p - (double)kept };
}

static double float_value(const bc_grid *g, int32_t code)
{
    const int32_t magnitude = code < 0 ? -code : code;
    const int32_t step_count = magnitude & ((1 << g->mantissa_bits) - 1);
    const int32_t field = magnitude >> g->mantissa_bits; /* exponent field */
    double v;

    if (g->flavour == BC_FLOAT_IEEE && magnitude == g->hi)
        v = INFINITY;
    else if (magnitude > g->hi)
        v = NAN;
    else if (field == 0)
        v = ldexp(step_count, 1 - g->exponent_bias - g->mantissa_bits);
    else
        v = ldexp(step_count + (1 << g->mantissa_bits),
                  field - g->exponent_bias - g->mantissa_bits);
    return code < 0 ? -v : v;
}

double bc_grid_value(const bc_grid *g, int32_t code)
{
    switch (g->family) {
    case BC_GRID_FLOAT: return float_value(g, code);
    case BC_GRID_TABLE: return g->values[code];
    case BC_GRID_AFFINE: break;
    }
    return (code + g->rise) / g->den;
}

int32_t bc_grid_nan_code(const bc_grid *g)
{
    switch (g->family) {
    case BC_GRID_FLOAT: return g->flavour != BC_FLOAT_FINITE ? g->hi + 1 : 0;
    case BC_GRID_TABLE: {
        const bc_position zero = table_position(g, 0.0);
        const double code = zero.base + rint(zero.rest);

        return code < 0.0 ? 0 : code > g->hi ? g->hi : (int32_t)code;
    }
    case BC_GRID_AFFINE: break;
    }
    return 0;
}

uint32_t bc_grid_code_to_bits(const bc_grid *g, int32_t code)
{
    if (g->family == BC_GRID_FLOAT) {
        const uint32_t sign = code < 0 ? UINT32_C(1) << (g->bits - 1) : 0;

        if (code > g->hi && g->flavour == BC_FLOAT_IEEE) /* quiet: IEEE 754-2019, 6.2.1 */
            return (uint32_t)g->hi | UINT32_C(1) << (g->mantissa_bits - 1);
        return sign | (uint32_t)(code < 0 ? -code : code);
    }
    if (g->stored == BC_STORED_SIGNED)
        return bci_signed_bits(g->hi, code);
    if (g->stored != BC_STORED_PLAIN)
        return bci_companded_byte(g->stored, code);
    return g->bits == 32 ? (uint32_t)code : (uint32_t)code & ((UINT32_C(1) << g->bits) - 1);
}

int32_t bc_grid_code_from_bits(const bc_grid *g, uint32_t bits)
{
    const uint32_t sign = UINT32_C(1) << (g->bits - 1);

    if (g->family == BC_GRID_FLOAT) {
        const int32_t magnitude = (int32_t)(bits & (sign - 1));

        if (magnitude > g->hi)
            return bc_grid_nan_code(g);
        return bits & sign ? -magnitude : magnitude;
    }
    if (g->stored == BC_STORED_SIGNED)
        return bci_signed_code(g->hi, bits);
    if (g->stored != BC_STORED_PLAIN)
        return bci_companded_code(g->stored, bits);

    int64_t code = bits;

    if (g->lo < 0 && bits & sign) /* sign extension without shifting into the sign bit */
        code -= (int64_t)sign << 1;
    return (int32_t)(code < g->lo ? g->lo : code > g->hi ? g->hi : code);
}

uint64_t bc_grid_levels(const bc_grid *g)
{
    return (uint64_t)((int64_t)g->hi - g->lo + 1);
}
