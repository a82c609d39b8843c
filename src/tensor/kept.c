/* Knows which tensors of a model a program that runs it needs as they are. */
#include "tensor/kept.h"

#include <string.h>
#include <strings.h>

#include "tensor/gguf_names.h"

/* What llama.cpp's llama-quantize leaves alone (tensor_allows_quantization in src/llama-quant.cpp,
 * v0.5.0): its reader asks for these as floats. Beside them, names of the transformers library for
 * the same that names.c does not turn into those of GGUF. */
static const bc_tensor_kept rows[] = {
    { "ffn_gate_inp", "a router", false },
    { "ffn_gate_tid2eid.weight", "a table of experts", false },
    { "altup", "very small", false },
    { "laurel", "very small", false },
    { "per_layer_model_proj", "small", false },
    { "position_embd.weight", "positions", true },
    { "token_types.weight", "token types", true },
    { "ssm_conv1d", "a short convolution", false },
    { "shortconv.conv.weight", "a short convolution", false },
    { "indexer.k_proj.weight", "very small", false },
    { "indexer.q_proj.weight", "very small", false },
    { "time_mix_first.weight", "small, of RWKV", false },
    { "time_mix_w0.weight", "small, of RWKV", false },
    { "time_mix_w1.weight", "small, of RWKV", false },
    { "time_mix_w2.weight", "small, of RWKV", false },
    { "time_mix_v0.weight", "small, of RWKV", false },
    { "time_mix_v1.weight", "small, of RWKV", false },
    { "time_mix_v2.weight", "small, of RWKV", false },
    { "time_mix_a0.weight", "small, of RWKV", false },
    { "time_mix_a1.weight", "small, of RWKV", false },
    { "time_mix_a2.weight", "small, of RWKV", false },
    { "time_mix_g1.weight", "small, of RWKV", false },
    { "time_mix_g2.weight", "small, of RWKV", false },
    { "time_mix_decay_w1.weight", "small, of RWKV", false },
    { "time_mix_decay_w2.weight", "small, of RWKV", false },
    { "time_mix_lerp_fused.weight", "small, of RWKV", false },
    { "attn_rel_b.weight", "positions", false },
    { ".position_embd", "positions of pictures", false },
    { "sam.pos_embd", "positions of pictures", false },
    { "sam.neck.", "of a vision projector", false },
    { "sam.net_", "of a vision projector", false },
    { ".rel_pos", "positions of pictures", false },
    { ".patch_embd", "patches of pictures", false },
    { ".patch_merger", "patches of pictures", false },
    { "a.rvq.codebook", "a codebook of sound", false },
    { "mm.a.code_embd", "a codebook of sound", false },
    { "position_embedding", "positions", false },
    { "pos_embed", "positions", false },
    { "patch_embed", "patches of pictures", false },
};

/* Words that mean a norm. Others merely have those letters in them: "denormalizer", "normals". */
static const char *const norms[] = {
    "norm",      "norms",        "layernorm",     "layernorms", "rmsnorm", "batchnorm",
    "groupnorm", "instancenorm", "prenorm",       "postnorm",   "subnorm", "enorm",
    "hnorm",     "qnorm",        "knorm",         "qknorm",     "adanorm", "adalayernorm",
    "scalenorm", "weightnorm",   "normalization",
};

#define N(table) (sizeof(table) / sizeof *(table))

size_t bc_tensor_kept_names(const bc_tensor_kept **out)
{
    *out = rows;
    return N(rows);
}

bci_naming bci_naming_of(const bc_tensor_file *file)
{
    if (file->format == &bci_gguf)
        return BCI_NAMES_GGUF;
    for (size_t i = 0; i < file->n_tensors; i++)
        if (bci_gguf_name_of(file->tensors[i].info.name).is_known)
            return BCI_NAMES_TRANSFORMER;
    return BCI_NAMES_ANY;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool bci_is_norm(const char *name)
{
    while (*name) {
        size_t n = 0;

        while (is_letter(name[n]))
            n++;
        for (size_t i = 0; i < N(norms) && n > 0; i++)
            if (strlen(norms[i]) == n && strncasecmp(norms[i], name, n) == 0)
                return true;
        name += n > 0 ? n : 1;
    }
    return false;
}

static bool ends_in_weight(const char *name)
{
    static const char ending[] = "weight";
    const size_t n = strlen(name), n_ending = sizeof ending - 1;

    return n >= n_ending && strcmp(name + n - n_ending, ending) == 0;
}

static bool fits(const bc_tensor_kept *row, const char *name)
{
    return row->is_whole ? strcmp(name, row->name) == 0 : strstr(name, row->name) != NULL;
}

/* As ggml counts them: without those of 1 in front. */
static uint32_t dimensions_of(const bc_tensor_info *t)
{
    uint32_t i = 0;

    while (i < t->n_dims && t->dims[i] == 1)
        i++;
    return t->n_dims - i;
}

const char *bci_naming_keeps(bci_naming naming, const bc_tensor_info *tensor)
{
    const bci_gguf_name name = bci_gguf_name_of(tensor->name);

    if (naming == BCI_NAMES_ANY)
        return NULL;
    if (naming == BCI_NAMES_GGUF && dimensions_of(tensor) < 2)
        return "one dimension";
    if (!ends_in_weight(tensor->name))
        return "not named weight";
    for (size_t i = 0; i < N(rows); i++)
        if (fits(&rows[i], name.text) || fits(&rows[i], tensor->name))
            return rows[i].doc;
    return NULL;
}
