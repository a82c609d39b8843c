/* Every code of the float grids stands for the value that its format defines. */
#include "float_formats.h"
#include "grids.h"

static void check_bits(const float_format *f, const bc_grid *g, uint32_t bits)
{
    const double want = decode_bits(f, bits);
    const int32_t code = bc_grid_code_from_bits(g, bits);
    const double got = bc_grid_value(g, code);

    /* A code has no sign of zero. */
    EXPECT(want == got || (isnan(want) && isnan(got)),
           "%s: bits %x are code %d of value %.17g, "
           "expected %.17g",
           f->name, bits, code, got, want);
    if (!isnan(want) && want != 0.0)
        EXPECT(bc_grid_code_to_bits(g, code) == bits, "%s: code %d is stored as %x, expected %x",
               f->name, code, bc_grid_code_to_bits(g, code), bits);
}

static void every_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FLOAT_FORMATS; i++) {
        const float_format *f = &float_formats[i];
        const bc_grid g = grid_of(f->name);
        uint64_t seed = 1;

        assert_int_equal(g.bits, 1 + f->exponent_bits + f->mantissa_bits);
        if (g.bits <= 16) {
            for (uint32_t bits = 0; bits < 1u << g.bits; bits++)
                check_bits(f, &g, bits);
            continue;
        }
        for (int n = 0; n < 1 << 20; n++) /* the 2^32 of float32 would take a minute */
            check_bits(f, &g, (uint32_t)random_bits(&seed));
        for (uint32_t field = 0; field < 256; field++)
            for (uint32_t end = 0; end < 2; end++)
                check_bits(f, &g, field << 23 | (end ? 0x7FFFFF : 0));
    }
}

/* The decoder of this test against the machine's own float. */
static void the_witness(void **state)
{
    uint64_t seed = 2;

    (void)state;
    for (int n = 0; n < 1 << 20; n++) {
        const uint32_t bits = (uint32_t)random_bits(&seed);

        EXPECT(same_f64(decode_bits(&float_formats[0], bits), (double)f32_of(bits)), "%x", bits);
    }
}

static void printed_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FLOAT_FORMATS; i++) {
        const float_format *f = &float_formats[i];
        const bc_grid g = grid_of(f->name);
        const int32_t top = f->has_infinity ? g.hi - 1 : g.hi;

        EXPECT_NEAR(bc_grid_value(&g, top), f->max, 0.0, "%s: largest", f->name);
        EXPECT_NEAR(bc_grid_value(&g, -top), -f->max, 0.0, "%s: lowest", f->name);
        EXPECT_NEAR(bc_grid_value(&g, 1 << f->mantissa_bits), f->min_normal, 0.0,
                    "%s: smallest normal", f->name);
        EXPECT_NEAR(bc_grid_value(&g, 1), f->min_subnormal, 0.0, "%s: smallest", f->name);
        EXPECT(isinf(bc_grid_value(&g, g.hi)) == f->has_infinity, "%s: infinity", f->name);
        EXPECT((bc_grid_nan_code(&g) != 0) == f->has_nan, "%s: NaN", f->name);
    }
}

/* OCP Microscaling (MX) 1.0, table 5: all non-negative values of E2M1. */
static void e2m1_in_full(void **state)
{
    const double values[] = { 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0 };
    const bc_grid g = grid_of("e2m1");

    (void)state;
    assert_int_equal(bc_grid_levels(&g), 15);
    for (int k = 0; k < 8; k++) {
        EXPECT_NEAR(bc_grid_value(&g, k), values[k], 0.0, "e2m1: code %d", k);
        EXPECT_NEAR(bc_grid_value(&g, -k), -values[k], 0.0, "e2m1: code %d", -k);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the decoder of this test agrees with the machine's float", the_witness),
        SENTENCE("every bit pattern has the value that its format defines", every_code),
        SENTENCE("largest and smallest values are those printed in the standards", printed_limits),
        SENTENCE("e2m1 is 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives", e2m1_in_full),
    };

    return cmocka_run_group_tests_name("float values", tests, NULL, NULL);
}
