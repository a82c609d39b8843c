/* The registry of grids: its names build, and wrong names are refused with a sentence. */
#include <string.h>

#include "grids.h"

static const struct {
    const char *name;
    bc_grid_family family;
    int bits;
    uint64_t levels; /* finite marks and infinities, each once, zero once */
} rows[] = {
    { "uniform1", BC_GRID_AFFINE, 1, 2 },
    { "uniform16", BC_GRID_AFFINE, 16, 65536 },
    { "pcm1", BC_GRID_AFFINE, 1, 2 },
    { "pcm24", BC_GRID_AFFINE, 24, 16777216 },
    { "pcm32", BC_GRID_AFFINE, 32, 4294967296 },
    { "midrise1", BC_GRID_AFFINE, 1, 2 },
    { "midrise24", BC_GRID_AFFINE, 24, 16777216 },
    { "int2", BC_GRID_AFFINE, 2, 3 },
    { "int8", BC_GRID_AFFINE, 8, 255 },
    { "uint8", BC_GRID_AFFINE, 8, 256 },
    { "mulaw", BC_GRID_TABLE, 8, 255 },
    { "alaw", BC_GRID_TABLE, 8, 256 },
    { "float32", BC_GRID_FLOAT, 32, 2 * UINT64_C(0x7F800000) + 1 },
    { "float16", BC_GRID_FLOAT, 16, 2 * 0x7C00 + 1 },
    { "bfloat16", BC_GRID_FLOAT, 16, 2 * 0x7F80 + 1 },
    { "e5m2", BC_GRID_FLOAT, 8, 2 * 0x7C + 1 },
    { "e4m3", BC_GRID_FLOAT, 8, 2 * 0x7E + 1 },
    { "e3m2", BC_GRID_FLOAT, 6, 2 * 0x1F + 1 },
    { "e2m3", BC_GRID_FLOAT, 6, 2 * 0x1F + 1 },
    { "e2m1", BC_GRID_FLOAT, 4, 2 * 0x07 + 1 },
    { "float5", BC_GRID_TABLE, 5, 32 },
    { "e3m4", BC_GRID_FLOAT, 8, 2 * 0x7F + 1 },
    { "e6m9", BC_GRID_FLOAT, 16, 2 * 0x7E00 + 1 },
};

static void known_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bc_grid g = grid_of(rows[i].name);

        EXPECT(g.family == rows[i].family, "%s: family %d", rows[i].name, (int)g.family);
        EXPECT(g.bits == rows[i].bits, "%s: %d bits", rows[i].name, g.bits);
        EXPECT(bc_grid_levels(&g) == rows[i].levels, "%s: %llu levels", rows[i].name,
               (unsigned long long)bc_grid_levels(&g));
    }
}

/* Every row of the registry, at every number of bits that it states, and not outside. */
static void registry_rows(void **state)
{
    const bc_grid_row *row;
    const size_t n = bc_grid_rows(&row);

    (void)state;
    assert_true(n >= 14);
    for (size_t i = 0; i < n; i++, row++) {
        bc_grid g;

        EXPECT(row->name[0] && row->doc[0] && row->source[0], "row %zu has an empty text", i);
        if (row->max_bits == 0) {
            EXPECT(bc_grid_named(row->name, &g, NULL) == BC_OK, "%s", row->name);
            continue;
        }
        for (int bits = row->min_bits; bits <= row->max_bits; bits++)
            EXPECT(grid_of_bits(row->name, bits).bits == bits, "%s%d", row->name, bits);
        char name[32];

        snprintf(name, sizeof name, "%s%d", row->name, row->min_bits - 1);
        EXPECT(bc_grid_named(name, &g, NULL) == BC_E_USAGE, "%s was not refused", name);
        snprintf(name, sizeof name, "%s%d", row->name, row->max_bits + 1);
        EXPECT(bc_grid_named(name, &g, NULL) == BC_E_USAGE, "%s was not refused", name);
    }
}

static const char *const wrong[] = {
    "",
    "u",
    "uniform",
    "pcm",
    "int",
    "uint",
    "uniform0",
    "uniform17",
    "pcm0",
    "pcm33",
    "midrise",
    "midrise0",
    "midrise25",
    "mid-rise4",
    "int1",
    "int17",
    "uint0",
    "uint17",
    "pcm-8",
    "pcm+8",
    "pcm 8",
    "pcm8 ",
    "pcm8x",
    "8",
    "PCM8",
    "float",
    "float8",
    "float64",
    "e4m3fn",
    "e4m",
    "e0m3",
    "e9m1",
    "e4m24",
    "e4m3 ",
    "e+4m3",
    "float6",
    "bfloat",
    "bf16",
    "pcm99999999999999999999",
    "pcm4294967304",
    "pcm18446744073709551624",
};

static void unknown_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bc_grid g = { .bits = 77 };
        bc_error err = { .status = BC_OK };

        EXPECT(bc_grid_named(wrong[i], &g, &err) == BC_E_USAGE, "'%s' was not refused", wrong[i]);
        EXPECT(err.status == BC_E_USAGE && strlen(err.text) > 10, "'%s': '%s'", wrong[i], err.text);
        EXPECT(g.bits == 77, "'%s': a result was written", wrong[i]);
        EXPECT(bc_grid_named(wrong[i], &g, NULL) == BC_E_USAGE, "'%s' without err", wrong[i]);
    }
}

/* clang-format off */
static const struct {
    int exponent_bits, mantissa_bits, bias;
    bc_float_flavour flavour;
    bc_status want;
} floats[] = {
    { 8, 23, 127, BC_FLOAT_IEEE, BC_OK },
    { 8, 23, 127, BC_FLOAT_FINITE, BC_OK },
    { 1, 1, 0, BC_FLOAT_IEEE, BC_OK },
    { 1, 0, 0, BC_FLOAT_FINITE, BC_OK },
    { 8, 0, 127, BC_FLOAT_FN, BC_OK }, /* E8M0 with a sign */
    { 0, 3, 0, BC_FLOAT_FINITE, BC_E_USAGE },
    { 9, 3, 0, BC_FLOAT_FINITE, BC_E_USAGE },
    { 4, -1, 7, BC_FLOAT_FINITE, BC_E_USAGE },
    { 4, 24, 7, BC_FLOAT_FINITE, BC_E_USAGE },
    { 4, 0, 7, BC_FLOAT_IEEE, BC_E_USAGE }, /* no mantissa bit tells NaN from infinity */
    { 1, 0, 0, BC_FLOAT_FN, BC_E_USAGE },   /* nothing but zero would be left */
    { 4, 3, 1001, BC_FLOAT_FN, BC_E_USAGE },
    { 4, 3, -1001, BC_FLOAT_FN, BC_E_USAGE },
};
/* clang-format on */

static void float_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        bc_grid g = { .bits = 77 };
        bc_error err = { .status = BC_OK };
        const bc_status got = bc_grid_float(floats[i].exponent_bits, floats[i].mantissa_bits,
                                            floats[i].bias, floats[i].flavour, &g, &err);

        EXPECT(got == floats[i].want, "float grid %d.%d bias %d: %s", floats[i].exponent_bits,
               floats[i].mantissa_bits, floats[i].bias, err.text);
        EXPECT(got == BC_OK ? g.bits == 1 + floats[i].exponent_bits + floats[i].mantissa_bits
                            : g.bits == 77,
               "float grid row %zu: %d bits", i, g.bits);
    }
}

static void status_texts(void **state)
{
    const bc_status all[] = { BC_OK,         BC_E_USAGE,       BC_E_OPEN,
                              BC_E_FORMAT,   BC_E_UNSUPPORTED, BC_E_EXISTS,
                              BC_E_WRITE,    BC_E_LIMIT,       BC_E_QUALITY,
                              BC_E_INTERNAL, BC_E_INTERRUPTED };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t j = 0; j < i; j++)
            EXPECT(strcmp(bc_status_text(all[i]), bc_status_text(all[j])) != 0,
                   "statuses %d and %d are both '%s'", (int)all[i], (int)all[j],
                   bc_status_text(all[i]));
    assert_non_null(bc_status_text((bc_status)1));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("a name gives the grid of its format", known_names),
        SENTENCE("every row of the registry builds in its range of bits only", registry_rows),
        SENTENCE("unknown names are refused with a sentence", unknown_names),
        SENTENCE("a float format needs room for its codes", float_limits),
        SENTENCE("every status has a text of its own", status_texts),
    };

    return cmocka_run_group_tests_name("grid names", tests, NULL, NULL);
}
