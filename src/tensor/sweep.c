/* Knows what weights cost on every rung of a ladder at once: a pass over a tensor for the ends of
 * what shares a scale, and one that takes each piece to every rung. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/pipeline.h"
#include "base/threads.h"
#include "tensor/coded_unread.h"
#include "tensor/cut.h"
#include "tensor/element.h"
#include "tensor/globs.h"
#include "tensor/ladder.h"
#include "tensor/overflow.h"
#include "tensor/recipe.h"

enum {
    MAX_SLOTS = BCI_MAX_SLOTS,
    MAX_RUNGS = BC_TENSOR_SWEEP_ROWS,
    MAX_BLOCK = 256,
    MAX_BYTES = BCI_BATCH / MAX_BLOCK * 292 /* of blocks: those of q8_0 */
};

/* What shares a scale, as scales need it, and as laws do. */
typedef struct {
    float absmax;
    double sum, sum2; /* of magnitudes and their squares */
} extent;

/* What was seen on one rung. */
typedef struct {
    bc_error_sums error;
    double gains2;    /* of each weight, the square of its gain */
    uint64_t *counts; /* of each code */
} seen;

/* Buffers of a slot, and what was seen in it. */
typedef struct {
    float *x, *y, *noise;
    int32_t *codes;
    uint8_t *blocks;
    extent extent;
    seen seen[MAX_RUNGS];
} slot_buffers;

typedef struct {
    const bc_tensor_settings *settings;
    bc_tensor_file *in;
    const bc_noise *noise;
    uint64_t seed;
    size_t n_rungs;
    int n_threads;
    bci_rung rungs[MAX_RUNGS];
    seen seen[MAX_RUNGS]; /* of the tensor at hand */
    size_t tensor;        /* at hand */
    bci_cut cut;
    extent whole;
    extent *rows;             /* of a tensor whose rows are cut, else NULL */
    double shape, x2;         /* of all tensors, by power */
    uint64_t n_done, n_to_do; /* elements, in both passes */
    unsigned n_slots;
    slot_buffers slots[MAX_SLOTS];
    bc_tensor_sweep_result made;
} sweep;

static bool make_counts(const sweep *s, seen *to)
{
    bool ok = true;

    for (size_t k = 0; k < s->n_rungs; k++) {
        to[k].counts = calloc(s->rungs[k].n_codes, sizeof *to[k].counts);
        ok = ok && to[k].counts;
    }
    return ok;
}

static bc_status allocate(sweep *s, bc_error *err)
{
    const unsigned wanted = 2 * (unsigned)s->n_threads + 1;
    bool ok = make_counts(s, s->seen);

    s->n_slots = wanted < MAX_SLOTS ? wanted : MAX_SLOTS;
    for (unsigned i = 0; i < s->n_slots; i++) {
        slot_buffers *b = &s->slots[i];

        b->x = malloc(BCI_BATCH * sizeof *b->x);
        b->y = malloc(BCI_BATCH * sizeof *b->y);
        b->noise = malloc(BCI_BATCH * sizeof *b->noise);
        b->codes = malloc(BCI_BATCH * sizeof *b->codes);
        b->blocks = malloc(MAX_BYTES);
        ok = ok && b->x && b->y && b->noise && b->codes && b->blocks && make_counts(s, b->seen);
    }
    return ok ? BC_OK : bci_fail(err, BC_E_LIMIT, "out of memory for batches of weights");
}

static void sweep_free(sweep *s)
{
    for (unsigned i = 0; i < s->n_slots; i++) {
        slot_buffers *b = &s->slots[i];

        free(b->x);
        free(b->y);
        free(b->noise);
        free(b->codes);
        free(b->blocks);
        for (size_t k = 0; k < s->n_rungs; k++)
            free(b->seen[k].counts);
    }
    for (size_t k = 0; k < s->n_rungs; k++)
        free(s->seen[k].counts);
    free(s->rows);
    bc_tensor_file_free(s->in);
}

/* --- stages */

/* Integers hold neither NaN nor infinity. */
static bc_status make_finite(const sweep *s, uint64_t index, float *x, bc_error *err)
{
    double of_file;
    const bc_status st = bc_tensor_read_f64(s->in, s->tensor, index, 1, &of_file, err);

    if (st)
        return st;
    if (isfinite(of_file))
        return bci_refuse_weight(s->in, s->tensor, index, of_file, "", "weights up to 3.4e38", err);
    if (s->settings->nonfinite == BC_NONFINITE_ERROR)
        return bci_refuse_weight(s->in, s->tensor, index, of_file, "",
                                 "finite weights or `nonfinite=zero`", err);
    *x = 0.0f;
    return BC_OK;
}

static bc_status read_batch(sweep *s, const bci_range *at, unsigned slot, bc_error *err)
{
    float *x = s->slots[slot].x;
    bc_status st = bc_tensor_read_f32(s->in, s->tensor, at->first, at->n, x, err);

    for (size_t i = st ? at->n : bci_first_above(FLT_MAX, x, at->n); !st && i < at->n; i++)
        if (!isfinite(x[i]))
            st = make_finite(s, at->first + i, &x[i], err);
    return st;
}

static extent extent_of(const float *x, size_t n)
{
    extent e = { 0 };

    for (size_t i = 0; i < n; i++) {
        const float v = fabsf(x[i]);

        e.absmax = v > e.absmax ? v : e.absmax;
        e.sum += (double)v;
        e.sum2 += (double)v * (double)v;
    }
    return e;
}

static void add_extent(extent *to, const extent *e)
{
    to->absmax = e->absmax > to->absmax ? e->absmax : to->absmax;
    to->sum += e->sum;
    to->sum2 += e->sum2;
}

static bc_status find_extent(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;
    slot_buffers *b = &s->slots[slot];
    const bci_range at = bci_cut_at(&s->cut, batch);
    const bc_status st = read_batch(s, &at, slot, err);

    if (!st)
        b->extent = extent_of(b->x, at.n);
    return st;
}

static void count_done(sweep *s, uint64_t batch)
{
    s->n_done += bci_cut_at(&s->cut, batch).n;
    if (s->settings->progress)
        s->settings->progress(s->settings->context, s->n_done, s->n_to_do);
}

static bc_status take_extent(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;
    const extent *e = &s->slots[slot].extent;

    (void)err;
    add_extent(&s->whole, e);
    if (s->rows)
        add_extent(&s->rows[batch / s->cut.n_row_batches], e);
    count_done(s, batch);
    return BC_OK;
}

/* The scale of n weights that were looked at before: one of that magnitude stands for them. */
static bc_scale scale_of_extent(const bci_rung *r, const extent *e, uint64_t n)
{
    const float one = r->method == BC_SCALE_ABSMEAN ? (float)(e->sum / (double)n) : e->absmax;
    bc_scale scale = BC_SCALE_IDENTITY;
    const bc_status st =
        bc_scale_fit_f32(r->method, 100.0, &r->grid, &one, 1, 1, NULL, &scale, NULL);

    (void)st; /* every rung has a grid that the method takes */
    return scale;
}

static bc_scale scale_at(const sweep *s, const bci_rung *r, const bci_range *at, const float *x,
                         size_t n)
{
    bc_scale scale = BC_SCALE_IDENTITY;

    if (r->per == BC_PER_WHOLE)
        return scale_of_extent(r, &s->whole, s->cut.n_rows * s->cut.row);
    if (r->per == BC_PER_ROW && s->rows)
        return scale_of_extent(r, &s->rows[at->first / s->cut.row], s->cut.row);
    const bc_status st = bc_scale_fit_f32(r->method, 100.0, &r->grid, x, n, 1, NULL, &scale, NULL);

    (void)st;
    return scale;
}

static void round_on_grid(const sweep *s, const bci_rung *r, const bci_range *at, slot_buffers *b,
                          seen *to)
{
    const float *noise = s->noise->form != BC_NOISE_NONE ? b->noise : NULL;
    const size_t group = r->per == BC_PER_BLOCK ? BCI_SWEEP_BLOCK
                         : r->per == BC_PER_ROW ? at->n / at->n_lines
                                                : at->n;

    for (size_t i = 0; i < at->n; i += group) {
        const size_t n = at->n - i < group ? at->n - i : group;
        const bc_scale scale = scale_at(s, r, at, b->x + i, n);

        bc_quantize_f32(&r->grid, &scale, BC_ROUND_NEAREST, b->x + i, noise ? noise + i : NULL, n,
                        b->y + i, b->codes + i);
        to->gains2 += (double)n * scale.gain * scale.gain;
        if (r->method == BC_SCALE_ABSMEAN) { /* nothing lies beyond the largest */
            const bc_granular region = bc_granular_of(&r->grid, &scale);

            bc_error_add_overload_f32(&to->error, &region, b->x + i, b->y + i, n);
        }
    }
    for (size_t i = 0; i < at->n; i++)
        to->counts[b->codes[i] - r->grid.lo]++;
}

/* Blocks run on over the ends of rows; zeros fill the last one up. */
static void round_in_blocks(const sweep *s, const bci_rung *r, const bci_range *at, slot_buffers *b,
                            seen *to)
{
    const bc_block_format *f = r->blocks;
    const size_t length = f->block_length, n_blocks = at->n / length + (at->n % length > 0);

    f->encode(b->x, NULL, n_blocks, b->blocks);
    if (s->noise->form != BC_NOISE_NONE)
        bc_block_dither(f, b->x, b->noise, n_blocks, b->blocks);
    f->decode(b->blocks, n_blocks, b->y);
    bc_block_count_codes(f, b->blocks, at->n, to->counts);
    bc_error_add_overload_blocks(&to->error, f, b->blocks, b->x, b->y, at->n);
}

static bc_status round_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;
    slot_buffers *b = &s->slots[slot];
    const bci_range at = bci_cut_at(&s->cut, batch);
    const bc_status st = read_batch(s, &at, slot, err);
    const size_t n_filled = (at.n + MAX_BLOCK - 1) / MAX_BLOCK * MAX_BLOCK;

    if (st)
        return st;
    memset(b->x + at.n, 0, (n_filled - at.n) * sizeof *b->x);
    if (s->noise->form != BC_NOISE_NONE)
        bc_noise_fill(s->noise, s->seed, bc_noise_stream(bc_tensor_at(s->in, s->tensor)->name, 0),
                      at.first, b->noise, n_filled);
    for (size_t k = 0; k < s->n_rungs; k++) {
        seen *to = &b->seen[k];

        to->error = (bc_error_sums){ 0 };
        to->gains2 = 0.0;
        memset(to->counts, 0, s->rungs[k].n_codes * sizeof *to->counts);
        (s->rungs[k].blocks ? round_in_blocks : round_on_grid)(s, &s->rungs[k], &at, b, to);
        bc_error_add_f32(&to->error, b->x, b->y, at.n);
    }
    return BC_OK;
}

static bc_status take_errors(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;

    (void)err;
    for (size_t k = 0; k < s->n_rungs; k++) {
        const seen *b = &s->slots[slot].seen[k];

        bc_error_merge(&s->seen[k].error, &b->error);
        s->seen[k].gains2 += b->gains2;
        for (uint32_t code = 0; code < s->rungs[k].n_codes; code++)
            s->seen[k].counts[code] += b->counts[code];
    }
    count_done(s, batch);
    return BC_OK;
}

static bc_status pass(sweep *s, bci_stage *work, bci_stage *take, bc_error *err)
{
    bci_pipeline pipeline = { .reduce = work,
                              .write = take,
                              .context = s,
                              .n_slots = s->n_slots,
                              .n_batches = s->cut.n_batches,
                              .n_threads = s->n_threads,
                              .stop = s->settings->reading.stop };

    return pipeline.n_batches == 0 ? BC_OK : bci_pipeline_run(&pipeline, err);
}

/* --- one tensor */

/* Add the tensor to the figures of all. Expected errors are powers, so they add up. */
static void take_tensor(sweep *s)
{
    const uint64_t n = s->cut.n_rows * s->cut.row;

    for (size_t k = 0; k < s->n_rungs; k++) {
        const bci_rung *r = &s->rungs[k];
        const seen *from = &s->seen[k];
        bc_tensor_cost *cost = &s->made.costs[k];

        bc_error_merge(&cost->error, &from->error);
        cost->packed_bytes += bci_rung_bytes(r, n, s->cut.row);
        if (n > 0)
            cost->code_bits += (double)n * bc_entropy_bits(from->counts, r->n_codes);
        if (!r->blocks && r->method == BC_SCALE_ABSMAX)
            cost->expected_e2 +=
                from->gains2 * pow(10.0, -0.1 * bc_theory_snr_db(&r->grid, s->noise, 1.0));
        else
            cost->expected_e2 = NAN;
    }
    if (s->whole.sum2 > 0.0) {
        s->shape += s->whole.sum2 * s->whole.sum / sqrt((double)n * s->whole.sum2);
        s->x2 += s->whole.sum2;
    }
}

/* Rows are those of the last dimension. */
static bc_status begin_tensor(sweep *s, bc_error *err)
{
    const bc_tensor_info *t = bc_tensor_at(s->in, s->tensor);
    const uint64_t row = t->n_dims ? t->dims[t->n_dims - 1] : 1;

    s->cut = bci_cut_rows(row ? t->n_elements / row : 0, row, MAX_BLOCK);
    s->whole = (extent){ 0 };
    for (size_t k = 0; k < s->n_rungs; k++) {
        s->seen[k].error = (bc_error_sums){ 0 };
        s->seen[k].gains2 = 0.0;
        memset(s->seen[k].counts, 0, s->rungs[k].n_codes * sizeof *s->seen[k].counts);
    }
    free(s->rows);
    s->rows = s->cut.n_row_batches ? calloc((size_t)s->cut.n_rows, sizeof *s->rows) : NULL;
    return s->rows || !s->cut.n_row_batches
               ? BC_OK
               : bci_fail(err, BC_E_LIMIT, "out of memory for the scales of rows");
}

static bc_status sweep_tensor(sweep *s, bc_error *err)
{
    bc_status st = begin_tensor(s, err);

    if (!st)
        st = pass(s, find_extent, take_extent, err);
    if (!st)
        st = pass(s, round_batch, take_errors, err);
    if (!st)
        take_tensor(s);
    return st;
}

/* --- all of them */

/* Those that are reduced; where none is, all that hold floats. */
static void choose(sweep *s, bool *is_taken)
{
    const bc_tensor_settings *own = s->settings;
    bc_tensor_sweep_result *made = &s->made;
    const bci_naming naming = bci_naming_of(s->in);

    for (int all = 0; all < 2 && made->n_tensors == 0; all++) {
        if (all && (own->n_include > 0 || own->n_exclude > 0))
            return;
        for (size_t i = 0; i < bc_tensor_count(s->in); i++) {
            const bc_tensor_info *t = bc_tensor_at(s->in, i);

            is_taken[i] =
                all ? bci_element_decoder(t->type) != NULL : !bci_recipe_keeps(own, naming, t);
            made->n_tensors += is_taken[i];
            made->n_elements += is_taken[i] ? t->n_elements : 0;
            made->raw_bytes += is_taken[i] ? t->size_bytes : 0;
        }
    }
}

/* What the rows of the result are. */
static void name_costs(sweep *s)
{
    s->made.n_costs = s->n_rungs;
    for (size_t k = 0; k < s->n_rungs; k++) {
        const bci_rung *r = &s->rungs[k];
        bc_tensor_cost *cost = &s->made.costs[k];

        memcpy(cost->grid, r->name, sizeof cost->grid);
        cost->scale = r->scale;
        cost->family = bci_rung_family(r);
        cost->bits = r->code_bits;
        bci_rung_group(r, cost->group, sizeof cost->group);
    }
}

static bc_status sweep_all(sweep *s, const char *path, bc_error *err)
{
    const size_t n = bc_tensor_count(s->in);
    bool *is_taken = calloc(n + 1, sizeof *is_taken);
    bc_status st = BC_OK;

    if (!is_taken)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for %zu tensor(s)", path, n);
    choose(s, is_taken);
    s->n_to_do = 2 * s->made.n_elements;
    if (s->made.n_elements == 0)
        st = bci_fail(
            err, BC_E_UNSUPPORTED,
            "%s: has %zu tensor(s), none of which is reduced, expected one with floats in it", path,
            n);
    for (s->tensor = 0; !st && s->tensor < n; s->tensor++)
        if (is_taken[s->tensor])
            st = sweep_tensor(s, err);
    free(is_taken);
    return st;
}

/* No rung beyond what a caller can name. */
static bc_status check(const bc_tensor_settings *settings, int first, int last, bc_error *err)
{
    if (first < 1 || last < first || last > BC_TENSOR_MAX_SWEEP)
        return bci_fail(err, BC_E_USAGE, "bits %d to %d: expected 1 to %d, the lower end first",
                        first, last, BC_TENSOR_MAX_SWEEP);
    if (settings->nonfinite == BC_NONFINITE_SATURATE || settings->nonfinite == BC_NONFINITE_KEEP)
        return bci_fail(err, BC_E_USAGE,
                        "`nonfinite`: a sweep over weights takes error or zero, for integers hold "
                        "neither NaN nor infinity");
    return BC_OK;
}

static bc_status run(sweep *s, const char *path, bc_error *err)
{
    bc_status st = bc_tensor_file_open_with(path, &s->settings->reading, &s->in, err);

    if (!st)
        st = bci_globs_check(s->settings, s->in, err);
    if (!st)
        st = bci_coded_refuse_unread(s->in, s->settings, err);
    if (!st)
        st = allocate(s, err);
    if (!st)
        st = sweep_all(s, path, err);
    if (!st) {
        name_costs(s);
        s->made.input = bc_tensor_file_summary(s->in);
        s->made.n_kept = bc_tensor_count(s->in) - s->made.n_tensors;
        s->made.law = s->x2 > 0.0 ? bc_law_of(s->shape / s->x2, 1.0) : BC_LAW_NONE;
    }
    return st;
}

bc_status bc_tensor_sweep(const char *path, const bc_tensor_settings *settings,
                          const bc_noise *noise, uint64_t seed, int first, int last,
                          bc_tensor_sweep_result *result, bc_error *err)
{
    bc_status st = check(settings, first, last, err);
    sweep *s = st ? NULL : calloc(1, sizeof *s);

    if (st)
        return st;
    if (!s)
        return bci_fail(err, BC_E_LIMIT, "out of memory for a sweep");
    s->settings = settings;
    s->noise = noise;
    s->seed = seed;
    s->n_threads = bci_thread_count(settings->n_threads);
    s->n_rungs = bci_ladder_make(first, last, s->rungs);
    st = run(s, path, err);
    if (!st)
        *result = s->made;
    sweep_free(s);
    free(s);
    return st;
}
