/* Grids that files of weights have no layout for: marks by closed forms, what holds the values,
 * what the codes would take, what is refused. */
#include <float.h>
#include <math.h>

#include "reduced.h"

static const float knowns[16] = { -1.0f, -0.6f, 0.05f, 0.2f, 0.45f, 0.9f,  1.0f, -0.1f,
                                  -4.0f, 4.0f,  2.4f,  2.8f, -0.4f, -2.3f, 0.8f, 0.2f };

/* pcm3 has marks -4/4 .. 3/4: absmax puts the largest magnitude on 3/4, so that marks lie a third
 * of it apart. uniform2 has 4 marks from the least to the greatest. */
static void marks_lie_where_scales_say(void **state)
{
    static const struct {
        const char *spec;
        bc_scale_method scale;
        uint32_t group;
        double step[2], first[2]; /* of the rows: marks are first + k step */
        int codes[16];
        uint64_t packed;
    } rows[] = {
        { "pcm3",
          BC_SCALE_ABSMAX,
          BC_TENSOR_GROUP_ROW,
          { 1 / 3.0, 4 / 3.0 },
          { 0, 0 },
          { -3, -2, 0, 1, 1, 3, 3, 0, -3, 3, 2, 2, 0, -2, 1, 0 },
          2 * (8 * 3 + 32) / 8 },
        { "pcm3",
          BC_SCALE_ABSMAX,
          BC_TENSOR_GROUP_ALL,
          { 4 / 3.0, 4 / 3.0 },
          { 0, 0 },
          { -1, 0, 0, 0, 0, 1, 1, 0, -3, 3, 2, 2, 0, -2, 1, 0 },
          (16 * 3 + 32) / 8 },
        { "uniform2",
          BC_SCALE_MINMAX,
          8,
          { 2 / 3.0, 8 / 3.0 },
          { -1, -4 },
          { 0, 1, 2, 2, 2, 3, 3, 1, 0, 3, 2, 3, 1, 1, 2, 2 },
          2 * (8 * 2 + 64) / 8 },
        { "levels6", /* a code has 3 bits */
          BC_SCALE_MINMAX,
          BC_TENSOR_GROUP_USUAL,
          { 1.6, 1.6 },
          { -4, -4 },
          { 2, 2, 3, 3, 3, 3, 3, 2, 0, 5, 4, 4, 2, 1, 3, 3 },
          (16 * 3 + 64) / 8 },
    };
    const char *in = save_npy("knowns.npy", 2, 8, knowns), *out = path_of("marks.npy");
    float y[16];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].spec);

        s.scale = rows[i].scale;
        s.has_scale = rows[i].scale == BC_SCALE_ABSMAX;
        s.group = rows[i].group;
        bc_tensor_result r = reduce(in, out, s);

        read_all(out, 16, y);
        for (size_t k = 0; k < 16; k++) {
            const double mark = rows[i].first[k / 8] + rows[i].codes[k] * rows[i].step[k / 8];

            /* half a unit in the last place of 4 */
            EXPECT(fabs((double)y[k] - mark) <= 0x1p-22, "%s, row %zu: %g became %.9g, not %.9g",
                   rows[i].spec, i, (double)knowns[k], (double)y[k], mark);
        }
        EXPECT(r.tensors[0].packed_bytes == rows[i].packed, "%s, row %zu: packed in %llu",
               rows[i].spec, i, (unsigned long long)r.tensors[0].packed_bytes);
        EXPECT(r.tensors[0].size_bytes == 64, "%s: values of %llu bytes", rows[i].spec,
               (unsigned long long)r.tensors[0].size_bytes);
        bc_tensor_result_free(&r);
    }
}

/* Under full scale the smallest floats that hold every mark; fitted marks are any numbers. */
static void containers_are_the_smallest(void **state)
{
    static const struct {
        const char *spec, *scale, *out, *type;
    } rows[] = {
        { "float16", NULL, "v.npy", "F16" },
        { "bfloat16", NULL, "v.npy", "F32" }, /* .npy has no bfloat16 */
        { "bfloat16", NULL, "v.safetensors", "BF16" },
        { "float32", NULL, "v.safetensors", "F32" },
        { "e8m7", NULL, "v.gguf", "BF16" },
        { "e5m9", "full", "v.gguf", "F16" },
        { "e6m3", "full", "v.gguf", "BF16" }, /* 2^-33 is below F16 */
        { "pcm8", "full", "v.npy", "F16" },
        { "pcm8", NULL, "v.npy", "F32" },
        { "uniform4", "full", "v.npy", "F32" }, /* fifteenths */
        { "mulaw", "full", "v.safetensors", "F32" },
    };
    const char *in = save_npy("knowns.npy", 2, 8, knowns);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].spec);

        s.has_scale = rows[i].scale != NULL;
        s.scale = rows[i].scale ? BC_SCALE_FULL : BC_SCALE_ABSMAX;
        bc_tensor_result r = reduce(in, path_of(rows[i].out), s);

        EXPECT(strcmp(r.tensors[0].to->name, rows[i].type) == 0 &&
                   strcmp(r.tensors[0].grid, rows[i].spec) == 0,
               "%s in %s: %s of %s", rows[i].spec, rows[i].out, r.tensors[0].to->name,
               r.tensors[0].grid);
        bc_tensor_result_free(&r);
    }
}

/* Rows longer than a batch have the scale of all of the row; the same bytes for any threads. */
static void long_rows_and_threads(void **state)
{
    enum { N_ROWS = 3, ROW = 200001, N = N_ROWS * ROW };
    static const uint32_t groups[] = { BC_TENSOR_GROUP_ALL, BC_TENSOR_GROUP_ROW, 72 };
    static const bc_scale_method scales[] = { BC_SCALE_MINMAX, BC_SCALE_PERCENTILE, BC_SCALE_MSE };
    float *x = malloc(N * sizeof *x), *y = malloc(2 * N * sizeof *y), *again = y + N;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = (float)(sin((double)i * 0.37) * (1.0 + (double)(i / ROW)));
    const char *in = save_npy("long.npy", N_ROWS, ROW, x), *out = path_of("long-out.npy");

    for (size_t g = 0; g < 3; g++)
        for (size_t m = 0; m < 3; m++) {
            bc_tensor_settings s = bc_tensor_settings_default("uniform4");

            s.group = groups[g];
            s.scale = scales[m];
            s.has_scale = true;
            for (int threads = 1; threads <= 7; threads += threads == 1 ? 1 : 5) {
                s.n_threads = threads;
                s.noise = bc_noise_find("rpdf");
                bc_tensor_result r = reduce(in, out, s);

                bc_tensor_result_free(&r);
                read_all(out, N, threads == 1 ? y : again);
                EXPECT(threads == 1 || memcmp(y, again, N * sizeof *y) == 0,
                       "group %u, scale %d: other values on %d threads", groups[g], (int)scales[m],
                       threads);
            }
            for (size_t i = 0; m == 0 && i < N; i++) {
                const double reach = g == 0 ? 3.0 : 1.0 + (double)(i / ROW);

                /* rpdf moves a weight by half a step, rounding by another */
                EXPECT(fabs((double)y[i] - (double)x[i]) <= 2.0 * reach / 15 + 1e-6,
                       "group %u: weight %zu is off by %g", groups[g], i,
                       fabs((double)y[i] - (double)x[i]));
            }
        }
    free(x);
    free(y);
}

static void what_is_not_finite(void **state)
{
    static const struct {
        const char *spec;
        float x;
        bc_nonfinite nonfinite;
        const char *refusal; /* NULL: */
        uint64_t n_saturated;
        float y;
    } rows[] = {
        { "mulaw", INFINITY, BC_NONFINITE_ERROR, "infinity at index 5", 0, 0 },
        { "mulaw", INFINITY, BC_NONFINITE_KEEP, "infinity at index 5, which mulaw cannot hold", 0,
          0 },
        { "mulaw", INFINITY, BC_NONFINITE_SATURATE, NULL, 1, FLT_MAX },
        { "pcm8", NAN, BC_NONFINITE_SATURATE, "NaN at index 5", 0, 0 },
        { "pcm8", NAN, BC_NONFINITE_ZERO, NULL, 0, 0 },
        { "float16", 1e6f, BC_NONFINITE_ERROR,
          "1000000 at index 5, more than float16 holds, expected `nonfinite=saturate`", 0, 0 },
        { "float16", 1e6f, BC_NONFINITE_SATURATE, NULL, 1, 65504 },
        { "float16", -INFINITY, BC_NONFINITE_SATURATE, NULL, 1, -65504 },
        { "float16", -INFINITY, BC_NONFINITE_KEEP, NULL, 0, -INFINITY },
    };
    const char *out = path_of("held.npy");
    float x[16], y[16];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].spec);
        bc_tensor_result r = { 0 };
        bc_error err = { 0 };

        memcpy(x, knowns, sizeof x);
        x[5] = rows[i].x;
        s.nonfinite = rows[i].nonfinite;
        s.force = true;
        const bc_status st = bc_tensor_reduce(save_npy("odd.npy", 2, 8, x), out, &s, &r, &err);

        if (rows[i].refusal) {
            EXPECT(st == BC_E_FORMAT && strstr(err.text, rows[i].refusal), "%zu: %d, %s", i,
                   (int)st, err.text);
            continue;
        }
        EXPECT(st == BC_OK, "%zu: %s", i, err.text);
        read_all(out, 16, y);
        EXPECT(y[5] == rows[i].y && r.tensors[0].n_saturated == rows[i].n_saturated,
               "%zu: %g, and %llu saturated", i, (double)y[5],
               (unsigned long long)r.tensors[0].n_saturated);
        bc_tensor_result_free(&r);
    }
}

static void what_makes_no_sense_is_said(void **state)
{
    static const struct {
        const char *spec;
        int scale; /* -1: the usual one */
        uint32_t group;
        const char *sentence;
    } rows[] = {
        { "float16", -1, BC_TENSOR_GROUP_ROW,
          "full scale, which float16 has, is the same for all" },
        { "pcm8", BC_SCALE_FULL, 32, "full scale, which pcm8 has, is the same for all weights" },
        { "pcm1", BC_SCALE_ABSMAX, BC_TENSOR_GROUP_USUAL, "expected an end above 0" },
        { "mulaw", BC_SCALE_ZERO_POINT, BC_TENSOR_GROUP_USUAL, "zero" },
        { "int4", BC_SCALE_MINMAX, BC_TENSOR_GROUP_USUAL,
          "is not for INT4, it has scales and no offsets, expected absmax, percentile, mse or "
          "zero-point" },
        { "e2m1", BC_SCALE_ZERO_POINT, BC_TENSOR_GROUP_USUAL,
          "is not for E2M1, its codes have no zero-point, expected absmax, percentile or mse" },
        { "int8", BC_SCALE_FULL, BC_TENSOR_GROUP_USUAL, "is not for INT8, its scales are fitted" },
        { "int8", BC_SCALE_ABSMEAN, BC_TENSOR_GROUP_USUAL, "the mean is for ternary and binary" },
        { "ternary", BC_SCALE_MSE, BC_TENSOR_GROUP_USUAL, "or another grid, such as uniform4" },
        { "25", -1, BC_TENSOR_GROUP_USUAL, "32-bit floats tell 2^24 levels apart" },
        { "mxfp4_e2m1", -1, BC_TENSOR_GROUP_USUAL, "these blocks are a part of another format" },
    };
    const char *in = save_npy("knowns.npy", 2, 8, knowns), *out = path_of("no.safetensors");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].spec);
        bc_tensor_result r;
        bc_error err = { 0 };

        s.has_scale = rows[i].scale >= 0;
        s.scale = s.has_scale ? (bc_scale_method)rows[i].scale : BC_SCALE_ABSMAX;
        s.group = rows[i].group;
        const bc_status st = bc_tensor_reduce(in, out, &s, &r, &err);

        EXPECT(st == BC_E_USAGE && strstr(err.text, rows[i].sentence), "%s: status %d, %s",
               rows[i].spec, (int)st, err.text);
    }
}

/* Sizes are known before data are; what was quantized is not reduced again unless that is asked
 * for. */
static void sizes_and_sources(void **state)
{
    const char *in = save_npy("knowns.npy", 2, 8, knowns), *coded = path_of("coded.safetensors");
    bc_tensor_settings s = bc_tensor_settings_default("midrise5");
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    s.sizes_only = true;
    r = reduce(in, path_of("none.npy"), s);
    assert_int_equal(r.tensors[0].packed_bytes, (16 * 5 + 32) / 8);
    assert_int_equal(r.tensors[0].error.n, 0);
    bc_tensor_result_free(&r);
    r = reduce(in, coded, bc_tensor_settings_default("int4"));
    bc_tensor_result_free(&r);
    s.sizes_only = false;
    s.force = true;
    EXPECT(bc_tensor_reduce(coded, path_of("twice.safetensors"), &s, &r, &err) == BC_E_USAGE &&
               strstr(err.text, "and midrise5 would lose more"),
           "%s", err.text);
    s.requantize = true;
    r = reduce(coded, path_of("twice.safetensors"), s);
    bc_tensor_result_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_lie_where_scales_say),
        cmocka_unit_test(containers_are_the_smallest),
        cmocka_unit_test(long_rows_and_threads),
        cmocka_unit_test(what_is_not_finite),
        cmocka_unit_test(what_makes_no_sense_is_said),
        cmocka_unit_test(sizes_and_sources),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
