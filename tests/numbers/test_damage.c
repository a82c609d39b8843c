/* Whatever is wrong with a table is said with its line, and leaves no output. */
#include "tables.h"

static const struct {
    const char *text;
    bc_status status;
    const char *words;
} rows[] = {
    { "a,b\n1,2\n3\n", BC_E_FORMAT, "the record in line 3 has 1 cell, expected 2" },
    { "a,b\n1,2,3\n", BC_E_FORMAT, "the record in line 2 has more than 2 cells, expected 2" },
    { "1,2\n# c\n\n3,4\n5,6,\n", BC_E_FORMAT, "line 5 has more than 2 cells" },
    { "1 2\n3 4\n5\n", BC_E_FORMAT, "line 3 has 1 cell" },
    { "a,b\n\"x\ny\",2\n3\n", BC_E_FORMAT, "line 4 has 1 cell" },
    { "a,b\n1,\"2\n3,4\n", BC_E_FORMAT, "line 2 has a quote without an end" },
    { "\"a,b\n1,2\n", BC_E_FORMAT, "line 1 has a quote without an end" },
    { "a,b\n1,\"2\"\"\n", BC_E_FORMAT, "line 2 has a quote without an end" },
    { "a,b\n1,\"2\"x\n", BC_E_FORMAT, "line 2 has text behind a closing quote" },
    { "a,b\n1,\"2\" \"3\"\n", BC_E_FORMAT, "line 2 has text behind a closing quote" },
    { "1,2\n3,4,5\n6,7\n", BC_E_FORMAT, "line 2 has more than 2 cells" },
    { "1,\"2\n3,4\n", BC_E_FORMAT, "line 1 has a quote without an end" },
    { "\n\n# nothing\n", BC_E_FORMAT, "has no records" },
    { "a,b\n", BC_E_UNSUPPORTED, "has 2 columns, none of which has numbers" },
    { "one\ntwo\n", BC_E_UNSUPPORTED, "has 1 column, none of which has numbers" },
    { "1\r2\r3\r", BC_E_UNSUPPORTED, "lines end in CR alone" },
    { "\xFF\xFE"
      "1\n",
      BC_E_UNSUPPORTED, "UTF-16" },
    { "", BC_E_FORMAT, "is empty" },
};

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int once = 0; once < 2; once++) {
            bc_numbers_settings s = settings_for("4");

            s.has_range = once; /* then the file is read once */
            s.high = 1.0;
            expect_refused(rows[i].text, s, rows[i].status, rows[i].words);
        }
}

/* Numbers whose distance, sum or step is none that a double can say. */
static void far_apart(void **state)
{
    static const char table[] = "x,y\n1,-1e308\n2,1.5e308\n3,1.7e308\n";
    static const struct {
        const char *spec, *words;
        bc_scale_method scale;
        uint32_t group;
    } ways[] = {
        { "4", "column y: numbers from -1e+308 to 1.7e+308 are further apart", BC_SCALE_MINMAX, 0 },
        { "4.5", "are further apart than a double can say", BC_SCALE_ZERO_POINT, 0 },
        { "4", "column y: the magnitudes of 3 numbers have no sum", BC_SCALE_ABSMEAN, 0 },
        { "4", "1.5e+308 in line 3, column y, further from others of its", BC_SCALE_MINMAX, 2 },
        { "4", "1.5e+308 in line 3, column y, further from others of its", BC_SCALE_MSE, 2 },
        { "4", "1.5e+308 in line 3, column y, further from others", BC_SCALE_PERCENTILE, 3 },
        { "q4_0", "1.7e+308 in line 4, column y, more than the scale of a block holds", 0, 0 },
        { "nf4", "1.7e+308 in line 4, column y, more than the scale of a block holds", 0, 0 },
    };
    bc_numbers_settings s;
    const bc_scale_row *scales;
    const size_t n = bc_scale_rows(&scales);

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        s = settings_for(ways[i].spec);
        for (size_t k = 0; !s.depth.blocks && k < n; k++)
            if (scales[k].method == ways[i].scale)
                s.scale = &scales[k];
        s.per = ways[i].group ? BC_PER_BLOCK : s.per;
        s.group = ways[i].group;
        expect_refused(table, s, BC_E_FORMAT, ways[i].words);
    }
    s = settings_for("4");
    s.has_range = true;
    s.low = -1e308;
    s.high = 1e308;
    expect_refused(table, s, BC_E_USAGE, "`range=-1e+308..1e+308`: its ends are further apart");
    s = settings_for("e4m3"); /* a grid with a sign needs no distance: 448 steps on 1.7e308 */
    expect_reduced("-1.7e308\n1.7e308\n0\n", s, "-1.7e+308\n1.7e+308\n0\n");
    static const char *const any[] = { "8", "e4m3" };

    for (size_t i = 0; i < sizeof any / sizeof *any; i++)
        expect_refused("1e-310\n2e-310\n3e-310\n", settings_for(any[i]), BC_E_FORMAT,
                       "numbers from 1e-310 to 3e-310 lie too close for a ruler of doubles");
    s = settings_for("4");
    s.per = BC_PER_ROW;
    expect_refused("1\n2\n", s, BC_E_USAGE, "group row: is for");
}

static void bytes_that_are_zero(void **state)
{
    const char *path = path_of("zero.csv");
    const bc_numbers_settings s = settings_for("4");
    bc_numbers_result r;
    bc_error err = { 0 };

    (void)state;
    save_bytes(path, "1\n\0\n", 4);
    assert_int_equal(bc_numbers_reduce(path, path_of("none.csv"), &s, &r, &err), BC_E_FORMAT);
    assert_int_equal(bc_numbers_reduce(path_of("missing"), path_of("none.csv"), &s, &r, &err),
                     BC_E_OPEN);
}

/* A record has at most 1 MiB, and a quote that opens is looked for as far. */
static void long_records(void **state)
{
    enum { N = 3 << 20 };
    char *text = malloc(N + 1);
    bc_numbers_result r;

    (void)state;
    assert_non_null(text);
    memset(text, '7', N);
    memcpy(text, "a,b\n1,2\n3,", 10);
    text[N - 1] = '\n';
    text[N] = 0;
    expect_refused(text, settings_for("4"), BC_E_LIMIT, "the record in line 3 has over 1 MiB");
    text[10] = '"';
    expect_refused(text, settings_for("4"), BC_E_FORMAT, "line 3 has a quote without an end");
    /* half as long is a cell of text */
    text[10] = 'x';
    memcpy(text + (1 << 19), "\n", 2);
    free(reduced_text(text, settings_for("1"), &r));
    assert_int_equal(r.n_text, 1);
    bc_numbers_result_free(&r);
    free(text);
}

/* What many columns, or a long record, would take is checked before it is taken. */
static void much_memory(void **state)
{
    enum { N = 100000 };
    char *text = malloc(2 * N + 1);
    bc_numbers_settings s = settings_for("4");

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < N; i++)
        memcpy(text + 2 * i, "1,", 3);
    text[2 * N - 1] = '\n';
    s.reading.max_memory = 16 << 20;
    expect_refused(text, s, BC_E_LIMIT, "of memory, expected at most 16 MiB");
    memset(text, 'x', 2 * N - 1); /* a long cell instead of many */
    memcpy(text, "7\n", 2);
    free(reduced_text(text, settings_for("4"), NULL));
    s.reading.max_memory = 4 << 20;
    expect_refused(text, s, BC_E_LIMIT, "of memory, expected at most 4 MiB");
    free(text);
}

/* A table cut after every byte is reduced, or refused with a sentence. */
static void every_prefix(void **state)
{
    static const char table[] = "\xEF\xBB\xBF"
                                "a,\"b \"\"c\"\"\",d\r\n1,\"-2.5e1\",x\r\n# c\r\n\r\n"
                                "nan,\"x\ny\",3\r\n";
    bc_numbers_settings s = settings_for("3");

    (void)state;
    s.nonfinite = BC_NONFINITE_KEEP;
    for (size_t n = 1; n < sizeof table; n++) {
        const char *path = path_of("cut.csv");
        bc_numbers_result r;
        bc_error err = { 0 };

        save_bytes(path, table, n);
        const bc_status st = bc_numbers_reduce(path, path_of("cut-out.csv"), &s, &r, &err);

        EXPECT(st == BC_OK || ((st == BC_E_FORMAT || st == BC_E_UNSUPPORTED) && *err.text),
               "%zu bytes: status %d, `%s`", n, (int)st, err.text);
        if (!st)
            bc_numbers_result_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),           cmocka_unit_test(far_apart),
        cmocka_unit_test(bytes_that_are_zero), cmocka_unit_test(long_records),
        cmocka_unit_test(much_memory),         cmocka_unit_test(every_prefix),
    };

    return cmocka_run_group_tests_name("numbers: damage", tests, make_scratch_dir,
                                       remove_scratch_dir);
}
