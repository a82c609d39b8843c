/* Settings: texts by key become values, and what is none is refused by a sentence. */
#include <math.h>
#include <string.h>

#include "../core/expect.h"
#include "bitcrush/setting.h"

typedef struct {
    bool flag;
    uint32_t small;
    uint64_t large, bytes;
    double number, optional;
    int choice;
    const char *text;
    double pair[2];
} values;

static const bc_setting_row rows[] = {
    { "flag", BC_SETTING_FLAG, BC_FIELD(values, flag), 0, 0, NULL },
    { "small", BC_SETTING_COUNT, BC_FIELD(values, small), 1, 1024, NULL },
    { "large", BC_SETTING_COUNT, BC_FIELD(values, large), 0, 18446744073709551615.0, NULL },
    { "bytes", BC_SETTING_SIZE, BC_FIELD(values, bytes), 0, 0, NULL },
    { "number", BC_SETTING_NUMBER, BC_FIELD(values, number), -2, 2, NULL },
    { "optional", BC_SETTING_NUMBER, BC_FIELD(values, optional), 0, 100, "20" },
    { "choice", BC_SETTING_CHOICE, BC_FIELD(values, choice), 0, 0, "one|two|three" },
    { "text", BC_SETTING_TEXT, BC_FIELD(values, text), 0, 0, NULL },
    { "pair", BC_SETTING_PAIR, BC_FIELD(values, pair), -9, 9, NULL },
};

enum { N_ROWS = sizeof rows / sizeof *rows };

static bc_status fill(const bc_setting *given, size_t n, values *to, bc_error *err)
{
    *to = (values){ .number = NAN, .choice = 7 };
    return bc_settings_fill(rows, N_ROWS, &(bc_settings){ given, n }, to, err);
}

static void values_go_to_their_members(void **state)
{
    const bc_setting given[] = {
        { "flag", "" },        { "small", "1024" },  { "large", "0xff" },
        { "bytes", "2M" },     { "number", "-1.5" }, { "optional", "" },
        { "choice", "three" }, { "text", "a=b, c" }, { "pair", "-.5..1e0" }
    };
    values v;

    (void)state;
    assert_int_equal(fill(given, sizeof given / sizeof *given, &v, NULL), BC_OK);
    assert_true(v.flag);
    assert_int_equal(v.small, 1024);
    assert_int_equal(v.large, 255);
    assert_int_equal(v.bytes, 2097152);
    assert_true(v.number == -1.5);
    assert_true(v.optional == 20.0);
    assert_int_equal(v.choice, 2);
    assert_string_equal(v.text, "a=b, c");
    assert_true(v.pair[0] == -0.5 && v.pair[1] == 1.0);
}

static void what_is_not_given_stays_and_the_last_counts(void **state)
{
    const bc_setting given[] = {
        { "flag", "yes" }, { "large", "1" }, { "flag", "no" }, { "large", "18446744073709551615" }
    };
    values v;

    (void)state;
    assert_int_equal(fill(given, 4, &v, NULL), BC_OK);
    assert_false(v.flag);
    assert_true(v.large == UINT64_MAX);
    assert_true(isnan(v.number));
    assert_int_equal(v.choice, 7);
    assert_string_equal(bc_setting_value(&(bc_settings){ given, 4 }, "flag"), "no");
    assert_null(bc_setting_value(&(bc_settings){ given, 4 }, "choice"));
}

static void what_is_no_value_is_refused(void **state)
{
    static const struct {
        bc_setting given;
        const char *said;
        const char *setting; /* that the error names */
    } cases[] = {
        { { "flag", "perhaps" }, "flag perhaps: expected yes or no", "flag" },
        { { "small", "0" }, "small 0: expected a whole number from 1 to 1024", "small" },
        { { "pair", "1" }, "pair 1: expected two numbers, A..B", "pair" },
        { { "pair", "x..1" }, "pair x: expected a number from -9 to 9", "pair" },
        { { "pair", "1..10" }, "pair 10: expected a number from -9 to 9", "pair" },
        { { "pair", "1..2..3" }, "pair 2..3: expected a number from -9 to 9", "pair" },
        { { "small", "1025" }, "small 1025: expected a whole number from 1 to 1024", "small" },
        { { "small", "-1" }, "small -1: expected a whole number from 1 to 1024", "small" },
        { { "small", "" }, "small: expected a whole number from 1 to 1024", "small" },
        { { "large", "18446744073709551616" },
          "large 18446744073709551616: expected a whole number of 64 bits",
          "large" },
        { { "bytes", "0" },
          "bytes 0: expected a size in bytes, such as 512M, 2GiB or 65536",
          "bytes" },
        { { "number", "2.5" }, "number 2.5: expected a number from -2 to 2", "number" },
        { { "number", "nan" }, "number nan: expected a number from -2 to 2", "number" },
        { { "number", "1x" }, "number 1x: expected a number from -2 to 2", "number" },
        { { "choice", "tw" }, "choice tw: unknown, expected one|two|three", "choice" },
        { { "choice", "" }, "choice: unknown, expected one|two|three", "choice" },
        { { "text", "" }, "text: expected a text", "text" },
        { { "other", "1" }, "other: no setting here", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bc_error err = { 0 };
        values v;

        EXPECT(fill(&cases[i].given, 1, &v, &err) == BC_E_USAGE &&
                   strcmp(err.text, cases[i].said) == 0,
               "%s %s: said '%s'", cases[i].given.key, cases[i].given.value, err.text);
        EXPECT(cases[i].setting ? err.setting && strcmp(err.setting, cases[i].setting) == 0
                                : !err.setting,
               "%s: names another setting", cases[i].given.key);
    }
}

static void a_later_error_names_no_setting(void **state)
{
    bc_error err = { 0 };

    (void)state;
    (void)bc_setting_refuse(&err, "flag", "x", "expected %d things", 2);
    assert_string_equal(err.text, "flag x: expected 2 things");
    assert_string_equal(err.setting, "flag");
    (void)bc_error_say(&err, BC_E_OPEN, "gone");
    assert_null(err.setting);
}

static void names_are_near_by_letters_and_never_by_other_bits(void **state)
{
    (void)state;
    assert_string_equal(bc_nearer_name(NULL, "floyd-steinberg", "floyd-stienberg"),
                        "floyd-steinberg");
    assert_string_equal(bc_nearer_name(NULL, "q4_k_m", "Q4KM"), "q4_k_m");
    assert_null(bc_nearer_name(NULL, "fp4", "fp8"));
    assert_null(bc_nearer_name(NULL, "blue", "gaussian"));
    assert_string_equal(bc_nearer_name("bayer4", "bayer8", "bayer4"), "bayer4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("values go to their members", values_go_to_their_members),
        SENTENCE("what is not given stays, and the last counts",
                 what_is_not_given_stays_and_the_last_counts),
        SENTENCE("what is no value is refused by a sentence", what_is_no_value_is_refused),
        SENTENCE("a later error names no setting", a_later_error_names_no_setting),
        SENTENCE("names are near by letters and never by other bits",
                 names_are_near_by_letters_and_never_by_other_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
