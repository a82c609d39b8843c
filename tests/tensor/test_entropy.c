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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_known_frequencies),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
