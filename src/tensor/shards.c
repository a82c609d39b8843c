/* Knows the files of a model in safetensors: one, or several by their index
 * (model.safetensors.index.json), which says in which file beside it a tensor is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/json_header.h"
#include "tensor/json_reader.h"
#include "tensor/safetensors.h"
#include "tensor/safetensors_write.h"

enum { MAX_SHARDS = 4096 };

static bool probe_index(const uint8_t *head, size_t n)
{
    return n > 0 && head[0] == '{';
}

/* A row of weight_map. */
typedef struct {
    char *tensor;
    char *shard;
    bool is_found;
} place;

typedef struct {
    bc_tensor_file *file;
    const char *name; /* of the index */
    place *places;
    size_t n, room;
} map;

static bc_status add_place(void *context, const char *tensor, const char *shard, bc_error *err)
{
    map *m = context;

    if (!*shard || strchr(shard, '/'))
        return bci_fail(err, BC_E_FORMAT,
                        "%s: weight_map has \"%s\" for %s, expected the name of a file beside it",
                        m->name, bci_show_name(shard).text, bci_show_name(tensor).text);
    if (m->n == BC_TENSOR_MAX_COUNT)
        return bci_fail(err, BC_E_LIMIT, "%s: weight_map has more than %u tensor(s)", m->name,
                        BC_TENSOR_MAX_COUNT);
    if (m->n == m->room) {
        const size_t room = 2 * m->room + 64;
        place *grown = realloc(m->places, room * sizeof *grown);

        if (!grown)
            return bci_tensor_short(m->name, err);
        m->places = grown;
        m->room = room;
    }
    const place p = { strdup(tensor), strdup(shard), false };

    if (!p.tensor || !p.shard) {
        free(p.tensor);
        free(p.shard);
        return bci_tensor_short(m->name, err);
    }
    m->places[m->n++] = p;
    return BC_OK;
}

static bc_status add_pair(void *context, const char *key, const char *value, bc_error *err)
{
    const map *m = context;

    return bci_tensor_file_set_text(m->file, m->name, key, value, err);
}

/* By file, and in it by name. */
static int by_place(const void *a, const void *b)
{
    const place *x = a, *y = b;
    const int order = strcmp(x->shard, y->shard);

    return order ? order : strcmp(x->tensor, y->tensor);
}

static bc_status read_index(map *m, const bci_seekable *in, bc_error *err)
{
    const bci_json_visitor visitor = { .context = m, .shard = add_place, .pair = add_pair };
    bc_status st = bci_tensor_check_header(m->file, in, in->size_bytes, BCI_JSON_WINDOW, err);

    if (!st)
        st = bci_json_walk_index(in, &visitor, err);
    if (m->n > 0)
        qsort(m->places, m->n, sizeof *m->places, by_place);
    return st;
}

/* Keep of the tensors from `first` on those that the places [p, p + n) name. */
static void keep_named(bc_tensor_file *f, size_t first, place *p, size_t n)
{
    size_t kept = first;

    for (size_t i = first; i < f->n_tensors; i++) {
        const bci_tensor t = f->tensors[i];
        const place key = { (char *)t.info.name, p->shard, false };
        place *found = bsearch(&key, p, n, sizeof *p, by_place);

        if (found) {
            found->is_found = true;
            f->tensors[i] = f->tensors[kept];
            f->tensors[kept++] = t;
        }
    }
    f->n_left_out += f->n_tensors - kept;
    bci_tensor_file_drop(f, kept);
}

static bc_status open_shard(map *m, place *p, size_t n, bc_error *err)
{
    const size_t first = m->file->n_tensors;
    const char *slash = strrchr(m->name, '/');
    const size_t n_dir = slash ? (size_t)(slash - m->name) + 1 : 0;
    const size_t n_shard = strlen(p->shard) + 1;
    char *path = malloc(n_dir + n_shard);

    if (!path)
        return bci_tensor_short(m->name, err);
    memcpy(path, m->name, n_dir);
    memcpy(path + n_dir, p->shard, n_shard);

    bc_status st = bci_tensor_file_add_part(m->file, path, err);

    free(path);
    if (!st)
        st = bci_safetensors_read_part(m->file, err);
    if (st)
        return st;
    keep_named(m->file, first, p, n);
    for (size_t i = 0; i < n; i++)
        if (!p[i].is_found)
            return bci_fail(err, BC_E_FORMAT,
                            "%s: weight_map puts %s into %s, which does not hold it", m->name,
                            bci_show_name(p[i].tensor).text, bci_show_name(p[i].shard).text);
    return BC_OK;
}

static bc_status open_shards(map *m, bc_error *err)
{
    bc_status st = BC_OK;
    size_t n = 0;

    for (size_t i = 0; i < m->n && !st; i += n) {
        for (n = 1; i + n < m->n && strcmp(m->places[i].shard, m->places[i + n].shard) == 0;)
            n++;
        if (m->file->n_parts > MAX_SHARDS)
            return bci_fail(err, BC_E_LIMIT, "%s: weight_map names more than %d file(s)", m->name,
                            MAX_SHARDS);
        st = open_shard(m, &m->places[i], n, err);
    }
    return st;
}

static void map_free(map *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->places[i].tensor);
        free(m->places[i].shard);
    }
    free(m->places);
}

static bc_status open_index(bc_tensor_file *f, bc_error *err)
{
    map m = { .file = f, .name = f->parts[0]->name };
    bc_status st = read_index(&m, f->parts[0], err);

    if (!st)
        st = open_shards(&m, err);
    map_free(&m);
    return st;
}

/* ---- by the name of one shard */

/* The path of the index of "DIR/model-00001-of-00002.safetensors", to be freed, and 1 of 2; nothing
 * is written where the name says nothing like it. */
static bc_status index_of(const char *path, char **out, uint32_t *shard, uint32_t *n_shards,
                          bc_error *err)
{
    static const char ending[] = ".safetensors", index[] = ".safetensors.index.json";
    static const char digits[] = "0123456789";
    enum { N_NUMBERS = 15 /* "-00001-of-00002" */ };
    const size_t n = strlen(path), n_stem = N_NUMBERS + sizeof ending - 1;
    const char *numbers = n > n_stem ? path + n - n_stem : "";

    if (!*numbers || numbers[0] != '-' || strspn(numbers + 1, digits) != 5 ||
        strncmp(numbers + 6, "-of-", 4) != 0 || strspn(numbers + 10, digits) != 5 ||
        strcmp(numbers + N_NUMBERS, ending) != 0)
        return BC_OK;
    *shard = (uint32_t)strtoul(numbers + 1, NULL, 10);
    *n_shards = (uint32_t)strtoul(numbers + 10, NULL, 10);
    char *name = malloc(n - n_stem + sizeof index);

    if (!name)
        return bci_tensor_short(path, err);
    memcpy(name, path, n - n_stem);
    memcpy(name + n - n_stem, index, sizeof index);
    *out = name;
    return BC_OK;
}

static bool names_shard(const map *m, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->places[i].shard, name) == 0)
            return true;
    return false;
}

/* Part 0 is a shard: open all that the index names, the index first, if it names this one. */
static bc_status open_set(bc_tensor_file *f, const char *index, bool *is_set, bc_error *err)
{
    bci_seekable *shard = f->parts[0];
    bc_status st = bci_tensor_file_add_part(f, index, err);

    if (st)
        return st;
    map m = { .file = f, .name = f->parts[1]->name };

    st = read_index(&m, f->parts[1], err);
    *is_set = !st && names_shard(&m, shard->name);
    if (*is_set) {
        f->parts[0] = f->parts[1];
        f->parts[1] = shard;
    }
    bci_seekable_free(f->parts[1]);
    f->n_parts = 1;
    if (*is_set)
        st = open_shards(&m, err);
    else
        bci_pairs_free(&f->pairs);
    map_free(&m);
    return st;
}

/* Open the file of part 0, or, where its name says that it is a shard and the index that names it
 * stands beside it, all shards. */
static bc_status open_file(bc_tensor_file *f, bc_error *err)
{
    uint32_t shard = 0, n_shards = 0;
    bool is_set = false;
    char *index = NULL;
    bc_status st = index_of(f->parts[0]->name, &index, &shard, &n_shards, err);

    if (!st && index && access(index, F_OK) == 0)
        st = open_set(f, index, &is_set, err);
    if (!st && is_set) {
        f->format = &bci_safetensors_index;
    } else if (!st) {
        f->shard = index && n_shards > 1 ? shard : 0;
        f->n_shards = index && n_shards > 1 ? n_shards : 0;
        st = bci_safetensors_read_part(f, err);
    }
    free(index);
    return st;
}

const bci_tensor_format bci_safetensors = {
    .format = { "safetensors", "Hugging Face's file of tensors", ".safetensors", true },
    .probe = bci_safetensors_probe,
    .open = open_file,
    .plan = bci_safetensors_plan,
};

const bci_tensor_format bci_safetensors_index = {
    .format = { "safetensors-index", "the index of a safetensors file in several parts",
                ".safetensors.index.json", false },
    .probe = probe_index,
    .open = open_index,
};
