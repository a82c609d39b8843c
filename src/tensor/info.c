/* Knows the tables of what a file of weights says of itself, and of how large weights are. */
#include "tensor/info.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tensor/fact_rows.h"
#include "tensor/facts.h"
#include "tensor/request.h"

static const char tensors_table[] = "tensors", metadata_table[] = "metadata",
                  types_table[] = "types", sizes_table[] = "formats";

static void add_metadata(bc_report *r, const bc_tensor_file *f)
{
    const size_t n = bc_tensor_file_summary(f).n_metadata;

    for (size_t i = 0; i < n; i++) {
        bc_tensor_metadata m;

        bc_tensor_metadata_at(f, i, &m);
        bc_report_row(r, metadata_table);
        bc_report_string(r, metadata_table, "key", m.key);
        bc_report_string(r, metadata_table, "type", m.type);
        bc_report_string(r, metadata_table, "value", m.value);
    }
}

static void add_types(bc_report *r, bool is_for_programs, const bc_tensor_file *f)
{
    bc_tensor_type_count counts[64];
    const size_t n = bc_tensor_type_counts(f, counts, 64);

    for (size_t i = 0; i < n && i < 64; i++) {
        const bc_tensor_type_count *c = &counts[i];

        bc_report_row(r, types_table);
        bc_report_string(r, types_table, "type", c->type->name);
        bc_report_integer(r, types_table, "tensors", c->n_tensors);
        bc_report_integer(r, types_table, is_for_programs ? "elements" : "weights", c->n_elements);
        bc_report_integer(r, types_table, is_for_programs ? "size_bytes" : "bytes", c->size_bytes);
        bc_report_number(r, types_table, is_for_programs ? "bits_per_weight" : "bits",
                         8.0 * c->type->block_bytes / c->type->block_length);
    }
}

/* --- sizes */

typedef struct {
    const char *name;
    double bits; /* a weight, scales among them */
} size_row;

enum { MAX_SIZES = 128 };

/* Types of files, but for whole numbers of more bits than weights have. */
static bool is_for_weights(const bc_element_type *t)
{
    return t->kind == BC_ELEMENT_FLOAT || t->kind == BC_ELEMENT_BLOCKS ||
           t->kind == BC_ELEMENT_CODES || strcmp(t->name, "I8") == 0;
}

static int largest_first(const void *a, const void *b)
{
    const size_row *x = a, *y = b;

    if (x->bits < y->bits || x->bits > y->bits)
        return x->bits < y->bits ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* Some names are formats of several kinds of files. */
static size_t collect(size_row rows[MAX_SIZES])
{
    const bc_element_type *types;
    const size_t n_types = bc_element_types(&types);
    size_t n = 0, n_kept = 0;

    for (size_t i = 0; i < n_types && n < MAX_SIZES; i++)
        if (is_for_weights(&types[i]))
            rows[n++] =
                (size_row){ types[i].name, 8.0 * types[i].block_bytes / types[i].block_length };
    qsort(rows, n, sizeof *rows, largest_first);
    for (size_t i = 0; i < n; i++)
        if (n_kept == 0 || largest_first(&rows[n_kept - 1], &rows[i]) != 0)
            rows[n_kept++] = rows[i];
    return n_kept;
}

static void add_size(bc_report *r, bool is_for_programs, double n, const size_row *row)
{
    const double bytes = ceil(n * row->bits / 8.0);

    bc_report_row(r, sizes_table);
    bc_report_string(r, sizes_table, "format", row->name);
    bc_report_number(r, sizes_table, is_for_programs ? "bits_per_weight" : "bits", row->bits);
    bc_report_integer(r, sizes_table, is_for_programs ? "size_bytes" : "bytes", (uint64_t)bytes);
    bc_report_number(r, sizes_table, is_for_programs ? "size_gb" : "GB", bytes / 1e9);
    bc_report_number(r, sizes_table, is_for_programs ? "size_gib" : "GiB", bytes / 0x1p30);
}

void bci_tensor_sizes(double n, bool is_for_programs, bc_report *r)
{
    size_row rows[MAX_SIZES];
    const size_t n_rows = collect(rows);

    bc_report_string(r, "", "tool", "bitcrush-tensor " BC_VERSION);
    bc_report_integer(r, "sizes", "weights", (uint64_t)n);
    for (size_t i = 0; i < n_rows; i++)
        add_size(r, is_for_programs, n, &rows[i]);
}

/* --- a file */

bc_status bci_tensor_info(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bci_tensor_job *j = job;
    bc_tensor_file *f = NULL;
    const bc_status st = bc_tensor_file_open_with(paths[0], &j->settings.reading, &f, err);

    o->own = f;
    return st;
}

void bci_tensor_info_free(bc_outcome *o)
{
    bc_tensor_file_free(o->own);
}

/* A file may have hundreds of thousands. */
static void add_tensor(const void *file, size_t i, bc_report *row)
{
    const bc_tensor_info *t = bc_tensor_at(file, i);
    char shape[160];

    bci_tensor_show_shape(t->n_dims, t->dims, shape, sizeof shape);
    bc_report_string(row, tensors_table, "name", t->name);
    bc_report_string(row, tensors_table, "shape", shape);
    bc_report_string(row, tensors_table, "type", t->type->name);
    bc_report_integer(row, tensors_table, "size_bytes", t->size_bytes);
}

void bci_tensor_info_facts(const void *job, const bc_outcome *o, const bc_account *a, bc_report *r)
{
    const bc_tensor_file *f = o->own;
    const bc_tensor_summary s = bc_tensor_file_summary(f);

    (void)job;
    bci_tensor_input_facts(r, a->in, &s, bc_tensor_count(f));
    add_metadata(r, f);
    add_types(r, a->is_for_programs, f);
    bc_report_rows(r, tensors_table, bc_tensor_count(f), add_tensor, f);
}
