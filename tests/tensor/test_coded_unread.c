/* Checkpoints that are codes and scales of other programs, sources that are quantized already, and
 * what goes by `drop`. */
#include "reduced.h"
#include "safetensors_made.h"

/* A file of two tensors, the first of `type` and 8 x 32, the second of 8 floats. */
static void save_pair(const char *codes, const char *type, unsigned size, const char *scales)
{
    char text[600];
    made m;

    snprintf(text, sizeof text,
             "{\"%s\":{\"dtype\":\"%s\",\"shape\":[8,32],\"data_offsets\":[0,%u]},"
             "\"%s\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[%u,%u]}}",
             codes, type, 256 * size, scales, 256 * size, 256 * size + 32);
    m = make_safetensors(text, 0);
    for (unsigned i = 0; i < 256 * size + 32; i++)
        put_le(&m, 0, 1);
    save_bytes(path_of("in.safetensors"), m.data, m.n);
}

static bc_status try_reduce(const char *format, const char *drop, const char *out, bc_error *err)
{
    bc_tensor_settings s = bc_tensor_settings_default(format);
    bc_tensor_result r;

    s.force = true;
    s.drop = &drop;
    s.n_drop = drop != NULL;
    const bc_status st = bc_tensor_reduce(path_of("in.safetensors"), path_of(out), &s, &r, err);

    if (!st)
        bc_tensor_result_free(&r);
    return st;
}

/* Codes are no weights, whatever the format and the kind of the output; info shows them, and
 * compare and sweep do not take them for weights either. */
static void layouts_that_are_not_read_are_refused_by_name(void **state)
{
    static const struct {
        const char *codes, *type;
        unsigned size;
        const char *scales, *what;
    } rows[] = {
        { "a.weight", "F8_E4M3", 1, "a.weight_scale_inv", "a scale for each block" },
        { "a.weight", "F8_E4M3", 1, "a.weight_scale", "compressed-tensors" },
        { "a.weight", "I8", 1, "a.weight_scale", "compressed-tensors" },
        { "a.weight_packed", "I32", 4, "a.weight_scale", "packed codes of compressed-tensors" },
        { "a.weight", "F8_E4M3", 1, "a.input_scale", "compressed-tensors" },
        { "a.weight", "U8", 1, "a.weight_scale_2", "Model Optimizer" },
        { "a.qweight", "I32", 4, "a.qzeros", "GPTQ or AWQ" },
        { "a.qweight", "I32", 4, "a.scales", "GPTQ" },
        { "a_blocks", "U8", 1, "a_scales", "gpt-oss" },
        { "a.weight", "I8", 1, "a.SCB", "bitsandbytes" },
        { "a.weight", "I8", 1, "a.weight_scales", "EETQ" },
        { "a.W_q", "U8", 1, "a.scale", "HQQ" },
        { "a.weight", "U32", 4, "a.scales", "MLX" },
        { "a.weight", "F8_E4M3", 1, "a.scale", "DeepSeek" },
        { "a.weight", "F8_E4M3", 1, "a.scale_weight", "ComfyUI" },
        { "a.weight", "F8_E4M3", 1, "a.qscale_weight", "Mistral" },
        { "a.weight._data", "I8", 1, "a.weight._scale", "Quanto" },
        { "a.q_weight", "I32", 4, "a.q_scale", "ExLlamaV2" },
        { "gate_up", "F8_E5M2", 1, "gate_up_scale", "codes with scales" },
    };
    static const char *const formats[] = { "q8_0", "f32", "f16" };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default("q8_0");
        bc_tensor_sweep_result swept;
        bc_tensor_comparison compared;
        bc_tensor_file *f;
        bc_error err = { 0 };

        save_pair(rows[i].codes, rows[i].type, rows[i].size, rows[i].scales);
        for (size_t k = 0; k < 3; k++) {
            const bc_status st =
                try_reduce(formats[k], NULL, k ? "out.safetensors" : "out.gguf", &err);

            EXPECT(st == BC_E_UNSUPPORTED && strstr(err.text, rows[i].what) &&
                       strstr(err.text, rows[i].codes) && strstr(err.text, rows[i].scales),
                   "row %zu: status %d, %s", i, (int)st, err.text);
        }
        const char *path = path_of("in.safetensors");

        assert_int_equal(bc_tensor_sweep(path, &s, NULL, 0, 4, 4, &swept, &err), BC_E_UNSUPPORTED);
        assert_int_equal(bc_tensor_compare(path, path, NULL, &compared, &err), BC_E_UNSUPPORTED);
        f = must_open("in.safetensors");
        assert_int_equal(bc_tensor_count(f), 2);
        bc_tensor_file_free(f);
        /* Without the scales they are no more weights than with them; without the codes all is
         * well. */
        assert_int_equal(try_reduce("f16", rows[i].scales, "out.safetensors", &err),
                         BC_E_UNSUPPORTED);
        EXPECT(try_reduce("f16", rows[i].codes, "out.safetensors", &err) == BC_OK, "%s", err.text);
    }
}

/* Floats of 16 bits and more beside something called a scale are weights; so are bare 8-bit
 * floats. */
static void what_only_looks_alike_is_reduced(void **state)
{
    static const struct {
        const char *codes, *type;
        unsigned size;
        const char *scales;
    } rows[] = {
        { "a.weight", "BF16", 2, "a.weight_scale" },
        { "a.weight", "F32", 4, "a.scale" },
        { "a.weight", "F8_E4M3", 1, "b.weight_scale_inv" },
        { "a", "F16", 2, "a_scales" },
    };
    bc_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        save_pair(rows[i].codes, rows[i].type, rows[i].size, rows[i].scales);
        EXPECT(try_reduce("q8_0", NULL, "out.gguf", &err) == BC_OK, "row %zu: %s", i, err.text);
    }
}

/* The refusal says what to type, and what is typed does it. */
static void what_stands_in_the_way_is_dropped(void **state)
{
    static const char *const rows[] = {
        "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[8],\"data_offsets\":[128,136]}",
        "\"mask\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[128,128]}",
        "\"mask\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[128,132]}",
        ("\"a.name.of.more.than.sixty-three.bytes.is.too.long.for.files.of.the.GGUF.kind\":"
         "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[128,132]}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[400], glob[160] = "";
        bc_tensor_settings s = bc_tensor_settings_default("q8_0");
        bc_tensor_result r;
        bc_error err = { 0 };
        made m;

        snprintf(text, sizeof text,
                 "{\"w\":{\"dtype\":\"F32\",\"shape\":[1,32],\"data_offsets\":[0,128]},%s}",
                 rows[i]);
        m = make_safetensors(text, i == 0 ? 136 : i == 1 ? 128 : 132);
        for (size_t k = 0; k < 128; k++) /* no NaN */
            m.data[8 + strlen(text) + k] = 0;
        save_bytes(path_of("in.safetensors"), m.data, m.n);
        assert_int_equal(try_reduce("q8_0", NULL, "out.gguf", &err), BC_E_UNSUPPORTED);
        const char *hint = strstr(err.text, "`drop=");

        EXPECT(hint && sscanf(hint, "`drop=%159[^`]", glob) == 1, "%s", err.text);
        const char *drop = glob;

        s.force = true;
        s.drop = &drop;
        s.n_drop = 1;
        EXPECT(bc_tensor_reduce(path_of("in.safetensors"), path_of("out.gguf"), &s, &r, &err) ==
                   BC_OK,
               "%s", err.text);
        assert_int_equal(r.n_tensors, 2);
        for (size_t k = 0; k < 2; k++) {
            const bool is_w = strcmp(r.tensors[k].name, "w") == 0;

            assert_int_equal(r.tensors[k].is_dropped, !is_w);
            assert_int_equal(r.tensors[k].size_bytes, is_w ? 34 : 0);
        }
        bc_tensor_result_free(&r);
        bc_tensor_file *f = must_open("out.gguf");

        assert_int_equal(bc_tensor_count(f), 1);
        bc_tensor_file_free(f);
    }
}

/* Losing twice has to be asked for: blocks and codes, to blocks, codes and 8-bit floats. To copy,
 * and to spell values out, has not. */
static void what_is_quantized_already_is_asked_about(void **state)
{
    static float values[2 * 256];
    static const struct {
        const char *first, *between, *then, *out;
        bool is_asked;
    } rows[] = {
        { "q8_0", "m.gguf", "q4_0", "o.gguf", true },
        { "q8_0", "m.gguf", "q4_k_m", "o.gguf", true },
        { "q8_0", "m.gguf", "int4", "o.safetensors", true },
        { "q8_0", "m.gguf", "e4m3", "o.safetensors", true },
        { "q8_0", "m.gguf", "q8_0", "o.gguf", false },
        { "q8_0", "m.gguf", "f32", "o.gguf", false },
        { "q8_0", "m.gguf", "f16", "o.gguf", false },
        { "nf4", "m.safetensors", "q4_0", "o.gguf", true },
        { "int8", "m.safetensors", "int8", "o.safetensors", true },
        { "int8", "m.safetensors", "bf16", "o.safetensors", false },
        { "f16", "m.gguf", "q4_0", "o.gguf", false },
        { "e4m3", "m.safetensors", "q8_0", "o.gguf", false },
    };

    (void)state;
    for (size_t i = 0; i < 512; i++)
        values[i] = (float)(i % 37) - 18.0f;
    (void)save_npy("w.weight.npy", 2, 256, values);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].then);
        bc_tensor_result r = reduce(path_of("w.weight.npy"), path_of(rows[i].between),
                                    bc_tensor_settings_default(rows[i].first));
        bc_error err = { 0 };

        bc_tensor_result_free(&r);
        s.force = true;
        const bc_status st =
            bc_tensor_reduce(path_of(rows[i].between), path_of(rows[i].out), &s, &r, &err);

        if (!st)
            bc_tensor_result_free(&r);
        EXPECT(st == (rows[i].is_asked ? BC_E_USAGE : BC_OK), "row %zu: status %d, %s", i, (int)st,
               err.text);
        EXPECT(!st || strstr(err.text, "`requantize`"), "%s", err.text);
        s.requantize = true;
        r = reduce(path_of(rows[i].between), path_of(rows[i].out), s);
        bc_tensor_result_free(&r);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("layouts that are not read are refused by name",
                 layouts_that_are_not_read_are_refused_by_name),
        SENTENCE("what only looks alike is reduced", what_only_looks_alike_is_reduced),
        SENTENCE("what stands in the way is dropped", what_stands_in_the_way_is_dropped),
        SENTENCE("what is quantized already is asked about",
                 what_is_quantized_already_is_asked_about),
    };

    return cmocka_run_group_tests_name("packed", tests, make_scratch_dir, remove_scratch_dir);
}
