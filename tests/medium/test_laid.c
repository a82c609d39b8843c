/* Grids and blocks laid on runs: scales by group, short blocks, sizes, and what clips. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "expect.h"
#include "medium/laid.h"

enum { MOST = 600 };

static bci_laying laying(const char *name, bc_scale_method scale, size_t group)
{
    bci_laying l = { .scale = scale, .group = group, .percent = 100.0 };
    bc_spec s;

    assert_int_equal(bc_spec_named(name, &s, NULL), BC_OK);
    l.blocks = s.blocks;
    l.grid = s.grid;
    return l;
}

static void lay(const bci_laying *l, const double *x, size_t n, double *y, bc_error_sums *sums,
                uint64_t *histogram)
{
    bci_lay_room room;

    assert_int_equal(bci_lay_room_new(l, n, &room, NULL), BC_OK);
    assert_int_equal(bci_lay(l, &room, x, NULL, n, y, sums, histogram, NULL), BC_OK);
    bci_lay_room_free(&room);
}

/* int3 has the marks -3 .. 3 of its largest number. */
static void each_group_has_its_scale(void **state)
{
    static const double x[] = { 3, 1.4, -0.4, 30, 14, -4, 6, 1.2 };
    static const double expected[] = { 3, 1, 0, 30, 10, 0, 6, 2 };
    const bci_laying l = laying("int3", BC_SCALE_ABSMAX, 3);
    uint64_t histogram[7] = { 0 };
    bc_error_sums sums = { 0 };
    double y[8];

    (void)state;
    lay(&l, x, 8, y, &sums, histogram);
    for (size_t i = 0; i < 8; i++)
        EXPECT(fabs(y[i] - expected[i]) < 1e-12, "%g became %g", x[i], y[i]);
    assert_int_equal(bci_laid_levels(&l), 7);
    assert_int_equal(histogram[3], 2);     /* zeros */
    assert_int_equal(histogram[3 + 3], 3); /* the largest of each group */
    assert_int_equal(histogram[3 + 1], 3);
    assert_int_equal(sums.n_clipped, 0);
    assert_int_equal(bci_laid_bits(&l, 8), 8 * 3 + 3 * 32);
}

static void without_a_scale_the_ruler_is_as_it_is(void **state)
{
    static const double x[] = { 0.2, -0.3, 0.9, 7 };
    static const double expected[] = { 0.25, -0.25, 0.75, 0.75 };
    const bci_laying l = laying("pcm3", BC_SCALE_FULL, 2);
    bc_error_sums sums = { 0 };
    double y[4];

    (void)state;
    lay(&l, x, 4, y, &sums, NULL);
    assert_memory_equal(y, expected, sizeof y);
    assert_int_equal(sums.n_clipped, 2); /* 0.9 lies beyond 0.875 */
    EXPECT_NEAR(sums.sum_overload_e2, 0.15 * 0.15 + 6.25 * 6.25, 1e-12, "overload");
    assert_int_equal(bci_laid_bits(&l, 4), 12);
}

/* A short block is what a whole one with the last sample again would be. */
static void short_blocks(void **state)
{
    static const char *const names[] = { "q4_0", "q4_1", "q8_0", "nf4", "mxfp4", "q4_k" };

    (void)state;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const bci_laying l = laying(names[k], BC_SCALE_FULL, 0);
        const size_t length = l.blocks->block_length, n = length + 5;
        double x[MOST], y[MOST], whole[MOST];
        bc_error_sums sums = { 0 }, of_whole = { 0 };

        for (size_t i = 0; i < 2 * length; i++)
            x[i] = i < n ? sin((double)i) : x[n - 1];
        lay(&l, x, n, y, &sums, NULL);
        lay(&l, x, 2 * length, whole, &of_whole, NULL);
        EXPECT(memcmp(y, whole, n * sizeof *y) == 0, "%s: values differ", names[k]);
        EXPECT(bci_laid_bits(&l, n) == 16 * l.blocks->block_bytes, "%s: size", names[k]);
        EXPECT(sums.n_clipped <= of_whole.n_clipped, "%s: clipped", names[k]);
        EXPECT(fabs(y[3] - x[3]) < 0.3, "%s: %g became %g", names[k], x[3], y[3]);
    }
}

/* The scale of q8_0 has 16 bits. */
static void what_a_block_cannot_hold(void **state)
{
    const bci_laying l = laying("q8_0", BC_SCALE_FULL, 0);
    const double x[2] = { 1e30, 1.0 };
    bci_lay_room room;
    bc_error err = { 0 };
    double y[2];

    (void)state;
    assert_int_equal(bci_lay_room_new(&l, 2, &room, NULL), BC_OK);
    assert_int_equal(bci_lay(&l, &room, x, NULL, 2, y, NULL, NULL, &err), BC_E_FORMAT);
    assert_non_null(strstr(err.text, "1e+30"));
    bci_lay_room_free(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_group_has_its_scale),
        cmocka_unit_test(without_a_scale_the_ruler_is_as_it_is),
        cmocka_unit_test(short_blocks),
        cmocka_unit_test(what_a_block_cannot_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
