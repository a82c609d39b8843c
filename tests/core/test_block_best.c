/* The encoder that looks for the least error: never worse than the exact one, better where that is
 * claimed, and the best of all scales where all can be tried. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/blocks.h"
#include "bits.h"
#include "expect.h"

enum { N = 4096, ROW = 256, MAX_BYTES = 2 * N };

static const bc_block_format *rows;
static size_t n_rows;
static float x[N + 1], y[N], importance[ROW + 1], weights[N];
static uint8_t exact[MAX_BYTES], best[MAX_BYTES];

static size_t load(const char *name, float *out, size_t room)
{
    char path[400];

    snprintf(path, sizeof path, "%s/%s.f32", BLOCKS_DIR, name);

    FILE *file = fopen(path, "rb");

    EXPECT(file, "%s cannot be opened", path);

    const size_t n = fread(out, sizeof *out, room, file);

    fclose(file);
    return n;
}

static int prepare(void **state)
{
    (void)state;
    n_rows = bc_block_rows(&rows);
    return load("importance", importance, ROW + 1) != ROW;
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

/* Of one block, as a reader sees it; NaN counts as 0, infinity as the largest float. */
static double error_of(const bc_block_format *f, const float *in, const float *w,
                       const uint8_t *block)
{
    double sum = 0;

    f->decode(block, 1, y);
    for (size_t i = 0; i < f->block_length; i++) {
        const float v = in[i] != in[i] ? 0.0f : fmaxf(-FLT_MAX, fminf(in[i], FLT_MAX));
        const double e = (double)y[i] - (double)v;

        sum += (w ? (double)w[i] : 1.0) * (e * e);
    }
    return sum;
}

static void expect_not_worse(const char *what, size_t n, const float *w)
{
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        const size_t length = f->block_length, n_blocks = n / length;

        f->encode(x, w, n_blocks, exact);
        bc_block_encode_best(f, x, w, n_blocks, best);
        for (size_t k = 0; k < n_blocks; k++) {
            const float *in = x + k * length, *counts = w ? w + k * length : NULL;
            const double before = error_of(f, in, counts, exact + k * f->block_bytes);
            const double after = error_of(f, in, counts, best + k * f->block_bytes);

            EXPECT(!(after > before) && (after == after || before != before),
                   "%s of %s, block %zu%s: error %g, the exact encoder has %g", f->name, what, k,
                   w ? " with importance" : "", after, before);
        }
    }
}

static void never_worse_on_known_data(void **state)
{
    static const char *const names[] = { "gauss",    "student3", "uniform",   "laplace", "outliers",
                                         "positive", "negative", "constants", "zeros",   "sparse",
                                         "ties",     "ternary",  "small",     "tiny",    "large",
                                         "scales",   "ramp",     "sixteens",  "powers",  "bits" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = load(names[i], x, N + 1);

        n = n < 2048 ? n : 2048; /* some time is saved */
        expect_not_worse(names[i], n, NULL);
        for (size_t j = 0; j < N; j++)
            weights[j] = importance[j % ROW];
        expect_not_worse(names[i], n, weights);
    }
}

static void never_worse_on_strange_data(void **state)
{
    uint64_t seed = 31;

    (void)state;
    for (size_t pattern = 0; pattern < 8; pattern++) {
        for (size_t i = 0; i < ROW; i++) {
            switch (pattern) {
            case 0: x[i] = f32_of((uint32_t)random_bits(&seed)); break;
            case 1: x[i] = i % 2 ? INFINITY : NAN; break;
            case 2: x[i] = i % 3 ? FLT_MAX : -FLT_MAX; break;
            case 3: x[i] = 0x1p-149f * (float)(i % 7); break;
            case 4: x[i] = i == 17 ? 1e30f : 1e-3f * (float)(i % 5); break;
            case 5: x[i] = 1e5f * (float)(i % 9); break; /* above 16-bit floats */
            case 6: x[i] = 3e-39f; break;
            default: x[i] = (float)random_between(&seed, 0.9, 1.0); break;
            }
            weights[i] = pattern % 2 ? 0.0f : i % 2 ? 1e20f : 1e-20f;
        }
        expect_not_worse("strange data", ROW, NULL);
        expect_not_worse("strange data", ROW, weights);
    }
}

/* What the manual says of normal data, less a tenth. */
static const struct gain_row {
    const char *name;
    double gain_db;
} gains[] = {
    { "q8_0", 0.75 },   { "q4_0", 0.45 },   { "q4_1", 0.75 }, { "q5_0", 0.45 }, { "q5_1", 0.7 },
    { "q2_k", 1.0 },    { "q3_k", 0.35 },   { "q4_k", 0.19 }, { "q5_k", 0.4 },  { "q6_k", 0.4 },
    { "iq4_nl", 0.25 }, { "iq4_xs", 0.25 }, { "tq1_0", 4.8 }, { "tq2_0", 4.8 }, { "mxfp4", 0.18 },
    { "nvfp4", 0.6 },   { "q2_0", 5.6 },    { "nf4", 0.8 },   { "fp4", 0.6 },
};

static void better_on_normal_data(void **state)
{
    (void)state;
    fill_normal(0.02f, 32);
    for (size_t i = 0; i < sizeof gains / sizeof *gains; i++) {
        const bc_block_format *f = bc_block_find(gains[i].name);
        double before = 0, after = 0;

        f->encode(x, NULL, N / f->block_length, exact);
        bc_block_encode_best(f, x, NULL, N / f->block_length, best);
        for (size_t k = 0; k < N / f->block_length; k++) {
            before += error_of(f, x + k * f->block_length, NULL, exact + k * f->block_bytes);
            after += error_of(f, x + k * f->block_length, NULL, best + k * f->block_bytes);
        }
        const double gain_db = 10 * log10(before / after);

        EXPECT(gain_db >= gains[i].gain_db, "%s: %.3f dB better, expected %.2f at least", f->name,
               gain_db, gains[i].gain_db);
    }
}

/* The least error of a block over every scale of two bytes, or one, that the format can store. */
static double least_of_all(const bc_block_format *f, const float *in, size_t scale_bytes)
{
    static const float silence[ROW];
    uint8_t block[64];
    double least = INFINITY;

    f->encode(in, NULL, 1, block);
    for (uint32_t bits = 0; bits < 1u << 8 * scale_bytes; bits++) {
        block[0] = (uint8_t)bits;
        if (scale_bytes == 2)
            block[1] = (uint8_t)(bits >> 8);
        bc_block_dither(f, in, silence, 1, block);
        least = fmin(least, error_of(f, in, NULL, block)); /* fmin passes over NaN */
    }
    return least;
}

/* Powers of two are few: the best is the best. Of 65536 scales of 16 bits it is within a share that
 * grows with the number of codes, as the fit has ever more places to end in. */
static void near_the_best_of_all_scales(void **state)
{
    static const struct {
        const char *name;
        size_t scale_bytes, n_blocks;
        double share;
    } cases[] = {
        { "mxfp4", 1, 64, 1e-6 },      { "mxfp8_e4m3", 1, 32, 1e-6 },
        { "mxfp8_e5m2", 1, 32, 1e-6 }, { "mxfp6_e2m3", 1, 32, 1e-6 },
        { "mxfp6_e3m2", 1, 32, 1e-6 }, { "mxfp4_e2m1", 1, 64, 1e-6 },
        { "mxint8", 1, 32, 1e-6 },     { "nvfp4_modelopt", 1, 64, 1e-6 },
        { "q4_0", 2, 4, 0.02 },        { "q5_0", 2, 4, 0.05 },
        { "q8_0", 2, 4, 0.1 },         { "iq4_nl", 2, 4, 0.05 },
        { "q2_0", 2, 4, 0.01 },
    };

    (void)state;
    fill_normal(0.02f, 33);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bc_block_format *f = bc_block_find(cases[i].name);

        for (size_t k = 0; k < cases[i].n_blocks; k++) {
            const float *in = x + k * f->block_length;
            const double least = least_of_all(f, in, cases[i].scale_bytes);

            bc_block_encode_best(f, in, NULL, 1, best);

            const double got = error_of(f, in, NULL, best);

            EXPECT(got <= least * (1 + cases[i].share),
                   "%s, block %zu: error %g, the best of all scales has %g", f->name, k, got,
                   least);
        }
    }
}

/* Importance is minded in every format with scales: the important come out better. */
static void importance_shifts_errors(void **state)
{
    (void)state;
    fill_normal(0.02f, 34);
    for (size_t i = 0; i < N; i++)
        weights[i] = i % 4 == 0 ? 100.0f : 0.01f;
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        const size_t n_blocks = N / f->block_length;
        double squares[2] = { 0 };

        /* where every scale is a power of two there is little to choose */
        if (f->block_length == 1 || strncmp(f->name, "mx", 2) == 0)
            continue;
        for (int side = 0; side < 2; side++) {
            bc_block_encode_best(f, x, side ? weights : NULL, n_blocks, best);
            f->decode(best, n_blocks, y);
            for (size_t i = 0; i < N; i += 4)
                squares[side] += ((double)y[i] - (double)x[i]) * ((double)y[i] - (double)x[i]);
        }
        EXPECT(squares[1] < squares[0], "%s: %g of the important, %g without", f->name, squares[1],
               squares[0]);
    }
}

static void split_calls(void **state)
{
    (void)state;
    fill_normal(1.0f, 35);
    for (const bc_block_format *f = rows; f < rows + n_rows; f++) {
        const size_t n = 1024 / f->block_length;

        bc_block_encode_best(f, x, NULL, n, exact);
        for (size_t k = 0; k < n; k++)
            bc_block_encode_best(f, x + k * f->block_length, NULL, 1, best + k * f->block_bytes);
        EXPECT(memcmp(exact, best, n * f->block_bytes) == 0, "%s: pieces differ", f->name);
    }
}

/* One number for the bytes of all formats: the same from every compiler and at every CPU level. */
static void the_same_bytes_everywhere(void **state)
{
    uint64_t hash = 0;

    (void)state;
    load("student3", x, N);
    for (size_t i = 0; i < N; i++)
        weights[i] = importance[i % ROW];
    for (const bc_block_format *f = rows; f < rows + n_rows; f++)
        for (int weighted = 0; weighted < 2; weighted++) {
            bc_block_encode_best(f, x, weighted ? weights : NULL, 2048 / f->block_length, best);
            hash = hash_bytes(hash, best, 2048 / f->block_length * f->block_bytes);
        }
    EXPECT(hash == UINT64_C(0xc2b943a6f7cc0589), "hash 0x%016llx", (unsigned long long)hash);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("no block of known data is worse than the exact one", never_worse_on_known_data),
        SENTENCE("no block of strange data is worse", never_worse_on_strange_data),
        SENTENCE("normal data are better by what the manual says", better_on_normal_data),
        SENTENCE("no scale is better, or few and little", near_the_best_of_all_scales),
        SENTENCE("importance shifts errors to the unimportant", importance_shifts_errors),
        SENTENCE("every machine gives the same bytes", the_same_bytes_everywhere),
        SENTENCE("any split into calls gives the same bytes", split_calls),
    };

    return cmocka_run_group_tests_name("the best encoder of block formats", tests, prepare, NULL);
}
