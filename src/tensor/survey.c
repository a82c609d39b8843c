/* Knows what is looked at in all of a tensor before its first code: scales of groups that are
 * longer than a batch, the scale of NVFP4 for a tensor, the mean scale of double quantization.
 * Every step is a pass over the data in batches, whose sums are merged in order. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "tensor/reduction.h"

/* Magnitudes by the bits of their floats, the high ones first. */
enum { LOW_BITS = 15, N_BINS = 1 << 16 };

/* What a pass looks at. */
typedef enum {
    EXTENT,     /* least, greatest, sum of magnitudes */
    BLOCK_MEAN, /* sum of the largest magnitudes of blocks */
    HIGH_BINS,  /* magnitudes by their high bits */
    LOW_BINS,   /* by their low bits those that have the high bits wanted */
    TRIES,      /* the errors of all tries of a search */
    MOMENTS,    /* of one scale */
} look;

typedef struct {
    double min, max, sum;
    uint64_t n;
    bc_scale_moments moments[BC_SCALE_TRIES];
} sums;

typedef struct {
    bci_reduction *r;
    size_t tensor;
    uint64_t first, n; /* elements that are looked at */
    look look;
    uint32_t high;  /* bits, for LOW_BINS */
    uint64_t block; /* for BLOCK_MEAN */
    bc_grid grid;
    bc_scale scale; /* for TRIES and MOMENTS */
    sums all, seen[BCI_MAX_SLOTS];
    uint64_t *bins, *seen_bins[BCI_MAX_SLOTS];
} survey;

static uint32_t magnitude_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits & 0x7FFFFFFF;
}

static float float_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static void look_at_extent(const float *x, size_t n, sums *seen)
{
    for (size_t i = 0; i < n; i++) {
        const double v = (double)x[i];

        seen->min = v < seen->min || seen->n + i == 0 ? v : seen->min;
        seen->max = v > seen->max || seen->n + i == 0 ? v : seen->max;
        seen->sum += fabs(v);
    }
    seen->n += n;
}

static void look_at_blocks(const float *x, size_t n, uint64_t block, sums *seen)
{
    for (size_t first = 0; first < n; first += (size_t)block, seen->n++) {
        const size_t end = n - first < block ? n : first + (size_t)block;
        uint32_t largest = 0;

        for (size_t i = first; i < end; i++)
            largest = magnitude_of(x[i]) > largest ? magnitude_of(x[i]) : largest;
        seen->sum += (double)float_of(largest);
    }
}

static void look_at(const survey *s, const float *x, size_t n, sums *seen, uint64_t *bins)
{
    switch (s->look) {
    case EXTENT: look_at_extent(x, n, seen); break;
    case BLOCK_MEAN: look_at_blocks(x, n, s->block, seen); break;
    case HIGH_BINS:
        for (size_t i = 0; i < n; i++)
            bins[magnitude_of(x[i]) >> LOW_BITS]++;
        break;
    case LOW_BINS:
        for (size_t i = 0; i < n; i++)
            if (magnitude_of(x[i]) >> LOW_BITS == s->high)
                bins[magnitude_of(x[i]) & ((1u << LOW_BITS) - 1)]++;
        break;
    case TRIES:
        for (int i = 0; i < BC_SCALE_TRIES; i++) {
            const bc_scale tried = bc_scale_shrunk(&s->scale, i);

            bc_scale_add_moments(&s->grid, &tried, x, n, &seen->moments[i]);
        }
        break;
    case MOMENTS: bc_scale_add_moments(&s->grid, &s->scale, x, n, &seen->moments[0]); break;
    }
}

static bc_status look_at_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    survey *s = context;
    bci_slot *buffers = &s->r->slots[slot];
    const uint64_t begin = batch * BCI_BATCH, left = s->n - begin;
    const size_t n = left < BCI_BATCH ? (size_t)left : BCI_BATCH;
    const bc_status st = bci_reduction_read(s->r, s->tensor, s->first + begin, n, buffers, err);

    s->seen[slot] = (sums){ 0 };
    if (s->bins)
        memset(s->seen_bins[slot], 0, N_BINS * sizeof *s->bins);
    if (!st)
        look_at(s, buffers->x, n, &s->seen[slot], s->seen_bins[slot]);
    return st;
}

static bc_status merge_batch(void *context, uint64_t batch, unsigned slot, bc_error *err)
{
    survey *s = context;
    const sums *seen = &s->seen[slot];

    (void)batch, (void)err;
    s->all.min = seen->min < s->all.min || s->all.n == 0 ? seen->min : s->all.min;
    s->all.max = seen->max > s->all.max || s->all.n == 0 ? seen->max : s->all.max;
    s->all.sum += seen->sum;
    s->all.n += seen->n;
    for (int i = 0; i < BC_SCALE_TRIES; i++) {
        s->all.moments[i].error += seen->moments[i].error;
        s->all.moments[i].xy += seen->moments[i].xy;
        s->all.moments[i].yy += seen->moments[i].yy;
    }
    for (size_t i = 0; s->bins && i < N_BINS; i++)
        s->bins[i] += s->seen_bins[slot][i];
    return BC_OK;
}

/* One pass. Blocks fill batches: their length is a power of two. */
static bc_status pass(survey *s, look what, int n_threads, bc_error *err)
{
    bci_pipeline pipeline = { .reduce = look_at_batch,
                              .write = merge_batch,
                              .context = s,
                              .n_slots = s->r->n_slots,
                              .n_batches = s->n / BCI_BATCH + (s->n % BCI_BATCH > 0),
                              .n_threads = n_threads,
                              .stop = s->r->settings->reading.stop };

    s->look = what;
    s->all = (sums){ 0 };
    if (s->bins)
        memset(s->bins, 0, N_BINS * sizeof *s->bins);
    return pipeline.n_batches ? bci_pipeline_run(&pipeline, err) : BC_OK;
}

/* ---- percentile: exact, in two passes */

static uint32_t bin_of_rank(const uint64_t *bins, uint64_t *rank)
{
    uint32_t i = 0;

    for (; i + 1 < N_BINS && *rank >= bins[i]; i++)
        *rank -= bins[i];
    return i;
}

static bc_status make_bins(survey *s, bc_error *err)
{
    s->bins = malloc(N_BINS * sizeof *s->bins);
    for (unsigned i = 0; i < s->r->n_slots; i++) {
        s->seen_bins[i] = malloc(N_BINS * sizeof *s->bins);
        if (!s->seen_bins[i] || !s->bins)
            return bci_fail(err, BC_E_LIMIT, "out of memory for a histogram of weights");
    }
    return BC_OK;
}

static void free_bins(survey *s)
{
    free(s->bins);
    s->bins = NULL;
    for (unsigned i = 0; i < s->r->n_slots; i++)
        free(s->seen_bins[i]);
}

static bc_status percentile(survey *s, double percent, int n_threads, float *out, bc_error *err)
{
    const double place = ceil(percent / 100.0 * (double)s->n * (1.0 - 0x1p-48)) - 1.0;
    uint64_t rank = place > 0.0 ? (uint64_t)place : 0;
    bc_status st = make_bins(s, err);

    if (!st)
        st = pass(s, HIGH_BINS, n_threads, err);
    if (!st) {
        s->high = bin_of_rank(s->bins, &rank);
        st = pass(s, LOW_BINS, n_threads, err);
    }
    if (!st)
        *out = float_of(s->high << LOW_BITS | bin_of_rank(s->bins, &rank));
    free_bins(s);
    return st;
}

/* ---- the search for the least error */

static bc_status search(survey *s, int n_threads, bc_scale *scale, bc_error *err)
{
    double least = INFINITY;
    bc_status st;

    s->scale = *scale;
    st = pass(s, TRIES, n_threads, err);
    for (int i = 0; i < BC_SCALE_TRIES && !st; i++)
        if (s->all.moments[i].error < least) {
            least = s->all.moments[i].error;
            *scale = bc_scale_shrunk(&s->scale, i);
        }
    for (int i = 0; i < BC_SCALE_ROUNDS && !st; i++) {
        s->scale = *scale;
        st = pass(s, MOMENTS, n_threads, err);
        if (!st)
            *scale = bc_scale_refined(scale, &s->all.moments[0]);
    }
    return st;
}

/* ---- a group */

/* The scale whose fit looks at nothing but these few numbers. */
static bc_status fit_few(bc_scale_method method, const bc_grid *grid, const float *x, size_t n,
                         bc_scale *out, bc_error *err)
{
    return bc_scale_fit_f32(method, 100.0, grid, x, n, 1, NULL, out, err);
}

static bc_status fit_group(survey *s, bc_scale_method method, int n_threads, bc_scale *out,
                           bc_error *err)
{
    const bool counts_from_0 = s->grid.lo == 0 && s->grid.family == BC_GRID_AFFINE;
    const bool has_whole_first = method == BC_SCALE_PERCENTILE || method == BC_SCALE_MSE;
    const bc_scale_method whole = counts_from_0 ? BC_SCALE_ZERO_POINT : BC_SCALE_ABSMAX;
    bc_status st = pass(s, EXTENT, n_threads, err);
    const sums all = s->all;
    float ends[2] = { (float)all.min, (float)all.max }, most = INFINITY;

    if (!st && method == BC_SCALE_ABSMEAN) {
        ends[0] = all.n ? (float)(all.sum / (double)all.n) : 0.0f;
        return fit_few(BC_SCALE_ABSMAX, &s->grid, ends, 1, out, err);
    }
    if (!st && method == BC_SCALE_PERCENTILE && s->n > 0)
        st = percentile(s, s->r->settings->percent, n_threads, &most, err);
    ends[0] = fmaxf(ends[0], -most);
    ends[1] = fminf(ends[1], most);
    if (!st)
        st = fit_few(has_whole_first ? whole : method, &s->grid, ends, all.n ? 2 : 0, out, err);
    if (!st && method == BC_SCALE_MSE && out->gain > 0.0)
        st = search(s, n_threads, out, err);
    return st;
}

/* n groups of `length` weights, one behind the other. */
static bc_status fit_groups(survey *s, bc_scale_method method, uint64_t n, uint64_t length,
                            int n_threads, bc_scale **scales, bc_error *err)
{
    bc_status st = BC_OK;

    *scales = calloc((size_t)n + 1, sizeof **scales);
    if (!*scales)
        return bci_fail(err, BC_E_LIMIT, "out of memory for %llu scale(s)", (unsigned long long)n);
    s->n = length;
    for (uint64_t i = 0; i < n && !st; i++) {
        s->first = i * length;
        st = fit_group(s, method, n_threads, &(*scales)[i], err);
    }
    return st;
}

static bc_status look_at_codes(survey *s, bci_coding *c, int n_threads, bc_error *err)
{
    bc_status st = BC_OK;

    s->n = c->n_rows * c->row;
    if (bci_coding_is_long(c)) {
        const uint64_t n = c->is_whole ? 1 : c->n_rows * bci_coding_groups(c);

        (void)bci_coding_grid(c, &s->grid);
        st = fit_groups(s, bci_coding_method(c, s->r->settings), n, c->is_whole ? s->n : c->group,
                        n_threads, &c->long_scales, err);
    } else if (c->format->layout->largest_for_whole > 0.0f) {
        st = pass(s, EXTENT, n_threads, err);
        c->whole_scale =
            (float)fmax(-s->all.min, s->all.max) / c->format->layout->largest_for_whole;
    } else if (c->is_nested) {
        s->block = c->group;
        st = pass(s, BLOCK_MEAN, n_threads, err);
        c->nested_offset = s->all.n ? (float)(s->all.sum / (double)s->all.n) : 0.0f;
    }
    return st;
}

static bc_status look_at_values(survey *s, bci_ruling *q, int n_threads, bc_error *err)
{
    uint64_t length;
    const uint64_t n = bci_ruling_long_groups(q, &length);

    s->grid = q->laying.grid;
    return n ? fit_groups(s, q->laying.scale, n, length, n_threads, &q->long_scales, err) : BC_OK;
}

static bc_status look_at_tensor(bci_reduction *r, size_t tensor, int n_threads, bc_error *err)
{
    survey *s = calloc(1, sizeof *s);
    bc_status st;

    if (!s)
        return bci_fail(err, BC_E_LIMIT, "out of memory for sums over weights");
    s->r = r;
    s->tensor = tensor;
    st = r->codings[tensor] ? look_at_codes(s, r->codings[tensor], n_threads, err)
                            : look_at_values(s, r->rulings[tensor], n_threads, err);
    free(s);
    return st;
}

bc_status bci_reduction_survey(bci_reduction *r, int n_threads, bc_error *err)
{
    bc_status st = BC_OK;

    for (size_t i = 0; i < r->n_tensors && !st; i++)
        if ((r->codings[i] || r->rulings[i]) && !bci_reduction_copies(r, i))
            st = look_at_tensor(r, i, n_threads, err);
    return st;
}
