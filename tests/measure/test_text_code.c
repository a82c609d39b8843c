/* What a text costs, counted by hand. */
#include <string.h>

#include "../core/expect.h"
#include "bitcrush/text_code.h"

static const struct {
    const char *text;
    uint64_t characters, symbols, plain_bits, coded_bits, dictionary_bits;
    int bits;
    double entropy;
} rows[] = {
    /* Nine a and five b: 9/14 log2(14/9) + 5/14 log2(14/5). */
    { "aaaabbbaababaa", 14, 2, 112, 14, 16, 1, 0.940286 },
    { "abcd", 4, 4, 32, 8, 32, 2, 2.0 },
    { "abcde", 5, 5, 40, 15, 40, 3, 2.321928 },
    { "zzz", 3, 1, 24, 3, 8, 1, 0.0 },
    /* U+00E9 takes two bytes, U+20AC three, U+1F600 four. */
    { "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA9", 4, 3, 88, 8, 72, 2, 1.5 },
};

static void counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_text_code c;

        assert_int_equal(bc_text_code_make(rows[i].text, strlen(rows[i].text), &c, NULL), BC_OK);
        EXPECT(c.n_characters == rows[i].characters && c.n_symbols == rows[i].symbols,
               "row %zu: characters", i);
        EXPECT(c.plain_bits == rows[i].plain_bits && c.coded_bits == rows[i].coded_bits &&
                   c.dictionary_bits == rows[i].dictionary_bits &&
                   c.bits_per_character == rows[i].bits,
               "row %zu: bits", i);
        EXPECT_NEAR(c.entropy_bits, rows[i].entropy, 1e-6, "row %zu: entropy", i);
        bc_text_code_free(&c);
    }
}

/* Codes are places in the list of characters, by their number in Unicode. */
static void codes_in_order(void **state)
{
    static const char text[] = "b\xE2\x82\xAC"
                               "a";
    static const size_t lengths[] = { 1, 3, 1 }, codes[] = { 1, 2, 0 };
    const char *at = text;
    bc_text_code c;

    (void)state;
    assert_int_equal(bc_text_code_make(text, strlen(text), &c, NULL), BC_OK);
    assert_false(c.is_ascii);
    assert_int_equal(c.symbols[2].character, 0x20AC);
    for (size_t i = 0; i < 3; i++) {
        size_t code;

        assert_int_equal(bc_text_code_next(&c, at, strlen(at), &code), lengths[i]);
        assert_int_equal(code, codes[i]);
        at += lengths[i];
    }
    bc_text_code_free(&c);
}

/* The Unicode Standard, table 3-7: what is not there is no UTF-8. */
static void no_utf8(void **state)
{
    static const char *const wrong[] = {
        "",          "\xFF",         "a\x80",        "\xC3",
        "\xC0\xAF",  "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
        "ab\xE2\x82"
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bc_error err = { .status = BC_OK };
        bc_text_code c;

        EXPECT(bc_text_code_make(wrong[i], strlen(wrong[i]), &c, &err) == BC_E_USAGE,
               "row %zu was taken", i);
        EXPECT(strstr(err.text, i ? "UTF-8" : "empty"), "row %zu: %s", i, err.text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("characters, bits and entropy are those counted by hand", counted),
        SENTENCE("codes number the characters in order", codes_in_order),
        SENTENCE("what is not UTF-8 is refused with a sentence", no_utf8),
    };

    return cmocka_run_group_tests_name("text code", tests, NULL, NULL);
}
