/* Conversions to and from 16 bits beside the definitions of the formats: every code, and numbers
 * around every point of rounding. */
#include "bitcrush/grid.h"
#include "bitcrush/half.h"
#include "expect.h"
#include "float_formats.h"

static const struct half_row {
    const char *name;
    uint16_t (*narrow)(float);
    float (*widen)(uint16_t);
} rows[] = {
    { "float16", bc_f16_from_f32, bc_f16_to_f32 },
    { "bfloat16", bc_bf16_from_f32, bc_bf16_to_f32 },
};

static const float_format *definition(const char *name)
{
    const float_format *f = float_formats;

    while (strcmp(f->name, name) != 0)
        f++;
    return f;
}

static void every_code(void **state)
{
    (void)state;
    for (size_t r = 0; r < 2; r++) {
        const float_format *f = definition(rows[r].name);
        bc_grid grid;

        assert_int_equal(bc_grid_named(rows[r].name, &grid, NULL), BC_OK);
        for (uint32_t bits = 0; bits < 65536; bits++) {
            const float y = rows[r].widen((uint16_t)bits);
            const double want = decode_bits(f, bits);
            const double marked = bc_grid_value(&grid, bc_grid_code_from_bits(&grid, bits));
            const uint16_t back = rows[r].narrow(y);

            EXPECT(same_f32(y, (float)want), "%s %04x: %a, expected %a", f->name, bits, (double)y,
                   want);
            EXPECT(y == marked || (y != y && marked != marked), "%s %04x: %a, on the grid %a",
                   f->name, bits, (double)y, marked);
            EXPECT(y != y || back == bits, "%s %04x: comes back as %04x", f->name, bits, back);
        }
    }
}

/* Between each two neighbours: the middle, the floats beside it, and beside the ends. */
static void rounding(void **state)
{
    (void)state;
    for (size_t r = 0; r < 2; r++) {
        const float_format *f = definition(rows[r].name);

        for (uint32_t bits = 0; bits < f->max_bits; bits++) {
            const uint32_t low = f32_bits(rows[r].widen((uint16_t)bits));
            const uint32_t high = f32_bits(rows[r].widen((uint16_t)(bits + 1)));
            const uint32_t middle =
                f32_bits((float)((double)f32_of(low) / 2 + (double)f32_of(high) / 2));
            const uint32_t near[] = { low, low + 1, middle - 1, middle, middle + 1, high - 1 };

            for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
                const float x = f32_of(near[i]);
                const uint32_t want = round_bits(f, (double)x, TIES_TO_EVEN);

                EXPECT(rows[r].narrow(x) == want, "%s of %a: %04x, expected %04x", f->name,
                       (double)x, rows[r].narrow(x), want);
                EXPECT(rows[r].narrow(-x) == (want | 0x8000), "%s of %a: %04x, expected %04x",
                       f->name, (double)-x, rows[r].narrow(-x), want | 0x8000);
            }
        }
    }
}

static void any_floats(void **state)
{
    uint64_t seed = 11;

    (void)state;
    for (size_t r = 0; r < 2; r++) {
        const float_format *f = definition(rows[r].name);

        for (size_t i = 0; i < 1000000; i++) {
            const float x = f32_of((uint32_t)random_bits(&seed) & 0x7FFFFFFF);
            const uint32_t got = rows[r].narrow(x);

            if (x != x || isinf(x))
                continue;
            EXPECT(got == round_bits(f, (double)x, TIES_TO_EVEN), "%s of %a: %04x", f->name,
                   (double)x, got);
        }
    }
}

/* Largest numbers that stay finite, from the definitions: 2 - 2^-p and half a step more is a
 * tie. */
static void ends(void **state)
{
    (void)state;
    assert_int_equal(bc_f16_from_f32(65519.996f), 0x7BFF);
    assert_int_equal(bc_f16_from_f32(65520.0f), 0x7C00);
    assert_int_equal(bc_f16_from_f32(-INFINITY), 0xFC00);
    assert_int_equal(bc_f16_from_f32(0x1p-25f), 0);
    assert_int_equal(bc_f16_from_f32(0x1.000002p-25f), 1);
    assert_int_equal(bc_f16_from_f32(f32_of(0x7F800001)), 0x7E00);
    assert_int_equal(bc_f16_from_f32(f32_of(0xFFFFFFFF)), 0xFE00);
    assert_int_equal(bc_bf16_from_f32(f32_of(0x7F7F7FFF)), 0x7F7F);
    assert_int_equal(bc_bf16_from_f32(f32_of(0x7F7F8000)), 0x7F80);
    assert_int_equal(bc_bf16_from_f32(f32_of(0x7F800001)), 0x7FC0);
    assert_int_equal(bc_bf16_from_f32(f32_of(0xFFAB1234)), 0xFFEB);
    assert_int_equal(bc_bf16_from_f32(f32_of(0x00018000)), 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("every code has its value and comes back", every_code),
        SENTENCE("ties go to even between all neighbours", rounding),
        SENTENCE("any float takes the nearest", any_floats),
        SENTENCE("ends, infinities and NaN", ends),
    };

    return cmocka_run_group_tests_name("16-bit floats", tests, NULL, NULL);
}
