/* Columns become marks: values that can be worked out by hand, and all else byte for byte. */
#include "tables.h"

/* Two bits between 0 and 3: marks at whole numbers; ties go to the even code. */
static void min_max_marks(void **state)
{
    (void)state;
    expect_reduced("0\n0.4\n0.5\n1.5\n2.6\n3\n", settings_for("2"), "0\n0\n0\n2\n3\n3\n");
    expect_reduced("-1\n1\n0.1\n", settings_for("1"), "-1\n1\n1\n");
    expect_reduced("7\n7\n", settings_for("4"), "7\n7\n"); /* nothing to tell apart */
    expect_reduced("0.1\n", settings_for("1"), "0.1\n");
    expect_reduced("0\n1\n2\n", settings_for("levels3"), "0\n1\n2\n");
    expect_reduced("0\n11\n21\n22\n", settings_for("4.5"), "0\n11\n21\n22\n"); /* 23 marks */
    expect_reduced("0\n16777214\n16777215\n", settings_for("24"), "0\n16777214\n16777215\n");
}

/* Each column has its ends, or all share them. */
static void scopes(void **state)
{
    bc_numbers_settings s = settings_for("1");

    (void)state;
    expect_reduced("0,0\n1,90\n0.2,100\n", s, "0,0\n1,100\n0,100\n");
    s.per = BC_PER_WHOLE;
    expect_reduced("0,0\n1,90\n0.2,100\n", s, "0,0\n0,100\n0,100\n");
}

/* A thermometer with a step of 0.1: marks are the decimals that people write,
 * not 21.300000000000001. */
static void steps_are_decimals(void **state)
{
    bc_numbers_settings s = settings_for("");
    bc_numbers_result r;
    char *text;

    (void)state;
    s.step = 0.1;
    expect_reduced("21.32\n21.38\n-0.04\n0.3\n1e2\n", s, "21.3\n21.4\n0\n0.3\n100\n");
    s.step = 0.25;
    expect_reduced("0.3\n-0.3\n1.126\n", s, "0.25\n-0.25\n1.25\n");
    s.step = 500;
    expect_reduced("749\n-751\n1.6e3\n", s, "500\n-1000\n1500\n");
    s.step = 0.1; /* 201 marks from 20 to 40 take 8 bits */
    text = reduced_text("20\n40\n30.04\n", s, &r);
    assert_string_equal(text, "20\n40\n30\n");
    assert_int_equal(r.columns[0].grid.bits, 8);
    assert_int_equal(bc_grid_levels(&r.columns[0].grid), 201);
    assert_true(r.columns[0].step == 0.1 && r.columns[0].low == 20.0 && r.columns[0].high == 40.0);
    assert_int_equal(r.packed_bytes, 3); /* a step is known: no scale beside the codes */
    bc_numbers_result_free(&r);
    free(text);
}

/* Marks from the lower end on, and what is beyond the ends is clipped and counted. */
static void ranges(void **state)
{
    bc_numbers_settings s = settings_for("2");
    bc_numbers_result r;
    char *text;

    (void)state;
    s.has_range = true;
    s.low = -3.0;
    s.high = 3.0;
    text = reduced_text("-9\n-3.9\n0.1\n4.1\n", s, &r);
    assert_string_equal(text, "-3\n-3\n1\n3\n");
    assert_int_equal(r.error.n_clipped, 2); /* 4.1 and -9: more than half a step, 1, beyond */
    EXPECT(fabs(r.error.sum_overload_e2 - 37.21) < 1e-9, "6^2 + 1.1^2, found %g",
           r.error.sum_overload_e2);
    /* The closed form does not know of clipping: the mean square 28.2575 over 2^2 / 12. */
    EXPECT(fabs(r.theory_snr_db - 19.2825) < 0.001, "expected %g dB", r.theory_snr_db);
    bc_numbers_result_free(&r);
    free(text);
    s = settings_for("");
    s.has_range = true;
    s.low = 0.05;
    s.high = 1.05;
    s.step = 0.1;
    expect_reduced("0.31\n0\n2\n", s, "0.35\n0.05\n1.05\n");
}

/* Errors and bits of a case that fits a page: 0 0 1 3 at marks 0 and 3. */
static void figures(void **state)
{
    bc_numbers_settings s = settings_for("1");
    bc_numbers_result r;
    char *text = reduced_text("a,b\n0,x\n0,y\n1,\n3,z\n", s, &r);

    (void)state;
    assert_string_equal(text, "a,b\n0,x\n0,y\n0,\n3,z\n");
    assert_int_equal(r.error.n, 4);
    assert_true(r.error.sum_x2 == 10.0 && r.error.sum_e2 == 1.0 && r.error.max_abs_e == 1.0);
    EXPECT(fabs(bc_error_snr_db(&r.error) - 10.0) < 1e-12, "SNR %g", bc_error_snr_db(&r.error));
    EXPECT(fabs(r.entropy_bits - 0.8112781244591328) < 1e-12, "entropy %g", r.entropy_bits);
    assert_int_equal(r.columns[0].n_levels_used, 2);
    assert_int_equal(r.raw_bytes, 32);
    assert_int_equal(r.packed_bytes, 1 + 16); /* 4 codes of a bit, two doubles of a scale */
    assert_int_equal(r.n_text, 3);
    assert_int_equal(r.n_empty, 1);
    assert_int_equal(r.n_columns, 2);
    assert_int_equal(r.n_reduced, 1);
    assert_string_equal(r.columns[1].why, "no numbers");
    assert_string_equal(r.columns[0].cells.name, "a");
    assert_true(r.columns[0].cells.mean == 1.0);
    assert_string_equal(r.scale->name, "minmax");
    bc_numbers_result_free(&r);
    free(text);
}

/* Uniform numbers between the ends: each bit is 6.02 dB, and the closed form is met. */
static void six_decibels_a_bit(void **state)
{
    enum { N = 20000 };
    char *text = malloc(N * 12);
    size_t n = 0;

    (void)state;
    assert_non_null(text);
    for (unsigned i = 0; i < N; i++) /* a sequence that fills 0..1 evenly: multiples of 1/phi */
        n += (size_t)snprintf(text + n, 12, "%.6f\n", fmod((i + 1) * 0.6180339887498949, 1.0));
    for (int bits = 3; bits <= 10; bits++) {
        char spec[8];
        bc_numbers_result r;

        snprintf(spec, sizeof spec, "%d", bits);
        free(reduced_text(text, settings_for(spec), &r));
        /* power 1/3 over step^2 / 12, step 1 / (2^bits - 1) */
        const double expected = 10.0 * log10(4.0 * pow(pow(2.0, bits) - 1.0, 2.0));

        EXPECT(fabs(bc_error_snr_db(&r.error) - expected) < 0.15, "%d bits: %.2f dB, expected %.2f",
               bits, bc_error_snr_db(&r.error), expected);
        EXPECT(fabs(r.theory_snr_db - expected) < 0.01, "%d bits: theory %.2f dB, expected %.2f",
               bits, r.theory_snr_db, expected);
        bc_numbers_result_free(&r);
    }
    free(text);
}

/* Grids of the core: E2M1 (OCP) at full scale, its largest magnitude on 6 by itself. */
static void other_grids(void **state)
{
    bc_numbers_settings s = settings_for("e2m1");

    (void)state;
    expect_reduced("6\n5.1\n-2.4\n0.2\n1.25\n", s, "6\n6\n-2\n0\n1\n");
    expect_reduced("12\n-0.1\n", s, "12\n0\n"); /* absmax: twice as large */
    expect_reduced("65504\n0.1\n-2049\n", settings_for("float16"),
                   "65504\n0.0999755859375\n-2048\n");
    expect_reduced("3.14159265358979\n", settings_for("float32"), "3.1415927410125732\n");
    bc_scale_row const *rows;

    for (size_t i = 0, n = bc_scale_rows(&rows); i < n; i++)
        if (rows[i].method == BC_SCALE_FULL)
            s.scale = &rows[i];
    expect_reduced("6\n-0.1\n", s, "6\n0\n");
    s.nonfinite = BC_NONFINITE_SATURATE; /* 12 is refused without */
    expect_reduced("12\n-0.1\n", s, "6\n0\n");
}

static void rounding_and_dither(void **state)
{
    bc_numbers_settings s = settings_for("2");
    char *first, *second;

    (void)state;
    s.has_range = true;
    s.high = 3.0;
    s.rounding = BC_ROUND_NEAREST;
    expect_reduced("0.9\n1.9\n2.9\n", s, "1\n2\n3\n");
    s.rounding = BC_ROUND_TRUNCATE; /* the bit shift: four cells of one width, 0.75 */
    expect_reduced("0.7\n1.4\n2.2\n2.3\n", s, "0\n1\n2\n3\n");
    s = settings_for("uint2"); /* integers: the mark below */
    s.has_range = true;
    s.high = 3.0;
    s.rounding = BC_ROUND_TRUNCATE;
    expect_reduced("0.9\n1.9\n2.9\n", s, "0\n1\n2\n");
    /* stochastic rounding: a number between two marks becomes either, the mean stays */
    s = settings_for("1");
    s.has_range = true;
    s.high = 1.0;
    s.noise = bc_noise_find("rpdf");
    char text[4 * 4000 + 1], *at = text;
    bc_numbers_result r;

    for (int i = 0; i < 4000; i++, at += 4)
        memcpy(at, "0.3\n", 5);
    first = reduced_text(text, s, &r);
    /* sigma of the mean: sqrt(0.3 0.7 / 4000) = 0.0072 */
    EXPECT(fabs(bc_error_mean(&r.error)) < 0.03, "mean error %g", bc_error_mean(&r.error));
    bc_numbers_result_free(&r);
    second = reduced_text(text, s, NULL);
    assert_string_equal(first, second); /* the same seed */
    free(second);
    s.seed++;
    second = reduced_text(text, s, NULL);
    assert_string_not_equal(first, second);
    free(first);
    free(second);
}

/* Two columns of the same numbers have noise of their own; a text in a line changes no other. */
static void noise_by_column_and_line(void **state)
{
    enum { LINES = 1000, CHANGED = 900 }; /* noise is chosen by the first lines */
    bc_numbers_settings s = settings_for("1");
    size_t n_other = 0;
    char *table = malloc(LINES * 8 + 1), *text, *changed;

    (void)state;
    assert_non_null(table);
    s.has_range = true;
    s.high = 1.0;
    s.noise = bc_noise_find("rpdf");
    for (int i = 0; i < LINES; i++)
        memcpy(table + 8 * i, "0.5,0.5\n", 9);
    text = reduced_text(table, s, NULL);
    for (int i = 0; i < LINES; i++) /* "0,1\n" */
        n_other += text[4 * i] != text[4 * i + 2];
    EXPECT(n_other > LINES / 3 && n_other < 2 * LINES / 3, "%zu of %d lines differ", n_other,
           LINES);
    memcpy(table + 8 * CHANGED, "xyz,0.5\n", 8);
    changed = reduced_text(table, s, NULL);
    assert_memory_equal(changed, text, 4 * CHANGED);
    assert_memory_equal(changed + 4 * CHANGED, "xyz", 3);
    assert_string_equal(changed + 4 * CHANGED + 3, text + 4 * CHANGED + 1);
    free(text);
    free(changed);
    free(table);
}

static void codes(void **state)
{
    bc_numbers_settings s = settings_for("2");

    (void)state;
    s.codes = true;
    expect_reduced("t\n-1\n0.2\n2\n", s, "t\n0\n1\n3\n");
    s = settings_for("pcm2");
    s.codes = true;
    expect_reduced("-1\n0.2\n2\n", s, "-2\n-1\n1\n");
    s = settings_for("e2m1"); /* the stored bits: 6 is 0111, -6 is 1111 */
    s.codes = true;
    expect_reduced("6\n-6\n1\n", s, "7\n15\n2\n");
    s = settings_for("");
    s.codes = true;
    s.step = 0.5;
    expect_reduced("6\n-6\n1.1\n", s, "12\n-12\n2\n");
}

static void not_finite(void **state)
{
    bc_numbers_settings s = settings_for("1");
    bc_numbers_result r;
    char *text;

    (void)state;
    expect_refused("t\n1\nNaN\n3\n", s, BC_E_FORMAT, "NaN in line 3, column t, expected finite");
    expect_refused("1\n-inf\n3\n", s, BC_E_FORMAT, "-inf in line 2, column 1");
    expect_refused("1\n1e999\n", s, BC_E_FORMAT, "1e999 in line 2");
    s.nonfinite = BC_NONFINITE_KEEP;
    text = reduced_text("1\nnan\n+Infinity\n2\n", s, &r);
    assert_string_equal(text, "1\nnan\n+Infinity\n2\n");
    assert_int_equal(r.n_nonfinite, 2);
    assert_int_equal(r.error.n, 2);
    assert_int_equal(r.error.n_nonfinite, 2);
    bc_numbers_result_free(&r);
    free(text);
    s.nonfinite = BC_NONFINITE_ZERO; /* which widens the ends to 0 */
    expect_reduced("1\nnan\n-INF\n2\n", s, "0\n0\n0\n2\n");
    s.nonfinite = BC_NONFINITE_SATURATE;
    text = reduced_text("1\ninf\n-inf\n2\n", s, &r);
    assert_string_equal(text, "1\n2\n1\n2\n");
    assert_int_equal(r.n_saturated, 2);
    assert_int_equal(r.error.n_lost, 2); /* an infinite error */
    bc_numbers_result_free(&r);
    free(text);
    expect_refused("1\nnan\n", s, BC_E_FORMAT, "NaN in line 2");
    s = settings_for("float16"); /* ends at 65504 */
    expect_refused("1\n70000\n", s, BC_E_FORMAT, "70000 in line 2, column 1, more than the grid");
    s.nonfinite = BC_NONFINITE_SATURATE;
    expect_reduced("1\n70000\n-inf\n", s, "1\n65504\n-65504\n");
    s.nonfinite = BC_NONFINITE_KEEP;
    expect_reduced("1\n70000\n-inf\n", s, "1\ninf\n-inf\n");
}

static void patterns(void **state)
{
    static const char *const in[] = { "temp*" }, *const second[] = { "2" }, *const no[] = { "x" };
    bc_numbers_settings s = settings_for("1");

    (void)state;
    s.include = in;
    s.n_include = 1;
    expect_reduced("time,temp in,temp out\n0,0,0\n1,1,1\n0.9,0.9,0.9\n", s,
                   "time,temp in,temp out\n0,0,0\n1,1,1\n0.9,1,1\n");
    s.exclude = second;
    s.n_exclude = 1;
    expect_reduced("time,temp in,temp out\n0,0,0\n1,1,1\n0.9,0.9,0.9\n", s,
                   "time,temp in,temp out\n0,0,0\n1,1,1\n0.9,0.9,1\n");
    s.exclude = no;
    expect_refused("time,temp\n0,0\n", s, BC_E_USAGE, "x fits none of 2 columns");
    s.include = second;
    s.exclude = second;
    expect_refused("time,temp\n0,0\n", s, BC_E_UNSUPPORTED, "leave out every column of numbers");
}

static void gates_and_outputs(void **state)
{
    bc_numbers_settings s = settings_for("1");
    const char *in = save_text("in.csv", "0\n1\n3\n"), *out = path_of("old.csv");
    bc_numbers_result r;
    bc_error err = { 0 };

    (void)state;
    s.min_snr_db = 10.1; /* it is 10 log10(10) */
    expect_refused("0\n1\n3\n", s, BC_E_QUALITY, "SNR 10.00 dB, expected at least 10.10 dB");
    s.min_snr_db = 9.9;
    s.skip_quality = true; /* the gate still measures */
    expect_reduced("0\n1\n3\n", s, "0\n0\n3\n");
    s.min_snr_db = NAN;
    s.force = false;
    save_text("old.csv", "old");
    assert_int_equal(bc_numbers_reduce(in, out, &s, &r, &err), BC_E_EXISTS);
    s.dry_run = true;
    s.skip_quality = false;
    assert_int_equal(bc_numbers_reduce(in, out, &s, &r, &err), BC_OK);
    assert_int_equal(r.output_size_bytes, 6);
    assert_int_equal(r.error.n, 3);
    bc_numbers_result_free(&r);
    size_t n;
    char *old = (char *)load_bytes(out, &n);

    assert_string_equal(old, "old");
    free(old);
}

static void contradictions(void **state)
{
    bc_numbers_settings s = settings_for("4");
    const bc_scale_row *rows;
    const size_t n = bc_scale_rows(&rows);

    (void)state;
    s.step = 0.1;
    expect_refused("1\n2\n", s, BC_E_USAGE, "expected no uniform4 beside it");
    s.step = -1.0;
    expect_refused("1\n2\n", s, BC_E_USAGE, "`step=-1`: expected a number above 0");
    s = settings_for("");
    expect_refused("1\n2\n", s, BC_E_USAGE, "neither a depth nor a step");
    s.step = 1e-9;
    expect_refused("1\n2e6\n", s, BC_E_USAGE, "expected a larger step");
    s = settings_for("4");
    s.has_range = true;
    expect_refused("1\n2\n", s, BC_E_USAGE, "the lower one first");
    s.high = 1.0;
    s.scale = rows;
    expect_refused("1\n2\n", s, BC_E_USAGE, "the range says how marks lie");
    s = settings_for("4");
    s.noise = bc_noise_find("bayer4");
    expect_refused("1\n2\n", s, BC_E_USAGE, "a mask for pictures");
    s.noise = bc_noise_find("tpdf");
    s.rounding = BC_ROUND_TRUNCATE;
    expect_refused("1\n2\n", s, BC_E_USAGE, "takes no dither");
    s = settings_for("4");
    s.per = BC_PER_ROW;
    expect_refused("1\n2\n", s, BC_E_USAGE, "a number of cells from 2 to 65536");
    for (size_t i = 0; i < n; i++) {
        const bool is_refused =
            rows[i].method == BC_SCALE_PERCENTILE || rows[i].method == BC_SCALE_MSE;

        s = settings_for("uint4"); /* which every scale can be laid on */
        s.scale = &rows[i];
        if (is_refused)
            expect_refused("1\n2\n", s, BC_E_USAGE, "needs all numbers at once");
        else
            free(reduced_text("1\n2\n", s, NULL));
    }
    bc_numbers_depth d;

    assert_int_equal(bc_numbers_depth_named("0", &d, NULL), BC_E_USAGE);
    assert_int_equal(bc_numbers_depth_named("25", &d, NULL), BC_E_USAGE);
    assert_int_equal(bc_numbers_depth_named("levels1", &d, NULL), BC_E_USAGE);
    assert_int_equal(bc_numbers_depth_named("", &d, NULL), BC_E_USAGE);
    assert_int_equal(bc_numbers_depth_named("nonsense", &d, NULL), BC_E_USAGE);
}

/* Rounded once, numbers are marks: a second time changes nothing. */
static void twice_is_once(void **state)
{
    static const char *const specs[] = {
        "1", "3", "6", "4.5", "pcm5", "int4", "float16", "levels7"
    };

    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        const bc_numbers_settings s = settings_for(specs[i]);
        char *once = reduced_text("0.31\n-7.25\n1.75\n2.5\n-1e-3\n7.25\n", s, NULL);
        char *twice = reduced_text(once, s, NULL);

        EXPECT(strcmp(once, twice) == 0, "%s: `%s`, then `%s`", specs[i], once, twice);
        free(once);
        free(twice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(min_max_marks),
        cmocka_unit_test(scopes),
        cmocka_unit_test(steps_are_decimals),
        cmocka_unit_test(ranges),
        cmocka_unit_test(figures),
        cmocka_unit_test(six_decibels_a_bit),
        cmocka_unit_test(other_grids),
        cmocka_unit_test(rounding_and_dither),
        cmocka_unit_test(noise_by_column_and_line),
        cmocka_unit_test(codes),
        cmocka_unit_test(not_finite),
        cmocka_unit_test(patterns),
        cmocka_unit_test(gates_and_outputs),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(twice_is_once),
    };

    return cmocka_run_group_tests_name("numbers: reduce", tests, make_scratch_dir,
                                       remove_scratch_dir);
}
