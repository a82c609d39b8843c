/* Knows how scales are found under which the squared error of a block is small, in any format: from
 * some starts, nearest codes and a least squares fit for them take turns, fields are rounded to
 * what the format can store, and their neighbours are tried. What comes out is measured as a reader
 * would see it, and kept only where it is better than what encode makes. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/block_fit.h"
#include "core/half.h"

enum { N_STARTS = 20, N_FITS = 3, N_ROUNDS = 4 };

/* A format, and its values in order. */
typedef struct {
    const bc_block_format *format;
    const bci_block_layout *layout;
    bci_fitter fit;
    float widest, step; /* starts, as shares of the scale that reaches all */
    bool is_signed;     /* negative scales give other values */
} searcher;

/* Units of the multiples of a block; 1 where it has none. */
typedef struct {
    float d, dmin;
} units;

/* Fields of a group and the error under them. */
typedef struct {
    int32_t scale, minimum;
    float error;
} pick;

static float largest_of(const float *x, size_t n)
{
    float largest = 0.0f;

    for (size_t i = 0; i < n; i++)
        largest = fabsf(x[i]) > fabsf(largest) ? x[i] : largest;
    return largest;
}

/* ---- fields */

static float scale_of(const searcher *s, units u, int32_t bits)
{
    return bci_field_value(s->layout->field, u.d, bits);
}

static float minimum_of(const searcher *s, units u, int32_t bits)
{
    const float value = bci_field_value(s->layout->field, u.dmin, bits);

    if (!s->layout->codes.has_minimum)
        return 0.0f;
    return s->layout->field == BCI_MULTIPLE ? value : -value;
}

static int32_t scale_bits(const searcher *s, units u, float v)
{
    const bci_block_layout *l = s->layout;

    return l->field == BCI_MULTIPLE ? bci_multiple_near(v, u.d, l->least, l->most)
                                    : bci_field_near(l->field, v);
}

static int32_t minimum_bits(const searcher *s, units u, float v)
{
    const bci_block_layout *l = s->layout;

    if (!l->codes.has_minimum)
        return 0;
    return l->field == BCI_MULTIPLE ? bci_multiple_near(v, u.dmin, 0, l->most)
                                    : bci_field_near(l->field, -v);
}

/* ---- one group */

static void try_bits(const searcher *s, const bci_group *g, units u, int32_t scale, int32_t minimum,
                     pick *best, float *q)
{
    const float error =
        bci_error_under(&s->fit, g, scale_of(s, u, scale), minimum_of(s, u, minimum), q);

    if (error < best->error)
        *best = (pick){ scale, minimum, error };
}

/* Neighbours of the best, as long as they are better. */
static void climb(const searcher *s, const bci_group *g, units u, pick *best)
{
    const bci_block_layout *l = s->layout;
    const int reach = l->codes.has_minimum ? 1 : 0;
    float q[BCI_MAX_BLOCK];

    for (int round = 0; round < N_ROUNDS; round++) {
        const pick from = *best;

        for (int i = -1; i <= 1; i++)
            for (int j = -reach; j <= reach; j++) {
                int32_t scale = from.scale, minimum = from.minimum;

                if ((i || j) && bci_field_step(l->field, l->least, l->most, i, &scale) &&
                    bci_field_step(l->field, 0, l->most, j, &minimum))
                    try_bits(s, g, u, scale, minimum, best, q);
            }
        if (best->error >= from.error)
            return;
    }
}

/* From one start on: round to fields, measure, fit. `is_free`: any number is a field; the best is
 * in *scale and *minimum then. */
static void descend(const searcher *s, const bci_group *g, float scale, float minimum, pick *best)
{
    const units one = { 1.0f, 1.0f };
    const bool has_minimum = s->layout->codes.has_minimum;
    float q[BCI_MAX_BLOCK];

    for (int round = 0; round < N_FITS; round++) {
        const int32_t a = scale_bits(s, one, scale), b = minimum_bits(s, one, minimum);
        bci_fit_sums m = { 0 };

        try_bits(s, g, one, a, b, best, q);
        bci_add_group(g, q, 1.0f, 1.0f, &m);
        if (!bci_solve(&m, has_minimum, false, &scale, &minimum))
            return;
    }
}

/* The same for scales that are no fields yet, but will be multiples. */
typedef struct {
    float scale, minimum, error;
} free_pick;

static void descend_free(const searcher *s, const bci_group *g, float scale, float minimum,
                         free_pick *best)
{
    float q[BCI_MAX_BLOCK];

    for (int round = 0; round < N_FITS; round++) {
        const float error = bci_error_under(&s->fit, g, scale, minimum, q);
        bci_fit_sums m = { 0 };

        if (error < best->error)
            *best = (free_pick){ scale, minimum, error };
        bci_add_group(g, q, 1.0f, 1.0f, &m);
        if (!bci_solve(&m, s->layout->codes.has_minimum, true, &scale, &minimum))
            return;
    }
}

/* Start k: the group's range, or its largest magnitude, on the ends of the ladder, and narrower and
 * narrower. False where it says nothing new. */
static bool start(const searcher *s, const bci_group *g, int k, int side, float *scale,
                  float *minimum)
{
    const bci_ladder *l = &s->fit.ladder;
    const float low = l->values[0], high = l->values[l->n - 1];
    const float share = s->widest - s->step * (float)k;

    if (s->layout->codes.has_minimum) {
        float least = g->x[0], most = g->x[0];

        for (size_t i = 1; i < g->n; i++) {
            least = g->x[i] < least ? g->x[i] : least;
            most = g->x[i] > most ? g->x[i] : most;
        }
        if (s->layout->field == BCI_MULTIPLE || side) /* minimums are not negative */
            least = least < 0.0f ? least : 0.0f;
        *scale = (most - least) / high * share;
        *minimum = -(least + (1.0f - share) * 0.5f * (most - least));
        return *scale > 0.0f && (!side || s->layout->field != BCI_MULTIPLE);
    }
    const float extreme = largest_of(g->x, g->n);

    *scale = extreme / (side ? high : low) * share;
    *minimum = 0.0f;
    if (!s->is_signed)
        *scale = fabsf(*scale);
    return extreme != 0.0f && (s->is_signed || !side);
}

/* Fields of a byte are few: all from a quarter to four times the scale that reaches the largest
 * magnitude. */
static void try_bytes(const searcher *s, const bci_group *g, pick *best)
{
    const units one = { 1.0f, 1.0f };
    const float full = fabsf(largest_of(g->x, g->n)) / s->fit.ladder.values[s->fit.ladder.n - 1];
    const int32_t last = bci_field_near(s->layout->field, full * 4.0f);
    float q[BCI_MAX_BLOCK];

    for (int32_t bits = bci_field_near(s->layout->field, full * 0.25f); bits <= last; bits++)
        try_bits(s, g, one, bits, 0, best, q);
}

static void search_group(const searcher *s, const bci_group *g, pick *best)
{
    const units one = { 1.0f, 1.0f };
    float scale, minimum;

    if (bci_field_top(s->layout->field) < 256 && s->layout->field != BCI_MULTIPLE) {
        try_bytes(s, g, best);
        return;
    }
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < N_STARTS; k++)
            if (start(s, g, k, side, &scale, &minimum))
                descend(s, g, scale, minimum, best);
    climb(s, g, one, best);
}

static free_pick search_free(const searcher *s, const bci_group *g)
{
    free_pick best = { 0.0f, 0.0f, INFINITY };
    float scale, minimum;

    for (int side = 0; side < 2; side++)
        for (int k = 0; k < N_STARTS; k++)
            if (start(s, g, k, side, &scale, &minimum))
                descend_free(s, g, scale, minimum, &best);
    return best;
}

/* ---- a block whose scales are multiples */

static units units_of(const bci_block_fields *f)
{
    return (units){ bci_f16_to_f32((uint16_t)f->d), bci_f16_to_f32((uint16_t)f->dmin) };
}

static bci_group group_at(const searcher *s, const float *x, const float *weight, size_t g)
{
    const size_t n = s->layout->codes.group_length;

    return (bci_group){ x + g * n, weight + g * n, n };
}

static size_t groups_of(const searcher *s)
{
    return s->format->block_length / s->layout->codes.group_length;
}

/* Multiples and units take turns, from the fields given. Returns the error of the best, in *f. */
static float polish(const searcher *s, const float *x, const float *weight, bci_block_fields *f)
{
    bci_block_fields now = *f;
    float least = INFINITY;

    for (int round = 0; round < N_ROUNDS; round++) {
        const units u = units_of(&now);
        float total = 0.0f, d, dmin;
        bci_fit_sums m = { 0 };

        for (size_t i = 0; i < groups_of(s); i++) {
            const bci_group g = group_at(s, x, weight, i);
            float q[BCI_MAX_BLOCK];
            pick best = { now.scale[i], now.minimum[i], INFINITY };

            try_bits(s, &g, u, best.scale, best.minimum, &best, q);
            climb(s, &g, u, &best);
            now.scale[i] = best.scale;
            now.minimum[i] = best.minimum;
            total += bci_error_under(&s->fit, &g, scale_of(s, u, best.scale),
                                     minimum_of(s, u, best.minimum), q);
            bci_add_group(&g, q, (float)best.scale, (float)best.minimum, &m);
        }
        if (!(total < least))
            break;
        least = total;
        *f = now;
        if (!bci_solve(&m, s->layout->codes.has_minimum, false, &d, &dmin))
            break;
        now.d = bci_field_near(BCI_F16, d);
        if (m.rr > 0.0)
            now.dmin = bci_field_near(BCI_F16, dmin);
    }
    return least;
}

/* Fields for scales found free of each other: the largest at the end of the multiples. `share`
 * leaves room, or less than that. */
static bci_block_fields multiples_of(const searcher *s, const free_pick *found, float share)
{
    const bci_block_layout *l = s->layout;
    float scale = 0.0f, minimum = 0.0f;
    bci_block_fields f = { 0 };

    for (size_t i = 0; i < groups_of(s); i++) {
        scale = fabsf(found[i].scale) > fabsf(scale) ? found[i].scale : scale;
        minimum = found[i].minimum > minimum ? found[i].minimum : minimum;
    }
    f.d = bci_field_near(BCI_F16, scale / (float)(l->least < 0 ? l->least : l->most) * share);
    f.dmin = bci_field_near(BCI_F16, minimum / (float)l->most * share);

    const units u = units_of(&f);

    for (size_t i = 0; i < groups_of(s); i++) {
        f.scale[i] = u.d != 0.0f ? scale_bits(s, u, found[i].scale) : 0;
        f.minimum[i] = u.dmin != 0.0f ? minimum_bits(s, u, found[i].minimum) : 0;
    }
    return f;
}

static void search_multiples(const searcher *s, const float *x, const float *weight,
                             bci_block_fields *f)
{
    static const float shares[] = { 1.0f, 0.95f, 1.05f };
    free_pick found[BCI_MAX_GROUPS];
    float least = polish(s, x, weight, f);

    for (size_t i = 0; i < groups_of(s); i++) {
        const bci_group g = group_at(s, x, weight, i);

        found[i] = search_free(s, &g);
    }
    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
        bci_block_fields other = multiples_of(s, found, shares[k]);
        const float error = polish(s, x, weight, &other);

        if (error < least) {
            least = error;
            *f = other;
        }
    }
}

/* ---- a block */

static void find_fields(const searcher *s, const float *x, const float *weight, bci_block_fields *f)
{
    const units one = { 1.0f, 1.0f };

    if (s->layout->field == BCI_MULTIPLE) {
        search_multiples(s, x, weight, f);
        return;
    }
    for (size_t i = 0; i < groups_of(s); i++) {
        const bci_group g = group_at(s, x, weight, i);
        float q[BCI_MAX_BLOCK];
        pick best = { f->scale[i], f->minimum[i], INFINITY };

        try_bits(s, &g, one, best.scale, best.minimum, &best, q);
        search_group(s, &g, &best);
        f->scale[i] = best.scale;
        f->minimum[i] = best.minimum;
    }
}

/* Nearest codes under fields; groups of scale 0 keep theirs. */
static void fill(const searcher *s, const bci_block_fields *f, const float *x, void *block)
{
    uint16_t codes[BCI_MAX_BLOCK];

    s->layout->codes.unpack(block, codes);
    for (size_t i = 0; i < groups_of(s); i++) {
        const bci_group g = group_at(s, x, x, i);
        const float scale = bci_group_scale(s->layout, f, i);
        float q[BCI_MAX_BLOCK];

        if (scale == 0.0f)
            continue;
        bci_fit_nearest(&s->fit, &g, scale, bci_group_minimum(s->layout, f, i), q);
        for (size_t j = 0; j < g.n; j++)
            codes[i * g.n + j] = bci_code_of(&s->fit, q[j]);
    }
    bci_fields_put(s->format, f, block);
    s->layout->codes.pack(codes, block);
}

/* As a reader sees it. */
static double error_of(const searcher *s, const float *x, const float *weight, const void *block)
{
    float y[BCI_MAX_BLOCK];
    double sum = 0.0;

    s->format->decode(block, 1, y);
    for (size_t i = 0; i < s->format->block_length; i++) {
        const double e = (double)y[i] - (double)x[i];

        sum += (double)weight[i] * (e * e);
    }
    return sum;
}

static void improve(const searcher *s, const float *x, const float *weight, uint8_t *block)
{
    uint8_t other[512];
    bci_block_fields f;

    memcpy(other, block, s->format->block_bytes);
    bci_fields_get(s->format, block, &f);
    find_fields(s, x, weight, &f);
    fill(s, &f, x, other);

    const double before = error_of(s, x, weight, block), after = error_of(s, x, weight, other);

    if (after < before || (before != before && after == after))
        memcpy(block, other, s->format->block_bytes);
}

static void searcher_for(const bc_block_format *format, searcher *s)
{
    const bc_block_codes *codes = format->codes;

    s->format = format;
    s->layout = bci_layout_of(format);
    bci_fitter_for(codes, &s->fit);

    const bci_ladder *l = &s->fit.ladder;
    const float finest = 0.64f / (float)l->n;

    /* where gaps between values grow, what is widest may well be worth it */
    s->widest = l->step > 0.0f ? 1.02f : 1.5f;
    s->step = l->step > 0.0f ? finest < 0.04f ? finest : 0.04f : 0.05f;
    s->is_signed = false;
    for (size_t i = 0; i < l->n; i++)
        s->is_signed |= l->values[i] != -l->values[l->n - 1 - i];
    s->is_signed &= s->layout->field == BCI_F16 || s->layout->field == BCI_F32 ||
                    s->layout->field == BCI_MULTIPLE;
}

void bc_block_encode_best(const bc_block_format *format, const float *x, const float *importance,
                          size_t n_blocks, void *blocks)
{
    const size_t n = format->block_length;
    uint8_t *block = blocks;
    searcher s;

    format->encode(x, importance, n_blocks, blocks);
    if (bci_layout_of(format)->grid) /* the nearest number is the best */
        return;
    searcher_for(format, &s);
    for (size_t k = 0; k < n_blocks; k++, block += format->block_bytes) {
        float numbers[BCI_MAX_BLOCK], weight[BCI_MAX_BLOCK];

        for (size_t i = 0; i < n; i++) {
            const float v = x[k * n + i];

            numbers[i] = v != v ? 0.0f : fmaxf(-FLT_MAX, fminf(v, FLT_MAX));
            weight[i] = importance ? importance[k * n + i] : 1.0f;
        }
        improve(&s, numbers, weight, block);
    }
}
