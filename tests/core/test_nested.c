/* Double quantization: the map by its closed form, bounds of the error, and ends. */
#include "bitcrush/nested.h"
#include "bits.h"
#include "expect.h"

static float map[256];

static int prepare(void **state)
{
    (void)state;
    bc_nested_map(map);
    return 0;
}

/* Decade d has 2^d pieces of equal size between 0.1 and 1, times 10^(d - 6). float32 is good for 4
 * roundings of 2^-24. */
static void closed_form(void **state)
{
    size_t k = 128;

    (void)state;
    for (int d = 0; d < 7; d++) {
        for (int i = 0; i < 1 << d; i++, k++) {
            const double want = pow(10, d - 6) * (0.1 + 0.9 * (i + 0.5) / (1 << d));

            EXPECT_NEAR((double)map[k], want, want * 0x1p-22, "value %zu", k);
            EXPECT(map[254 - k] == -map[k], "value %zu is %g", 254 - k, (double)map[254 - k]);
        }
    }
    assert_int_equal(k, 255);
    assert_true(map[127] == 0.0f && map[255] == 1.0f);
    for (size_t i = 0; i < 255; i++)
        EXPECT(map[i] < map[i + 1], "value %zu is not below the next", i);
}

/* The widest gap is that of the top decade, 0.9 / 64, or 0.1 to the end at the negative side,
 * where -0.993 stands for -1. */
static void error_bounds(void **state)
{
    static float absmax[1000], back[1000], scales[4];
    static uint8_t codes[1000];
    uint64_t seed = 31;

    (void)state;
    for (size_t n = 1; n <= 1000; n += 37) {
        for (size_t i = 0; i < n; i++)
            absmax[i] = (float)random_between(&seed, 0.02, 0.11);

        const float offset = bc_nested_offset(absmax, n);

        bc_nested_encode(map, offset, absmax, n, codes, scales);
        bc_nested_decode(map, offset, codes, scales, n, back);
        for (size_t i = 0; i < n; i++)
            EXPECT_NEAR((double)back[i], (double)absmax[i],
                        0.9 / 128 * (double)scales[i / 256] + 0x1p-26, "number %zu of %zu", i, n);
    }
}

static void equal_numbers_are_exact(void **state)
{
    float absmax[300], back[300], scales[2];
    uint8_t codes[300];

    (void)state;
    for (size_t i = 0; i < 300; i++)
        absmax[i] = 0.0625f;
    bc_nested_encode(map, bc_nested_offset(absmax, 300), absmax, 300, codes, scales);
    bc_nested_decode(map, 0.0625f, codes, scales, 300, back);
    assert_true(scales[0] == 0.0f && scales[1] == 0.0f);
    for (size_t i = 0; i < 300; i++)
        assert_true(codes[i] == 127 && back[i] == 0.0625f);
    assert_true(bc_nested_offset(absmax, 0) == 0.0f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the map is its closed form", closed_form),
        SENTENCE("errors stay within half of a gap", error_bounds),
        SENTENCE("equal numbers are exact", equal_numbers_are_exact),
    };

    return cmocka_run_group_tests_name("double quantization", tests, prepare, NULL);
}
