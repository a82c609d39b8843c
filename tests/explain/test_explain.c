/* Explanations by the public call: figures that anyone can compute by hand, and what is refused. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/expect.h"
#include "bitcrush/explain.h"
#include "bitcrush/noise.h"
#include "bitcrush/output.h"

/* The text has a line or a part of one; blanks count. */
static void expect_text(const bc_explain_request *asked, const char *const *parts, size_t n)
{
    char *text = NULL;
    bc_error err = { .status = BC_OK };

    EXPECT(bc_explain(asked, &text, NULL, NULL, &err) == BC_OK, "%s", err.text);
    for (size_t i = 0; i < n; i++)
        EXPECT(strstr(text, parts[i]), "no \"%s\" in:\n%s", parts[i], text);
    free(text);
}

#define EXPECT_TEXT(asked, ...)                                                                    \
    do {                                                                                           \
        static const char *const parts_[] = { __VA_ARGS__ };                                       \
                                                                                                   \
        expect_text(asked, parts_, sizeof parts_ / sizeof *parts_);                                \
    } while (0)

static bc_explain_request number(const char *value, const char *const *formats, size_t n)
{
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_NUMBER);

    asked.value = value;
    asked.formats = formats;
    asked.n_formats = n;
    return asked;
}

/* IEEE 754: the float nearest to 0.1 is 13421773 / 2^27. */
static void a_tenth_as_float32(void **state)
{
    static const char *const formats[] = { "float32" };
    const bc_explain_request asked = number("0.1", formats, 1);

    (void)state;
    EXPECT_TEXT(&asked, "0 01111011 10011001100110011001101   (3DCCCCCD in hexadecimal)",
                "= 0.100000001490116119384765625\n", "lost      1.490e-09 (1.490e-06 %)",
                "in 4 bytes");
}

/* 0.3 = 1.2 x 2^-2, and of 8 mantissas 1.25 is nearest: 0.3125. The bias is 7. */
static void three_tenths_as_e4m3(void **state)
{
    static const char *const formats[] = { "e4m3", "int8" };
    const bc_explain_request asked = number("3/10", formats, 2);

    (void)state;
    EXPECT_TEXT(&asked, "0 0101 010   (2A in hexadecimal)", "(-1)^0 x 2^(5-7) x 1.25 = 0.3125\n",
                "lost      0.0125 (4.167 %)", "range     -448 to 448",
                "int8: two's complement, 8 bits");
}

/* 0.7 = 0.1 x (10 - 3), and 10 is 1010. */
static void scale_and_zero_point(void **state)
{
    static const char *const formats[] = { "uint4" };
    bc_explain_request asked = number("0.7", formats, 1);

    (void)state;
    asked.step = 0.1;
    asked.zero = 3;
    asked.steps = true;
    EXPECT_TEXT(&asked, "0.1 x (10 - 3) = 0.7\n", "range     -0.3 to 1.2\n",
                "remainders from the last to the first: 1010\n");
}

static void without_formats_the_usual_ones(void **state)
{
    const bc_explain_request asked = number("1", NULL, 0);

    (void)state;
    EXPECT_TEXT(&asked, "float32 ", "bfloat16 ", "e4m3 ", "bias8 ");
}

/* e2m1 of the Open Compute Project: 0, 0.5, 1, 1.5, 2, 3, 4, 6 with either sign. */
static void all_values_of_e2m1(void **state)
{
    static const char *const formats[] = { "e2m1" };
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_ALL);

    (void)state;
    asked.formats = formats;
    asked.n_formats = 1;
    EXPECT_TEXT(&asked, "e2m1: 15 finite values in 4 bits, 7 of them above zero, from 0.5 to 6\n");
}

static void levels_of_a_range(void **state)
{
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_RANGE);

    (void)state;
    asked.range[0] = -10;
    asked.range[1] = 40;
    asked.step = 0.1;
    EXPECT_TEXT(&asked, "levels    50 / 0.1 + 1 = 501\n", "bits      9: 2^9 = 512 codes",
                "unused    11 codes");
}

static void bits_of_a_text(void **state)
{
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_TEXT);

    (void)state;
    asked.text = "aaaabbbaababaa";
    EXPECT_TEXT(&asked, "as ASCII, 112 bits (14 bytes)", "112 / 14 = 8:1", "112 / 30 = 3.73:1");
}

/* In steps of 0.25 1.3 is 1.25 and 0.6 is 0.5: 0.625 of 0.78. */
static void a_product_of_rounded_factors(void **state)
{
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_PRODUCT);

    (void)state;
    asked.product[0] = 1.3;
    asked.product[1] = 0.6;
    asked.bits = "4";
    asked.terms = 1;
    asked.seed = 1;
    EXPECT_TEXT(&asked, "1.3 x 0.6 = 0.78\n", "0.25          1.25          0.5",
                "0.625      -0.155", "sqrt(n) only, as the sum itself does:\n", "seed 1;");
}

/* --- a block of a file */

static const char file[] = "block.npy";

/* 32 floats of which -8 is the largest, which q4_0 puts on code 0 with the scale 1. */
static void write_file(const char *path)
{
    unsigned char bytes[128 + 32 * 4];
    char head[119];

    snprintf(head, sizeof head, "%-117s\n",
             "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 32), }");
    memcpy(bytes, "\x93NUMPY\1\0v\0", 10);
    memcpy(bytes + 10, head, 118);
    for (int i = 0; i < 32; i++) {
        const float x = i % 2 ? 7.0f : -8.0f;

        memcpy(bytes + 128 + 4 * i, &x, sizeof x);
    }
    assert_int_equal(bc_output_write(path, true, bytes, sizeof bytes, NULL), BC_OK);
}

static bc_explain_request block(const char *format)
{
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_BLOCK);

    asked.path = file;
    asked.format = format;
    return asked;
}

static void a_block_of_weights(void **state)
{
    const bc_explain_request asked = block("Q4_0");

    (void)state;
    EXPECT_TEXT(&asked, "block 0 of 0 to 0\n", "weights 0 to 31: scale 1\n",
                "largest 0, SNR inf dB");
}

/* U+009B begins a command to a terminal. */
static void names_of_files_are_fit_to_be_shown(void **state)
{
    static const char path[] = "a\xC2\x9B"
                               "b.npy";
    bc_explain_request asked = block("q4_0");

    (void)state;
    asked.path = path;
    write_file(path);
    EXPECT_TEXT(&asked, "a\\xc2\\x9bb.npy, a\\xc2\\x9bb (1 x 32, F32)");
    assert_int_equal(unlink(path), 0);
}

/* --- other forms */

static void facts_and_number_lines(void **state)
{
    static const char *const formats[] = { "e4m3" };
    const bc_explain_request asked = number("0.3", formats, 1);
    bc_report *report = NULL;
    bc_plot *plot = NULL;
    char *text = NULL, *svg = NULL, *facts = NULL;

    (void)state;
    assert_int_equal(bc_explain(&asked, &text, &report, &plot, NULL), BC_OK);
    assert_non_null(strstr(text, "0.3125"));
    assert_int_equal(bc_plot_svg(plot, &svg, NULL), BC_OK);
    assert_non_null(strstr(svg, "The values of e4m3"));
    if (bc_report_json(report, &facts, NULL) == BC_OK) { /* not without jansson */
        assert_non_null(strstr(facts, "\"schema\": \"bitcrush-explain/1\""));
        assert_non_null(strstr(facts, "\"stored\": \"00101010\""));
        assert_non_null(strstr(facts, "\"exact\": \"0.3125\""));
    }
    free(facts);
    free(svg);
    free(text);
    bc_report_free(report);
    bc_plot_free(plot);
}

static void settings_fill_a_request(void **state)
{
    static const bc_setting given[] = { { "range", "-1..3" }, { "step", "0.5" },
                                        { "terms", "20" },    { "steps", "" },
                                        { "bits", "4,e4m3" }, { "seed", "0x10" } };
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_RANGE);
    const bc_setting_row *rows;
    const size_t n = bc_explain_settings(&rows);

    (void)state;
    assert_true(asked.step == 1.0 && asked.zero == 0.0 && asked.seed == BC_DEFAULT_SEED);
    assert_int_equal(bc_settings_fill(rows, n,
                                      &(bc_settings){ given, sizeof given / sizeof *given }, &asked,
                                      NULL),
                     BC_OK);
    assert_true(asked.range[0] == -1.0 && asked.range[1] == 3.0 && asked.step == 0.5);
    assert_true(asked.terms == 20 && asked.steps && asked.seed == 16);
    assert_string_equal(asked.bits, "4,e4m3");
}

/* --- errors */

static const char *const unknown[] = { "float32", "flot16" }, *const far[] = { "xyz" },
                         *const wide[] = { "int33" }, *const whole[] = { "int8" },
                         *const floats[] = { "e4m3" }, *many[BC_EXPLAIN_MAX_FORMATS + 1];

static bc_explain_request product(double a, double b, const char *bits, uint64_t terms)
{
    bc_explain_request asked = bc_explain_request_default(BC_EXPLAIN_PRODUCT);

    asked.product[0] = a;
    asked.product[1] = b;
    asked.bits = bits;
    asked.terms = terms;
    return asked;
}

static bc_explain_request laid(const char *const *formats, double step, double zero)
{
    bc_explain_request asked = number("1", formats, 1);

    asked.step = step;
    asked.zero = zero;
    return asked;
}

static void what_is_refused_says_which_setting(void **state)
{
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        many[i] = "int8";
    bc_explain_request far_block = block("q4_0"), no_tensor = block("q4_0"),
                       missing = block("q4_0");

    far_block.block = 1;
    no_tensor.tensor = "blok";
    missing.path = "missing.npy";
    const struct {
        bc_explain_request asked;
        bc_status status;
        const char *setting; /* NULL: none */
        const char *said;
    } cases[] = {
        { number("1", unknown, 2), BC_E_USAGE, "formats",
          "flot16: unknown format, did you mean float16?" },
        { number("1", far, 1), BC_E_USAGE, "formats",
          "xyz: unknown format, expected one such as int8, uint4, float16 or e4m3" },
        { number("1", wide, 1), BC_E_USAGE, NULL, "int33: 33 bits, expected 1 to 32" },
        { number("1", many, 33), BC_E_USAGE, NULL, "33 formats, expected at most 32" },
        { number("1x", whole, 1), BC_E_USAGE, "value",
          "1x: not a number, expected one such as 3.1415, 1e-3, 1/3, 0x1.8p1, inf or nan" },
        { number("", whole, 1), BC_E_USAGE, "value",
          "\"\": not a number, expected one such as 3.1415, 1e-3, 1/3, 0x1.8p1, inf or nan" },
        { number("1e400", whole, 1), BC_E_USAGE, "value",
          "1e400: beyond any 64-bit float, expected at most 1.79e+308, or inf" },
        { number(file, whole, 1), BC_E_USAGE, "value",
          "block.npy: a file, expected a number, or `block=K` for a block of its weights" },
        { laid(whole, 1.0, 0.5), BC_E_USAGE, "zero", "zero: expected a whole number" },
        { laid(whole, 1.0, NAN), BC_E_USAGE, "zero", "zero: expected a whole number" },
        { laid(whole, 1.0, 1e300), BC_E_USAGE, "zero", "zero: expected a whole number" },
        { laid(floats, 1.0, 1.0), BC_E_USAGE, NULL, "e4m3: only integers have a zero-point" },
        { laid(whole, 0.0, 0.0), BC_E_USAGE, NULL, "scale 0, expected a number above 0" },
        { product(1, 2, "4,40", 10), BC_E_USAGE, "bits",
          "bits 40: expected 1 to 32 bits, or a format" },
        { product(1, 2, "4", 0), BC_E_USAGE, "terms",
          "terms 0: expected a whole number from 1 on" },
        { product(1, 2, "4", 1000001), BC_E_USAGE, "terms",
          "terms 1000001: expected at most 1000000" },
        { product(0, 0, "4", 10), BC_E_USAGE, "product",
          "product 0 0: expected a factor that is not 0" },
        { product(1e-200, 1, "4", 10), BC_E_USAGE, "product",
          "product 1e-200 1: expected factors that are 0, or 1e-100 and more" },
        { product(1, NAN, "4", 10), BC_E_USAGE, "product",
          "product 1 nan: expected factors up to 1e100" },
        { block("q40"), BC_E_USAGE, "format", "format q40: unknown, did you mean q4_0?" },
        { block(NULL), BC_E_USAGE, NULL,
          "block: its type F32 has no blocks, expected `format` with one, such as q4_0" },
        { far_block, BC_E_USAGE, "block", "block 1: expected 0 to 0, as block has them" },
        { no_tensor, BC_E_USAGE, "tensor", "tensor blok: not in the file, did you mean block?" },
        { block("q4_k"), BC_E_UNSUPPORTED, NULL,
          "block: rows of 32 weights, expected whole blocks of 256 for q4_k" },
        { missing, BC_E_OPEN, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        bc_report *report = NULL;
        bc_error err = { .status = BC_OK };
        const bc_status st = bc_explain(&cases[i].asked, &text, &report, NULL, &err);
        const char *setting = err.setting ? err.setting : "none";

        EXPECT(st == cases[i].status && err.status == st, "row %zu: status %d, %s", i, st,
               err.text);
        EXPECT(!cases[i].said || strcmp(err.text, cases[i].said) == 0, "row %zu: said \"%s\"", i,
               err.text);
        EXPECT(strcmp(setting, cases[i].setting ? cases[i].setting : "none") == 0,
               "row %zu: setting %s", i, setting);
        EXPECT(!text && !report, "row %zu: results of what failed", i);
        EXPECT(bc_explain(&cases[i].asked, &text, NULL, NULL, NULL) == cases[i].status,
               "row %zu: another status without an error", i);
    }
}

static void what_cannot_be_drawn_is_refused(void **state)
{
    static const char *const formats[] = { "float32" };
    const bc_explain_request wide_one = number("1", formats, 1);
    bc_explain_request text = bc_explain_request_default(BC_EXPLAIN_TEXT);
    bc_plot *plot = NULL;
    bc_error err;

    (void)state;
    text.text = "a";
    assert_int_equal(bc_explain(&wide_one, NULL, NULL, &plot, &err), BC_E_USAGE);
    assert_string_equal(err.text, "float32: 32 bits, expected at most 16 to be drawn");
    assert_int_equal(bc_explain(&text, NULL, NULL, &plot, &err), BC_E_UNSUPPORTED);
    assert_null(plot);
}

static int prepare(void **state)
{
    (void)state;
    write_file(file);
    return 0;
}

static int tidy(void **state)
{
    (void)state;
    return unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("a tenth as float32", a_tenth_as_float32),
        SENTENCE("three tenths as e4m3", three_tenths_as_e4m3),
        SENTENCE("scale and zero-point", scale_and_zero_point),
        SENTENCE("without formats the usual ones", without_formats_the_usual_ones),
        SENTENCE("all values of e2m1", all_values_of_e2m1),
        SENTENCE("levels of a range", levels_of_a_range),
        SENTENCE("bits of a text", bits_of_a_text),
        SENTENCE("a product of rounded factors", a_product_of_rounded_factors),
        SENTENCE("a block of weights", a_block_of_weights),
        SENTENCE("names of files are fit to be shown", names_of_files_are_fit_to_be_shown),
        SENTENCE("facts and number lines", facts_and_number_lines),
        SENTENCE("settings fill a request", settings_fill_a_request),
        SENTENCE("what is refused says which setting", what_is_refused_says_which_setting),
        SENTENCE("what cannot be drawn is refused", what_cannot_be_drawn_is_refused),
    };

    return cmocka_run_group_tests(tests, prepare, tidy);
}
