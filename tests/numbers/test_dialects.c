/* Separators, headers, quotes and line ends: what is told by the bytes, and stays as it was. */
#include "bitcrush/input.h"
#include "tables.h"

/* A row: a table, what its numbers become at one bit, and what it was taken for. */
static const struct {
    const char *text, *expected;
    char separator;
    size_t n_columns;
    bool has_header;
} rows[] = {
    { "1\n2\n1.9\n", "1\n2\n2\n", '\n', 1, false },
    { "x\n1\n2\n1.9\n", "x\n1\n2\n2\n", '\n', 1, true },
    { "1\n2\n1.9", "1\n2\n2", '\n', 1, false },
    { "1\r\n2\r\n1.9\r\n", "1\r\n2\r\n2\r\n", '\n', 1, false },
    { "1\r\n2\r\n1.9", "1\r\n2\r\n2", '\n', 1, false },
    { "\xEF\xBB\xBF"
      "a,b\n1,2\n",
      "\xEF\xBB\xBF"
      "a,b\n1,2\n",
      ',', 2, true },
    { "\xEF\xBB\xBF"
      "1,2\n3,4\n",
      "\xEF\xBB\xBF"
      "1,2\n3,4\n",
      ',', 2, false },
    { "a,b\n1,2\n3,4\n1.1,2.1\n", "a,b\n1,2\n3,4\n1,2\n", ',', 2, true },
    { "a;b\n1;2\n3;4\n1.1;2.1\n", "a;b\n1;2\n3;4\n1;2\n", ';', 2, true },
    { "a|b\n1|2\n3|4\n1.1|2.1\n", "a|b\n1|2\n3|4\n1|2\n", '|', 2, true },
    { "a\tb\n1\t2\n3\t4\n1.1\t2.1\n", "a\tb\n1\t2\n3\t4\n1\t2\n", '\t', 2, true },
    { "  1   2\n 30  40\n 1.5 2.1 \n", "  1   2\n 30  40\n 1 2 \n", ' ', 2, false },
    { "t x\n1 2\n3 4\n", "t x\n1 2\n3 4\n", ' ', 2, true },
    { "a, b\n1, 2\n3 , 4\n 1.1,2.1 \n", "a, b\n1, 2\n3 , 4\n 1,2 \n", ',', 2, true },
    { "\"a\",\"b\"\n\"1\",\"2\"\n\"3\",4\n\"1.1\", \"2.1\" \n",
      "\"a\",\"b\"\n\"1\",\"2\"\n\"3\",4\n\"1\", \"2\" \n", ',', 2, true },
    { "a,b\n\"x \"\"y\"\", z\n\n1\",2\nq,4\n,2.1\n", "a,b\n\"x \"\"y\"\", z\n\n1\",2\nq,4\n,2\n",
      ',', 2, true },
    { "5\" pipe,1\n6\" pipe,2\n", "5\" pipe,1\n6\" pipe,2\n", ',', 2, false },
    { "2026-11-30 10:00:00,1\n2026-11-30 10:00:01,2\n",
      "2026-11-30 10:00:00,1\n2026-11-30 10:00:01,2\n", ',', 2, false },
    { "1,,x\n2,,\n1.2,,NA\n", "1,,x\n2,,\n1,,NA\n", ',', 3, false },
    { "# made today\n#\n1,2\n\n3,4\n# 7,7\n1.1,2.1\n\n",
      "# made today\n#\n1,2\n\n3,4\n# 7,7\n1,2\n\n", ',', 2, false },
    { "#time,temp\n1,2\n3,4\n", "#time,temp\n1,2\n3,4\n", ',', 2, true },
    { "+1\n-1\n.5\n1.\n1e0\n-5E-1\n", "1\n-1\n1\n1\n1\n-1\n", '\n', 1, false },
    { "a\n0x10\n1_0\n1 0\n--1\n1e\n.\n-\n1\n2\n", "a\n0x10\n1_0\n1 0\n--1\n1e\n.\n-\n1\n2\n", '\n',
      1, true },
    { "1,234,567;1\n2;2\n", "1,234,567;1\n2;2\n", ';', 2, false },
    { "\"1,234\",1\n\"12,345.5\",2\n3,2\n", "\"1,234\",1\n\"12,345.5\",2\n3,2\n", ',', 2, false },
    { "note: 1;2 is text,1\nb,2\n", "note: 1;2 is text,1\nb,2\n", ',', 2, false },
};

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_numbers_result r;
        char *got = reduced_text(rows[i].text, settings_for("1"), &r);

        EXPECT(strcmp(got, rows[i].expected) == 0, "of `%s` came `%s`, expected `%s`", rows[i].text,
               got, rows[i].expected);
        EXPECT(r.input.separator == rows[i].separator && r.n_columns == rows[i].n_columns &&
                   r.input.has_header == rows[i].has_header,
               "`%s`: separator `%c`, %zu columns, header %d", rows[i].text, r.input.separator,
               r.n_columns, r.input.has_header);
        bc_numbers_result_free(&r);
        free(got);
    }
}

static void names(void **state)
{
    bc_numbers_result r;

    (void)state;
    free(reduced_text("\"a \"\"b\"\", c\",,x\n1,2,3\n", settings_for("1"), &r));
    assert_string_equal(r.columns[0].cells.name, "a \"b\", c");
    assert_string_equal(r.columns[1].cells.name, "column 2");
    assert_string_equal(r.columns[2].cells.name, "x");
    bc_numbers_result_free(&r);
}

/* What cells were, by column. */
static void counts(void **state)
{
    bc_numbers_settings s = settings_for("1");
    bc_numbers_result r;

    (void)state;
    s.nonfinite = BC_NONFINITE_KEEP;
    free(reduced_text("a;b\n1;\nx;nan\n2;\"1,234,567\"\n1;2\n# c\n", s, &r));
    assert_int_equal(r.columns[0].cells.n_numbers, 3);
    assert_int_equal(r.columns[0].cells.n_text, 1);
    assert_int_equal(r.columns[1].cells.n_numbers, 1);
    assert_int_equal(r.columns[1].cells.n_empty, 1);
    assert_int_equal(r.columns[1].cells.n_nonfinite, 1);
    assert_int_equal(r.columns[1].cells.n_text, 1);
    assert_int_equal(r.columns[1].cells.n_thousands, 1);
    assert_int_equal(r.input.n_rows, 4);
    assert_int_equal(r.input.n_comments, 1);
    bc_numbers_result_free(&r);
}

/* Decimal commas are refused where they are not expected, and written where they are. */
static void decimal_commas(void **state)
{
    bc_numbers_settings s = settings_for("2");
    bc_numbers_result r;

    (void)state;
    expect_refused("t;x\n1;0,5\n2;1,5\n", s, BC_E_FORMAT,
                   "numbers of column x have a decimal comma, first in line 2, expected "
                   "`decimal=comma` or");
    expect_refused("x\n0,5\n1,5\n", s, BC_E_FORMAT, "decimal comma, first in line 2");
    expect_refused("5\n0,5\n1,5\n7\n", s, BC_E_FORMAT, "decimal comma, first in line 2");
    expect_refused("a\tb\n1\t2\n1\t3,25\n", s, BC_E_FORMAT, "of column b");
    expect_refused("a,b\n1,\"0,5\"\n", s, BC_E_FORMAT, "of column b");
    s.format.decimal = ',';
    expect_reduced("t;x\n1;0,5\n4;1\n1;2\n3,1;1,1\n", s, "t;x\n1;0,5\n4;1\n1;2\n3;1\n");
    expect_reduced("0,0\n0,75\n0,3\n", s, "0\n0,75\n0,25\n");
    expect_refused("x;y\n1.5;1\n2.5;2\n", s, BC_E_FORMAT, "have a decimal point");
    /* where commas part cells as well, quotes tell one from the other */
    expect_reduced("\"0,5\",\"1,5\"\n\"3,5\",\"4,5\"\n\"0,7\",2\n", s,
                   "\"0,5\",\"1,5\"\n\"3,5\",\"4,5\"\n\"0,5\",\"1,5\"\n");
    expect_reduced("\"x,y\",z\n\"1,25\", 1 \n 4,\"2,5\"\n2,2\n", s,
                   "\"x,y\",z\n\"1,25\", 1 \n 4,\"2,5\"\n\"2,1666666666666665\",2\n");
    expect_refused("\"0,5\",1\n2,5,1\n", s, BC_E_FORMAT, "line 2 has more than 2 cells");
    s.format.separator = ',';
    expect_reduced("\"0\",\"1\"\n\"1,5\",\"2\"\n", s, "\"0\",\"1\"\n\"1,5\",\"2\"\n");
    /* "0,1" can be two columns, and is: that is said */
    s = settings_for("2");
    free(reduced_text("0,0\n0,1\n0,2\n", s, &r));
    assert_int_equal(r.n_columns, 2);
    assert_non_null(strstr(r.input.note, "decimal comma"));
    bc_numbers_result_free(&r);
    free(reduced_text("0,0\n0,-1\n0,2\n", s, &r));
    assert_string_equal(r.input.note, "");
    bc_numbers_result_free(&r);
    /* text with commas is text */
    free(reduced_text("t;x\n1;0,5\n2;a\n", s, &r));
    assert_int_equal(r.columns[1].cells.n_other_point, 1);
    bc_numbers_result_free(&r);
}

/* What is said goes before what is seen. */
static void said(void **state)
{
    bc_numbers_settings s = settings_for("1");
    bc_numbers_result r;

    (void)state;
    s.format.header = BC_NUMBERS_HEADER_YES;
    expect_reduced("2020,2021\n1,2\n2,4\n1.2,2\n", s, "2020,2021\n1,2\n2,4\n1,2\n");
    s.format.header = BC_NUMBERS_HEADER_NO;
    free(reduced_text("a,b\n1,2\n", s, &r));
    assert_int_equal(r.n_text, 2);
    bc_numbers_result_free(&r);
    s = settings_for("1");
    s.format.separator = ';';
    expect_reduced("a,b;3\na,b;4\na,b;3.2\n", s, "a,b;3\na,b;4\na,b;3\n");
}

/* A row: first bytes, and whether they are for this medium. */
static const struct {
    const char *head;
    bool is_taken;
} heads[] = {
    { "1\n2\n3\n", true },
    { "5", true },
    { "a,b\n1,2\n", true },
    { "time\ttemp\n2026-01-01\t1.5\n2026-01-02\t1.7\n", true },
    { "\xEF\xBB\xBF"
      "a;b\n1;2,5\n",
      true },
    { "# log\n1 2 3\n4 5 6\n", true },
    { "P1 1 1\n0\n", false },
    { "P2\n2 2\n255\n0 1\n2 3\n", false },
    { "P3\n# c\n1 1\n7\n1 2 3\n", false },
    { "{\"a\": 1,\n\"b\": 2}\n", false },
    { "[1, 2,\n3, 4]\n", false },
    { "<svg>\n1,2\n", false },
    { "#define x 16\n#define y 16\n", false },
    { "GGUF\3\1\1\1", false },
    { "RIFF\x24\1\1\1WAVEfmt ", false },
    { "\x93NUMPY\1", false },
    { "Dear Sir,\nthis is no table,\nbut prose.\n", false },
    { "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n", false },
    { "#ff0000\n#00ff00\n", false },
    { "a,b\n", false },
    { "\n\n", false },
    /* what is wrong further on is for the reader to name */
    { "a,b\n1,2\n3\n", true },
    { "1,2\n3,4,5\n6,7\n", true },
    { "1 2\n3 4\n5\n", true },
    { "a,b\n1,\"2\n3,4\n", true },
    { "1,\"2\n3,4\n", true },
    { "int a, b;\nint c = 1, d, e;\n", false },
    { "Dear Sir,\nI have 3, or 4\n5,6,7\n", false },
    { "1\nx y\n2\n", false },
};

/* A row: a name and first bytes that tell nothing by themselves. */
static const struct {
    const char *name, *head;
    bool is_taken;
} called[] = {
    { "x.csv", "1\nx y\n2\n", true }, { "x.TSV", "one\ntwo\n", true },
    { "x.txt", "1\nx y\n2\n", true }, { "x.txt", "Dear Sir,\nso it is.\n", false },
    { "x", "1\nx y\n2\n", false },    { "csv", "1\nx y\n2\n", false },
    { "x.csv", "GIF89a\1\2", false }, { "x.csv", "{\"a\": 1}\n", false },
};

static void first_bytes(void **state)
{
    char wide[BC_HEAD_SIZE + 1];

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        EXPECT(bc_numbers_probe((const uint8_t *)heads[i].head, strlen(heads[i].head)) ==
                   heads[i].is_taken,
               "`%s`: expected %d", heads[i].head, heads[i].is_taken);
    for (size_t i = 0; i < sizeof called / sizeof *called; i++)
        EXPECT(bc_numbers_probe_named(called[i].name, (const uint8_t *)called[i].head,
                                      strlen(called[i].head)) == called[i].is_taken,
               "%s, `%s`: expected %d", called[i].name, called[i].head, called[i].is_taken);
    /* names alone fill the head */
    for (size_t i = 0; i + 8 <= BC_HEAD_SIZE; i += 8)
        memcpy(wide + i, "sensorA,", 9);
    assert_true(bc_numbers_probe((const uint8_t *)wide, BC_HEAD_SIZE));
    assert_false(bc_numbers_probe((const uint8_t *)"", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),      cmocka_unit_test(names), cmocka_unit_test(counts),
        cmocka_unit_test(decimal_commas), cmocka_unit_test(said),  cmocka_unit_test(first_bytes),
    };

    return cmocka_run_group_tests_name("numbers: dialects", tests, make_scratch_dir,
                                       remove_scratch_dir);
}
