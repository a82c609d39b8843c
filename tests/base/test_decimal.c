/* Numbers are read and printed with a point when a host program has set a locale with a comma. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../core/expect.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "bitcrush/audio.h"
#include "bitcrush/hearing.h"
#include "bitcrush/light.h"
#include "bitcrush/report.h"

static bool has_comma; /* the locale of this process */

/* A locale of the system, or one that is made for the test: de_DE from its source. */
static int set_comma(void **state)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
                                         "made" };
    const char *dir = getenv("COMMA_LOCALES");

    (void)state;
    if (dir)
        setenv("LOCPATH", dir, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names && !has_comma; i++)
        has_comma = setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ",") == 0;
    if (!has_comma)
        print_message("[          ] no locale with a comma is installed or could be made\n");
    return 0;
}

static void need_comma(void)
{
    char text[16];

    if (!has_comma)
        skip();
    snprintf(text, sizeof text, "%.1f", 1.5);
    assert_string_equal(text, "1,5"); /* it is in force */
}

static void written(void **state)
{
    char text[64];
    bc_error err;

    (void)state;
    need_comma();
    assert_int_equal(bci_format(text, sizeof text, "%g %.3f %e %s", 0.25, 1.5, 12.5, "a,b"), 27);
    assert_string_equal(text, "0.25 1.500 1.250000e+01 a,b");
    (void)bci_fail(&err, BC_E_USAGE, "%.2f dB", 23.25);
    assert_string_equal(err.text, "23.25 dB");
    assert_string_equal(localeconv()->decimal_point, ","); /* the host's stays */
}

static void read_back(void **state)
{
    char *end;

    (void)state;
    need_comma();
    assert_true(bci_read_double("0.375 x", &end) == 0.375);
    assert_string_equal(end, " x");
    assert_true(bci_read_double("1,5", &end) == 1.0);
    assert_string_equal(end, ",5");
}

/* What a host program sees: depths by name, the curve of a transfer, reports of every kind. */
static void public_calls(void **state)
{
    bc_audio_depth depth;
    bc_report *report;
    char *text, *json = NULL;

    (void)state;
    need_comma();
    assert_int_equal(bc_audio_depth_named("4.5", &depth, NULL), BC_OK);
    assert_string_equal(depth.name, "levels23");
    assert_int_equal(bc_report_new(&report, NULL), BC_OK);
    bc_report_number(report, "metrics", "snr_db", 49.75);
    bc_report_number(report, "metrics", "max_error", 0.0009765625);
    bc_report_number(report, "", "time_s", 0.125);
    assert_int_equal(bc_report_text(report, false, &text, NULL), BC_OK);
    EXPECT(strstr(text, "49.75 dB") && !strchr(text, ','), "text: %s", text);
    if (bc_report_json(report, &json, NULL) == BC_OK)
        EXPECT(strstr(json, "49.75") && strstr(json, "0.125"), "JSON: %s", json);
    free(json);
    free(text);
    bc_report_free(report);
}

static void curve_file(void **state)
{
    static const char *const path = "comma-curve.txt";
    FILE *f;
    bc_curve curve;

    (void)state;
    need_comma();
    f = fopen(path, "w");
    assert_non_null(f);
    fputs("100.5 20.25\n1000 4.5\n4000 -3.5\n16000 60\n", f);
    fclose(f);
    const bc_status st = bc_curve_load(path, &curve, NULL);

    remove(path);
    assert_int_equal(st, BC_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("numbers are written with a point", written),
        SENTENCE("numbers are read with a point", read_back),
        SENTENCE("names and reports have a point", public_calls),
        SENTENCE("a file of thresholds is read with a point", curve_file),
    };
    return cmocka_run_group_tests_name("numbers under a locale with a comma", tests, set_comma,
                                       NULL);
}
