/* Every table of kernels that this machine runs gives the bits of the baseline. */
#include <string.h>

#include "base/cpu.h"
#include "bits.h"
#include "core/kernels.h"
#include "expect.h"

extern const bci_kernels bci_kernels_baseline;
#ifdef BCI_X86_LEVELS
extern const bci_kernels bci_kernels_v2, bci_kernels_v3, bci_kernels_v4;
static const bci_kernels *const tables[] = { &bci_kernels_baseline, &bci_kernels_v2,
                                             &bci_kernels_v3, &bci_kernels_v4 };
#else
static const bci_kernels *const tables[] = { &bci_kernels_baseline };
#endif

enum { MAX = 4096, N_LENGTHS = 69 }; /* 0 to 67, and 4096 */

static size_t n_tables;
static float x32[MAX], y32[MAX], noise32[MAX], out32[2][MAX + 1];
static double x64[MAX], y64[MAX], noise64[MAX], out64[2][MAX + 1];
static int32_t codes[2][MAX + 1];
static uint32_t words[2][4 * MAX];

static size_t length_at(size_t i)
{
    return i < 68 ? i : MAX;
}

/* Ordinary numbers with a good share of any bits: NaN, infinities, denormals, far numbers. */
static int prepare(void **state)
{
    uint64_t seed = 121;

    (void)state;
    for (size_t i = 0; i < MAX; i++) {
        const bool strange = i % 5 == 2;

        x64[i] = strange ? f64_of(random_bits(&seed)) : random_between(&seed, -2.0, 2.0);
        y64[i] = i % 11 == 4 ? f64_of(random_bits(&seed)) : x64[i] + 1e-3;
        x32[i] = strange ? f32_of((uint32_t)random_bits(&seed)) : (float)x64[i];
        y32[i] = i % 11 == 4 ? f32_of((uint32_t)random_bits(&seed)) : x32[i] + 1e-3f;
        noise32[i] = (float)random_between(&seed, -1.0, 1.0);
        noise64[i] = (double)noise32[i];
        words[0][i] = (uint32_t)random_bits(&seed);
    }
    const double special[] = {
        NAN, INFINITY, -INFINITY, 0.0, -0.0, 0x1p-1074, 0x1p-149, 0.5, -0.5
    };

    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        x64[3 + i] = special[i];
        x32[3 + i] = (float)special[i];
    }
    words[0][0] = 0;
    words[0][1] = UINT32_MAX;
    n_tables = (size_t)bci_cpu_detect() + 1;
    if (n_tables > sizeof tables / sizeof *tables)
        n_tables = sizeof tables / sizeof *tables;
    print_message("[          ] this machine runs %zu of %zu tables, up to %s\n", n_tables,
                  sizeof tables / sizeof *tables, tables[n_tables - 1]->name);
    return 0;
}

/* inv, den, gain, offset, zero, lo, hi. */
/* clang-format off */
static const struct {
    double inv, den, gain, offset, zero, lo, hi;
    bool truncate;
} affines[] = {
    { 15, 15, 1, 0, 0, 0, 15, false },           { 16, 15, 1, 0, 0, 0, 15, true },
    { 32768, 32768, 1, 0, 0, -32768, 32767, false },
    { 32768, 32768, 1, 0, 0, -32768, 32767, true },
    { 127 / 0.37, 127, 0.37, 0, 0, -127, 127, false },
    { 255 / 4.1, 255, 4.1, 0, 93, 0, 255, false }, { 255 / 4.1, 255, 4.1, -2.1, 0, 0, 255, true },
    { 0, 255, 0, 7.25, 0, 0, 255, false },       { 1, 1, 1, 0, 0, 0, 1, false },
    { 2097151, 2097151, 1, 0, 0, -2097151, 2097151, false },
    { 8, 8, 1, 0, -0.5, -8, 7, false },
};
/* clang-format on */

static void quantizing(void **state)
{
    (void)state;
    for (size_t a = 0; a < sizeof affines / sizeof *affines; a++) {
        const bci_affine_f64 wide = { affines[a].inv,    affines[a].den,  affines[a].gain,
                                      affines[a].offset, affines[a].zero, affines[a].zero,
                                      affines[a].lo,     affines[a].hi,   affines[a].truncate };
        const bci_affine_f32 narrow = { (float)wide.inv,    (float)wide.den,  (float)wide.gain,
                                        (float)wide.offset, (float)wide.zero, (float)wide.origin,
                                        (float)wide.lo,     (float)wide.hi,   wide.truncate };

        for (size_t t = 1; t < n_tables; t++) {
            for (size_t l = 0; l < N_LENGTHS; l++) {
                const size_t n = length_at(l);

                for (size_t side = 0; side < 2; side++) {
                    const bci_kernels *k = tables[side ? t : 0];

                    out32[side][n] = 42.0f;
                    codes[side][n] = 42;
                    k->quantize_f32(&narrow, x32, noise32, n, out32[side], codes[side]);
                }
                EXPECT(memcmp(out32[0], out32[1], (n + 1) * sizeof **out32) == 0 &&
                           memcmp(codes[0], codes[1], (n + 1) * sizeof **codes) == 0,
                       "quantize_f32, affine %zu, %zu samples: %s differs", a, n, tables[t]->name);
                for (size_t side = 0; side < 2; side++) {
                    const bci_kernels *k = tables[side ? t : 0];

                    out64[side][n] = 42.0;
                    codes[side][n] = 42;
                    k->quantize_f64(&wide, x64, noise64, n, out64[side], codes[side]);
                }
                EXPECT(memcmp(out64[0], out64[1], (n + 1) * sizeof **out64) == 0 &&
                           memcmp(codes[0], codes[1], (n + 1) * sizeof **codes) == 0,
                       "quantize_f64, affine %zu, %zu samples: %s differs", a, n, tables[t]->name);
            }
        }
    }
}

/* Two channels; the errors, which go on from sample to sample, are compared too. */
static void feedback(void **state)
{
    static const double c[17] = { 1.8,  -1.9, 1.2, -1.1, 0.1,  0.5, -0.4, 0.3, 0.2,
                                  -0.7, 0.9,  0.1, -0.5, 0.25, 0.3, -0.2, 0.1 };
    static double errors[2][2 * (17 + MAX)], out_y[2][2][MAX];
    static int32_t out_codes[2][2][MAX];

    (void)state;
    for (size_t run = 0; run < 4 * sizeof affines / sizeof *affines; run++) {
        const size_t a = run / 4;
        const bci_affine_f64 wide = { affines[a].inv,    affines[a].den,  affines[a].gain,
                                      affines[a].offset, affines[a].zero, affines[a].zero,
                                      affines[a].lo,     affines[a].hi,   false };
        bci_feedback_taps taps = { .n_rows = 4 * (run % 4 + 1), .second = c[1], .newest = c[0] };

        for (size_t k = 0; k < taps.n_rows; k++)
            for (size_t j = 0; j < 4; j++)
                taps.rows[k][j] = c[taps.n_rows - k - (j > 1 && k > 0)];
        for (size_t t = 1; t < n_tables; t++) {
            for (size_t side = 0; side < 2; side++) {
                const double *const xs[2] = { x64, y64 }, *const d[2] = { noise64, noise64 };
                double *const ys[2] = { out_y[side][0], out_y[side][1] };
                int32_t *const cs[2] = { out_codes[side][0], out_codes[side][1] };

                memset(errors[side], 0, sizeof errors[side]);
                tables[side ? t : 0]->feedback_f64(&wide, &taps, errors[side], xs, d, MAX - t, ys,
                                                   cs);
            }
            EXPECT(memcmp(errors[0], errors[1], sizeof errors[0]) == 0 &&
                       memcmp(out_y[0], out_y[1], sizeof out_y[0]) == 0 &&
                       memcmp(out_codes[0], out_codes[1], sizeof out_codes[0]) == 0,
                   "feedback_f64, affine %zu, %zu rows: %s differs", a, taps.n_rows,
                   tables[t]->name);
        }
    }
}

static void error_lanes(void **state)
{
    (void)state;
    for (size_t t = 1; t < n_tables; t++) {
        for (size_t l = 0; l < N_LENGTHS; l++) {
            for (size_t first = 0; first < 3; first++) {
                const size_t n = length_at(l) < MAX - 2 ? length_at(l) : MAX - 2;
                bci_error_lanes a = { .x = { 1.0 } }, b = a;

                tables[0]->error_f32(&a, x32 + first, y32 + first, n);
                tables[t]->error_f32(&b, x32 + first, y32 + first, n);
                EXPECT(memcmp(&a, &b, sizeof a) == 0, "error_f32, %zu samples: %s differs", n,
                       tables[t]->name);
                tables[0]->error_f64(&a, x64 + first, y64 + first, n);
                tables[t]->error_f64(&b, x64 + first, y64 + first, n);
                EXPECT(memcmp(&a, &b, sizeof a) == 0, "error_f64, %zu samples: %s differs", n,
                       tables[t]->name);
                const float low[3] = { -0.3f, -0.1f, 0.0f }, high[3] = { 0.4f, 0.9f, 0.0f };
                double e2[2] = { 0.5, 0.5 };
                const uint64_t plain =
                    tables[0]->overload_f32(x32 + first, y32 + first, 3, n / 3, low, high, &e2[0]);
                const uint64_t fast =
                    tables[t]->overload_f32(x32 + first, y32 + first, 3, n / 3, low, high, &e2[1]);

                EXPECT(plain == fast && memcmp(&e2[0], &e2[1], sizeof *e2) == 0,
                       "overload_f32, %zu samples: %s differs", n, tables[t]->name);
            }
        }
    }
}

static void random_words(void **state)
{
    static const struct {
        uint64_t seed, first;
        uint32_t stream, purpose;
    } places[] = { { 0, 0, 0, 0 },
                   { 0x62697463, 5, 3, 1 },
                   { UINT64_MAX, UINT64_MAX - 3, 9, 2 },
                   { 7, UINT32_MAX - 2, UINT32_MAX, UINT32_MAX } };

    (void)state;
    for (size_t t = 1; t < n_tables; t++) {
        for (size_t l = 0; l < N_LENGTHS; l++) {
            for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
                static uint32_t other[4 * MAX], base[4 * MAX];
                const size_t n = length_at(l);

                tables[0]->random_words(places[p].seed, places[p].first, places[p].stream,
                                        places[p].purpose, base, n);
                tables[t]->random_words(places[p].seed, places[p].first, places[p].stream,
                                        places[p].purpose, other, n);
                EXPECT(memcmp(base, other, n * 4 * sizeof *base) == 0,
                       "random_words, place %zu, %zu blocks: %s differs", p, n, tables[t]->name);
            }
        }
    }
}

static void noise(void **state)
{
    (void)state;
    for (size_t t = 1; t < n_tables; t++) {
        for (size_t l = 0; l < N_LENGTHS; l++) {
            const size_t n = length_at(l), even = n & ~(size_t)1;

            for (size_t which = 0; which < 3; which++) {
                for (size_t side = 0; side < 2; side++) {
                    const bci_kernels *k = tables[side ? t : 0];

                    memset(out32[side], 0, sizeof out32[side]);
                    if (which == 0)
                        k->rpdf(words[0], out32[side], n);
                    else if (which == 1)
                        k->tpdf(words[0], out32[side], n);
                    else
                        k->gaussian(words[0], out32[side], even);
                }
                EXPECT(memcmp(out32[0], out32[1], sizeof out32[0]) == 0,
                       "noise %zu, %zu samples: %s differs", which, n, tables[t]->name);
            }
        }
    }
}

/* The words at the ends and in the middle, by hand: the middle of one of 2^23 cells of
 * (-1/2, 1/2), and the sum of two of 2^16. */
static void uniform_formulas(void **state)
{
    static const struct {
        uint32_t word;
        double rpdf, tpdf;
    } rows[] = {
        { 0, -0.5 + 0x1p-24, -65535 * 0x1p-16 },
        { UINT32_MAX, 0.5 - 0x1p-24, 65535 * 0x1p-16 },
        { 0x80000000, 0x1p-24, (32768 - 65535) * 0x1p-16 },
        { 0x7FFFFFFF, -0x1p-24, (32767 + 65535 - 65535) * 0x1p-16 },
        { 0x7FFF8000, -127 * 0x1p-24, 0.0 },
        { 0x800001FF, 0x1p-24, (32768 + 511 - 65535) * 0x1p-16 },
        { 0x80000200, 3 * 0x1p-24, (32768 + 512 - 65535) * 0x1p-16 },
    };

    (void)state;
    for (size_t t = 0; t < n_tables; t++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            float got[2];

            tables[t]->rpdf(&rows[i].word, &got[0], 1);
            tables[t]->tpdf(&rows[i].word, &got[1], 1);
            EXPECT_NEAR((double)got[0], rows[i].rpdf, 0.0, "%s: rpdf of %08x", tables[t]->name,
                        rows[i].word);
            EXPECT_NEAR((double)got[1], rows[i].tpdf, 0.0, "%s: tpdf of %08x", tables[t]->name,
                        rows[i].word);
        }
    }
}

/* Box and Muller 1958, with sigma 1/2 and the functions of libm. */
static void gaussian_formula(void **state)
{
    const double pi = 3.14159265358979324;

    (void)state;
    tables[0]->gaussian(words[0], out32[0], MAX);
    for (size_t i = 0; i < MAX; i += 2) {
        const double radius = 0.5 * sqrt(-2.0 * log((words[0][i] + 0.5) * 0x1p-32));
        const double angle = 2.0 * pi * (words[0][i + 1] + 0.5) * 0x1p-32;
        const double want[2] = { radius * cos(angle), radius * sin(angle) };

        for (size_t k = 0; k < 2; k++) /* half a unit of a float, and 1e-10 of the series */
            EXPECT_NEAR((double)out32[0][i + k], want[k], 0x1p-24 * fabs(want[k]) + 1e-10,
                        "words %08x %08x, number %zu", words[0][i], words[0][i + 1], k);
    }
}

static void names(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        assert_string_equal(tables[t]->name, bci_cpu_name((bci_cpu)t));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("quantizing gives the same bits on every CPU level", quantizing),
        SENTENCE("error feedback gives the same bits on every CPU level", feedback),
        SENTENCE("error lanes are the same on every CPU level", error_lanes),
        SENTENCE("random words are the same on every CPU level", random_words),
        SENTENCE("noise is the same on every CPU level", noise),
        SENTENCE("uniform words become noise as by hand", uniform_formulas),
        SENTENCE("Gaussian noise is that of Box and Muller", gaussian_formula),
        SENTENCE("every table has the name of its level", names),
    };

    return cmocka_run_group_tests_name("CPU levels", tests, prepare, NULL);
}
