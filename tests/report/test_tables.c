/* Tables of reports as people read them. */
#include <stdlib.h>
#include <string.h>

#include "../core/expect.h"
#include "bitcrush/report.h"

static bc_report *new_report(void)
{
    bc_report *r = NULL;

    assert_int_equal(bc_report_new(&r, NULL), BC_OK);
    return r;
}

/* The report as text, which frees it. */
static char *text_of(bc_report *r)
{
    static char *text; /* gcc 12 takes it for one that dangles */

    assert_int_equal(bc_report_text(r, false, &text, NULL), BC_OK);
    bc_report_free(r);
    return text;
}

static void columns_are_as_wide_as_they_have_to_be(void **state)
{
    bc_report *r = new_report();

    (void)state;
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", "a");
    bc_report_integer(r, "t", "n", 12345);
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", "longer");
    bc_report_integer(r, "t", "n", 6);
    bc_report_number(r, "t", "x", 1.5);
    char *text = text_of(r);

    assert_string_equal(text, "  name        n     x\n"
                              "  a       12345\n"
                              "  longer      6  1.50\n");
    free(text);
}

static void tables_follow_each_other(void **state)
{
    bc_report *r = new_report();

    (void)state;
    for (int i = 0; i < 2; i++) {
        bc_report_row(r, "a");
        bc_report_integer(r, "a", "i", (uint64_t)i);
    }
    bc_report_row(r, "b");
    bc_report_integer(r, "b", "k", 7);
    char *text = text_of(r);

    assert_string_equal(text, "  i\n  0\n  1\n\n  k\n  7\n");
    free(text);
}

/* "why" begins where the figures of its row end. */
static void remarks_take_the_place_of_figures(void **state)
{
    bc_report *r = new_report();

    (void)state;
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", "a");
    bc_report_integer(r, "t", "figure", 1);
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", "b");
    bc_report_string(r, "t", "why", "there is none, and that takes many words to say");
    char *text = text_of(r);

    assert_string_equal(text, "  name  figure\n"
                              "  a          1\n"
                              "  b  there is none, and that takes many words to say\n");
    free(text);
}

/* The line with `word` in it, without its end. */
static size_t width_of_line(const char *text, const char *word)
{
    const char *at = strstr(text, word);

    assert_non_null(at);
    while (at > text && at[-1] != '\n')
        at--;
    return strcspn(at, "\n");
}

static void long_texts_lose_their_middles(void **state)
{
    static char name[5000];
    bc_report *r = new_report();

    (void)state;
    memset(name, 'm', sizeof name - 1);
    memcpy(name, "begin", 5);
    memcpy(name + sizeof name - 4, "end", 3);
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", name);
    bc_report_string(r, "t", "other", "a text of some length that stays as it is");
    bc_report_integer(r, "t", "n", 1);
    char *text = text_of(r);

    assert_int_equal(width_of_line(text, "begin"), 100);
    assert_non_null(strstr(text, "mmm...mmm"));
    assert_non_null(strstr(text, "mmmend  a text of some length that stays as it is  1\n"));
    free(text);
}

/* Characters, not bytes, are counted, and none is cut in two. */
static void characters_stay_whole(void **state)
{
    static char name[401];
    bc_report *r = new_report();

    (void)state;
    for (size_t i = 0; i < 400; i += 2)
        memcpy(name + i, "\xc3\xa9", 2);
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", name);
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", "plain");
    bc_report_integer(r, "t", "n", 1);
    char *text = text_of(r);
    size_t n_characters = 0, n_halves = 0;
    const char *line = strstr(text, "\xc3");

    for (const char *at = line; *at != '\n'; at++) {
        n_characters += (*at & 0xC0) != 0x80;
        n_halves += (at[0] & 0xC0) == 0x80 && (unsigned char)at[-1] != 0xC3;
        n_halves += (unsigned char)at[0] == 0xC3 && (at[1] & 0xC0) != 0x80;
    }
    assert_int_equal(n_halves, 0);
    assert_int_equal(n_characters, 95); /* and 2 before, and 3 for the number */
    free(text);
}

static void terminals_get_no_control_characters(void **state)
{
    bc_report *r = new_report();

    (void)state;
    bc_report_string(r, "input", "path", "in\tput");
    bc_report_string(r, "output", "note", "\x1b[2J");
    bc_report_row(r, "t");
    bc_report_string(r, "t", "name", "a\x1b[31m\nb\xC2\x9B");
    char *text = text_of(r);

    assert_string_equal(text, "in\\x09put\n  note     \\x1b[2J\n  name\n  a?[31m?b?\n");
    free(text);
}

/* A mean of -0.001 is 0.00 and no other zero. */
static void what_rounds_to_zero_has_no_sign(void **state)
{
    bc_report *r = new_report();

    (void)state;
    bc_report_row(r, "t");
    bc_report_number(r, "t", "a", -0.001);
    bc_report_number(r, "t", "b", -0.0);
    bc_report_number(r, "t", "c", -0.01);
    char *text = text_of(r);

    assert_non_null(strstr(text, "  0.00  0.00  -0.01\n"));
    free(text);
}

static void one_of_a_thing_is_singular(void **state)
{
    bc_report *r = new_report();

    (void)state;
    bc_report_integer(r, "input", "tensors", 1);
    bc_report_integer(r, "input", "elements", 1);
    bc_report_integer(r, "input", "data_bytes", 4);
    bc_report_integer(r, "output", "data_bytes", 1);
    char *text = text_of(r);

    assert_non_null(strstr(text, "1 tensor, 1 weight\n"));
    assert_non_null(strstr(text, "data 4 -> 1 byte\n"));
    free(text);
}

/* What a codec makes smaller has no samples of so many bits to count. */
static void a_size_alone_is_told(void **state)
{
    bc_report *r = new_report();

    (void)state;
    bc_report_integer(r, "input", "size_bytes", 7);
    char *text = text_of(r);

    assert_non_null(strstr(text, "  sizes    input file 7 bytes\n"));
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("columns are as wide as they have to be", columns_are_as_wide_as_they_have_to_be),
        SENTENCE("tables follow each other", tables_follow_each_other),
        SENTENCE("remarks take the place of figures", remarks_take_the_place_of_figures),
        SENTENCE("long texts lose their middles", long_texts_lose_their_middles),
        SENTENCE("characters stay whole", characters_stay_whole),
        SENTENCE("terminals get no control characters", terminals_get_no_control_characters),
        SENTENCE("what rounds to zero has no sign", what_rounds_to_zero_has_no_sign),
        SENTENCE("one of a thing is singular", one_of_a_thing_is_singular),
        SENTENCE("a size alone is told", a_size_alone_is_told),
    };

    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
