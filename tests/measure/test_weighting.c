/* Weightings: the tables of the standards that define them. */
#include <string.h>

#include "../core/expect.h"
#include "bitcrush/weighting.h"

static double gain_db(const char *name, double hz)
{
    const bc_weighting *w = bc_weighting_find(name);

    EXPECT(w, "no weighting %s", name);
    return w->gain_db(hz);
}

/* IEC 61672-1:2013, table 3: thirds of octaves from 10 Hz, at 1000 * 10^(n / 10) Hz. Rounded to
 * 0.1 dB. */
static void a_table(void **state)
{
    static const double want_db[] = { -70.4, -63.4, -56.7, -50.5, -44.7, -39.4, -34.6, -30.2, -26.2,
                                      -22.5, -19.1, -16.1, -13.4, -10.9, -8.6,  -6.6,  -4.8,  -3.2,
                                      -1.9,  -0.8,  0.0,   0.6,   1.0,   1.2,   1.3,   1.2,   1.0,
                                      0.5,   -0.1,  -1.1,  -2.5,  -4.3,  -6.6,  -9.3 };

    (void)state;
    for (int i = 0; i < (int)(sizeof want_db / sizeof *want_db); i++) {
        const double hz = 1000.0 * pow(10.0, 0.1 * (i - 20));

        EXPECT_NEAR(gain_db("a", hz), want_db[i], 0.0501, "%g Hz", hz);
    }
    EXPECT_NEAR(gain_db("a", 1000.0), 0.0, 0.001, "1 kHz");
    assert_true(gain_db("a", 0.0) == -(double)INFINITY);
}

/* ITU-R BS.468-4, table 1: rounded to 0.1 dB, and the polynomials that stand for the network are
 * that close to it. (The standard's own tolerance is 0.2 dB and more but at 6.3 kHz.) */
static void itu468_table(void **state)
{
    static const struct {
        double hz, db;
    } rows[] = { { 31.5, -29.9 },  { 63.0, -23.9 },  { 100.0, -19.8 }, { 200.0, -13.8 },
                 { 400.0, -7.8 },  { 800.0, -1.9 },  { 1000.0, 0.0 },  { 2000.0, 5.6 },
                 { 3150.0, 9.0 },  { 4000.0, 10.5 }, { 5000.0, 11.7 }, { 6300.0, 12.2 },
                 { 7100.0, 12.0 }, { 8000.0, 11.4 }, { 9000.0, 10.1 }, { 10e3, 8.1 },
                 { 12.5e3, 0.0 },  { 14e3, -5.3 },   { 16e3, -11.7 },  { 20e3, -22.2 },
                 { 31.5e3, -42.7 } };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        EXPECT_NEAR(gain_db("itu468", rows[r].hz), rows[r].db, 0.06, "%g Hz", rows[r].hz);
        EXPECT_NEAR(gain_db("ccir-rms", rows[r].hz), rows[r].db - 5.63, 0.06, "%g Hz", rows[r].hz);
    }
    EXPECT_NEAR(gain_db("itu468", 1000.0), 0.0, 0.001, "1 kHz");
    EXPECT_NEAR(gain_db("ccir-rms", 2000.0), 0.0, 0.001, "2 kHz");
    assert_true(gain_db("itu468", 0.0) == -(double)INFINITY);
}

/* Terhardt's formula worked out by hand at three places, to 0.001 dB: the threshold is
 * 3.64 - 6.5 exp(-3.174) + 0.001 = 3.369 dB at 1 kHz, 22.951 at 100 Hz, 160.331 at 20 kHz; its
 * least is -4.983 dB near 3.3 kHz. */
static void hearing(void **state)
{
    double highest_db = -1e9, at_hz = 0.0;

    (void)state;
    EXPECT_NEAR(gain_db("ath", 1000.0), -4.983 - 3.369, 0.001, "1 kHz");
    EXPECT_NEAR(gain_db("ath", 100.0), -4.983 - 22.953, 0.001, "100 Hz");
    EXPECT_NEAR(gain_db("ath", 20e3), -4.983 - 160.331, 0.001, "20 kHz");
    for (double hz = 1.0; hz < 30e3; hz += 1.0)
        if (gain_db("ath", hz) > highest_db) {
            highest_db = gain_db("ath", hz);
            at_hz = hz;
        }
    EXPECT_NEAR(highest_db, 0.0, 1e-5, "highest");
    EXPECT_NEAR(at_hz, 3324.0, 2.0, "place of the highest");
    assert_true(gain_db("ath", 0.0) == gain_db("ath", 20.0));
    assert_true(gain_db("ath", 10.0) == gain_db("ath", 20.0));
}

static void names(void **state)
{
    const bc_weighting *rows;
    const size_t n = bc_weighting_rows(&rows);

    (void)state;
    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(bc_weighting_find(rows[i].name), &rows[i]);
        assert_true(strlen(rows[i].doc) > 0 && strlen(rows[i].source) > 0);
    }
    assert_null(bc_weighting_find("A"));
    assert_null(bc_weighting_find(""));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("A-weighting is that of IEC 61672-1", a_table),
        SENTENCE("468 weighting is that of BS.468-4", itu468_table),
        SENTENCE("the threshold of hearing is Terhardt's", hearing),
        SENTENCE("each row is found by its name", names),
    };

    return cmocka_run_group_tests_name("weighting", tests, NULL, NULL);
}
