/* Knows what names and numbers mean as formats of weights, and which one a mistyped name may
 * mean. */
#include "tensor/format_names.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/lower_case.h"
#include "bitcrush/setting.h"
#include "tensor/element.h"
#include "tensor/mixes.h"

enum { ROOM = 160, LENGTH = 24 };

/* What a number of bits stands for: the best block format of GGUF, or in safetensors the codes;
 * where there are no such blocks, the codes. */
static const struct {
    const char *spec, *blocks, *codes;
} plain_specs[] = {
    { "32", "F32", "F32" },         { "16", "F16", "F16" },    { "8", "Q8_0", "INT8" },
    { "7", NULL, "INT7" },          { "6", "Q6_K", "INT6" },   { "5", "Q5_K", "INT5" },
    { "4", "Q4_K", "INT4" },        { "3", "Q3_K", "INT3" },   { "2", "Q2_K", "INT2" },
    { "1.58", "TQ2_0", "TERNARY" }, { "1", "Q1_0", "BINARY" },
};

const bc_element_type *bci_type_of_spec(const char *spec, bool in_safetensors)
{
    const char *name = spec;

    for (size_t i = 0; i < sizeof plain_specs / sizeof *plain_specs; i++)
        if (strcmp(plain_specs[i].spec, spec) == 0)
            name = in_safetensors || !plain_specs[i].blocks ? plain_specs[i].codes
                                                            : plain_specs[i].blocks;
    return bci_element_for(name, in_safetensors);
}

const bc_element_type *bc_tensor_spec_type(const char *spec)
{
    return bci_type_of_spec(spec, false);
}

/* The names of types and mixes as one types them; their number. */
static size_t collect(char names[ROOM][LENGTH])
{
    const bc_element_type *types;
    const bc_tensor_mix *mixes;
    const size_t n_types = bc_element_types(&types), n_mixes = bc_tensor_mixes(&mixes);
    size_t n = 0;

    for (size_t i = 0; i < n_types && n < ROOM; i++)
        if (bc_tensor_can_write(&types[i]))
            bci_lower_case(types[i].name, names[n++], LENGTH);
    for (size_t i = 0; i < n_mixes && n < ROOM; i++)
        bci_lower_case(mixes[i].name, names[n++], LENGTH);
    return n;
}

bool bci_format_known(const char *typed)
{
    char names[ROOM][LENGTH], lower[LENGTH];
    const size_t n = collect(names);

    bci_lower_case(typed, lower, LENGTH);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], lower) == 0)
            return true;
    const bc_element_type *type = bc_element_type_named(typed); /* other names of types */

    return (type && bc_tensor_can_write(type)) || bci_format_has_values(typed);
}

/* ---- grids without a type */

static bool is_number(const char *typed)
{
    return *typed >= '0' && *typed <= '9';
}

static bc_status unknown(const char *typed, const char *near, bc_error *err)
{
    if (bc_spec_is_file(typed, err))
        return BC_E_USAGE;
    (void)(near ? bci_fail(err, BC_E_USAGE, "%s: unknown format, did you mean %s?", typed, near)
                : bci_fail(err, BC_E_USAGE,
                           "%s: unknown format, expected a number of bits, or a name that `list` "
                           "shows",
                           typed));
    if (err)
        err->setting = "format";
    return BC_E_USAGE;
}

bc_status bci_spec_of_values(const char *typed, bc_spec *out, bc_error *err)
{
    const bc_status st = bc_spec_named(typed, out, err);

    if (st)
        return is_number(typed) ? st : unknown(typed, NULL, err);
    if (out->kind == BC_SPEC_BLOCKS)
        return bci_fail(err, BC_E_USAGE,
                        "%s: these blocks are a part of another format in files of weights, "
                        "expected that one, such as mxfp4 or nvfp4",
                        typed);
    if (out->kind == BC_SPEC_EVEN && out->levels > 0x1p24)
        return bci_fail(err, BC_E_USAGE,
                        "%s: 32-bit floats tell 2^24 levels apart, expected at most 24 bits, or 32",
                        typed);
    return BC_OK;
}

bool bci_format_has_values(const char *typed)
{
    const bc_element_type *type = bc_tensor_spec_type(typed);
    bc_spec spec;

    return !bci_mix_named(typed) && !(type && bc_tensor_can_write(type)) &&
           bci_spec_of_values(typed, &spec, NULL) == BC_OK;
}

bc_status bci_format_check(const char *typed, bc_error *err)
{
    char names[ROOM][LENGTH], lower[LENGTH];
    const char *near = NULL;
    bc_spec spec;

    if (bc_element_type_named(typed))
        return BC_OK;
    const size_t n = collect(names);

    bci_lower_case(typed, lower, LENGTH);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], lower) == 0)
            return BC_OK;
        near = bc_nearer_name(near, names[i], lower);
    }
    if (is_number(typed))
        return BC_OK;
    return bc_spec_named(typed, &spec, NULL) ? unknown(typed, near, err)
                                             : bci_spec_of_values(typed, &spec, err);
}
