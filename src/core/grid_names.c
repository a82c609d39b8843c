/* Knows the registry of grids: names, sources, and how a name becomes a grid. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/grid.h"
#include "core/companded.h"
#include "core/float5.h"

static const bc_grid_row rows[] = {
    { "uniform", "n-bit levels k / (2^n - 1) over full scale 0..1", "PNG specification, sBIT", 1,
      16 },
    { "pcm", "n-bit two's complement k / 2^(n-1), mid-tread", "IEC 60958; RIFF WAVE", 1, 32 },
    { "midrise", "n-bit (k + 1/2) / 2^(n-1), no mark at 0", "Gersho and Gray 1992, 5.2", 1, 24 },
    { "mulaw", "8-bit mu-law, 255 marks over full scale -1..1", "ITU-T G.711", 0, 0 },
    { "alaw", "8-bit A-law, 256 marks over full scale -1..1", "ITU-T G.711", 0, 0 },
    { "int", "symmetric signed integers, extremes at -1 and 1", "Jacob et al. 2018", 2, 16 },
    { "uint", "unsigned integers under a scale with zero-point", "Jacob et al. 2018", 1, 16 },
    { "float32", "binary32", "IEEE 754-2019", 0, 0 },
    { "float16", "binary16", "IEEE 754-2019", 0, 0 },
    { "bfloat16", "binary32 with 7 mantissa bits", "Intel BF16 definition, 2018", 0, 0 },
    { "e5m2", "8-bit float, infinities", "OCP 8-bit floating point (OFP8) 1.0", 0, 0 },
    { "e4m3", "8-bit float, no infinity, one NaN", "OCP 8-bit floating point (OFP8) 1.0", 0, 0 },
    { "e3m2", "6-bit float, all finite", "OCP Microscaling (MX) 1.0", 0, 0 },
    { "e2m3", "6-bit float, all finite", "OCP Microscaling (MX) 1.0", 0, 0 },
    { "e2m1", "4-bit float, all finite", "OCP Microscaling (MX) 1.0", 0, 0 },
    { "float5", "5-bit float with neither zero nor subnormals", "textbooks, no standard", 0, 0 },
};

static const struct {
    const char *name;
    int exponent_bits, mantissa_bits, exponent_bias;
    bc_float_flavour flavour;
} floats[] = {
    { "float32", 8, 23, 127, BC_FLOAT_IEEE },
    { "float16", 5, 10, 15, BC_FLOAT_IEEE },
    { "bfloat16", 8, 7, 127, BC_FLOAT_IEEE },
};

static const struct {
    const char *name;
    bc_status (*build)(int bits, bc_grid *out, bc_error *err);
} integers[] = {
    { "uniform", bc_grid_uniform },     { "pcm", bc_grid_pcm },
    { "midrise", bc_grid_midrise },     { "int", bc_grid_int_symmetric },
    { "uint", bc_grid_int_zero_point },
};

#define DIGITS "0123456789"

static const struct {
    const char *name;
    bc_grid (*build)(void);
} tables[] = {
    { "mulaw", bci_grid_mulaw },
    { "alaw", bci_grid_alaw },
    { "float5", bci_grid_float5 },
};

/* "eXmY": a float of X exponent and Y mantissa bits. */
static bool names_float(const char *name, int *exponent_bits, int *mantissa_bits)
{
    const size_t n = strlen(name);

    if (n < 4 || n > 5 || name[0] != 'e' || strspn(name + 1, DIGITS) != 1 || name[2] != 'm' ||
        strspn(name + 3, DIGITS) != n - 3)
        return false;
    *exponent_bits = name[1] - '0';
    *mantissa_bits = (int)strtol(name + 3, NULL, 10);
    return true;
}

/* The more exponent bits there are, the less does it cost to spare codes: what OCP and IEEE
 * formats have, between them and beyond. */
static bc_status build_float(int exponent_bits, int mantissa_bits, bc_grid *out, bc_error *err)
{
    const bc_float_flavour flavour = exponent_bits >= 5 && mantissa_bits > 0 ? BC_FLOAT_IEEE
                                     : exponent_bits >= 4                    ? BC_FLOAT_FN
                                                                             : BC_FLOAT_FINITE;
    const int bias = (1 << (exponent_bits > 0 ? exponent_bits - 1 : 0)) - 1;

    if (exponent_bits < 1 || exponent_bits > 8 || mantissa_bits > 23)
        return bci_fail(err, BC_E_USAGE,
                        "e%dm%d: %d exponent and %d mantissa bit(s), expected 1 to 8 and 0 to 23",
                        exponent_bits, mantissa_bits, exponent_bits, mantissa_bits);
    return bc_grid_float(exponent_bits, mantissa_bits, bias, flavour, out, err);
}

size_t bc_grid_rows(const bc_grid_row **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

bc_status bc_grid_named(const char *name, bc_grid *out, bc_error *err)
{
    const size_t stem = strcspn(name, "0123456789");

    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
        if (strcmp(name, floats[i].name) == 0)
            return bc_grid_float(floats[i].exponent_bits, floats[i].mantissa_bits,
                                 floats[i].exponent_bias, floats[i].flavour, out, err);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (strcmp(name, tables[i].name) == 0) {
            *out = tables[i].build();
            return BC_OK;
        }
    }
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        char *end = NULL;
        const long bits = strtol(name + stem, &end, 10);

        if (strlen(integers[i].name) == stem && strncmp(name, integers[i].name, stem) == 0 &&
            name[stem] && !*end)
            return integers[i].build(bits < 0 || bits > 99 ? 99 : (int)bits, out, err);
    }
    int exponent_bits = 0, mantissa_bits = 0;

    if (names_float(name, &exponent_bits, &mantissa_bits))
        return build_float(exponent_bits, mantissa_bits, out, err);
    return bci_fail(err, BC_E_USAGE,
                    "grid '%s' is unknown, expected a name such as uniform4, "
                    "pcm16, int8, float16 or e4m3",
                    name);
}
