/* Names: which tensors of a model stay as they are, and how patterns choose. */
#include "gguf_made.h"
#include "safetensors_made.h"
#include "tensor/globs.h"
#include "tensor/kept.h"

#define N(table) (sizeof(table) / sizeof *(table))

/* A tensor of two dimensions under a name becomes Q8_0, or stays F32 for a reason. */
typedef struct {
    const char *name, *why;
} row;

static void expect_why(const char *path, const row *r)
{
    bc_tensor_settings s = bc_tensor_settings_default("q8_0");
    bc_tensor_result got;
    bc_error err = { 0 };

    s.force = true;
    s.dry_run = true;
    EXPECT(bc_tensor_reduce(path, path_of("out.gguf"), &s, &got, &err) == BC_OK, "%s", err.text);
    for (size_t i = 0; i < got.n_tensors; i++) {
        const bc_tensor_outcome *t = &got.tensors[i];

        if (strcmp(t->name, r->name) != 0)
            continue;
        EXPECT(strcmp(t->to->name, r->why ? "F32" : "Q8_0") == 0, "%s becomes %s", t->name,
               t->to->name);
        EXPECT(!r->why == !t->why && (!r->why || strcmp(r->why, t->why) == 0),
               "%s: \"%s\", expected \"%s\"", t->name, t->why ? t->why : "", r->why ? r->why : "");
    }
    bc_tensor_result_free(&got);
}

/* Rows of 32, with so many of them, in a GGUF file. */
static void save_gguf(const char *name, uint64_t rows)
{
    made m = { .n = 0 };

    put_head(&m, 3, 1, 0);
    put_tensor(&m, name, 2, (const uint64_t[]){ 32, rows }, 0, 0);
    put_padding(&m, 32);
    for (size_t i = 0; i < 4 * 32 * rows; i++)
        put_le(&m, 0, 1);
    save_bytes(path_of("in.gguf"), m.data, m.n);
}

/* As llama-quantize has it: tensor_allows_quantization of llama.cpp, read and typed again. */
static void in_gguf_what_llama_quantize_keeps_is_kept(void **state)
{
    static const row rows[] = {
        { "blk.0.attn_q.weight", NULL },
        { "token_embd.weight", NULL },
        { "output.weight", NULL },
        { "blk.0.ffn_down_exps.weight", NULL },
        { "blk.0.ffn_down_exps.bias", "not named weight" },
        { "blk.0.ssm_a", "not named weight" },
        { "blk.0.ssm_in.weight", NULL },
        { "blk.0.ssm_conv1d.weight", "a short convolution" },
        { "blk.0.shortconv.conv.weight", "a short convolution" },
        { "blk.0.shortconv.in_proj.weight", NULL },
        { "blk.0.attn_norm.weight", "a norm" },
        { "blk.0.ffn_gate_inp.weight", "a router" },
        { "blk.0.ffn_gate_inp_shexp.weight", "a router" },
        { "blk.0.altup_router.weight", "very small" },
        { "blk.0.laurel_l.weight", "very small" },
        { "per_layer_model_proj.weight", "small" },
        { "per_layer_token_embd.weight", NULL },
        { "position_embd.weight", "positions" },
        { "token_types.weight", "token types" },
        { "blk.0.time_mix_w1.weight", "small, of RWKV" },
        { "blk.0.time_mix_lerp_fused.weight", "small, of RWKV" },
        { "blk.0.time_mix_key.weight", NULL },
        { "blk.0.indexer.k_proj.weight", "very small" },
        { "dec.blk.0.attn_rel_b.weight", "positions" },
        { "v.position_embd.weight", "positions of pictures" },
        { "v.patch_embd.weight", "patches of pictures" },
        { "mm.patch_merger.weight", "patches of pictures" },
        { "v.sam.neck.0.weight", "of a vision projector" },
        { "v.sam.net_2.weight", "of a vision projector" },
        { "blk.0.normals.weight", NULL },
        { "blk.0.denormalizer.weight", NULL },
    };

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        save_gguf(rows[i].name, 2);
        expect_why(path_of("in.gguf"), &rows[i]);
    }
    save_gguf("blk.0.attn_q.weight", 1); /* ggml counts no dimensions of 1 at the end */
    expect_why(path_of("in.gguf"), &(row){ "blk.0.attn_q.weight", "one dimension" });
}

static void save_two(const char *first, const char *second)
{
    char text[600];

    snprintf(text, sizeof text,
             "{\"%s\":{\"dtype\":\"F32\",\"shape\":[2,32],\"data_offsets\":[0,256]},"
             "\"%s\":{\"dtype\":\"F32\",\"shape\":[2,32],\"data_offsets\":[256,512]}}",
             first, second);
    made m = make_safetensors(text, 0);

    for (int i = 0; i < 512; i++)
        put_le(&m, 0, 1);
    save_bytes(path_of("in.safetensors"), m.data, m.n);
}

static void names_of_transformers_are_known(void **state)
{
    static const row beside_one[] = {
        { "model.layers.0.mlp.down_proj.weight", NULL },
        { "model.layers.0.mlp.experts.down_proj_bias", "not named weight" },
        { "backbone.layers.0.mixer.A_log", "not named weight" },
        { "backbone.layers.0.mixer.conv1d.weight", "a short convolution" },
        { "backbone.layers.0.mixer.in_proj.weight", NULL },
        { "model.layers.0.linear_attn.conv1d.weight", "a short convolution" },
        { "model.layers.0.conv.conv.weight", "a short convolution" },
        { "model.layers.0.mlp.gate.weight", "a router" },
        { "model.layers.0.mlp.shared_expert_gate.weight", "a router" },
        { "model.layers.0.router.proj.weight", "a router" },
        { "bert.embeddings.position_embeddings.weight", "positions" },
        { "bert.embeddings.token_type_embeddings.weight", "token types" },
        { "transformer.wpe.weight", "positions" },
        { "vision_tower.patch_embed.proj.weight", "patches of pictures" },
        { "visual.pos_embed.weight", "positions" },
        { "model.layers.0.attn.w_lora.lora.0.weight", "small, of RWKV" },
        { "model.layers.0.laurel.linear_left.weight", "very small" },
        { "model.per_layer_model_projection.weight", "small" },
        { "model.layers.0.input_layernorm.weight", "a norm" },
        { "encoder.LayerNorm.weight", "a norm" },
        { "blocks.0.norm1.linear.weight", "a norm" },
        { "model.normal_head.weight", NULL },
    };
    static const row elsewhere[] = {
        { "layers.0", NULL },
        { "a", NULL },
        { "conv1d", NULL },
        { "batch_norm", "a norm" },
        { "denormalized", NULL },
        { "enormous.weight", NULL },
        { "rmsnorm.gamma", "a norm" },
        { "norm", "a norm" },
    };

    (void)state;
    for (size_t i = 0; i < N(beside_one); i++) {
        save_two("model.layers.9.self_attn.q_proj.weight", beside_one[i].name);
        expect_why(path_of("in.safetensors"), &beside_one[i]);
    }
    for (size_t i = 0; i < N(elsewhere); i++) {
        save_two("some.thing", elsewhere[i].name);
        expect_why(path_of("in.safetensors"), &elsewhere[i]);
    }
}

/* What is typed stands above what names say; other formats of one tensor leave the rest alone. */
static void include_and_type_override(void **state)
{
    static const char *const all[] = { "*" };
    const bc_tensor_rule rule = { "ssm_a", "q4_0" };
    bc_tensor_settings s = bc_tensor_settings_default("q8_0");
    bc_tensor_result r;
    bc_error err = { 0 };

    (void)state;
    save_gguf("blk.0.ssm_a", 2);
    s.force = s.dry_run = true;
    s.include = all;
    s.n_include = 1;
    assert_int_equal(bc_tensor_reduce(path_of("in.gguf"), path_of("o.gguf"), &s, &r, &err), BC_OK);
    assert_string_equal(r.tensors[0].to->name, "Q8_0");
    bc_tensor_result_free(&r);
    s.n_include = 0;
    s.rules = &rule;
    s.n_rules = 1;
    assert_int_equal(bc_tensor_reduce(path_of("in.gguf"), path_of("o.gguf"), &s, &r, &err), BC_OK);
    assert_string_equal(r.tensors[0].to->name, "Q4_0");
    bc_tensor_result_free(&r);
}

static void patterns_fit_names_and_parts_of_names(void **state)
{
    static const struct {
        const char *glob, *name;
        bool fits;
    } rows[] = {
        { "attn_v", "blk.0.attn_v.weight", true },
        { "attn", "blk.0.attn_v.weight", false },
        { "ttn_v", "blk.0.attn_v.weight", false },
        { "self_attn.v_proj", "model.layers.0.self_attn.v_proj.weight", true },
        { "attn.v_proj", "model.layers.0.self_attn.v_proj.weight", false },
        { "weight", "blk.0.attn_v.weight", true },
        { "blk.0", "blk.0.attn_v.weight", true },
        { "blk.0", "blk.01.blk.0", true },
        { "blk.1", "blk.10.attn_v.weight", false },
        { "0", "blk.0.attn_v.weight", true },
        { "blk.0.attn_v.weight", "blk.0.attn_v.weight", true },
        { "*attn_v*", "blk.0.attn_v.weight", true },
        { "attn_*", "blk.0.attn_v.weight", false },
        { "blk.[01].*", "blk.1.attn_v.weight", true },
        { "", "a", false },
        { "a.b.", "a.b.c", false },
    };

    (void)state;
    for (size_t i = 0; i < N(rows); i++)
        EXPECT(bci_glob_fits(rows[i].glob, rows[i].name) == rows[i].fits, "%s and %s", rows[i].glob,
               rows[i].name);
}

/* A pattern of any option that fits nothing is a mistake, and no output appears. */
static void patterns_that_fit_nothing_are_mistakes(void **state)
{
    static const char *const typed[] = { "q_prj", "zzz*" };
    const bc_tensor_rule rule = { "q_prj", "q8_0" };
    (void)state;
    save_two("model.layers.9.self_attn.q_proj.weight", "model.layers.9.mlp.up_proj.weight");
    for (int option = 0; option < 4; option++)
        for (size_t i = 0; i < 2; i++) {
            static const char *const names[] = { "`include`", "`exclude`", "`drop`", "`type`" };
            bc_tensor_settings s = bc_tensor_settings_default("q8_0");
            bc_tensor_result r;
            bc_error err = { 0 };

            s.include = s.exclude = s.drop = &typed[i];
            s.n_include = option == 0;
            s.n_exclude = option == 1;
            s.n_drop = option == 2;
            s.n_rules = option == 3;
            s.rules = &rule;
            assert_int_equal(
                bc_tensor_reduce(path_of("in.safetensors"), path_of("nothing.gguf"), &s, &r, &err),
                BC_E_USAGE);
            EXPECT(strstr(err.text, names[option]) && strstr(err.text, "names no tensor") &&
                       strstr(err.text, "such as model.layers.9.self_attn.q_proj.weight"),
                   "%s", err.text);
            assert_int_not_equal(access(path_of("nothing.gguf"), F_OK), 0);
        }
    bc_tensor_settings s = bc_tensor_settings_default("q8_0");
    bc_tensor_sweep_result swept;
    bc_error err = { 0 };

    s.exclude = typed;
    s.n_exclude = 1;
    assert_int_equal(bc_tensor_sweep(path_of("in.safetensors"), &s, NULL, 0, 4, 4, &swept, &err),
                     BC_E_USAGE);
}

/* The pattern that a refusal offers fits the name, whatever is in it. */
static void a_pattern_is_made_of_any_name(void **state)
{
    static const char *const rows[] = {
        "mask",
        "a[0]",
        "a*b?",
        "a,b",
        "back\\slash",
        "back`quote",
        "\x1b[31m",
        ("a.name.that.is.longer.than.what.a.sentence.shows.of.it.and.so.has.to.be.cut.somewhere."
         "before.the.end.of.it.comes"),
    };

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        const bci_shown glob = bci_glob_of(rows[i]);

        EXPECT(bci_glob_fits(glob.text, rows[i]) && !strpbrk(glob.text, ",`"), "%s of %s",
               glob.text, rows[i]);
    }
}

static bool has_line(const char *text, const char *begin)
{
    for (const char *at = text; (at = strstr(at, begin)); at++)
        if (at == text || at[-1] == '\n')
            return true;
    return false;
}

/* Each row of the table is a line of the manual's, and it has no other. */
static void the_manual_shows_the_table(void **state)
{
    const bc_tensor_kept *rows;
    const size_t n = bc_tensor_kept_names(&rows);
    size_t n_lines = 0, n_text;

    (void)state;
    char *text = (char *)load_bytes(MANUAL, &n_text);
    char *table = strstr(text, "\n| in the name | what it is |\n");

    assert_non_null(table);
    for (size_t i = 0; i < n; i++) {
        char line[128];

        snprintf(line, sizeof line, "| `%s`%s | %s |\n", rows[i].name,
                 rows[i].is_whole ? ", all of it" : "", rows[i].doc);
        EXPECT(has_line(table + 1, line), "the manual has no line %s", line);
    }
    char *end = strstr(table, "\n\n");

    if (end)
        *end = '\0';
    for (const char *at = table; (at = strstr(at, "\n| `")); at++)
        n_lines++;
    assert_int_equal(n_lines, n);
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("in GGUF what llama-quantize keeps is kept",
                 in_gguf_what_llama_quantize_keeps_is_kept),
        SENTENCE("names of transformers are known", names_of_transformers_are_known),
        SENTENCE("include and type stand above", include_and_type_override),
        SENTENCE("patterns fit names, and parts of names", patterns_fit_names_and_parts_of_names),
        SENTENCE("patterns that fit nothing are mistakes", patterns_that_fit_nothing_are_mistakes),
        SENTENCE("a pattern is made of any name", a_pattern_is_made_of_any_name),
        SENTENCE("the manual shows the table", the_manual_shows_the_table),
    };

    return cmocka_run_group_tests_name("names", tests, make_scratch_dir, remove_scratch_dir);
}
