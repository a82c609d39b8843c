/* Knows what the report of weights says. */
#include "tensor/facts.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/lower_case.h"
#include "medium/shared_settings.h"
#include "tensor/coded_layouts.h"
#include "tensor/encode.h"
#include "tensor/fact_rows.h"
#include "tensor/format_names.h"
#include "tensor/formats.h"
#include "tensor/mixes.h"
#include "tensor/outcome.h"
#include "tensor/request.h"
#include "tensor/ruling.h"

void bci_tensor_input_facts(bc_report *r, const char *path, const bc_tensor_summary *s,
                            size_t n_tensors)
{
    char shard[32];

    bc_report_string(r, "", "tool", "bitcrush-tensor " BC_VERSION);
    bc_report_string(r, "input", "path", path);
    bc_report_string(r, "input", "kind", "tensor");
    bc_report_string(r, "input", "format", s->format);
    if (s->version)
        bc_report_integer(r, "input", "version", s->version);
    if (s->n_parts > 1)
        bc_report_integer(r, "input", "parts", s->n_parts);
    if (s->n_shards > 0)
        snprintf(shard, sizeof shard, "%u of %u", s->shard, s->n_shards);
    bc_report_string(r, "input", "shard", s->n_shards > 0 ? shard : NULL);
    bc_report_integer(r, "input", "tensors", n_tensors);
    bc_report_integer(r, "input", "elements", s->n_elements);
    bc_report_integer(r, "input", "data_bytes", s->data_bytes);
    bc_report_integer(r, "input", "size_bytes", s->file_bytes);
}

/* Append a word to a list, once. */
static void add_word(char *list, size_t room, const char *word)
{
    const size_t n = strlen(list), n_word = strlen(word);

    for (const char *at = list; (at = strstr(at, word)); at += n_word)
        if ((at == list || at[-1] == ' ') && (at[n_word] == ',' || !at[n_word]))
            return;
    if (n + n_word + 3 <= room)
        snprintf(list + n, room - n, "%s%s", n ? ", " : "", word);
}

static double snr(const bc_error_sums *e)
{
    return bc_error_snr_db(e);
}

static void add_total(bc_report *r, const bc_account *a, const bc_error_sums *e,
                      const bc_tensor_outcome *tensors, size_t n, bool knows_ends)
{
    const bc_tensor_outcome *worst = NULL;
    uint64_t n_nonfinite = 0, n_saturated = 0;

    for (size_t i = 0; i < n; i++) {
        n_nonfinite += tensors[i].n_nonfinite;
        n_saturated += tensors[i].n_saturated;
    }

    for (size_t i = 0; i < n; i++)
        if (!isnan(snr(&tensors[i].error)) &&
            (!worst || snr(&tensors[i].error) < snr(&worst->error)))
            worst = &tensors[i];
    if (n_nonfinite)
        bc_report_integer(r, "metrics", "nonfinite", n_nonfinite);
    bc_account_error(a, r, e, knows_ends);
    if (e->n == 0)
        return;
    bc_report_number(r, "metrics", "worst_snr_db", worst ? snr(&worst->error) : NAN);
    bc_report_string(r, "metrics", "worst_tensor", worst ? worst->name : NULL);
    if (n_saturated)
        bc_report_integer(r, "metrics", "saturated", n_saturated);
}

/* Types of the input that were quantized before: of all, and of those that an error was measured
 * against. */
static void add_quantized(bc_report *r, const bc_tensor_outcome *tensors, size_t n)
{
    char all[200] = "", measured[200] = "";

    for (size_t i = 0; i < n; i++) {
        const bc_element_type *from = tensors[i].from;

        if (from->kind != BC_ELEMENT_BLOCKS && from->kind != BC_ELEMENT_CODES)
            continue;
        add_word(all, sizeof all, from->name);
        if (tensors[i].error.n)
            add_word(measured, sizeof measured, from->name);
    }
    bc_report_string(r, "input", "quantized", *all ? all : NULL);
    bc_report_string(r, "metrics", "snr_against", *measured ? measured : NULL);
}

/* Weights in the output. */
static uint64_t count_written(const bc_tensor_result *m)
{
    uint64_t n = 0;

    for (size_t i = 0; i < m->n_tensors; i++)
        n += m->tensors[i].is_dropped ? 0 : m->tensors[i].n_elements;
    return n;
}

/* Bytes of the output, were there a place for all codes. */
static uint64_t count_packed(const bc_tensor_result *m)
{
    uint64_t n = m->output_data_bytes;

    for (size_t i = 0; i < m->n_tensors; i++)
        n += m->tensors[i].packed_bytes - m->tensors[i].size_bytes;
    return n;
}

static double ratio(uint64_t of, uint64_t to)
{
    return of && to ? (double)of / (double)to : (double)NAN;
}

static void add_sizes(bc_report *r, const bc_tensor_result *m)
{
    bc_report_number(r, "metrics", "entropy_bits", m->entropy_bits);
    if (count_written(m))
        bc_report_number(r, "metrics", "bits_per_weight",
                         8.0 * (double)count_packed(m) / (double)count_written(m));
    bc_account_packed(r, m->input.data_bytes, count_packed(m));
    bc_report_number(r, "metrics", "file_ratio", ratio(m->input.file_bytes, m->output_size_bytes));
}

static void add_output(bc_report *r, const bc_account *a, const bc_tensor_result *m)
{
    uint64_t n_reduced = 0, n_fallbacks = 0, n_dropped = 0;
    const char *why = NULL;
    uint64_t n_values = 0, packed_bytes = 0;
    char note[128], type[32], fallbacks[200] = "";

    for (size_t i = 0; i < m->n_tensors; i++) {
        const bool is_reduced = bci_outcome_is_reduced(&m->tensors[i]);

        n_reduced += is_reduced;
        if (is_reduced && m->tensors[i].why) {
            why = m->tensors[i].why;
            bci_lower_case(m->tensors[i].to->name, type, sizeof type);
            add_word(fallbacks, sizeof fallbacks, type);
        }
        n_dropped += m->tensors[i].is_dropped;
        n_fallbacks += is_reduced && m->tensors[i].why;
        n_values += *m->tensors[i].grid != '\0';
        packed_bytes += *m->tensors[i].grid ? m->tensors[i].packed_bytes : 0;
    }
    bc_account_output(a, r);
    bc_report_string(r, "output", "format", m->output_format);
    if (n_reduced || a->is_for_programs) /* people read "nothing" */
        bc_report_integer(r, "output", "reduced", n_reduced);
    bc_report_integer(r, "output", "kept_tensors", m->n_tensors - n_reduced - n_dropped);
    if (n_dropped)
        bc_report_integer(r, "output", "dropped_tensors", n_dropped);
    if (n_fallbacks)
        bc_report_integer(r, "output", "fallbacks", n_fallbacks);
    bc_report_string(r, "output", "fallback", why ? fallbacks : NULL);
    bc_report_string(r, "output", "fallback_why", why);
    bc_report_integer(r, "output", "data_bytes", m->output_data_bytes);
    bc_report_integer(r, "output", "size_bytes", m->output_size_bytes);
    bci_format(note, sizeof note,
               "values, since files of weights have no place for these codes: packed they are %llu "
               "byte(s)",
               (unsigned long long)packed_bytes);
    if (n_values) {
        bc_report_integer(r, "output", "values", n_values);
        bc_report_string(r, "output", "note", note);
    }
    if (m->is_no_model)
        bc_report_string(r, "output", "note",
                         "no general.architecture in the metadata: llama.cpp does not load it, "
                         "convert_hf_to_gguf.py makes a model of it first");
    if (m->n_left_out)
        bc_report_integer(r, "output", "left_out", m->n_left_out);
}

/* A scale, and what shares one where that was not said. */
static void add_method(bc_report *r, const bc_tensor_settings *s, bc_scale_method method,
                       uint32_t usual_group)
{
    const uint32_t group = s->group != BC_TENSOR_GROUP_USUAL ? s->group : usual_group;
    char text[24];

    bc_report_string(r, "settings", "scale", bci_scale_row(method)->name);
    if (method == BC_SCALE_PERCENTILE)
        bc_report_number(r, "settings", "percent", s->percent);
    bci_format(text, sizeof text, "%u weight(s)", group);
    bc_report_string(r, "settings", "group",
                     group == BC_TENSOR_GROUP_ROW   ? "row"
                     : group == BC_TENSOR_GROUP_ALL ? "tensor"
                                                    : text);
}

/* Integers and codebooks under scales that are made of the weights. */
static void add_coded_scale(bc_report *r, const bc_tensor_settings *s, const bci_coded_format *f)
{
    const bc_scale_method method = bci_coded_method(f, s);
    const bool has_zero = s->zero_point && method == BC_SCALE_ABSMAX;

    add_method(r, s, has_zero ? BC_SCALE_ZERO_POINT : method, f->group);
    bc_report_string(r, "settings", "zero_point", s->zero_point && !has_zero ? "zero-point" : NULL);
    bc_report_string(r, "settings", "double_quant", s->double_quant ? "double quantization" : NULL);
}

/* The type that the SPEC means in the output; NULL: several, of a mix, or values. */
static const bc_element_type *type_of(const bc_tensor_settings *s, const bc_tensor_result *m)
{
    const bool in_safetensors = strcmp(m->output_format, bci_safetensors.format.name) == 0;

    return bci_mix_named(s->format) || bci_format_has_values(s->format)
               ? NULL
               : bci_type_of_spec(s->format, in_safetensors);
}

/* The ruler by the name that other media have for it: "4" is Q4_K or INT4, and "4.5" 23 levels. */
static void name_grid(const bc_tensor_settings *s, const bc_element_type *type, const bc_spec *spec,
                      char *to, size_t size)
{
    const bool is_number = *s->format >= '0' && *s->format <= '9';

    if (spec)
        bci_grid_name(spec, to, size);
    else /* names of types and mixes are shorter */
        bci_lower_case(type && is_number ? type->name : s->format, to, size);
}

static void add_block_scale(bc_report *r, const bc_element_type *type)
{
    const bc_block_format *blocks = type ? bci_blocks_of(type) : NULL;
    char text[24];

    bc_report_string(r, "settings", "scale",
                     type && type->kind != BC_ELEMENT_BLOCKS ? "full" : "block");
    if (!blocks || blocks->block_length == 1)
        return;
    bci_format(text, sizeof text, "%u weight(s)", blocks->block_length);
    bc_report_string(r, "settings", "group", text);
}

/* The ruler, and how it lies on the weights: blocks and mixes of them have scales of their own,
 * single numbers none. */
static void add_scale(bc_report *r, const bc_account *a, const bc_tensor_settings *s,
                      const bc_tensor_result *m)
{
    const bc_element_type *type = type_of(s, m);
    bc_spec spec = { 0 };
    const bool has_values =
        bci_format_has_values(s->format) && !bci_spec_of_values(s->format, &spec, NULL);
    const bool has_codes = type && type->kind == BC_ELEMENT_CODES;
    char name[32];

    name_grid(s, type, has_values ? &spec : NULL, name, sizeof name);
    bc_report_string(r, "settings", "grid", name);
    if (has_values && bci_ruling_scale(&spec, s) == BC_SCALE_FULL)
        bc_report_string(r, "settings", "scale", "full");
    else if (has_values)
        add_method(r, s, bci_ruling_scale(&spec, s), BC_TENSOR_GROUP_ALL);
    else if (has_codes)
        add_coded_scale(r, s, bci_coded_find(type->name));
    else if (a->is_for_programs) /* a name says it to people */
        add_block_scale(r, type);
}

/* Bits of a reduced weight as it was written, scales among them. */
static double bits_of_reduced(const bc_tensor_result *m)
{
    uint64_t n = 0, n_bytes = 0;

    for (size_t i = 0; i < m->n_tensors; i++)
        if (bci_outcome_is_reduced(&m->tensors[i])) {
            n += m->tensors[i].n_elements;
            n_bytes += m->tensors[i].packed_bytes;
        }
    return n > 0 ? 8.0 * (double)n_bytes / (double)n : (double)NAN;
}

static bool has_fallbacks(const bc_tensor_result *m)
{
    for (size_t i = 0; i < m->n_tensors; i++)
        if (m->tensors[i].why && bci_outcome_is_reduced(&m->tensors[i]))
            return true;
    return false;
}

/* Bits and marks of a single ruler, which other media know by its name, too. Where tensors fell
 * back on others there is no such ruler, but bits that were written. */
static void add_depth(bc_report *r, const bc_account *a, const bc_tensor_settings *s,
                      const bc_tensor_result *m)
{
    const bc_element_type *type = type_of(s, m);
    const bool has_zero = s->zero_point && type && type->kind == BC_ELEMENT_CODES;
    const bool has_values = bci_format_has_values(s->format);
    bc_spec spec = { 0 };
    char name[32] = "u";

    if (!a->is_for_programs)
        return;
    if (!has_values)
        name_grid(s, type, NULL, name + has_zero, sizeof name - 1);
    if (has_values ? bci_spec_of_values(s->format, &spec, NULL) : bc_spec_named(name, &spec, NULL))
        return;
    if (has_fallbacks(m))
        bc_report_number(r, "output", "bits", bits_of_reduced(m));
    else
        bc_account_depth(a, r, spec.bits,
                         spec.blocks ? spec.blocks->codes->n_codes : bc_grid_levels(&spec.grid));
}

/* The matrix, and for whom it had nothing: the first few by name. */
static void add_importance(bc_report *r, const bc_tensor_settings *s, const bc_tensor_result *m)
{
    uint64_t n[3] = { 0 };
    char names[200] = "";

    if (!s->imatrix)
        return;
    for (size_t i = 0; i < m->n_tensors; i++) {
        const bc_tensor_outcome *t = &m->tensors[i];
        const size_t length = strlen(names);

        n[t->importance]++;
        if (t->importance != BC_IMPORTANCE_MISSING || n[t->importance] > 4)
            continue;
        if (n[t->importance] == 4 || length + strlen(t->name) + 8 > sizeof names)
            snprintf(names + length, sizeof names - length, ", ...");
        else
            snprintf(names + length, sizeof names - length, "%s%s", length ? ", " : "", t->name);
    }
    bc_report_string(r, "importance", "path", s->imatrix);
    bc_report_integer(r, "importance", "entries", m->importance.n_entries);
    if (m->importance.n_chunks)
        bc_report_integer(r, "importance", "chunks", m->importance.n_chunks);
    bc_report_string(r, "importance", "dataset", m->importance.dataset);
    bc_report_integer(r, "importance", "used", n[BC_IMPORTANCE_USED]);
    if (n[BC_IMPORTANCE_MISSING])
        bc_report_integer(r, "importance", "missing", n[BC_IMPORTANCE_MISSING]);
    bc_report_string(r, "importance", "missing_names", *names ? names : NULL);
}

/* By the steps of all weights that are reduced. */
static double expected_snr_db(const bc_tensor_result *m)
{
    double e2 = 0.0;

    for (size_t i = 0; i < m->n_tensors; i++)
        e2 += m->tensors[i].error.n > 0 ? m->tensors[i].expected_e2 : 0.0;
    const double ratio = bc_error_x2(&m->error) / e2;

    return ratio > 0.0 && ratio <= DBL_MAX ? 10.0 * log10(ratio) : (double)NAN;
}

void bci_tensor_reduce_facts(const void *job, const bc_outcome *o, const bc_account *a,
                             bc_report *r)
{
    static const char *const nonfinite[] = { "error", "saturate", "zero", "keep" };
    static const char *const encoders[] = { "exact", "best" };
    const bc_tensor_settings *s = &((const bci_tensor_job *)job)->settings;
    const bc_tensor_result *m = o->own;
    const bool has_noise = s->noise && s->noise->form != BC_NOISE_NONE;
    const bool is_cut = s->rounding == BC_ROUND_TRUNCATE;

    bci_tensor_input_facts(r, a->in, &m->input, m->n_tensors);
    add_output(r, a, m);
    add_depth(r, a, s, m);
    add_scale(r, a, s, m);
    bc_report_string(r, "settings", "encoder", encoders[s->encoder]);
    bc_report_string(r, "settings", "dither", has_noise ? s->noise->name : "none");
    bc_report_string(r, "settings", "feedback", "none");
    if (is_cut || a->is_for_programs)
        bc_report_string(r, "settings", "rounding", is_cut ? "truncate" : "nearest");
    if (has_noise || a->is_for_programs)
        bc_report_integer(r, "settings", "seed", s->seed);
    add_importance(r, s, m);
    bc_report_string(r, "settings", "nonfinite", nonfinite[s->nonfinite]);
    bc_report_integer(r, "settings", "threads", (uint64_t)m->n_threads);
    bc_report_string(r, "settings", "cpu", m->cpu_level);
    add_total(r, a, &m->error, m->tensors, m->n_tensors, true);
    add_quantized(r, m->tensors, m->n_tensors);
    add_sizes(r, m);
    if (a->is_for_programs) /* every tensor has a scale of its own, and this is of all */
        bc_account_expected(r, expected_snr_db(m), m->error.n_clipped);
    bc_report_number(r, "", "time_s", m->time_s);
    bci_tensor_add_rows(r, a->is_for_programs, m->tensors, m->n_tensors);
    bci_tensor_add_groups(r, a->is_for_programs, m->tensors, m->n_tensors);
}

void bci_tensor_compare_facts(const void *job, const bc_outcome *o, const bc_account *a,
                              bc_report *r)
{
    const bc_tensor_comparison *m = o->own;

    (void)job;
    bci_tensor_input_facts(r, a->in, &m->a, m->n_tensors);
    bc_report_string(r, "compared", "path", a->out);
    if (m->n_only_a || m->n_only_b || m->n_other_shape) {
        bc_report_integer(r, "compared", "only_first", m->n_only_a);
        bc_report_integer(r, "compared", "only_second", m->n_only_b);
        bc_report_integer(r, "compared", "other_shape", m->n_other_shape);
    }
    add_total(r, a, &m->error, m->tensors, m->n_tensors, false);
    add_quantized(r, m->tensors, m->n_tensors);
    bci_tensor_add_rows(r, a->is_for_programs, m->tensors, m->n_tensors);
}
