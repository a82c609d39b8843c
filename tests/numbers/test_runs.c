/* Runs of a column: groups with a scale each, and formats of blocks. */
#include <stdlib.h>

#include "tables.h"

static bc_numbers_settings grouped(const char *spec, uint32_t n)
{
    bc_numbers_settings s = settings_for(spec);

    s.per = BC_PER_BLOCK;
    s.group = n;
    return s;
}

/* Four marks from the least to the greatest of four numbers each; text is no number. */
static void groups_have_rulers_of_their_own(void **state)
{
    bc_numbers_result r;

    (void)state;
    expect_reduced("0\n0.4\n1.6\n3\n10\n11\n12.4\n13\n5\n5\n", grouped("2", 4),
                   "0\n0\n2\n3\n10\n11\n12\n13\n5\n5\n");
    expect_reduced("a,b\n0,x\n1,7\nnone,8\n3,9.2\n2,10\n6,3\n", grouped("uniform2", 4),
                   "a,b\n0,x\n1,7\nnone,8\n3,9\n2,10\n6,3\n");
    free(reduced_text("0\n1\n2\n3\n10\n11\n", grouped("2", 4), &r));
    /* a scale is two doubles */
    assert_int_equal(r.columns[0].packed_bytes, (6 * 2 + 2 * 128 + 7) / 8);
    bc_numbers_result_free(&r);
}

/* q8_0 has 32 numbers and the largest magnitude on 127: whole numbers up to 127 are themselves, and
 * so are even ones up to 254 in another block; odd ones beside 254 are not. */
static void blocks_are_of_32(void **state)
{
    char text[512] = "", *got;
    bc_numbers_result r;

    (void)state;
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%d\n", i == 7 ? "gap\n" : "",
                 i < 32 ? 127 - 3 * i : 254 - 2 * i + 64);
    got = reduced_text(text, settings_for("q8_0"), &r);
    assert_string_equal(got, text);
    assert_int_equal(r.columns[0].packed_bytes, 2 * 34);
    assert_true(r.columns[0].error.n == 40 && bc_error_is_exact(&r.error));
    bc_numbers_result_free(&r);
    free(got);
    expect_reduced("254\n127\n-3\n", settings_for("q8_0"), "254\n128\n-4\n"); /* ties away from 0 */
}

static void threads_change_nothing(void **state)
{
    enum { LINES = 40000 };
    static const char *const specs[] = { "q4_0", "q4_k", "e2m1" };
    char *text = malloc(LINES * 24), *end = text;

    (void)state;
    for (int i = 0; i < LINES; i++)
        end += snprintf(end, 24, "%d,%s\n", i * 7919 % 10007, i % 3 ? "text" : "-2.5");
    for (size_t k = 0; k < 3; k++) {
        bc_numbers_settings s = k < 2 ? settings_for(specs[k]) : grouped(specs[k], 48);
        char *first = NULL;

        s.noise = bc_noise_find("tpdf");
        for (int threads = 1; threads <= 7; threads += threads == 1 ? 1 : 5) {
            s.n_threads = threads;
            char *got = reduced_text(text, s, NULL);

            EXPECT(!first || strcmp(first, got) == 0, "%s: other text on %d threads", specs[k],
                   threads);
            if (first)
                free(got);
            else
                first = got;
        }
        EXPECT(strcmp(first, text) != 0, "%s: nothing was reduced", specs[k]);
        free(first);
    }
    free(text);
}

static void what_makes_no_sense_is_said(void **state)
{
    static const char numbers[] = "1\n2\n3\n";
    bc_numbers_settings s = settings_for("q4_0");

    (void)state;
    s.codes = true;
    expect_refused(numbers, s, BC_E_USAGE, "q4_0: a block is codes and scales together");
    s = settings_for("q4_0");
    s.has_range = true;
    s.high = 5;
    expect_refused(numbers, s, BC_E_USAGE, "scales of their own, expected no `range`");
    expect_refused(numbers, grouped("q4_0", 32), BC_E_USAGE, "expected no `group`");
    s = settings_for("q4_0");
    s.rounding = BC_ROUND_TRUNCATE;
    expect_refused(numbers, s, BC_E_USAGE, "expected `rounding=nearest`");
    expect_refused(numbers, grouped("float16", 8), BC_E_USAGE,
                   "full scale is the same for all numbers");
    s = grouped("4", 8);
    s.codes = true;
    expect_refused(numbers, s, BC_E_USAGE, "`codes`: they mean nothing without the scale");
    expect_refused(numbers, grouped("4", 1), BC_E_USAGE, "a number of cells from 2 to 65536");
}

/* Scales of q4_0 have 16 bits: up to 65504. */
static void what_is_not_held(void **state)
{
    bc_numbers_settings s = settings_for("q4_0");

    (void)state;
    expect_refused("1\n2\n1e9\n", s, BC_E_FORMAT,
                   "1000000000 in line 3, column 1, more than the scale of a block holds");
    expect_refused("1\nnan\n", s, BC_E_FORMAT, "nan in line 2");
    s.nonfinite = BC_NONFINITE_KEEP;
    expect_reduced("-8\nnan\n-8\n", s, "-8\nnan\n-8\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_have_rulers_of_their_own),
        cmocka_unit_test(blocks_are_of_32),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(what_makes_no_sense_is_said),
        cmocka_unit_test(what_is_not_held),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
