/* The bytes that every build must give, whatever its compiler, options and machine: hashes of
 * noise, levels and quantized data. A hash that changes changes the files that people make; it
 * may only change on purpose. */
#include <inttypes.h>

#include "bitcrush/feedback.h"
#include "bitcrush/light.h"
#include "bitcrush/measure.h"
#include "bitcrush/noise.h"
#include "bitcrush/quantize.h"
#include "bits.h"
#include "grids.h"

enum { N = 5000 };

static float x[N], noise[N], y[N];
static double wide_x[N], wide_noise[N], wide_y[N];
static int32_t codes[N];

/* FNV-1a, 64 bits, over the bytes of little-endian words. */
static uint64_t hash_word(uint64_t hash, uint64_t word, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++)
        hash = (hash ^ (word >> (8 * i) & 0xFF)) * UINT64_C(1099511628211);
    return hash;
}

static const uint64_t hash_start = UINT64_C(14695981039346656037);

static uint64_t hash_floats(uint64_t hash, const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = hash_word(hash, f32_bits(values[i]), 4);
    return hash;
}

static uint64_t hash_doubles(uint64_t hash, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = hash_word(hash, f64_bits(values[i]), 8);
    return hash;
}

static uint64_t hash_codes(uint64_t hash, const int32_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = hash_word(hash, (uint32_t)values[i], 4);
    return hash;
}

#define EXPECT_HASH(got, want, ...)                                                                \
    do {                                                                                           \
        const uint64_t hash_ = (got), want_ = (want);                                              \
        char row_[80];                                                                             \
                                                                                                   \
        snprintf(row_, sizeof row_, __VA_ARGS__);                                                  \
        EXPECT(hash_ == want_, "%s: hash 0x%016" PRIx64 ", expected 0x%016" PRIx64, row_, hash_,   \
               want_);                                                                             \
    } while (0)

static const struct {
    const char *name;
    uint64_t hash;
} noises[] = {
    { "rpdf", 0x5a2bab8f002b5e69 },   { "tpdf", 0xe6ec8e0a9c1b5e5b },
    { "hptpdf", 0x241afb1149f79d7e }, { "gaussian", 0x30ecc6d18775fbbb },
    { "bayer8", 0xf9fcda9c0f1bf09a },
};

static void noise_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof noises / sizeof *noises; i++) {
        bc_noise_fill(bc_noise_find(noises[i].name), BC_DEFAULT_SEED, 1, 0, noise, N);
        EXPECT_HASH(hash_floats(hash_start, noise, N), noises[i].hash, "%s", noises[i].name);
    }
}

static void light_bytes(void **state)
{
    static float table[2 << 12];
    bc_grid g;
    uint64_t hash = hash_start;

    (void)state;
    assert_int_equal(bc_grid_light(12, NULL, table, &g, NULL), BC_OK);
    EXPECT_HASH(hash_floats(hash_start, table, (2 << 12) - 1), 0x94f32316e2174e97,
                "levels of light12");
    for (int i = 0; i <= 4096; i++) {
        const double coded = bc_coded_from_light(i / 4096.0);

        hash = hash_doubles(hash, &coded, 1);
    }
    EXPECT_HASH(hash, 0xf3f8bef52d2b9591, "coded values");
}

static const struct {
    const char *grid;
    bc_rounding rounding;
    uint64_t narrow, wide; /* of values and codes */
} grids[] = {
    { "uniform4", BC_ROUND_NEAREST, 0x12f409182121c761, 0xd9554f02d0602fbf },
    { "uniform8", BC_ROUND_TRUNCATE, 0x47f2d8c3e237a7f5, 0xc4a37772b816b483 },
    { "pcm16", BC_ROUND_NEAREST, 0x9e30bcbe51843061, 0x10638d84f79ac747 },
    { "pcm24", BC_ROUND_NEAREST, 0xb3c3886346df1f35, 0x893e4fb29a26976d },
    { "midrise4", BC_ROUND_NEAREST, 0x84f0f898cdf39921, 0xbd050a14fcad6cf9 },
    { "midrise8", BC_ROUND_TRUNCATE, 0xd831faede67413ad, 0xa26f4dace11d07ba },
    { "int8", BC_ROUND_NEAREST, 0xdcf203b30e845fe6, 0xb0f75a6759363846 },
    { "float16", BC_ROUND_NEAREST, 0x8cd37a8cf6e866c7, 0x05f5dbfc2fbddd60 },
    { "e4m3", BC_ROUND_NEAREST, 0x2eef13101ec6c58d, 0x346a77809fc77bcf },
};

static void quantized_bytes(void **state)
{
    const bc_scale scale = { 0.83, 0.017, 0 };

    (void)state;
    bc_noise_fill(bc_noise_find("tpdf"), BC_DEFAULT_SEED, 2, 0, noise, N);
    for (size_t i = 0; i < N; i++) {
        wide_x[i] = (double)((int)(i * 7919 % 10007) - 5003) / 4000.0;
        x[i] = (float)wide_x[i];
        wide_noise[i] = (double)noise[i];
    }
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        const bc_grid g = grid_of(grids[i].grid);

        bc_quantize_f32(&g, &scale, grids[i].rounding, x, noise, N, y, codes);
        EXPECT_HASH(hash_codes(hash_floats(hash_start, y, N), codes, N), grids[i].narrow, "%s f32",
                    grids[i].grid);
        bc_quantize_f64(&g, &scale, grids[i].rounding, wide_x, wide_noise, N, wide_y, codes);
        EXPECT_HASH(hash_codes(hash_doubles(hash_start, wide_y, N), codes, N), grids[i].wide,
                    "%s f64", grids[i].grid);
    }
}

static void feedback_bytes(void **state)
{
    static float table[2 << 2];
    const bc_grid pcm = grid_of("pcm8");
    bc_fir fir = { .n_taps = 3, .taps = { 1.623, -0.982, 0.109 } };
    bc_diffuser *d = NULL;
    uint64_t hash = hash_start;
    bc_grid light;

    (void)state;
    bc_noise_fill_f64(bc_noise_find("tpdf"), BC_DEFAULT_SEED, 3, 0, wide_noise, N);
    for (size_t i = 0; i < N; i++)
        wide_x[i] = (double)((int)(i * 7919 % 10007) - 5003) / 6000.0;
    bc_quantize_fir_f64(&pcm, &BC_SCALE_IDENTITY, &fir, wide_x, wide_noise, N, wide_y, codes);
    EXPECT_HASH(hash_codes(hash_start, codes, N), 0x16f79a6926c1c7b9, "noise shaping");

    assert_int_equal(bc_grid_light(2, NULL, table, &light, NULL), BC_OK);
    assert_int_equal(bc_diffuser_new(bc_diffusion_find("floyd-steinberg"), &light,
                                     BC_SCAN_SERPENTINE, 1.0, 100, 3, &d, NULL),
                     BC_OK);
    for (size_t line = 0; line < 100; line++) {
        uint16_t row[300];

        for (size_t i = 0; i < 300; i++)
            x[i] = (float)((line * 300 + i) * 7919 % 10007) / 10007.0f;
        bc_diffuse_row(d, x, NULL, NULL, row);
        for (size_t i = 0; i < 300; i++)
            hash = hash_word(hash, row[i], 2);
    }
    bc_diffuser_free(d);
    EXPECT_HASH(hash, 0xcdcd20de40cdf80e, "error diffusion");
}

static const struct {
    const char *kernel;
    uint64_t hash;
} kernels[] = {
    { "floyd-steinberg", 0x25cb0147b230aa8f }, { "false-floyd-steinberg", 0x2f954834d5104a44 },
    { "jarvis", 0xebb11a74960b18b1 },          { "stucki", 0xa4ce5dd028374db2 },
    { "burkes", 0xa481c7cbfacee2e9 },          { "sierra3", 0xe06e94a5c247e0a9 },
    { "sierra2", 0x04ea5ab0d531856d },         { "sierra-lite", 0x353eeb6fd4bf9935 },
    { "atkinson", 0xd5cee754d59f8781 },        { "stevenson-arce", 0xa40df4adc9e9aeda },
    { "ostromoukhov", 0x267f876d71cfa9d5 },    { "zhou-fang", 0x754c6ebe57fb8db0 },
};

/* Lines of 97 pixels, every seventh of them transparent or none, without noise or under it. */
static uint64_t hash_diffusion(uint64_t hash, const bc_diffusion *kernel, const bc_grid *g,
                               bc_scan scan, size_t n_channels, bool has_noise, bool has_alpha)
{
    bc_diffuser *d = NULL;
    uint8_t opaque[97];
    uint16_t row[97 * 3];

    for (size_t i = 0; i < 97; i++)
        opaque[i] = i % 7 != 3;
    assert_int_equal(bc_diffuser_new(kernel, g, scan, 1.0, 97, n_channels, &d, NULL), BC_OK);
    for (size_t line = 0; line < 20; line++) {
        for (size_t i = 0; i < 97 * n_channels; i++)
            x[i] = (float)((line * 291 + i) * 7919 % 10007) / 9000.0f - 0.05f;
        bc_noise_fill(bc_noise_find("rpdf"), BC_DEFAULT_SEED, 8, line * 291, noise, 291);
        bc_diffuse_row(d, x, has_noise ? noise : NULL, has_alpha ? opaque : NULL, row);
        for (size_t i = 0; i < 97 * n_channels; i++)
            hash = hash_word(hash, row[i], 2);
    }
    bc_diffuser_free(d);
    return hash;
}

static void kernel_bytes(void **state)
{
    static float table[2 << 4];
    const bc_grid one_bit = grid_of("uniform1");
    bc_grid light;

    (void)state;
    assert_int_equal(bc_grid_light(4, NULL, table, &light, NULL), BC_OK);
    assert_int_equal(sizeof kernels / sizeof *kernels,
                     bc_diffusion_rows(&(const bc_diffusion *){ 0 }));
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        const bc_diffusion *kernel = bc_diffusion_find(kernels[i].kernel);
        uint64_t hash = hash_start;

        assert_non_null(kernel);
        for (int v = 0; v < 16; v++)
            hash = hash_diffusion(hash, kernel, v & 1 ? &one_bit : &light,
                                  v & 2 ? BC_SCAN_RASTER : BC_SCAN_SERPENTINE, v & 1 ? 1 : 3,
                                  (v & 4) != 0, (v & 8) != 0);
        EXPECT_HASH(hash, kernels[i].hash, "%s", kernels[i].kernel);
    }
}

/* The order of summation is part of the contract: sums are the same to the last digit. */
static void sum_bytes(void **state)
{
    bc_error_sums sums = { 0 };

    (void)state;
    bc_noise_fill_f64(bc_noise_find("rpdf"), BC_DEFAULT_SEED, 4, 0, wide_x, N);
    bc_noise_fill_f64(bc_noise_find("tpdf"), BC_DEFAULT_SEED, 5, 0, wide_y, N);
    bc_error_add_f64(&sums, wide_x, wide_y, N - 3);
    bc_error_add_f64(&sums, wide_x, wide_y, 5);
    bc_noise_fill(bc_noise_find("rpdf"), BC_DEFAULT_SEED, 6, 0, x, N);
    bc_noise_fill(bc_noise_find("tpdf"), BC_DEFAULT_SEED, 7, 0, y, N);
    bc_error_add_f32(&sums, x, y, N - 3);
    const double values[] = { sums.sum_x, sums.sum_x2, sums.sum_e, sums.sum_e2, sums.max_abs_e };

    EXPECT_HASH(hash_doubles(hash_start, values, 5), 0x0229413c9c3f7cac, "error sums");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("noise is the same in every build", noise_bytes),
        SENTENCE("linear light is the same in every build", light_bytes),
        SENTENCE("quantized values and codes are the same in every build", quantized_bytes),
        SENTENCE("sums are the same in every build", sum_bytes),
        SENTENCE("fed back errors are the same in every build", feedback_bytes),
        SENTENCE("every diffusion kernel gives the same codes in every build", kernel_bytes),
    };

    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
