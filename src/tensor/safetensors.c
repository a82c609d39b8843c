/* Knows safetensors: a length of 8 bytes, a JSON text of that length, and the data, in which
 * every byte belongs to one tensor. */
#include "tensor/safetensors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/shown.h"
#include "tensor/element.h"
#include "tensor/json_header.h"
#include "tensor/json_reader.h"

enum {
    LENGTH_BYTES = 8, /* of the length of the text, before it */
    ENTRY_BYTES = 96  /* of the text, of a tensor with a short name */
};

static uint64_t length_of(const uint8_t *head)
{
    uint64_t n = 0;

    for (int i = 0; i < LENGTH_BYTES; i++)
        n |= (uint64_t)head[i] << (8 * i);
    return n;
}

bool bci_safetensors_probe(const uint8_t *head, size_t n)
{
    return n > LENGTH_BYTES && head[LENGTH_BYTES] == '{' && length_of(head) <= UINT32_MAX;
}

typedef struct {
    bc_tensor_file *file;
    const bci_seekable *in;
    uint64_t data_at;
    size_t n;         /* tensors that were added */
    uint64_t next;    /* where in the file the last of them ends */
    bool is_in_order; /* each begins where the one before it ends */
} reader;

/* "PATH: byte 8 of the JSON text: tensor NAME" for messages. */
static bc_status fault_of(const reader *r, const bci_json_tensor *entry, bc_error *err,
                          const char *format, ...)
{
    char what[256];
    va_list arguments;

    va_start(arguments, format);
    bci_vformat(what, sizeof what, format, arguments);
    va_end(arguments);
    return bci_fail(err, BC_E_FORMAT, "%s: byte %zu of the JSON text: tensor %s %s", r->in->name,
                    entry->at, bci_show_name(entry->name).text, what);
}

static int by_offset(const void *a, const void *b)
{
    const bci_tensor *x = a, *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->info.size_bytes != y->info.size_bytes) /* empty ones first */
        return x->info.size_bytes < y->info.size_bytes ? -1 : 1;
    return strcmp(x->info.name, y->info.name);
}

static bc_status add_tensor(void *context, const bci_json_tensor *entry, bc_error *err)
{
    reader *r = context;
    bci_tensor t = { .part = r->file->n_parts - 1 };

    t.info.type = bci_element_of_safetensors(entry->dtype);
    if (!t.info.type)
        return fault_of(r, entry, err, "has dtype \"%s\", expected one of safetensors",
                        bci_show_name(entry->dtype).text);
    if (entry->end > r->in->size_bytes - r->data_at)
        return fault_of(r, entry, err, "ends at byte %llu of the data, expected at most %llu",
                        (unsigned long long)entry->end,
                        (unsigned long long)(r->in->size_bytes - r->data_at));
    t.info.name = entry->name;
    t.entry = LENGTH_BYTES + entry->at;
    t.info.n_dims = entry->n_dims;
    memcpy(t.info.dims, entry->dims, sizeof t.info.dims);
    t.offset = r->data_at + entry->begin;

    const bc_status st = bci_tensor_file_add(r->file, &t, strlen(entry->name), err);

    if (st)
        return st;
    const bci_tensor *added = &r->file->tensors[r->file->n_tensors - 1];
    const bc_tensor_info *info = &added->info;

    if (entry->end - entry->begin != info->size_bytes)
        return fault_of(
            r, entry, err, "has %llu byte(s) by data_offsets, expected %llu by dtype and shape",
            (unsigned long long)(entry->end - entry->begin), (unsigned long long)info->size_bytes);
    if (t.offset != r->next || (r->n > 0 && by_offset(added - 1, added) > 0))
        r->is_in_order = false;
    r->n++;
    r->next = t.offset + info->size_bytes;
    return BC_OK;
}

static bc_status add_pair(void *context, const char *key, const char *value, bc_error *err)
{
    const reader *r = context;

    return bci_tensor_file_set_text(r->file, r->in->name, key, value, err);
}

/* Every byte of the data is that of one tensor. */
static bc_status check_cover(const reader *r, size_t first, bc_error *err)
{
    const bc_tensor_file *f = r->file;
    uint64_t at = r->data_at;

    for (size_t i = first; i < f->n_tensors; i++) {
        const bci_tensor *t = &f->tensors[i];

        if (t->offset != at)
            return bci_fail(err, BC_E_FORMAT,
                            "%s: byte %llu: tensor %s begins at byte %llu of the data, expected "
                            "%llu, where the one before it ends",
                            r->in->name, (unsigned long long)t->entry,
                            bci_show_name(t->info.name).text,
                            (unsigned long long)(t->offset - r->data_at),
                            (unsigned long long)(at - r->data_at));
        at += t->info.size_bytes;
    }
    if (at != r->in->size_bytes)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: the last tensor ends at byte %llu, expected %llu, the end of the file",
                        r->in->name, (unsigned long long)at, (unsigned long long)r->in->size_bytes);
    return BC_OK;
}

bc_status bci_safetensors_read_part(bc_tensor_file *f, bc_error *err)
{
    const size_t first = f->n_tensors;
    reader r = { .file = f, .in = f->parts[f->n_parts - 1] };
    const bci_json_visitor visitor = { .context = &r, .tensor = add_tensor, .pair = add_pair };
    uint8_t head[LENGTH_BYTES];
    char first_byte = 0;
    bc_status st = bci_seekable_read(r.in, 0, head, sizeof head, err);

    if (st)
        return st;
    const uint64_t n = length_of(head);

    st = bci_tensor_check_header(f, r.in, n, BCI_JSON_WINDOW, err);
    if (st)
        return st;
    if (n > r.in->size_bytes - sizeof head)
        return bci_fail(err, BC_E_FORMAT,
                        "%s: header of %llu byte(s), but the file ends after %llu", r.in->name,
                        (unsigned long long)n,
                        (unsigned long long)(r.in->size_bytes - sizeof head));
    r.data_at = r.next = sizeof head + n;
    r.is_in_order = true;
    st = bci_seekable_read(r.in, sizeof head, &first_byte, n > 0, err);
    if (!st && first_byte != '{')
        st = bci_fail(err, BC_E_FORMAT, "%s: the header is no JSON object, expected { at byte 8",
                      r.in->name);
    bci_tensor_file_expect(f, n / ENTRY_BYTES);
    if (!st)
        st = bci_json_walk_header(r.in, sizeof head, (size_t)n, &visitor, err);
    bci_tensor_file_settle(f);
    if (st)
        return st;
    if (r.is_in_order && r.next == r.in->size_bytes) /* as in most files */
        return BC_OK;
    if (f->n_tensors > first)
        qsort(f->tensors + first, f->n_tensors - first, sizeof *f->tensors, by_offset);
    return check_cover(&r, first, err);
}
