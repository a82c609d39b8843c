/* Knows the registry of grids: names, sources, and how a name becomes a grid. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/grid.h"
#include "core/companded.h"

static const bc_grid_row rows[] = {
    { "uniform", "n-bit levels k / (2^n - 1) over full scale 0..1", "PNG specification, sBIT", 1,
      16 },
    { "pcm", "n-bit two's complement k / 2^(n-1), mid-tread", "IEC 60958; RIFF WAVE", 1, 32 },
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
};

static const struct {
    const char *name;
    int exponent_bits, mantissa_bits, exponent_bias;
    bc_float_flavour flavour;
} floats[] = {
    { "float32", 8, 23, 127, BC_FLOAT_IEEE }, { "float16", 5, 10, 15, BC_FLOAT_IEEE },
    { "bfloat16", 8, 7, 127, BC_FLOAT_IEEE }, { "e5m2", 5, 2, 15, BC_FLOAT_IEEE },
    { "e4m3", 4, 3, 7, BC_FLOAT_FN },         { "e3m2", 3, 2, 3, BC_FLOAT_FINITE },
    { "e2m3", 2, 3, 1, BC_FLOAT_FINITE },     { "e2m1", 2, 1, 1, BC_FLOAT_FINITE },
};

static const struct {
    const char *name;
    bc_status (*build)(int bits, bc_grid *out, bc_error *err);
} integers[] = {
    { "uniform", bc_grid_uniform },
    { "pcm", bc_grid_pcm },
    { "int", bc_grid_int_symmetric },
    { "uint", bc_grid_int_zero_point },
};

static const struct {
    const char *name;
    bc_grid (*build)(void);
} companded[] = {
    { "mulaw", bci_grid_mulaw },
    { "alaw", bci_grid_alaw },
};

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
    for (size_t i = 0; i < sizeof companded / sizeof *companded; i++) {
        if (strcmp(name, companded[i].name) == 0) {
            *out = companded[i].build();
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
    return bci_fail(err, BC_E_USAGE,
                    "grid '%s' is unknown, expected a name such as uniform4, "
                    "pcm16, int8, float16 or e4m3",
                    name);
}
