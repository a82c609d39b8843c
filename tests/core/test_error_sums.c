/* The error sums against hand values: what is added, merged and counted, what NaN and infinity do,
 * and what the gate lets pass. */
#include <float.h>
#include <string.h>

#include "bitcrush/blocks.h"
#include "bitcrush/measure.h"
#include "bitcrush/quantize.h"
#include "bits.h"
#include "grids.h"

enum { N = 4096 };

static double x[N], y[N];
static float narrow_x[N], narrow_y[N];

/* Whole numbers: every sum is exact in any order. */
static void make_whole_numbers(void)
{
    uint64_t seed = 101;

    for (size_t i = 0; i < N; i++) {
        x[i] = floor(random_between(&seed, -1000.0, 1000.0));
        y[i] = x[i] + floor(random_between(&seed, -9.0, 10.0));
        if (i % 50 == 17)
            x[i] = i % 100 == 17 ? (double)NAN : (double)INFINITY;
        if (i % 70 == 23)
            y[i] = -(double)INFINITY;
        if (i % 100 == 17 || i % 50 == 41)
            y[i] = i % 4 ? x[i] : 3.0; /* also where x is NaN */
        narrow_x[i] = (float)x[i];
        narrow_y[i] = (float)y[i];
    }
}

static bc_error_sums by_hand(size_t first, size_t n)
{
    bc_error_sums s = { 0 };

    for (size_t i = first; i < first + n; i++) {
        if (!isfinite(x[i]) && ((x[i] != x[i] && y[i] != y[i]) || x[i] == y[i])) {
            s.n_nonfinite++;
            continue;
        }
        s.n++;
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            s.n_lost++;
            s.sum_x += isfinite(x[i]) ? x[i] : 0.0;
            s.sum_x2 += isfinite(x[i]) ? x[i] * x[i] : 0.0;
            s.sum_e += y[i] - x[i];
            s.sum_e2 = s.max_abs_e = (double)INFINITY;
            continue;
        }
        s.sum_x += x[i];
        s.sum_x2 += x[i] * x[i];
        s.sum_e += y[i] - x[i];
        s.sum_e2 += (y[i] - x[i]) * (y[i] - x[i]);
        s.max_abs_e = fmax(s.max_abs_e, fabs(y[i] - x[i]));
    }
    return s;
}

static bool is_same(double a, double b)
{
    return a == b || (a != a && b != b);
}

static void expect_same(const bc_error_sums *a, const bc_error_sums *b, const char *what, size_t n)
{
    EXPECT(a->n == b->n && a->n_nonfinite == b->n_nonfinite && a->n_clipped == b->n_clipped &&
               a->n_lost == b->n_lost,
           "%s, %zu samples: counts %llu, %llu, %llu", what, n, (unsigned long long)a->n,
           (unsigned long long)a->n_nonfinite, (unsigned long long)a->n_lost);
    EXPECT(is_same(a->sum_x, b->sum_x), "%s, %zu samples: sum of x", what, n);
    EXPECT(is_same(a->sum_x2, b->sum_x2), "%s, %zu samples: sum of x^2", what, n);
    EXPECT(is_same(a->sum_e, b->sum_e), "%s, %zu samples: sum of e", what, n);
    EXPECT(is_same(a->sum_e2, b->sum_e2), "%s, %zu samples: sum of e^2", what, n);
    EXPECT(is_same(a->max_abs_e, b->max_abs_e), "%s, %zu samples: peak", what, n);
}

static void any_length(void **state)
{
    (void)state;
    make_whole_numbers();
    for (size_t n = 0; n <= 67; n++) {
        for (size_t first = 0; first < 3; first++) {
            const bc_error_sums want = by_hand(first, n);
            bc_error_sums wide = { 0 }, narrow = { 0 };

            bc_error_add_f64(&wide, x + first, y + first, n);
            bc_error_add_f32(&narrow, narrow_x + first, narrow_y + first, n);
            expect_same(&wide, &want, "f64", n);
            expect_same(&narrow, &want, "f32", n);
        }
    }
}

static void merging(void **state)
{
    (void)state;
    make_whole_numbers();
    const bc_error_sums want = by_hand(0, N);
    bc_error_sums whole = { 0 };

    bc_error_add_f64(&whole, x, y, N);
    expect_same(&whole, &want, "whole", N);
    for (size_t cut = 8; cut < N; cut += 8 * 37) {
        bc_error_sums a = { 0 }, b = { 0 }, calls = { 0 };

        bc_error_add_f64(&a, x, y, cut);
        bc_error_add_f64(&b, x + cut, y + cut, N - cut);
        a.n_clipped = 3;
        b.n_clipped = 4;
        bc_error_merge(&a, &b);
        assert_int_equal(a.n_clipped, 7);
        a.n_clipped = 0;
        expect_same(&a, &whole, "merged", cut);
        bc_error_add_f64(&calls, x, y, cut);
        bc_error_add_f64(&calls, x + cut, y + cut, N - cut);
        expect_same(&calls, &whole, "two calls", cut);
    }
    bc_error_sums zero = { 0 };

    bc_error_merge(&whole, &zero);
    expect_same(&whole, &want, "merged with nothing", N);
    bc_error_merge(&zero, &whole);
    expect_same(&zero, &want, "nothing merged with it", N);
}

/* Sums that round: chunks added one by one, and merged, agree but for the last digits, and the
 * same calls give the same bits. */
static void rounded_sums(void **state)
{
    uint64_t seed = 102;
    bc_error_sums whole = { 0 }, again = { 0 }, calls = { 0 }, merged = { 0 };

    (void)state;
    for (size_t i = 0; i < N; i++) {
        x[i] = random_between(&seed, 0.0, 1.0);
        y[i] = x[i] + random_between(&seed, 0.0, 1e-3);
    }
    bc_error_add_f64(&whole, x, y, N);
    bc_error_add_f64(&again, x, y, N);
    expect_same(&whole, &again, "the same call", N);
    for (size_t i = 0; i < N; i += 512) {
        bc_error_sums chunk = { 0 };

        bc_error_add_f64(&calls, x + i, y + i, 512);
        bc_error_add_f64(&chunk, x + i, y + i, 512);
        bc_error_merge(&merged, &chunk);
    }
    /* All terms are positive: 4096 of them lose at most 4096 half units of 2^-53. */
    EXPECT_NEAR(calls.sum_x, whole.sum_x, 1e-12 * whole.sum_x, "calls: sum of x");
    EXPECT_NEAR(merged.sum_x, whole.sum_x, 1e-12 * whole.sum_x, "merged: sum of x");
    EXPECT_NEAR(calls.sum_e2, whole.sum_e2, 1e-12 * whole.sum_e2, "calls: sum of e^2");
    EXPECT_NEAR(merged.sum_e2, whole.sum_e2, 1e-12 * whole.sum_e2, "merged: sum of e^2");
    assert_true(calls.max_abs_e == whole.max_abs_e && merged.max_abs_e == whole.max_abs_e);
}

static void pairs(void **state)
{
    bc_error_sums s = { 0 };

    (void)state;
    bc_error_add_pair(&s, 2.0, 2.5, 4);
    bc_error_add_pair(&s, -1.0, -2.0, 1);
    bc_error_add_pair(&s, 7.0, 99.0, 0);
    bc_error_add_pair(&s, NAN, 1.0, 5);
    bc_error_add_pair(&s, 1.0, INFINITY, 6);
    bc_error_add_pair(&s, NAN, 1.0, 0);
    bc_error_add_pair(&s, NAN, -NAN, 7);
    bc_error_add_pair(&s, -INFINITY, -INFINITY, 8);
    const bc_error_sums want = { .n = 16,
                                 .n_lost = 11,
                                 .n_nonfinite = 15,
                                 .sum_x = 13.0,
                                 .sum_x2 = 23.0,
                                 .sum_e = (double)NAN,
                                 .sum_e2 = (double)INFINITY,
                                 .max_abs_e = (double)INFINITY };

    expect_same(&s, &want, "pairs", 16);
    bc_error_sums repeated = { 0 }, counted = { 0 };

    for (int i = 0; i < 1000; i++)
        bc_error_add_pair(&repeated, 3.0, 3.25, 1);
    bc_error_add_pair(&counted, 3.0, 3.25, 1000);
    expect_same(&repeated, &counted, "1000 times", 1000);
}

/* One pair that is not finite among a thousand, at every place of the lanes, in both widths. */
/* clang-format off */
static const struct {
    const char *name;
    double x, y;
    int n_lost;
    double mean;
} specials[] = {
    { "an infinite output",         0.5,        INFINITY,  1, INFINITY },
    { "a negative infinite output", 0.5,       -INFINITY,  1, -INFINITY },
    { "an output of NaN",           0.5,        NAN,       1, NAN },
    { "NaN against a number",       NAN,        0.5,       1, NAN },
    { "infinity against a number",  INFINITY,   0.5,       1, -INFINITY },
    { "infinity of the other sign", INFINITY,  -INFINITY,  1, -INFINITY },
    { "NaN against infinity",       NAN,        INFINITY,  1, NAN },
    { "NaN that stays",             NAN,       -NAN,       0, 0.0 },
    { "infinity that stays",       -INFINITY,  -INFINITY,  0, 0.0 },
};
/* clang-format on */

static void expect_special(size_t row, const bc_error_sums *s, const char *width, size_t at)
{
    const bool is_lost = specials[row].n_lost > 0;
    const double snr_db = bc_error_snr_db(s), psnr_db = bc_error_psnr_db(s, 1.0);
    const double bad = is_lost ? (double)INFINITY : 0.0;
    const char *name = specials[row].name;

    EXPECT(s->n_lost == (uint64_t)is_lost && s->n_nonfinite == (uint64_t)!is_lost &&
               s->n + s->n_nonfinite == 1000,
           "%s, %s at %zu: %llu lost, %llu not finite of %llu", width, name, at,
           (unsigned long long)s->n_lost, (unsigned long long)s->n_nonfinite,
           (unsigned long long)s->n);
    EXPECT(snr_db == (is_lost ? -(double)INFINITY : (double)INFINITY) && psnr_db == snr_db,
           "%s, %s at %zu: SNR %g, PSNR %g dB", width, name, at, snr_db, psnr_db);
    EXPECT(s->max_abs_e == bad && bc_error_rmse(s) == bad &&
               is_same(bc_error_mean(s), specials[row].mean),
           "%s, %s at %zu: largest %g, RMS %g, mean %g", width, name, at, s->max_abs_e,
           bc_error_rmse(s), bc_error_mean(s));
    EXPECT(bc_error_is_exact(s) == !is_lost, "%s, %s at %zu: exact?", width, name, at);
}

static void not_finite(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof specials / sizeof *specials; row++)
        for (size_t at = 0; at < 1000; at += at < 20 || at > 980 ? 1 : 31) {
            bc_error_sums wide = { 0 }, narrow = { 0 };

            for (size_t i = 0; i < 1000; i++) {
                x[i] = y[i] = 0.25;
                narrow_x[i] = narrow_y[i] = 0.25f;
            }
            x[at] = specials[row].x;
            y[at] = specials[row].y;
            narrow_x[at] = (float)x[at];
            narrow_y[at] = (float)y[at];
            bc_error_add_f64(&wide, x, y, 1000);
            bc_error_add_f32(&narrow, narrow_x, narrow_y, 1000);
            expect_special(row, &wide, "f64", at);
            expect_special(row, &narrow, "f32", at);
        }
}

/* The gate opens for a measured figure and for nothing else. */
/* clang-format off */
static const struct {
    const char *name;
    double x, y;
    uint64_t count;
    double least_db;
    bool passes;
    const char *words;
} gates[] = {
    { "enough",                 1.0, 1.1, 1,  19.9, true,  "" },
    { "just enough",            1.0, 0.0, 1,   0.0, true,  "" },
    { "too little",             1.0, 1.1, 1,  20.1, false, "file: SNR 20.00 dB, expected at least 20.10 dB; no more" },
    { "an exact match",         1.0, 1.0, 1, 900.0, true,  "" },
    { "silence that stays",     0.0, 0.0, 1, 900.0, true,  "" },
    { "NaN that stays",         NAN, NAN, 1, 900.0, true,  "" },
    { "no signal",              0.0, 1.0, 1, -90.0, false, "file: no SNR where there is no signal, expected at least -90.00 dB" },
    { "an infinite output",     1.0, INFINITY, 3, -90.0, false, "SNR -inf dB (3 lost to NaN or infinity), expected" },
    { "NaN against a number",   NAN, 0.5, 1, -90.0, false, "-inf dB" },
    { "nothing",                1.0, 1.0, 0, -90.0, false, "no SNR of nothing" },
    { "squares over double",    1e200, 1.1e200, 1, 19.9, true, "" },
    { "squares under double",   1e-200, 1.1e-200, 1, 20.1, false, "SNR 20.00 dB, expected" },
    { "all of a faint signal",  1e-170, 0.0, 1, 0.1, false, "SNR 0.00 dB, expected" },
    { "no gate",                1.0, INFINITY, 1, NAN, true, "" },
    { "one that is open",       0.0, 1.0, 1, -INFINITY, true, "" },
};
/* clang-format on */

static void gate(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        bc_error_sums s = { 0 };
        bc_error err = { 0 };

        bc_error_add_pair(&s, gates[i].x, gates[i].y, gates[i].count);
        const bc_status st =
            bc_error_gate(&s, 0, gates[i].least_db, "file", "SNR", "; no more", &err);

        EXPECT(st == (gates[i].passes ? BC_OK : BC_E_QUALITY) && strstr(err.text, gates[i].words),
               "%s: status %d, \"%s\"", gates[i].name, (int)st, err.text);
    }
}

/* Zeros in place of NaN match the zeros that come of them, which says nothing. */
static void what_was_replaced_is_not_exact(void **state)
{
    bc_error_sums s = { 0 };

    (void)state;
    bc_error_add_pair(&s, 0.0, 0.0, 5);
    assert_int_equal(bc_error_gate(&s, 0, 90.0, "file", "SNR", "", NULL), BC_OK);
    assert_int_equal(bc_error_gate(&s, 5, 90.0, "file", "SNR", "", NULL), BC_E_QUALITY);
    bc_error_add_pair(&s, 0.5, 0.5, 1);
    assert_int_equal(bc_error_gate(&s, 5, 90.0, "file", "SNR", "", NULL), BC_OK);
}

/* A power of two changes no figure but the RMSE, which goes by it; 2^1000 past the ends of
 * squares. */
static const int powers[] = { -1000, -900, -600, -450, -449, -440, 0, 449, 450, 600, 900, 1000 };

static void squares_beyond_double_count(void **state)
{
    enum { CALL = 300 };
    const bc_granular one = { -1.0, 1.0 };
    (void)state;
    for (size_t k = 0; k < sizeof powers / sizeof *powers; k++) {
        bc_error_sums plain = { 0 }, scaled = { 0 }, pairs = { 0 };

        for (int pass = 0; pass < 2; pass++) {
            const int power = pass ? powers[k] : 0;
            bc_error_sums *s = pass ? &scaled : &plain;
            const bc_granular region = { ldexp(one.low, power), ldexp(one.high, power) };

            for (int i = 0; i < N; i++) {
                x[i] = ldexp(1.3 * sin(i), power);
                y[i] = ldexp(round(8.0 * fmax(-1.0, fmin(1.0, 1.3 * sin(i)))) / 8.0, power);
            }
            for (size_t i = 0; i < N; i += CALL) {
                const size_t n = N - i < CALL ? N - i : CALL;
                bc_error_sums part = { 0 };

                bc_error_add_f64(&part, x + i, y + i, n);
                bc_error_add_overload_f64(&part, &region, x + i, y + i, n);
                bc_error_merge(s, &part);
            }
        }
        for (int i = 0; i < N; i++)
            bc_error_add_pair(&pairs, x[i], y[i], 1);
        EXPECT_NEAR(bc_error_snr_db(&scaled), bc_error_snr_db(&plain), 1e-9, "2^%d", powers[k]);
        EXPECT_NEAR(bc_error_snr_db(&pairs), bc_error_snr_db(&plain), 1e-9, "2^%d", powers[k]);
        EXPECT_NEAR(bc_error_granular_db(&scaled), bc_error_granular_db(&plain), 1e-9, "2^%d",
                    powers[k]);
        EXPECT_NEAR(bc_error_overload_db(&scaled), bc_error_overload_db(&plain), 1e-9, "2^%d",
                    powers[k]);
        EXPECT_NEAR(ldexp(bc_error_rmse(&scaled), -powers[k]), bc_error_rmse(&plain), 1e-9, "2^%d",
                    powers[k]);
    }
}

/* Beside numbers of the usual size what is far smaller does not count, and what is far larger is
 * all that does; an error of any size is one. */
static void sizes_meet(void **state)
{
    static const double in[] = { 0.0, 1e-170, 1.0, 1e200, NAN },
                        out[] = { 0.0, 0.0, 1.0, 0.0, NAN };
    bc_error_sums all = { 0 }, faint = { 0 }, apart = { 0 }, ends = { 0 };

    (void)state;
    bc_error_add_f64(&all, in, out, 5);
    assert_true(all.n == 4 && all.n_nonfinite == 1);
    EXPECT_NEAR(bc_error_snr_db(&all), 0.0, 1e-9, "all sizes");
    bc_error_add_f64(&faint, in, out, 3);
    EXPECT_NEAR(bc_error_snr_db(&faint), 3400.0, 1e-9, "an error of 1e-170 beside 1");
    for (size_t i = 0; i < 5; i++) {
        bc_error_sums one = { 0 };

        bc_error_add_f64(&one, &in[i], &out[i], 1);
        bc_error_merge(&apart, &one);
    }
    EXPECT_NEAR(bc_error_snr_db(&apart), 0.0, 1e-9, "merged");
    bc_error_add_pair(&ends, DBL_MAX, -DBL_MAX, 1); /* the error itself is beyond double */
    EXPECT_NEAR(bc_error_snr_db(&ends), -20.0 * log10(2.0), 1e-9, "from end to end");
}

/* Half a step beyond an end mark is still rounding; beyond that it is clipping. */
/* clang-format off */
static const struct {
    const char *grid;
    double low, high; /* bounds of what does not clip */
} spans[] = {
    { "uniform1", -0.5, 1.5 },       { "uniform2", -1.0 / 6, 7.0 / 6 },
    { "pcm1", -1.5, 0.5 },           { "pcm8", -128.5 / 128, 127.5 / 128 },
    { "pcm16", -32768.5 / 32768, 32767.5 / 32768 },
    { "int2", -1.5, 1.5 },           { "int8", -127.5 / 127, 127.5 / 127 },
    { "uint4", -0.5 / 15, 15.5 / 15 },
    { "e2m1", -7.0, 7.0 },           { "e4m3", -464.0, 464.0 },
    { "float16", -65520.0, 65520.0 }, { "e5m2", -61440.0, 61440.0 },
};
/* clang-format on */

static void clipping(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        const bc_grid g = grid_of(spans[i].grid);
        const double over = spans[i].high * (1.0 + 1e-6), under = spans[i].low * (1.0 + 1e-6);
        const double inside[] = { 0.0,
                                  spans[i].high * (1.0 - 1e-6),
                                  spans[i].low * (1.0 - 1e-6),
                                  (double)NAN,
                                  (double)INFINITY,
                                  -(double)INFINITY };
        const double outside[] = { over, under, 1e30, -1e30, DBL_MAX };
        const float narrow_inside[] = { 0.0f, (float)inside[1], (float)inside[2],
                                        NAN,  INFINITY,         -INFINITY };
        const float narrow_outside[] = { (float)over, (float)under, 1e30f, -1e30f, FLT_MAX };

        const bc_granular region = bc_granular_of(&g, &BC_SCALE_IDENTITY);
        bc_error_sums in = { 0 }, narrow_in = { 0 }, out = { 0 }, narrow_out = { 0 };

        bc_error_add_overload_f64(&in, &region, inside, outside, 5);
        bc_error_add_overload_f64(&in, &region, inside + 5, outside, 1);
        bc_error_add_overload_f32(&narrow_in, &region, narrow_inside, narrow_outside, 5);
        bc_error_add_overload_f32(&narrow_in, &region, narrow_inside + 5, narrow_outside, 1);
        EXPECT(in.n_clipped == 0 && narrow_in.n_clipped == 0 && in.sum_overload_e2 == 0.0 &&
                   narrow_in.sum_overload_e2 == 0.0,
               "%s: counts samples within %g..%g", spans[i].grid, spans[i].low, spans[i].high);
        bc_error_add_overload_f64(&out, &region, outside, inside, 5);
        bc_error_add_overload_f32(&narrow_out, &region, narrow_outside, narrow_inside, 5);
        EXPECT(out.n_clipped == 5 && narrow_out.n_clipped == 5,
               "%s: %llu and %llu of 5 beyond %g..%g", spans[i].grid,
               (unsigned long long)out.n_clipped, (unsigned long long)narrow_out.n_clipped,
               spans[i].low, spans[i].high);
    }
}

/* A uniform signal over -R..R on a grid whose granular region is -1..1: rounding leaves step^2 / 12
 * in a share 1 / R of the samples, and beyond that the distance to the end mark m, of which the
 * mean square is ((R - m)^3 - (1 - m)^3) / (3 R). */
static void split_of_a_uniform_signal(void **state)
{
    enum { MANY = 1 << 18, PART = 1 << 12 };
    static double wide[MANY], wide_y[MANY];
    static float narrow[MANY], narrow_out[MANY];
    const bc_grid g = grid_of("midrise3");
    const double step = 0.25, mark = 0.875;

    (void)state;
    for (double r = 1.0; r <= 4.0; r *= 2.0) {
        for (size_t scaled = 0; scaled < 2; scaled++) {
            const bc_scale s = { scaled ? 3.0 : 1.0, scaled ? 0.5 : 0.0, 0 };
            const bc_granular region = bc_granular_of(&g, &s);
            const double gain2 = s.gain * s.gain, n = MANY;
            const double granular = step * step / 12.0 / r * gain2;
            const double overload = (pow(r - mark, 3.0) - pow(1.0 - mark, 3.0)) / (3.0 * r) * gain2;
            bc_error_sums sums = { 0 }, narrow_sums = { 0 };

            EXPECT(region.low == s.offset - s.gain && region.high == s.offset + s.gain,
                   "region %g..%g", region.low, region.high);
            for (size_t i = 0; i < MANY; i++) {
                wide[i] = s.offset + s.gain * r * (((double)i + 0.5) / n * 2.0 - 1.0);
                narrow[i] = (float)wide[i];
            }
            bc_quantize_f64(&g, &s, BC_ROUND_NEAREST, wide, NULL, MANY, wide_y, NULL);
            bc_quantize_f32(&g, &s, BC_ROUND_NEAREST, narrow, NULL, MANY, narrow_out, NULL);
            for (size_t i = 0; i < MANY; i += PART) {
                bc_error_sums part = { 0 };

                bc_error_add_f64(&part, wide + i, wide_y + i, PART);
                bc_error_add_overload_f64(&part, &region, wide + i, wide_y + i, PART);
                bc_error_merge(&sums, &part);
            }
            bc_error_add_f32(&narrow_sums, narrow, narrow_out, MANY);
            bc_error_add_overload_f32(&narrow_sums, &region, narrow, narrow_out, MANY);
            EXPECT(sums.n_clipped == (uint64_t)((1.0 - 1.0 / r) * n), "R %g: %llu clipped", r,
                   (unsigned long long)sums.n_clipped);
            EXPECT(narrow_sums.n_clipped == sums.n_clipped, "R %g: %llu clipped in float", r,
                   (unsigned long long)narrow_sums.n_clipped);
            EXPECT_NEAR(sums.sum_overload_e2 / n, overload, 1e-6 * gain2, "R %g: overload", r);
            EXPECT_NEAR((sums.sum_e2 - sums.sum_overload_e2) / n, granular, 1e-6 * gain2,
                        "R %g: granular", r);
            EXPECT_NEAR(narrow_sums.sum_overload_e2 / n, overload, 1e-5 * gain2,
                        "R %g: overload in float", r);
            EXPECT_NEAR(pow(10.0, -0.1 * bc_error_snr_db(&sums)),
                        pow(10.0, -0.1 * bc_error_granular_db(&sums)) +
                            pow(10.0, -0.1 * bc_error_overload_db(&sums)),
                        1e-12, "R %g: the two make the whole", r);
            EXPECT(r > 1.0 || bc_error_overload_db(&sums) == INFINITY, "R 1: %g dB",
                   bc_error_overload_db(&sums));
        }
    }
}

/* A block whose scale is known, with its ends moved outwards: up to half of the last step beyond
 * the end mark they are granular; past that they are clipped, and bring the square of their
 * distance from what they became. */
static const struct {
    const char *format;
    float largest;         /* of the block, which gives its scale */
    double low, high;      /* where clipping begins */
    double mark_0, mark_1; /* what ends become */
} block_ends[] = {
    /* -1 and -0.6961928, 0.7229568 and 1, as bitsandbytes has them, times a scale of 2 */
    { "nf4", 2.0f, 2.0 * -1.1519036, 2.0 * 1.1385216, -2.0, 2.0 },
    /* Ends of E2M1 are 4 and 6. The largest, 6, has the exponent 2, as the largest of E2M1 has, so
     * that the scale is 1; for 12 it is 2. */
    { "mxfp4", 6.0f, -7.0, 7.0, -6.0, 6.0 },
    { "mxfp4", 12.0f, -14.0, 14.0, -12.0, 12.0 },
};

static void clipping_of_blocks(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof block_ends / sizeof *block_ends; k++) {
        const bc_block_format *f = bc_block_find(block_ends[k].format);
        const double low = block_ends[k].low, high = block_ends[k].high;
        const double d0 = low * 1.001 - block_ends[k].mark_0;
        const double d1 = high * 1.001 - block_ends[k].mark_1;
        float in[BC_BLOCK_MAX_LENGTH] = { 0 }, out[BC_BLOCK_MAX_LENGTH];
        uint8_t block[BC_BLOCK_MAX_LENGTH];
        bc_error_sums sums = { 0 };

        in[0] = -block_ends[k].largest;
        in[1] = block_ends[k].largest;
        f->encode(in, NULL, 1, block);
        f->decode(block, 1, out);
        EXPECT(out[0] == (float)block_ends[k].mark_0 && out[1] == (float)block_ends[k].mark_1,
               "%s: ends %g and %g", f->name, (double)out[0], (double)out[1]);
        bc_error_add_overload_blocks(&sums, f, block, in, out, f->block_length);
        in[0] = (float)(low * 0.999);
        in[1] = (float)(high * 0.999);
        bc_error_add_overload_blocks(&sums, f, block, in, out, f->block_length);
        EXPECT(sums.n_clipped == 0 && sums.sum_overload_e2 == 0.0, "%s: %llu clipped within",
               f->name, (unsigned long long)sums.n_clipped);
        in[0] = (float)(low * 1.001);
        in[1] = (float)(high * 1.001);
        bc_error_add_overload_blocks(&sums, f, block, in, out, f->block_length);
        EXPECT(sums.n_clipped == 2, "%s: %llu of 2 clipped", f->name,
               (unsigned long long)sums.n_clipped);
        EXPECT_NEAR(sums.sum_overload_e2, d0 * d0 + d1 * d1, 1e-5, "%s: overload", f->name);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("sums and counts are those of a plain loop, for any length", any_length),
        SENTENCE("merged parts equal the whole", merging),
        SENTENCE("sums that round agree however the data are cut", rounded_sums),
        SENTENCE("a counted pair is that many samples", pairs),
        SENTENCE("NaN and infinity are infinite errors unless they stay", not_finite),
        SENTENCE("the gate opens for a measured figure and for nothing else", gate),
        SENTENCE("what was replaced is no exact match", what_was_replaced_is_not_exact),
        SENTENCE("squares beyond double count as others do", squares_beyond_double_count),
        SENTENCE("numbers of very different size meet in one sum", sizes_meet),
        SENTENCE("samples beyond half a step past the ends are clipped", clipping),
        SENTENCE("nf4 and mxfp4 clip half of their last step beyond their ends",
                 clipping_of_blocks),
        SENTENCE("clipping and rounding of a uniform signal have the powers of their closed forms",
                 split_of_a_uniform_signal),
    };

    return cmocka_run_group_tests_name("error sums", tests, NULL, NULL);
}
