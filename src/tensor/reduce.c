/* Knows how a file of weights is reduced: the layout of the output first, then ranges of rows
 * through threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/shown.h"
#include "base/threads.h"
#include "medium/shared_settings.h"
#include "tensor/clipped.h"
#include "tensor/code_counts.h"
#include "tensor/element.h"
#include "tensor/encode.h"
#include "tensor/gguf_names.h"
#include "tensor/outcome.h"
#include "tensor/reduction.h"

bc_tensor_settings bc_tensor_settings_default(const char *format)
{
    return (bc_tensor_settings){ .format = format,
                                 .scale = BC_SCALE_ABSMAX,
                                 .percent = BCI_USUAL_PERCENT,
                                 .seed = BC_DEFAULT_SEED,
                                 .min_snr_db = NAN };
}

static bool has_codings(const bci_reduction *r)
{
    for (size_t i = 0; i < r->n_tensors; i++)
        if (r->codings[i])
            return true;
    return false;
}

static bool has_rulings(const bci_reduction *r)
{
    for (size_t i = 0; i < r->n_tensors; i++)
        if (r->rulings[i])
            return true;
    return false;
}

/* Different codes of what a tensor becomes; 0: none, or too many to be counted. */
static size_t codes_of(const bci_reduction *r, size_t tensor)
{
    if (bci_reduction_copies(r, tensor))
        return 0;
    if (r->rulings[tensor])
        return bci_laid_levels(&r->rulings[tensor]->laying);
    return r->codings[tensor] ? (size_t)1 << r->codings[tensor]->format->bits
                              : bci_counted_codes(r->choices[tensor].type);
}

static void find_most_codes(bci_reduction *r)
{
    for (size_t i = 0; i < r->n_tensors; i++)
        r->most_codes = codes_of(r, i) > r->most_codes ? codes_of(r, i) : r->most_codes;
}

/* Before they are taken. Rows with importance stay whole, however long they are. */
static bc_status take_memory(bci_reduction *r, size_t n, bc_error *err)
{
    char subject[256];

    if (n > BCI_BATCH)
        bci_format(subject, sizeof subject, "%.100s: reducing rows of %llu weight(s) by importance",
                   r->in->parts[0]->name, (unsigned long long)r->longest_row);
    else
        snprintf(subject, sizeof subject, "%.100s: reducing weights batch by batch",
                 r->in->parts[0]->name);
    return bci_take_memory(
        &r->in->reading, &r->in->memory, r->n_slots,
        n * (2 * sizeof(float) + sizeof(double)) + r->most_codes * sizeof *r->codes, subject, err);
}

static bc_status allocate(bci_reduction *r, int n_threads, bc_error *err)
{
    const unsigned wanted = 2 * (unsigned)n_threads + 1;
    const size_t n = r->largest_batch > BCI_BATCH ? (size_t)r->largest_batch : BCI_BATCH;

    r->n_slots = wanted < BCI_MAX_SLOTS ? wanted : BCI_MAX_SLOTS;

    find_most_codes(r);
    const bc_status st = take_memory(r, n, err);

    if (st)
        return st;
    r->codes = calloc(r->most_codes + 1, sizeof *r->codes);
    if (!r->codes)
        return bci_fail(err, BC_E_LIMIT, "out of memory for codes that are counted");
    for (unsigned i = 0; i < r->n_slots; i++) {
        bci_slot *s = &r->slots[i];

        s->codes = malloc((r->most_codes + 1) * sizeof *s->codes);
        s->x = malloc(n * sizeof *s->x);
        s->y = malloc(n * sizeof *s->y);
        s->out = malloc(n * sizeof(double));
        s->importance = malloc((size_t)(r->longest_row + 1) * sizeof *s->importance);
        s->coder = has_codings(r) ? bci_coder_new() : NULL;
        s->ruling = has_rulings(r) ? bci_ruling_room_new() : NULL;
        if (!s->codes || !s->x || !s->y || !s->out || !s->importance ||
            (has_codings(r) && !s->coder) || (has_rulings(r) && !s->ruling))
            return bci_fail(err, BC_E_LIMIT, "out of memory for batches of weights");
    }
    return BC_OK;
}

/* --- a batch */

typedef struct {
    size_t tensor;
    const bci_output *output;
    bci_range range;
} place;

static place place_of(const bci_reduction *r, uint64_t batch)
{
    size_t low = 0, high = r->n_outputs;

    while (high - low > 1) { /* the last place that begins at or before the batch */
        const size_t middle = low + (high - low) / 2;

        if (r->first_batch[middle] <= batch)
            low = middle;
        else
            high = middle;
    }
    const bci_output *o = &r->outputs[r->writer->order[low]];

    return (place){ o->tensor, o, bci_cut_at(&o->cut, batch - r->first_batch[low]) };
}

static size_t bytes_of(const bc_element_type *type, uint64_t n)
{
    return (size_t)(n / type->block_length * type->block_bytes);
}

static bool measures(const bci_reduction *r)
{
    return !r->settings->skip_quality || !isnan(r->settings->min_snr_db);
}

/* What was seen of the weights as they are in the file, limited ones included. */
static bc_status look_at(const bci_reduction *r, const place *at, bci_slot *s, bc_error *err)
{
    const bc_element_type *to = r->choices[at->tensor].type;
    bc_status st = BC_OK;

    if (s->is_changed)
        st = bc_tensor_read_f32(r->in, at->tensor, at->range.first, at->range.n, s->x, err);
    if (!st)
        st = bci_reduction_measure(r, at->tensor, &at->range, s, err);
    if (!st && to->kind != BC_ELEMENT_CODES && !r->rulings[at->tensor])
        bci_add_clipped(to, s->out, s->x, s->y, at->range.n, &s->error);
    if (!st && bci_counted_codes(to) && !r->rulings[at->tensor])
        bci_count_elements(to, s->out, at->range.n, s->codes);
    return st;
}

/* Elements of one type. */
static bc_status encode(const bci_reduction *r, const place *at, bci_slot *s, bc_error *err)
{
    const bc_element_type *to = r->choices[at->tensor].type;
    const bci_encoding how = bci_reduction_encoding(r, at->tensor, at->range.first);
    const size_t n = at->range.n;
    bc_status st = BC_OK;

    s->n_out = bytes_of(to, n);
    if (r->weightings[at->tensor].is_known)
        st = bci_reduction_encode_weighted(r, at->output, &at->range, s, err);
    else
        bci_encode(to, &how, s->x, NULL, n, s->out);
    if (!st && (measures(r) || !s->is_safe))
        bci_element_decoder(to)(s->out, n / to->block_length, s->y);
    return st;
}

/* What is to be seen while it is encoded. */
static bci_observed seen_of(const bci_reduction *r, size_t tensor, bci_slot *s)
{
    return (bci_observed){ &s->error, codes_of(r, tensor) ? s->codes : NULL, &s->steps2 };
}

/* Values of a grid. */
static bc_status encode_values(const bci_reduction *r, const place *at, bci_slot *s, bc_error *err)
{
    const bc_element_type *to = r->choices[at->tensor].type;
    const bci_encoding how = bci_reduction_encoding(r, at->tensor, at->range.first);
    const bool saturates = r->settings->nonfinite == BC_NONFINITE_SATURATE;
    const bci_observed seen = seen_of(r, at->tensor, s);
    bc_status st =
        bci_ruling_round(r->rulings[at->tensor], s->ruling, &how, s->x, &at->range, s->y,
                         saturates ? &s->n_saturated : NULL, measures(r) ? &seen : NULL, err);

    if (!st)
        st = bci_reduction_admit_values(r, at->tensor, &at->range, s, err);
    s->n_out = bytes_of(to, at->range.n);
    if (!st)
        bci_encode(to, &(bci_encoding){ 0 }, s->y, NULL, at->range.n, s->out);
    return st;
}

/* A piece of codes and scales. What is seen of the weights is told once, with the codes. */
static void encode_piece(const bci_reduction *r, const place *at, bci_slot *s)
{
    const bci_coding *c = r->codings[at->tensor];
    const bci_role role = c->roles[at->output->piece];
    const bci_encoding how = bci_reduction_encoding(r, at->tensor, at->range.first);
    const bci_observed seen = seen_of(r, at->tensor, s);

    s->n_out =
        bci_coded_encode(s->coder, c, role, r->settings, &how, s->x, &at->range, s->out,
                         measures(r) || !s->is_safe ? s->y : NULL, measures(r) ? &seen : NULL);
    s->n_nonfinite = role == BCI_CODES ? s->n_nonfinite : 0;
    s->n_saturated = role == BCI_CODES ? s->n_saturated : 0;
}

static bc_status copy(const bci_reduction *r, const place *at, bci_slot *s, bc_error *err)
{
    const bci_tensor *t = &r->in->tensors[at->tensor];

    t = t->coding ? &t->coding->pieces[at->output->piece] : t;
    s->n_out = bytes_of(t->info.type, at->range.n);
    const bc_status st = bci_tensor_read_raw(r->in, t, bytes_of(t->info.type, at->range.first),
                                             s->out, s->n_out, err);

    return st ? st : bci_reduction_admit_copied(r, at->tensor, &at->range, s, err);
}

/* Weights to elements of another type, or to one of its pieces. */
static bc_status make(const bci_reduction *r, const place *at, bci_slot *s, bc_error *err)
{
    const bool is_first = at->output->piece == 0;
    bc_status st = bci_reduction_read(r, at->tensor, at->range.first, at->range.n, s, err);

    if (st)
        return st;
    if (r->codings[at->tensor])
        encode_piece(r, at, s);
    else if (r->rulings[at->tensor])
        st = encode_values(r, at, s, err);
    else
        st = encode(r, at, s, err);
    if (!st && is_first && !s->is_safe && !r->rulings[at->tensor])
        st = bci_reduction_admit(r, at->tensor, &at->range, s, err);
    return st || !is_first || !measures(r) ? st : look_at(r, at, s, err);
}

static bc_status work_on_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    bci_reduction *r = context;
    bci_slot *s = &r->slots[slot];
    const place at = place_of(r, batch);
    const bci_coding *c = r->codings[at.tensor];
    const bool is_copy = bci_reduction_copies(r, at.tensor);

    s->error = (bc_error_sums){ 0 };
    memset(s->codes, 0, codes_of(r, at.tensor) * sizeof *s->codes);
    s->n_nonfinite = s->n_saturated = 0;
    s->steps2 = 0.0;
    s->n_out = 0;
    if (r->settings->dry_run && (is_copy ? !r->choices[at.tensor].is_asked : at.output->piece > 0))
        return BC_OK; /* tells nothing new */
    if (is_copy)
        return copy(r, &at, s, err);
    if (c && bci_role_is_constant(c, c->roles[at.output->piece])) {
        s->n_out = c->format->layout->put_constant(c, c->roles[at.output->piece], s->out);
        return BC_OK;
    }
    return make(r, &at, s, err);
}

/* Codes of a tensor come one after the other, but its scales may come among those of others: what
 * codes are worth is known when another tensor begins, and once known it stays. */
static void end_counting(bci_reduction *r)
{
    const size_t n = codes_of(r, r->counted);
    bc_tensor_outcome *o = &r->made.tensors[r->counted];

    if (n > 0 && isnan(o->entropy_bits)) /* of no codes it is NaN */
        o->entropy_bits = bc_entropy_bits(r->codes, n);
    memset(r->codes, 0, n * sizeof *r->codes);
}

static void take_counts(bci_reduction *r, size_t tensor, const bci_slot *s)
{
    if (tensor != r->counted)
        end_counting(r);
    r->counted = tensor;
    for (size_t code = 0, n = codes_of(r, tensor); code < n; code++)
        r->codes[code] += s->codes[code];
}

/* Of an error, in squares of a step; NaN where no closed form holds. */
static double error_power(const bci_reduction *r)
{
    const bc_noise *noise = r->settings->noise ? r->settings->noise : bc_noise_find("none");
    const bool holds = r->settings->rounding == BC_ROUND_NEAREST && noise->error_power > 0.0;

    return holds ? noise->error_power : (double)NAN;
}

static bc_status write_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    bci_reduction *r = context;
    bci_slot *s = &r->slots[slot];
    const place at = place_of(r, batch);
    bc_tensor_outcome *outcome = &r->made.tensors[at.tensor];
    const bc_status st =
        r->settings->dry_run ? BC_OK : bci_tensor_writer_put(r->writer, s->out, s->n_out, err);

    bc_error_merge(&outcome->error, &s->error);
    outcome->expected_e2 += s->steps2 * error_power(r);
    take_counts(r, at.tensor, s);
    outcome->n_nonfinite += s->n_nonfinite;
    outcome->n_saturated += s->n_saturated;
    r->n_done += at.range.n;
    if (!st && r->settings->progress)
        r->settings->progress(r->settings->context, r->n_done, r->n_elements);
    return st;
}

static bc_status run(bci_reduction *r, int n_threads, bc_error *err)
{
    bci_pipeline pipeline = { .reduce = work_on_batch,
                              .write = write_batch,
                              .context = r,
                              .n_slots = r->n_slots,
                              .n_batches = r->n_batches,
                              .n_threads = n_threads,
                              .stop = r->settings->reading.stop };

    const bc_status st = bci_pipeline_run(&pipeline, err);

    if (r->n_tensors > 0)
        end_counting(r);
    return st;
}

/* --- all of it */

/* Whether the error of each weight follows from the step of its marks: scales by the ends of the
 * weights, or near them. */
static bool has_even_steps(const bci_reduction *r, size_t i)
{
    const bci_coding *c = r->codings[i];
    const bci_ruling *q = r->rulings[i];
    const bc_scale_method method = c   ? bci_coding_method(c, r->settings)
                                   : q ? q->laying.scale
                                       : BC_SCALE_FULL;
    bc_grid grid = q ? q->laying.grid : (bc_grid){ 0 };

    return (q || (c && bci_coding_grid(c, &grid))) && grid.family == BC_GRID_AFFINE &&
           method != BC_SCALE_ABSMEAN && method != BC_SCALE_MSE;
}

/* What there is to say of a tensor before it is read. */
static void plan_outcome(const bci_reduction *r, size_t i, bc_tensor_outcome *o)
{
    const bci_choice *choice = &r->choices[i];

    o->can_clip = r->codings[i] || r->rulings[i] || bci_can_clip(choice->type);
    o->expected_e2 = has_even_steps(r, i) ? 0.0 : (double)NAN;
    o->importance = choice->importance;
    o->is_dropped = choice->is_dropped;
    o->why = choice->is_asked ? NULL : choice->why;
    if (!choice->is_ruled)
        return;
    bci_grid_name(&choice->spec, o->grid, sizeof o->grid);
    o->scale = r->rulings[i]->laying.scale;
}

static bc_status begin_outcomes(bci_reduction *r, bc_error *err)
{
    bc_status st = BC_OK;

    r->made.tensors = calloc(r->n_tensors + 1, sizeof *r->made.tensors);
    if (!r->made.tensors)
        return bci_fail(err, BC_E_LIMIT, "out of memory for %zu tensor(s)", r->n_tensors);
    for (size_t i = 0; !st && i < r->n_tensors; i++, r->made.n_tensors = i) {
        st = bci_outcome_begin(&r->made.tensors[i], bc_tensor_at(r->in, i), r->choices[i].type, 0,
                               err);
        plan_outcome(r, i, &r->made.tensors[i]);
    }
    for (size_t i = 0; !st && i < r->n_outputs; i++)
        r->made.tensors[r->outputs[i].tensor].size_bytes += r->writer->sizes[i];
    for (size_t i = 0; !st && i < r->n_tensors; i++)
        r->made.tensors[i].packed_bytes =
            r->rulings[i] ? bci_ruling_packed_bytes(r->rulings[i]) : r->made.tensors[i].size_bytes;
    return st;
}

static bc_status pass_gate(const bci_reduction *r, const char *in, bc_error *err)
{
    const bool keeps = r->settings->nonfinite == BC_NONFINITE_KEEP;
    uint64_t n_reduced = 0, n_replaced = 0;

    for (size_t i = 0; i < r->n_tensors; i++) {
        n_reduced += bci_reduction_copies(r, i) ? 0 : bc_tensor_at(r->in, i)->n_elements;
        n_replaced += keeps ? 0 : r->made.tensors[i].n_nonfinite;
    }
    return n_reduced + n_replaced == 0
               ? BC_OK /* copied as it is */
               : bc_error_gate(&r->made.error, n_replaced, r->settings->min_snr_db, in, "SNR",
                               "; no output written", err);
}

/* llama.cpp loads a model by its architecture and by names of its own, not those of
 * transformers. */
static bool is_no_model(const bci_reduction *r)
{
    if (r->format != &bci_gguf || bci_pairs_find(&r->pairs, "general.architecture"))
        return false;
    for (size_t i = 0; i < r->n_tensors; i++) {
        const char *name = bc_tensor_at(r->in, i)->name;
        const bci_gguf_name own = bci_gguf_name_of(name);

        if (own.is_known && strcmp(own.text, name) != 0)
            return true;
    }
    return false;
}

static double mean_entropy(const bc_tensor_result *made)
{
    double bits = 0.0, n = 0.0;

    for (size_t i = 0; i < made->n_tensors; i++) {
        const bc_tensor_outcome *o = &made->tensors[i];

        if (isnan(o->entropy_bits))
            continue;
        bits += (double)o->n_elements * o->entropy_bits;
        n += (double)o->n_elements;
    }
    return n > 0.0 ? bits / n : (double)NAN;
}

static void describe(bci_reduction *r, int n_threads)
{
    bc_tensor_result *made = &r->made;

    made->input = bc_tensor_file_summary(r->in);
    made->output_size_bytes = r->writer->total_bytes;
    for (size_t i = 0; i < r->n_tensors; i++)
        made->output_data_bytes += made->tensors[i].size_bytes;
    made->entropy_bits = mean_entropy(made);
    made->n_left_out = r->writer->n_left_out;
    made->is_no_model = is_no_model(r);
    made->cpu_level = bc_cpu_level();
    made->n_threads = n_threads;
}

static void reduction_free(bci_reduction *r)
{
    bci_tensor_writer_free(r->writer);
    for (unsigned i = 0; i < r->n_slots; i++) {
        free(r->slots[i].codes);
        free(r->slots[i].importance);
        free(r->slots[i].x);
        free(r->slots[i].y);
        free(r->slots[i].out);
        bci_coder_free(r->slots[i].coder);
        bci_ruling_room_free(r->slots[i].ruling);
    }
    for (size_t i = 0; r->codings && i < r->n_tensors; i++)
        bci_coding_free(r->codings[i]);
    for (size_t i = 0; r->rulings && i < r->n_tensors; i++)
        bci_ruling_free(r->rulings[i]);
    free(r->codes);
    free(r->codings);
    free(r->rulings);
    free(r->choices);
    free(r->weightings);
    bci_pairs_free(&r->pairs);
    bci_importance_free(r->importance);
    free(r->outputs);
    free(r->infos);
    free(r->first_batch);
    bc_tensor_file_free(r->in);
}

static bc_status check_settings(const bc_tensor_settings *s, bc_error *err)
{
    if (s->sizes_only && !isnan(s->min_snr_db))
        return bci_fail(err, BC_E_USAGE,
                        "`min-snr=%g`: nothing is measured with `sizes-only`, expected `dry-run` "
                        "instead",
                        s->min_snr_db);
    const bc_status st = bci_refuse_mask(s->noise, err);

    return st ? st : bci_check_cut(s->rounding, s->noise, err);
}

bc_status bc_tensor_reduce(const char *in, const char *out, const bc_tensor_settings *settings,
                           bc_tensor_result *result, bc_error *err)
{
    const double start = bci_now_s();
    const int n_threads = bci_thread_count(settings->n_threads);
    bci_reduction r = { .settings = settings };
    bc_status st = check_settings(settings, err);

    if (!st)
        st = bc_tensor_file_open_with(in, &settings->reading, &r.in, err);
    if (!st)
        st = bci_reduction_plan(&r, out, err);
    if (!st)
        st = begin_outcomes(&r, err);
    if (!st && !settings->sizes_only) {
        st = allocate(&r, n_threads, err);
        if (!st)
            st = bci_reduction_survey(&r, n_threads, err);
        if (!st)
            st = run(&r, n_threads, err);
    }
    for (size_t i = 0; !st && i < r.n_tensors; i++)
        bc_error_merge(&r.made.error, &r.made.tensors[i].error);
    if (!st)
        st = pass_gate(&r, in, err);
    if (!st && !settings->dry_run && !settings->sizes_only)
        st = bci_tensor_writer_commit(r.writer, err);
    if (!st || st == BC_E_QUALITY) {
        describe(&r, n_threads);
        r.made.output_format = r.format->format.name;
        r.made.time_s = bci_now_s() - start;
        *result = r.made;
    } else {
        bc_tensor_result_free(&r.made);
    }
    reduction_free(&r);
    return st;
}

void bc_tensor_result_free(bc_tensor_result *r)
{
    bci_outcomes_free(r->tensors, r->n_tensors);
    free(r->importance.dataset);
    r->importance.dataset = NULL;
    r->tensors = NULL;
    r->n_tensors = 0;
}
