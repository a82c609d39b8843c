/* The reader of JSON takes what jansson takes, refuses what it refuses, and finds the same
 * values. */
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/expect.h"
#include "base/seekable.h"
#include "tensor/json_reader.h"

static const char *text_of(const bci_bytes *b)
{
    return (const char *)b->data;
}

/* Read the value that comes next and compare it with that of jansson. */
static void expect_same(bci_json_reader *r, const json_t *want)
{
    bci_bytes text = { 0 };
    bci_json_object o;
    uint64_t n = 0;
    size_t at;

    if (json_is_object(want)) {
        bci_json_enter_object(r, true, &o);
        while (bci_json_next_member(r, &o, &text, &at)) {
            const json_t *member = json_object_get(want, text_of(&text));

            EXPECT(member, "no %s", text_of(&text));
            EXPECT(r->window || r->text[at] == '"', "no name at byte %zu", at);
            expect_same(r, member);
        }
        assert_int_equal(o.n_members, json_object_size(want));
    } else if (json_is_array(want)) {
        bci_json_enter_array(r);
        while (bci_json_next_item(r, &n))
            expect_same(r, json_array_get(want, n - 1));
        assert_int_equal(n, json_array_size(want));
    } else {
        const bci_json_value got = bci_json_take(r, &text);

        switch (json_typeof(want)) {
        case JSON_STRING:
            assert_int_equal(got.kind, BCI_JSON_STRING);
            assert_string_equal(text_of(&text), json_string_value(want));
            break;
        case JSON_INTEGER:
            assert_int_equal(got.kind, BCI_JSON_INTEGER);
            EXPECT(got.integer == json_integer_value(want), "%lld", (long long)got.integer);
            break;
        case JSON_REAL:
            assert_int_equal(got.kind, BCI_JSON_REAL);
            EXPECT(got.real == json_real_value(want), "%.17g", got.real);
            break;
        case JSON_TRUE: assert_int_equal(got.kind, BCI_JSON_TRUE); break;
        case JSON_FALSE: assert_int_equal(got.kind, BCI_JSON_FALSE); break;
        default: assert_int_equal(got.kind, BCI_JSON_NULL); break;
        }
    }
    bci_bytes_free(&text);
}

/* True when both take the text; the text lies at the end of its memory, for the sanitizers. */
static bool is_taken(const char *text, size_t n)
{
    json_error_t fault;
    json_t *want = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
    char *copy = malloc(n ? n : 1);
    bci_json_reader r;
    bc_error err = { 0 };

    assert_non_null(copy);
    memcpy(copy, text, n);
    bci_json_begin(&r, "f", copy, n, &err);
    (void)bci_json_take(&r, NULL);
    const bc_status st = bci_json_end(&r);

    EXPECT((st == BC_OK) == (want != NULL), "\"%.*s\": status %d \"%s\", jansson: %s", (int)n, text,
           (int)st, err.text, want ? "good" : fault.text);
    EXPECT(!st || (strncmp(err.text, "f: byte ", 8) == 0 && st == BC_E_FORMAT), "%s", err.text);
    if (want) {
        bci_json_begin(&r, "f", copy, n, &err);
        expect_same(&r, want);
        EXPECT(bci_json_end(&r) == BC_OK, "%s", err.text);
    }
    json_decref(want);
    free(copy);
    return want != NULL;
}

/* Texts, and whether RFC 8259 (with names that occur once, and numbers that fit) has them. */
static const struct {
    const char *text;
    bool is_good;
} rows[] = {
    { "{}", true },
    { " \t\r\n[ ] \n", true },
    { "null", true },
    { "true", true },
    { "false", true },
    { "\"\"", true },
    { "[1,-1,0,-0,9223372036854775807,-9223372036854775808]", true },
    { "[1.5,-0.25e3,1E+2,1e-400,2.2250738585072014e-308,0.1,1e22,179769313486231570e291]", true },
    { "{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}]}", true },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\\u20ac\\ud83d\\ude00\\uFFFF\\u0001\"", true },
    { "\"\x7f \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf \xed\x9f\xbf\"", true },
    { "{\"\":0}", true },
    { "", false },
    { " ", false },
    { "nul", false },
    { "nulll", false },
    { "True", false },
    { "NaN", false },
    { "-Infinity", false },
    { "[1,]", false },
    { "[,1]", false },
    { "[1 2]", false },
    { "[1", false },
    { "]", false },
    { "[}", false },
    { "{]", false },
    { "{\"a\"}", false },
    { "{\"a\":}", false },
    { "{\"a\":1,}", false },
    { "{\"a\" 1}", false },
    { "{a:1}", false },
    { "{1:1}", false },
    { "{\"a\":1 \"b\":2}", false },
    { "{\"a\":1,\"a\":1}", false },
    { "{\"a\":1,\"\\u0061\":1}", false },
    { "[{\"x\":[{\"b\":1,\"c\":2,\"b\":3}]}]", false },
    { "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"a\":1}", false },
    { "{} {}", false },
    { "1 2", false },
    { "01", false },
    { "-01", false },
    { "-", false },
    { "+1", false },
    { ".5", false },
    { "1.", false },
    { "1.e1", false },
    { "1e", false },
    { "1e+", false },
    { "0x10", false },
    { "1e999", false },
    { "-1e999", false },
    { "9223372036854775808", false },
    { "-9223372036854775809", false },
    { "-92233720368547758080", false },
    { "99999999999999999999999999", false },
    { "\"", false },
    { "\"\\", false },
    { "\"\\\"", false },
    { "\"\\x41\"", false },
    { "\"\\u12\"", false },
    { "\"\\u123", false },
    { "\"\\u12g4\"", false },
    { "\"\\u0000\"", false },
    { "\"\\ud83d\"", false },
    { "\"\\ud83d\\n\"", false },
    { "\"\\ud83d\\u0041\"", false },
    { "\"\\ude00\"", false },
    { "\"\\ud83d\\ud83d\"", false },
    { "\"a\nb\"", false },
    { "\"a\tb\"", false },
    { "\"\x80\"", false },
    { "\"\xc3\"", false },
    { "\"\xc0\xaf\"", false },
    { "\"\xe0\x80\xaf\"", false },
    { "\"\xed\xa0\x80\"", false },
    { "\"\xf4\x90\x80\x80\"", false },
    { "\"\xf8\x88\x80\x80\x80\"", false },
    { "\"\xff\"", false },
    { "\xef\xbb\xbf{}", false },
    { "// no\n{}", false },
    { "'a'", false },
};

enum { N_ROWS = sizeof rows / sizeof *rows };

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++)
        EXPECT(is_taken(rows[i].text, strlen(rows[i].text)) == rows[i].is_good,
               "\"%s\": expected to be %s", rows[i].text, rows[i].is_good ? "good" : "refused");
    assert_false(is_taken("[\0]", 3));
    assert_false(is_taken("\"\0\"", 3));
    assert_false(is_taken("{}\0", 3));
}

/* Every good text, with a character that is another, more or less, up to three times. */
static void mutations(void **state)
{
    static const char pieces[] = "{}[]\",:\\u0123456789eE+-. \n\x01\x80\xc3\xa4truefalsn/b";
    uint32_t random = 1;
    int n_good = 0;

    (void)state;
    for (int turn = 0; turn < 200000; turn++) {
        const char *from = rows[turn % N_ROWS].text;
        char text[256];
        size_t n = strlen(from);

        memcpy(text, from, n);
        for (int k = 0; k <= turn % 3; k++) {
            random = random * 1664525 + 1013904223;
            const size_t at = (random >> 8) % (n + 1);
            const char c = pieces[(random >> 20) % (sizeof pieces - 1)];

            if (random >> 30 == 0 && at < n) {
                memmove(text + at, text + at + 1, --n - at);
            } else if (random >> 30 == 1 && at < n) {
                text[at] = c;
            } else {
                memmove(text + at + 1, text + at, n++ - at);
                text[at] = c;
            }
        }
        n_good += is_taken(text, n);
    }
    EXPECT(n_good > 5000, "only %d of the texts were good", n_good);
}

/* Where jansson goes to 2048 levels, nothing that is read here has more than a few. */
static void depth(void **state)
{
    char text[2 * BCI_JSON_MAX_DEPTH + 2];

    (void)state;
    memset(text, '[', BCI_JSON_MAX_DEPTH);
    memset(text + BCI_JSON_MAX_DEPTH, ']', BCI_JSON_MAX_DEPTH);
    assert_true(is_taken(text, sizeof text - 2));
    memset(text, '[', BCI_JSON_MAX_DEPTH + 1);
    memset(text + BCI_JSON_MAX_DEPTH + 1, ']', BCI_JSON_MAX_DEPTH + 1);
    bci_json_reader r;
    bc_error err = { 0 };

    bci_json_begin(&r, "f", text, sizeof text, &err);
    (void)bci_json_take(&r, NULL);
    assert_int_equal(bci_json_end(&r), BC_E_FORMAT);
    assert_string_equal(err.text,
                        "f: byte 100 of the JSON text: deeper than 100 levels, expected fewer");
}

/* Sentences begin with the byte where the fault is. */
static void places(void **state)
{
    static const char *const faults[][2] = {
        { "{\"w\":}", "byte 5 of the JSON text: expected a value" },
        { "{\"a\":1,\"b\":2,\"a\":3}", "byte 13 of the JSON text: a occurs twice, expected once" },
        { "[1 2]", "byte 3 of the JSON text: expected , or ]" },
        { "{\"a\":\"\\ud83d\"}", "byte 6 of the JSON text: \\u without" },
        { "[\"ab\xff\"]", "byte 4 of the JSON text: expected UTF-8" },
        { "[12, \"ab", "byte 5 of the JSON text: a string without its closing quote" },
        { "[1, 18446744073709551616]", "byte 4 of the JSON text: a whole number of more than" },
        { "[true] x", "byte 7 of the JSON text: expected the end of the text" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        bci_json_reader r;
        bc_error err = { 0 };

        bci_json_begin(&r, "f", faults[i][0], strlen(faults[i][0]), &err);
        (void)bci_json_take(&r, NULL);
        assert_int_equal(bci_json_end(&r), BC_E_FORMAT);
        EXPECT(strstr(err.text, faults[i][1]), "\"%s\" does not say \"%s\"", err.text,
               faults[i][1]);
    }
}

/* What a text says through a window of `room` bytes is what it says as a whole: values, status, and
 * the sentence with its place. */
static void expect_same_in_file(bci_seekable *file, const char *text, size_t n, size_t room)
{
    const uint64_t at = file->size_bytes;
    json_t *want = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    bc_error whole = { 0 }, err = { 0 };
    bci_json_reader r;

    assert_int_equal(bci_seekable_append(file, text, n, &err), BC_OK);
    bci_json_begin(&r, "f", text, n, &whole);
    (void)bci_json_take(&r, NULL);
    const bc_status st = bci_json_end(&r);

    bci_json_begin_file(&r, file, at, n, room, &err);
    if (want)
        expect_same(&r, want);
    else
        (void)bci_json_take(&r, NULL);
    EXPECT(bci_json_end(&r) == st && strcmp(err.text, whole.text) == 0,
           "\"%.*s\" through %zu bytes: \"%s\", expected \"%s\"", (int)n, text, room, err.text,
           whole.text);
    json_decref(want);
}

static void windows(void **state)
{
    static const size_t rooms[] = { 1, 2, 3, 5, 8, 13, 64, BCI_JSON_WINDOW };
    char number[200] = "[1.", text[400];
    bci_seekable *file = NULL;

    (void)state;
    memset(number + 3, '3', 150);
    memcpy(number + 153, "e2,5]", 6);
    assert_int_equal(bci_seekable_temporary("f", &file, NULL), BC_OK);
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++) {
        expect_same_in_file(file, number, strlen(number), rooms[k]);
        for (size_t i = 0; i < N_ROWS; i++) {
            const size_t n = (size_t)snprintf(text, sizeof text, " [%s, \"%s", rows[i].text,
                                              "\xc3\xa4 \\ud83d\\ude00 \\n\", 12345 , true ] ");

            expect_same_in_file(file, rows[i].text, strlen(rows[i].text), rooms[k]);
            expect_same_in_file(file, text, n, rooms[k]);
        }
    }
    bci_seekable_free(file);
}

/* A file that cannot be read on is no text that ends. */
static void read_errors(void **state)
{
    bci_seekable *file = NULL;
    bci_json_reader r;
    bc_error err = { 0 };

    (void)state;
    assert_int_equal(bci_seekable_temporary("f", &file, NULL), BC_OK);
    assert_int_equal(bci_seekable_append(file, "[1,2,3,4]", 9, NULL), BC_OK);
    assert_int_equal(dup2(open("/", O_RDONLY), file->fd), file->fd);
    bci_json_begin_file(&r, file, 0, 9, 4, &err);
    (void)bci_json_take(&r, NULL);
    EXPECT(bci_json_end(&r) == BC_E_OPEN && strstr(err.text, "f: cannot be read at byte 0"), "%s",
           err.text);
    bci_seekable_free(file);
}

/* A host program may have set a locale in which numbers have a comma. */
static void locales(void **state)
{
    static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "C" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bci_json_reader r;
        bc_error err = { 0 };

        (void)setlocale(LC_NUMERIC, names[i]);
        bci_json_begin(&r, "f", "1.5", 3, &err);
        EXPECT(bci_json_take(&r, NULL).real == 1.5, "in %s", names[i]);
        assert_int_equal(bci_json_end(&r), BC_OK);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("what jansson takes is taken, and nothing else", texts),
        SENTENCE("the same of texts with faults made at random", mutations),
        SENTENCE("depth is limited", depth),
        SENTENCE("a sentence says where the fault is", places),
        SENTENCE("a text in a file says through every window what it says as a whole", windows),
        SENTENCE("a file that cannot be read is no fault of its text", read_errors),
        SENTENCE("numbers have a point in every locale", locales),
    };

    return cmocka_run_group_tests_name("json reader", tests, NULL, NULL);
}
