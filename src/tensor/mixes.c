/* Knows the mixes that users of llama.cpp know: which tensors of which layers get more bits. */
#include "tensor/mixes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "tensor/file.h"

/* What a tensor does. */
typedef enum { ANY, OUTPUT, EMBEDDINGS, VALUES, KEYS, ATTENTION_OUT, DOWN } tensor_role;

/* By what occurs in the names of GGUF; the first that does. */
static const struct {
    const char *word;
    tensor_role role;
} roles[] = {
    { "attn_output.weight", ATTENTION_OUT },
    { "attn_qkv.weight", VALUES },
    { "attn_kv_b.weight", VALUES },
    { "attn_v.weight", VALUES },
    { "attn_k.weight", KEYS },
    { "ffn_down", DOWN },
};

/* When a row of a mix is for a tensor: in layer i of n, counted from 0, or in models of a kind. */
typedef enum {
    ALWAYS,
    MORE_BITS, /* the first and last eighth, and every third between */
    FIRST_EIGHTH,
    FIRST_SIXTEENTH,
    FIRST_TWO,
    FIRST_FOUR,
    FOUR_HEADS_A_KEY, /* or more */
    LIKE_70B,         /* 80 layers, and heads that share keys: attn_v is small there */
    EIGHT_EXPERTS,    /* attention is small there */
} condition;

/* What llama.cpp's llama-quantize does for its Q2_K (here q2_k_m, as q2_k is the format), Q3_K_S
 * and so on: llama_tensor_get_type_impl in src/llama-quant.cpp, without what is for the Falcon
 * architecture. The first row serves whose mix ("": each), role and condition fit. */
static const struct {
    const char *mix;
    tensor_role role;
    condition condition;
    const char *format;
} rows[] = {
    { "", OUTPUT, ALWAYS, "Q6_K" },
    { "", VALUES, EIGHT_EXPERTS, "Q8_0" },
    { "", KEYS, EIGHT_EXPERTS, "Q8_0" },
    { "q2_k_m", VALUES, LIKE_70B, "Q5_K" },
    { "q2_k_m", VALUES, FOUR_HEADS_A_KEY, "Q4_K" },
    { "q2_k_m", VALUES, ALWAYS, "Q3_K" },
    { "q2_k_m", DOWN, ALWAYS, "Q3_K" },
    { "q2_k_m", ATTENTION_OUT, EIGHT_EXPERTS, "Q5_K" },
    { "q2_k_m", ATTENTION_OUT, ALWAYS, "Q3_K" },
    { "q2_k_m", ANY, ALWAYS, "Q2_K" },
    { "q3_k_s", VALUES, LIKE_70B, "Q5_K" },
    { "q3_k_s", ATTENTION_OUT, EIGHT_EXPERTS, "Q5_K" },
    { "q3_k_s", ANY, ALWAYS, "Q3_K" },
    { "q3_k_m", VALUES, FIRST_TWO, "Q5_K" },
    { "q3_k_m", VALUES, LIKE_70B, "Q5_K" },
    { "q3_k_m", VALUES, ALWAYS, "Q4_K" },
    { "q3_k_m", DOWN, FIRST_SIXTEENTH, "Q5_K" },
    { "q3_k_m", DOWN, ALWAYS, "Q4_K" },
    { "q3_k_m", ATTENTION_OUT, EIGHT_EXPERTS, "Q5_K" },
    { "q3_k_m", ATTENTION_OUT, ALWAYS, "Q4_K" },
    { "q3_k_m", ANY, ALWAYS, "Q3_K" },
    { "q3_k_l", VALUES, ALWAYS, "Q5_K" },
    { "q3_k_l", DOWN, ALWAYS, "Q5_K" },
    { "q3_k_l", ATTENTION_OUT, EIGHT_EXPERTS, "Q3_K" },
    { "q3_k_l", ATTENTION_OUT, ALWAYS, "Q5_K" },
    { "q3_k_l", ANY, ALWAYS, "Q3_K" },
    { "q4_k_s", VALUES, FIRST_FOUR, "Q5_K" },
    { "q4_k_s", VALUES, LIKE_70B, "Q5_K" },
    { "q4_k_s", DOWN, FIRST_EIGHTH, "Q5_K" },
    { "q4_k_s", ATTENTION_OUT, EIGHT_EXPERTS, "Q5_K" },
    { "q4_k_s", ANY, ALWAYS, "Q4_K" },
    { "q4_k_m", VALUES, MORE_BITS, "Q6_K" },
    { "q4_k_m", VALUES, LIKE_70B, "Q5_K" },
    { "q4_k_m", DOWN, MORE_BITS, "Q6_K" },
    { "q4_k_m", ATTENTION_OUT, EIGHT_EXPERTS, "Q5_K" },
    { "q4_k_m", ANY, ALWAYS, "Q4_K" },
    { "q5_k_s", ANY, ALWAYS, "Q5_K" },
    { "q5_k_m", VALUES, MORE_BITS, "Q6_K" },
    { "q5_k_m", DOWN, MORE_BITS, "Q6_K" },
    { "q5_k_m", ANY, ALWAYS, "Q5_K" },
};

#define N(table) (sizeof(table) / sizeof *(table))

static const bc_tensor_mix mixes[] = {
    { "q2_k_m", "mostly Q2_K, Q3_K for attn_v, attn_output and ffn_down", 10 },
    { "q3_k_s", "Q3_K but for the output", 11 },
    { "q3_k_m", "mostly Q3_K, Q4_K and Q5_K for attn_v, attn_output and ffn_down", 12 },
    { "q3_k_l", "mostly Q3_K, Q5_K for attn_v, attn_output and ffn_down", 13 },
    { "q4_k_s", "mostly Q4_K, Q5_K for attn_v and ffn_down in the first layers", 14 },
    { "q4_k_m", "mostly Q4_K, Q6_K for half of attn_v and ffn_down", 15 },
    { "q5_k_s", "Q5_K but for the output", 16 },
    { "q5_k_m", "mostly Q5_K, Q6_K for half of attn_v and ffn_down", 17 },
};

size_t bc_tensor_mixes(const bc_tensor_mix **out)
{
    *out = mixes;
    return N(mixes);
}

static tensor_role role_of(const char *name)
{
    if (strcmp(name, "output.weight") == 0)
        return OUTPUT;
    if (strcmp(name, "token_embd.weight") == 0)
        return EMBEDDINGS;
    for (size_t i = 0; i < N(roles); i++)
        if (strstr(name, roles[i].word))
            return roles[i].role;
    return ANY;
}

/* --- the model */

static int by_layer(const void *a, const void *b)
{
    const long *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void sort_layers(bci_layers *l)
{
    size_t n = 0;

    qsort(l->layers, l->n, sizeof *l->layers, by_layer);
    for (size_t i = 0; i < l->n; i++)
        if (n == 0 || l->layers[n - 1] != l->layers[i])
            l->layers[n++] = l->layers[i];
    l->n = n;
}

/* How many of the layers come before this one. */
static long rank_of(const bci_layers *l, long layer)
{
    size_t low = 0, high = l->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (l->layers[middle] < layer)
            low = middle + 1;
        else
            high = middle;
    }
    return (long)low;
}

/* The number under "ARCHITECTURE.key" in GGUF files, or 0. */
static uint64_t number_of(const bc_tensor_file *file, const char *key)
{
    const bci_pair *pair = bci_pairs_find(&file->pairs, "general.architecture");
    size_t n = 0;
    const char *name = pair ? bci_pair_text(pair, &n) : NULL;
    char full[128];
    uint64_t value = 0;

    if (!name || n > 64)
        return 0;
    snprintf(full, sizeof full, "%.*s.%s", (int)n, name, key);
    pair = bci_pairs_find(&file->pairs, full);
    return pair && bci_pair_number(pair, &value) ? value : 0;
}

static uint64_t rows_of(const bc_tensor_info *t)
{
    return t->n_dims >= 2 ? t->dims[t->n_dims - 2] : 0;
}

/* Metadata say it, or the rows of queries beside those of keys. */
static double heads_per_key(const bc_tensor_file *file, uint64_t query_rows, uint64_t key_rows)
{
    const uint64_t heads = number_of(file, "attention.head_count");
    const uint64_t keys = number_of(file, "attention.head_count_kv");

    if (heads && keys)
        return (double)heads / (double)keys;
    return query_rows && key_rows ? (double)query_rows / (double)key_rows : 1.0;
}

/* Experts of one layer: a number in names, or the slowest of three dimensions. */
static uint64_t experts_in(const bci_gguf_name *name, const bc_tensor_info *t)
{
    if (name->expert >= 0)
        return (uint64_t)name->expert + 1;
    return strstr(name->text, "_exps.") && t->n_dims == 3 ? t->dims[0] : 0;
}

bc_status bci_model_of(const bc_tensor_file *file, bci_model *out, bc_error *err)
{
    const size_t n = bc_tensor_count(file);
    uint64_t query_rows = 0, key_rows = 0;
    bci_model m = { .is_tied = true };

    m.values.layers = malloc((n + 1) * sizeof *m.values.layers);
    m.downs.layers = malloc((n + 1) * sizeof *m.downs.layers);
    if (!m.values.layers || !m.downs.layers) {
        bci_model_free(&m);
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu tensor(s)", n);
    }
    for (size_t i = 0; i < n; i++) {
        const bc_tensor_info *t = bc_tensor_at(file, i);
        const bci_gguf_name name = bci_gguf_name_of(t->name);
        const tensor_role role = role_of(name.text);
        const uint64_t n_experts = experts_in(&name, t);

        m.n_layers = name.layer >= m.n_layers ? name.layer + 1 : m.n_layers;
        m.n_experts = n_experts > m.n_experts ? n_experts : m.n_experts;
        m.is_tied = m.is_tied && role != OUTPUT;
        if (role == VALUES)
            m.values.layers[m.values.n++] = name.layer;
        if (role == DOWN)
            m.downs.layers[m.downs.n++] = name.layer;
        if (role == KEYS && !key_rows)
            key_rows = rows_of(t);
        if (!query_rows && strstr(name.text, "attn_q.weight"))
            query_rows = rows_of(t);
    }
    sort_layers(&m.values);
    sort_layers(&m.downs);
    m.heads_per_key = heads_per_key(file, query_rows, key_rows);
    const uint64_t n_blocks = number_of(file, "block_count");

    if (n_blocks > 0 && n_blocks <= BC_TENSOR_MAX_COUNT)
        m.n_layers = (long)n_blocks;
    if (number_of(file, "expert_count"))
        m.n_experts = number_of(file, "expert_count");
    *out = m;
    return BC_OK;
}

void bci_model_free(bci_model *m)
{
    free(m->values.layers);
    free(m->downs.layers);
    *m = (bci_model){ 0 };
}

/* --- a tensor in it */

static bool holds(condition c, const bci_model *m, long i, long n)
{
    switch (c) {
    case ALWAYS: return true;
    case MORE_BITS: return i < n / 8 || i >= 7 * n / 8 || (i - n / 8) % 3 == 2;
    case FIRST_EIGHTH: return i < n / 8;
    case FIRST_SIXTEENTH: return i < n / 16;
    case FIRST_TWO: return i < 2;
    case FIRST_FOUR: return i < 4;
    case FOUR_HEADS_A_KEY: return m->heads_per_key >= 4.0;
    case LIKE_70B: return m->n_layers == 80 && m->heads_per_key > 1.0;
    case EIGHT_EXPERTS: return m->n_experts == 8;
    }
    return false;
}

const bc_tensor_mix *bci_mix_named(const char *spec)
{
    for (size_t i = 0; i < N(mixes); i++)
        if (strcasecmp(mixes[i].name, spec) == 0)
            return &mixes[i];
    return NULL;
}

const char *bci_mix_format(const char *mix, const bci_model *m, const bci_gguf_name *name)
{
    tensor_role role = role_of(name->text);
    long i = name->layer, n = m->n_layers;

    if (role == EMBEDDINGS)
        role = m->is_tied ? OUTPUT : ANY;
    if (role == VALUES) { /* not every layer need have attention */
        i = rank_of(&m->values, name->layer);
        n = (long)m->values.n;
    } else if (role == DOWN && m->n_experts <= 1) {
        i = rank_of(&m->downs, name->layer);
    }
    for (size_t k = 0; k < N(rows); k++)
        if ((!*rows[k].mix || strcasecmp(rows[k].mix, mix) == 0) &&
            (rows[k].role == ANY || rows[k].role == role) && holds(rows[k].condition, m, i, n))
            return rows[k].format;
    return NULL;
}
