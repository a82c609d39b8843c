/* The marks of the affine grids, of codebooks and of linear light, against hand formulas. */
#include <inttypes.h>

#include "bits.h"
#include "grids.h"

/* value(k) = k / den for lo <= k <= hi, each a formula of the number of bits n. */
static int64_t power(int n)
{
    return INT64_C(1) << n;
}

/* clang-format off */
static const struct {
    const char *stem;
    int min_bits, max_bits;
    int lo_power, lo_plus; /* lo = -(2^(n-1) * lo_power) + lo_plus */
    int hi_shift;          /* hi = 2^(n - hi_shift) - 1 */
    bool den_is_hi;        /* den = hi, else hi + 1 */
} families[] = {
    { "uniform", 1, 16, 0, 0, 0, true }, /* k / (2^n - 1) */
    { "uint", 1, 16, 0, 0, 0, true },
    { "int", 2, 16, 1, 1, 1, true }, /* k / (2^(n-1) - 1) */
    { "pcm", 1, 32, 1, 0, 1, false }, /* k / 2^(n-1) */
};
/* clang-format on */

static void affine_marks(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (int n = families[f].min_bits; n <= families[f].max_bits; n++) {
            const bc_grid g = grid_of_bits(families[f].stem, n);
            const int64_t lo = families[f].lo_plus - families[f].lo_power * power(n) / 2;
            const int64_t hi = power(n - families[f].hi_shift) - 1;
            const int64_t den = families[f].den_is_hi ? hi : hi + 1;
            const int64_t stride = n <= 16 ? 1 : power(n - 14) - 1;

            EXPECT(g.lo == lo && g.hi == hi, "%s%d: codes %d..%d", families[f].stem, n, g.lo, g.hi);
            EXPECT(g.bits == n, "%s%d: %d bits", families[f].stem, n, g.bits);
            EXPECT(bc_grid_levels(&g) == (uint64_t)(hi - lo + 1), "%s%d: %" PRIu64 " levels",
                   families[f].stem, n, bc_grid_levels(&g));
            for (int64_t k = lo; k <= hi; k = k < hi && k + stride > hi ? hi : k + stride)
                EXPECT_NEAR(bc_grid_value(&g, (int32_t)k), (double)k / (double)den, 0.0,
                            "%s%d: value of code %" PRId64, families[f].stem, n, k);
        }
    }
}

/* clang-format off */
static const struct {
    const char *name;
    int32_t code;
    double value;
} literals[] = {
    { "uniform1", 0, 0.0 },       { "uniform1", 1, 1.0 },
    { "uniform2", 1, 1.0 / 3 },   { "uniform8", 255, 1.0 },
    { "uniform8", 51, 0.2 },      { "uniform16", 13107, 0.2 },
    { "pcm1", -1, -1.0 },         { "pcm1", 0, 0.0 },
    { "pcm8", 64, 0.5 },          { "pcm16", -32768, -1.0 },
    { "pcm16", 32767, 0.999969482421875 },
    { "pcm24", -8388608, -1.0 },  { "pcm24", 1, 0x1p-23 },
    { "pcm32", INT32_MIN, -1.0 }, { "pcm32", INT32_MAX, 1.0 - 0x1p-31 },
    { "midrise1", -1, -0.5 },     { "midrise1", 0, 0.5 },
    { "midrise3", -4, -0.875 },   { "midrise3", 3, 0.875 },
    { "midrise24", 0, 0x1p-24 },  { "midrise24", 8388607, 1.0 - 0x1p-24 },
    { "int2", -1, -1.0 },         { "int2", 1, 1.0 },
    { "int8", -127, -1.0 },       { "int8", 127, 1.0 },
    { "uint4", 15, 1.0 },         { "uint4", 3, 0.2 },
};
/* clang-format on */

static void affine_literals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        const bc_grid g = grid_of(literals[i].name);

        EXPECT_NEAR(bc_grid_value(&g, literals[i].code), literals[i].value, 0.0,
                    "%s: value of code %d", literals[i].name, literals[i].code);
    }
}

/* The 16 values of NF4 (Dettmers et al., QLoRA, 2023, appendix E). */
static const float nf4[16] = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

static void codebook_marks(void **state)
{
    bc_grid g;

    (void)state;
    assert_int_equal(bc_grid_codebook(nf4, 16, &g, NULL), BC_OK);
    assert_int_equal(g.bits, 4);
    assert_int_equal(bc_grid_levels(&g), 16);
    for (int k = 0; k < 16; k++)
        EXPECT_NEAR(bc_grid_value(&g, k), (double)nf4[k], 0.0, "NF4: value of code %d", k);
    assert_int_equal(bc_grid_codebook(nf4 + 6, 3, &g, NULL), BC_OK);
    assert_int_equal(g.bits, 2);
    assert_int_equal(bc_grid_codebook(nf4 + 6, 2, &g, NULL), BC_OK);
    assert_int_equal(g.bits, 1);
}

static void bad_codebooks(void **state)
{
    /* clang-format off */
    static const struct {
        const char *what;
        float values[3];
        size_t n;
    } rows[] = {
        { "no values", { 0 }, 0 },
        { "one value", { 0 }, 1 },
        { "equal values", { 0, 1, 1 }, 3 },
        { "falling values", { 0, 2, 1 }, 3 },
        { "a NaN", { 0, NAN, 1 }, 3 },
        { "an infinity", { 0, 1, INFINITY }, 3 },
    };
    /* clang-format on */
    static float many[65537];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_grid g = { .bits = 77 };
        bc_error err = { .status = BC_OK };

        EXPECT(bc_grid_codebook(rows[i].values, rows[i].n, &g, &err) == BC_E_USAGE &&
                   err.status == BC_E_USAGE && err.text[0],
               "codebook of %s", rows[i].what);
        EXPECT(g.bits == 77, "codebook of %s: a result was written", rows[i].what);
    }
    for (size_t i = 0; i < 65537; i++)
        many[i] = (float)i;
    bc_grid g = { .bits = 77 };

    assert_int_equal(bc_grid_codebook(many, 65537, &g, NULL), BC_E_USAGE);
    assert_int_equal(g.bits, 77);
    assert_int_equal(bc_grid_codebook(many, 65536, &g, NULL), BC_OK);
    assert_int_equal(g.bits, 16);
}

/* IEC 61966-2-1, in double. */
static double srgb_light(double coded)
{
    return coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4);
}

static void light_marks(void **state)
{
    static float table[2 << 16];

    (void)state;
    for (int n = 1; n <= 16; n++) {
        const double top = (double)power(n) - 1.0;
        bc_grid g;

        EXPECT(bc_grid_light(n, NULL, table, &g, NULL) == BC_OK, "light grid of %d bits", n);
        assert_int_equal(g.lo, 0);
        assert_int_equal(g.hi, power(n) - 1);
        assert_int_equal(g.bits, n);
        for (int32_t k = 0; k <= g.hi; k++) {
            /* 2^-24: half a unit in the last place of a float below 1. */
            EXPECT_NEAR(bc_grid_value(&g, k), srgb_light(k / top), 0x1p-24,
                        "light%d: value of code %d", n, k);
            if (k < g.hi)
                EXPECT_NEAR((double)g.thresholds[k], srgb_light((k + 0.5) / top), 0x1p-24,
                            "light%d: threshold above code %d", n, k);
            EXPECT(k == 0 || bc_grid_value(&g, k) > bc_grid_value(&g, k - 1),
                   "light%d: value of code %d does not exceed the one before", n, k);
        }
        assert_true(bc_grid_value(&g, 0) == 0.0 && bc_grid_value(&g, g.hi) == 1.0);
    }
    bc_grid g = { .bits = 77 };

    assert_int_equal(bc_grid_light(0, NULL, table, &g, NULL), BC_E_USAGE);
    assert_int_equal(bc_grid_light(17, NULL, table, &g, NULL), BC_E_USAGE);
    assert_int_equal(g.bits, 77);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the marks of every affine grid are k / den between its end codes", affine_marks),
        SENTENCE("well-known marks have their textbook values", affine_literals),
        SENTENCE("a codebook keeps its values and needs the bits that number them", codebook_marks),
        SENTENCE("a codebook that does not rise strictly is refused", bad_codebooks),
        SENTENCE("the marks of linear light are those of IEC 61966-2-1", light_marks),
    };

    return cmocka_run_group_tests_name("grid values", tests, NULL, NULL);
}
