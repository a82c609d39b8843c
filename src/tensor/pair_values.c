/* Knows what the value of a pair means, and how it is shown to people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/shown.h"
#include "tensor/pairs.h"

static const char *const type_names[BCI_VALUE_TYPES] = {
    [BCI_VALUE_U8] = "u8",       [BCI_VALUE_I8] = "i8",     [BCI_VALUE_U16] = "u16",
    [BCI_VALUE_I16] = "i16",     [BCI_VALUE_U32] = "u32",   [BCI_VALUE_I32] = "i32",
    [BCI_VALUE_F32] = "f32",     [BCI_VALUE_BOOL] = "bool", [BCI_VALUE_STRING] = "string",
    [BCI_VALUE_ARRAY] = "array", [BCI_VALUE_U64] = "u64",   [BCI_VALUE_I64] = "i64",
    [BCI_VALUE_F64] = "f64",
};

static uint64_t le(const uint8_t *p, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* The signed number of n bytes. */
static int64_t signed_le(const uint8_t *p, size_t n)
{
    const uint64_t v = le(p, n), sign = UINT64_C(1) << (8 * n - 1);

    return (int64_t)((v ^ sign) - sign);
}

bool bci_pair_number(const bci_pair *pair, uint64_t *value)
{
    const size_t size = bci_value_size(pair->type);

    switch (pair->type) {
    case BCI_VALUE_I8:
    case BCI_VALUE_I16:
    case BCI_VALUE_I32:
    case BCI_VALUE_I64:
        if (signed_le(pair->bytes, size) < 0)
            return false;
        break;
    case BCI_VALUE_U8:
    case BCI_VALUE_U16:
    case BCI_VALUE_U32:
    case BCI_VALUE_U64: break;
    case BCI_VALUE_F32:
    case BCI_VALUE_F64:
    case BCI_VALUE_BOOL:
    case BCI_VALUE_STRING:
    case BCI_VALUE_ARRAY: return false;
    }
    *value = le(pair->bytes, size);
    return true;
}

const char *bci_pair_text(const bci_pair *pair, size_t *n)
{
    if (pair->type != BCI_VALUE_STRING)
        return NULL;
    *n = pair->n - 8;
    return (const char *)pair->bytes + 8;
}

const char *bci_pair_first_text(const bci_pair *pair, size_t *n)
{
    if (pair->type != BCI_VALUE_ARRAY)
        return bci_pair_text(pair, n);
    if (le(pair->bytes, 4) != BCI_VALUE_STRING || le(pair->bytes + 4, 8) == 0)
        return NULL;
    *n = (size_t)le(pair->bytes + 12, 8);
    return (const char *)pair->bytes + 20;
}

static void show_scalar(bci_value_type type, const uint8_t *p, char *out, size_t room)
{
    const size_t size = bci_value_size(type);
    const uint64_t bits = le(p, size);
    uint32_t bits32 = (uint32_t)bits;
    float f;
    double d;

    memcpy(&f, &bits32, sizeof f);
    memcpy(&d, &bits, sizeof d);
    switch (type) {
    case BCI_VALUE_U8:
    case BCI_VALUE_U16:
    case BCI_VALUE_U32:
    case BCI_VALUE_U64: snprintf(out, room, "%" PRIu64, bits); break;
    case BCI_VALUE_I8:
    case BCI_VALUE_I16:
    case BCI_VALUE_I32:
    case BCI_VALUE_I64: snprintf(out, room, "%" PRId64, signed_le(p, size)); break;
    case BCI_VALUE_F32: bci_format(out, room, "%.7g", (double)f); break;
    case BCI_VALUE_F64: bci_format(out, room, "%.15g", d); break;
    case BCI_VALUE_BOOL: snprintf(out, room, "%s", bits ? "true" : "false"); break;
    case BCI_VALUE_STRING:
    case BCI_VALUE_ARRAY: snprintf(out, room, "..."); break;
    }
}

/* "3: 1, 2, 3" or "32000: <s>, </s>, ...": as many as fit. */
static void show_array(const bci_pair *pair, char *out, size_t room)
{
    const bci_value_type type = (bci_value_type)le(pair->bytes, 4);
    const uint64_t n = le(pair->bytes + 4, 8);
    const uint8_t *p = pair->bytes + 12;
    size_t at = (size_t)snprintf(out, room, "%" PRIu64, n);

    for (uint64_t i = 0; i < n; i++) {
        char item[48];
        size_t size = bci_value_size(type);

        if (type == BCI_VALUE_STRING) {
            size = (size_t)le(p, 8) + 8;
            bci_show_into((const char *)p + 8, size - 8, item, sizeof item);
        } else {
            show_scalar(type, p, item, sizeof item);
        }
        const bool is_nested = type == BCI_VALUE_ARRAY; /* its size takes another walk */
        const bool fits = at + 2 + strlen(item) + sizeof ", ..." <= room;

        at += (size_t)snprintf(out + at, room - at, "%s%s", i ? ", " : ": ", fits ? item : "...");
        if (!fits || is_nested)
            return;
        p += size;
    }
}

void bci_pair_describe(const bci_pair *pair, bc_tensor_metadata *out)
{
    const bool is_array = pair->type == BCI_VALUE_ARRAY;
    size_t n;
    const char *text = bci_pair_text(pair, &n);

    out->key = pair->key;
    snprintf(out->type, sizeof out->type, "%s%s", is_array ? "array of " : "",
             type_names[is_array ? le(pair->bytes, 4) : pair->type]);
    if (text)
        bci_show_into(text, n, out->value, sizeof out->value);
    else if (is_array)
        show_array(pair, out->value, sizeof out->value);
    else
        show_scalar(pair->type, pair->bytes, out->value, sizeof out->value);
}
