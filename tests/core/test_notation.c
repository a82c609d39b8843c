/* Numbers as bits: known patterns of the standards, the compiler's floats, and what has no
 * place. */
#include <float.h>
#include <string.h>

#include "bitcrush/notation.h"
#include "expect.h"

static bc_notation notation_of(const char *name)
{
    bc_notation n = { .bits = 0 };
    bc_error err = { .status = BC_OK };

    EXPECT(bc_notation_named(name, &n, &err) == BC_OK, "%s: %s", name, err.text);
    return n;
}

/* clang-format off */
static const struct {
    const char *name;
    double x;
    uint32_t bits;
} patterns[] = {
    /* IEEE 754-2019: binary32 and binary16; the latter's 1/3 is the nearest below. */
    { "float32", 1.0, 0x3F800000 },   { "float32", -2.0, 0xC0000000 },  { "float32", 3.1415, 0x40490E56 },
    { "float32", 0x1p-149, 1 },       { "float32", -0.0, 0x80000000 },  { "float32", INFINITY, 0x7F800000 },
    { "float32", -INFINITY, 0xFF800000 }, { "float32", NAN, 0x7FC00000 },
    { "float16", 1.0, 0x3C00 },       { "float16", 65504.0, 0x7BFF },   { "float16", 0x1p-24, 1 },
    { "float16", 1.0 / 3.0, 0x3555 }, { "float16", 0x1p-14, 0x0400 },   { "float16", 70000.0, 0x7C00 },
    { "bfloat16", 3.141592653589793, 0x4049 }, { "bfloat16", 1.0, 0x3F80 },
    /* OCP OFP8 1.0, table 2: largest, smallest normal, smallest, infinity and NaN. */
    { "E4M3", 448.0, 0x7E },  { "e4m3", 0x1p-6, 0x08 },  { "e4m3", 0x1p-9, 0x01 },  { "e4m3", NAN, 0x7F },
    { "E5M2", 57344.0, 0x7B }, { "e5m2", 0x1p-14, 0x04 }, { "e5m2", 0x1p-16, 0x01 }, { "e5m2", INFINITY, 0x7C },
    { "e4m3", INFINITY, 0x7E }, { "e5m2", 61440.0, 0x7C },
    /* OCP Microscaling 1.0, tables 3 to 5. */
    { "E3M2", 28.0, 0x1F }, { "e3m2", 0.25, 0x04 }, { "e3m2", 0.0625, 0x01 }, { "e3m2", -28.0, 0x3F },
    { "E2M3", 7.5, 0x1F },  { "e2m3", 1.0, 0x08 },  { "e2m3", 0.125, 0x01 },
    { "E2M1", 6.0, 0x07 },  { "e2m1", 1.0, 0x02 },  { "e2m1", 0.5, 0x01 },    { "e2m1", 100.0, 0x07 },
    /* Two's complement, sign and magnitude, bias. */
    { "int8", -1.0, 0xFF },     { "int8", -128.0, 0x80 },   { "int8", 127.0, 0x7F },  { "int8", 3.1415, 3 },
    { "int4", -8.0, 0x8 },      { "int32", -2147483648.0, 0x80000000 }, { "int1", -1.0, 1 },
    { "uint8", 200.0, 0xC8 },   { "uint8", -5.0, 0 },       { "uint8", 300.0, 0xFF },
    { "uint32", 4294967295.0, 0xFFFFFFFF }, { "uint32", 0.0, 0 }, { "uint1", 1.0, 1 },
    { "signmag8", -5.0, 0x85 }, { "signmag8", 5.0, 0x05 },  { "signmag8", -0.0, 0x80 }, { "signmag8", -200.0, 0xFF },
    { "signmag32", -2147483647.0, 0xFFFFFFFF },
    { "bias8", 0.0, 0x7F },     { "bias8", -127.0, 0x00 },  { "bias8", 128.0, 0xFF }, { "bias8", 1.0, 0x80 },
    { "bias32", 2147483648.0, 0xFFFFFFFF }, { "bias32", -2147483647.0, 0 }, { "bias4", 0.0, 7 },
    /* G.711: +0 of mu-law is FF. */
    { "mulaw", 0.0, 0xFF },     { "pcm8", -1.0, 0x80 },     { "uniform2", 1.0, 3 },
    /* Halves go to the even number. */
    { "int8", 2.5, 2 },         { "int8", 3.5, 4 },         { "int8", -2.5, 0xFE },
};
/* clang-format on */

static void known_patterns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const bc_notation n = notation_of(patterns[i].name);
        const bc_written w = bc_notation_write(&n, patterns[i].x);

        EXPECT(w.bits == patterns[i].bits, "%s of %g: %X, expected %X", patterns[i].name,
               patterns[i].x, w.bits, patterns[i].bits);
    }
}

/* The machine's float is the witness, for patterns all over the range. */
static void as_the_machine(void **state)
{
    const bc_notation n = notation_of("float32");
    uint32_t bits = 1;

    (void)state;
    for (int i = 0; i < 100000; i++, bits = bits * 1664525u + 1013904223u) {
        float f;

        memcpy(&f, &bits, sizeof f);
        const bc_written w = bc_notation_read(&n, bits);

        if (isnan(f)) {
            EXPECT(w.what == BC_WRITTEN_NAN && isnan(w.value), "%X is no NaN", bits);
            continue;
        }
        EXPECT(w.value == (double)f, "%X: %g, expected %g", bits, w.value, (double)f);
        EXPECT(bc_notation_write(&n, (double)f).bits == bits, "%X is written as %X", bits,
               bc_notation_write(&n, (double)f).bits);
        if (isfinite(f))
            EXPECT(w.value == (w.sign ? -1.0 : 1.0) * ldexp(w.significand, w.power),
                   "%X: the formula does not give the value", bits);
    }
}

static const char *const small[] = { "float16",  "bfloat16", "e4m3",   "e5m2",     "e3m2",
                                     "e2m3",     "e2m1",     "e3m4",   "e6m5",     "e1m2",
                                     "float5",   "int8",     "uint8",  "signmag8", "bias8",
                                     "int16",    "int3",     "uint12", "signmag2", "bias1",
                                     "uniform8", "pcm7",     "alaw" };

static void there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        const bc_notation n = notation_of(small[i]);

        for (uint32_t bits = 0; bits < UINT32_C(1) << n.bits; bits++) {
            const bc_written w = bc_notation_read(&n, bits), again = bc_notation_write(&n, w.value);

            if (w.what == BC_WRITTEN_NAN)
                EXPECT(again.what == BC_WRITTEN_NAN, "%s: NaN %X", small[i], bits);
            else
                EXPECT(again.bits == bits, "%s: %X comes back as %X", small[i], bits, again.bits);
            EXPECT(!again.is_saturated && !again.is_overflow, "%s: %X is beyond", small[i], bits);
        }
    }
}

/* Formats that have a name of their own are one rule for eXmY. */
static void any_float(void **state)
{
    static const char *const same[][2] = { { "e5m10", "float16" },
                                           { "e8m7", "bfloat16" },
                                           { "fp16", "float16" },
                                           { "BF16", "bfloat16" } };
    /* The largest finite value: (2 - 2^-y) 2^(top exponent), by the rule of each flavour. */
    static const struct {
        const char *name;
        double high, smallest;
    } ends[] = { { "e3m4", 31.0, 0x1p-6 },
                 { "e4m1", 256.0, 0x1p-7 },
                 { "e2m5", 7.875, 0x1p-5 },
                 { "e6m1", 0x1.8p31, 0x1p-31 },
                 { "e8m23", (double)FLT_MAX, 0x1p-149 } };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const bc_notation a = notation_of(same[i][0]), b = notation_of(same[i][1]);

        for (uint32_t bits = 0; bits < 0x10000; bits++) {
            const double x = bc_notation_read(&a, bits).value, y = bc_notation_read(&b, bits).value;

            EXPECT(x == y || (isnan(x) && isnan(y)), "%s %X: %g, of %s %g", same[i][0], bits, x,
                   same[i][1], y);
        }
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const bc_notation n = notation_of(ends[i].name);
        const bc_notation_ends r = bc_notation_range(&n);

        EXPECT_NEAR(r.high, ends[i].high, 0.0, "%s: highest", ends[i].name);
        EXPECT_NEAR(r.low, -ends[i].high, 0.0, "%s: lowest", ends[i].name);
        EXPECT_NEAR(r.smallest, ends[i].smallest, 0.0, "%s: smallest", ends[i].name);
    }
}

/* (1 + m / 4) 2^(e - 1) for e and m of 0 to 3, written out. */
static void float5_in_full(void **state)
{
    static const double values[16] = { 0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 1.75,
                                       2.0, 2.5,   3.0,  3.5,   4.0, 5.0,  6.0, 7.0 };
    const bc_notation n = notation_of("float5");

    (void)state;
    assert_int_equal(n.bits, 5);
    for (uint32_t bits = 0; bits < 16; bits++) {
        const bc_written w = bc_notation_read(&n, bits), minus = bc_notation_read(&n, bits | 16);

        EXPECT_NEAR(w.value, values[bits], 0.0, "float5 %X", bits);
        EXPECT_NEAR(minus.value, -values[bits], 0.0, "float5 %X", bits | 16);
        EXPECT(w.exponent == bits >> 2 && w.mantissa == (bits & 3) && w.sign == 0, "fields of %X",
               bits);
        EXPECT_NEAR(ldexp(w.significand, w.power), values[bits], 0.0, "formula of %X", bits);
    }
    EXPECT_NEAR(bc_notation_write(&n, 0.0).value, 0.5, 0.0, "no zero, ties to the even code");
    EXPECT_NEAR(bc_notation_write(&n, -0.1).value, -0.5, 0.0, "-0.1");
}

static const struct {
    const char *name;
    double x;
    bool is_saturated, is_overflow;
} beyond[] = {
    { "int8", 127.4, false, false },         { "int8", 127.6, true, false },
    { "uint8", -0.4, false, false },         { "uint8", -1.0, true, false },
    { "int8", INFINITY, true, false },       { "float16", 65519.0, false, false },
    { "float16", 65520.0, false, true },     { "float16", INFINITY, false, false },
    { "e4m3", 463.0, false, false },         { "e4m3", 500.0, true, false },
    { "e2m1", -6.9, false, false },          { "e2m1", -7.1, true, false },
    { "uint32", 4294967296.0, true, false }, { "bias32", -2147483648.0, true, false },
    { "float5", 8.0, true, false },          { "int8", NAN, false, false },
};

static void ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        const bc_notation n = notation_of(beyond[i].name);
        const bc_written w = bc_notation_write(&n, beyond[i].x);

        EXPECT(w.is_saturated == beyond[i].is_saturated && w.is_overflow == beyond[i].is_overflow,
               "%s of %g: saturated %d, overflow %d", beyond[i].name, beyond[i].x, w.is_saturated,
               w.is_overflow);
    }
}

/* value = S (q - Z): Jacob et al. 2018, equation 1. */
static void scale_and_zero_point(void **state)
{
    bc_notation n = notation_of("int8");

    (void)state;
    assert_int_equal(bc_notation_lay(&n, 0.5, 3, NULL), BC_OK);
    EXPECT(bc_notation_write(&n, 2.0).number == 7, "2 / 0.5 + 3");
    EXPECT_NEAR(bc_notation_read(&n, 0xFF).value, -2.0, 0.0, "0.5 (-1 - 3)");
    EXPECT_NEAR(bc_notation_range(&n).low, -65.5, 0.0, "0.5 (-128 - 3)");
    n = notation_of("uint32");
    assert_int_equal(bc_notation_lay(&n, 2.0, INT64_C(4294967295), NULL), BC_OK);
    EXPECT_NEAR(bc_notation_read(&n, 0).value, -8589934590.0, 0.0, "2 (0 - 2^32 + 1)");
    n = notation_of("int4");
    assert_int_equal(bc_notation_lay(&n, 1.0, 8, NULL), BC_E_USAGE);
    assert_int_equal(bc_notation_lay(&n, 0.0, 0, NULL), BC_E_USAGE);
    assert_int_equal(bc_notation_lay(&n, (double)NAN, 0, NULL), BC_E_USAGE);
    n = notation_of("e4m3");
    assert_int_equal(bc_notation_lay(&n, 0.25, 0, NULL), BC_OK);
    EXPECT_NEAR(bc_notation_write(&n, 1000.0).value, 112.0, 0.0, "448 / 4");
    assert_int_equal(bc_notation_lay(&n, 1.0, 1, NULL), BC_E_USAGE);
}

static void wrong_names(void **state)
{
    static const char *const wrong[] = {
        "",      "int",      "int0",
        "int33", "signmag1", "bias",
        "e0m3",  "e9m2",     "e4m24",
        "e4m",   "e4m3x",    "int8x",
        "float", "int-8",    "e8m",
        "em",    "8",        "float6",
        "int8 ", "uint999",  "a name that is far too long to be one"
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bc_notation n = { .bits = 77 };
        bc_error err = { .status = BC_OK };

        EXPECT(bc_notation_named(wrong[i], &n, &err) == BC_E_USAGE, "'%s' was taken", wrong[i]);
        EXPECT(n.bits == 77 && strlen(err.text) > 10, "'%s': %s", wrong[i], err.text);
    }
}

static const struct {
    double low, high, step;
    uint64_t levels;
    int bits;
} ranges[] = {
    { -10.0, 40.0, 0.1, 501, 9 }, { -10.0, 40.0, 1.0, 51, 6 }, { 0.0, 255.0, 1.0, 256, 8 },
    { 0.0, 256.0, 1.0, 257, 9 },  { 0.0, 1.0, 1.0, 2, 1 },     { 0.0, 0.3, 0.1, 4, 2 },
    { 0.0, 1.0, 0.4, 3, 2 }, /* the last step has no room */
};

static void levels_of_ranges(void **state)
{
    uint64_t levels;
    int bits;

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        assert_int_equal(
            bc_levels_of_range(ranges[i].low, ranges[i].high, ranges[i].step, &levels, &bits, NULL),
            BC_OK);
        EXPECT(levels == ranges[i].levels && bits == ranges[i].bits, "%g to %g by %g: %d bits",
               ranges[i].low, ranges[i].high, ranges[i].step, bits);
    }
    assert_int_equal(bc_levels_of_range(1, 0, 1, &levels, &bits, NULL), BC_E_USAGE);
    assert_int_equal(bc_levels_of_range(0, 1, 2, &levels, &bits, NULL), BC_E_USAGE);
    assert_int_equal(bc_levels_of_range(0, 1, 0, &levels, &bits, NULL), BC_E_USAGE);
    assert_int_equal(bc_levels_of_range(0, 1e300, 1, &levels, &bits, NULL), BC_E_USAGE);
    assert_int_equal(bc_levels_of_range(0, (double)NAN, 1, &levels, &bits, NULL), BC_E_USAGE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("numbers have the bits that standards and textbooks give them", known_patterns),
        SENTENCE("float32 is the machine's, field by field", as_the_machine),
        SENTENCE("every pattern read and written again is itself", there_and_back),
        SENTENCE("eXmY is the standard format where there is one", any_float),
        SENTENCE("float5 has 16 positive values, 0.5 to 7", float5_in_full),
        SENTENCE("what lies beyond the ends is told", ends),
        SENTENCE("value = scale (number - zero-point)", scale_and_zero_point),
        SENTENCE("names that are none are refused with a sentence", wrong_names),
        SENTENCE("levels and bits of a range", levels_of_ranges),
    };

    return cmocka_run_group_tests_name("notation", tests, NULL, NULL);
}
