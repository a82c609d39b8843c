/* Knows how the tensors of two files are compared, whatever their formats. */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"
#include "tensor/coded_unread.h"
#include "tensor/element.h"
#include "tensor/outcome.h"

enum { BATCH = 1 << 16 }; /* elements; a multiple of the length of every block */

static bool same_shape(const bc_tensor_info *a, const bc_tensor_info *b)
{
    return a->n_dims == b->n_dims && memcmp(a->dims, b->dims, a->n_dims * sizeof *a->dims) == 0;
}

/* A batch of either, as doubles where one of them is F64. */
typedef struct {
    float x[BATCH], y[BATCH];
    double wide_x[BATCH], wide_y[BATCH];
} batch;

static bc_status compare_tensor(const bc_tensor_file *a, size_t i, const bc_tensor_file *b,
                                size_t j, batch *pair, bc_error_sums *sums, bc_error *err)
{
    const uint64_t n = bc_tensor_at(a, i)->n_elements;
    const bool is_wide = bci_element_is_f64(bc_tensor_at(a, i)->type) ||
                         bci_element_is_f64(bc_tensor_at(b, j)->type);
    bc_status st = BC_OK;

    for (uint64_t first = 0; !st && first < n; first += BATCH) {
        const size_t m = n - first < BATCH ? (size_t)(n - first) : BATCH;

        st = is_wide ? bc_tensor_read_f64(a, i, first, m, pair->wide_x, err)
                     : bc_tensor_read_f32(a, i, first, m, pair->x, err);
        if (!st)
            st = is_wide ? bc_tensor_read_f64(b, j, first, m, pair->wide_y, err)
                         : bc_tensor_read_f32(b, j, first, m, pair->y, err);
        if (!st && is_wide)
            bc_error_add_f64(sums, pair->wide_x, pair->wide_y, m);
        else if (!st)
            bc_error_add_f32(sums, pair->x, pair->y, m);
    }
    return st;
}

/* Before they are taken: what is kept of each tensor, beside both lists. */
static bc_status take_memory(const bc_tensor_file *a, const bc_tensor_file *b, bc_error *err)
{
    enum { NAME_ROOM = 64 };    /* of a usual name */
    uint64_t taken = b->memory; /* and of a */
    char subject[256];

    bci_format(subject, sizeof subject, "%.100s: comparing %zu tensor(s)", a->parts[0]->name,
               bc_tensor_count(a));
    return bci_take_memory(&a->reading, &taken, bc_tensor_count(a),
                           sizeof(bc_tensor_outcome) + NAME_ROOM, subject, err);
}

/* The tensor of `in` that is compared with tensor i of `of`, or SIZE_MAX: that of its name. The
 * array of a .npy file has no name but the file's, so that one is compared with one. */
static size_t partner(const bc_tensor_file *of, size_t i, const bc_tensor_file *in)
{
    const bool is_nameless = of->format == &bci_npy || in->format == &bci_npy;

    if (is_nameless && bc_tensor_count(of) == 1 && bc_tensor_count(in) == 1)
        return 0;
    return bc_tensor_find(in, bc_tensor_at(of, i)->name);
}

/* A tensor that is the same in both files was kept by the reduction, whose figures leave it out. */
static bool is_kept(const bc_tensor_outcome *o)
{
    return o->from == o->to && bc_error_is_exact(&o->error);
}

/* The errors of all tensors but those that were kept; where all are the same, of all. */
static void sum_up(bc_tensor_comparison *r)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < r->n_tensors; i++)
        n_kept += is_kept(&r->tensors[i]);
    for (size_t i = 0; i < r->n_tensors; i++)
        if (n_kept == r->n_tensors || !is_kept(&r->tensors[i]))
            bc_error_merge(&r->error, &r->tensors[i].error);
}

static bc_status compare_all(const bc_tensor_file *a, const bc_tensor_file *b,
                             bc_tensor_comparison *r, bc_error *err)
{
    bc_status st = take_memory(a, b, err);

    if (st)
        return st;
    batch *both = malloc(sizeof *both);

    r->tensors = calloc(bc_tensor_count(a) + 1, sizeof *r->tensors);
    if (!both || !r->tensors)
        st = bci_fail(err, BC_E_LIMIT, "out of memory for %zu tensor(s)", bc_tensor_count(a));
    for (size_t i = 0; !st && i < bc_tensor_count(a); i++) {
        const bc_tensor_info *t = bc_tensor_at(a, i);
        const size_t j = partner(a, i, b);
        const bc_tensor_info *u = j == SIZE_MAX ? NULL : bc_tensor_at(b, j);
        bc_tensor_outcome *o = &r->tensors[r->n_tensors];

        if (!u || !same_shape(t, u) || !bci_element_has_values(t->type) ||
            !bci_element_has_values(u->type)) {
            r->n_only_a += !u;
            r->n_other_shape += u != NULL;
            continue;
        }
        st = bci_outcome_begin(o, t, u->type, u->size_bytes, err);
        if (st)
            break;
        r->n_tensors++;
        st = compare_tensor(a, i, b, j, both, &o->error, err);
        o->n_nonfinite = o->error.n_nonfinite;
    }
    sum_up(r);
    for (size_t j = 0; j < bc_tensor_count(b); j++)
        r->n_only_b += partner(b, j, a) == SIZE_MAX;
    free(both);
    return st;
}

/* Names differ where one file is in the names of GGUF and the other in those of transformers. */
static bc_status refuse(const char *path_a, const bc_tensor_file *a, const char *path_b,
                        const bc_tensor_file *b, bc_error *err)
{
    const bool is_empty = !bc_tensor_count(a) || !bc_tensor_count(b);

    return bci_fail(
        err, BC_E_USAGE,
        "%s: has %zu tensor(s), none with the name and shape of a tensor of floats in %s%s%s%s%s",
        path_b, bc_tensor_count(b), path_a, is_empty ? "" : ", for example ",
        is_empty ? "" : bci_show_name(bc_tensor_at(b, 0)->name).text,
        is_empty ? "" : " here and there ",
        is_empty ? "" : bci_show_name(bc_tensor_at(a, 0)->name).text);
}

bc_status bc_tensor_compare(const char *path_a, const char *path_b, const bc_reading *reading,
                            bc_tensor_comparison *result, bc_error *err)
{
    bc_tensor_file *a = NULL, *b = NULL;
    bc_tensor_comparison r = { 0 };
    bc_status st = bc_tensor_file_open_with(path_a, reading, &a, err);

    if (!st)
        st = bci_tensor_file_open_beside(path_b, reading, a->memory, &b, err);
    if (!st)
        st = bci_coded_refuse_unread(a, NULL, err);
    if (!st)
        st = bci_coded_refuse_unread(b, NULL, err);
    if (!st)
        st = compare_all(a, b, &r, err);
    if (!st && r.n_tensors == 0)
        st = refuse(path_a, a, path_b, b, err);
    if (!st) {
        r.a = bc_tensor_file_summary(a);
        r.b = bc_tensor_file_summary(b);
        *result = r;
    } else {
        bc_tensor_comparison_free(&r);
    }
    bc_tensor_file_free(a);
    bc_tensor_file_free(b);
    return st;
}

void bc_tensor_comparison_free(bc_tensor_comparison *r)
{
    bci_outcomes_free(r->tensors, r->n_tensors);
    r->tensors = NULL;
    r->n_tensors = 0;
}
