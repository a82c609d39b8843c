/* Truncation drops low bits: integers and other codes become the mark below, floats that toward 0.
 * What has no such bits refuses it. */
#include <math.h>

#include "reduced.h"

enum { ROW = 8, N_LARGE = 4096 };

/* Marks written out by hand. The largest magnitude is a mark, so that the scale of integers is
 * 1, and that of pcm3 with marks -4/4 .. 3/4 is 4. */
static void low_bits_go(void **state)
{
    static const struct {
        const char *format, *out;
        float x[ROW], cut[ROW];
    } rows[] = {
        { "f16",
          "r.npy",
          { 1.0015f, -1.0001f, 2.0f, -0.0f, 0x1p-25f, -0x1p-25f, 2047.9f, -2047.9f },
          { 1.0009765625f, -1.0f, 2.0f, 0.0f, 0.0f, 0.0f, 2047.0f, -2047.0f } },
        { "bf16",
          "r.safetensors",
          { 1.007f, -1.001f, 255.9f, -256.1f, 3.0f, 0.0f, 100.4f, -100.4f },
          { 1.0f, -1.0f, 255.0f, -256.0f, 3.0f, 0.0f, 100.0f, -100.0f } },
        { "f8_e4m3",
          "r.safetensors",
          { 17.9f, -16.1f, 448.0f, -448.0f, 0.9f, -0.9f, 0.0f, 31.9f },
          { 16.0f, -16.0f, 448.0f, -448.0f, 0.875f, -0.875f, 0.0f, 30.0f } },
        { "int8",
          "r.safetensors",
          { 127.0f, 3.75f, -3.25f, 0.99f, -0.01f, 100.5f, -100.5f, 0.0f },
          { 127.0f, 3.0f, -4.0f, 0.0f, -1.0f, 100.0f, -101.0f, 0.0f } },
        { "e2m1",
          "r.safetensors",
          { 6.0f, 5.9f, 3.9f, 2.9f, -0.1f, -2.1f, 1.4f, 0.4f },
          { 6.0f, 4.0f, 3.0f, 2.0f, 0.0f, -2.0f, 1.0f, 0.0f } },
        { "pcm3",
          "r.npy",
          { 3.0f, 2.9f, 1.9f, 0.9f, -0.1f, -1.1f, -2.1f, 0.0f },
          { 3.0f, 2.0f, 1.0f, 0.0f, -1.0f, -2.0f, -3.0f, 0.0f } },
    };
    float y[ROW];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *in = save_npy("in.npy", 1, ROW, rows[i].x);
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].format);

        s.rounding = BC_ROUND_TRUNCATE;
        s.include = (const char *const[]){ "*" };
        s.n_include = 1;
        bc_tensor_result r = reduce(in, path_of(rows[i].out), s);

        read_all(path_of(rows[i].out), ROW, y);
        for (size_t k = 0; k < ROW; k++)
            EXPECT(y[k] == rows[i].cut[k], "%s: %.9g became %.9g, not %.9g", rows[i].format,
                   (double)rows[i].x[k], (double)y[k], (double)rows[i].cut[k]);
        bc_tensor_result_free(&r);
    }
}

/* Where the nearest mark is on the side that truncation takes it is the same; else that lies beyond
 * the weight on this side. */
static void beside_the_nearest(void **state)
{
    static const struct {
        const char *format;
        bool is_float;
    } rows[] = { { "f16", true },      { "bf16", true },   { "f8_e5m2", true }, { "int4", false },
                 { "int6", false },    { "e3m2", true },   { "e2m1", true },    { "e3m4", true },
                 { "ternary", false }, { "mulaw", false }, { "pcm5", false } };
    static float x[N_LARGE], near[N_LARGE], cut[N_LARGE];

    (void)state;
    for (size_t i = 0; i < N_LARGE; i++)
        x[i] = (float)(sin((double)i * 0.37) * exp(sin((double)i * 0.011)));
    const char *in = save_npy("in.npy", 16, N_LARGE / 16, x), *out = path_of("r.safetensors");

    for (size_t f = 0; f < sizeof rows / sizeof *rows; f++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[f].format);
        size_t n_other = 0;
        float least = INFINITY;
        bc_tensor_result r = reduce(in, out, s);

        read_all(out, N_LARGE, near);
        bc_tensor_result_free(&r);
        s.rounding = BC_ROUND_TRUNCATE;
        r = reduce(in, out, s);
        read_all(out, N_LARGE, cut);
        bc_tensor_result_free(&r);
        for (size_t i = 0; i < N_LARGE; i++)
            least = fminf(least, cut[i]);
        for (size_t i = 0; i < N_LARGE; i++) {
            const float way = rows[f].is_float && x[i] < 0.0f ? -1.0f : 1.0f;
            const float v = way * x[i], n = way * near[i], c = way * cut[i];
            const bool is_end = fabsf(n - v) <= 1e-6f * fabsf(v); /* scales are rounded */
            const bool is_clipped = x[i] < least && cut[i] == least;

            n_other += near[i] != cut[i];
            EXPECT(is_end || is_clipped || (n <= v ? c == n : c <= v),
                   "%s: %.9g is cut to %.9g, the nearest is %.9g", rows[f].format, (double)x[i],
                   (double)cut[i], (double)near[i]);
        }
        EXPECT(n_other > N_LARGE / 8, "%s: %zu weights went elsewhere", rows[f].format, n_other);
    }
}

static void what_refuses(void **state)
{
    static const struct {
        const char *format, *out, *words;
    } rows[] = {
        { "q4_0", "r.gguf", "Q4_0 blocks are encoded as their format says" },
        { "q4_k_m", "r.gguf", "Q4_K blocks are encoded as their format says" },
        { "nf4", "r.safetensors", "NF4 blocks are encoded as their format says" },
        { "mxfp4", "r.safetensors", "MXFP4 blocks are encoded as their format says" },
        { "f64", "r.npy", "F64 keeps the bits that are read" },
    };
    static float x[512];
    const char *in = save_npy("in.npy", 2, 256, x);
    bc_tensor_settings s = bc_tensor_settings_default("f16");
    bc_tensor_result r;
    bc_error err;

    (void)state;
    s.force = true;
    s.rounding = BC_ROUND_TRUNCATE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        s.format = rows[i].format;
        EXPECT(bc_tensor_reduce(in, path_of(rows[i].out), &s, &r, &err) == BC_E_USAGE &&
                   strstr(err.text, rows[i].words),
               "%s: %s", rows[i].format, err.text);
    }
    s.format = "f16";
    s.noise = bc_noise_find("rpdf");
    EXPECT(bc_tensor_reduce(in, path_of("r.npy"), &s, &r, &err) == BC_E_USAGE &&
               strstr(err.text, "takes no dither"),
           "%s", err.text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("low bits go: integers down, floats toward 0", low_bits_go),
        SENTENCE("where the nearest mark lies on that side, both are the same", beside_the_nearest),
        SENTENCE("blocks, wide floats and noise refuse it", what_refuses),
    };

    return cmocka_run_group_tests_name("rounding of weights", tests, make_scratch_dir,
                                       remove_scratch_dir);
}
