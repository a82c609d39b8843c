/* One list of facts, rendered for people and for programs. */
#include <stdlib.h>
#include <string.h>

#include "../core/expect.h"
#include "bitcrush/report.h"

#ifdef WITH_JSON
#include <jansson.h>
#endif

static bc_report *new_report(void)
{
    bc_report *r = NULL;

    assert_int_equal(bc_report_new(&r, NULL), BC_OK);
    return r;
}

static char *text_of(const bc_report *r, bool colour)
{
    char *text = NULL;
    bc_error err = { 0 };

    EXPECT(bc_report_text(r, colour, &text, &err) == BC_OK, "%s", err.text);
    return text;
}

/* A small report of a picture. */
static bc_report *of_picture(void)
{
    bc_report *r = new_report();

    bc_report_string(r, "input", "path", "in.png");
    bc_report_string(r, "output", "path", "out.png");
    bc_report_integer(r, "output", "bits", 4);
    bc_report_integer(r, "output", "levels", 16);
    bc_report_string(r, "settings", "dither", "none");
    bc_report_string(r, "settings", "rounding", "nearest");
    bc_report_number(r, "metrics", "snr_db", 26.2849);
    bc_report_number(r, "metrics", "max_error", 0.18433);
    bc_report_number(r, "metrics", "mean_error", -0.00109);
    return r;
}

/* --- memory -------------------------------------------------------------------------- */

static void add_rows(bc_report *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bc_report_row(r, "tensors");
        bc_report_string(r, "tensors", "name", "a name of twenty-six bytes");
        bc_report_integer(r, "tensors", "size_bytes", i);
    }
}

static void expect_limit(const bc_report *r, uint64_t max_memory)
{
    char *text = NULL;
    bc_error err = { 0 };

    EXPECT(bc_report_text(r, false, &text, &err) == BC_E_LIMIT && !text, "%llu: %s",
           (unsigned long long)max_memory, err.text);
    EXPECT(strstr(err.text, "the report takes ") && strstr(err.text, "(`max-memory`)"), "%s",
           err.text);
}

/* A fact takes 40 bytes, here with 27 of text for every second one: 107,000 bytes of 2000, if
 * their room is no larger. What is printed of them besides has 37 bytes a row. */
static void limited(void **state)
{
    static const uint64_t little[] = { 1, 4096, 107000, 143000 };
    (void)state;

    for (size_t k = 0; k < sizeof little / sizeof *little; k++) {
        bc_report *r = new_report();

        bc_report_limit(r, little[k]);
        add_rows(r, 1000);
        expect_limit(r, little[k]);
        bc_report_free(r);
    }
    bc_report *r = new_report();

    bc_report_limit(r, 1 << 20);
    bc_report_taken(r, 1 << 20);
    add_rows(r, 1000);
    expect_limit(r, 1 << 20);
    bc_report_free(r);
    r = new_report();
    bc_report_limit(r, 1 << 20);
    add_rows(r, 1000);
    char *text = text_of(r, false);

    EXPECT(strstr(text, "a name of twenty-six bytes") && strstr(text, "999\n"), "%.80s", text);
    free(text);
    bc_report_free(r);
}

/* A name of 1 MiB is there four times while JSON is made of it: as a fact, in the tree of its row,
 * in the piece that is printed of that, and in the text. */
static void json_limited(void **state)
{
    static const struct {
        uint64_t limit;
        bc_status status;
    } rows[] = { { 3 << 20, BC_E_LIMIT }, { 4 << 20, BC_E_LIMIT }, { 16 << 20, BC_OK } };
    const size_t length = 1 << 20;
    char *name = malloc(length + 1);

    (void)state;
    assert_non_null(name);
    memset(name, 'n', length);
    name[length] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_report *r = new_report();
        bc_error err = { 0 };
        char *json = NULL;

        bc_report_limit(r, rows[i].limit);
        bc_report_row(r, "tensors");
        bc_report_string(r, "tensors", "name", name);
        const bc_status st = bc_report_json(r, &json, &err);

        EXPECT(st == rows[i].status || st == BC_E_UNSUPPORTED, "%llu: status %d, %s",
               (unsigned long long)rows[i].limit, (int)st, err.text);
        EXPECT(st != BC_E_LIMIT || strstr(err.text, "(`max-memory`)"), "%s", err.text);
        free(json);
        bc_report_free(r);
    }
    free(name);
}

/* --- text ---------------------------------------------------------------------------- */

static bool has_line(const char *text, const char *line)
{
    const char *at = strstr(text, line);

    return at && (at == text || at[-1] == '\n') && at[strlen(line)] == '\n';
}

static void text_lines(void **state)
{
    static const char *const lines[] = {
        "in.png -> out.png",
        "  reduced  to 4-bit samples, 16 levels; dither none; rounding nearest",
        "  SNR      26.28 dB",
        "  error    of coded values: largest 0.1843, mean -0.00109",
    };
    bc_report *r = of_picture();
    char *text = text_of(r, false);

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        EXPECT(has_line(text, lines[i]), "no line \"%s\" in:\n%s", lines[i], text);
    /* What is not known has no line and no gap. */
    EXPECT(!strstr(text, "picture") && !strstr(text, "stored") && !strchr(text, '{') &&
               !strchr(text, '|') && !strstr(text, "  time"),
           "pieces without facts in:\n%s", text);
    EXPECT(!strchr(text, '\033'), "colour where none was asked for:\n%s", text);
    free(text);
    bc_report_free(r);
    bc_report_free(NULL);
}

/* Of lossy sound there is no depth that the samples had. */
static void text_without_raw_size(void **state)
{
    bc_report *r = new_report();
    char *text;

    (void)state;
    bc_report_integer(r, "metrics", "packed_bytes", 100);
    bc_report_integer(r, "output", "size_bytes", 144);
    bc_report_integer(r, "input", "size_bytes", 50);
    text = text_of(r, false);
    EXPECT(has_line(text, "  sizes    packed 100, file 144 bytes, input file 50"), "%s", text);
    free(text);
    bc_report_free(r);
}

static void text_numbers(void **state)
{
    static const struct {
        double value;
        const char *line;
    } rows[] = {
        { 0.0, "  SNR      0.00 dB" },
        { 1.0 / 3.0, "  SNR      0.33 dB" },
        { -12.345678, "  SNR      -12.35 dB" },
        { INFINITY, "  SNR      infinite dB" },
        { -INFINITY, "  SNR      -infinite dB" },
        { 0.0049, "  SNR      4.9e-03 dB" }, /* what there is is not rounded to nothing */
        { 0.0051, "  SNR      0.01 dB" },
        { -1e-9, "  SNR      -1.0e-09 dB" },
        { 123456789.0, "  SNR      123456789.00 dB" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_report *r = new_report();

        bc_report_number(r, "metrics", "snr_db", rows[i].value);
        char *text = text_of(r, false);

        EXPECT(has_line(text, rows[i].line), "%g: no line \"%s\" in:\n%s", rows[i].value,
               rows[i].line, text);
        free(text);
        bc_report_free(r);
    }
}

static void text_colour(void **state)
{
    bc_report *r = of_picture();
    char *plain = text_of(r, false), *bold = text_of(r, true);
    char *to = bold;

    (void)state;
    EXPECT(strstr(bold, "\033[1m") && strstr(bold, "\033[0m"), "no bold label in:\n%s", bold);
    /* Without the escape sequences the text is the same. */
    for (const char *from = bold; *from;) {
        if (*from == '\033')
            from = strchr(from, 'm') + 1;
        else
            *to++ = *from++;
    }
    *to = '\0';
    assert_string_equal(bold, plain);
    free(plain);
    free(bold);
    bc_report_free(r);
}

static void text_strings(void **state)
{
    char path[3000];
    bc_report *r = new_report();

    (void)state;
    memset(path, 'p', sizeof path);
    memcpy(path, "{a|b} %s\xc3\xa9 ", 11);
    path[sizeof path - 1] = '\0';
    bc_report_string(r, "input", "path", path);
    char *text = text_of(r, false);

    EXPECT(strncmp(text, path, strlen(path)) == 0, "a name is printed as it is, not:\n%s", text);
    free(text);
    bc_report_free(r);
}

/* --- JSON ---------------------------------------------------------------------------- */

#ifdef WITH_JSON
static json_t *json_of(const bc_report *r)
{
    char *text = NULL;
    bc_error err = { 0 };
    json_error_t where;

    EXPECT(bc_report_json(r, &text, &err) == BC_OK, "%s", err.text);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &where);

    EXPECT(root, "line %d: %s in:\n%s", where.line, where.text, text);
    free(text);
    return root;
}

static void json_facts(void **state)
{
    bc_report *r = of_picture();
    const char *schema, *path;
    double snr_db, mean;
    int bits, is_good, is_bad, top;

    (void)state;
    bc_report_flag(r, "settings", "good", true);
    bc_report_flag(r, "settings", "bad", false);
    bc_report_integer(r, "", "top", 7);
    json_t *root = json_of(r);
    json_error_t where;
    const int failed = json_unpack_ex(root, &where, 0,
                                      "{s:s, s:{s:s}, s:{s:i}, s:{s:F, s:F}, "
                                      "s:{s:b, s:b}, s:i}",
                                      "schema", &schema, "input", "path", &path, "output", "bits",
                                      &bits, "metrics", "snr_db", &snr_db, "mean_error", &mean,
                                      "settings", "good", &is_good, "bad", &is_bad, "top", &top);

    EXPECT(!failed, "%s", where.text);
    assert_string_equal(schema, "bitcrush-report/2");
    assert_string_equal(path, "in.png");
    EXPECT(bits == 4 && top == 7 && is_good && !is_bad, "%d, %d, %d, %d", bits, top, is_good,
           is_bad);
    EXPECT_NEAR(snr_db, 26.2849, 1e-9, "snr_db"); /* 12 digits */
    EXPECT_NEAR(mean, -0.00109, 1e-13, "mean_error");
    json_decref(root);
    bc_report_free(r);
}

static void json_absence(void **state)
{
    bc_report *r = new_report();

    (void)state;
    bc_report_number(r, "metrics", "nothing", NAN);
    bc_report_string(r, "metrics", "nothing", NULL);
    bc_report_number(r, "metrics", "most", INFINITY);
    bc_report_number(r, "metrics", "least", -INFINITY);
    json_t *root = json_of(r), *metrics = json_object_get(root, "metrics");

    assert_null(json_object_get(metrics, "nothing"));
    assert_string_equal(json_string_value(json_object_get(metrics, "most")), "inf");
    assert_string_equal(json_string_value(json_object_get(metrics, "least")), "-inf");
    json_decref(root);
    bc_report_free(r);
}

static void json_strings(void **state)
{
    static const char *const texts[] = {
        "plain.png", "quote\" backslash\\ tab\t newline\n", "\xc3\xa9t\xc3\xa9.png", "", "\x01",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bc_report *r = new_report();

        bc_report_string(r, "input", "path", texts[i]);
        json_t *root = json_of(r);

        assert_string_equal(
            json_string_value(json_object_get(json_object_get(root, "input"), "path")), texts[i]);
        json_decref(root);
        bc_report_free(r);
    }
    /* File names need not be UTF-8, JSON must be. */
    bc_report *r = new_report();

    bc_report_string(r, "input", "path", "caf\xe9.png");
    json_t *root = json_of(r);

    assert_true(json_is_string(json_object_get(json_object_get(root, "input"), "path")));
    json_decref(root);
    bc_report_free(r);
}

/* JSON numbers of jansson end at 2^63 - 1; a seed may be larger and must not change. */
static void json_integers(void **state)
{
    static const struct {
        uint64_t value;
        const char *text;
    } rows[] = {
        { 0, "0" },
        { 1651078243, "1651078243" },
        { INT64_MAX, "9223372036854775807" },
        { (uint64_t)INT64_MAX + 1, "9223372036854775808" },
        { UINT64_MAX, "18446744073709551615" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_report *r = new_report();

        bc_report_integer(r, "settings", "seed", rows[i].value);
        json_t *root = json_of(r);
        const json_t *seed = json_object_get(json_object_get(root, "settings"), "seed");
        char text[32];

        if (json_is_integer(seed))
            snprintf(text, sizeof text, "%lld", (long long)json_integer_value(seed));
        else
            snprintf(text, sizeof text, "%s", json_string_value(seed));
        assert_string_equal(text, rows[i].text);
        json_decref(root);
        bc_report_free(r);
    }
}

/* Sections and keys keep the order in which they came. */
static void json_order(void **state)
{
    bc_report *r = new_report();
    char *text = NULL;

    (void)state;
    bc_report_integer(r, "z", "b", 1);
    bc_report_integer(r, "a", "c", 2);
    bc_report_integer(r, "z", "a", 3);
    assert_int_equal(bc_report_json(r, &text, NULL), BC_OK);
    const char *z = strstr(text, "\"z\""), *b = strstr(text, "\"b\""),
               *a = strstr(text, "\"a\": 3");

    EXPECT(z && b && a && strstr(text, "\"schema\"") < z && z < b && b < a &&
               a < strstr(text, "\"c\""),
           "order:\n%s", text);
    free(text);
    bc_report_free(r);
}
#else
static void json_left_out(void **state)
{
    bc_report *r = of_picture();
    char *text = NULL;
    bc_error err = { 0 };

    (void)state;
    EXPECT(bc_report_json(r, &text, &err) == BC_E_UNSUPPORTED && !text && strstr(err.text, "JSON"),
           "\"%s\"", err.text);
    bc_report_free(r);
}
#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("facts and their text take no more than they may", limited),
        SENTENCE("nor does what JSON is made of", json_limited),
        SENTENCE("lines are made of the facts that there are", text_lines),
        SENTENCE("sizes are told without that of the input's samples", text_without_raw_size),
        SENTENCE("numbers have the decimals that tell something", text_numbers),
        SENTENCE("colour adds escape sequences and nothing else", text_colour),
        SENTENCE("names of any length and content are printed as they are", text_strings),
#ifdef WITH_JSON
        SENTENCE("JSON holds every fact in its section", json_facts),
        SENTENCE("what does not apply is absent, infinity is a string", json_absence),
        SENTENCE("JSON is valid whatever a name contains", json_strings),
        SENTENCE("whole numbers of 64 bits are exact", json_integers),
        SENTENCE("JSON keeps the order of the facts", json_order),
#else
        SENTENCE("a build without jansson says so", json_left_out),
#endif
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
