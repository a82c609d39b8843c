/* What holds for block formats by their definitions: sizes, bounds of the error, what twice gives,
 * and data at the limits of floats. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/blocks.h"
#include "bits.h"
#include "expect.h"

enum { N = 4096, ROW = 256, MAX_BYTES = 4 * N };

static const bc_block_format *rows;
static size_t n_rows;
static float x[N], y[N], z[N], ones[N];
static uint8_t bytes[2][MAX_BYTES + 1];

static int prepare(void **state)
{
    (void)state;
    n_rows = bc_block_rows(&rows);
    for (size_t i = 0; i < N; i++)
        ones[i] = 1.0f;
    return n_rows == 0;
}

/* Sum of twelve uniform numbers: variance 1, and close enough to normal. */
static void fill_normal(float sigma, uint64_t seed)
{
    for (size_t i = 0; i < N; i++) {
        double sum = 0;

        for (int k = 0; k < 12; k++)
            sum += random_between(&seed, -0.5, 0.5);
        x[i] = sigma * (float)sum;
    }
}

static size_t blocks_in(const bc_block_format *f, size_t n)
{
    return n / f->block_length;
}

static void round_trip(const bc_block_format *f, const float *in, size_t n, float *out)
{
    f->encode(in, NULL, blocks_in(f, n), bytes[0]);
    f->decode(bytes[0], blocks_in(f, n), out);
}

/* ---- sizes, and numbers as GGUF files have them */

static const struct size_row {
    const char *name;
    uint32_t length, bytes;
    int type;
    double bits;
} sizes[] = {
    { "f16", 1, 2, 1, 16 },
    { "bf16", 1, 2, 30, 16 },
    { "q4_0", 32, 18, 2, 4.5 },
    { "q4_1", 32, 20, 3, 5 },
    { "q5_0", 32, 22, 6, 5.5 },
    { "q5_1", 32, 24, 7, 6 },
    { "q8_0", 32, 34, 8, 8.5 },
    { "q2_k", 256, 84, 10, 2.625 },
    { "q3_k", 256, 110, 11, 3.4375 },
    { "q4_k", 256, 144, 12, 4.5 },
    { "q5_k", 256, 176, 13, 5.5 },
    { "q6_k", 256, 210, 14, 6.5625 },
    { "iq4_nl", 32, 18, 20, 4.5 },
    { "iq4_xs", 256, 136, 23, 4.25 },
    { "tq1_0", 256, 54, 34, 1.6875 },
    { "tq2_0", 256, 66, 35, 2.0625 },
    { "mxfp4", 32, 17, 39, 4.25 },
    { "nvfp4", 64, 36, 40, 4.5 },
    { "q1_0", 128, 18, 41, 1.125 },
    { "q2_0", 64, 18, 42, 2.25 },
    { "nf4", 64, 36, -1, 4.5 },
    { "fp4", 64, 36, -1, 4.5 },
    { "mxfp8_e4m3", 32, 33, -1, 8.25 },
    { "mxfp8_e5m2", 32, 33, -1, 8.25 },
    { "mxfp6_e2m3", 32, 25, -1, 6.25 },
    { "mxfp6_e3m2", 32, 25, -1, 6.25 },
    { "mxfp4_e2m1", 32, 17, -1, 4.25 },
    { "mxint8", 32, 33, -1, 8.25 },
    { "nvfp4_modelopt", 16, 9, -1, 4.5 },
};

static void known_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const bc_block_format *f = bc_block_find(sizes[i].name);

        EXPECT(f, "%s is not there", sizes[i].name);
        EXPECT(f->block_length == sizes[i].length && f->block_bytes == sizes[i].bytes &&
                   f->ggml_type == sizes[i].type && f->bits_per_weight == sizes[i].bits,
               "%s: %u weights in %u bytes, type %d, %g bits", f->name, f->block_length,
               f->block_bytes, f->ggml_type, f->bits_per_weight);
    }
    assert_null(bc_block_find("q4_2"));
    assert_null(bc_block_find(""));
}

static void rows_are_complete(void **state)
{
    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        EXPECT(bc_block_find(f->name) == f, "%s is not found by name", f->name);
        EXPECT(*f->doc && *f->source, "%s has no words", f->name);
        EXPECT(f->block_bytes * 8.0 == f->bits_per_weight * f->block_length, "%s: %g bits", f->name,
               f->bits_per_weight);
    }
}

/* ---- errors */

/* The largest error as a share of the largest magnitude in a block, or of its range. Half a step
 * of the scale; where the far end of the scale is one step short, or the next power of two lies
 * above the largest code, that whole. A scale or minimum of 11 bits adds 2^-11 (bounded below for
 * both together by 2^-10). */
static const struct bound_row {
    const char *name;
    double share;
    bool of_range;
} bounds[] = {
    { "f16", 0x1p-11, false },
    { "bf16", 0x1p-8, false },
    { "q8_0", 1.0 / 254, false },
    { "q4_0", 1.0 / 8, false },
    { "q5_0", 1.0 / 16, false },
    { "q4_1", 1.0 / 30, true },
    { "q5_1", 1.0 / 62, true },
    { "tq1_0", 1.0 / 2, false },
    { "tq2_0", 1.0 / 2, false },
    { "q2_0", 1.0 / 2, false },
    { "mxfp4", 1.0 / 4, false },
    { "nvfp4", 17.0 / 16 / 6, false }, /* half of 4..6, and a scale up to 1/16 too large */
    { "nf4", (1 - 0.6961928009986877) / 2, false },
    { "fp4", 1.0 / 6, false },
    { "mxfp8_e4m3", 0.125, false }, /* 511 becomes 448 */
    { "mxfp8_e5m2", 0.125, false },
    { "mxfp6_e2m3", 1.0 / 16, false },
    { "mxfp6_e3m2", 1.0 / 8, false },
    { "mxfp4_e2m1", 1.0 / 4, false },
    { "mxint8", 1.0 / 128, false },
};

static void error_bounds(void **state)
{
    (void)state;
    fill_normal(1.0f, 3);
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        const bc_block_format *f = bc_block_find(bounds[i].name);
        const size_t n = f->block_length;

        round_trip(f, x, N, y);
        for (size_t b = 0; b < N; b += n) {
            double low = 0, high = 0, largest;

            for (size_t j = b; j < b + n; j++) {
                low = fmin(low, (double)x[j]);
                high = fmax(high, (double)x[j]);
            }
            largest = fmax(high, -low);
            for (size_t j = b; j < b + n; j++)
                EXPECT_NEAR((double)y[j], (double)x[j],
                            bounds[i].share * (bounds[i].of_range ? high - low : largest) +
                                (n > 1 ? 0x1p-10 * largest : 0),
                            "%s, number %zu", f->name, j);
        }
    }
}

/* Bits alone bound the SNR of normal data: 6.02 dB each (Shannon 1959). The floor is what a format
 * has to reach, half a decibel under what it does. */
static const struct snr_row {
    const char *name;
    double floor_db;
} floors[] = {
    { "q1_0", 4.0 }, /* 4.40 dB with the mean magnitude of all, 1 / (1 - 2 / pi) */
    { "q2_k", 10.0 },   { "q3_k", 16.0 },   { "q4_k", 22.6 }, { "q5_k", 28.4 }, { "q6_k", 34.7 },
    { "iq4_nl", 21.9 }, { "iq4_xs", 21.8 }, { "q4_0", 21.0 }, { "q8_0", 45.2 },
};

static double snr_db(const float *in, const float *out)
{
    double signal = 0, noise = 0;

    for (size_t i = 0; i < N; i++) {
        const double e = (double)out[i] - (double)in[i];

        signal += (double)in[i] * (double)in[i];
        noise += e * e;
    }
    return 10 * log10(signal / noise);
}

static void signal_to_noise(void **state)
{
    (void)state;
    fill_normal(0.02f, 4);
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
        const bc_block_format *f = bc_block_find(floors[i].name);

        round_trip(f, x, N, y);

        const double plain = snr_db(x, y);

        EXPECT(plain >= floors[i].floor_db && plain <= 6.0206 * f->bits_per_weight,
               "%s: %.2f dB, expected %.2f to %.2f", f->name, plain, floors[i].floor_db,
               6.0206 * f->bits_per_weight);
    }
}

/* What counts more comes out better. */
static void importance_shifts_errors(void **state)
{
    static float weights[N];

    (void)state;
    fill_normal(0.02f, 5);
    for (size_t i = 0; i < N; i++)
        weights[i] = i % 4 == 0 ? 100.0f : 0.01f;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        double squares[2] = { 0 };

        if (!f->uses_importance)
            continue;
        for (int side = 0; side < 2; side++) {
            f->encode(x, side ? weights : ones, blocks_in(f, N), bytes[0]);
            f->decode(bytes[0], blocks_in(f, N), y);
            for (size_t i = 0; i < N; i += 4)
                squares[side] += ((double)y[i] - (double)x[i]) * ((double)y[i] - (double)x[i]);
        }
        EXPECT(squares[1] < squares[0], "%s: %g of the important, %g without", f->name, squares[1],
               squares[0]);
    }
}

/* ---- twice is once: the number that sets the scale is stored exactly, and so is the scale. A
 * search may find another scale for what it made. */

static void twice_is_once(void **state)
{
    static const char *const names[] = { "f16",        "bf16",          "q8_0",       "q4_0",
                                         "q5_0",       "q4_1",          "q5_1",       "q1_0",
                                         "tq1_0",      "tq2_0",         "q2_0",       "mxfp4",
                                         "nvfp4",      "nf4",           "fp4",        "mxfp8_e4m3",
                                         "mxfp8_e5m2", "mxfp6_e2m3",    "mxfp6_e3m2", "mxfp4_e2m1",
                                         "mxint8",     "nvfp4_modelopt" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bc_block_format *f = bc_block_find(names[i]);

        for (uint64_t seed = 0; seed < 4; seed++) {
            fill_normal(1.0f, seed);
            round_trip(f, x, N, y);
            round_trip(f, y, N, z);
            for (size_t j = 0; j < N; j++)
                EXPECT(y[j] == z[j], "%s: %a became %a", f->name, (double)y[j], (double)z[j]);
        }
    }
}

static void split_calls(void **state)
{
    (void)state;
    fill_normal(1.0f, 6);
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        const size_t n = blocks_in(f, N);

        f->encode(x, NULL, n, bytes[0]);
        for (size_t first = 0, step = 1; first < n; first += step, step = step % 9 + 1) {
            step = step < n - first ? step : n - first;
            f->encode(x + first * f->block_length, NULL, step, bytes[1] + first * f->block_bytes);
        }
        EXPECT(memcmp(bytes[0], bytes[1], n * f->block_bytes) == 0, "%s: pieces differ", f->name);
    }
}

/* ---- limits */

static void zeros(void **state)
{
    (void)state;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        for (size_t i = 0; i < ROW; i++)
            x[i] = i % 3 ? 0.0f : -0.0f;
        for (int weighted = 0; weighted < 2; weighted++) {
            f->encode(x, weighted ? ones : NULL, blocks_in(f, ROW), bytes[0]);
            f->decode(bytes[0], blocks_in(f, ROW), y);
            for (size_t i = 0; i < ROW; i++)
                EXPECT(y[i] == 0.0f, "%s: zero became %a", f->name, (double)y[i]);
        }
    }
}

/* Data that only floats can hold, by pattern. */
static float strange(size_t pattern, size_t i, uint64_t *seed)
{
    switch (pattern) {
    case 0: return NAN;
    case 1: return i % 2 ? INFINITY : -INFINITY;
    case 2: return i % 3 ? FLT_MAX : -FLT_MAX;
    case 3: return 0x1p-149f * (float)(i % 7);
    case 4: return i == 17 ? NAN : (float)i;
    case 5: return i % 64 == 17 ? -INFINITY : 0.5f;
    case 6: return (float)(i % 5) * 0x1p-130f - 0x1p-129f;
    case 7: return i % 2 ? 0x1p-126f : FLT_MAX;
    case 8: return 1e-15f * (float)(i % 3);
    case 9: return 3e-39f;
    default: return f32_of((uint32_t)random_bits(seed));
    }
}

enum { N_PATTERNS = 20, N_PLAIN = 10 };

static void strange_data(void **state)
{
    static float weights[ROW];
    uint64_t seed = 7;

    (void)state;
    for (size_t p = 0; p < 3 * N_PATTERNS; p++) {
        for (size_t i = 0; i < ROW; i++) {
            x[i] = strange(p % N_PATTERNS, i, &seed);
            weights[i] = p / N_PATTERNS == 1 ? 0.0f : i % 2 ? 1e30f : 1e-30f;
        }
        for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
            const size_t n = blocks_in(f, ROW), size = n * f->block_bytes;

            /* no byte is left as it was, none is written behind */
            for (int side = 0; side < 2; side++) {
                memset(bytes[side], side ? 0x55 : 0xAA, size + 1);
                f->encode(x, p < N_PATTERNS ? NULL : weights, n, bytes[side]);
                EXPECT(bytes[side][size] == (side ? 0x55 : 0xAA), "%s writes too far", f->name);
            }
            EXPECT(memcmp(bytes[0], bytes[1], size) == 0, "%s, pattern %zu: bytes are left",
                   f->name, p);
            f->decode(bytes[0], n, y);
        }
    }
}

/* As blocks.h says. */
static void nan_and_infinity(void **state)
{
    uint64_t seed = 8;

    (void)state;
    for (size_t p = 0; p < N_PATTERNS; p++) {
        for (size_t i = 0; i < ROW; i++) {
            x[i] = strange(p, i, &seed);
            z[i] = x[i] != x[i] ? 0.0f : fmaxf(-FLT_MAX, fminf(x[i], FLT_MAX));
        }
        for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
            if (f->block_length == 1)
                continue;
            for (int weighted = 0; weighted < 2; weighted++) {
                f->encode(x, weighted ? ones : NULL, blocks_in(f, ROW), bytes[0]);
                f->encode(z, weighted ? ones : NULL, blocks_in(f, ROW), bytes[1]);
                EXPECT(memcmp(bytes[0], bytes[1], blocks_in(f, ROW) * f->block_bytes) == 0,
                       "%s, pattern %zu: not as 0 and the largest float", f->name, p);
            }
        }
    }
}

static void any_bytes(void **state)
{
    uint64_t seed = 9;

    (void)state;
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < MAX_BYTES; i++)
            bytes[0][i] = (uint8_t)random_bits(&seed);
        for (const bc_block_format *f = rows; f < rows + n_rows; f++)
            f->decode(bytes[0], blocks_in(f, N), y);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("sizes and numbers are those of the documents", known_sizes),
        SENTENCE("every row is complete", rows_are_complete),
        SENTENCE("errors stay within the step of the scale", error_bounds),
        SENTENCE("normal data reach the SNR of the format", signal_to_noise),
        SENTENCE("importance shifts errors to the unimportant", importance_shifts_errors),
        SENTENCE("encoding decoded values changes nothing", twice_is_once),
        SENTENCE("any split into calls gives the same bytes", split_calls),
        SENTENCE("zeros stay zeros", zeros),
        SENTENCE("strange data fill every byte and no more", strange_data),
        SENTENCE("NaN is read as 0, infinity as the largest float", nan_and_infinity),
        SENTENCE("any bytes can be decoded", any_bytes),
    };

    return cmocka_run_group_tests_name("laws of block formats", tests, prepare, NULL);
}
