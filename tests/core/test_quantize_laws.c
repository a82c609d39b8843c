/* Laws of bc_quantize on every grid: marks stay, codes rise, and neither NULL, aliasing,
 * length nor the cut into calls changes a bit of the result. */
#include <stdlib.h>
#include <string.h>

#include "bitcrush/quantize.h"
#include "bits.h"
#include "every_grid.h"

enum { N = 2051 }; /* two inner chunks of 1024 and 3 more */

static double x64[N], noise64[N], y64[N], other64[N];
static float x32[N], noise32[N], y32[N], other32[N];
static int32_t codes[N], other_codes[N];

/* Data over the span and half as far beyond, with marks, zeros and what is not a number. */
static void make_data(const bc_grid *g)
{
    const int32_t top = top_finite_code(g), low = low_finite_code(g);
    const double high = bc_grid_value(g, top), bottom = bc_grid_value(g, low);
    const double strange[] = { 0.0,      -0.0,      NAN,       INFINITY, -INFINITY,
                               0x1p-149, -0x1p-140, 0x1p-1074, -1e-9,    1e-9 };
    const uint64_t n_marks = (uint64_t)((int64_t)top - low + 1);
    uint64_t seed = 11;

    for (size_t i = 0; i < N; i++) {
        x64[i] = bottom + (high - bottom) * random_between(&seed, -0.5, 1.5);
        if (i % 7 == 0)
            x64[i] = strange[i / 7 % (sizeof strange / sizeof *strange)];
        if (i % 7 == 1)
            x64[i] = bc_grid_value(g, (int32_t)(low + (int64_t)(random_bits(&seed) % n_marks)));
        x32[i] = (float)x64[i];
        noise32[i] = (float)random_between(&seed, -1.0, 1.0);
        noise64[i] = (double)noise32[i];
    }
}

static const bc_scale scales[] = {
    { 1.0, 0.0, 0 }, { 0.37, 0.0, 0 }, { 2.5, -0.01, 0 }, { 1e-3, 7.0, 0 }, { 3.0, 0.0, 1 },
};
enum { N_SCALES = sizeof scales / sizeof *scales };

/* A zero-point other than 0 is for affine grids. */
static bool applies(const bc_grid *g, const bc_scale *s)
{
    return g->family == BC_GRID_AFFINE || s->zero == 0;
}

static void marks_stay(const char *name, const bc_grid *g)
{
    make_data(g);
    for (int r = BC_ROUND_NEAREST; r <= BC_ROUND_TRUNCATE; r++) {
        /* A mark k / (2^n - 1) truncates to k: floor(k 2^n / (2^n - 1)) = k below the top. */
        bc_quantize_f64(g, &BC_SCALE_IDENTITY, (bc_rounding)r, x64, NULL, N, y64, codes);
        bc_quantize_f64(g, &BC_SCALE_IDENTITY, (bc_rounding)r, y64, NULL, N, other64, other_codes);
        for (size_t i = 0; i < N; i++)
            EXPECT(same_f64(y64[i], other64[i]), "%s f64, rounding %d: %a became %a, then %a", name,
                   r, x64[i], y64[i], other64[i]);
        bc_quantize_f32(g, &BC_SCALE_IDENTITY, (bc_rounding)r, x32, NULL, N, y32, codes);
        bc_quantize_f32(g, &BC_SCALE_IDENTITY, (bc_rounding)r, y32, NULL, N, other32, other_codes);
        for (size_t i = 0; i < N; i++) {
            /* 32-bit and 31-bit PCM values do not fit a float, so cutting may go on. */
            if (r == BC_ROUND_TRUNCATE && g->family == BC_GRID_AFFINE && g->bits > 24)
                continue;
            EXPECT(same_f32(y32[i], other32[i]), "%s f32, rounding %d: %a became %a, then %a", name,
                   r, (double)x32[i], (double)y32[i], (double)other32[i]);
        }
    }
}

static void quantizing_twice(void **state)
{
    (void)state;
    on_every_grid(marks_stay);
}

static int rising_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void codes_rise(const char *name, const bc_grid *g)
{
    make_data(g);
    for (size_t i = 0; i < N; i++)
        x64[i] = isnan(x64[i]) ? 0.0 : x64[i];
    qsort(x64, N, sizeof *x64, rising_doubles);
    for (size_t i = 0; i < N; i++)
        x32[i] = (float)x64[i];
    for (int r = BC_ROUND_NEAREST; r <= BC_ROUND_TRUNCATE; r++) {
        bc_quantize_f64(g, &BC_SCALE_IDENTITY, (bc_rounding)r, x64, NULL, N, y64, codes);
        bc_quantize_f32(g, &BC_SCALE_IDENTITY, (bc_rounding)r, x32, NULL, N, y32, other_codes);
        for (size_t i = 1; i < N; i++) {
            EXPECT(codes[i] >= codes[i - 1] && y64[i] >= y64[i - 1],
                   "%s f64, rounding %d: code falls at %a", name, r, x64[i]);
            EXPECT(other_codes[i] >= other_codes[i - 1] && y32[i] >= y32[i - 1],
                   "%s f32, rounding %d: code falls at %a", name, r, (double)x32[i]);
        }
    }
}

static void monotone(void **state)
{
    (void)state;
    on_every_grid(codes_rise);
}

static void codes_and_values(const char *name, const bc_grid *g)
{
    make_data(g);
    for (size_t s = 0; s < N_SCALES; s++) {
        if (!applies(g, &scales[s]))
            continue;
        bc_quantize_f64(g, &scales[s], BC_ROUND_NEAREST, x64, noise64, N, y64, codes);
        bc_dequantize_f64(g, &scales[s], codes, N, other64);
        for (size_t i = 0; i < N; i++) /* == : a code has no sign of zero */
            EXPECT(y64[i] == other64[i] || (isnan(y64[i]) && isnan(other64[i])),
                   "%s f64, scale %zu: %a is code %d, %a; decoded as %a", name, s, x64[i], codes[i],
                   y64[i], other64[i]);
        bc_quantize_f32(g, &scales[s], BC_ROUND_NEAREST, x32, noise32, N, y32, codes);
        bc_dequantize_f32(g, &scales[s], codes, N, other32);
        for (size_t i = 0; i < N; i++)
            EXPECT(y32[i] == other32[i] || (isnan(y32[i]) && isnan(other32[i])),
                   "%s f32, scale %zu: %a is code %d, %a; decoded as %a", name, s, (double)x32[i],
                   codes[i], (double)y32[i], (double)other32[i]);
    }
}

static void dequantizing(void **state)
{
    (void)state;
    on_every_grid(codes_and_values);
}

static void one_way(const char *name, const bc_grid *g)
{
    make_data(g);
    for (size_t s = 0; s < N_SCALES; s++) {
        if (!applies(g, &scales[s]))
            continue;
        bc_quantize_f64(g, &scales[s], BC_ROUND_NEAREST, x64, noise64, N, y64, codes);
        bc_quantize_f64(g, &scales[s], BC_ROUND_NEAREST, x64, noise64, N, NULL, other_codes);
        EXPECT(memcmp(codes, other_codes, sizeof codes) == 0, "%s f64: y NULL", name);
        bc_quantize_f64(g, &scales[s], BC_ROUND_NEAREST, x64, noise64, N, other64, NULL);
        EXPECT(memcmp(y64, other64, sizeof y64) == 0, "%s f64: codes NULL", name);
        memcpy(other64, x64, sizeof x64);
        bc_quantize_f64(g, &scales[s], BC_ROUND_NEAREST, other64, noise64, N, other64, NULL);
        for (size_t i = 0; i < N; i++)
            EXPECT(same_f64(y64[i], other64[i]), "%s f64, y is x: %a became %a, expected %a", name,
                   x64[i], other64[i], y64[i]);

        bc_quantize_f32(g, &scales[s], BC_ROUND_NEAREST, x32, noise32, N, y32, codes);
        bc_quantize_f32(g, &scales[s], BC_ROUND_NEAREST, x32, noise32, N, NULL, other_codes);
        EXPECT(memcmp(codes, other_codes, sizeof codes) == 0, "%s f32: y NULL", name);
        bc_quantize_f32(g, &scales[s], BC_ROUND_NEAREST, x32, noise32, N, other32, NULL);
        EXPECT(memcmp(y32, other32, sizeof y32) == 0, "%s f32: codes NULL", name);
        memcpy(other32, x32, sizeof x32);
        bc_quantize_f32(g, &scales[s], BC_ROUND_NEAREST, other32, noise32, N, other32, NULL);
        for (size_t i = 0; i < N; i++)
            EXPECT(same_f32(y32[i], other32[i]), "%s f32, y is x: %a became %a, expected %a", name,
                   (double)x32[i], (double)other32[i], (double)y32[i]);
        bc_quantize_f64(g, &scales[s], BC_ROUND_NEAREST, x64, noise64, N, NULL, NULL);
        bc_quantize_f32(g, &scales[s], BC_ROUND_NEAREST, x32, noise32, N, NULL, NULL);
    }
}

static void null_and_alias(void **state)
{
    (void)state;
    on_every_grid(one_way);
}

/* 0, 1, around vectors of 4, 8, 16 and 32, and around the inner chunk of 1024. */
static const size_t lengths[] = { 0,  1,  2,  3,  4,  5,  7,    8,    9,    15,   16,   17,
                                  31, 32, 33, 63, 64, 65, 1023, 1024, 1025, 2047, 2048, 2049 };

static void any_length(const char *name, const bc_grid *g)
{
    static double piece64[N];
    static float piece32[N];

    make_data(g);
    bc_quantize_f64(g, &scales[2], BC_ROUND_NEAREST, x64, noise64, N, y64, codes);
    bc_quantize_f32(g, &scales[2], BC_ROUND_NEAREST, x32, noise32, N, y32, other_codes);
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        const size_t n = lengths[l], from = 2 * (l % 2);

        memset(piece64, 0x5A, sizeof piece64);
        memset(piece32, 0x5A, sizeof piece32);
        const double guard64 = piece64[n];
        const float guard32 = piece32[n];

        bc_quantize_f64(g, &scales[2], BC_ROUND_NEAREST, x64 + from, noise64 + from, n, piece64,
                        NULL);
        bc_quantize_f32(g, &scales[2], BC_ROUND_NEAREST, x32 + from, noise32 + from, n, piece32,
                        NULL);
        EXPECT(memcmp(piece64, y64 + from, n * sizeof *y64) == 0, "%s f64: %zu samples", name, n);
        EXPECT(memcmp(piece32, y32 + from, n * sizeof *y32) == 0, "%s f32: %zu samples", name, n);
        EXPECT(same_f64(piece64[n], guard64) && same_f32(piece32[n], guard32),
               "%s: wrote past %zu samples", name, n);
    }
    for (size_t i = 0; i < 70; i++) {
        bc_quantize_f64(g, &scales[2], BC_ROUND_NEAREST, &x64[i], &noise64[i], 1, piece64, NULL);
        EXPECT(same_f64(piece64[0], y64[i]), "%s f64: sample %zu alone", name, i);
    }
}

static void lengths_agree(void **state)
{
    (void)state;
    on_every_grid(any_length);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("quantizing twice equals quantizing once", quantizing_twice),
        SENTENCE("codes and values rise with the data", monotone),
        SENTENCE("a code dequantizes to the value that came with it", dequantizing),
        SENTENCE("NULL results and y in place of x change nothing", null_and_alias),
        SENTENCE("any length and cut into calls gives the same bits", lengths_agree),
    };

    return cmocka_run_group_tests_name("quantize laws", tests, NULL, NULL);
}
