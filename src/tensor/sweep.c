/* Knows what weights cost as n-bit integers, one scale a tensor, for every n at once: a pass over a
 * tensor for its ends, and one that rounds each piece to every depth. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/pipeline.h"
#include "base/threads.h"
#include "tensor/coded_unread.h"
#include "tensor/element.h"
#include "tensor/globs.h"
#include "tensor/overflow.h"
#include "tensor/recipe.h"

/* Elements that go through at a time: a multiple of the length of every block. */
enum { BATCH = 1 << 16, MAX_SLOTS = BCI_MAX_SLOTS, MAX_BITS = 16 };

/* One depth: its ruler on the tensor at hand, and what was seen. */
typedef struct {
    bc_grid grid;
    bc_scale scale;
    uint32_t stream;
    bc_error_sums error;
    uint64_t *counts; /* of each code */
} depth;

/* Buffers of a slot, and what was seen in it. */
typedef struct {
    float *x, *y, *noise;
    int32_t *codes;
    float low, high;
    bc_error_sums error[MAX_BITS];
    uint32_t *counts[MAX_BITS];
} slot_buffers;

typedef struct {
    const bc_tensor_settings *settings;
    bc_tensor_file *in;
    const bc_noise *noise;
    uint64_t seed;
    int n_depths, n_threads;
    depth depths[MAX_BITS];
    size_t tensor;            /* at hand */
    float low, high;          /* of it */
    uint64_t n_done, n_to_do; /* elements, in both passes */
    unsigned n_slots;
    slot_buffers slots[MAX_SLOTS];
    bc_tensor_sweep_result made;
} sweep;

static bc_status allocate(sweep *s, int first, bc_error *err)
{
    const unsigned wanted = 2 * (unsigned)s->n_threads + 1;
    bool ok = true;

    s->n_slots = wanted < MAX_SLOTS ? wanted : MAX_SLOTS;
    for (unsigned i = 0; i < s->n_slots; i++) {
        slot_buffers *b = &s->slots[i];

        b->x = malloc(BATCH * sizeof *b->x);
        b->y = malloc(BATCH * sizeof *b->y);
        b->noise = malloc(BATCH * sizeof *b->noise);
        b->codes = malloc(BATCH * sizeof *b->codes);
        ok = ok && b->x && b->y && b->noise && b->codes;
        for (int k = 0; k < s->n_depths; k++) {
            b->counts[k] = calloc((size_t)1 << (first + k), sizeof *b->counts[k]);
            ok = ok && b->counts[k];
        }
    }
    for (int k = 0; k < s->n_depths; k++) {
        s->depths[k].counts = calloc((size_t)1 << (first + k), sizeof *s->depths[k].counts);
        ok = ok && s->depths[k].counts;
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
        for (int k = 0; k < s->n_depths; k++)
            free(b->counts[k]);
    }
    for (int k = 0; k < s->n_depths; k++)
        free(s->depths[k].counts);
    bc_tensor_file_free(s->in);
}

/* --- stages */

static size_t length_of(const sweep *s, uint64_t batch)
{
    const uint64_t left = bc_tensor_at(s->in, s->tensor)->n_elements - batch * BATCH;

    return left < BATCH ? (size_t)left : BATCH;
}

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

static bc_status read_batch(sweep *s, uint64_t batch, unsigned slot, bc_error *err)
{
    const size_t n = length_of(s, batch);
    float *x = s->slots[slot].x;
    bc_status st = bc_tensor_read_f32(s->in, s->tensor, batch * BATCH, n, x, err);

    for (size_t i = st ? n : bci_first_above(FLT_MAX, x, n); !st && i < n; i++)
        if (!isfinite(x[i]))
            st = make_finite(s, batch * BATCH + i, &x[i], err);
    return st;
}

static bc_status find_ends(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;
    slot_buffers *b = &s->slots[slot];
    const size_t n = length_of(s, batch);
    const bc_status st = read_batch(s, batch, slot, err);

    b->low = INFINITY;
    b->high = -INFINITY;
    for (size_t i = 0; !st && i < n; i++) {
        b->low = b->x[i] < b->low ? b->x[i] : b->low;
        b->high = b->x[i] > b->high ? b->x[i] : b->high;
    }
    return st;
}

static void count_done(sweep *s, uint64_t batch)
{
    s->n_done += length_of(s, batch);
    if (s->settings->progress)
        s->settings->progress(s->settings->context, s->n_done, s->n_to_do);
}

static bc_status take_ends(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;
    const slot_buffers *b = &s->slots[slot];

    (void)err;
    s->low = b->low < s->low ? b->low : s->low;
    s->high = b->high > s->high ? b->high : s->high;
    count_done(s, batch);
    return BC_OK;
}

static bc_status round_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;
    slot_buffers *b = &s->slots[slot];
    const size_t n = length_of(s, batch);
    const bool has_noise = s->noise->form != BC_NOISE_NONE;
    const bc_status st = read_batch(s, batch, slot, err);

    for (int k = 0; !st && k < s->n_depths; k++) {
        const depth *d = &s->depths[k];

        if (has_noise)
            bc_noise_fill(s->noise, s->seed, d->stream, batch * BATCH, b->noise, n);
        bc_quantize_f32(&d->grid, &d->scale, BC_ROUND_NEAREST, b->x, has_noise ? b->noise : NULL, n,
                        b->y, b->codes);
        b->error[k] = (bc_error_sums){ 0 };
        bc_error_add_f32(&b->error[k], b->x, b->y, n);
        for (size_t i = 0; i < n; i++)
            b->counts[k][b->codes[i]]++;
    }
    return st;
}

static bc_status take_errors(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    sweep *s = context;
    slot_buffers *b = &s->slots[slot];

    (void)err;
    for (int k = 0; k < s->n_depths; k++) {
        depth *d = &s->depths[k];

        bc_error_merge(&d->error, &b->error[k]);
        for (int32_t code = 0; code <= d->grid.hi; code++) {
            d->counts[code] += b->counts[k][code];
            b->counts[k][code] = 0;
        }
    }
    count_done(s, batch);
    return BC_OK;
}

static bc_status pass(sweep *s, bci_stage *work, bci_stage *take, bc_error *err)
{
    const uint64_t n = bc_tensor_at(s->in, s->tensor)->n_elements;
    bci_pipeline pipeline = { .reduce = work,
                              .write = take,
                              .context = s,
                              .n_slots = s->n_slots,
                              .n_batches = n / BATCH + (n % BATCH > 0),
                              .n_threads = s->n_threads,
                              .stop = s->settings->reading.stop };

    return n == 0 ? BC_OK : bci_pipeline_run(&pipeline, err);
}

/* --- one tensor */

/* Lay the grids between the ends of the tensor. */
static bc_status lay_grids(sweep *s, bc_error *err)
{
    const char *name = bc_tensor_at(s->in, s->tensor)->name;
    const float ends[2] = { s->low, s->high };
    bc_status st = BC_OK;

    for (int k = 0; !st && k < s->n_depths; k++) {
        depth *d = &s->depths[k];

        d->error = (bc_error_sums){ 0 };
        for (int32_t code = 0; code <= d->grid.hi; code++)
            d->counts[code] = 0;
        d->stream = bc_noise_stream(name, (uint64_t)d->grid.bits);
        st = bc_scale_fit_f32(BC_SCALE_MINMAX, 100.0, &d->grid, ends, s->low <= s->high ? 2 : 0, 1,
                              NULL, &d->scale, err);
    }
    return st;
}

/* Add the tensor to the figures of all. Expected errors are powers, so they add up. */
static void take_tensor(sweep *s)
{
    for (int k = 0; k < s->n_depths; k++) {
        const depth *d = &s->depths[k];
        const uint64_t n = d->error.n;
        bc_tensor_cost *cost = &s->made.costs[k];
        const double gain = d->scale.gain;

        bc_error_merge(&cost->error, &d->error);
        cost->packed_bytes +=
            (bc_tensor_at(s->in, s->tensor)->n_elements * (uint64_t)d->grid.bits + 7) / 8 +
            2 * sizeof(float);
        if (n == 0)
            continue;
        cost->code_bits += (double)n * bc_entropy_bits(d->counts, bc_grid_levels(&d->grid));
        if (gain > 0.0) {
            const double power = d->error.sum_x2 / ((double)n * gain * gain);
            const double snr_db = bc_theory_snr_db(&d->grid, s->noise, power);

            cost->expected_e2 += d->error.sum_x2 * pow(10.0, -0.1 * snr_db);
        }
    }
}

static bc_status sweep_tensor(sweep *s, bc_error *err)
{
    bc_status st;

    s->low = INFINITY;
    s->high = -INFINITY;
    st = pass(s, find_ends, take_ends, err);
    if (!st)
        st = lay_grids(s, err);
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

static bc_status make_grids(sweep *s, int first, bc_error *err)
{
    bc_status st = BC_OK;

    for (int k = 0; !st && k < s->n_depths; k++)
        st = bc_grid_int_zero_point(first + k, &s->depths[k].grid, err);
    return st;
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

bc_status bc_tensor_sweep(const char *path, const bc_tensor_settings *settings,
                          const bc_noise *noise, uint64_t seed, int first, int last,
                          bc_tensor_sweep_result *result, bc_error *err)
{
    sweep s = { .settings = settings,
                .noise = noise,
                .seed = seed,
                .n_depths = last - first + 1,
                .n_threads = bci_thread_count(settings->n_threads) };
    bc_status st;

    if (first < 1 || last < first || last > MAX_BITS)
        return bci_fail(err, BC_E_USAGE, "bits %d to %d: expected 1 to %d, the lower end first",
                        first, last, MAX_BITS);
    if (settings->nonfinite == BC_NONFINITE_SATURATE || settings->nonfinite == BC_NONFINITE_KEEP)
        return bci_fail(err, BC_E_USAGE,
                        "`nonfinite`: a sweep over weights takes error or zero, for integers hold "
                        "neither NaN nor infinity");
    st = bc_tensor_file_open_with(path, &settings->reading, &s.in, err);
    if (!st)
        st = bci_globs_check(settings, s.in, err);
    if (!st)
        st = bci_coded_refuse_unread(s.in, settings, err);
    if (!st)
        st = make_grids(&s, first, err);
    if (!st)
        st = allocate(&s, first, err);
    if (!st)
        st = sweep_all(&s, path, err);
    if (!st) {
        s.made.input = bc_tensor_file_summary(s.in);
        s.made.n_kept = bc_tensor_count(s.in) - s.made.n_tensors;
        *result = s.made;
    }
    sweep_free(&s);
    return st;
}
