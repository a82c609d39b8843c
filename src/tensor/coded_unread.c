/* Knows the layouts of codes and scales that other programs write and that are not read here, by
 * the names that their tensors have. */
#include "tensor/coded_unread.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/globs.h"

/* A tensor whose name ends in `scales` belongs to that which ends in `codes` instead. The first
 * that fits serves. Sources: the checkpoints themselves, and what their readers in transformers,
 * vLLM, ComfyUI and MLX look for. */
static const struct {
    const char *scales, *codes, *what;
} layouts[] = {
    { "weight_scale_inv", "weight", "codes with a scale for each block, as DeepSeek's FP8" },
    { ".qzeros", ".qweight", "codes of GPTQ or AWQ" },
    { ".scales", ".qweight", "codes of GPTQ, AWQ or EETQ" },
    { "_scales", "_blocks", "codes in blocks, as gpt-oss's MXFP4" },
    { ".SCB", ".weight", "8-bit codes of bitsandbytes" },
    { ".weight_format", ".weight", "8-bit codes of bitsandbytes" },
    { "weight_scale", "weight_packed", "packed codes of compressed-tensors" },
    { "weight_scale", "weight", "codes of compressed-tensors or Model Optimizer" },
    { "weight_scales", "weight", "codes of EETQ" },
    { "weight_scale_2", "weight", "codes of Model Optimizer" },
    { ".input_scale", ".weight", "codes of compressed-tensors or Model Optimizer" },
    { ".qscale_weight", ".weight", "codes of Mistral's FP8" },
    { ".scale_weight", ".weight", "scaled codes of ComfyUI" },
    { ".scale", ".W_q", "codes of HQQ" },
    { ".scales", ".weight", "codes of MLX" },
    { ".scale", ".weight", "codes with scales, as DeepSeek's" },
    { "._scale", "._data", "codes of Quanto" },
    { "_scale", "_qdata", "codes of torchao" },
    { ".codebooks", ".codes", "codes of AQLM" },
    { ".SU", ".Qidxs", "codes of QuIP#" },
    { ".centroids.weight", ".indices", "codes of VPTQ" },
    { ".q_scale", ".q_weight", "codes of ExLlamaV2" },
    { ".suh", ".trellis", "codes of ExLlamaV3" },
    { ".s", ".B", "codes of Marlin" },
    { "_scale_inv", "", "codes with a scale for each block" },
    { "_scale", "", "codes with scales" },
    { "_scales", "", "codes with scales" },
};

enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

/* Wide floats are weights, and so are GGML's blocks, whose scales are within; a tensor that was
 * joined is one that is read. */
static bool holds_codes(const bci_tensor *t)
{
    const bc_element_type *type = t->info.type;

    if (t->coding || type->kind == BC_ELEMENT_CODES)
        return false;
    if (type->kind == BC_ELEMENT_FLOAT)
        return type->block_bytes == 1;
    return type->kind == BC_ELEMENT_INTEGER ||
           (type->kind == BC_ELEMENT_BLOCKS && type->in_safetensors);
}

static bool is_dropped(const bc_tensor_settings *s, const char *name)
{
    return s && bci_glob_any_fits(s->drop, s->n_drop, name);
}

/* The tensor of codes that `scales` belongs to by a layout, or NULL. `room` holds the longest
 * name. */
static const bci_tensor *codes_of(const bc_tensor_file *f, const char *scales, size_t layout,
                                  char *room)
{
    const size_t n = strlen(scales), n_ending = strlen(layouts[layout].scales);
    const size_t n_codes = strlen(layouts[layout].codes) + 1;

    if (n < n_ending || strcmp(scales + n - n_ending, layouts[layout].scales) != 0)
        return NULL;
    memcpy(room, scales, n - n_ending);
    memcpy(room + n - n_ending, layouts[layout].codes, n_codes);
    const bci_tensor *codes = bci_tensor_file_find(f, room);

    return codes && holds_codes(codes) ? codes : NULL;
}

bc_status bci_coded_refuse_unread(const bc_tensor_file *f, const bc_tensor_settings *s,
                                  bc_error *err)
{
    enum { LONGEST_ENDING = 32 };
    size_t longest = 0;

    for (size_t i = 0; i < f->n_tensors; i++) {
        const size_t n = strlen(f->tensors[i].info.name);

        longest = n > longest ? n : longest;
    }
    char *room = malloc(longest + LONGEST_ENDING);
    bc_status st = room ? BC_OK : bci_tensor_short(f->parts[0]->name, err);

    for (size_t i = 0; i < f->n_tensors && !st; i++)
        for (size_t k = 0; k < N_LAYOUTS && !st; k++) {
            const char *scales = f->tensors[i].info.name;
            const bci_tensor *codes = codes_of(f, scales, k, room);

            if (codes && !is_dropped(s, codes->info.name))
                st = bci_fail(err, BC_E_UNSUPPORTED,
                              "%s: tensor %s holds %s (%s), which %s belongs to: they are not "
                              "read, expected weights as floats",
                              f->parts[codes->part]->name, bci_show_name(codes->info.name).text,
                              layouts[k].what, codes->info.type->name, bci_show_name(scales).text);
        }
    free(room);
    return st;
}
