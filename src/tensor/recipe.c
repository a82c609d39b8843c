/* Knows what a format's name means for the tensors of a model: plain numbers, mixes, what stays as
 * it is, and what a tensor falls back on whose rows hold no whole blocks. */
#include "tensor/recipe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/coded_layouts.h"
#include "tensor/element.h"
#include "tensor/format_names.h"
#include "tensor/globs.h"
#include "tensor/kept.h"
#include "tensor/mixes.h"
#include "tensor/ruling.h"

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

/* The names of a model protect floats: what is blocks or codes has been reduced before. */
const char *bci_recipe_keeps(const bc_tensor_settings *s, bci_naming naming,
                             const bc_tensor_info *t)
{
    if (!bci_element_has_values(t->type))
        return "no floats";
    if (bci_glob_any_fits(s->exclude, s->n_exclude, t->name))
        return "excluded";
    if (s->n_include > 0)
        return bci_glob_any_fits(s->include, s->n_include, t->name) ? NULL : "not included";
    if (t->n_dims < 2)
        return "one dimension";
    if (bci_is_norm(t->name))
        return "a norm";
    return t->type->kind == BC_ELEMENT_FLOAT ? bci_naming_keeps(naming, t) : NULL;
}

/* Codes of the same name may have other scales. */
bool bci_choice_copies(const bci_choice *c, const bc_tensor_info *t)
{
    return c->type == t->type && !c->is_ruled &&
           (c->type->kind != BC_ELEMENT_CODES || !c->is_asked);
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

/* A type that the kind of file has not, with what would do. */
static bc_status not_in(const bc_element_type *type, const bci_tensor_format *to, bc_error *err)
{
    const char *in = type->ggml_type >= 0 ? "gguf" : "safetensors";

    if (to == &bci_npy)
        return bci_fail(
            err, BC_E_UNSUPPORTED,
            "%s cannot be stored in a .npy file, expected `output=NAME.%s`, or f16, f32 or f64",
            type->name, in);
    return bci_fail(
        err, BC_E_UNSUPPORTED,
        "%s is a format of %s files, expected `output=NAME.%s`, or for %s a format such as %s",
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

/* Reducing what is quantized already loses twice, and what it lost before is not known; floats of
 * 16 bits and more only spell its values out. */
static bc_status check_source(const bc_tensor_settings *s, const bc_tensor_file *file,
                              const bc_tensor_info *t, const bci_choice *choice, bc_error *err)
{
    const bc_element_type *to = choice->type;
    const bool is_reduced = t->type->kind == BC_ELEMENT_BLOCKS || t->type->kind == BC_ELEMENT_CODES;
    const bool is_wide = choice->is_ruled ? choice->spec.bits >= 16
                                          : to->kind == BC_ELEMENT_FLOAT && to->block_bytes > 1;

    if (!is_reduced || is_wide || bci_choice_copies(choice, t) || s->requantize)
        return BC_OK;
    return bci_fail(err, BC_E_USAGE,
                    "%s: tensor %s is quantized already, as %s, and %s would lose more; "
                    "`requantize` does it, the unquantized model is the better input",
                    file->parts[0]->name, bci_show_name(t->name).text, t->type->name,
                    choice->is_ruled ? choice->spec.name : to->name);
}

/* A SPEC on a grid that no type has: values, in the smallest floats that hold them. */
static bc_status choose_values(const char *text, const bc_tensor_settings *s,
                               const bci_tensor_format *to, bci_choice *out, bc_error *err)
{
    static const char *const types[] = { "F16", "BF16" };
    bci_choice c = { .type = bc_element_type_named("F32"), .is_asked = true, .is_ruled = true };
    const bc_status st = bci_spec_of_values(text, &c.spec, err);

    for (size_t i = N(types); !st && i-- > 0;) {
        const bc_element_type *type = bc_element_type_named(types[i]);

        if (holds(to, type) && bci_ruling_fits(&c.spec, s, type))
            c.type = type;
    }
    if (!st)
        *out = c;
    return st;
}

/* `spec` for one tensor, or what its rows make of it. */
static bc_status choose_format(const char *spec, const bc_tensor_info *t, const bci_model *model,
                               const bc_tensor_settings *s, const bci_tensor_format *to,
                               bci_choice *out, bc_error *err)
{
    const bci_gguf_name name = bci_gguf_name_of(t->name);
    const char *format = bci_mix_named(spec) ? bci_mix_format(spec, model, &name) : spec;
    const bc_element_type *type = bci_type_of_spec(format, to == &bci_safetensors);

    if (!type || !bc_tensor_can_write(type))
        return choose_values(spec, s, to, out, err);
    if (!holds(to, type))
        return not_in(type, to, err);
    *out = (bci_choice){ .type = type, .is_asked = true };
    while (!divides(t, out->type)) {
        out->type = bci_element_for(instead_of(out->type->name), to == &bci_safetensors);
        out->is_asked = false;
        out->why = "rows are not whole blocks";
    }
    return BC_OK;
}

/* The format that is asked for; NULL, with the reason, where it stays as it is. */
static const char *asked_for(const bc_tensor_settings *s, bci_naming naming,
                             const bc_tensor_info *t, const char **why)
{
    const char *format = s->format;

    *why = bci_recipe_keeps(s, naming, t);
    for (size_t r = 0; r < s->n_rules; r++)
        if (bci_glob_fits(s->rules[r].glob, t->name)) {
            format = s->rules[r].format;
            *why = bci_element_has_values(t->type) ? NULL : *why;
        }
    return *why ? NULL : format;
}

/* A rule goes before `exclude`, as an exception of it, but what is dropped has no format. */
static bc_status check_rules(const bc_tensor_settings *s, const bc_tensor_info *t, bc_error *err)
{
    const bool is_dropped = bci_glob_any_fits(s->drop, s->n_drop, t->name);

    for (size_t r = 0; is_dropped && r < s->n_rules; r++)
        if (bci_glob_fits(s->rules[r].glob, t->name))
            return bci_fail(
                err, BC_E_USAGE,
                "tensor %s is for `drop` and for `type=%s=%s`, expected patterns of which "
                "one fits it",
                bci_show_name(t->name).text, s->rules[r].glob, s->rules[r].format);
    return BC_OK;
}

/* Nothing is to be reduced: a mistake where some was asked for by its name, and other patterns take
 * it away again. To exclude or to drop all that would be reduced is to ask for a copy. */
static bc_status check_patterns(const bc_tensor_settings *s, const bc_tensor_file *file,
                                bci_naming naming, bc_error *err)
{
    bc_tensor_settings bare = *s;
    const char *why;

    if (s->n_include == 0)
        return BC_OK;
    bare.n_include = bare.n_exclude = bare.n_drop = 0;
    for (size_t i = 0; i < bc_tensor_count(file); i++)
        if (asked_for(&bare, naming, bc_tensor_at(file, i), &why))
            return bci_fail(err, BC_E_USAGE,
                            "%s: no tensor is left to reduce by the patterns of `include`%s%s, "
                            "expected at least one",
                            file->parts[0]->name, s->n_exclude ? ", `exclude`" : "",
                            s->n_drop ? ", `drop`" : "");
    return BC_OK;
}

bc_status bci_recipe_choose(const bc_tensor_settings *s, const bc_tensor_file *file,
                            const bci_tensor_format *to, bci_choice *choices, bc_error *err)
{
    const bci_naming naming = bci_naming_of(file);
    bci_model model;
    bc_spec spec;
    bc_status st = bci_mix_named(s->format) || bc_tensor_spec_type(s->format)
                       ? BC_OK
                       : bci_spec_of_values(s->format, &spec, err);

    if (!st)
        st = bci_globs_check(s, file, err);
    if (!st)
        st = bci_model_of(file, &model, err);
    if (st)
        return st;
    size_t n_left = 0, n_asked = 0;

    for (size_t i = 0; !st && i < bc_tensor_count(file); i++) {
        const bc_tensor_info *t = bc_tensor_at(file, i);
        const char *why, *format = asked_for(s, naming, t, &why);

        st = check_rules(s, t, err);
        if (st)
            break;
        if (bci_glob_any_fits(s->drop, s->n_drop, t->name))
            choices[i] = (bci_choice){ .type = t->type, .is_dropped = true, .why = "dropped" };
        else if (format)
            st = choose_format(format, t, &model, s, to, &choices[i], err);
        else
            choices[i] = (bci_choice){ .type = t->type, .why = why };
        if (!st)
            st = check_source(s, file, t, &choices[i], err);
        n_left += !choices[i].is_dropped;
        n_asked += format && !choices[i].is_dropped;
    }
    if (!st && n_left == 0 && s->n_drop > 0)
        st = bci_fail(err, BC_E_USAGE, "%s: `drop` leaves no tensor, expected some to be kept",
                      file->parts[0]->name);
    if (!st && n_asked == 0)
        st = check_patterns(s, file, naming, err);
    bci_model_free(&model);
    return st;
}
