/* Comparing tables, looking at them, and what depths cost: the same figures as of reducing. */
#include "tables.h"

static bc_numbers_comparison compared(const char *a, const char *b)
{
    const char *x = save_text("a.csv", a), *y = save_text("b.csv", b);
    bc_numbers_comparison c;
    bc_error err = { 0 };

    if (bc_numbers_compare(x, y, NULL, NULL, &c, &err))
        fail_msg("`%s` and `%s`: %s", a, b, err.text);
    return c;
}

static void expect_gate(const bc_numbers_comparison *c, double least, bc_status expected,
                        const char *words)
{
    bc_error err = { 0 };
    const bc_status st = bc_numbers_compare_gate(c, least, "b.csv", &err);

    EXPECT(st == expected && strstr(err.text, words), "status %d, `%s`, expected %d, `%s`", (int)st,
           err.text, (int)expected, words);
}

static void what_differs(void **state)
{
    bc_numbers_comparison c = compared("t,x\n1,a\n3,b\n", "t;x\n\"1.0\";a\n2;b\n");

    (void)state;
    assert_true(c.error.n == 2 && c.error.sum_x2 == 10.0 && c.error.sum_e2 == 1.0);
    assert_int_equal(c.n_text_differs + c.n_kind_differs + c.n_names_differ, 0);
    expect_gate(&c, 10.0, BC_OK, "");
    expect_gate(&c, 10.1, BC_E_QUALITY, "SNR 10.00 dB");
    expect_gate(&c, NAN, BC_OK, "");
    bc_numbers_comparison_free(&c);
    c = compared("t,x\n1,a\n3,b\n", "t,x\n1,a\n3,c\n");
    assert_int_equal(c.n_text_differs, 1);
    expect_gate(&c, 10.0, BC_E_QUALITY, "1 cell of text is other");
    expect_gate(&c, NAN, BC_OK, "");
    bc_numbers_comparison_free(&c);
    c = compared("t,x\n1,a\n3,b\n", "t,y\n1,a\n3,b\n");
    assert_int_equal(c.n_names_differ, 1);
    expect_gate(&c, 10.0, BC_E_QUALITY, "1 cell of text is other");
    bc_numbers_comparison_free(&c);
    c = compared("1\n2\n", "1\nx\n");
    assert_int_equal(c.n_kind_differs, 1);
    assert_int_equal(c.error.n_lost, 1);
    expect_gate(&c, -100.0, BC_E_QUALITY, "1 cell is a number in one of the two alone");
    bc_numbers_comparison_free(&c);
    c = compared("1\nnan\ninf\n", "1\nNaN\n-inf\n");
    assert_int_equal(c.error.n_nonfinite, 1); /* NaN stayed NaN */
    assert_int_equal(c.error.n_lost, 1);
    bc_numbers_comparison_free(&c);

    bc_error err = { 0 };

    assert_int_equal(bc_numbers_compare(save_text("a.csv", "1,2\n"), save_text("b.csv", "1\n"),
                                        NULL, NULL, &c, &err),
                     BC_E_USAGE);
    assert_non_null(strstr(err.text, "1 column, expected 2"));
}

/* Of a file and what it was reduced to: the figures of the report. */
static void same_figures(void **state)
{
    static const char text[] = "t,x,n\n0,0.31,a\n1,-7.25,b\n2,1.75,c\n3,2.5,\n4,-1e-3,d\n";
    bc_numbers_result r;
    bc_numbers_settings s = settings_for("3");

    (void)state;
    s.noise = bc_noise_find("tpdf");
    char *out = reduced_text(text, s, &r);
    bc_numbers_comparison c = compared(text, out);

    assert_int_equal(c.error.n, r.error.n);
    /* the order of sums is another */
    EXPECT(fabs(bc_error_snr_db(&c.error) - bc_error_snr_db(&r.error)) < 1e-9, "%g and %g dB",
           bc_error_snr_db(&c.error), bc_error_snr_db(&r.error));
    assert_true(c.error.max_abs_e == r.error.max_abs_e);
    assert_int_equal(c.n_text_differs, 0);
    bc_numbers_comparison_free(&c);
    bc_numbers_result_free(&r);
    free(out);
}

static bc_numbers_info info_of(const char *text)
{
    bc_numbers_info i;
    bc_error err = { 0 };

    if (bc_numbers_get_info(save_text("i.csv", text), NULL, NULL, &i, &err))
        fail_msg("`%s`: %s", text, err.text);
    return i;
}

static void steps_are_found(void **state)
{
    static const struct {
        const char *text;
        double step;
        uint64_t levels, n_distinct;
        int bits;
    } rows[] = {
        { "20.1\n20.3\n21\n20.30\n", 0.1, 10, 3, 4 },
        { "0.5\n2\n3.5\n", 1.5, 3, 3, 2 },
        { "100\n300\n-500\n", 200, 5, 3, 3 },
        { "1e3\n2e3\n", 1000, 2, 2, 1 },
        { "0.05\n0.15\n0.45\n", 0.1, 5, 3, 3 },
        { "7\n7\n", 0, 0, 1, 0 },
        { "0.1234567890123456\n31\n", 0, 0, 2, 0 },
        { "1e30\n1\n", 0, 0, 2, 0 },
        { "0\n-0\n1\n", 1, 2, 2, 1 },
        { "9007199254740992\n9007199254740990\n", 2, 2, 2, 1 },
    };

    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        bc_numbers_info i = info_of(rows[k].text);
        const bc_numbers_column_info *c = &i.columns[0];

        EXPECT(c->step == rows[k].step && c->levels == rows[k].levels &&
                   c->n_distinct == rows[k].n_distinct && c->used_bits == rows[k].bits,
               "`%s`: step %g, %llu levels, %llu values, %d bits", rows[k].text, c->step,
               (unsigned long long)c->levels, (unsigned long long)c->n_distinct, c->used_bits);
        bc_numbers_info_free(&i);
    }
}

static void what_there_is(void **state)
{
    bc_numbers_info i = info_of("a,b\n1,x\n3,\n5,nan\n");

    (void)state;
    assert_int_equal(i.file.n_rows, 3);
    assert_int_equal(i.n_columns, 2);
    assert_true(i.file.has_header && i.file.separator == ',');
    assert_int_equal(i.file.size_bytes, 17);
    assert_string_equal(i.columns[1].cells.name, "b");
    assert_true(i.columns[0].cells.min == 1 && i.columns[0].cells.max == 5 &&
                i.columns[0].cells.mean == 3);
    assert_int_equal(i.columns[1].cells.n_text, 1);
    assert_int_equal(i.columns[1].cells.n_empty, 1);
    assert_int_equal(i.columns[1].cells.n_nonfinite, 1);
    assert_true(isnan(i.columns[1].cells.min));
    bc_numbers_info_free(&i);

    char *many = malloc(5000 * 6), *at = many;

    assert_non_null(many);
    for (int k = 0; k < 5000; k++)
        at += sprintf(at, "%d\n", k);
    i = info_of(many);
    assert_int_equal(i.columns[0].n_distinct, BC_NUMBERS_DISTINCT + 1);
    assert_int_equal(i.columns[0].levels, 5000);
    bc_numbers_info_free(&i);
    free(many);
}

/* A sweep tells what reducing at each depth does. */
static void sweep(void **state)
{
    static const char text[] = "t,x,n\n0,0.31,a\n1,-7.25,b\n2,1.75,c\n3,2.5,\n4,-1e-3,d\n";
    bc_numbers_settings s = settings_for("8");
    bc_numbers_sweep_result w;
    bc_error err = { 0 };

    (void)state;
    s.noise = bc_noise_find("rpdf");
    if (bc_numbers_sweep(save_text("s.csv", text), &s, 1, 16, &w, &err))
        fail_msg("%s", err.text);
    assert_int_equal(w.n_reduced, 2);
    assert_int_equal(w.n_numbers, 10);
    for (int bits = 1; bits <= 16; bits++) {
        const bc_numbers_cost *cost = &w.costs[bits - 1];
        char spec[8];
        bc_numbers_result r;

        snprintf(spec, sizeof spec, "%d", bits);
        s.depth = settings_for(spec).depth;
        free(reduced_text(text, s, &r));
        EXPECT(memcmp(&r.error, &cost->error, sizeof r.error) == 0, "%d bits: other errors", bits);
        EXPECT(r.packed_bytes == cost->packed_bytes, "%d bits: %llu bytes", bits,
               (unsigned long long)cost->packed_bytes);
        EXPECT(fabs(r.entropy_bits * 10.0 - cost->code_bits) < 1e-9, "%d bits: entropy", bits);
        const double theory = 10.0 * log10(cost->error.sum_x2 / cost->expected_e2);

        EXPECT(fabs(theory - r.theory_snr_db) < 1e-9, "%d bits: theory %g, %g", bits, theory,
               r.theory_snr_db);
        bc_numbers_result_free(&r);
    }
    assert_int_equal(bc_numbers_sweep(path_of("s.csv"), &s, 0, 4, &w, &err), BC_E_USAGE);
    assert_int_equal(bc_numbers_sweep(path_of("s.csv"), &s, 4, 17, &w, &err), BC_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_differs),    cmocka_unit_test(same_figures),
        cmocka_unit_test(steps_are_found), cmocka_unit_test(what_there_is),
        cmocka_unit_test(sweep),
    };

    return cmocka_run_group_tests_name("numbers: looks", tests, make_scratch_dir,
                                       remove_scratch_dir);
}
