/* Noise shapers: published taps, designs, and the laws that hold for every filter. */
#include <string.h>

#include "bitcrush/shaper.h"
#include "expect.h"

static const double pi = 3.14159265358979324;

/* |G|^2 by the definition, powers of z^-1 by multiplication. */
static double response(const bc_shaper *s, double hz, double rate_hz)
{
    const double c = cos(2.0 * pi * hz / rate_hz), sn = -sin(2.0 * pi * hz / rate_hz);
    double re = 1.0, im = 0.0, z_re = 1.0, z_im = 0.0;

    for (uint32_t k = 0; k < s->n_taps; k++) {
        const double turned = z_re * c - z_im * sn;

        z_im = z_re * sn + z_im * c;
        z_re = turned;
        re -= s->taps[k] * z_re;
        im -= s->taps[k] * z_im;
    }
    return re * re + im * im;
}

static double terhardt(double hz)
{
    const double f = fmax(hz, 20.0) / 1000.0;

    return 3.64 * pow(f, -0.8) - 6.5 * exp(-0.6 * (f - 3.3) * (f - 3.3)) + 1e-3 * pow(f, 4.0);
}

enum { POINTS = 10007 }; /* other points than those of the design */

/* Noise weighted by the threshold of hearing, against white noise. */
static double audible_db(const bc_shaper *s, double rate_hz)
{
    double shaped = 0.0, white = 0.0;

    for (int i = 0; i < POINTS; i++) {
        const double hz = (i + 0.5) * rate_hz / (2.0 * POINTS), w = pow(10.0, -terhardt(hz) / 10.0);

        shaped += w * response(s, hz, rate_hz);
        white += w;
    }
    return 10.0 * log10(shaped / white);
}

/* Every figure of a filter by its definition, and the theorem of Gerzon and Craven. */
static void expect_lawful(const bc_shaper *s, double rate_hz, const char *name)
{
    double logs = 0.0, peak = 0.0, squares = 1.0, magnitudes = 1.0;

    for (int i = 0; i < POINTS; i++) {
        const double hz = (i + 0.5) * rate_hz / (2.0 * POINTS), p = response(s, hz, rate_hz);

        logs += 10.0 * log10(p);
        peak = p > peak ? p : peak;
    }
    for (uint32_t k = 0; k < s->n_taps; k++) {
        squares += s->taps[k] * s->taps[k];
        magnitudes += fabs(s->taps[k]);
        EXPECT(s->taps[k] * 0x1p20 == rint(s->taps[k] * 0x1p20), "%s: tap %u is not rounded", name,
               k);
    }
    EXPECT_NEAR(logs / POINTS, 0.0, 0.01, "%s at %g Hz: mean gain", name, rate_hz);
    EXPECT_NEAR(s->gerzon_craven_db, 0.0, 0.01, "%s at %g Hz: its own mean", name, rate_hz);
    EXPECT_NEAR(s->total_gain_db, 10.0 * log10(squares), 1e-9, "%s at %g Hz: total", name, rate_hz);
    /* A peak between points: under 0.1 dB at 4096 of them and 64 taps. */
    EXPECT_NEAR(s->peak_gain_db, 10.0 * log10(peak), 0.1, "%s at %g Hz: peak", name, rate_hz);
    EXPECT_NEAR(s->excursion_steps, 1.5 * magnitudes, 1e-9, "%s: excursion", name);
    EXPECT_NEAR(bc_shaper_gain_db(s, 0.2 * rate_hz, rate_hz),
                10.0 * log10(response(s, 0.2 * rate_hz, rate_hz)), 1e-9, "%s: gain", name);
}

/* The figures of the papers' filters: first and last tap as printed, total noise and audible
 * noise against white at 44.1 kHz. */
static const struct {
    const char *name;
    uint32_t n_taps;
    double first, last, total_db, audible_db;
} published[] = {
    { "lipshitz", 5, 2.033, 0.6149, 12.2, -9.4 },
    { "modified-e", 9, 1.662, -0.03524, 7.6, -10.7 },
    { "improved-e", 9, 2.847, 0.4191, 23.1, -12.3 },
    { "f-weighted", 9, 2.412, 0.0847, 18.4, -11.4 },
};

static void published_rows(void **state)
{
    const bc_shaper_row *rows;
    const size_t n = bc_shaper_rows(&rows);

    (void)state;
    assert_int_equal(n, sizeof published / sizeof *published);
    for (size_t i = 0; i < n; i++) {
        const char *name = rows[i].name;
        bc_shaper s;

        assert_string_equal(name, published[i].name);
        assert_ptr_equal(bc_shaper_find(name), &rows[i]);
        assert_int_equal(bc_shaper_published(&rows[i], 48000.0, &s, NULL), BC_OK);
        assert_int_equal(bc_shaper_published(&rows[i], 44100.0, &s, NULL), BC_OK);
        expect_lawful(&s, 44100.0, name);
        assert_int_equal(s.n_taps, published[i].n_taps);
        EXPECT_NEAR(s.taps[0], published[i].first, 0x1p-21, "%s: first tap", name);
        EXPECT_NEAR(s.taps[s.n_taps - 1], published[i].last, 0x1p-21, "%s: last tap", name);
        EXPECT_NEAR(s.total_gain_db, published[i].total_db, 0.05, "%s: total", name);
        EXPECT_NEAR(audible_db(&s, 44100.0), published[i].audible_db, 0.05, "%s: audible", name);
    }
    assert_null(bc_shaper_find("ath"));
}

static void designs(void **state)
{
    static const double rates[] = { 8e3,  11025.0, 16e3, 22050.0, 32e3, 44100.0,
                                    48e3, 88200.0, 96e3, 192e3,   384e3 };
    static const struct {
        uint32_t n_taps;
        double strength_db;
    } shapes[] = { { 1, 10.0 }, { 12, 30.0 }, { 16, 40.0 }, { 32, 60.0 }, { 64, 80.0 } };

    (void)state;
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            bc_shaper s;
            bc_error err = { .text = "" };

            EXPECT(bc_shaper_design(NULL, rates[r], shapes[i].n_taps, shapes[i].strength_db, &s,
                                    &err) == BC_OK,
                   "%g Hz: %s", rates[r], err.text);
            expect_lawful(&s, rates[r], "ath");
            EXPECT(audible_db(&s, rates[r]) < 0.0, "%g Hz, %u taps: noise is more audible",
                   rates[r], shapes[i].n_taps);
        }
    }
}

/* What shaping is for. */
static void less_audible(void **state)
{
    static const struct {
        double rate_hz, audible_db, total_db;
    } rows[] = { { 44100.0, -16.0, 13.5 }, { 48000.0, -17.0, 12.5 }, { 96000.0, -25.0, 7.0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_shaper s;

        assert_int_equal(bc_shaper_design(NULL, rows[i].rate_hz, BC_SHAPER_TAPS,
                                          BC_SHAPER_STRENGTH_DB, &s, NULL),
                         BC_OK);
        EXPECT(audible_db(&s, rows[i].rate_hz) <= rows[i].audible_db &&
                   s.total_gain_db <= rows[i].total_db,
               "%g Hz: audible %.2f dB, total %.2f dB", rows[i].rate_hz,
               audible_db(&s, rows[i].rate_hz), s.total_gain_db);
    }
}

/* The weight 1 / |1 - a z^-1|^2 is that of an autoregressive process, whose predictor is a and
 * nothing else: here by a curve of its points, the frequencies on a scale that is dense where
 * the spectrum bends. A flat curve, and no strength, leave noise white. */
static void known_optimum(void **state)
{
    static const double a = 0.5;
    bc_curve curve = { .n = BC_CURVE_MAX_POINTS }, flat = { 1, { 1000.0 }, { 7.0 } };
    bc_shaper s;

    (void)state;
    for (size_t i = 0; i < curve.n; i++) {
        curve.hz[i] = 24000.0 * exp(-6.0 * (1.0 - (double)i / (double)(curve.n - 1)));
        const double angle = 2.0 * pi * curve.hz[i] / 48000.0;

        curve.db[i] = 10.0 * log10(1.0 + a * a - 2.0 * a * cos(angle));
    }
    assert_int_equal(bc_shaper_design(&curve, 48000.0, 8, 80.0, &s, NULL), BC_OK);
    for (uint32_t k = 0; k < 8; k++) /* interpolation between the points */
        EXPECT_NEAR(s.taps[k], k == 0 ? a : 0.0, 1e-3, "tap %u", k + 1);
    assert_int_equal(bc_shaper_design(&flat, 48000.0, 16, 40.0, &s, NULL), BC_OK);
    assert_int_equal(s.n_taps, 0);
    assert_int_equal(bc_shaper_design(NULL, 48000.0, 16, 0.0, &s, NULL), BC_OK);
    assert_int_equal(s.n_taps, 0);
    EXPECT_NEAR(s.total_gain_db, 0.0, 0.0, "no taps");
}

/* The least excursion is chosen from the top: one dB more does not fit. */
static void fitted(void **state)
{
    static const double rates[] = { 8e3, 44100.0, 96e3 };

    (void)state;
    for (int bits = 2; bits <= 16; bits++) {
        const uint64_t levels = UINT64_C(1) << bits;
        const double room = (double)levels / 32.0;
        const bc_shaper_row *rows;
        bc_shaper s, more;

        for (size_t i = 0; i < bc_shaper_rows(&rows); i++) {
            assert_int_equal(bc_shaper_fit(&rows[i], NULL, 44100.0, 0, 0.0, levels, &s, NULL),
                             BC_OK);
            expect_lawful(&s, 44100.0, rows[i].name);
            EXPECT(s.n_taps == 0 || s.excursion_steps <= room, "%s, %d bits", rows[i].name, bits);
            for (uint32_t k = 0; k < s.n_taps; k++)
                EXPECT_NEAR(s.taps[k], rows[i].taps[k] * pow(s.zero_scale, k + 1.0), 0x1p-21,
                            "%s, %d bits: tap %u", rows[i].name, bits, k + 1);
        }
        for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
            assert_int_equal(bc_shaper_fit(NULL, NULL, rates[i], 16, 40.0, levels, &s, NULL),
                             BC_OK);
            expect_lawful(&s, rates[i], "ath");
            EXPECT(s.n_taps == 0 || s.excursion_steps <= room, "%g Hz, %d bits", rates[i], bits);
            EXPECT(s.strength_db <= 12.0 + 2.0 * bits, "%g Hz, %d bits: %g dB", rates[i], bits,
                   s.strength_db);
            if (s.strength_db == fmin(40.0, 12.0 + 2.0 * bits))
                continue;
            assert_int_equal(bc_shaper_design(NULL, rates[i], 16, s.strength_db + 1.0, &more, NULL),
                             BC_OK);
            EXPECT(more.excursion_steps > room, "%g Hz, %d bits: %g dB would fit", rates[i], bits,
                   more.strength_db);
        }
    }
    EXPECT_NEAR(bc_shaper_headroom_steps(256), 8.0, 0.0, "8 bits");
    EXPECT_NEAR(bc_shaper_max_strength_db(256), 28.0, 0.0, "8 bits");
    EXPECT_NEAR(bc_shaper_max_strength_db(255), 26.0, 0.0, "255 levels");
}

/* The same taps from every compiler and libm: the sum over k of k times tap, in units of
 * 2^-20. */
static void same_taps(void **state)
{
    static const struct {
        double rate_hz;
        uint32_t n_taps;
        double strength_db, sum;
    } rows[] = { { 44100.0, 16, 40.0, -968411 },
                 { 96000.0, 32, 60.0, -82349 },
                 { 8000.0, 64, 80.0, -1049964174 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_shaper s;
        double sum = 0.0;

        assert_int_equal(
            bc_shaper_design(NULL, rows[i].rate_hz, rows[i].n_taps, rows[i].strength_db, &s, NULL),
            BC_OK);
        for (uint32_t k = 0; k < s.n_taps; k++)
            sum += (k + 1) * s.taps[k] * 0x1p20;
        EXPECT_NEAR(sum, rows[i].sum, 0.0, "%g Hz", rows[i].rate_hz);
    }
}

static void misuse(void **state)
{
    const bc_shaper_row *row = bc_shaper_find("lipshitz");
    bc_shaper s = { .n_taps = 77 };
    bc_error err;

    (void)state;
    EXPECT(bc_shaper_published(row, 96000.0, &s, &err) == BC_E_USAGE && strstr(err.text, "'ath'") &&
               strstr(err.text, "lipshitz") && strstr(err.text, "96000"),
           "%s", err.text);
    assert_int_equal(bc_shaper_published(row, (double)NAN, &s, &err), BC_E_USAGE);
    assert_int_equal(bc_shaper_design(NULL, 0.0, 16, 40.0, &s, &err), BC_E_USAGE);
    assert_int_equal(bc_shaper_design(NULL, (double)NAN, 16, 40.0, &s, &err), BC_E_USAGE);
    assert_int_equal(bc_shaper_design(NULL, 44100.0, 0, 40.0, &s, &err), BC_E_USAGE);
    assert_int_equal(bc_shaper_design(NULL, 44100.0, 65, 40.0, &s, &err), BC_E_USAGE);
    assert_int_equal(bc_shaper_design(NULL, 44100.0, 16, -1.0, &s, &err), BC_E_USAGE);
    assert_int_equal(bc_shaper_design(NULL, 44100.0, 16, 81.0, &s, &err), BC_E_USAGE);
    assert_int_equal(s.n_taps, 77);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("published filters have the figures of their papers", published_rows),
        SENTENCE("every design is lawful, from 8 kHz to 384 kHz", designs),
        SENTENCE("designed filters reach what they promise", less_audible),
        SENTENCE("the design finds the optimum where it is known", known_optimum),
        SENTENCE("filters fit the headroom, and only just", fitted),
        SENTENCE("taps are the same in every build", same_taps),
        SENTENCE("arguments out of range are refused", misuse),
    };

    return cmocka_run_group_tests_name("noise shapers", tests, NULL, NULL);
}
