/* Knows what a format's name means for the tensors of a model: plain numbers, mixes, what stays as
 * it is, and what a tensor falls back on whose rows hold no whole blocks. */
#include "tensor/recipe.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "tensor/coded.h"
#include "tensor/element.h"
#include "tensor/mixes.h"

/* What a number of bits stands for: the best block format of GGUF, or in safetensors the codes; where
 * there are no such blocks, the codes. */
static const struct {
    const char *spec, *blocks, *codes;
} plain_specs[] = {
    { "32", "F32", "F32" },         { "16", "F16", "F16" },    { "8", "Q8_0", "INT8" },
    { "7", NULL, "INT7" },          { "6", "Q6_K", "INT6" },   { "5", "Q5_K", "INT5" },
    { "4", "Q4_K", "INT4" },        { "3", "Q3_K", "INT3" },   { "2", "Q2_K", "INT2" },
    { "1.58", "TQ2_0", "TERNARY" }, { "1", "Q1_0", "BINARY" },
};

/* What a tensor gets whose rows do not divide into blocks, as llama.cpp's tensor_type_fallback
 * (src/llama-quant.cpp, 2026) has it, and in its way the last three, which are not in there; in the
 * end the 16 bits that any row divides into. */
static const struct {
    const char *format, *instead;
} fallbacks[] = {
    { "Q2_K", "Q4_0" }, { "Q3_K", "Q4_0" },     { "Q4_K", "Q5_0" },   { "Q5_K", "Q5_1" },
    { "Q6_K", "Q8_0" }, { "IQ4_XS", "IQ4_NL" }, { "TQ1_0", "Q4_0" },  { "TQ2_0", "Q4_0" },
    { "Q1_0", "Q4_0" }, { "Q2_0", "Q4_0" },     { "NVFP4", "MXFP4" },
};

#define N(table) (sizeof(table) / sizeof *(table))

/* The type of a name, or of a number of bits; NULL for others. */
static const bc_element_type *type_of(const char *spec, bool in_safetensors)
{
    const char *name = spec;

    for (size_t i = 0; i < N(plain_specs); i++)
        if (strcmp(plain_specs[i].spec, spec) == 0)
            name = in_safetensors || !plain_specs[i].blocks ? plain_specs[i].codes
                                                            : plain_specs[i].blocks;
    return bci_element_for(name, in_safetensors);
}

const bc_element_type *bc_tensor_spec_type(const char *spec)
{
    return type_of(spec, false);
}

static bool matches_any(const char *const *globs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (fnmatch(globs[i], name, 0) == 0)
            return true;
    return false;
}

const char *bci_recipe_keeps(const bc_tensor_settings *s, const bc_tensor_info *t)
{
    if (!bci_element_has_values(t->type))
        return "no floats";
    if (matches_any(s->exclude, s->n_exclude, t->name))
        return "excluded";
    if (s->n_include > 0)
        return matches_any(s->include, s->n_include, t->name) ? NULL : "not included";
    if (t->n_dims < 2)
        return "one dimension";
    if (strstr(t->name, "norm"))
        return "a norm";
    if (strstr(bci_gguf_name_of(t->name).text, "ffn_gate_inp"))
        return "a router";
    return NULL;
}

static bool divides(const bc_tensor_info *t, const bc_element_type *type)
{
    const uint64_t row = t->n_dims > 0 ? t->dims[t->n_dims - 1] : 1;

    return row % type->block_length == 0 || !bci_coded_needs_whole_blocks(type);
}

static const char *instead_of(const char *format)
{
    for (size_t i = 0; i < N(fallbacks); i++)
        if (strcasecmp(fallbacks[i].format, format) == 0)
            return fallbacks[i].instead;
    return "F16";
}

static bc_status unknown(const char *spec, bc_error *err)
{
    return bci_fail(err, BC_E_USAGE,
                    "%s: unknown format, expected 1 to 8, 1.58, 16 or 32 bits, or a name that "
                    "--list shows",
                    spec);
}

/* A type that the kind of file has not, with what would do. */
static bc_status not_in(const bc_element_type *type, const bci_tensor_format *to, bc_error *err)
{
    const char *in = type->ggml_type >= 0 ? "gguf" : "safetensors";

    if (to == &bci_npy)
        return bci_fail(err, BC_E_UNSUPPORTED,
                        "%s is no format of .npy files, expected -o NAME.%s, or f16, f32 or f64",
                        type->name, in);
    return bci_fail(
        err, BC_E_UNSUPPORTED,
        "%s is a format of %s files, expected -o NAME.%s, or for %s a format such as %s",
        type->name, in, in, to->format.name,
        to == &bci_gguf ? "q4_k, iq4_nl or f16" : "nf4, int4, mxfp4 or f16");
}

static bool holds(const bci_tensor_format *to, const bc_element_type *type)
{
    if (to == &bci_npy)
        return type->npy != NULL;
    if (to == &bci_gguf)
        return type->ggml_type >= 0;
    return type->in_safetensors || type->kind == BC_ELEMENT_CODES;
}

/* `spec` for one tensor, or what its rows make of it. */
static bc_status choose_format(const char *spec, const bc_tensor_info *t, const bci_model *model,
                               const bci_tensor_format *to, bci_choice *out, bc_error *err)
{
    const bci_gguf_name name = bci_gguf_name_of(t->name);
    const char *format = bci_mix_named(spec) ? bci_mix_format(spec, model, &name) : spec;
    const bc_element_type *type = type_of(format, to == &bci_safetensors);

    if (!type || !bc_tensor_can_write(type))
        return unknown(spec, err);
    if (!holds(to, type))
        return not_in(type, to, err);
    *out = (bci_choice){ .type = type, .is_asked = true };
    while (!divides(t, out->type)) {
        out->type = bci_element_for(instead_of(out->type->name), to == &bci_safetensors);
        out->is_asked = false;
        out->why = "row of no whole blocks";
    }
    return BC_OK;
}

bc_status bci_recipe_choose(const bc_tensor_settings *s, const bc_tensor_file *file,
                            const bci_tensor_format *to, bci_choice *choices, bc_error *err)
{
    bci_model model;
    bc_status st;

    if (!bci_mix_named(s->format) && !bc_tensor_spec_type(s->format))
        return unknown(s->format, err);
    st = bci_model_of(file, &model, err);
    if (st)
        return st;
    for (size_t i = 0; !st && i < bc_tensor_count(file); i++) {
        const bc_tensor_info *t = bc_tensor_at(file, i);
        const char *why = bci_recipe_keeps(s, t), *format = s->format;

        for (size_t r = 0; r < s->n_rules; r++)
            if (fnmatch(s->rules[r].glob, t->name, 0) == 0) {
                format = s->rules[r].format;
                why = bci_element_has_values(t->type) ? NULL : why;
            }
        if (why)
            choices[i] = (bci_choice){ .type = t->type, .why = why };
        else
            st = choose_format(format, t, &model, to, &choices[i], err);
    }
    bci_model_free(&model);
    return st;
}
