/* Knows the tables of tensors. */
#include "tensor/fact_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "medium/shared_settings.h"
#include "tensor/outcome.h"

static const char tensors_table[] = "tensors", groups_table[] = "groups";

void bci_tensor_show_shape(uint32_t n_dims, const uint64_t *dims, char *to, size_t size)
{
    size_t n = 0;

    snprintf(to, size, "1");
    for (uint32_t i = 0; i < n_dims && n < size; i++)
        n += (size_t)snprintf(to + n, size - n, "%s%llu", i ? " x " : "",
                              (unsigned long long)dims[i]);
}

static double bits_a_weight(const bc_tensor_outcome *t)
{
    return t->n_elements && !t->is_dropped ? 8.0 * (double)t->packed_bytes / (double)t->n_elements
                                           : NAN;
}

static double snr(const bc_tensor_outcome *t)
{
    return bc_error_snr_db(&t->error);
}

/* --- tensor by tensor */

static void add_for_programs(bc_report *r, const bc_tensor_outcome *t)
{
    static const char *const importance[] = { NULL, "used", "missing" };
    const bool is_measured = t->error.n > 0;
    char shape[160];

    bci_tensor_show_shape(t->n_dims, t->dims, shape, sizeof shape);
    bc_report_row(r, tensors_table);
    bc_report_string(r, tensors_table, "name", t->name);
    bc_report_string(r, tensors_table, "shape", shape);
    bc_report_string(r, tensors_table, "from", t->from->name);
    bc_report_string(r, tensors_table, "to", t->is_dropped ? NULL : t->to->name);
    if (!t->is_dropped)
        bc_report_integer(r, tensors_table, "size_bytes", t->size_bytes);
    if (*t->grid) {
        bc_report_string(r, tensors_table, "grid", t->grid);
        bc_report_string(r, tensors_table, "scale", bci_scale_row(t->scale)->name);
        bc_report_integer(r, tensors_table, "packed_bytes", t->packed_bytes);
    }
    bc_report_number(r, tensors_table, "bits_per_weight", bits_a_weight(t));
    bc_report_number(r, tensors_table, "entropy_bits", t->entropy_bits);
    bc_report_number(r, tensors_table, "snr_db", snr(t));
    if (is_measured) {
        bc_report_number(r, tensors_table, "rmse", bc_error_rmse(&t->error));
        bc_report_number(r, tensors_table, "max_error", t->error.max_abs_e);
    }
    if (t->error.n_lost)
        bc_report_integer(r, tensors_table, "lost", t->error.n_lost);
    if (is_measured && t->can_clip)
        bc_report_integer(r, tensors_table, "clipped", t->error.n_clipped);
    if (t->n_saturated)
        bc_report_integer(r, tensors_table, "saturated", t->n_saturated);
    if (t->n_nonfinite)
        bc_report_integer(r, tensors_table, "nonfinite", t->n_nonfinite);
    bc_report_string(r, tensors_table, "importance", importance[t->importance]);
    bc_report_string(r, tensors_table, "why", t->why);
}

static void add_power(bc_report *r, const char *key, double value)
{
    char text[24];

    bci_format(text, sizeof text, "%.1e", value);
    bc_report_string(r, tensors_table, key, text);
}

static void add_for_people(bc_report *r, const bc_tensor_outcome *t)
{
    const bool is_other =
        t->why && bci_outcome_is_reduced(t); /* another format than that asked for */
    char shape[160], as[48], *to = shape;

    bci_tensor_show_shape(t->n_dims, t->dims, shape, sizeof shape);
    for (const char *from = shape; *from; from++) /* "4096x11008" */
        if (*from != ' ')
            *to++ = *from;
    *to = '\0';
    snprintf(as, sizeof as, "%s%s",
             t->is_dropped ? "-"
             : *t->grid    ? t->grid
                           : t->to->name,
             is_other ? "*" : "");
    bc_report_row(r, tensors_table);
    bc_report_string(r, tensors_table, "tensor", t->name);
    bc_report_string(r, tensors_table, "shape", shape);
    bc_report_string(r, tensors_table, "as", as);
    if (!t->is_dropped)
        bc_report_integer(r, tensors_table, "bytes", t->size_bytes);
    bc_report_number(r, tensors_table, "bits", bits_a_weight(t));
    bc_report_number(r, tensors_table, "SNR", snr(t));
    if (t->error.n > 0) {
        add_power(r, "RMSE", bc_error_rmse(&t->error));
        add_power(r, "worst", t->error.max_abs_e);
    }
    if (t->error.n > 0 && t->can_clip)
        bc_report_integer(r, tensors_table, "clipped", t->error.n_clipped);
    if (!is_other)
        bc_report_string(r, tensors_table, "why", t->why);
}

static const bc_tensor_outcome *const *as_outcomes(const void *p)
{
    return p;
}

/* What has no SNR comes last of those that were measured. */
static double badness(const bc_tensor_outcome *t)
{
    const double snr_db = snr(t);

    return isnan(snr_db) ? INFINITY : snr_db;
}

/* The worst SNR first; then the most bytes; then by name. */
static int worst_first(const void *a, const void *b)
{
    const bc_tensor_outcome *x = *as_outcomes(a), *y = *as_outcomes(b);
    const bool is_x = x->error.n > 0, is_y = y->error.n > 0;
    const double worse = is_x && is_y ? badness(x) : 0.0, other = is_x && is_y ? badness(y) : 0.0;

    if (is_x != is_y)
        return is_x ? -1 : 1;
    if (worse != other)
        return worse < other ? -1 : 1;
    if (x->size_bytes != y->size_bytes)
        return x->size_bytes < y->size_bytes ? 1 : -1;
    return strcmp(x->name, y->name);
}

void bci_tensor_add_rows(bc_report *r, bool is_for_programs, const bc_tensor_outcome *tensors,
                         size_t n)
{
    const bc_tensor_outcome **sorted = is_for_programs ? NULL : malloc((n + 1) * sizeof(*sorted));

    for (size_t i = 0; i < n; i++)
        bc_report_taken(r, sizeof *tensors + strlen(tensors[i].name) + 1);
    for (size_t i = 0; sorted && i < n; i++)
        sorted[i] = &tensors[i];
    if (sorted)
        qsort(sorted, n, sizeof(*sorted), worst_first);
    else if (!is_for_programs)
        bc_report_fact_lost(r);
    for (size_t i = 0; i < n; i++) {
        if (is_for_programs)
            add_for_programs(r, &tensors[i]);
        else
            add_for_people(r, sorted ? sorted[i] : &tensors[i]);
    }
    free(sorted);
}

/* --- by what they do */

typedef struct {
    char *name; /* "blk.*.attn_v" */
    uint64_t n_tensors, size_bytes;
} group;

enum { BAR = 30, MOST_GROUPS = 16 };

/* Numbers that are words become "*", and a final ".weight" goes. */
static char *group_of(const char *name)
{
    static const char ending[] = ".weight";
    char *copy = malloc(strlen(name) + 1), *to = copy;

    if (!copy)
        return NULL;
    for (const char *word = name; *word;) {
        const size_t n = strcspn(word, "."), n_digits = strspn(word, "0123456789");

        if (n > 0 && n == n_digits) {
            *to++ = '*';
        } else {
            memcpy(to, word, n);
            to += n;
        }
        word += n;
        if (*word == '.')
            *to++ = *word++;
    }
    *to = '\0';
    if (to - copy >= (ptrdiff_t)sizeof ending && strcmp(to - (sizeof ending - 1), ending) == 0)
        to[1 - (ptrdiff_t)sizeof ending] = '\0';
    return copy;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const group *)a)->name, ((const group *)b)->name);
}

static int by_bytes(const void *a, const void *b)
{
    const group *x = a, *y = b;

    if (x->size_bytes != y->size_bytes)
        return x->size_bytes < y->size_bytes ? 1 : -1;
    return by_name(a, b);
}

/* Groups of one name become one. Returns their number. */
static size_t merge(group *groups, size_t n)
{
    size_t n_merged = 0;

    qsort(groups, n, sizeof *groups, by_name);
    for (size_t i = 0; i < n; i++) {
        group *last = n_merged ? &groups[n_merged - 1] : NULL;

        if (last && by_name(last, &groups[i]) == 0) {
            last->n_tensors += groups[i].n_tensors;
            last->size_bytes += groups[i].size_bytes;
            free(groups[i].name);
        } else {
            groups[n_merged++] = groups[i];
        }
    }
    qsort(groups, n_merged, sizeof *groups, by_bytes);
    return n_merged;
}

static void add_group(bc_report *r, bool is_for_programs, const group *g, double total, double most)
{
    static const char marks[BAR + 1] = "##############################";
    const double share = total > 0.0 ? (double)g->size_bytes / total : 0.0;
    const int n = most > 0.0 ? (int)ceil(BAR * (double)g->size_bytes / most) : 0;
    char text[BAR + 1];

    bc_report_row(r, groups_table);
    bc_report_string(r, groups_table, "group", g->name);
    bc_report_integer(r, groups_table, "tensors", g->n_tensors);
    bc_report_integer(r, groups_table, is_for_programs ? "size_bytes" : "bytes", g->size_bytes);
    if (is_for_programs) {
        bc_report_number(r, groups_table, "share", share);
        return;
    }
    bci_format(text, sizeof text, "%5.1f %%", 100.0 * share);
    bc_report_string(r, groups_table, "share", text);
    bci_format(text, sizeof text, "%.*s", n, marks);
    bc_report_string(r, groups_table, "of the bytes", text);
}

void bci_tensor_add_groups(bc_report *r, bool is_for_programs, const bc_tensor_outcome *tensors,
                           size_t n)
{
    group *groups = calloc(n + 1, sizeof *groups);
    double total = 0.0;
    size_t n_groups = 0;

    if (!groups)
        bc_report_fact_lost(r);
    for (size_t i = 0; groups && i < n; i++) {
        char *name = group_of(tensors[i].name);

        total += (double)tensors[i].size_bytes;
        if (!name)
            bc_report_fact_lost(r);
        else if (tensors[i].is_dropped)
            free(name);
        else
            groups[n_groups++] = (group){ name, 1, tensors[i].size_bytes };
    }
    if (groups)
        n_groups = merge(groups, n_groups);
    for (size_t i = MOST_GROUPS; !is_for_programs && i < n_groups;
         i++) { /* the small ones in one line */
        group *rest = &groups[MOST_GROUPS - 1];

        rest->n_tensors += groups[i].n_tensors;
        rest->size_bytes += groups[i].size_bytes;
    }
    for (size_t i = 0; i < n_groups && (is_for_programs || i < MOST_GROUPS); i++) {
        group shown = groups[i];

        if (!is_for_programs && i == MOST_GROUPS - 1 && n_groups > MOST_GROUPS)
            shown.name = (char[]){ "all others" };
        add_group(r, is_for_programs, &shown, total, (double)groups[0].size_bytes);
    }
    for (size_t i = 0; i < n_groups; i++)
        free(groups[i].name);
    free(groups);
}
