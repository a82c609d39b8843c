/* Knows what GGUF calls the tensors of models that the transformers library has saved. */
#include "tensor/gguf_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcrush/tensor.h"

/* How names end there, and here; '#' is the number of an expert. Source: the mapping of llama.cpp's
 * converter (gguf-py/gguf/tensor_mapping.py) and, of RWKV 7, what it renames before
 * (convert_hf_to_gguf.py), for models that predict text. Tensors that are stored
 * the other way round (those of experts in one tensor under transformers) are not among them. */
static const struct {
    const char *theirs, *ours;
} names[] = {
    { "lm_head.weight", "output.weight" },
    { "embed_out.weight", "output.weight" },
    { "embed_tokens.weight", "token_embd.weight" },
    { "tok_embeddings.weight", "token_embd.weight" },
    { "word_embeddings.weight", "token_embd.weight" },
    { "embed_in.weight", "token_embd.weight" },
    { "wte.weight", "token_embd.weight" },
    { "q_proj.weight", "attn_q.weight" },
    { "attention.wq.weight", "attn_q.weight" },
    { "k_proj.weight", "attn_k.weight" },
    { "attention.wk.weight", "attn_k.weight" },
    { "v_proj.weight", "attn_v.weight" },
    { "attention.wv.weight", "attn_v.weight" },
    { "qkv_proj.weight", "attn_qkv.weight" },
    { "query_key_value.weight", "attn_qkv.weight" },
    { "c_attn.weight", "attn_qkv.weight" },
    { "Wqkv.weight", "attn_qkv.weight" },
    { "kv_b_proj.weight", "attn_kv_b.weight" },
    { "o_proj.weight", "attn_output.weight" },
    { "attention.wo.weight", "attn_output.weight" },
    { "attn.out_proj.weight", "attn_output.weight" },
    { "attn.c_proj.weight", "attn_output.weight" },
    { "self_attn.dense.weight", "attn_output.weight" },
    { "attention.dense.weight", "attn_output.weight" },
    { "mlp.experts.#.up_proj.weight", "ffn_up_exps.weight" },
    { "mlp.experts.#.gate_proj.weight", "ffn_gate_exps.weight" },
    { "mlp.experts.#.down_proj.weight", "ffn_down_exps.weight" },
    { "block_sparse_moe.experts.#.w3.weight", "ffn_up_exps.weight" },
    { "block_sparse_moe.experts.#.w1.weight", "ffn_gate_exps.weight" },
    { "block_sparse_moe.experts.#.w2.weight", "ffn_down_exps.weight" },
    { "shared_expert.up_proj.weight", "ffn_up_shexp.weight" },
    { "shared_expert.gate_proj.weight", "ffn_gate_shexp.weight" },
    { "shared_expert.down_proj.weight", "ffn_down_shexp.weight" },
    { "shared_experts.up_proj.weight", "ffn_up_shexp.weight" },
    { "shared_experts.gate_proj.weight", "ffn_gate_shexp.weight" },
    { "shared_experts.down_proj.weight", "ffn_down_shexp.weight" },
    { "shared_expert_gate.weight", "ffn_gate_inp_shexp.weight" },
    { "mlp.gate.weight", "ffn_gate_inp.weight" },
    { "mlp.router.weight", "ffn_gate_inp.weight" },
    { "mlp.router.gate.weight", "ffn_gate_inp.weight" },
    { "router.layer.weight", "ffn_gate_inp.weight" },
    { "router.proj.weight", "ffn_gate_inp.weight" },
    { "block_sparse_moe.router.weight", "ffn_gate_inp.weight" },
    { "primary_router.weight", "ffn_gate_inp.weight" },
    { "moe.gate.weight", "ffn_gate_inp.weight" },
    { "mixer.gate.weight", "ffn_gate_inp.weight" },
    { "mlp.gate.wg.weight", "ffn_gate_inp.weight" },
    { "block_sparse_moe.gate.weight", "ffn_gate_inp.weight" },
    { "feed_forward.router.weight", "ffn_gate_inp.weight" },
    { "feed_forward.gate.weight", "ffn_gate_inp.weight" },
    { "mlp.up_proj.weight", "ffn_up.weight" },
    { "mlp.gate_up_proj.weight", "ffn_up.weight" },
    { "mlp.gate_proj.weight", "ffn_gate.weight" },
    { "mlp.down_proj.weight", "ffn_down.weight" },
    { "feed_forward.up_proj.weight", "ffn_up.weight" },
    { "feed_forward.gate_proj.weight", "ffn_gate.weight" },
    { "feed_forward.down_proj.weight", "ffn_down.weight" },
    { "feed_forward.w3.weight", "ffn_up.weight" },
    { "feed_forward.w1.weight", "ffn_gate.weight" },
    { "feed_forward.w2.weight", "ffn_down.weight" },
    { "mlp.dense_h_to_4h.weight", "ffn_up.weight" },
    { "mlp.dense_4h_to_h.weight", "ffn_down.weight" },
    { "mlp.c_fc.weight", "ffn_up.weight" },
    { "mlp.c_proj.weight", "ffn_down.weight" },
    { "mlp.fc1.weight", "ffn_up.weight" },
    { "mlp.fc2.weight", "ffn_down.weight" },
    { "embed_positions.weight", "position_embd.weight" },
    { "embeddings.position_embeddings.weight", "position_embd.weight" },
    { "wpe.weight", "position_embd.weight" },
    { "token_type_embeddings.weight", "token_types.weight" },
    { "relative_attention_bias.weight", "attn_rel_b.weight" },
    { "mixer.conv1d.weight", "ssm_conv1d.weight" },
    { "mamba.conv1d.weight", "ssm_conv1d.weight" },
    { "linear_attn.conv1d.weight", "ssm_conv1d.weight" },
    { "conv.conv.weight", "shortconv.conv.weight" },
    { "mixer.in_proj.weight", "ssm_in.weight" },
    { "mixer.out_proj.weight", "ssm_out.weight" },
    { "mixer.x_proj.weight", "ssm_x.weight" },
    { "mixer.dt_proj.weight", "ssm_dt.weight" },
    { "mamba.in_proj.weight", "ssm_in.weight" },
    { "mamba.out_proj.weight", "ssm_out.weight" },
    { "mamba.x_proj.weight", "ssm_x.weight" },
    { "mamba.dt_proj.weight", "ssm_dt.weight" },
    { "w_lora.lora.0.weight", "time_mix_w1.weight" },
    { "w_lora.lora.2.weight", "time_mix_w2.weight" },
    { "a_lora.lora.0.weight", "time_mix_a1.weight" },
    { "a_lora.lora.2.weight", "time_mix_a2.weight" },
    { "v_lora.lora.0.weight", "time_mix_v1.weight" },
    { "v_lora.lora.2.weight", "time_mix_v2.weight" },
    { "g_lora.lora.0.weight", "time_mix_g1.weight" },
    { "g_lora.lora.2.weight", "time_mix_g2.weight" },
};

/* Parts of a model whose tensors end alike and are not meant. */
static const char *const others[] = { "vision", "visual", "audio", "indexer" };

#define N(table) (sizeof(table) / sizeof *(table))

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A larger one counts as this: a file has not more tensors, and sums with it fit. */
static long number_at(const char *digits)
{
    const long n = strtol(digits, NULL, 10);

    return n < (long)BC_TENSOR_MAX_COUNT ? n : (long)BC_TENSOR_MAX_COUNT;
}

/* True when the name ends as the pattern says, at the beginning of a word. Compared from the end,
 * where most differ. */
static bool ends_as(const char *name, const char *pattern, long *expert)
{
    const char *n = name + strlen(name), *p = pattern + strlen(pattern);

    while (p > pattern) {
        if (*--p == '#') {
            if (n == name || !is_digit(n[-1]))
                return false;
            while (n > name && is_digit(n[-1]))
                n--;
            *expert = number_at(n);
        } else if (n == name || *--n != *p) {
            return false;
        }
    }
    return n == name || n[-1] == '.';
}

/* The first word of digits: "blk.12.attn_v.weight", "model.layers.12.mlp.experts.3.up.weight"; or
 * -1. */
static long layer_of(const char *name)
{
    for (const char *at = name; (at = strchr(at, '.')); at++)
        if (is_digit(at[1]))
            return number_at(at + 1);
    return -1;
}

bci_gguf_name bci_gguf_name_of(const char *name)
{
    bci_gguf_name out = { .layer = layer_of(name), .expert = -1 };

    snprintf(out.text, sizeof out.text, "%s", name);
    out.is_known = strncmp(name, "blk.", 4) == 0 && is_digit(name[4]);
    for (size_t i = 0; i < N(others); i++)
        if (strstr(name, others[i]))
            return out;
    for (size_t i = 0; i < N(names); i++) {
        if (!ends_as(name, names[i].theirs, &out.expert))
            continue;
        out.is_known = true;
        if (out.layer >= 0)
            snprintf(out.text, sizeof out.text, "blk.%ld.%s", out.layer, names[i].ours);
        else
            snprintf(out.text, sizeof out.text, "%s", names[i].ours);
        return out;
    }
    out.expert = -1;
    return out;
}
