/* Levels of known signals, and the bits of samples whose bits are known. */
#include <string.h>

#include "../core/bits.h"
#include "../core/expect.h"
#include "bitcrush/level.h"

/* A sine over whole periods: mean 0, mean square 1/2, which is 0 dBFS; a square wave is 1. Sums
 * of 48000 numbers, rounded to 2^-53 each. */
static void known_levels(void **state)
{
    enum { N = 48000 };
    static double x[N];
    bc_level_sums s = { 0 };

    (void)state;
    assert_true(isnan(bc_level_mean(&s)) && isnan(bc_level_rms(&s)));
    for (int i = 0; i < N; i++)
        x[i] = 0.25 + sin(2.0 * 3.14159265358979323846 * 997.0 * i / N);
    bc_level_add(&s, x, N);
    EXPECT_NEAR(bc_level_mean(&s), 0.25, 1e-12, "mean of a sine");
    EXPECT_NEAR(bc_level_rms(&s), sqrt(0.5 + 0.0625), 1e-12, "RMS of a sine");
    EXPECT_NEAR(s.peak, 1.25, 1e-8, "peak of a sine"); /* 48000 phases: (pi / 48000)^2 / 2 */
    EXPECT_NEAR(bc_level_dbfs(0.5), 0.0, 1e-12, "full-scale sine");
    EXPECT_NEAR(bc_level_dbfs(1.0), 3.0103, 1e-4, "full-scale square wave");
    assert_true(bc_level_dbfs(0.0) == -(double)INFINITY);

    s = (bc_level_sums){ 0 };
    bc_level_add(&s, (const double[]){ -1.0, 0.5 }, 2);
    assert_true(s.peak == 1.0 && bc_level_mean(&s) == -0.25 && s.n == 2);
}

static void split_levels(void **state)
{
    enum { N = 10007 };
    static const size_t chunks[] = { 1, 7, 8, 9, 4096 };
    static double x[N];
    bc_level_sums want = { 0 };
    uint64_t seed = 5;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = i % 1000 == 3 ? (double)NAN : random_between(&seed, -1.0, 1.0);
    x[77] = INFINITY;
    x[78] = -INFINITY;
    bc_level_add(&want, x, N);
    assert_int_equal(want.n, N - 13);
    assert_int_equal(want.n_nonfinite, 13);
    assert_true(want.peak < 1.0);
    for (size_t j = 0; j < sizeof chunks / sizeof *chunks; j++) {
        bc_level_sums got = { 0 };

        for (size_t at = 0; at < N; at += chunks[j])
            bc_level_add(&got, x + at, N - at < chunks[j] ? N - at : chunks[j]);
        EXPECT(memcmp(&got, &want, sizeof want) == 0, "chunks of %zu", chunks[j]);
    }
}

/* Random codes of `used` bits whose last place does occur, as codes of `bits` bits. */
static void fill_codes(int32_t *codes, size_t n, int used, int bits, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++)
        codes[i] = (int32_t)((uint32_t)(random_bits(seed) >> 32) >> (32 - used) << (32 - used)) >>
                   (32 - bits);
    codes[n / 2] |= (int32_t)(UINT32_C(1) << (bits - used));
}

static void known_bits(void **state)
{
    enum { N = 1500 };
    int32_t codes[N];
    double x[N];
    uint64_t seed = 6;

    (void)state;
    for (int bits = 1; bits <= 32; bits++)
        for (int used = 1; used <= bits; used++) {
            bc_used_bits u = { 0 }, v = { 0 };

            fill_codes(codes, N, used, bits, &seed);
            for (size_t i = 0; i < N; i++)
                x[i] = ldexp(codes[i], 1 - bits);
            bc_used_bits_add_codes(&u, bits, codes, N / 3);
            bc_used_bits_add_codes(&u, bits, codes + N / 3, N - N / 3);
            EXPECT(bc_used_bits_depth(&u) == used, "%d bits used of %d, found %d", used, bits,
                   bc_used_bits_depth(&u));
            bc_used_bits_add(&v, x, N / 3);
            bc_used_bits_add(&v, x + N / 3, N - N / 3);
            EXPECT(bc_used_bits_depth(&v) == used, "samples: %d bits used of %d, found %d", used,
                   bits, bc_used_bits_depth(&v));
        }
}

static void single_values(void **state)
{
    static const struct {
        double x;
        int depth;
    } rows[] = {
        { 0.0, 0 },
        { -0.0, 0 },
        { 1.0, 1 },
        { -1.0, 1 },
        { 3.0, 1 },
        { 0.5, 2 },
        { -0.75, 3 },
        { 0x1p-15, 16 },
        { 1.0 - 0x1p-23, 24 },
        { 0x1p-31, 32 },
        { -0x1p-31, 32 },
        { 0x1p-32, 33 },
        { 0.1, 33 },
        { (double)NAN, 33 },
        { (double)INFINITY, 33 },
        { 0x1p19, 1 },
        { 1e9, 1 },
        { 0x1p19 + 0.5, 2 },
        { 0x1p21 + 0x1p-31, 32 },
        { 1e300, 1 },
        { -0x1p63, 1 },
        { 0x1p-1074, 33 },
        { 0x1p18 + 0x1p-31, 32 },
        { 0x1p18 + 0x1p-34, 33 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_used_bits u = { 0 };

        bc_used_bits_add(&u, &rows[r].x, 1);
        EXPECT(bc_used_bits_depth(&u) == rows[r].depth, "%a: depth %d, expected %d", rows[r].x,
               bc_used_bits_depth(&u), rows[r].depth);
        bc_used_bits_add(&u, (const double[]){ 0.0, 0.25 }, 2);
        EXPECT(bc_used_bits_depth(&u) == (rows[r].depth > 3 ? rows[r].depth : 3),
               "%a and 0.25: depth %d", rows[r].x, bc_used_bits_depth(&u));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("a sine has its mean, RMS and peak", known_levels),
        SENTENCE("any split into calls gives the same level", split_levels),
        SENTENCE("samples of n bits are found to be so", known_bits),
        SENTENCE("single values have the depth of their last place", single_values),
    };

    return cmocka_run_group_tests_name("level", tests, NULL, NULL);
}
