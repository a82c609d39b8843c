/* Knows how numbers are written in bits, and how bits are taken apart. */
#include "bitcrush/notation.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/lower_case.h"

/* In the order of the first rows below. */
static const struct {
    const char *stem;
    bc_notation_kind kind;
} integers[] = {
    { "int", BC_NOTATION_TWOS },
    { "uint", BC_NOTATION_UNSIGNED },
    { "signmag", BC_NOTATION_SIGNED },
    { "bias", BC_NOTATION_BIASED },
};

static const struct {
    const char *other, *name;
} aliases[] = {
    { "f32", "float32" },   { "fp32", "float32" },     { "binary32", "float32" },
    { "f16", "float16" },   { "fp16", "float16" },     { "half", "float16" },
    { "bf16", "bfloat16" }, { "binary16", "float16" },
};

static const bc_notation_row rows[] = {
    { "int", "two's complement", 1, 32 },
    { "uint", "unsigned integer", 1, 32 },
    { "signmag", "sign and magnitude", 2, 32 },
    { "bias", "number + bias, bias 2^(n-1) - 1", 1, 32 },
    { "float32", "8 exponent bits, 23 of mantissa", 0, 0 },
    { "float16", "5 exponent bits, 10 of mantissa", 0, 0 },
    { "bfloat16", "8 exponent bits, 7 of mantissa", 0, 0 },
    { "e5m2", "8-bit float of range", 0, 0 },
    { "e4m3", "8-bit float of precision", 0, 0 },
    { "e3m2", "6-bit float of range", 0, 0 },
    { "e2m3", "6-bit float of precision", 0, 0 },
    { "e2m1", "4-bit float", 0, 0 },
    { "float5", "textbook float, neither zero nor subnormals", 0, 0 },
    { "uniform", "levels over 0..1, as pixels have", 1, 16 },
    { "pcm", "levels over -1..1, as sound has", 1, 32 },
    { "midrise", "levels over -1..1, none of them 0", 1, 24 },
    { "mulaw", "companded sound, 8 bits", 0, 0 },
    { "alaw", "companded sound, 8 bits", 0, 0 },
};

size_t bc_notation_rows(const bc_notation_row **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

/* Codes are 32 bits with a sign: numbers beyond them are shifted there. */
static bc_status integer_notation(bc_notation_kind kind, int bits, bc_notation *n, bc_error *err)
{
    const int64_t half = INT64_C(1) << (bits - 1);
    int64_t lo = 0, hi = 0;

    switch (kind) {
    case BC_NOTATION_TWOS:
        lo = -half, hi = half - 1;
        n->doc = "two's complement";
        break;
    case BC_NOTATION_UNSIGNED:
        hi = 2 * half - 1;
        n->doc = "unsigned integer";
        break;
    case BC_NOTATION_SIGNED:
        lo = 1 - half, hi = half - 1;
        n->doc = "sign and magnitude";
        break;
    case BC_NOTATION_BIASED:
        n->bias = half - 1;
        lo = -n->bias, hi = half;
        n->doc = "biased integer";
        break;
    case BC_NOTATION_FLOAT:
    case BC_NOTATION_MARKS: break;
    }
    n->origin = hi > INT32_MAX ? hi - INT32_MAX : 0;
    n->source = "";
    n->scale = (bc_scale){ 1.0, 0.0, (int32_t)-n->origin };
    return bc_grid_integers((int32_t)(lo - n->origin), (int32_t)(hi - n->origin), &n->grid, err);
}

/* What the registry of grids says of a name. */
static void describe_grid(const char *name, bc_notation *n)
{
    const bc_grid_row *grids;
    const size_t count = bc_grid_rows(&grids);

    n->doc = n->kind != BC_NOTATION_FLOAT       ? "grid"
             : n->grid.flavour == BC_FLOAT_IEEE ? "float with infinities and NaN"
             : n->grid.flavour == BC_FLOAT_FN   ? "float without infinities, one NaN of each sign"
                                                : "float, all finite";
    n->source = "";
    for (size_t i = 0; i < count; i++) {
        const size_t stem = strlen(grids[i].name);
        const bool fits = grids[i].max_bits ? strncmp(name, grids[i].name, stem) == 0 &&
                                                  isdigit((unsigned char)name[stem])
                                            : strcmp(name, grids[i].name) == 0;

        if (fits) {
            n->doc = grids[i].doc;
            n->source = grids[i].source;
        }
    }
}

static bc_status grid_notation(const char *name, bc_notation *n, bc_error *err)
{
    const bc_status st = bc_grid_named(name, &n->grid, err);

    if (st)
        return st;
    n->has_subnormals = n->grid.family == BC_GRID_FLOAT;
    n->kind = n->grid.exponent_bits > 0 ? BC_NOTATION_FLOAT : BC_NOTATION_MARKS;
    n->scale = BC_SCALE_IDENTITY;
    describe_grid(name, n);
    return BC_OK;
}

/* The row of an integer whose stem and number of bits a name is, or -1. */
static int integer_row(const char *name, long *bits)
{
    const size_t stem = strcspn(name, "0123456789");

    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        char *end = NULL;

        *bits = strtol(name + stem, &end, 10);
        if (strlen(integers[i].stem) == stem && strncmp(name, integers[i].stem, stem) == 0 &&
            name[stem] && !*end)
            return (int)i;
    }
    return -1;
}

/* The name in lower case, or the one that it is another name of; false when it is too long. */
static bool settle_name(const char *typed, char *name, size_t size)
{
    const bool is_whole = bci_lower_case(typed, name, size);

    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(name, aliases[i].other) == 0)
            snprintf(name, size, "%s", aliases[i].name);
    return is_whole;
}

bc_status bc_notation_named(const char *name, bc_notation *out, bc_error *err)
{
    bc_notation n = { .origin = 0 };
    bc_status st;
    long bits;

    if (!settle_name(name, n.name, sizeof n.name))
        return bci_fail(err, BC_E_USAGE, "format '%.40s' is unknown", name);

    const int row = integer_row(n.name, &bits);

    if (row < 0) {
        st = grid_notation(n.name, &n, err);
        n.bits = n.grid.bits;
    } else if (bits < rows[row].min_bits || bits > rows[row].max_bits) {
        return bci_fail(err, BC_E_USAGE, "%s: %ld bit%s, expected %d to %d", n.name, bits,
                        bits == 1 ? "" : "s", rows[row].min_bits, rows[row].max_bits);
    } else {
        n.kind = integers[row].kind;
        n.bits = (int)bits;
        st = integer_notation(n.kind, n.bits, &n, err);
    }
    if (!st)
        *out = n;
    return st;
}

bc_status bc_notation_lay(bc_notation *n, double gain, int64_t zero_point, bc_error *err)
{
    if (!(gain > 0.0 && isfinite(gain) && isfinite(1.0 / gain)))
        return bci_fail(err, BC_E_USAGE, "scale %g, expected a number above 0", gain);
    if (zero_point != 0 && n->grid.family != BC_GRID_AFFINE)
        return bci_fail(err, BC_E_USAGE, "%s: only integers have a zero-point", n->name);
    if (zero_point - n->origin < n->grid.lo || zero_point - n->origin > n->grid.hi)
        return bci_fail(err, BC_E_USAGE, "%s: zero-point %lld, expected %lld to %lld", n->name,
                        (long long)zero_point, (long long)(n->grid.lo + n->origin),
                        (long long)(n->grid.hi + n->origin));
    n->scale.gain = gain;
    n->scale.zero = (int32_t)(zero_point - n->origin);
    return BC_OK;
}

static uint32_t mask_of(int bits)
{
    return bits == 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
}

static uint32_t bits_of_number(const bc_notation *n, int64_t number, bool is_negative)
{
    switch (n->kind) {
    case BC_NOTATION_SIGNED:
        return (is_negative ? UINT32_C(1) << (n->bits - 1) : 0) |
               (uint32_t)(number < 0 ? -number : number);
    case BC_NOTATION_BIASED: return (uint32_t)(number + n->bias);
    case BC_NOTATION_TWOS:
    case BC_NOTATION_UNSIGNED:
    case BC_NOTATION_FLOAT:
    case BC_NOTATION_MARKS: break;
    }
    return (uint32_t)(uint64_t)number & mask_of(n->bits);
}

static int64_t number_of_bits(const bc_notation *n, uint32_t bits)
{
    const int64_t top = INT64_C(1) << (n->bits - 1), magnitude = bits & (top - 1);
    const bool is_negative = bits & top;

    switch (n->kind) {
    case BC_NOTATION_TWOS: return is_negative ? magnitude - top : magnitude;
    case BC_NOTATION_SIGNED: return is_negative ? -magnitude : magnitude;
    case BC_NOTATION_BIASED: return bits - n->bias;
    case BC_NOTATION_UNSIGNED:
    case BC_NOTATION_FLOAT:
    case BC_NOTATION_MARKS: break;
    }
    return bits;
}

static double value_of_code(const bc_notation *n, int32_t code)
{
    double value;

    bc_dequantize_f64(&n->grid, &n->scale, &code, 1, &value);
    return value;
}

static void read_float(const bc_notation *n, bc_written *w)
{
    const bc_grid *g = &n->grid;
    const uint32_t exponents = mask_of(g->exponent_bits);

    w->mantissa = w->bits & mask_of(g->mantissa_bits);
    w->exponent = w->bits >> g->mantissa_bits & exponents;
    w->sign = w->bits >> (n->bits - 1);
    w->value = value_of_code(n, bc_grid_code_from_bits(g, w->bits));
    if (w->value == 0.0 && w->sign)
        w->value = -0.0;

    const bool is_small = n->has_subnormals && w->exponent == 0;

    w->power = (int)(is_small ? 1 : w->exponent) - g->exponent_bias;
    w->significand = ldexp(w->mantissa, -g->mantissa_bits) + (is_small ? 0.0 : 1.0);
    w->what = isnan(w->value)   ? BC_WRITTEN_NAN
              : isinf(w->value) ? BC_WRITTEN_INFINITE
              : w->value == 0.0 ? BC_WRITTEN_ZERO
              : is_small        ? BC_WRITTEN_SUBNORMAL
                                : BC_WRITTEN_NORMAL;
}

bc_written bc_notation_read(const bc_notation *n, uint32_t bits)
{
    bc_written w = { .bits = bits & mask_of(n->bits) };

    if (n->kind == BC_NOTATION_FLOAT) {
        read_float(n, &w);
        return w;
    }
    if (n->kind == BC_NOTATION_MARKS) {
        const int32_t code = bc_grid_code_from_bits(&n->grid, w.bits);

        w.number = code;
        w.value = value_of_code(n, code);
    } else {
        w.number = number_of_bits(n, w.bits);
        w.value = value_of_code(n, (int32_t)(w.number - n->origin));
        w.sign = (n->kind == BC_NOTATION_TWOS || n->kind == BC_NOTATION_SIGNED) &&
                 w.bits >> (n->bits - 1);
    }
    if (n->kind == BC_NOTATION_SIGNED && w.sign && w.number == 0) /* the second zero */
        w.value = copysign(w.value, -1.0);
    w.what = w.value == 0.0 ? BC_WRITTEN_ZERO : BC_WRITTEN_NORMAL;
    return w;
}

/* More than half a step beyond an end. */
static bool lies_beyond(const bc_notation *n, double x)
{
    const bc_grid *g = &n->grid;
    const double on_grid = x / n->scale.gain + n->scale.zero / g->den;

    if (isinf(x) || isinf(on_grid))
        return true;
    const bc_position p = bc_grid_position(g, on_grid);
    const double place = p.base + p.rest;

    return place > g->hi + 0.5 || place < g->lo - 0.5;
}

bc_written bc_notation_write(const bc_notation *n, double x)
{
    int32_t code;

    bc_quantize_f64(&n->grid, &n->scale, BC_ROUND_NEAREST, &x, NULL, 1, NULL, &code);

    const bool is_integer = n->kind != BC_NOTATION_FLOAT && n->kind != BC_NOTATION_MARKS;
    uint32_t bits = is_integer ? bits_of_number(n, code + n->origin, signbit(x) && !isnan(x))
                               : bc_grid_code_to_bits(&n->grid, code);

    if (n->grid.family == BC_GRID_FLOAT && code == 0 && signbit(x)) /* IEEE keeps the sign of 0 */
        bits |= UINT32_C(1) << (n->bits - 1);

    bc_written w = bc_notation_read(n, bits);

    w.is_overflow = isfinite(x) && isinf(w.value);
    w.is_saturated = !isnan(x) && isfinite(w.value) && lies_beyond(n, x);
    return w;
}

bc_notation_ends bc_notation_range(const bc_notation *n)
{
    const bc_grid *g = &n->grid;
    const bool has_infinity = g->family == BC_GRID_FLOAT && g->flavour == BC_FLOAT_IEEE;
    const bool is_affine = g->family == BC_GRID_AFFINE;
    int32_t above_zero = !is_affine ? 1 : n->scale.zero + (g->rise == 0.0 && n->scale.zero < g->hi);

    while (g->family == BC_GRID_TABLE && above_zero < g->hi && !(g->values[above_zero] > 0.0f))
        above_zero++;
    return (bc_notation_ends){ .low = value_of_code(n, g->lo + has_infinity),
                               .high = value_of_code(n, g->hi - has_infinity),
                               .smallest = value_of_code(n, above_zero) };
}

bc_status bc_levels_of_range(double low, double high, double step, uint64_t *levels, int *bits,
                             bc_error *err)
{
    if (!(low < high) || !isfinite(low) || !isfinite(high))
        return bci_fail(err, BC_E_USAGE, "range %g to %g, expected two numbers, the lower first",
                        low, high);
    if (!(step > 0.0 && step <= high - low))
        return bci_fail(err, BC_E_USAGE,
                        "step %g, expected above 0 and at most %g, the whole range", step,
                        high - low);
    const double steps = (high - low) / step, whole = floor(steps + 1e-6);

    if (!(whole < 0x1p53))
        return bci_fail(err, BC_E_USAGE, "step %g: more than 2^53 levels, expected a larger step",
                        step);
    *levels = (uint64_t)whole + 1;
    *bits = 1;
    while (*bits < 63 && (UINT64_C(1) << *bits) < *levels)
        ++*bits;
    return BC_OK;
}
