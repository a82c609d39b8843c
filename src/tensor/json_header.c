/* Knows the JSON texts of safetensors: the header of a file, the index of its shards, and what its
 * metadata say of codes. */
#include "tensor/json_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/json_reader.h"

static const char *kind_of(const bci_json_value *v)
{
    switch (v->kind) {
    case BCI_JSON_NOTHING: return "nothing";
    case BCI_JSON_OBJECT: return "an object";
    case BCI_JSON_ARRAY: return "an array";
    case BCI_JSON_STRING: return "a string";
    case BCI_JSON_INTEGER: return v->integer < 0 ? "a negative number" : "a whole number";
    case BCI_JSON_REAL: return "a number with a fraction";
    case BCI_JSON_TRUE:
    case BCI_JSON_FALSE: return "true or false";
    case BCI_JSON_NULL: return "null";
    }
    return "something else";
}

static const char *text_of(const bci_bytes *b)
{
    return (const char *)b->data;
}

static bool is_named(const bci_bytes *name, const char *wanted)
{
    return strcmp(text_of(name), wanted) == 0;
}

/* Hand on what a visitor says. */
static void take_over(bci_json_reader *r, bc_status st)
{
    if (!r->status)
        r->status = st;
}

/* An array that ought to be of whole numbers from 0 on. */
typedef struct {
    bci_json_value value; /* what it is */
    uint64_t n;
    bool is_good; /* all that were kept are such numbers */
} numbers;

/* The first `room` go to `out`. */
static numbers take_numbers(bci_json_reader *r, uint64_t room, uint64_t *out)
{
    numbers a = { .value.kind = bci_json_peek(r), .is_good = true };

    if (a.value.kind != BCI_JSON_ARRAY) {
        a.value = bci_json_take(r, NULL);
        a.is_good = false;
        return a;
    }
    bci_json_enter_array(r);
    while (bci_json_next_item(r, &a.n)) {
        const bci_json_value v = bci_json_take(r, NULL);

        if (v.kind != BCI_JSON_INTEGER || v.integer < 0)
            a.is_good = false;
        else if (a.n <= room)
            out[a.n - 1] = (uint64_t)v.integer;
    }
    return a;
}

/* ---- the header of a file */

/* What an entry of the header has. */
typedef struct {
    bci_json_value dtype;
    numbers shape, offsets;
    uint64_t range[2];
    size_t n_members;
} entry;

/* Texts that are reused from entry to entry. */
typedef struct {
    bci_bytes name, member, dtype;
} texts;

static bc_status check_entry(const bci_json_reader *r, const bci_json_tensor *t, const entry *e)
{
    const char *wrong = NULL;

    if (e->n_members != 3 || e->dtype.kind != BCI_JSON_STRING ||
        e->shape.value.kind != BCI_JSON_ARRAY || e->offsets.value.kind != BCI_JSON_ARRAY)
        return bci_fail(r->err, BC_E_FORMAT,
                        "%s: byte %zu of the JSON text: tensor %s: dtype is %s, shape %s, "
                        "data_offsets %s of %zu member(s), expected a string and two arrays",
                        r->file, t->at, bci_show_name(t->name).text, kind_of(&e->dtype),
                        kind_of(&e->shape.value), kind_of(&e->offsets.value), e->n_members);
    if (e->shape.n > BC_TENSOR_MAX_DIMS)
        return bci_fail(r->err, BC_E_LIMIT,
                        "%s: byte %zu of the JSON text: tensor %s has %" PRIu64
                        " dimensions, expected at most %u",
                        r->file, t->at, bci_show_name(t->name).text, e->shape.n,
                        BC_TENSOR_MAX_DIMS);
    if (!e->shape.is_good)
        wrong = "shape holds something else, expected whole numbers from 0 on";
    else if (e->offsets.n != 2 || !e->offsets.is_good || e->range[0] > e->range[1])
        wrong = "data_offsets are no two rising whole numbers";
    return wrong ? bci_fail(r->err, BC_E_FORMAT, "%s: byte %zu of the JSON text: tensor %s: %s",
                            r->file, t->at, bci_show_name(t->name).text, wrong)
                 : BC_OK;
}

static void take_tensor(bci_json_reader *r, size_t at, texts *x, const bci_json_visitor *v)
{
    bci_json_tensor t = { .name = text_of(&x->name), .at = at };
    entry e = { 0 };
    bci_json_object o;
    size_t member_at;

    if (bci_json_peek(r) == BCI_JSON_OBJECT) {
        bci_json_enter_object(r, true, &o);
        while (bci_json_next_member(r, &o, &x->member, &member_at)) {
            if (is_named(&x->member, "dtype"))
                e.dtype = bci_json_take(r, &x->dtype);
            else if (is_named(&x->member, "shape"))
                e.shape = take_numbers(r, BC_TENSOR_MAX_DIMS, t.dims);
            else if (is_named(&x->member, "data_offsets"))
                e.offsets = take_numbers(r, 2, e.range);
            else
                (void)bci_json_take(r, NULL);
        }
        e.n_members = o.n_members;
    } else {
        (void)bci_json_take(r, NULL);
    }
    if (!r->status)
        take_over(r, check_entry(r, &t, &e));
    if (r->status)
        return;
    t.dtype = text_of(&x->dtype);
    t.n_dims = (uint32_t)e.shape.n;
    t.begin = e.range[0];
    t.end = e.range[1];
    take_over(r, v->tensor(v->context, &t, r->err));
}

/* An object of texts, and of whole numbers unless `strings_only`. */
static void take_pairs(bci_json_reader *r, bool strings_only, const bci_json_visitor *v)
{
    bci_bytes key = { 0 }, text = { 0 };
    bci_json_object o;
    size_t at;

    if (bci_json_peek(r) != BCI_JSON_OBJECT) {
        const bci_json_value value = bci_json_take(r, NULL);

        if (!r->status)
            take_over(r,
                      bci_fail(r->err, BC_E_FORMAT, "%s: the metadata are %s, expected an object",
                               r->file, kind_of(&value)));
        return;
    }
    bci_json_enter_object(r, true, &o);
    while (bci_json_next_member(r, &o, &key, &at)) {
        const bci_json_value value = bci_json_take(r, &text);
        char number[32];

        snprintf(number, sizeof number, "%" PRId64, value.integer);
        if (r->status)
            break;
        if (value.kind == BCI_JSON_STRING)
            take_over(r, v->pair(v->context, text_of(&key), text_of(&text), r->err));
        else if (!strings_only && value.kind == BCI_JSON_INTEGER)
            take_over(r, v->pair(v->context, text_of(&key), number, r->err));
        else if (strings_only)
            take_over(r, bci_fail(r->err, BC_E_FORMAT,
                                  "%s: %s in __metadata__ is %s, expected a string", r->file,
                                  bci_show_name(text_of(&key)).text, kind_of(&value)));
    }
    bci_bytes_free(&key);
    bci_bytes_free(&text);
}

bc_status bci_json_walk_header(const bci_seekable *in, uint64_t from, size_t n,
                               const bci_json_visitor *v, bc_error *err)
{
    bool has_metadata = false;
    bci_json_reader r;
    bci_json_object o;
    texts x = { 0 };
    size_t at;

    bci_json_begin_file(&r, in, from, n, BCI_JSON_WINDOW, err);
    bci_json_enter_object(&r, false, &o);
    while (bci_json_next_member(&r, &o, &x.name, &at)) {
        if (!is_named(&x.name, "__metadata__")) {
            take_tensor(&r, at, &x, v);
        } else if (has_metadata) {
            bci_json_fault(&r, at, "__metadata__ occurs twice, expected once");
        } else {
            has_metadata = true;
            take_pairs(&r, true, v);
        }
    }
    bci_bytes_free(&x.name);
    bci_bytes_free(&x.member);
    bci_bytes_free(&x.dtype);
    return bci_json_end(&r);
}

/* ---- objects that are the whole text */

/* Enter it; the sentence for anything else. */
static void enter_whole(bci_json_reader *r, bci_json_object *o)
{
    const bci_json_kind kind = bci_json_peek(r);

    if (kind != BCI_JSON_OBJECT && kind != BCI_JSON_NOTHING)
        take_over(r, bci_fail(r->err, BC_E_FORMAT, "%s: the JSON text is no object", r->file));
    bci_json_enter_object(r, true, o);
}

static void take_map(bci_json_reader *r, const bci_json_visitor *v)
{
    bci_bytes key = { 0 }, shard = { 0 };
    bci_json_object o;
    size_t at;

    bci_json_enter_object(r, true, &o);
    while (bci_json_next_member(r, &o, &key, &at)) {
        const bci_json_value value = bci_json_take(r, &shard);

        if (r->status)
            break;
        take_over(r, value.kind == BCI_JSON_STRING
                         ? v->shard(v->context, text_of(&key), text_of(&shard), r->err)
                         : bci_fail(r->err, BC_E_FORMAT,
                                    "%s: weight_map has %s for %s, expected a file name", r->file,
                                    kind_of(&value), bci_show_name(text_of(&key)).text));
    }
    bci_bytes_free(&key);
    bci_bytes_free(&shard);
}

bc_status bci_json_walk_index(const bci_seekable *in, const bci_json_visitor *v, bc_error *err)
{
    bci_json_value map = { 0 };
    bci_bytes name = { 0 };
    bci_json_reader r;
    bci_json_object o;
    size_t at;

    bci_json_begin_file(&r, in, 0, (size_t)in->size_bytes, BCI_JSON_WINDOW, err);
    enter_whole(&r, &o);
    while (bci_json_next_member(&r, &o, &name, &at)) {
        const bool is_map = is_named(&name, "weight_map");

        if (is_map && bci_json_peek(&r) == BCI_JSON_OBJECT) {
            map.kind = BCI_JSON_OBJECT;
            take_map(&r, v);
        } else if (is_named(&name, "metadata")) {
            take_pairs(&r, false, v);
        } else {
            const bci_json_value value = bci_json_take(&r, NULL);

            map = is_map ? value : map;
        }
    }
    if (!r.status && map.kind != BCI_JSON_OBJECT)
        take_over(&r, bci_fail(err, BC_E_FORMAT,
                               "%s: weight_map is %s, expected the object that an index of "
                               "safetensors has",
                               in->name, kind_of(&map)));
    bci_bytes_free(&name);
    return bci_json_end(&r);
}

/* "format", "shape", "group" and "zero_point" of a tensor. */
static void take_coded(bci_json_reader *r, const char *tensor, const bci_json_visitor *v)
{
    bci_bytes name = { 0 }, format_text = { 0 }, group_text = { 0 };
    bci_json_value format = { 0 }, group = { 0 };
    bci_json_coded t = { .name = tensor };
    numbers shape = { 0 };
    bci_json_object o;
    size_t at;

    if (bci_json_peek(r) == BCI_JSON_OBJECT) {
        bci_json_enter_object(r, true, &o);
        while (bci_json_next_member(r, &o, &name, &at)) {
            if (is_named(&name, "format"))
                format = bci_json_take(r, &format_text);
            else if (is_named(&name, "group"))
                group = bci_json_take(r, &group_text);
            else if (is_named(&name, "zero_point"))
                t.zero_point = bci_json_take(r, NULL).kind == BCI_JSON_TRUE;
            else if (is_named(&name, "shape"))
                shape = take_numbers(r, BC_TENSOR_MAX_DIMS, t.dims);
            else
                (void)bci_json_take(r, NULL);
        }
    } else {
        (void)bci_json_take(r, NULL);
    }
    t.n_dims = (uint32_t)shape.n;
    if (group.kind == BCI_JSON_STRING)
        t.named_group = text_of(&group_text);
    t.group = group.kind == BCI_JSON_INTEGER ? (uint64_t)group.integer : 0;
    t.format = text_of(&format_text);
    const bool is_good = format.kind == BCI_JSON_STRING && shape.is_good &&
                         shape.n <= BC_TENSOR_MAX_DIMS &&
                         (t.named_group || (group.kind == BCI_JSON_INTEGER && group.integer >= 0));

    if (!r->status)
        take_over(r, is_good ? v->coded(v->context, &t, r->err)
                             : bci_fail(r->err, BC_E_FORMAT,
                                        "%s: bitcrush.formats has no format, shape and group for "
                                        "%s, expected all three",
                                        r->file, bci_show_name(tensor).text));
    bci_bytes_free(&name);
    bci_bytes_free(&format_text);
    bci_bytes_free(&group_text);
}

bc_status bci_json_walk_formats(const char *file, const char *text, size_t n,
                                const bci_json_visitor *v, bc_error *err)
{
    bci_bytes name = { 0 };
    bci_json_reader r;
    bci_json_object o;
    size_t at;

    bci_json_begin(&r, file, text, n, err);
    enter_whole(&r, &o);
    while (bci_json_next_member(&r, &o, &name, &at))
        take_coded(&r, text_of(&name), v);
    bci_bytes_free(&name);
    return bci_json_end(&r);
}

/* ---- a state of bitsandbytes */

/* A whole number from 0 on. */
static bool take_count(bci_json_reader *r, uint64_t *out)
{
    const bci_json_value v = bci_json_take(r, NULL);
    const bool is_good = v.kind == BCI_JSON_INTEGER && v.integer >= 0;

    if (is_good)
        *out = (uint64_t)v.integer;
    return is_good;
}

/* The members; true when all that it needs are there and of their kind. */
static bool take_state(bci_json_reader *r, bci_json_state *s)
{
    bool has_type = false, has_size = false, has_nested_size = false, is_number = true;
    bci_bytes name = { 0 }, text = { 0 };
    numbers shape = { 0 };
    bci_json_object o;
    size_t at;

    enter_whole(r, &o);
    while (bci_json_next_member(r, &o, &name, &at)) {
        if (is_named(&name, "quant_type")) {
            has_type = bci_json_take(r, &text).kind == BCI_JSON_STRING;
            if (has_type)
                snprintf(s->quant_type, sizeof s->quant_type, "%s", text_of(&text));
        } else if (is_named(&name, "blocksize")) {
            has_size = take_count(r, &s->blocksize);
        } else if (is_named(&name, "nested_blocksize")) {
            has_nested_size = take_count(r, &s->nested_blocksize);
        } else if (is_named(&name, "nested_offset")) {
            const bci_json_value v = bci_json_take(r, NULL);

            s->is_nested = true;
            s->nested_offset = v.real;
            is_number = v.kind == BCI_JSON_INTEGER || v.kind == BCI_JSON_REAL;
        } else if (is_named(&name, "shape")) {
            shape = take_numbers(r, BC_TENSOR_MAX_DIMS, s->dims);
        } else {
            (void)bci_json_take(r, NULL);
        }
    }
    if (!s->is_nested)
        s->nested_blocksize = 0;
    s->n_dims = (uint32_t)shape.n;
    bci_bytes_free(&name);
    bci_bytes_free(&text);
    return has_type && has_size && shape.is_good && shape.n <= BC_TENSOR_MAX_DIMS &&
           (!s->is_nested || (is_number && has_nested_size));
}

bc_status bci_json_read_state(const char *file, const char *name, const char *text, size_t n,
                              bci_json_state *out, bc_error *err)
{
    bci_json_state state = { 0 };
    bci_json_reader r;

    bci_json_begin(&r, file, text, n, err);
    const bool is_good = take_state(&r, &state);
    const bc_status st = bci_json_end(&r);

    if (st)
        return st;
    if (!is_good)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: tensor %s has no quant_type, shape and blocksize in its JSON text, "
                        "expected all three",
                        file, bci_show_name(name).text);
    *out = state;
    return BC_OK;
}
