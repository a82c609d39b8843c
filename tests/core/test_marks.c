/* The ways to the nearest of rising marks agree: counting, halving, cells, and looking at all. */
#include "bits.h"
#include "core/marks.h"
#include "core/nearest.h"
#include "grids.h"

enum { N = 5000, MOST = 256 };

static float marks[MOST];

/* Marks of uneven steps, rising. */
static void make_marks(size_t n, uint64_t *seed)
{
    double at = -3.0;

    for (size_t k = 0; k < n; k++) {
        at += random_between(seed, 0.001, k % 7 ? 0.1 : 1.0);
        marks[k] = (float)at;
    }
}

/* Among all, the lower one of two that are as near. */
static size_t nearest_of_all(size_t n, double v)
{
    size_t best = 0;

    for (size_t k = 1; k < n; k++)
        if (fabs(v - (double)marks[k]) < fabs(v - (double)marks[best]))
            best = k;
    return best;
}

/* Within rounding of a point of decision any of the two will do. */
static bool is_between(size_t k, size_t other, double v)
{
    const double middle = 0.5 * ((double)marks[k] + (double)marks[other]);

    return (k == other + 1 || other == k + 1) && fabs(v - middle) < 1e-5;
}

static void all_ways(void **state)
{
    static float v[N], limits[MOST];
    static int32_t places[N];
    uint64_t seed = 7;

    (void)state;
    for (size_t n = 2; n <= MOST; n = n < 20 ? n + 1 : 2 * n) {
        bci_marks cells = { 0 };
        bc_grid g;

        make_marks(n, &seed);
        for (size_t k = 0; k + 1 < n; k++)
            limits[k] = (marks[k] + marks[k + 1]) * 0.5f;
        for (size_t i = 0; i < N; i++)
            v[i] = (float)random_between(&seed, (double)marks[0] - 1.0, (double)marks[n - 1] + 1.0);
        v[0] = limits[0];
        assert_int_equal(bc_grid_codebook(marks, n, &g, NULL), BC_OK);
        assert_int_equal(bci_marks_init(&cells, &g, false, NULL), BC_OK);
        bci_marks_passed(limits, n - 1, v, N, places);
        assert_int_equal(places[0], 0); /* on the point itself: the lower */
        for (size_t i = 0; i < N; i++) {
            const size_t halved = bci_mark_nearest(marks, n, v[i]);
            const size_t best = nearest_of_all(n, (double)v[i]);
            const int32_t k = bci_mark_interval(marks, (int32_t)n, (double)v[i]);
            float in_cells = (v[i] - cells.first) * cells.cell_gain, value;

            in_cells = in_cells < cells.v_min   ? cells.v_min
                       : in_cells > cells.v_max ? cells.v_max
                                                : in_cells;
            const size_t found = bci_nearest(&cells, cells.cells_suffice, in_cells, &value);

            EXPECT((size_t)places[i] == halved, "%zu marks, %g: %d by counting, %zu by halving", n,
                   (double)v[i], places[i], halved);
            EXPECT(halved == best || is_between(halved, best, (double)v[i]),
                   "%zu marks, %g: %zu, nearest %zu", n, (double)v[i], halved, best);
            EXPECT(found == best || is_between(found, best, (double)v[i]),
                   "%zu marks, %g: %zu in cells, nearest %zu", n, (double)v[i], found, best);
            EXPECT((k == 0 || marks[k] <= v[i]) && (k == (int32_t)n - 2 || v[i] < marks[k + 1]),
                   "%zu marks, %g: interval %d", n, (double)v[i], k);
        }
        bci_marks_free(&cells);
    }
    make_marks(MOST, &seed);
    for (size_t k = 0; k < MOST; k++)
        assert_int_equal(bci_mark_nearest(marks, MOST, marks[k]), k);
    assert_int_equal(bci_mark_nearest(marks, MOST, NAN), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("counting, halving and cells find the mark that is nearest of all", all_ways),
    };

    return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
