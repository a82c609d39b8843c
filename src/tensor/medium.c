/* Knows weights as a medium. */
#include "bitcrush/medium.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "tensor/excerpt.h"
#include "tensor/facts.h"
#include "tensor/format_names.h"
#include "tensor/info.h"
#include "tensor/mixes.h"
#include "tensor/outcome.h"
#include "tensor/request.h"
#include "tensor/show.h"

/* Block formats of GGML need GGUF, codes and scales safetensors; floats stay what they are. */
static const char *ending(const void *job, const char *in)
{
    const bci_tensor_job *j = job;
    const bool has_values = bci_format_has_values(j->settings.format); /* which all files hold */
    const bc_element_type *type =
        has_values ? bc_element_type_named("F32") : bc_tensor_spec_type(j->settings.format);
    const char *dot = strrchr(in, '.');
    const bool is_float = type && type->kind == BC_ELEMENT_FLOAT;

    if (type && type->kind == BC_ELEMENT_CODES)
        return ".safetensors";
    if (is_float && type->npy && dot && strcmp(dot, ".npy") == 0)
        return ".npy";
    if (is_float && type->ggml_type < 0)
        return ".safetensors";
    return is_float && dot && strcmp(dot, ".gguf") != 0 ? ".safetensors" : ".gguf";
}

static const char *only_here(const char *spec)
{
    return bci_mix_named(spec) ? "a mix chooses formats by the names of weights, expected one "
                                 "format, such as q4_k"
                               : "the format is one of files of weights, expected another, such "
                                 "as q4_0";
}

static bc_status short_of_memory(bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "out of memory for weights");
}

/* --- deeds */

/* Bits a weight of what was reduced. */
static double bits_of(const bc_tensor_result *m)
{
    uint64_t bytes = 0, n = 0;

    for (size_t i = 0; i < m->n_tensors; i++) {
        if (bci_outcome_is_reduced(&m->tensors[i])) {
            bytes += m->tensors[i].packed_bytes;
            n += m->tensors[i].n_elements;
        }
    }
    return n ? 8.0 * (double)bytes / (double)n : NAN;
}

static bc_status reduce(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    bci_tensor_job *j = job;
    bc_tensor_result *m = o->own = calloc(1, sizeof *m);
    const bc_status st =
        m ? bc_tensor_reduce(paths[0], paths[1], &j->settings, m, err) : short_of_memory(err);

    if (!st || st == BC_E_QUALITY) {
        snprintf(o->title, sizeof o->title, "%s", j->settings.format);
        o->bits = bits_of(m);
        o->error = m->error.n ? &m->error : NULL;
    }
    return st;
}

static void free_result(bc_outcome *o)
{
    if (o->own)
        bc_tensor_result_free(o->own);
    free(o->own);
}

static bc_status compare(void *job, const char *const paths[2], bc_outcome *o, bc_error *err)
{
    const bci_tensor_job *j = job;
    bc_tensor_comparison *m = o->own = calloc(1, sizeof *m);
    const bc_status st = m ? bc_tensor_compare(paths[0], paths[1], &j->settings.reading, m, err)
                           : short_of_memory(err);

    if (!st)
        o->error = &m->error;
    return st;
}

static void free_comparison(bc_outcome *o)
{
    if (o->own)
        bc_tensor_comparison_free(o->own);
    free(o->own);
}

/* A tensor that one file alone has was compared with nothing. */
static bc_status gate(const void *job, const bc_outcome *o, const bc_account *a, bc_error *err)
{
    const bci_tensor_job *j = job;
    const bc_tensor_comparison *c = o->own;
    const double min_snr_db = j->settings.min_snr_db;

    if (min_snr_db > -INFINITY && c->n_only_a + c->n_only_b > 0)
        return bci_fail(err, BC_E_QUALITY,
                        "%.200s: lacks %zu tensor(s) of %.200s and has %zu that are not there, "
                        "expected at least %.2f dB of each",
                        a->out, c->n_only_a, a->in, c->n_only_b, min_snr_db);
    return bc_error_gate(o->error, 0, min_snr_db, a->out, "SNR", "", err);
}

/* --- files */

static const char *file_of(const char *key, const char *value)
{
    (void)value;
    return strcmp(key, "imatrix") == 0 ? "importance matrix" : NULL;
}

static bc_status parts(const char *path, const bc_reading *reading,
                       void (*add)(void *context, const char *part), void *context)
{
    bc_tensor_file *f;
    const bc_status st = bc_tensor_file_open_with(path, reading, &f, NULL);

    if (st)
        return st;
    for (size_t k = 0; k < bc_tensor_part_count(f); k++)
        add(context, bc_tensor_part_path(f, k));
    bc_tensor_file_free(f);
    return BC_OK;
}

/* --- a sweep */

static void fill_row(bc_depth_row *row, const bc_tensor_sweep_result *m, const bc_tensor_cost *cost)
{
    const bc_error_sums *e = &cost->error;

    *row = bc_depth_row_empty(cost->bits);
    row->rule_of_thumb_db = NAN; /* weights are no sine */
    memcpy(row->grid, cost->grid, sizeof cost->grid);
    memcpy(row->group, cost->group, sizeof cost->group);
    row->scale = cost->scale;
    row->family = cost->family;
    bc_depth_row_error(row, e);
    row->bits_per_value = 8.0 * (double)cost->packed_bytes / (double)m->n_elements;
    if (e->sum_e2 > 0.0 && cost->expected_e2 > 0.0)
        row->theory_snr_db = 10.0 * log10(e->sum_x2 / cost->expected_e2);
    row->entropy_bits = e->n ? cost->code_bits / (double)e->n : NAN;
    bc_depth_row_sizes(row, m->raw_bytes, cost->packed_bytes);
}

static bc_status sweep(const bc_request *request, bc_series *s, bc_error *err)
{
    bc_tensor_sweep_result *m = calloc(1, sizeof *m);
    bci_tensor_job *j = NULL;
    void *job = NULL;
    bc_status st = m ? bci_tensor_prepare(NULL, request, &job, err) : short_of_memory(err);

    j = job;
    if (!st)
        st = bc_tensor_sweep(s->path, &j->settings, j->settings.noise, j->settings.seed, s->first,
                             s->last, m, err);
    for (size_t i = 0; !st && i < m->n_costs; i++)
        fill_row(&s->rows[i], m, &m->costs[i]);
    s->n_rows = st ? 0 : m->n_costs;
    s->law = st ? BC_LAW_NONE : m->law;
    s->seed = st ? 0 : j->settings.seed;
    if (!st && s->input)
        bci_tensor_input_facts(s->input, s->path, &m->input, m->n_tensors + m->n_kept);
    if (!st)
        snprintf(s->measured, sizeof s->measured,
                 "%zu tensor%s, %llu weight%s, bits a weight with its share of scales",
                 m->n_tensors, m->n_tensors == 1 ? "" : "s", (unsigned long long)m->n_elements,
                 m->n_elements == 1 ? "" : "s");
    bci_tensor_release(job);
    free(m);
    return st;
}

const bc_medium bc_weights = {
    .name = "tensor",
    .things = "weights",
    .thing = "file of weights",
    .kind = "weights",
    .signal = "the weights are",
    .files = "model.safetensors, .gguf, .npy or .npz",
    .program = "bitcrush-tensor",
    .spec = "format",
    .expected = "FILE SPEC, for example model.safetensors q4_k",
    .probe = bc_tensor_probe,
    .takes = bci_tensor_takes,
    .only_here = only_here,
    .settings = bci_tensor_setting_rows,
    .n_settings = BCI_TENSOR_SETTINGS,
    .prepare = bci_tensor_prepare,
    .release = bci_tensor_release,
    .choice = bci_choice_of_spec,
    .ending = ending,
    .deeds = { [BC_REDUCE] = { .run = reduce,
                               .release = free_result,
                               .facts = bci_tensor_reduce_facts },
               [BC_COMPARE] = { .run = compare,
                                .release = free_comparison,
                                .facts = bci_tensor_compare_facts,
                                .gate = gate,
                                .expected = "compare A B, two files of weights",
                                .minds = " min-snr force threads max-memory " },
               [BC_INFO] = { .run = bci_tensor_info,
                             .release = bci_tensor_info_free,
                             .facts = bci_tensor_info_facts,
                             .minds = " force threads max-memory " } },
    .excerpt = bci_tensor_excerpt,
    .sweep = sweep,
    .swept = " include exclude nonfinite seed threads max-memory ",
    .most_bits = BC_TENSOR_MAX_SWEEP,
    .sweeps_at_once = true,
    .dither = "rpdf",
    .asked_as = "rpdf",
    .n_bits_are = "signs at 1 bit and integers of n bits, one scale a tensor",
    .show = bci_tensor_show,
    .file_of = file_of,
    .parts = parts,
    .sizes = bci_tensor_sizes,
};
