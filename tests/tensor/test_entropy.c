/* What the codes of weights are worth: weights whose codes occur as often as the test wants. */
#include <math.h>

#include "reduced.h"

enum { ROWS = 1200, ROW = 256, N = ROWS * ROW }; /* three batches; 15 divides it */

/* In each 32 neighbours -8 .. 7 twice: codes 0 .. 15 of q4_0, whose scale is -8 / -8. */
static float of_16(size_t i)
{
    return (float)((int)(i % 16) - 8);
}

/* The values of e2m1, each as often. */
static float of_e2m1(size_t i)
{
    static const float v[15] = { 6, -6, 0, 0.5f, 1, 1.5f, 2, 3, 4, -0.5f, -1, -1.5f, -2, -3, -4 };

    return v[i % 15];
}

/* 127 and three numbers more, 1/2, 1/4, 1/8 and 1/8 of the time. */
static float of_4(size_t i)
{
    static const float v[8] = { 127, 127, 127, 127, 0, 0, 5, -9 };

    return v[i % 8];
}

/* As many of one sign as of the other. */
static float of_signs(size_t i)
{
    return i % 2 ? 0.5f : -0.5f;
}

static void codes_of_known_frequencies(void **state)
{
    static const struct {
        const char *format, *out;
        float (*x)(size_t i);
        double entropy; /* closed form */
    } rows[] = {
        { "q4_0", "o.gguf", of_16, 4.0 },
        { "q8_0", "o.gguf", of_4, 1.75 },
        { "int8", "o.safetensors", of_4, 1.75 },
        { "f8_e4m3", "o.safetensors", of_e2m1, 3.9068905956085187 }, /* log2 15 */
        { "mxfp4", "o.gguf", of_e2m1, 3.9068905956085187 },
        { "e2m1", "o.safetensors", of_e2m1, 3.9068905956085187 },
        { "pcm5", "o.npy", of_16, 4.0 },
        { "binary", "o.safetensors", of_signs, 1.0 },
        { "f16", "o.gguf", of_16, NAN },
        { "e5m10", "o.npy", of_e2m1, 3.9068905956085187 },
        { "float32", "o.safetensors", of_16, NAN },
    };
    const char *in;
    float *x = malloc(N * sizeof *x);

    (void)state;
    assert_non_null(x);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (int threads = 1; threads <= 2; threads++) {
            bc_tensor_settings s = bc_tensor_settings_default(rows[k].format);

            for (size_t i = 0; i < N; i++)
                x[i] = rows[k].x(i);
            in = save_npy("x.npy", ROWS, ROW, x);
            s.n_threads = threads;
            bc_tensor_result r = reduce(in, path_of(rows[k].out), s);
            const double got = r.tensors[0].entropy_bits;

            EXPECT(isnan(rows[k].entropy)
                       ? isnan(got) && isnan(r.entropy_bits)
                       : fabs(got - rows[k].entropy) < 1e-9 && r.entropy_bits == got,
                   "%s: %.9f bits, expected %.9f", rows[k].format, got, rows[k].entropy);
            bc_tensor_result_free(&r);
        }
    free(x);
}

/* Two tensors, whose pieces of codes, scales and zero-points stand in the file in an order of their
 * own: the codes of one tensor are worth 1 bit, those of the other 2. */
static void tensors_are_told_apart(void **state)
{
    static const struct {
        const char *format, *names[2];
        bool zero_point, double_quant;
    } rows[] = {
        { "int4", { "weight_ih_l0", "weight_ih_l0_reverse" }, true, false },
        { "int8", { "w.weight", "w.weight_a" }, true, false },
        { "nf4", { "w", "w.2" }, false, true },
        { "f8_e4m3", { "a", "b" }, false, false },
    };
    enum { HERE = 128 * 1024 };
    static const float of_a[2] = { 127, -127 }, of_b[4] = { 127, -127, 64, -64 };

    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[k].format);
        char head[300];
        const int n =
            snprintf(head, sizeof head,
                     "{\"%s\":{\"dtype\":\"F32\",\"shape\":[512,256],\"data_offsets\":[0,%d]},"
                     "\"%s\":{\"dtype\":\"F32\",\"shape\":[512,256],\"data_offsets\":[%d,%d]}}",
                     rows[k].names[0], 4 * HERE, rows[k].names[1], 4 * HERE, 8 * HERE);
        const uint64_t n_head = (uint64_t)n;
        FILE *f = fopen(path_of("two.safetensors"), "wb");

        assert_non_null(f);
        fwrite(&n_head, 8, 1, f);
        fwrite(head, 1, (size_t)n, f);
        for (size_t i = 0; i < 2 * HERE; i++)
            fwrite(i < HERE ? &of_a[i % 2] : &of_b[i % 4], sizeof(float), 1, f);
        assert_int_equal(fclose(f), 0);
        s.zero_point = rows[k].zero_point;
        s.double_quant = rows[k].double_quant;
        s.n_threads = 2;
        bc_tensor_result r = reduce(path_of("two.safetensors"), path_of("o.safetensors"), s);

        EXPECT(fabs(r.tensors[0].entropy_bits - 1.0) < 1e-9 &&
                   fabs(r.tensors[1].entropy_bits - 2.0) < 1e-9 &&
                   fabs(r.entropy_bits - 1.5) < 1e-9,
               "%s: %.6f, %.6f, %.6f bits", rows[k].format, r.tensors[0].entropy_bits,
               r.tensors[1].entropy_bits, r.entropy_bits);
        bc_tensor_result_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_known_frequencies),
        cmocka_unit_test(tensors_are_told_apart),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
