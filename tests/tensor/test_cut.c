/* How tensors are cut into batches. */
#include "weights.h"

#include "tensor/cut.h"

static const struct {
    uint64_t n_rows, row;
    uint32_t unit;
} shapes[] = {
    { 0, 5, 1 },        { 5, 0, 0 },        { 1, 1, 1 },       { 3, 1000000, 256 },
    { 300000, 1, 1 },   { 7, 131072, 32 },  { 2, 131073, 32 }, { 1000, 4096, 256 },
    { 1, 1 << 20, 64 }, { 2, 1000001, 24 }, { 131073, 2, 2 },  { 5, 70000, 8 },
};

static void every_element_is_in_one_batch(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const bci_cut cut = bci_cut_rows(shapes[s].n_rows, shapes[s].row, shapes[s].unit);
        uint64_t next = 0;

        for (uint64_t i = 0; i < cut.n_batches; i++) {
            const bci_range at = bci_cut_at(&cut, i);

            EXPECT(at.first == next && at.n > 0 && at.n <= BCI_BATCH, "shape %zu, batch %llu", s,
                   (unsigned long long)i);
            next += at.n;
        }
        assert_int_equal(next, shapes[s].n_rows * shapes[s].row);
    }
}

/* Whole rows, or pieces of one that begin at whole units. */
static void batches_respect_rows(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const uint64_t row = shapes[s].row;
        const bci_cut cut = bci_cut_rows(shapes[s].n_rows, row, shapes[s].unit);

        for (uint64_t i = 0; i < cut.n_batches; i++) {
            const bci_range at = bci_cut_at(&cut, i);
            const uint64_t in_row = at.first % row;

            if (row <= BCI_BATCH) {
                assert_int_equal(in_row, 0);
                assert_int_equal(at.n, at.n_lines * row);
            } else {
                assert_int_equal(at.n_lines, 1);
                assert_int_equal(in_row % shapes[s].unit, 0);
                assert_true(in_row + at.n <= row);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_is_in_one_batch),
        cmocka_unit_test(batches_respect_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
