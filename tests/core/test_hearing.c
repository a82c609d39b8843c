/* The threshold of hearing beside Terhardt's formula, and curves from files. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitcrush/hearing.h"
#include "expect.h"

static double terhardt(double hz)
{
    const double f = fmax(hz, 20.0) / 1000.0;

    return 3.64 * pow(f, -0.8) - 6.5 * exp(-0.6 * (f - 3.3) * (f - 3.3)) + 1e-3 * pow(f, 4.0);
}

static void threshold(void **state)
{
    static const double exact[][2] = {
        { 1000.0, 3.64 - 6.5 * 0.0418359 + 0.001 }, /* exp(-0.6 2.3^2) */
        { 3300.0, 3.64 * 0.3847591 - 6.5 + 0.1185921 },
    };

    (void)state;
    for (double hz = 0.0; hz < 2e5; hz = hz * 1.01 + 0.1) /* terms of up to 84 cancel */
        EXPECT_NEAR(bc_hearing_threshold_db(hz), terhardt(hz), 1e-14 * fabs(terhardt(hz)) + 1e-12,
                    "%g Hz", hz);
    for (size_t i = 0; i < 2; i++) /* digits as typed */
        EXPECT_NEAR(bc_hearing_threshold_db(exact[i][0]), exact[i][1], 1e-6, "%g Hz", exact[i][0]);
}

static void between_points(void **state)
{
    static const bc_curve curve = { 3, { 100.0, 1000.0, 4000.0 }, { 30.0, 10.0, 16.0 } };
    static const double rows[][2] = { { 0.0, 30.0 },    { 99.0, 30.0 },
                                      { 100.0, 30.0 },  { 1000.0, 10.0 },
                                      { 2000.0, 13.0 }, { 4000.0, 16.0 },
                                      { 1e5, 16.0 },    { 316.22776601683796, 20.0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT_NEAR(bc_curve_db(&curve, rows[i][0]), rows[i][1], 1e-12, "%g Hz", rows[i][0]);
    EXPECT_NEAR(bc_curve_db(NULL, 1234.0), bc_hearing_threshold_db(1234.0), 0.0, "no curve");
}

static bc_status load(const char *text, size_t size, bc_curve *out, bc_error *err)
{
    char path[] = "/tmp/bitcrush-curve-XXXXXX";
    const int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, size), size);
    close(fd);
    const bc_status st = bc_curve_load(path, out, err);

    unlink(path);
    return st;
}

static void good_file(void **state)
{
    static const char text[] = "# made up\n\n  20 70.5 # faint\r\n1e3\t4\n16000 -2e1";
    bc_curve c;

    (void)state;
    assert_int_equal(load(text, strlen(text), &c, NULL), BC_OK);
    assert_int_equal(c.n, 3);
    EXPECT(c.hz[0] == 20.0 && c.db[0] == 70.5 && c.hz[1] == 1000.0 && c.db[1] == 4.0 &&
               c.hz[2] == 16000.0 && c.db[2] == -20.0,
           "values differ");
}

static void bad_files(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "1000\n", "line 1 is no point" },
        { "100 1\n200 two\n", "line 2 is no point" },
        { "100 1 2\n", "line 1 is no point" },
        { "100 nan\n", "line 1 is no point" },
        { "inf 1\n", "line 1 is no point" },
        { "0 1\n", "frequency 0 in line 1, expected above 0" },
        { "-5 1\n", "frequency -5 in line 1" },
        { "100 1\n100 2\n", "frequency 100 in line 2, expected above 100" },
        { "100 1001\n", "threshold 1001 in line 1" },
        { "# nothing\n", "has no point" },
    };
    bc_curve c = { .n = 77 };
    bc_error err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        EXPECT(load(rows[i].text, strlen(rows[i].text), &c, &err) == BC_E_FORMAT &&
                   strstr(err.text, rows[i].words),
               "'%s': %s", rows[i].text, err.text);
        assert_int_equal(c.n, 77);
    }
    EXPECT(load("1 1\0002 2", 7, &c, &err) == BC_E_FORMAT && strstr(err.text, "is no text"), "%s",
           err.text);
    EXPECT(bc_curve_load("/nowhere/curve", &c, &err) == BC_E_OPEN, "%s", err.text);
}

static void many_points(void **state)
{
    static char text[16 * (BC_CURVE_MAX_POINTS + 1)];
    bc_curve c;
    size_t size = 0;

    (void)state;
    for (int i = 1; i <= BC_CURVE_MAX_POINTS; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%d 1\n", i);
    assert_int_equal(load(text, size, &c, NULL), BC_OK);
    assert_int_equal(c.n, BC_CURVE_MAX_POINTS);
    size += (size_t)snprintf(text + size, sizeof text - size, "%d 1\n", BC_CURVE_MAX_POINTS + 1);
    assert_int_equal(load(text, size, &c, NULL), BC_E_LIMIT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("the threshold of hearing is Terhardt's", threshold),
        SENTENCE("a curve is linear in dB over log frequency", between_points),
        SENTENCE("a curve is read from a file", good_file),
        SENTENCE("damaged curves are refused with the line", bad_files),
        SENTENCE("a curve has a limit of points", many_points),
    };

    return cmocka_run_group_tests_name("hearing", tests, NULL, NULL);
}
