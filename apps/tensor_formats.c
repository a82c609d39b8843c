/* Knows which format of weights a mistyped name may mean. */
#include "tensor_formats.h"

#include <string.h>

#include "bitcrush/tensor.h"
#include "suggest.h"
#include "synonyms.h"
#include "tool.h"

enum { ROOM = 160, LENGTH = 24 };

/* The names of types and mixes as one types them; their number. */
static size_t collect(char names[ROOM][LENGTH])
{
    const bc_element_type *types;
    const bc_tensor_mix *mixes;
    const size_t n_types = bc_element_types(&types), n_mixes = bc_tensor_mixes(&mixes);
    size_t n = 0;

    for (size_t i = 0; i < n_types && n < ROOM; i++)
        if (bc_tensor_can_write(&types[i]))
            lower_case(types[i].name, names[n++], LENGTH);
    for (size_t i = 0; i < n_mixes && n < ROOM; i++)
        lower_case(mixes[i].name, names[n++], LENGTH);
    return n;
}

bool tensor_format_known(const char *typed)
{
    char names[ROOM][LENGTH], lower[LENGTH];
    const size_t n = collect(names);

    lower_case(typed, lower, sizeof lower);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], lower) == 0)
            return true;
    return false;
}

bc_status tensor_format_check(const char *typed, bc_error *err)
{
    char names[ROOM][LENGTH], lower[LENGTH], called[160];
    const char *near = NULL;

    if (bc_element_type_named(typed))
        return BC_OK;
    const size_t n = collect(names);

    lower_case(typed, lower, sizeof lower);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], lower) == 0)
            return BC_OK;
        near = suggest(near, names[i], lower);
    }
    const bool is_number = *typed >= '0' && *typed <= '9';

    if ((!near || is_number) && !synonym_find("format", typed, called, sizeof called))
        return BC_OK; /* a number, or nothing like a name: the library says so */
    return synonym_unknown(err, "format", "", typed, near, "");
}
