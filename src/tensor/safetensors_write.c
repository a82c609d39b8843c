/* Knows how the head of a safetensors file is put together: the JSON text without spaces, tensors
 * in the order of the reference writer (wide types first, then by name), spaces up to a multiple
 * of 8. */
#include "tensor/safetensors_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/json_text.h"

/* The reference sorts by its enumeration of types, from the last to the first. */
static const char *const type_order[] = {
    "U64", "I64", "F64",     "C64",         "F32",         "U32",     "I32",     "BF16",
    "F16", "U16", "I16",     "F8_E5M2FNUZ", "F8_E4M3FNUZ", "F8_E8M0", "F8_E4M3", "F8_E5M2",
    "I8",  "U8",  "F6_E3M2", "F6_E2M3",     "F4",          "BOOL",
};

static int rank_of(const bc_element_type *type)
{
    int i = 0;

    while (strcmp(type_order[i], type->name) != 0)
        i++;
    return i;
}

typedef struct {
    int rank;
    const char *name;
    size_t tensor;
} turn;

static int by_turn(const void *a, const void *b)
{
    const turn *x = a, *y = b;

    return x->rank != y->rank ? x->rank - y->rank : strcmp(x->name, y->name);
}

static bc_status set_order(bci_tensor_writer *w, bc_error *err)
{
    turn *turns = malloc((w->n_tensors + 1) * sizeof *turns);

    if (!turns)
        return bci_tensor_short(w->name, err);
    for (size_t i = 0; i < w->n_tensors; i++)
        turns[i] = (turn){ rank_of(w->tensors[i].type), w->tensors[i].name, i };
    qsort(turns, w->n_tensors, sizeof *turns, by_turn);
    for (size_t i = 0; i < w->n_tensors; i++)
        w->order[i] = turns[i].tensor;
    free(turns);
    return BC_OK;
}

static void put(bci_bytes *head, const char *text)
{
    bci_bytes_put(head, text, strlen(text));
}

static void put_number(bci_bytes *head, uint64_t n)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRIu64, n);
    put(head, digits);
}

/* Texts, and single numbers as texts. What holds a 0, which readers refuse, or is no UTF-8 stays
 * behind with the arrays. */
static void put_pairs(bci_tensor_writer *w)
{
    bci_bytes *head = &w->head;
    size_t n_put = 0;

    for (size_t i = 0; i < w->pairs->n; i++) {
        const bci_pair *pair = &w->pairs->items[i];
        bc_tensor_metadata shown;
        size_t n;
        const char *text = bci_pair_text(pair, &n);

        if (pair->type == BCI_VALUE_ARRAY ||
            (text && (!bci_is_utf8(text, n) || memchr(text, 0, n)))) {
            w->n_left_out++;
            continue;
        }
        if (!text) {
            bci_pair_describe(pair, &shown);
            text = shown.value;
            n = strlen(text);
        }
        put(head, n_put++ ? "," : "\"__metadata__\":{");
        bci_json_string(head, pair->key, strlen(pair->key));
        put(head, ":");
        bci_json_string(head, text, n);
    }
    if (n_put)
        put(head, w->n_tensors ? "}," : "}");
}

static void put_tensor(bci_tensor_writer *w, size_t i, uint64_t begin)
{
    const bc_tensor_info *info = &w->tensors[i];
    bci_bytes *head = &w->head;

    bci_json_string(head, info->name, strlen(info->name));
    put(head, ":{\"dtype\":\"");
    put(head, info->type->name);
    put(head, "\",\"shape\":[");
    for (uint32_t k = 0; k < info->n_dims; k++) {
        put(head, k ? "," : "");
        put_number(head, info->dims[k]);
    }
    put(head, "],\"data_offsets\":[");
    put_number(head, begin);
    put(head, ",");
    put_number(head, begin + w->sizes[i]);
    put(head, "]}");
}

bc_status bci_safetensors_plan(bci_tensor_writer *w, bc_error *err)
{
    bci_bytes *head = &w->head;
    uint64_t begin = 0;
    bc_status st;

    for (size_t i = 0; i < w->n_tensors; i++) {
        const bc_tensor_info *info = &w->tensors[i];

        if (!info->type->in_safetensors)
            return bci_fail(err, BC_E_UNSUPPORTED,
                            "%s: tensor %s is %s, a type that safetensors lacks%s", w->name,
                            bci_show_name(info->name).text, info->type->name,
                            bci_hint_to_drop(w, info).text);
        if (strcmp(info->name, "__metadata__") == 0)
            return bci_fail(err, BC_E_UNSUPPORTED,
                            "%s: a tensor is called __metadata__, which in "
                            "safetensors is something else; `drop=__metadata__` leaves it out",
                            w->name);
    }
    st = set_order(w, err);
    if (st)
        return st;
    bci_bytes_put(head, NULL, 8); /* the length, below */
    put(head, "{");
    put_pairs(w);
    for (size_t i = 0; i < w->n_tensors; i++) {
        put(head, i ? "," : "");
        put_tensor(w, w->order[i], begin);
        begin += w->sizes[w->order[i]];
    }
    put(head, "}");
    while (head->n % 8 != 0 && !head->is_short)
        put(head, " ");
    if (head->is_short)
        return bci_tensor_short(w->name, err);
    if (head->n - 8 > BC_TENSOR_MAX_HEADER)
        return bci_fail(err, BC_E_LIMIT, "%s: header of %zu byte(s), expected at most %u", w->name,
                        head->n - 8, BC_TENSOR_MAX_HEADER);
    for (int i = 0; i < 8; i++)
        head->data[i] = (uint8_t)((uint64_t)(head->n - 8) >> (8 * i));
    return BC_OK;
}
