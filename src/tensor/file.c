/* Knows an open file of weights: its parts, the list of its tensors with the checks that every
 * format needs, and how their bytes are read. */
#include "tensor/file.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"
#include "tensor/element.h"
#include "tensor/fortran_order.h"

enum { MAX_TEXTS = 10000, PAGE = 1 << 16 };

bc_status bci_tensor_short(const char *path, bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "%s: out of memory", path);
}

static bc_status take_memory(bc_tensor_file *f, const char *path, uint64_t n, bc_error *err)
{
    char subject[256];

    snprintf(subject, sizeof subject, "%.200s: the list of tensors", path);
    return bci_take_memory(&f->reading, &f->memory, n, 1, subject, err);
}

bc_status bci_tensor_check_header(bc_tensor_file *f, const bci_seekable *in, uint64_t n,
                                  uint64_t window, bc_error *err)
{
    if (n > BC_TENSOR_MAX_HEADER)
        return bci_fail(err, BC_E_FORMAT, "%s: header of %llu byte(s), expected at most %u",
                        in->name, (unsigned long long)n, BC_TENSOR_MAX_HEADER);
    return take_memory(f, in->name, n < window ? n : window, err);
}

bc_status bci_tensor_file_add_part(bc_tensor_file *f, const char *path, bc_error *err)
{
    bci_seekable **grown = realloc(f->parts, (f->n_parts + 1) * sizeof(*grown));

    if (!grown)
        return bci_tensor_short(path, err);
    f->parts = grown;

    const bc_status st = bci_seekable_open(path, &f->parts[f->n_parts], err);

    f->n_parts += st == BC_OK;
    return st;
}

void bci_tensor_file_drop(bc_tensor_file *f, size_t first)
{
    for (size_t i = first; i < f->n_tensors; i++)
        bci_turned_free(f->tensors[i].turned);
    f->n_tensors = first;
}

const bci_seekable *bci_tensor_bytes_of(const bc_tensor_file *f, const bci_tensor *t)
{
    return t->is_unpacked ? f->unpacked : f->parts[t->part];
}

/* Names lie one after the other in pages: files have hundreds of thousands of them. */
struct bci_name_page {
    struct bci_name_page *next;
    size_t n, room;
    char text[];
};

/* A copy of *name that lives as long as the file, in its place. */
static bc_status keep_name(bc_tensor_file *f, const char *path, const char **name, size_t n,
                           bc_error *err)
{
    struct bci_name_page *page = f->names;

    if (!page || page->room - page->n < n + 1) {
        const size_t room = n < PAGE / 2 ? PAGE : n + 1;

        const bc_status st = take_memory(f, path, sizeof *page + room, err);

        page = st ? NULL : malloc(sizeof *page + room);
        if (!page)
            return st ? st : bci_tensor_short(path, err);
        *page = (struct bci_name_page){ .next = f->names, .room = room };
        f->names = page;
    }
    char *copy = page->text + page->n;

    memcpy(copy, *name, n);
    copy[n] = '\0';
    page->n += n + 1;
    *name = copy;
    return BC_OK;
}

static void free_names(bc_tensor_file *f)
{
    for (struct bci_name_page *page = f->names, *next; page; page = next) {
        next = page->next;
        free(page);
    }
}

static bool grow_to(bc_tensor_file *f, size_t room)
{
    bci_tensor *grown = room <= SIZE_MAX / sizeof *f->tensors
                            ? realloc(f->tensors, room * sizeof *f->tensors)
                            : NULL;

    if (!grown)
        return false;
    f->tensors = grown;
    f->room = room;
    return true;
}

/* Pages are given as they are written to, while a list that grows moves all of them. */
void bci_tensor_file_expect(bc_tensor_file *f, uint64_t n)
{
    if (f->room == 0 && n > 0 && n <= BC_TENSOR_MAX_COUNT &&
        n * sizeof *f->tensors <= bci_max_memory(&f->reading))
        (void)grow_to(f, (size_t)n);
}

void bci_tensor_file_settle(bc_tensor_file *f)
{
    if (f->n_tensors > 0 && f->n_tensors < f->room)
        (void)grow_to(f, f->n_tensors);
}

static bc_status make_room(bc_tensor_file *f, const char *path, bc_error *err)
{
    const size_t n = f->n_tensors;

    if (n == BC_TENSOR_MAX_COUNT)
        return bci_fail(err, BC_E_LIMIT, "%s: more than %u tensor(s), expected at most that many",
                        path, BC_TENSOR_MAX_COUNT);
    if (n == f->n_counted) {
        const size_t more = n ? n : 64;
        const bc_status st = take_memory(f, path, more * sizeof *f->tensors, err);

        if (st)
            return st;
        f->n_counted += more;
    }
    if (n == f->room && !grow_to(f, n ? 2 * n : 64))
        return bci_tensor_short(path, err);
    return BC_OK;
}

bc_status bci_tensor_file_add(bc_tensor_file *f, const bci_tensor *t, size_t n_name, bc_error *err)
{
    const bci_seekable *part = bci_tensor_bytes_of(f, t);
    bci_tensor tensor = *t;
    bc_tensor_info *info = &tensor.info;
    const char *why;
    bc_status st = make_room(f, part->name, err);

    if (st)
        return st;
    if (!bci_is_utf8(info->name, n_name) || memchr(info->name, 0, n_name))
        return bci_fail(err, BC_E_FORMAT, "%s: byte %llu: tensor name \"%s\" is no UTF-8 text",
                        part->name, (unsigned long long)t->entry,
                        bci_show(info->name, n_name).text);
    if (!bci_element_measure(info, &why))
        return bci_fail(err, BC_E_FORMAT, "%s: byte %llu: tensor %s of type %s: %s", part->name,
                        (unsigned long long)t->entry, bci_show(info->name, n_name).text,
                        info->type->name, why);
    if (tensor.offset > part->size_bytes || info->size_bytes > part->size_bytes - tensor.offset)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: byte %llu: tensor %s has %llu byte(s) from byte %llu on, but the file "
                        "ends at %llu",
                        part->name, (unsigned long long)t->entry, bci_show(info->name, n_name).text,
                        (unsigned long long)info->size_bytes, (unsigned long long)tensor.offset,
                        (unsigned long long)part->size_bytes);
    st = keep_name(f, part->name, &info->name, n_name, err);
    if (!st)
        f->tensors[f->n_tensors++] = tensor;
    return st;
}

bc_status bci_tensor_file_set_text(bc_tensor_file *f, const char *path, const char *key,
                                   const char *value, bc_error *err)
{
    if (f->pairs.n >= MAX_TEXTS) /* each is compared with all */
        return bci_fail(err, BC_E_LIMIT,
                        "%s: more than %d pair(s) of metadata, expected at most that many", path,
                        MAX_TEXTS);
    const bool is_good = strcmp(key, BCI_FORMATS_KEY) == 0
                             ? bci_pairs_add_string(&f->pairs, key, value)
                             : bci_pairs_set_string(&f->pairs, key, value);

    return is_good ? BC_OK : bci_tensor_short(path, err);
}

/* A tensor, and of its name the bytes after those that all names begin with, as a number: few names
 * have to be compared then, each of which lies elsewhere in memory. */
typedef struct {
    uint64_t key;
    bci_tensor *tensor;
} keyed;

/* Of equals the first in the file. */
static int by_name(const void *a, const void *b)
{
    const keyed *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;

    const int order = strcmp(x->tensor->info.name, y->tensor->info.name);

    return order ? order : (x->tensor > y->tensor) - (x->tensor < y->tensor);
}

/* Bytes that all names begin with. */
static size_t shared_of(const bc_tensor_file *f)
{
    const char *first = f->n_tensors ? f->tensors[0].info.name : "";
    size_t n = strlen(first);

    for (size_t i = 1; i < f->n_tensors && n > 0; i++) {
        const char *name = f->tensors[i].info.name;
        size_t same = 0;

        while (same < n && name[same] == first[same])
            same++;
        n = same;
    }
    return n;
}

static uint64_t key_of(const char *name, size_t n_shared)
{
    uint64_t key = 0;

    name += n_shared;
    for (size_t i = 0; i < sizeof key; i++) {
        key = key << 8 | (uint8_t)*name;
        name += *name != '\0';
    }
    return key;
}

bc_status bci_tensor_file_index(bc_tensor_file *f, bc_error *err)
{
    const size_t n_shared = shared_of(f), room = f->n_tensors + 1;
    const char *path = f->parts[0]->name;
    const uint64_t before = f->memory;
    bc_status st = take_memory(f, path, room * (sizeof(keyed) + sizeof(*f->by_name)), err);

    if (st)
        return st;
    keyed *names = malloc(room * sizeof *names);

    if (!f->by_name) /* a second index is of fewer */
        f->by_name = malloc(room * sizeof(*f->by_name));
    if (!names || !f->by_name) {
        st = bci_tensor_short(path, err);
        goto done;
    }
    for (size_t i = 0; i < f->n_tensors; i++)
        names[i] = (keyed){ key_of(f->tensors[i].info.name, n_shared), &f->tensors[i] };
    qsort(names, f->n_tensors, sizeof *names, by_name);
    for (size_t i = 0; i < f->n_tensors; i++) {
        const bci_tensor *t = f->by_name[i] = names[i].tensor;

        if (i == 0 || names[i - 1].key != names[i].key ||
            strcmp(names[i - 1].tensor->info.name, t->info.name) != 0)
            continue;
        st = bci_fail(err, BC_E_FORMAT, "%s: byte %llu: two tensors are called %s, expected one",
                      f->parts[t->part]->name, (unsigned long long)t->entry,
                      bci_show_name(t->info.name).text);
        goto done;
    }
done:
    free(names);
    f->memory = before + room * sizeof(*f->by_name);
    return st;
}

void bci_tensor_file_close(bc_tensor_file *f)
{
    bci_tensor_file_drop(f, 0);
    free_names(f);
    bci_pairs_free(&f->pairs);
    for (size_t i = 0; i < f->n_parts; i++)
        bci_seekable_free(f->parts[i]);
    bci_seekable_free(f->unpacked);
    bci_bands_free(f->bands);
    free(f->by_name);
    free(f->tensors);
    free(f->parts);
    free(f);
}

size_t bc_tensor_part_count(const bc_tensor_file *f)
{
    return f->n_parts;
}

const char *bc_tensor_part_path(const bc_tensor_file *f, size_t i)
{
    return f->parts[i]->name;
}

size_t bc_tensor_count(const bc_tensor_file *f)
{
    return f->n_tensors;
}

const bc_tensor_info *bc_tensor_at(const bc_tensor_file *f, size_t i)
{
    return &f->tensors[i].info;
}

static int compare_name(const void *key, const void *item)
{
    const bci_tensor *const *t = item;

    return strcmp(key, (*t)->info.name);
}

bci_tensor *bci_tensor_file_find(const bc_tensor_file *f, const char *name)
{
    bci_tensor *const *found =
        bsearch(name, f->by_name, f->n_tensors, sizeof *f->by_name, compare_name);

    return found ? *found : NULL;
}

size_t bc_tensor_find(const bc_tensor_file *f, const char *name)
{
    const bci_tensor *found = bci_tensor_file_find(f, name);

    return found ? (size_t)(found - f->tensors) : SIZE_MAX;
}

static void swap_elements(uint8_t *bytes, size_t n, size_t size)
{
    for (size_t at = 0; at < n; at += size)
        for (size_t k = 0; k < size / 2; k++) {
            const uint8_t low = bytes[at + k];

            bytes[at + k] = bytes[at + size - 1 - k];
            bytes[at + size - 1 - k] = low;
        }
}

bc_status bci_tensor_read_raw(const bc_tensor_file *f, const bci_tensor *t, uint64_t byte_offset,
                              void *buf, size_t n, bc_error *err)
{
    const uint32_t block = t->info.type->block_bytes;

    assert(byte_offset <= t->info.size_bytes && n <= t->info.size_bytes - byte_offset);
    assert(byte_offset % block == 0 && n % block == 0);

    if (n == 0) /* an empty tensor may lie past the end of its file */
        return BC_OK;
    bc_status st = bci_check_stop(&f->reading, err);

    if (!st && t->turned)
        st = bci_turned_read(t->turned, byte_offset / block, n / block, buf, err);
    else if (!st)
        st = bci_seekable_read(bci_tensor_bytes_of(f, t), t->offset + byte_offset, buf, n, err);
    if (!st && t->is_big_endian)
        swap_elements(buf, n, t->info.type->kind == BC_ELEMENT_COMPLEX ? block / 2 : block);
    return st;
}
