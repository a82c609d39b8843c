/* Knows GGUF, versions 2 and 3, little-endian: pairs, then the list of tensors, then their data,
 * each at a multiple of general.alignment. Source: docs/gguf.md of ggml, and what ggml's reader
 * takes: offsets without gaps, in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/element.h"
#include "tensor/file.h"
#include "tensor/gguf_alignment.h"
#include "tensor/gguf_write.h"
#include "tensor/head_reader.h"

enum {
    MAX_DIMS = 4,
    MAX_NAME = 65535, /* bytes, of keys by the specification; taken for tensors too */
    MAX_DEPTH = 8,    /* of arrays in arrays */
    MAX_PAIRS = 1 << 20,
    LEAST_PAIR = 8 + 1 + 4 + 1, /* bytes */
    LEAST_TENSOR = 8 + 4 + 4 + 8,
};

static bool probe(const uint8_t *head, size_t n)
{
    return n >= 4 && memcmp(head, "GGUF", 4) == 0;
}

typedef struct {
    bci_head_reader head;
    uint64_t n_tensors, n_pairs;
    bci_bytes name, value; /* in the making */
} reader;

static bc_status fault(reader *r, bc_status status)
{
    return r->head.status ? r->head.status : (r->head.status = status);
}

/* --- pairs */

static void read_name(reader *r, const char *what)
{
    const uint64_t at = r->head.at, n = bci_head_number(&r->head, 8, what);

    r->name.n = 0;
    if (n > MAX_NAME && !r->head.status)
        (void)fault(r, bci_fail(r->head.err, BC_E_FORMAT,
                                "%s: %s at byte %llu has %llu byte(s), expected at most %d",
                                r->head.in->name, what, (unsigned long long)at,
                                (unsigned long long)n, MAX_NAME));
    bci_head_append(&r->head, n, &r->name, what);
    bci_bytes_put(&r->name, "", 1);
    if (r->name.is_short)
        (void)fault(r, bci_tensor_short(r->head.in->name, r->head.err));
}

/* The type itself, or a fault. */
static bci_value_type check_type(reader *r, uint64_t type, uint64_t at)
{
    if (type < BCI_VALUE_TYPES)
        return (bci_value_type)type;
    (void)fault(r, bci_fail(r->head.err, BC_E_FORMAT,
                            "%s: value type %llu at byte %llu, expected 0 to %d", r->head.in->name,
                            (unsigned long long)type, (unsigned long long)at, BCI_VALUE_TYPES - 1));
    return BCI_VALUE_U8;
}

static void read_string(reader *r)
{
    const uint64_t n = bci_head_number(&r->head, 8, "a string");

    bci_bytes_put_le(&r->value, n, 8);
    bci_head_append(&r->head, n, &r->value, "a string");
}

/* Append a value of the type to r->value. */
static void read_value(reader *r, bci_value_type type, int depth)
{
    const size_t size = bci_value_size(type);

    if (size) {
        bci_head_append(&r->head, size, &r->value, "a value");
        return;
    }
    if (type == BCI_VALUE_STRING) {
        read_string(r);
        return;
    }
    const uint64_t at = r->head.at;
    const bci_value_type item =
        check_type(r, bci_head_number(&r->head, 4, "the type of an array"), at);
    const uint64_t n = bci_head_number(&r->head, 8, "the length of an array");
    const size_t item_size = bci_value_size(item);
    const uint64_t least = item_size ? item_size : item == BCI_VALUE_STRING ? 8 : 12;

    bci_bytes_put_le(&r->value, item, 4);
    bci_bytes_put_le(&r->value, n, 8);
    if (depth == MAX_DEPTH && !r->head.status)
        (void)fault(r, bci_fail(r->head.err, BC_E_FORMAT,
                                "%s: arrays in arrays at byte %llu, expected at most %d of them",
                                r->head.in->name, (unsigned long long)at, MAX_DEPTH));
    if (!bci_head_has(&r->head, n, least, "an array"))
        return;
    if (item_size) {
        bci_head_append(&r->head, n * item_size, &r->value, "an array");
        return;
    }
    for (uint64_t i = 0; i < n && !r->head.status; i++)
        read_value(r, item, depth + 1);
}

static void read_pair(reader *r, bci_pairs *pairs)
{
    const uint64_t at = r->head.at;

    read_name(r, "a key");
    const size_t n_key = r->name.n ? r->name.n - 1 : 0;
    const char *key = (const char *)r->name.data;

    if (!r->head.status && (n_key == 0 || memchr(key, 0, n_key) || !bci_is_utf8(key, n_key)))
        (void)fault(r,
                    bci_fail(r->head.err, BC_E_FORMAT,
                             "%s: key \"%s\" at byte %llu, expected some UTF-8 text",
                             r->head.in->name, bci_show(key, n_key).text, (unsigned long long)at));
    const uint64_t type_at = r->head.at;
    const bci_value_type type =
        check_type(r, bci_head_number(&r->head, 4, "the type of a value"), type_at);

    r->value.n = 0;
    read_value(r, type, 1);
    if (r->head.status)
        return;
    if (r->value.is_short || !bci_pairs_add(pairs, key, type, r->value.data, r->value.n))
        (void)fault(r, bci_tensor_short(r->head.in->name, r->head.err));
    else
        pairs->items[pairs->n - 1].entry = at;
}

static bc_status read_pairs(reader *r, bci_pairs *pairs)
{
    bool is_short = false;

    for (uint64_t i = 0; i < r->n_pairs && !r->head.status; i++)
        read_pair(r, pairs);
    const bci_pair *twice = r->head.status ? NULL : bci_pairs_duplicate(pairs, &is_short);

    if (is_short)
        (void)fault(r, bci_tensor_short(r->head.in->name, r->head.err));
    if (twice)
        (void)fault(r,
                    bci_fail(r->head.err, BC_E_FORMAT,
                             "%s: byte %llu: key %s occurs twice, expected once", r->head.in->name,
                             (unsigned long long)twice->entry, bci_show_name(twice->key).text));
    return r->head.status;
}

/* --- tensors */

/* The tensor without its place; r->name holds the name. */
static void read_tensor(reader *r, bci_tensor *t, uint64_t *offset)
{
    const char *file = r->head.in->name;
    uint64_t dims[MAX_DIMS] = { 0 };

    read_name(r, "a tensor name");
    const uint64_t at = r->head.at;
    const uint64_t n_dims = bci_head_number(&r->head, 4, "the dimensions of a tensor");
    const size_t n_name = r->name.n ? r->name.n - 1 : 0;
    const char *name = (const char *)r->name.data;

    if (n_dims > MAX_DIMS && !r->head.status)
        (void)fault(
            r, bci_fail(r->head.err, BC_E_FORMAT,
                        "%s: tensor %s has %llu dimension(s) at byte %llu, expected at most %d",
                        file, bci_show(name, n_name).text, (unsigned long long)n_dims,
                        (unsigned long long)at, MAX_DIMS));
    if (r->head.status)
        return;
    for (uint64_t i = 0; i < n_dims; i++)
        dims[i] = bci_head_number(&r->head, 8, "the dimensions of a tensor");
    for (uint64_t i = 0; i < n_dims; i++)
        t->info.dims[i] = dims[n_dims - 1 - i];
    const uint64_t type_at = r->head.at;
    const uint32_t type = (uint32_t)bci_head_number(&r->head, 4, "the type of a tensor");

    *offset = bci_head_number(&r->head, 8, "the offset of a tensor");
    t->info.n_dims = (uint32_t)n_dims;
    t->info.type = bci_element_of_ggml(type);
    t->info.name = name;
    if (r->head.status)
        return;
    if (!t->info.type)
        (void)fault(r,
                    bci_fail(r->head.err, BC_E_FORMAT,
                             "%s: tensor %s has GGML type %u at byte %llu, which is unknown", file,
                             bci_show(name, n_name).text, type, (unsigned long long)type_at));
    else if ((n_dims ? dims[0] : 1) % t->info.type->block_length != 0)
        (void)fault(
            r, bci_fail(r->head.err, BC_E_FORMAT,
                        "%s: tensor %s of type %s has rows of %llu, expected a multiple of %u",
                        file, bci_show(name, n_name).text, t->info.type->name,
                        (unsigned long long)(n_dims ? dims[0] : 1), t->info.type->block_length));
}

/* Tensors have their offsets, from the start of the data, checked and made offsets in the file. */
static bc_status place_tensors(bc_tensor_file *f, size_t first, const uint64_t *offsets,
                               uint64_t alignment, uint64_t head_bytes, bc_error *err)
{
    const uint64_t data = bci_gguf_pad(head_bytes, alignment);
    uint64_t expected = 0;

    for (size_t i = first; i < f->n_tensors; i++) {
        bci_tensor *t = &f->tensors[i];
        const bci_seekable *in = f->parts[t->part];
        const uint64_t n = t->info.size_bytes;

        if (offsets[i - first] != expected)
            return bci_fail(
                err, BC_E_FORMAT,
                "%s: byte %llu: tensor %s has offset %llu, expected %llu (alignment %llu)",
                in->name, (unsigned long long)t->entry, bci_show_name(t->info.name).text,
                (unsigned long long)offsets[i - first], (unsigned long long)expected,
                (unsigned long long)alignment);
        t->offset = data + expected;
        if (n && (t->offset > in->size_bytes || n > in->size_bytes - t->offset))
            return bci_fail(err, BC_E_FORMAT,
                            "%s: byte %llu: tensor %s has %llu byte(s) from byte %llu on, but the "
                            "file ends at %llu",
                            in->name, (unsigned long long)t->entry,
                            bci_show_name(t->info.name).text, (unsigned long long)n,
                            (unsigned long long)t->offset, (unsigned long long)in->size_bytes);
        expected += bci_gguf_pad(n, alignment);
    }
    return BC_OK;
}

static bc_status read_tensors(reader *r, bc_tensor_file *f, uint64_t alignment, bc_error *err)
{
    const size_t first = f->n_tensors;
    uint64_t *offsets = malloc((size_t)(r->n_tensors + 1) * sizeof *offsets);
    bc_status st = offsets ? BC_OK : bci_tensor_short(r->head.in->name, err);

    for (uint64_t i = 0; i < r->n_tensors && !st; i++) {
        bci_tensor t = { .part = f->n_parts - 1, .entry = r->head.at };

        read_tensor(r, &t, &offsets[i]);
        st = r->head.status;
        if (!st)
            st = bci_tensor_file_add(f, &t, r->name.n - 1, err);
    }
    if (!st)
        st = place_tensors(f, first, offsets, alignment, r->head.at, err);
    free(offsets);
    return st;
}

/* --- parts */

static bc_status read_counts(reader *r, uint32_t *version)
{
    const char *file = r->head.in->name;

    bci_head_take(&r->head, NULL, 4, "the magic number");
    *version = (uint32_t)bci_head_number(&r->head, 4, "the version");
    if (!r->head.status && (*version & 0xFFFF) == 0 && *version)
        return bci_fail(r->head.err, BC_E_UNSUPPORTED,
                        "%s: is big-endian GGUF, expected little-endian", file);
    if (!r->head.status && *version != 2 && *version != 3)
        return bci_fail(r->head.err, BC_E_UNSUPPORTED, "%s: is GGUF version %u, expected 2 or 3",
                        file, *version);
    r->n_tensors = bci_head_number(&r->head, 8, "the number of tensors");
    r->n_pairs = bci_head_number(&r->head, 8, "the number of pairs");
    (void)bci_head_has(&r->head, r->n_pairs, LEAST_PAIR, "the list of pairs");
    (void)bci_head_has(&r->head, r->n_tensors, LEAST_TENSOR, "the list of tensors");
    if (!r->head.status && (r->n_tensors > BC_TENSOR_MAX_COUNT || r->n_pairs > MAX_PAIRS))
        return bci_fail(r->head.err, BC_E_LIMIT,
                        "%s: %llu tensor(s) and %llu pair(s), expected at most %u and %d", file,
                        (unsigned long long)r->n_tensors, (unsigned long long)r->n_pairs,
                        BC_TENSOR_MAX_COUNT, MAX_PAIRS);
    return r->head.status;
}

/* The last part that was opened. */
static bc_status read_part(bc_tensor_file *f, bci_pairs *pairs, uint32_t *version, bc_error *err)
{
    reader *r = calloc(1, sizeof *r);
    const bci_seekable *in = f->parts[f->n_parts - 1];
    uint64_t alignment = 0;

    if (!r)
        return bci_tensor_short(in->name, err);
    r->head.in = in;
    r->head.err = err;
    r->head.reading = &f->reading;
    r->head.memory = &f->memory;
    bc_status st = read_counts(r, version);

    if (!st)
        st = read_pairs(r, pairs);
    if (!st)
        st = bci_gguf_alignment(pairs, in->name, &alignment, err);
    if (!st)
        st = read_tensors(r, f, alignment, err);
    bci_bytes_free(&r->name);
    bci_bytes_free(&r->value);
    free(r);
    return st;
}

/* A number that a pair has, or `otherwise`. */
static uint64_t number_of(const bci_pairs *pairs, const char *key, uint64_t otherwise)
{
    const bci_pair *pair = bci_pairs_find(pairs, key);
    uint64_t n = otherwise;

    return pair && bci_pair_number(pair, &n) ? n : otherwise;
}

enum { MAX_PARTS = 1000, N_SUFFIX = 20 /* "-00001-of-00002.gguf" */ };

/* Part `no` of the parts that a split file names; `path` is that of any of them. */
static bc_status open_split(bc_tensor_file *f, const char *path, unsigned no, unsigned count,
                            bc_error *err)
{
    const size_t room = strlen(path) + N_SUFFIX + 16;
    char *name = malloc(room);
    bci_pairs pairs = { 0 };
    uint32_t version;

    if (!name)
        return bci_tensor_short(path, err);
    snprintf(name, room, "%.*s-%05u-of-%05u.gguf", (int)(strlen(path) - N_SUFFIX), path, no + 1,
             count);

    bc_status st = bci_tensor_file_add_part(f, name, err);

    if (!st)
        st = read_part(f, no ? &pairs : &f->pairs, &version, err);
    const bci_pairs *own = no ? &pairs : &f->pairs;

    if (!st && (number_of(own, "split.no", UINT64_MAX) != no ||
                number_of(own, "split.count", UINT64_MAX) != count))
        st = bci_fail(err, BC_E_FORMAT,
                      "%s: split.no and split.count, expected %u and %u as in its name", name, no,
                      count);
    bci_pairs_free(&pairs);
    free(name);
    return st;
}

static bc_status open_splits(bc_tensor_file *f, uint64_t count, bc_error *err)
{
    const uint64_t n_expected = number_of(&f->pairs, "split.tensors.count", UINT64_MAX);
    char *path = strdup(f->parts[0]->name);
    const size_t n = path ? strlen(path) : 0;
    char suffix[N_SUFFIX + 1];
    bc_status st = path ? BC_OK : bci_tensor_short(f->parts[0]->name, err);

    snprintf(suffix, sizeof suffix, "-of-%05u.gguf", (unsigned)count);
    if (!st && (n <= N_SUFFIX || strcmp(path + n - strlen(suffix), suffix) != 0 ||
                path[n - N_SUFFIX] != '-' || strspn(path + n - N_SUFFIX + 1, "0123456789") != 5)) {
        st =
            bci_fail(err, BC_E_FORMAT,
                     "%s: is one of %u part(s), expected its name to end in -00001%s, by which the "
                     "others are found",
                     path, (unsigned)count, suffix);
    }
    bci_tensor_file_drop(f, 0);
    bci_pairs_free(&f->pairs);
    bci_seekable_free(f->parts[0]);
    f->n_parts = 0;
    for (unsigned i = 0; i < count && !st; i++)
        st = open_split(f, path, i, (unsigned)count, err);
    if (!st && n_expected != UINT64_MAX && n_expected != f->n_tensors)
        st = bci_fail(err, BC_E_FORMAT,
                      "%s: %zu tensor(s) in all parts, but split.tensors.count is %llu", path,
                      f->n_tensors, (unsigned long long)n_expected);
    free(path);
    return st;
}

static bc_status open_file(bc_tensor_file *f, bc_error *err)
{
    bc_status st = read_part(f, &f->pairs, &f->version, err);
    const uint64_t count = st ? 0 : number_of(&f->pairs, "split.count", 0);

    if (count > MAX_PARTS)
        return bci_fail(err, BC_E_LIMIT, "%s: split.count is %llu, expected at most %d",
                        f->parts[0]->name, (unsigned long long)count, MAX_PARTS);
    return count > 1 ? open_splits(f, count, err) : st;
}

const bci_tensor_format bci_gguf = {
    .format = { "gguf", "GGML's file of models, version 3", ".gguf", true },
    .probe = probe,
    .open = open_file,
    .plan = bci_gguf_plan,
};
