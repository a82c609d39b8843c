/* Names that a file made up can stand in a sentence. */
#include <string.h>

#include "../core/expect.h"
#include "base/shown.h"

/* What is and is not UTF-8: The Unicode Standard, 3.9, table 3-7, at its edges. */
static void utf8(void **state)
{
    static const struct {
        const char *text;
        bool is_utf8;
    } rows[] = {
        { "", true },
        { "blk.0.attn_q.weight", true },
        { "\x7F", true },
        { "\x80", false },
        { "\xC1\xBF", false }, /* overlong */
        { "\xC2\x80", true },
        { "\xC3", false },
        { "\xDF\xBF", true },
        { "\xE0\x9F\xBF", false }, /* overlong */
        { "\xE0\xA0\x80", true },
        { "\xED\x9F\xBF", true },
        { "\xED\xA0\x80", false }, /* a surrogate */
        { "\xEF\xBF\xBF", true },
        { "\xF0\x8F\xBF\xBF", false }, /* overlong */
        { "\xF0\x90\x80\x80", true },
        { "\xF4\x8F\xBF\xBF", true },
        { "\xF4\x90\x80\x80", false }, /* past U+10FFFF */
        { "\xF5\x80\x80\x80", false },
        { "\xE2\x82", false },
        { "a\xE2\x82\xAC"
          "b\xFF",
          false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EXPECT(bci_is_utf8(rows[i].text, strlen(rows[i].text)) == rows[i].is_utf8, "row %zu", i);
}

static void shown(void **state)
{
    char out[16];
    char longer[200];

    (void)state;
    assert_string_equal(bci_show_name("weight").text, "weight");
    assert_string_equal(bci_show_name("a\x1b[2Jb\n").text, "a\\x1b[2Jb\\x0a");
    assert_string_equal(bci_show_name("\xC2\x9B"
                                      "2J")
                            .text,
                        "\\xc2\\x9b2J"); /* CSI of C1 */
    assert_string_equal(bci_show_name("gr\xC3\xB6\xC3\x9F"
                                      "e\xFF")
                            .text,
                        "gr\xC3\xB6\xC3\x9F"
                        "e\\xff");
    assert_string_equal(bci_show("a\0b", 3).text, "a\\x00b");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    assert_int_equal(strlen(bci_show_name(longer).text), sizeof(bci_shown) - 1);
    assert_non_null(strstr(bci_show_name(longer).text, "xx..."));
    /* Whole characters only, with room for the dots. */
    bci_show_into("0123456789abcde", 15, out, sizeof out);
    assert_string_equal(out, "0123456789abcde");
    bci_show_into("0123456789abcdef", 16, out, sizeof out);
    assert_string_equal(out, "0123456789ab...");
    bci_show_into("0123456789a\xE2\x82\xAC\xE2\x82\xAC", 17, out, sizeof out);
    assert_string_equal(out, "0123456789a...");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("UTF-8 is told from what is not", utf8),
        SENTENCE("names are shown without control characters, and short", shown),
    };

    return cmocka_run_group_tests_name("shown", tests, NULL, NULL);
}
