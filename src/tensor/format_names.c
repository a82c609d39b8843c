/* Knows which format of weights a mistyped name may mean. */
#include "tensor/format_names.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/setting.h"
#include "bitcrush/tensor.h"

enum { ROOM = 160, LENGTH = 24 };

static void lower_case(const char *from, char to[LENGTH])
{
    snprintf(to, LENGTH, "%s", from);
    for (char *c = to; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 'a' - 'A');
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
            lower_case(types[i].name, names[n++]);
    for (size_t i = 0; i < n_mixes && n < ROOM; i++)
        lower_case(mixes[i].name, names[n++]);
    return n;
}

bool bci_format_known(const char *typed)
{
    char names[ROOM][LENGTH], lower[LENGTH];
    const size_t n = collect(names);

    lower_case(typed, lower);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], lower) == 0)
            return true;
    const bc_element_type *type = bc_element_type_named(typed); /* other names of types */

    return type && bc_tensor_can_write(type);
}

bc_status bci_format_check(const char *typed, bc_error *err)
{
    char names[ROOM][LENGTH], lower[LENGTH];
    const bool is_number = *typed >= '0' && *typed <= '9';
    const char *near = NULL;

    if (bc_element_type_named(typed))
        return BC_OK;
    const size_t n = collect(names);

    lower_case(typed, lower);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], lower) == 0)
            return BC_OK;
        near = bc_nearer_name(near, names[i], lower);
    }
    if (is_number)
        return BC_OK;
    (void)(near ? bci_fail(err, BC_E_USAGE, "%s: unknown format, did you mean %s?", typed, near)
                : bci_fail(err, BC_E_USAGE,
                           "%s: unknown format, expected 1 to 8, 1.58, 16 or 32 bits, or a name "
                           "that `list` shows",
                           typed));
    if (err)
        err->setting = "format";
    return BC_E_USAGE;
}
