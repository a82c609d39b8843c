/* Mixes: which tensor of a model becomes what, under the names of GGUF and of transformers. */
#include "safetensors_made.h"

#include <unistd.h>

enum { MAX_LAYERS = 80 };

/* The tensors of a layer under both names, and their rows of 256. */
static const struct {
    const char *ours, *theirs;
    int rows; /* of keys: 0 */
} in_layer[] = {
    { "attn_norm", "input_layernorm", -1 },   { "attn_q", "self_attn.q_proj", 8 },
    { "attn_k", "self_attn.k_proj", 0 },      { "attn_v", "self_attn.v_proj", 0 },
    { "attn_output", "self_attn.o_proj", 8 }, { "ffn_norm", "post_attention_layernorm", -1 },
    { "ffn_gate", "mlp.gate_proj", 8 },       { "ffn_up", "mlp.up_proj", 8 },
    { "ffn_down", "mlp.down_proj", 8 },
};

#define N(table) (sizeof(table) / sizeof *(table))

/* A model under construction: the header of a safetensors file, whose data are a hole. */
typedef struct {
    char text[256 * 1024];
    size_t n, n_data;
    bool is_ours; /* the names */
} model;

static model made_up;

static void add(const char *name, int rows)
{
    model *m = &made_up;
    const size_t n_bytes = (size_t)(rows < 0 ? 1 : rows) * 256 * 4;
    char shape[32];

    snprintf(shape, sizeof shape, rows < 0 ? "256" : "%d,256", rows);
    m->n +=
        (size_t)snprintf(m->text + m->n, sizeof m->text - m->n,
                         "%c\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                         m->n ? ',' : '{', name, shape, m->n_data, m->n_data + n_bytes);
    m->n_data += n_bytes;
    assert_true(m->n < sizeof m->text);
}

static void begin(bool is_ours, bool has_output)
{
    made_up.n = made_up.n_data = 0;
    made_up.is_ours = is_ours;
    add(is_ours ? "token_embd.weight" : "model.embed_tokens.weight", 16);
    if (has_output)
        add(is_ours ? "output.weight" : "lm_head.weight", 16);
}

static const char *name_of(long layer, size_t i)
{
    static char name[80];

    snprintf(name, sizeof name,
             made_up.is_ours ? "blk.%ld.%s.weight" : "model.layers.%ld.%s.weight", layer,
             made_up.is_ours ? in_layer[i].ours : in_layer[i].theirs);
    return name;
}

static void add_layers(long n, int key_rows)
{
    for (long layer = 0; layer < n; layer++)
        for (size_t i = 0; i < N(in_layer); i++)
            add(name_of(layer, i), in_layer[i].rows ? in_layer[i].rows : key_rows);
}

/* As m.safetensors. */
static void save_model(void)
{
    model *m = &made_up;
    made head = { .n = 0 };

    m->text[m->n] = '}';
    put_le(&head, m->n + 1, 8);
    FILE *f = fopen(path_of("m.safetensors"), "wb");

    assert_non_null(f);
    fwrite(head.data, 1, head.n, f);
    fwrite(m->text, 1, m->n + 1, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(truncate(path_of("m.safetensors"), (off_t)(8 + m->n + 1 + m->n_data)), 0);
}

/* What the model becomes, by a run that reads no data. */
static bc_tensor_result reduced_to(const char *mix)
{
    bc_tensor_settings s = bc_tensor_settings_default(mix);
    bc_tensor_result r;
    bc_error err = { 0 };

    save_model();
    s.sizes_only = true;
    EXPECT(bc_tensor_reduce(path_of("m.safetensors"), path_of("m.gguf"), &s, &r, &err) == BC_OK,
           "%s: %s", mix, err.text);
    return r;
}

static const char *type_of(const bc_tensor_result *r, const char *name)
{
    for (size_t i = 0; i < r->n_tensors; i++)
        if (strcmp(r->tensors[i].name, name) == 0)
            return r->tensors[i].to->name;
    return "nothing";
}

/* K-quants by their digit. */
static void expect_type(const bc_tensor_result *r, const char *mix, const char *name, char digit)
{
    const char *got = type_of(r, name);
    char expected[8];

    snprintf(expected, sizeof expected, digit == '8' ? "Q%c_0" : "Q%c_K", digit);
    EXPECT(strcmp(got, expected) == 0, "%s: %s becomes %s, expected %s", mix, name, got, expected);
}

/* A character for each layer. */
static void expect_layers(const bc_tensor_result *r, const char *mix, const char *ours,
                          const char *digits)
{
    for (size_t i = 0; i < N(in_layer); i++)
        for (long layer = 0; strcmp(in_layer[i].ours, ours) == 0 && digits[layer]; layer++)
            expect_type(r, mix, name_of(layer, i), digits[layer]);
}

/* 32 layers, every head with a key of its own. The rules of llama.cpp, applied by hand. */
static const struct {
    const char *mix;
    char rest; /* token_embd, attn_q, attn_k, ffn_gate, ffn_up */
    const char *values, *downs, *outputs;
} layers_32[] = {
    { "q2_k_m", '2', "33333333333333333333333333333333", "33333333333333333333333333333333",
      "33333333333333333333333333333333" },
    { "q3_k_s", '3', "33333333333333333333333333333333", "33333333333333333333333333333333",
      "33333333333333333333333333333333" },
    { "q3_k_m", '3', "55444444444444444444444444444444", "55444444444444444444444444444444",
      "44444444444444444444444444444444" },
    { "q3_k_l", '3', "55555555555555555555555555555555", "55555555555555555555555555555555",
      "55555555555555555555555555555555" },
    { "q4_k_s", '4', "55554444444444444444444444444444", "55554444444444444444444444444444",
      "44444444444444444444444444444444" },
    { "q4_k_m", '4', "66664464464464464464464464466666", "66664464464464464464464464466666",
      "44444444444444444444444444444444" },
    { "q5_k_s", '5', "55555555555555555555555555555555", "55555555555555555555555555555555",
      "55555555555555555555555555555555" },
    { "q5_k_m", '5', "66665565565565565565565565566666", "66665565565565565565565565566666",
      "55555555555555555555555555555555" },
    { "q6_k", '6', "66666666666666666666666666666666", "66666666666666666666666666666666",
      "66666666666666666666666666666666" },
};

static void both_namings_of_a_model_become_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * N(layers_32); i++) {
        const bool is_ours = i < N(layers_32);
        const char *mix = layers_32[i % N(layers_32)].mix;
        char rest[33] = "";

        memset(rest, layers_32[i % N(layers_32)].rest, 32);
        begin(is_ours, true);
        add_layers(32, 8);
        bc_tensor_result r = reduced_to(mix);

        expect_type(&r, mix, is_ours ? "output.weight" : "lm_head.weight", '6');
        expect_type(&r, mix, is_ours ? "token_embd.weight" : "model.embed_tokens.weight", *rest);
        expect_layers(&r, mix, "attn_q", rest);
        expect_layers(&r, mix, "attn_k", rest);
        expect_layers(&r, mix, "ffn_gate", rest);
        expect_layers(&r, mix, "ffn_up", rest);
        expect_layers(&r, mix, "attn_v", layers_32[i % N(layers_32)].values);
        expect_layers(&r, mix, "ffn_down", layers_32[i % N(layers_32)].downs);
        expect_layers(&r, mix, "attn_output", layers_32[i % N(layers_32)].outputs);
        assert_string_equal(type_of(&r, name_of(0, 0)), "F32"); /* a norm */
        bc_tensor_result_free(&r);
    }
}

/* llama.cpp keeps what it chooses for real models in tests/snapshots: Qwen3-0.6B has 28 layers, 16
 * heads and 8 keys, Llama 3.1 70B 80 layers, 64 heads and 8 keys. */
static void real_models_become_what_llama_cpp_makes_of_them(void **state)
{
    static const struct {
        const char *mix;
        long n_layers;
        int key_rows;
        const char *values, *downs, *outputs;
    } rows[] = {
        { "q2_k_m", 28, 4, "3333333333333333333333333333", "3333333333333333333333333333",
          "3333333333333333333333333333" },
        { "q3_k_m", 28, 4, "5544444444444444444444444444", "5444444444444444444444444444",
          "4444444444444444444444444444" },
        { "q4_k_s", 28, 4, "5555444444444444444444444444", "5554444444444444444444444444",
          "4444444444444444444444444444" },
        { "q4_k_m", 28, 4, "6664464464464464464464466666", "6664464464464464464464466666",
          "4444444444444444444444444444" },
        { "q2_k_m", 80, 1, "55555555555555555555555555555555555555555555555555", "3333333333",
          "3333333333" },
        { "q3_k_s", 80, 1, "55555555555555555555555555555555555555555555555555", "3333333333",
          "3333333333" },
        { "q3_k_m", 80, 1, "55555555555555555555555555555555555555555555555555", "5555544444",
          "4444444444" },
        /* (i - 10) % 3 = 2 from layer 12 on, Q5_K where it would have been Q4_K */
        { "q4_k_m", 80, 1, "666666666655655655", "666666666644644644", "444444444444444444" },
    };

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        begin(i % 2, true);
        add_layers(rows[i].n_layers, rows[i].key_rows);
        bc_tensor_result r = reduced_to(rows[i].mix);

        expect_layers(&r, rows[i].mix, "attn_v", rows[i].values);
        expect_layers(&r, rows[i].mix, "ffn_down", rows[i].downs);
        expect_layers(&r, rows[i].mix, "attn_output", rows[i].outputs);
        bc_tensor_result_free(&r);
    }
}

static void embeddings_that_are_the_output_take_its_format(void **state)
{
    (void)state;
    for (int is_ours = 0; is_ours < 2; is_ours++) {
        begin(is_ours, false);
        add_layers(8, 8);
        bc_tensor_result r = reduced_to("q4_k_m");

        expect_type(&r, "q4_k_m", is_ours ? "token_embd.weight" : "model.embed_tokens.weight", '6');
        bc_tensor_result_free(&r);
    }
}

/* Mixtral: small attention, many experts, whose layers are told by their names. */
static void attention_beside_eight_experts_gets_more(void **state)
{
    char name[96];

    (void)state;
    begin(false, true);
    add_layers(16, 8);
    for (int e = 0; e < 8; e++) {
        snprintf(name, sizeof name, "model.layers.1.block_sparse_moe.experts.%d.w2.weight", e);
        add(name, 8);
        snprintf(name, sizeof name, "model.layers.9.block_sparse_moe.experts.%d.w2.weight", e);
        add(name, 8);
    }
    add("model.layers.1.block_sparse_moe.gate.weight", 8);
    bc_tensor_result r = reduced_to("q4_k_m");

    expect_layers(&r, "q4_k_m", "attn_v", "8888888888888888");
    expect_layers(&r, "q4_k_m", "attn_k", "8888888888888888");
    expect_layers(&r, "q4_k_m", "attn_output", "5555555555555555");
    expect_type(&r, "q4_k_m", "model.layers.1.block_sparse_moe.experts.7.w2.weight", '6');
    expect_type(&r, "q4_k_m", "model.layers.9.block_sparse_moe.experts.0.w2.weight", '4');
    assert_string_equal(type_of(&r, "model.layers.1.block_sparse_moe.gate.weight"), "F32");
    bc_tensor_result_free(&r);
}

/* Only every fourth layer has attention: they are counted, not the layers. */
static void layers_without_attention_do_not_count(void **state)
{
    (void)state;
    begin(true, true);
    for (long layer = 0; layer < 32; layer++) {
        char name[64];

        snprintf(name, sizeof name, "blk.%ld.ffn_down.weight", layer);
        add(name, 8);
        snprintf(name, sizeof name, "blk.%ld.attn_v.weight", layer);
        if (layer % 4 == 3)
            add(name, 8);
    }
    bc_tensor_result r = reduced_to("q4_k_m");

    /* 8 of them: the first, the last, and 3 and 6 where (i - 1) % 3 = 2 */
    expect_type(&r, "q4_k_m", "blk.3.attn_v.weight", '6');
    expect_type(&r, "q4_k_m", "blk.7.attn_v.weight", '4');
    expect_type(&r, "q4_k_m", "blk.15.attn_v.weight", '6');
    expect_type(&r, "q4_k_m", "blk.27.attn_v.weight", '6');
    expect_type(&r, "q4_k_m", "blk.31.attn_v.weight", '6');
    expect_type(&r, "q4_k_m", "blk.7.ffn_down.weight", '4');
    bc_tensor_result_free(&r);
}

/* A name may hold any number: so many layers that those of the model are all among the first. */
static void numbers_in_names_have_an_end(void **state)
{
    (void)state;
    begin(true, true);
    add_layers(8, 8);
    add("blk.9223372036854775807.ffn_down.weight", 8);
    bc_tensor_result r = reduced_to("q4_k_s");

    expect_layers(&r, "q4_k_s", "ffn_down", "55555555");
    bc_tensor_result_free(&r);
}

/* general.file_type as llama-quantize sets it: llama_ftype of llama.h, whatever most weights
 * became. Here that is Q6_K, the output. */
static void files_say_which_mix_they_are(void **state)
{
    static const struct {
        const char *format, *pair;
    } rows[] = {
        { "q2_k_m", "u32 10" }, { "q3_k_s", "u32 11" }, { "q3_k_m", "u32 12" },
        { "q3_k_l", "u32 13" }, { "Q4_K_S", "u32 14" }, { "q4_k_m", "u32 15" },
        { "q5_k_s", "u32 16" }, { "q5_k_m", "u32 17" }, { "q4_k", "u32 14" },
        { "q2_k", "u32 21" },   { "q6_k", "u32 18" },   { "q2_0", "u32 41" },
    };

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        bc_tensor_settings s = bc_tensor_settings_default(rows[i].format);
        bc_error err = { 0 };
        bc_tensor_result r;

        begin(true, true);
        save_model();
        s.force = true;
        EXPECT(bc_tensor_reduce(path_of("m.safetensors"), path_of("m.gguf"), &s, &r, &err) == BC_OK,
               "%s: %s", rows[i].format, err.text);
        bc_tensor_result_free(&r);
        bc_tensor_file *f = must_open("m.gguf");

        EXPECT(strcmp(pair_of(f, "general.file_type"), rows[i].pair) == 0, "%s: %s, expected %s",
               rows[i].format, pair_of(f, "general.file_type"), rows[i].pair);
        bc_tensor_file_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(both_namings_of_a_model_become_the_same, empty_scratch_dir),
        cmocka_unit_test_teardown(real_models_become_what_llama_cpp_makes_of_them,
                                  empty_scratch_dir),
        cmocka_unit_test_teardown(embeddings_that_are_the_output_take_its_format,
                                  empty_scratch_dir),
        cmocka_unit_test_teardown(attention_beside_eight_experts_gets_more, empty_scratch_dir),
        cmocka_unit_test_teardown(layers_without_attention_do_not_count, empty_scratch_dir),
        cmocka_unit_test_teardown(numbers_in_names_have_an_end, empty_scratch_dir),
        cmocka_unit_test_teardown(files_say_which_mix_they_are, empty_scratch_dir),
    };

    return cmocka_run_group_tests(tests, make_scratch_dir, remove_scratch_dir);
}
