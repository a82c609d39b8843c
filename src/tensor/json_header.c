/* Knows the JSON texts of safetensors, through jansson: the header of a file and the index of its
 * shards. */
#include "tensor/json_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "tensor/shown.h"

#ifdef BCI_WITH_JSON
#include <jansson.h>

/* A text that is taken apart from its beginning. */
typedef struct {
    const char *file;
    const char *text;
    size_t n, at;
} cursor;

static bc_status fault_at(const cursor *c, size_t at, const char *what, bc_error *err)
{
    return bci_fail(err, BC_E_FORMAT, "%s: byte %zu of the JSON text: %s", c->file, at, what);
}

/* The value that begins here, which is passed. */
static bc_status take_value(cursor *c, json_t **out, bc_error *err)
{
    json_error_t fault;
    json_t *value =
        json_loadb(c->text + c->at, c->n - c->at,
                   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &fault);

    if (!value && json_error_code(&fault) == json_error_out_of_memory)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory", c->file);
    if (!value)
        return fault_at(c, c->at + (size_t)fault.position, bci_show_name(fault.text).text, err);
    c->at += (size_t)fault.position;
    *out = value;
    return BC_OK;
}

/* The next character that is no blank, 0 at the end. */
static char next_of(cursor *c)
{
    while (c->at < c->n && c->text[c->at] && strchr(" \t\n\r", c->text[c->at]))
        c->at++;
    return c->at < c->n ? c->text[c->at] : 0;
}

static bc_status take(cursor *c, char wanted, bc_error *err)
{
    char what[] = "expected ?";

    what[sizeof what - 2] = wanted;
    if (next_of(c) != wanted)
        return fault_at(c, c->at, what, err);
    c->at++;
    return BC_OK;
}

/* A name and what belongs to it; key_at is where the name begins. */
static bc_status take_member(cursor *c, json_t **key, size_t *key_at, json_t **value, bc_error *err)
{
    bc_status st;

    *key = *value = NULL;
    if (next_of(c) != '"')
        return fault_at(c, c->at, "expected a name in double quotes", err);
    *key_at = c->at;
    st = take_value(c, key, err);
    if (!st)
        st = take(c, ':', err);
    return st ? st : take_value(c, value, err);
}

/* The object that the whole text is. */
static bc_status parse(const char *file, const char *text, size_t n, json_t **out, bc_error *err)
{
    cursor c = { file, text, n, 0 };
    json_t *root = NULL;
    bc_status st = take_value(&c, &root, err);

    if (st)
        return st;
    if (!json_is_object(root))
        st = bci_fail(err, BC_E_FORMAT, "%s: the JSON text is no object", file);
    else if (next_of(&c) || c.at < n)
        st = fault_at(&c, c.at, "expected the end of the text", err);
    if (st)
        json_decref(root);
    else
        *out = root;
    return st;
}

static const char *kind_of(const json_t *value)
{
    if (!value)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER:
        return json_integer_value(value) < 0 ? "a negative number" : "a whole number";
    case JSON_REAL: return "a number with a fraction";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    case JSON_NULL: return "null";
    }
    return "something else";
}

/* Whole numbers from 0 on. */
static bool numbers_of(const json_t *array, uint64_t *out)
{
    const size_t n = json_array_size(array);

    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);

        if (!json_is_integer(item) || json_integer_value(item) < 0)
            return false;
        out[i] = (uint64_t)json_integer_value(item);
    }
    return true;
}

static bc_status check_members(const cursor *c, const char *name, size_t at, const json_t *entry,
                               bc_error *err)
{
    const json_t *dtype = json_object_get(entry, "dtype");
    const json_t *shape = json_object_get(entry, "shape");
    const json_t *offsets = json_object_get(entry, "data_offsets");

    if (json_is_object(entry) && json_object_size(entry) == 3 && json_is_string(dtype) &&
        json_is_array(shape) && json_is_array(offsets))
        return BC_OK;
    return bci_fail(err, BC_E_FORMAT,
                    "%s: byte %zu of the JSON text: tensor %s: dtype is %s, shape %s, data_offsets "
                    "%s of %zu members, expected a string and two arrays",
                    c->file, at, bci_show_name(name).text, kind_of(dtype), kind_of(shape),
                    kind_of(offsets), json_object_size(entry));
}

static bc_status tensor_of(const cursor *c, json_t *key, size_t at, const json_t *entry,
                           bci_json_tensor *out, bc_error *err)
{
    const char *name = json_string_value(key);
    const json_t *shape = json_object_get(entry, "shape");
    const json_t *offsets = json_object_get(entry, "data_offsets");
    const size_t n_dims = json_array_size(shape);
    uint64_t range[2] = { 0 };
    const char *wrong = NULL;
    const bc_status st = check_members(c, name, at, entry, err);

    if (st)
        return st;
    *out = (bci_json_tensor){ .name = name, .at = at };
    if (n_dims > BC_TENSOR_MAX_DIMS)
        return bci_fail(err, BC_E_LIMIT,
                        "%s: byte %zu of the JSON text: tensor %s has %zu dimensions, expected at "
                        "most %u",
                        c->file, at, bci_show_name(name).text, n_dims, BC_TENSOR_MAX_DIMS);
    if (!numbers_of(shape, out->dims))
        wrong = "shape holds something else, expected whole numbers from 0 on";
    else if (json_array_size(offsets) != 2 || !numbers_of(offsets, range) || range[0] > range[1])
        wrong = "data_offsets are no two rising whole numbers";
    if (wrong)
        return bci_fail(err, BC_E_FORMAT, "%s: byte %zu of the JSON text: tensor %s: %s", c->file,
                        at, bci_show_name(name).text, wrong);
    out->dtype = json_string_value(json_object_get(entry, "dtype"));
    out->n_dims = (uint32_t)n_dims;
    out->begin = range[0];
    out->end = range[1];
    return BC_OK;
}

static bc_status walk_pairs(const char *file, json_t *pairs, bool strings_only,
                            const bci_json_visitor *v, bc_error *err)
{
    const char *key;
    json_t *value;
    bc_status st = BC_OK;

    if (!json_is_object(pairs))
        return bci_fail(err, BC_E_FORMAT, "%s: the metadata are %s, expected an object", file,
                        kind_of(pairs));
    json_object_foreach(pairs, key, value)
    {
        char number[32];

        if (json_is_string(value)) {
            st = v->pair(v->context, key, json_string_value(value), err);
        } else if (!strings_only && json_is_integer(value)) {
            snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
            st = v->pair(v->context, key, number, err);
        } else if (strings_only) {
            st = bci_fail(err, BC_E_FORMAT, "%s: %s in __metadata__ is %s, expected a string", file,
                          bci_show_name(key).text, kind_of(value));
        }
        if (st)
            break;
    }
    return st;
}

/* A member of the header. */
static bc_status visit(const cursor *c, json_t *key, size_t at, json_t *value, bool *has_metadata,
                       const bci_json_visitor *v, bc_error *err)
{
    bci_json_tensor t;

    if (strcmp(json_string_value(key), "__metadata__") == 0) {
        if (*has_metadata)
            return fault_at(c, at, "__metadata__ occurs twice, expected once", err);
        *has_metadata = true;
        return walk_pairs(c->file, value, true, v, err);
    }
    const bc_status st = tensor_of(c, key, at, value, &t, err);

    return st ? st : v->tensor(v->context, &t, err);
}

bc_status bci_json_walk_header(const char *file, const char *text, size_t n,
                               const bci_json_visitor *v, bc_error *err)
{
    cursor c = { file, text, n, 0 };
    bool has_metadata = false;
    bc_status st = take(&c, '{', err);
    char next = st ? 0 : next_of(&c);

    if (next == '}')
        c.at++;
    while (!st && next != '}') {
        json_t *key, *value;
        size_t at = 0;

        st = take_member(&c, &key, &at, &value, err);
        if (!st)
            st = visit(&c, key, at, value, &has_metadata, v, err);
        json_decref(key);
        json_decref(value);
        next = st ? 0 : next_of(&c);
        if (!st && next != ',' && next != '}')
            st = fault_at(&c, c.at, "expected , or }", err);
        c.at++;
    }
    if (!st && (next_of(&c) || c.at < n))
        st = fault_at(&c, c.at, "expected the end of the text", err);
    return st;
}

bc_status bci_json_walk_index(const char *file, const char *text, size_t n,
                              const bci_json_visitor *v, bc_error *err)
{
    json_t *root, *value, *pairs, *map;
    const char *key;
    bc_status st = parse(file, text, n, &root, err);

    if (st)
        return st;
    map = json_object_get(root, "weight_map");
    if (!json_is_object(map))
        st = bci_fail(err, BC_E_FORMAT,
                      "%s: weight_map is %s, expected the object that an index of safetensors has",
                      file, kind_of(map));
    pairs = json_object_get(root, "metadata");
    if (!st && pairs)
        st = walk_pairs(file, pairs, false, v, err);
    json_object_foreach(map, key, value)
    {
        if (st)
            break;
        st = json_is_string(value)
                 ? v->shard(v->context, key, json_string_value(value), err)
                 : bci_fail(err, BC_E_FORMAT, "%s: weight_map has %s for %s, expected a file name",
                            file, kind_of(value), bci_show_name(key).text);
    }
    json_decref(root);
    return st;
}

/* "shape" of an object. */
static bool shape_of(const json_t *entry, uint32_t *n_dims, uint64_t *dims)
{
    const json_t *shape = json_object_get(entry, "shape");

    if (!json_is_array(shape) || json_array_size(shape) > BC_TENSOR_MAX_DIMS)
        return false;
    *n_dims = (uint32_t)json_array_size(shape);
    return numbers_of(shape, dims);
}

static bool number_of(const json_t *entry, const char *key, uint64_t *out)
{
    const json_t *number = json_object_get(entry, key);

    if (!json_is_integer(number) || json_integer_value(number) < 0)
        return false;
    *out = (uint64_t)json_integer_value(number);
    return true;
}

bc_status bci_json_walk_formats(const char *file, const char *text, size_t n,
                                const bci_json_visitor *v, bc_error *err)
{
    json_t *root, *entry;
    const char *name;
    bc_status st = parse(file, text, n, &root, err);

    if (st)
        return st;
    json_object_foreach(root, name, entry)
    {
        bci_json_coded t = { .name = name };

        t.format = json_string_value(json_object_get(entry, "format"));
        t.named_group = json_string_value(json_object_get(entry, "group"));
        t.zero_point = json_is_true(json_object_get(entry, "zero_point"));
        if (t.format && shape_of(entry, &t.n_dims, t.dims) &&
            (t.named_group || number_of(entry, "group", &t.group)))
            st = v->coded(v->context, &t, err);
        else
            st =
                bci_fail(err, BC_E_FORMAT,
                         "%s: bitcrush.formats has no format, shape and group for %s, expected all "
                         "three",
                         file, bci_show_name(name).text);
        if (st)
            break;
    }
    json_decref(root);
    return st;
}

bc_status bci_json_read_state(const char *file, const char *name, const char *text, size_t n,
                              bci_json_state *out, bc_error *err)
{
    json_t *root;
    const bc_status st = parse(file, text, n, &root, err);

    if (st)
        return st;
    const char *type = json_string_value(json_object_get(root, "quant_type"));
    const json_t *offset = json_object_get(root, "nested_offset");
    bci_json_state state = { .is_nested = offset != NULL,
                             .nested_offset = json_number_value(offset) };
    const bool is_good =
        type && shape_of(root, &state.n_dims, state.dims) &&
        number_of(root, "blocksize", &state.blocksize) &&
        (!offset ||
         (json_is_number(offset) && number_of(root, "nested_blocksize", &state.nested_blocksize)));

    if (is_good) {
        snprintf(state.quant_type, sizeof state.quant_type, "%s", type);
        *out = state;
    }
    json_decref(root);
    return is_good
               ? BC_OK
               : bci_fail(err, BC_E_FORMAT,
                          "%s: tensor %s has no quant_type, shape and blocksize in its JSON text, "
                          "expected all three",
                          file, bci_show_name(name).text);
}
#else
static bc_status no_json(const char *file, bc_error *err)
{
    return bci_fail(err, BC_E_UNSUPPORTED, "%s: this build has no JSON, expected one with jansson",
                    file);
}

bc_status bci_json_walk_header(const char *file, const char *text, size_t n,
                               const bci_json_visitor *v, bc_error *err)
{
    (void)text;
    (void)n;
    (void)v;
    return no_json(file, err);
}

bc_status bci_json_walk_index(const char *file, const char *text, size_t n,
                              const bci_json_visitor *v, bc_error *err)
{
    (void)text;
    (void)n;
    (void)v;
    return no_json(file, err);
}

bc_status bci_json_walk_formats(const char *file, const char *text, size_t n,
                                const bci_json_visitor *v, bc_error *err)
{
    (void)text;
    (void)n;
    (void)v;
    return no_json(file, err);
}

bc_status bci_json_read_state(const char *file, const char *name, const char *text, size_t n,
                              bci_json_state *out, bc_error *err)
{
    (void)name;
    (void)text;
    (void)n;
    (void)out;
    return no_json(file, err);
}
#endif
