/* Knows how the head of a GGUF file, version 3, is put together, and what llama.cpp expects in
 * it. */
#include "tensor/gguf_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/shown.h"
#include "tensor/gguf_alignment.h"

enum { VERSION = 3, MAX_DIMS = 4, MAX_NAME = 63, QUANTIZATION_VERSION = 2 };

/* llama_ftype of files that are mostly of one type (llama.h). Where it knows several mixes, it is
 * that with the least of other types; the mixes have theirs in mixes.c. */
static const struct {
    const char *type;
    uint32_t number;
} file_types[] = {
    { "F32", 0 },    { "F16", 1 },     { "Q4_0", 2 },     { "Q4_1", 3 },    { "Q8_0", 7 },
    { "Q5_0", 8 },   { "Q5_1", 9 },    { "Q2_K", 21 },    { "Q3_K", 11 },   { "Q4_K", 14 },
    { "Q5_K", 16 },  { "Q6_K", 18 },   { "IQ2_XXS", 19 }, { "IQ2_XS", 20 }, { "IQ3_XXS", 23 },
    { "IQ1_S", 24 }, { "IQ4_NL", 25 }, { "IQ3_S", 26 },   { "IQ2_S", 28 },  { "IQ4_XS", 30 },
    { "IQ1_M", 31 }, { "BF16", 32 },   { "TQ1_0", 36 },   { "TQ2_0", 37 },  { "MXFP4", 38 },
    { "NVFP4", 39 }, { "Q1_0", 40 },   { "Q2_0", 41 },
};

/* Why GGUF cannot hold a tensor, as the end of "tensor NAME ..."; false: it can. */
static bool is_refused(const bc_tensor_info *info, char *why, size_t room)
{
    const uint64_t row = info->n_dims ? info->dims[info->n_dims - 1] : 1;

    *why = '\0';
    if (info->type->ggml_type < 0)
        snprintf(why, room, "is %s, a type that GGUF lacks", info->type->name);
    else if (info->n_dims > MAX_DIMS)
        bci_format(why, room, "has %u dimension(s), GGUF takes at most %d", info->n_dims, MAX_DIMS);
    else if (strlen(info->name) > MAX_NAME)
        bci_format(why, room, "has a name of %zu byte(s), GGUF takes at most %d",
                   strlen(info->name), MAX_NAME);
    else if (row % info->type->block_length != 0)
        snprintf(why, room, "has rows of %llu, but %s takes multiples of %u",
                 (unsigned long long)row, info->type->name, info->type->block_length);
    for (uint32_t i = 0; i < info->n_dims && !*why; i++)
        if (info->dims[i] == 0) /* ggml divides by it */
            snprintf(why, room, "is empty, GGUF takes no empty tensors");
    return *why;
}

static bc_status check_tensor(const bci_tensor_writer *w, const bc_tensor_info *info, bc_error *err)
{
    char why[128];

    if (!is_refused(info, why, sizeof why))
        return BC_OK;
    return bci_fail(err, BC_E_UNSUPPORTED, "%s: tensor %s %s%s", w->name,
                    bci_show_name(info->name).text, why, bci_hint_to_drop(w, info).text);
}

/* The type that most elements have; NULL without tensors. */
static const bc_element_type *main_type(const bci_tensor_writer *w, bool *has_blocks)
{
    const bc_element_type *rows, *best = NULL;
    const size_t n_rows = bc_element_types(&rows);
    uint64_t most = 0;

    *has_blocks = false;
    for (size_t k = 0; k < n_rows; k++) {
        uint64_t n = 0;

        for (size_t i = 0; i < w->n_tensors; i++)
            if (w->tensors[i].type == &rows[k])
                n += w->sizes[i] / rows[k].block_bytes * rows[k].block_length;
        *has_blocks |= n > 0 && rows[k].kind == BC_ELEMENT_BLOCKS;
        if (n > most) {
            most = n;
            best = &rows[k];
        }
    }
    return best;
}

/* The number asked for, or that of the type of most elements. What llama.cpp has no number for is
 * better left unsaid than wrong. */
static bool set_file_type(const bci_tensor_writer *w, const bc_element_type *type, bci_pairs *pairs)
{
    static const char key[] = "general.file_type";
    const uint32_t *number = w->file_type;

    for (size_t i = 0; i < sizeof file_types / sizeof *file_types && type && !number; i++)
        if (strcmp(file_types[i].type, type->name) == 0)
            number = &file_types[i].number;
    if (number)
        return bci_pairs_set_u32(pairs, key, *number);
    if (type)
        bci_pairs_remove(pairs, key);
    return true;
}

/* What a reader could be misled by is replaced or goes, and so does a key without a name. */
static bool set_pairs(bci_tensor_writer *w, bci_pairs *pairs)
{
    static const char *const stale[] = { "split.no", "split.count", "split.tensors.count" };
    bool has_blocks, ok = bci_pairs_copy(w->pairs, pairs);
    const bc_element_type *type = main_type(w, &has_blocks);

    ok = ok && set_file_type(w, type, pairs);
    for (size_t i = 0; ok && i < sizeof stale / sizeof *stale; i++)
        bci_pairs_remove(pairs, stale[i]);
    if (ok && bci_pairs_find(pairs, "")) {
        bci_pairs_remove(pairs, "");
        w->n_left_out++;
    }
    if (ok && has_blocks)
        ok = bci_pairs_set_u32(pairs, "general.quantization_version", QUANTIZATION_VERSION);
    return ok;
}

static void put_text(bci_bytes *head, const char *text)
{
    bci_bytes_put_le(head, strlen(text), 8);
    bci_bytes_put(head, text, strlen(text));
}

static void put_head(bci_tensor_writer *w, const bci_pairs *pairs)
{
    bci_bytes *head = &w->head;
    uint64_t offset = 0;

    bci_bytes_put(head, "GGUF", 4);
    bci_bytes_put_le(head, VERSION, 4);
    bci_bytes_put_le(head, w->n_tensors, 8);
    bci_bytes_put_le(head, pairs->n, 8);
    for (size_t i = 0; i < pairs->n; i++) {
        put_text(head, pairs->items[i].key);
        bci_bytes_put_le(head, (uint64_t)pairs->items[i].type, 4);
        bci_bytes_put(head, pairs->items[i].bytes, pairs->items[i].n);
    }
    for (size_t i = 0; i < w->n_tensors; i++) {
        const bc_tensor_info *info = &w->tensors[i];

        put_text(head, info->name);
        bci_bytes_put_le(head, info->n_dims, 4);
        for (uint32_t k = info->n_dims; k > 0; k--)
            bci_bytes_put_le(head, info->dims[k - 1], 8);
        bci_bytes_put_le(head, (uint64_t)info->type->ggml_type, 4);
        bci_bytes_put_le(head, offset, 8);
        offset += bci_gguf_pad(w->sizes[i], w->alignment);
    }
    bci_bytes_put(head, NULL, (size_t)(bci_gguf_pad(head->n, w->alignment) - head->n));
}

bc_status bci_gguf_plan(bci_tensor_writer *w, bc_error *err)
{
    bci_pairs pairs = { 0 };
    bc_status st = BC_OK;

    for (size_t i = 0; i < w->n_tensors && !st; i++)
        st = check_tensor(w, &w->tensors[i], err);
    if (!st && !set_pairs(w, &pairs))
        st = bci_tensor_short(w->name, err);
    if (!st)
        st = bci_gguf_alignment(&pairs, w->name, &w->alignment, err);
    if (!st)
        put_head(w, &pairs);
    bci_pairs_free(&pairs);
    return st;
}
