/* What a sweep over weights finds: known figures of Gaussian weights, and each row by its
 * definition. */
#include <math.h>

#include "bitcrush/blocks.h"
#include "reduced.h"
#include "weights.h"

enum { SIDE = 512, LONG = 300001 };

static void gaussian(float *x, size_t n)
{
    bc_noise_fill(bc_noise_find("gaussian"), 7, 0, 0, x, n);
}

/* The caller frees it. */
static bc_tensor_sweep_result *swept(const char *path, int first, int last, int n_threads)
{
    bc_tensor_settings s = bc_tensor_settings_default("q4_0");
    bc_tensor_sweep_result *r = calloc(1, sizeof *r);
    bc_error err = { 0 };

    s.n_threads = n_threads;
    EXPECT(bc_tensor_sweep(path, &s, bc_noise_find("none"), 0, first, last, r, &err) == BC_OK, "%s",
           err.text);
    return r;
}

static const bc_tensor_cost *row_of(const bc_tensor_sweep_result *r, const char *grid,
                                    const char *group)
{
    for (size_t i = 0; i < r->n_costs; i++)
        if (strcmp(r->costs[i].grid, grid) == 0 && strcmp(r->costs[i].group, group) == 0)
            return &r->costs[i];
    EXPECT(false, "%s per %s is no row", grid, group);
    return NULL;
}

static double snr_of(const bc_tensor_sweep_result *r, const char *grid, const char *group)
{
    return bc_error_snr_db(&row_of(r, grid, group)->error);
}

/* Signs of a Gaussian under its mean magnitude are the best two levels: pi / (pi - 2). */
static void gaussian_weights(void **state)
{
    static float x[SIDE * SIDE];

    (void)state;
    gaussian(x, SIDE * SIDE);
    bc_tensor_sweep_result *r = swept(save_npy("g.npy", SIDE, SIDE, x), 1, 8, 0);

    assert_int_equal(r->law, BC_LAW_GAUSSIAN);
    EXPECT_NEAR(snr_of(r, "binary", "tensor"), 4.40, 0.05, "binary");
    EXPECT_NEAR(snr_of(r, "binary", "row"), 4.40, 0.05, "binary");
    assert_int_equal(row_of(r, "int4", "tensor")->packed_bytes, SIDE * SIDE / 2 + 4);
    assert_int_equal(row_of(r, "int4", "row")->packed_bytes, SIDE * SIDE / 2 + 4 * SIDE);
    assert_int_equal(row_of(r, "int4", "32")->packed_bytes, SIDE * SIDE / 2 + SIDE * SIDE / 8);
    for (size_t i = 0; i < r->n_costs; i++)
        assert_true(r->costs[i].scale && *r->costs[i].group && r->costs[i].family);
    free(r);
}

/* By definition: the largest magnitude of each group on the largest code. */
static double snr_by_definition(const float *x, size_t n, size_t group, int bits)
{
    const double most = (double)((1 << (bits - 1)) - 1);
    double x2 = 0.0, e2 = 0.0;

    for (size_t at = 0; at < n; at += group) {
        const size_t end = at + group < n ? at + group : n;
        double top = 0.0;

        for (size_t i = at; i < end; i++)
            top = fmax(top, fabs((double)x[i]));
        for (size_t i = at; i < end; i++) {
            const double y = top > 0.0 ? rint((double)x[i] / top * most) / most * top : 0.0;

            x2 += (double)x[i] * (double)x[i];
            e2 += (y - (double)x[i]) * (y - (double)x[i]);
        }
    }
    return 10.0 * log10(x2 / e2);
}

static void rows_by_definition(void **state)
{
    enum { ROWS = 40, ROW = 96, N = ROWS * ROW, BLOCKS = N / 32 };
    static float x[N], y[N];
    static uint8_t blocks[BLOCKS * 18];
    const bc_block_format *q4_0 = bc_block_find("q4_0");
    bc_error_sums sums = { 0 };

    (void)state;
    gaussian(x, N);
    for (size_t i = 0; i < N; i++)
        x[i] *= 1.0f + (float)(i / ROW); /* rows of other sizes */
    bc_tensor_sweep_result *r = swept(save_npy("r.npy", ROWS, ROW, x), 1, 8, 0);

    for (int bits = 2; bits <= 7; bits++) {
        char name[8];

        snprintf(name, sizeof name, "int%d", bits);
        EXPECT_NEAR(snr_of(r, name, "tensor"), snr_by_definition(x, N, N, bits), 1e-3, "%s", name);
        EXPECT_NEAR(snr_of(r, name, "row"), snr_by_definition(x, N, ROW, bits), 1e-3, "%s", name);
        EXPECT_NEAR(snr_of(r, name, "32"), snr_by_definition(x, N, 32, bits), 1e-3, "%s", name);
    }
    q4_0->encode(x, NULL, BLOCKS, blocks);
    q4_0->decode(blocks, BLOCKS, y);
    bc_error_add_f32(&sums, x, y, N);
    bc_error_add_overload_blocks(&sums, q4_0, blocks, x, y, N);
    const bc_tensor_cost *of = row_of(r, "q4_0", "32");

    EXPECT_NEAR(bc_error_snr_db(&of->error), bc_error_snr_db(&sums), 1e-9, "q4_0");
    assert_int_equal(of->error.n_clipped, sums.n_clipped);
    assert_int_equal(of->packed_bytes, sizeof blocks);
    free(r);
}

/* A row longer than a batch has one scale all the same, and a last block that is short. */
static void one_long_row(void **state)
{
    static float x[LONG];

    (void)state;
    gaussian(x, LONG);
    x[LONG - 1] = 9.0f;
    bc_tensor_sweep_result *r = swept(save_npy("l.npy", 1, LONG, x), 4, 6, 3);

    EXPECT_NEAR(snr_of(r, "int4", "row"), snr_of(r, "int4", "tensor"), 0.0, "one row");
    EXPECT_NEAR(snr_of(r, "int4", "row"), snr_by_definition(x, LONG, LONG, 4), 1e-3, "row");
    EXPECT_NEAR(snr_of(r, "int4", "32"), snr_by_definition(x, LONG, 32, 4), 1e-3, "32");
    free(r);
}

static void threads_change_nothing(void **state)
{
    static float x[LONG];

    (void)state;
    gaussian(x, LONG);
    const char *path = save_npy("t.npy", LONG, 1, x);
    bc_tensor_sweep_result *one = swept(path, 3, 4, 1);

    for (int n = 2; n <= 7; n += 5) {
        bc_tensor_sweep_result *many = swept(path, 3, 4, n);

        assert_int_equal(one->n_costs, many->n_costs);
        for (size_t i = 0; i < one->n_costs; i++) {
            assert_memory_equal(&one->costs[i].error, &many->costs[i].error,
                                sizeof one->costs[i].error);
            assert_true(one->costs[i].code_bits == many->costs[i].code_bits);
        }
        free(many);
    }
    free(one);
}

/* Of bits a weight, scales of blocks included. */
static void a_range_is_bits_a_weight(void **state)
{
    static float x[SIDE * 32];

    (void)state;
    gaussian(x, SIDE * 32);
    const char *path = save_npy("b.npy", SIDE, 32, x);

    for (int bits = 1; bits <= BC_TENSOR_MAX_SWEEP; bits++) {
        bc_tensor_sweep_result *r = swept(path, bits, bits, 1);

        assert_true(r->n_costs > 0 && r->n_costs <= BC_TENSOR_SWEEP_ROWS);
        for (size_t i = 0; i < r->n_costs; i++) {
            const double all = 8.0 * (double)r->costs[i].packed_bytes / (SIDE * 32);
            /* a float for a row of 32 is a bit more */
            const double row = strcmp(r->costs[i].group, "row") == 0 ? 1.0 : 0.0;

            EXPECT(all - row >= bits && all - row < bits + 1, "%s per %s: %.3f bits, expected %d",
                   r->costs[i].grid, r->costs[i].group, all, bits);
        }
        free(r);
    }
    bc_tensor_sweep_result *all = swept(path, 1, BC_TENSOR_MAX_SWEEP, 1);

    assert_true(all->n_costs <= BC_TENSOR_SWEEP_ROWS);
    free(all);
}

/* One large weight, and the rest less than half a step. */
static void silence(void **state)
{
    static float x[64];

    (void)state;
    for (size_t i = 0; i < 64; i++)
        x[i] = i % 2 ? 1.0f : -1.0f;
    x[0] = 1000.0f;
    bc_tensor_sweep_result *r = swept(save_npy("s.npy", 2, 32, x), 2, 3, 1);

    assert_false(bc_error_is_silent(&row_of(r, "int2", "tensor")->error)); /* 1000 stays */
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaussian_weights),
        cmocka_unit_test(rows_by_definition),
        cmocka_unit_test(one_long_row),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(a_range_is_bits_a_weight),
        cmocka_unit_test(silence),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
