/* Knows the two files in which llama.cpp keeps importance matrices, and which number of them is for
 * which weight. */
#include "tensor/importance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/shown.h"
#include "tensor/file.h"
#include "tensor/float_bits.h"
#include "tensor/gguf_names.h"
#include "tensor/head_reader.h"

enum { MAX_ENTRIES = 1 << 20, MAX_NAME = 1024, PIECE = 1024 };

/* Sums of squares under a name, and over how many. */
typedef struct {
    char *name;
    uint64_t n_values, n_counts;
    uint64_t offset;     /* .dat: of the values, bytes; their divisor: */
    float n_calls;       /* 0: none */
    size_t sums, counts; /* GGUF: tensors */
} entry;

struct bci_importance {
    bc_tensor_file *gguf; /* or: */
    bci_seekable *dat;
    char *path, *dataset;
    uint64_t n_chunks;
    entry *entries; /* by name */
    size_t n, room;
};

static bc_status add(bci_importance *m, const entry *e, const char *name, size_t n_name,
                     bc_error *err)
{
    if (m->n == MAX_ENTRIES)
        return bci_fail(err, BC_E_LIMIT, "%s: more than %d entries, expected at most that many",
                        m->path, MAX_ENTRIES);
    if (m->n == m->room) {
        const size_t room = m->room ? 2 * m->room : 64;
        entry *grown = realloc(m->entries, room * sizeof *grown);

        if (!grown)
            return bci_tensor_short(m->path, err);
        m->entries = grown;
        m->room = room;
    }
    m->entries[m->n] = *e;
    m->entries[m->n].name = strndup(name, n_name);
    if (!m->entries[m->n].name)
        return bci_tensor_short(m->path, err);
    m->n++;
    return BC_OK;
}

static int by_name(const void *a, const void *b)
{
    const entry *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static bc_status index_entries(bci_importance *m, bc_error *err)
{
    if (m->n == 0)
        return bci_fail(err, BC_E_FORMAT, "%s: has no entry, expected one for each tensor",
                        m->path);
    qsort(m->entries, m->n, sizeof *m->entries, by_name);
    for (size_t i = 1; i < m->n; i++)
        if (by_name(&m->entries[i - 1], &m->entries[i]) == 0)
            return bci_fail(err, BC_E_FORMAT, "%s: two entries are called %s, expected one",
                            m->path, bci_show_name(m->entries[i].name).text);
    return BC_OK;
}

/* --- GGUF */

/* The text of a pair that is one, or the first of an array of them. NULL: there is none, or memory
 * is short. */
static char *first_text(const bci_pair *pair)
{
    size_t n = 0;
    const char *text = pair ? bci_pair_first_text(pair, &n) : NULL;

    return text ? strndup(text, n) : NULL;
}

static bc_status check_kind(const bci_importance *m, bc_error *err)
{
    const bci_pair *kind = bci_pairs_find(&m->gguf->pairs, "general.type");
    size_t n = 0;
    const char *text = kind ? bci_pair_text(kind, &n) : NULL;

    if (text && n == strlen("imatrix") && memcmp(text, "imatrix", n) == 0)
        return BC_OK;
    return bci_fail(err, BC_E_FORMAT, "%s: general.type is %s, expected imatrix", m->path,
                    text ? bci_show(text, n).text : "not there");
}

/* An entry from NAME.in_sum2 and NAME.counts. */
static bc_status add_sums(bci_importance *m, size_t sums, size_t n_name, bc_error *err)
{
    const bc_tensor_info *info = bc_tensor_at(m->gguf, sums);
    const bci_shown shown = bci_show(info->name, n_name);
    char *name = malloc(n_name + sizeof ".counts");

    if (!name)
        return bci_tensor_short(m->path, err);
    memcpy(name, info->name, n_name);
    memcpy(name + n_name, ".counts", sizeof ".counts");
    const size_t counts = bc_tensor_find(m->gguf, name);

    free(name);
    if (counts == SIZE_MAX)
        return bci_fail(err, BC_E_FORMAT, "%s: %s.in_sum2 without %s.counts, expected both",
                        m->path, shown.text, shown.text);
    const bc_tensor_info *other = bc_tensor_at(m->gguf, counts);
    const entry e = {
        .n_values = info->n_elements, .n_counts = other->n_elements, .sums = sums, .counts = counts
    };

    if (strcmp(info->type->name, "F32") != 0 || strcmp(other->type->name, "F32") != 0)
        return bci_fail(err, BC_E_FORMAT, "%s: sums and counts of %s are %s and %s, expected F32",
                        m->path, shown.text, info->type->name, other->type->name);
    if (!e.n_values || !e.n_counts || e.n_values % e.n_counts)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: %llu sum(s) and %llu count(s) of %s, expected a multiple", m->path,
                        (unsigned long long)e.n_values, (unsigned long long)e.n_counts, shown.text);
    return add(m, &e, info->name, n_name, err);
}

static bc_status read_gguf(bci_importance *m, const bc_reading *reading, bc_error *err)
{
    static const char ending[] = ".in_sum2";
    bc_status st = bc_tensor_file_open_with(m->path, reading, &m->gguf, err);

    if (!st)
        st = check_kind(m, err);
    for (size_t i = 0; !st && i < bc_tensor_count(m->gguf); i++) {
        const char *name = bc_tensor_at(m->gguf, i)->name;
        const size_t n = strlen(name), n_ending = sizeof ending - 1;

        if (n > n_ending && strcmp(name + n - n_ending, ending) == 0)
            st = add_sums(m, i, n - n_ending, err);
    }
    if (st)
        return st;
    const bci_pair *chunks = bci_pairs_find(&m->gguf->pairs, "imatrix.chunk_count");

    if (chunks)
        (void)bci_pair_number(chunks, &m->n_chunks);
    m->dataset = first_text(bci_pairs_find(&m->gguf->pairs, "imatrix.datasets"));
    return BC_OK;
}

/* --- the older form: i32 entries; of each i32 bytes of its name, name, i32 calls, i32 values, f32
 * sums; then, in all but the oldest, i32 chunks, i32 bytes of the dataset's name, name. */

/* A number from `least` to `most`; else a fault, and 0. */
static uint32_t number_between(bci_head_reader *r, uint32_t least, uint32_t most, const char *what)
{
    const uint64_t at = r->at;
    const int32_t n = (int32_t)(uint32_t)bci_head_number(r, 4, what);

    if (r->status || (n >= 0 && (uint32_t)n >= least && (uint32_t)n <= most))
        return r->status ? 0 : (uint32_t)n;
    r->status =
        bci_fail(r->err, BC_E_FORMAT,
                 "%s: %s at byte %llu is %d, expected %u to %u; is it an importance matrix?",
                 r->in->name, what, (unsigned long long)at, n, least, most);
    return 0;
}

static void read_text(bci_head_reader *r, uint32_t n, bci_bytes *text, const char *what)
{
    text->n = 0;
    bci_head_append(r, n, text, what);
    bci_bytes_put(text, "", 1);
    if (text->is_short && !r->status)
        r->status = bci_tensor_short(r->in->name, r->err);
}

static void read_entry(bci_importance *m, bci_head_reader *r, bci_bytes *name)
{
    const uint32_t n_name = number_between(r, 1, MAX_NAME, "the length of a name");
    const uint64_t name_at = r->at;

    read_text(r, n_name, name, "the name of an entry");
    const char *text = (const char *)name->data;

    if (!r->status && (memchr(text, 0, n_name) || !bci_is_utf8(text, n_name)))
        r->status =
            bci_fail(r->err, BC_E_FORMAT, "%s: name \"%s\" at byte %llu, expected UTF-8 text",
                     r->in->name, bci_show(text, n_name).text, (unsigned long long)name_at);
    entry e = { .n_counts = 1 };

    e.n_calls = (float)number_between(r, 0, INT32_MAX, "the calls of an entry");
    e.n_values = number_between(r, 1, INT32_MAX, "the values of an entry");
    e.offset = r->at;
    if (!bci_head_has(r, e.n_values, sizeof(float), "the values of an entry"))
        return;
    r->at += e.n_values * sizeof(float);
    r->status = add(m, &e, text, n_name, r->err);
}

static void read_end(bci_importance *m, bci_head_reader *r, bci_bytes *text)
{
    if (r->status || r->at == r->in->size_bytes)
        return;
    m->n_chunks = number_between(r, 0, INT32_MAX, "the number of chunks");
    const uint32_t n = number_between(r, 0, 1 << 16, "the length of the dataset's name");

    read_text(r, n, text, "the dataset's name");
    if (!r->status && r->at != r->in->size_bytes)
        r->status = bci_fail(r->err, BC_E_FORMAT, "%s: goes on past its end at byte %llu",
                             r->in->name, (unsigned long long)r->at);
    if (r->status || n == 0)
        return;
    m->dataset = strdup((const char *)text->data);
    if (!m->dataset)
        r->status = bci_tensor_short(m->path, r->err);
}

static bc_status read_dat(bci_importance *m, bc_error *err)
{
    bci_head_reader *r = calloc(1, sizeof *r);
    bci_bytes text = { 0 };

    if (!r)
        return bci_tensor_short(m->path, err);
    r->in = m->dat;
    r->err = err;
    r->has_data = true;
    const uint32_t n = number_between(r, 1, MAX_ENTRIES, "the number of entries");

    for (uint32_t i = 0; i < n && !r->status; i++)
        read_entry(m, r, &text);
    read_end(m, r, &text);
    const bc_status st = r->status;

    bci_bytes_free(&text);
    free(r);
    return st;
}

bc_status bci_importance_open(const char *path, const bc_reading *reading, bci_importance **out,
                              bc_error *err)
{
    bci_importance *m = calloc(1, sizeof *m);
    uint8_t head[4] = { 0 };
    bc_status st;

    if (!m || !(m->path = strdup(path))) {
        st = bci_tensor_short(path, err);
        goto done;
    }
    st = bci_seekable_open(path, &m->dat, err);
    if (!st)
        st = bci_seekable_read(m->dat, 0, head, m->dat->size_bytes < 4 ? 1 : 4, err);
    if (!st)
        st = memcmp(head, "GGUF", 4) == 0 ? read_gguf(m, reading, err) : read_dat(m, err);
    if (!st)
        st = index_entries(m, err);
    if (st)
        goto done;
    *out = m;
    m = NULL;
done:
    bci_importance_free(m);
    return st;
}

void bci_importance_free(bci_importance *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n; i++)
        free(m->entries[i].name);
    free(m->entries);
    free(m->dataset);
    free(m->path);
    bci_seekable_free(m->dat);
    bc_tensor_file_free(m->gguf);
    free(m);
}

bc_status bci_importance_summarize(const bci_importance *m, bc_importance_summary *out,
                                   bc_error *err)
{
    char *dataset = m->dataset ? strdup(m->dataset) : NULL;

    if (m->dataset && !dataset)
        return bci_tensor_short(m->path, err);
    *out =
        (bc_importance_summary){ .n_entries = m->n, .n_chunks = m->n_chunks, .dataset = dataset };
    return BC_OK;
}

const char *bci_importance_some_name(const bci_importance *m)
{
    return m->entries[0].name;
}

/* --- a tensor */

static bc_status read_sums(const bci_importance *m, const entry *e, uint64_t first, size_t n,
                           float *out, bc_error *err)
{
    uint8_t raw[PIECE * sizeof(float)];

    if (m->gguf)
        return bc_tensor_read_f32(m->gguf, e->sums, first, n, out, err);
    while (n > 0) {
        const size_t now = n < PIECE ? n : PIECE;
        const bc_status st = bci_seekable_read(m->dat, e->offset + first * sizeof(float), raw,
                                               now * sizeof(float), err);

        if (st)
            return st;
        bci_decode_f32(raw, now, out);
        out += now;
        first += now;
        n -= now;
    }
    return BC_OK;
}

static bc_status refuse_number(const bci_importance *m, const entry *e, const char *what,
                               uint64_t i, float x, bc_error *err)
{
    return bci_fail(err, BC_E_FORMAT, "%s: %s %llu of %s is %g, expected a finite number from 0 on",
                    m->path, what, (unsigned long long)i, bci_show_name(e->name).text, (double)x);
}

/* Values first .. first + n - 1, which share a count. What was never used counts 1, as
 * llama-quantize has it. */
static bc_status read_values(const bci_importance *m, const entry *e, uint64_t first, size_t n,
                             float *out, bc_error *err)
{
    const uint64_t which = first / (e->n_values / e->n_counts);
    float count = e->n_calls;
    bc_status st = BC_OK;

    if (m->gguf)
        st = bc_tensor_read_f32(m->gguf, e->counts, which, 1, &count, err);
    if (!st && !(count >= 0.0f && isfinite(count)))
        return refuse_number(m, e, "count", which, count, err);
    if (!st)
        st = read_sums(m, e, first, n, out, err);
    for (size_t i = 0; !st && i < n; i++) {
        if (count > 0.0f)
            out[i] /= count;
        else if (m->gguf)
            out[i] = 1.0f;
        if (!(out[i] >= 0.0f && isfinite(out[i])))
            return refuse_number(m, e, "value", first + i, out[i], err);
    }
    return st;
}

bc_status bci_importance_read(const bci_importance *m, const bci_weighting *w, uint64_t matrix,
                              float *out, bc_error *err)
{
    return read_values(m, &m->entries[w->entry], w->first + matrix * w->row, (size_t)w->row, out,
                       err);
}

/* All that is for the tensor, once, so that a fault shows before the work begins. */
static bc_status check_values(const bci_importance *m, const bci_weighting *w, bc_error *err)
{
    float piece[PIECE];
    bc_status st = BC_OK;

    for (uint64_t k = 0; !st && k < w->n_matrices; k++)
        for (uint64_t i = 0; !st && i < w->row; i += PIECE)
            st = read_values(m, &m->entries[w->entry], w->first + k * w->row + i,
                             w->row - i < PIECE ? (size_t)(w->row - i) : PIECE, piece, err);
    return st;
}

static const entry *find(const bci_importance *m, const char *name)
{
    const entry key = { .name = (char *)name };

    return bsearch(&key, m->entries, m->n, sizeof *m->entries, by_name);
}

static bc_status refuse_size(const bci_importance *m, const entry *e, const bc_tensor_info *tensor,
                             const bci_weighting *w, bc_error *err)
{
    return bci_fail(
        err, BC_E_FORMAT,
        "%s: %s has %llu value(s) (%llu count(s)), but tensor %s has rows of %llu in %llu slice(s); "
        "is it the matrix of another model?",
        m->path, bci_show_name(e->name).text, (unsigned long long)e->n_values,
        (unsigned long long)e->n_counts, bci_show_name(tensor->name).text,
        (unsigned long long)w->row, (unsigned long long)w->n_matrices);
}

bc_status bci_importance_find(const bci_importance *m, const bc_tensor_info *tensor,
                              bci_weighting *out, bc_error *err)
{
    const bci_gguf_name name = bci_gguf_name_of(tensor->name);
    const entry *e = find(m, tensor->name);
    bci_weighting w = { .row = tensor->n_dims ? tensor->dims[tensor->n_dims - 1] : 1,
                        .n_rows = tensor->n_dims > 1 ? tensor->dims[tensor->n_dims - 2] : 1,
                        .n_matrices = 1 };
    uint64_t n_values = 0;

    if (!e)
        e = find(m, name.text);
    if (!e || tensor->n_elements == 0) {
        *out = (bci_weighting){ .is_known = false };
        return BC_OK;
    }
    w.is_known = true;
    w.entry = (size_t)(e - m->entries);
    for (uint32_t i = 0; i + 2 < tensor->n_dims; i++)
        w.n_matrices *= tensor->dims[i];
    n_values = w.row * w.n_matrices;
    if (name.expert >= 0) { /* one of those that are one tensor there */
        const bool is_there =
            e->n_values % w.row == 0 && (uint64_t)name.expert < e->n_values / w.row;

        w.first = is_there ? (uint64_t)name.expert * w.row : 0;
        n_values = is_there ? e->n_values : 0;
    }
    if (e->n_values != n_values || e->n_values / e->n_counts % w.row != 0)
        return refuse_size(m, e, tensor, &w, err);
    const bc_status st = check_values(m, &w, err);

    if (!st)
        *out = w;
    return st;
}
