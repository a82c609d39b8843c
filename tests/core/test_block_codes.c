/* The codes and scales of blocks beside their values, for any bytes; and rounding with noise under
 * scales that stay. */
#include <stdlib.h>
#include <string.h>

#include "bitcrush/blocks.h"
#include "bitcrush/noise.h"
#include "bits.h"
#include "expect.h"

enum { N = 4096, MAX_BYTES = 2 * N };

static const bc_block_format *rows;
static size_t n_rows;
static float x[N], y[N], noise[N];
static uint8_t bytes[MAX_BYTES], other[MAX_BYTES];

static int prepare(void **state)
{
    (void)state;
    n_rows = bc_block_rows(&rows);
    return n_rows == 0;
}

static void fill_bytes(uint8_t *to, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)random_bits(&seed);
}

/* ---- codes and scales */

static const struct layout_row {
    const char *name;
    uint32_t group, n_codes;
    bool has_minimum;
} layouts[] = {
    { "f16", 1, 65536, false },
    { "bf16", 1, 65536, false },
    { "q8_0", 32, 256, false },
    { "q4_0", 32, 16, false },
    { "q4_1", 32, 16, true },
    { "q5_0", 32, 32, false },
    { "q5_1", 32, 32, true },
    { "q2_k", 16, 4, true },
    { "q3_k", 16, 8, false },
    { "q4_k", 32, 16, true },
    { "q5_k", 32, 32, true },
    { "q6_k", 16, 64, false },
    { "iq4_nl", 32, 16, false },
    { "iq4_xs", 32, 16, false },
    { "tq1_0", 256, 3, false },
    { "tq2_0", 256, 4, false },
    { "mxfp4", 32, 16, false },
    { "nvfp4", 16, 16, false },
    { "q1_0", 128, 2, false },
    { "q2_0", 64, 4, false },
    { "nf4", 64, 16, false },
    { "fp4", 64, 16, false },
    { "mxfp8_e4m3", 32, 256, false },
    { "mxfp8_e5m2", 32, 256, false },
    { "mxfp6_e2m3", 32, 64, false },
    { "mxfp6_e3m2", 32, 64, false },
    { "mxfp4_e2m1", 32, 16, false },
    { "mxint8", 32, 256, false },
    { "nvfp4_modelopt", 16, 16, false },
};

static void known_layouts(void **state)
{
    (void)state;
    assert_int_equal(n_rows, sizeof layouts / sizeof *layouts);
    for (size_t i = 0; i < n_rows; i++) {
        const bc_block_codes *c = bc_block_find(layouts[i].name)->codes;

        EXPECT(c->group_length == layouts[i].group && c->n_codes == layouts[i].n_codes &&
                   c->has_minimum == layouts[i].has_minimum,
               "%s: groups of %u, %u codes", layouts[i].name, c->group_length, c->n_codes);
    }
}

/* The first block of q4_k made by hand: d = 1/2, dmin = 2, and the 6-bit fields of llama.cpp's
 * get_scale_min_k4. */
static void a_block_by_hand(void **state)
{
    const bc_block_format *f = bc_block_find("q4_k");
    float scales[BC_BLOCK_MAX_GROUPS], minimums[BC_BLOCK_MAX_GROUPS];
    uint16_t codes[BC_BLOCK_MAX_LENGTH];
    uint8_t block[144] = { 0x00, 0x38, 0x00, 0x40 };

    (void)state;
    block[4] = 5 | 2 << 6;  /* scale 0 is 5; high bits of scale 4 */
    block[8] = 7 | 1 << 6;  /* minimum 0 is 7; high bits of minimum 4 */
    block[12] = 3 | 9 << 4; /* scale 4 is 32 + 3, minimum 4 is 16 + 9 */
    block[16] = 0xA3;       /* weight 0 has code 3, weight 32 code 10 */
    block[16 + 64] = 0x0F;  /* weight 128 has code 15 */
    assert_int_equal(bc_block_scales(f, block, scales, minimums), 8);
    f->codes->unpack(block, codes);
    assert_true(scales[0] == 2.5f && minimums[0] == 14.0f);
    assert_true(scales[4] == 17.5f && minimums[4] == 50.0f);
    assert_true(codes[0] == 3 && codes[32] == 10 && codes[128] == 15 && codes[1] == 0);
    f->decode(block, 1, y);
    assert_true(y[0] == 3 * 2.5f - 14.0f && y[128] == 15 * 17.5f - 50.0f);
}

/* weight = value(code) * scale - minimum, bit for bit, whatever the bytes are. */
static void values_follow_from_codes(void **state)
{
    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++)
        for (uint64_t seed = 0; seed < 300; seed++) {
            float scales[BC_BLOCK_MAX_GROUPS], minimums[BC_BLOCK_MAX_GROUPS];
            uint16_t codes[BC_BLOCK_MAX_LENGTH];

            fill_bytes(bytes, f->block_bytes, seed);
            f->decode(bytes, 1, y);
            f->codes->unpack(bytes, codes);
            assert_int_equal(bc_block_scales(f, bytes, scales, minimums),
                             f->block_length / f->codes->group_length);
            for (size_t i = 0; i < f->block_length; i++) {
                const size_t g = i / f->codes->group_length;

                EXPECT(codes[i] < f->codes->n_codes, "%s: code %u", f->name, codes[i]);

                const float product = f->codes->value(codes[i]) * scales[g];
                const float want = f->codes->has_minimum ? product - minimums[g] : product;

                EXPECT(same_f32(y[i], want), "%s, weight %zu: %a, from its code %a", f->name, i,
                       (double)y[i], (double)want);
            }
        }
}

static void packing_is_the_inverse(void **state)
{
    uint16_t codes[BC_BLOCK_MAX_LENGTH], again[BC_BLOCK_MAX_LENGTH];

    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++)
        for (uint64_t seed = 0; seed < 300; seed++) {
            fill_bytes(bytes, f->block_bytes, seed);
            f->codes->unpack(bytes, codes);
            memcpy(other, bytes, f->block_bytes);
            f->codes->pack(codes, other);
            /* of five digits in a byte some bytes mean the same */
            EXPECT(strcmp(f->name, "tq1_0") == 0 || memcmp(bytes, other, f->block_bytes) == 0,
                   "%s: codes put back give other bytes", f->name);
            for (size_t i = 0; i < f->block_length; i++)
                codes[i] = (uint16_t)(random_bits(&seed) % f->codes->n_codes);
            f->codes->pack(codes, other);
            f->codes->unpack(other, again);
            EXPECT(memcmp(codes, again, f->block_length * sizeof *codes) == 0,
                   "%s: other codes than were put in", f->name);
        }
}

/* ---- rounding with noise */

static void fill_uniform(float span, uint64_t seed)
{
    for (size_t i = 0; i < N; i++)
        x[i] = (float)random_between(&seed, -(double)span, (double)span);
}

/* Exact scales, then codes with noise of this seed. */
static void dither(const bc_block_format *f, const char *kind, uint64_t seed, size_t n,
                   uint8_t *out)
{
    f->encode(x, NULL, n / f->block_length, out);
    bc_noise_fill(bc_noise_find(kind), seed, 3, 0, noise, n);
    bc_block_dither(f, x, noise, n / f->block_length, out);
}

/* The smallest and largest value of the group of each weight, and the largest gap between. */
static void limits_of(const bc_block_format *f, const uint8_t *block, size_t g, double *low,
                      double *high, double *gap)
{
    float scales[BC_BLOCK_MAX_GROUPS], minimums[BC_BLOCK_MAX_GROUPS];
    double values[256] = { 0 };
    size_t n = 0;

    bc_block_scales(f, block, scales, minimums);
    for (uint32_t c = 0; c < f->codes->n_codes; c++) {
        const float v = f->codes->value(c);

        if (v >= f->codes->lowest && v <= f->codes->highest)
            values[n++] = (double)(v * scales[g] - minimums[g]);
    }
    *gap = 0;
    for (size_t i = 1; i < n; i++) /* sorted as far as needed: n is small */
        for (size_t j = i; j > 0 && values[j] < values[j - 1]; j--) {
            const double v = values[j];

            values[j] = values[j - 1];
            values[j - 1] = v;
        }
    *low = values[0];
    *high = values[n - 1];
    for (size_t i = 1; i < n; i++)
        *gap = fmax(*gap, values[i] - values[i - 1]);
}

/* Stochastic rounding has no bias: between two values g apart the error of one rounding has mean 0
 * and a variance of g^2 / 4 at most. The mean of 400 is within five deviations, g / 8. */
static void the_mean_is_the_weight(void **state)
{
    enum { TIMES = 400, SOME = 512 };
    static double sum[SOME];

    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        size_t n_inside = 0;

        if (f->block_length == 1)
            continue;
        fill_uniform(0.05f, 11);
        memset(sum, 0, sizeof sum);
        for (uint64_t seed = 0; seed < TIMES; seed++) {
            dither(f, "rpdf", seed, SOME, bytes);
            f->decode(bytes, SOME / f->block_length, y);
            for (size_t i = 0; i < SOME; i++)
                sum[i] += (double)y[i];
        }
        for (size_t i = 0; i < SOME; i++) {
            const uint8_t *block = bytes + i / f->block_length * f->block_bytes;
            double low, high, gap;

            limits_of(f, block, i % f->block_length / f->codes->group_length, &low, &high, &gap);
            if ((double)x[i] < low || (double)x[i] > high)
                continue;
            EXPECT_NEAR(sum[i] / TIMES, (double)x[i], 5 * gap / 2 / sqrt(TIMES), "%s, weight %zu",
                        f->name, i);
            n_inside++;
        }
        /* q1_0 has two values, at the mean magnitude: half of these data lie between */
        EXPECT(n_inside > SOME / 3, "%s: %zu weights inside the range", f->name, n_inside);
    }
}

/* Half a step of rounding and the noise make errors of power (1/12 + variance) step^2: noise.h has
 * it for every kind, on even steps. q5_0 has 32 of them; 4096 squares have a deviation of less than
 * 2 %, and fewer than one weight in 16 lies where codes end. */
static void errors_have_the_power_of_the_noise(void **state)
{
    static const char *const kinds[] = { "rpdf", "tpdf", "gaussian" };
    const bc_block_format *f = bc_block_find("q5_0");

    (void)state;
    fill_uniform(0.05f, 12);
    for (size_t k = 0; k < 3; k++) {
        double squares = 0;
        size_t n = 0;

        dither(f, kinds[k], 5, N, bytes);
        f->decode(bytes, N / 32, y);
        for (size_t i = 0; i < N; i++) {
            float scale, minimum;

            bc_block_scales(f, bytes + i / 32 * f->block_bytes, &scale, &minimum);
            if (fabsf(x[i] / scale) > 13.0f)
                continue;

            const double e = ((double)y[i] - (double)x[i]) / (double)scale;

            squares += e * e;
            n++;
        }
        const double want = bc_noise_find(kinds[k])->error_power;

        EXPECT(n > N / 2, "%zu weights inside", n);
        EXPECT_NEAR(squares / (double)n, want, 0.08 * want, "%s", kinds[k]);
    }
}

/* Numbers that stand on codes stay there under noise of less than half a step. */
static void what_is_exact_stays(void **state)
{
    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        fill_uniform(1.0f, 13);
        f->encode(x, NULL, N / f->block_length, bytes);
        f->decode(bytes, N / f->block_length, x);
        memcpy(other, bytes, sizeof other);
        bc_noise_fill(bc_noise_find("rpdf"), 1, 0, 0, noise, N);
        for (size_t i = 0; i < N; i++)
            noise[i] *= 0.999f; /* 0.5 less what 1 / scale loses */
        bc_block_dither(f, x, noise, N / f->block_length, other);
        f->decode(other, N / f->block_length, y);
        for (size_t i = 0; i < N; i++)
            EXPECT(x[i] == y[i], "%s, weight %zu: %a became %a", f->name, i, (double)x[i],
                   (double)y[i]);
    }
}

static void no_noise_is_nearest(void **state)
{
    (void)state;
    memset(noise, 0, sizeof noise);
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        fill_uniform(1.0f, 14);
        f->encode(x, NULL, N / f->block_length, bytes);
        f->decode(bytes, N / f->block_length, y);

        double before = 0, after = 0;

        for (size_t i = 0; i < N; i++)
            before += ((double)y[i] - (double)x[i]) * ((double)y[i] - (double)x[i]);
        bc_block_dither(f, x, noise, N / f->block_length, bytes);
        f->decode(bytes, N / f->block_length, y);
        for (size_t i = 0; i < N; i++)
            after += ((double)y[i] - (double)x[i]) * ((double)y[i] - (double)x[i]);
        EXPECT(after <= before * (1 + 1e-6), "%s: error %g, nearest codes have %g", f->name, after,
               before);
    }
}

static void strange_data_stay_in_range(void **state)
{
    static const float strange[] = { NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 1e-45f, 0.0f, -0.0f };
    uint16_t codes[BC_BLOCK_MAX_LENGTH];

    (void)state;
    bc_noise_fill(bc_noise_find("gaussian"), 1, 0, 0, noise, N);
    for (size_t i = 0; i < N; i++)
        x[i] = strange[i % 8];
    for (const bc_block_format *f = rows; f < rows + n_rows; f++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            fill_bytes(bytes, f->block_bytes, seed);
            bc_block_dither(f, x, noise, 1, bytes);
            f->codes->unpack(bytes, codes);
            for (size_t i = 0; i < f->block_length; i++)
                EXPECT(codes[i] < f->codes->n_codes, "%s: code %u", f->name, codes[i]);
        }
}

/* One number for the bytes of all formats: the same from every compiler and at every CPU level. */
static void the_same_bytes_everywhere(void **state)
{
    uint64_t hash = 0;

    (void)state;
    fill_uniform(0.05f, 15);
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        dither(f, "tpdf", 9, N, bytes);
        hash = hash_bytes(hash, bytes, N / f->block_length * f->block_bytes);
    }
    EXPECT(hash == UINT64_C(0x6f55d35034a704a0), "hash 0x%016llx", (unsigned long long)hash);
}

/* Any bytes, and any number of weights: each code of each weight counts once. */
static void codes_are_counted(void **state)
{
    static const size_t lengths[] = { 0, 1, 31, 256, 300, N - 1, N };
    static uint64_t counts[65536], expected[65536];
    uint16_t codes[BC_BLOCK_MAX_LENGTH];
    (void)state;

    for (const bc_block_format *f = rows; f < rows + n_rows; f++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            memset(counts, 0, sizeof counts);
            memset(expected, 0, sizeof expected);
            fill_bytes(bytes, MAX_BYTES, 11 + l);
            for (size_t i = 0; i < lengths[l]; i++) {
                if (i % f->block_length == 0)
                    f->codes->unpack(bytes + i / f->block_length * f->block_bytes, codes);
                expected[codes[i % f->block_length]]++;
            }
            counts[0] = 1; /* it adds to what is there */
            expected[0]++;
            bc_block_count_codes(f, bytes, lengths[l], counts);
            EXPECT(memcmp(counts, expected, sizeof counts) == 0, "%s: %zu weights", f->name,
                   lengths[l]);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("groups and codes are those of the documents", known_layouts),
        SENTENCE("a block of q4_k made by hand is read", a_block_by_hand),
        SENTENCE("values follow from codes and scales", values_follow_from_codes),
        SENTENCE("writing codes is the inverse of reading them", packing_is_the_inverse),
        SENTENCE("each code is counted", codes_are_counted),
        SENTENCE("the mean of stochastic rounding is the weight", the_mean_is_the_weight),
        SENTENCE("errors have the power that the noise says", errors_have_the_power_of_the_noise),
        SENTENCE("what stands on a code stays", what_is_exact_stays),
        SENTENCE("without noise codes are the nearest", no_noise_is_nearest),
        SENTENCE("every machine gives the same bytes", the_same_bytes_everywhere),
        SENTENCE("strange data take codes in range", strange_data_stay_in_range),
    };

    return cmocka_run_group_tests_name("codes of block formats", tests, prepare, NULL);
}
