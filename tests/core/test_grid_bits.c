/* How a code is stored: two's complement, sign and magnitude, or as it is. */
#include "grids.h"

static const struct {
    const char *name;
    int32_t code;
    uint32_t bits;
} literals[] = {
    { "uniform4", 15, 0xF },
    { "uint8", 200, 0xC8 },
    { "pcm8", -1, 0xFF },
    { "pcm8", -128, 0x80 },
    { "pcm16", 32767, 0x7FFF },
    { "pcm16", -2, 0xFFFE },
    { "pcm24", -8388608, 0x800000 },
    { "pcm32", INT32_MIN, 0x80000000 },
    { "pcm32", -1, 0xFFFFFFFF },
    { "pcm32", INT32_MAX, 0x7FFFFFFF },
    { "int4", -7, 0x9 },
    { "int8", -127, 0x81 },
    { "float32", 0x3F800000, 0x3F800000 },  /* 1 */
    { "float32", -0x7F800000, 0xFF800000 }, /* -infinity */
    { "float16", 0x3C00, 0x3C00 },          /* 1 */
    { "float16", -0x3C00, 0xBC00 },
    { "float16", 0x7C00, 0x7C00 },
    { "bfloat16", -0x3F80, 0xBF80 },
    { "e5m2", -0x7C, 0xFC },
    { "e4m3", 0x7E, 0x7E },
    { "e4m3", -0x7E, 0xFE },
    { "e3m2", -0x1F, 0x3F },
    { "e2m3", 0x1F, 0x1F },
    { "e2m1", -7, 0xF },
};

static void literal_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        const bc_grid g = grid_of(literals[i].name);
        const uint32_t bits = bc_grid_code_to_bits(&g, literals[i].code);
        const int32_t code = bc_grid_code_from_bits(&g, literals[i].bits);

        EXPECT(bits == literals[i].bits, "%s: code %d is stored as %x, expected %x",
               literals[i].name, literals[i].code, bits, literals[i].bits);
        EXPECT(code == literals[i].code, "%s: bits %x read as %d, expected %d", literals[i].name,
               literals[i].bits, code, literals[i].code);
    }
}

/* Every grid of up to 16 bits: the registry at every number of bits. */
static void round_trip(const char *name, const bc_grid *g)
{
    for (int64_t k = g->lo; k <= g->hi; k++) {
        const uint32_t bits = bc_grid_code_to_bits(g, (int32_t)k);

        EXPECT(bits >> (g->bits - 1) >> 1 == 0, "%s: code %d takes more than %d bits: %x", name,
               (int)k, g->bits, bits);
        EXPECT(bc_grid_code_from_bits(g, bits) == k, "%s: code %d comes back as %d from %x", name,
               (int)k, bc_grid_code_from_bits(g, bits), bits);
    }
}

static void every_code_returns(void **state)
{
    const bc_grid_row *row;
    const size_t n = bc_grid_rows(&row);
    int n_grids = 0;

    (void)state;
    for (size_t i = 0; i < n; i++, row++) {
        for (int bits = row->min_bits; bits <= row->max_bits && bits <= 16; bits++) {
            const bc_grid g = bits ? grid_of_bits(row->name, bits) : grid_of(row->name);

            if (g.bits > 16)
                continue;
            round_trip(row->name, &g);
            n_grids++;
        }
    }
    assert_true(n_grids >= 16 + 16 + 15 + 16 + 7 + 2);
}

static const struct {
    const char *name;
    uint32_t first_nan, last_nan; /* without sign */
    uint32_t quiet_bit;           /* IEEE 754-2019, 6.2.1: set in a quiet NaN */
} nans[] = {
    { "float32", 0x7F800001, 0x7FFFFFFF, 0x00400000 },
    { "float16", 0x7C01, 0x7FFF, 0x0200 },
    { "bfloat16", 0x7F81, 0x7FFF, 0x0040 },
    { "e5m2", 0x7D, 0x7F, 0x02 },
    { "e4m3", 0x7F, 0x7F, 0 },
};

static void nan_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nans / sizeof *nans; i++) {
        const bc_grid g = grid_of(nans[i].name);
        const int32_t nan_code = bc_grid_nan_code(&g);
        const uint32_t stored = bc_grid_code_to_bits(&g, nan_code);
        const uint32_t sign = 1u << (g.bits - 1);
        const uint32_t middle = nans[i].first_nan + (nans[i].last_nan - nans[i].first_nan) / 2;

        EXPECT(nan_code == g.hi + 1 && isnan(bc_grid_value(&g, nan_code)), "%s: NaN code %d",
               nans[i].name, nan_code);
        EXPECT(stored >= nans[i].first_nan && stored <= nans[i].last_nan, "%s: NaN is stored as %x",
               nans[i].name, stored);
        EXPECT((stored & nans[i].quiet_bit) == nans[i].quiet_bit,
               "%s: NaN is stored as %x, a signalling one", nans[i].name, stored);
        const uint32_t patterns[] = { nans[i].first_nan, middle, nans[i].last_nan, stored };

        for (size_t j = 0; j < 4; j++) {
            EXPECT(bc_grid_code_from_bits(&g, patterns[j]) == nan_code &&
                       bc_grid_code_from_bits(&g, patterns[j] | sign) == nan_code,
                   "%s: %x did not read as NaN", nans[i].name, patterns[j]);
        }
    }
}

static void negative_zero(void **state)
{
    static const char *const names[] = { "float32", "float16", "bfloat16", "e5m2",
                                         "e4m3",    "e3m2",    "e2m3",     "e2m1" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bc_grid g = grid_of(names[i]);

        EXPECT(bc_grid_code_from_bits(&g, 1u << (g.bits - 1)) == 0, "%s", names[i]);
    }
}

static void no_nan(void **state)
{
    static const char *const names[] = { "uniform8", "pcm16", "int8", "uint8", "e3m2", "e2m1" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bc_grid g = grid_of(names[i]);

        EXPECT(bc_grid_nan_code(&g) == 0, "%s: NaN code %d", names[i], bc_grid_nan_code(&g));
    }
}

/* A code of 5 values is stored in 3 bits; 5, 6 and 7 have no value to read. */
static void patterns_without_code(void **state)
{
    static const float values[] = { -3.0f, -1.0f, 0.0f, 2.0f, 7.0f };
    bc_grid g;

    (void)state;
    assert_int_equal(bc_grid_codebook(values, 5, &g, NULL), BC_OK);
    assert_int_equal(g.bits, 3);
    for (uint32_t bits = 0; bits < 8; bits++) {
        const int32_t code = bc_grid_code_from_bits(&g, bits);

        EXPECT(code == (int32_t)(bits < 5 ? bits : 4), "codebook of 5: bits %x read as %d", bits,
               (int)code);
    }
    assert_int_equal(bc_grid_code_from_bits(&g, UINT32_MAX), 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("well-known codes have their bits", literal_bits),
        SENTENCE("every code of every grid up to 16 bits survives its bits", every_code_returns),
        SENTENCE("NaN is stored quiet, and every NaN pattern reads as NaN", nan_bits),
        SENTENCE("negative zero reads as code 0", negative_zero),
        SENTENCE("patterns that no code has read as the nearer end", patterns_without_code),
        SENTENCE("NaN is code 0 where a grid has none", no_nan),
    };

    return cmocka_run_group_tests_name("grid bits", tests, NULL, NULL);
}
