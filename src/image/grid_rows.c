/* Knows how rows of samples become rows of codes: where noise or feedback comes in, and how the
 * cost is counted. */
#include "image/grid_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/code_counts.h"
#include "image/dithered.h"
#include "image/sample_tables.h"

enum {
    N_PARTS = 4, /* rows of a batch are quantized in so many parts when they can */
    /* The first line is diffused so often before it counts (an even number, for serpentines).
     * Without, a dark top stays black until enough error has gathered: on a dark photograph at
     * 1 bit 0.0003 of full scale was missing. */
    N_WARM_UP = 32,
    MAX_PAIRS = 1 << 18, /* (sample, code) pairs counted in a table rather than summed */
    MAX_BATCH = 1 << 19, /* samples of a batch whose lines threads share; reduce.c has no more */
};

/* Scratch and counts of one part of a batch. */
typedef struct {
    float *x;             /* row of positions or values */
    double *from, *to;    /* row of samples and of what they became, when summing */
    float *noise, *plane; /* interleaved, and of one channel */
    int32_t *wide_codes;
    uint16_t *codes; /* colour codes of a row without alpha */
    uint8_t *opaque;
    uint32_t *pairs;  /* counts by sample << bits | code, or NULL */
    uint64_t n_pairs; /* counted since they were last summed */
    uint64_t *histogram;
    bc_error_sums coded, linear;
} part;

/* All rows of a batch, where threads share the lines of a diffusion. */
typedef struct {
    uint32_t n_rows; /* at most; 0 where they do not */
    float *x, *noise;
    uint8_t *opaque;
    uint16_t *codes; /* of colours */
} batch;

struct bci_grid_rows {
    const bc_image_info *info;
    const bc_image_settings *settings;
    size_t n_colours, row_samples; /* colour channels; colour samples in a row */
    uint32_t row;                  /* rows done */
    bci_sample_tables of;
    bc_granular region;     /* beyond it samples are clipped */
    uint32_t first_channel; /* of the picture */
    uint32_t streams[3];
    bc_diffuser *diffuser;
    part parts[N_PARTS];
    batch batch;
};

/* The noise that goes with the settings: what was asked for, or what the kernel brings. */
static const bc_noise *noise_of(const bc_image_settings *s)
{
    if (bci_image_has_noise(s))
        return s->noise;
    return s->kernel && s->kernel->n_modulations ? bc_noise_find("rpdf") : NULL;
}

static bool counts_pairs(const bci_grid_rows *q)
{
    return ((uint64_t)q->info->maxval + 1) << q->of.bits <= MAX_PAIRS;
}

/* Streams differ by channel and by the depth that the samples come with: a picture reduced
 * to 8 bits and then to 4 gets new noise the second time. */
static void choose_streams(bci_grid_rows *q)
{
    static const char *const names[] = { "red", "green", "blue" };
    const uint64_t history = (uint64_t)q->info->true_depth << 32 | q->info->maxval;

    for (size_t c = 0; c < q->n_colours; c++)
        q->streams[c] = bc_noise_stream(names[q->first_channel + c], history);
}

static bool allocate_part(bci_grid_rows *q, part *p)
{
    const size_t n = q->row_samples;

    p->x = malloc(n * sizeof *p->x);
    p->from = malloc(n * sizeof *p->from);
    p->to = malloc(n * sizeof *p->to);
    p->noise = malloc(n * sizeof *p->noise);
    p->plane = malloc(q->info->width * sizeof *p->plane);
    p->wide_codes = malloc(n * sizeof *p->wide_codes);
    p->codes = malloc(n * sizeof *p->codes);
    p->opaque = malloc(q->info->width);
    p->histogram = calloc(q->of.n_levels, sizeof *p->histogram);
    if (counts_pairs(q))
        p->pairs = calloc(((size_t)q->info->maxval + 1) << q->of.bits, sizeof *p->pairs);
    return p->x && p->from && p->to && p->noise && p->plane && p->wide_codes && p->codes &&
           p->opaque && p->histogram && (p->pairs || !counts_pairs(q));
}

static bc_status out_of_memory(const bci_grid_rows *q, bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "picture: out of memory for rows of %u pixel(s)",
                    q->info->width);
}

static bc_status make_diffuser(bci_grid_rows *q, bc_error *err)
{
    const bc_image_settings *s = q->settings;
    const size_t n_rows = MAX_BATCH / q->row_samples, n = n_rows * q->row_samples;
    batch *b = &q->batch;
    int n_threads;
    bc_status st = bc_diffuser_new(s->kernel, &q->of.grid, s->scan, s->strength, q->info->width,
                                   q->n_colours, &q->diffuser, err);

    if (!st)
        st = bc_diffuser_share(q->diffuser, s->n_threads, &n_threads, err);
    if (st || n_threads == 1 || n_rows < 2)
        return st;
    b->n_rows = (uint32_t)n_rows;
    b->x = malloc(n * sizeof *b->x);
    b->codes = malloc(n * sizeof *b->codes);
    if (noise_of(s))
        b->noise = malloc(n * sizeof *b->noise);
    if (q->info->has_alpha)
        b->opaque = malloc(n_rows * q->info->width);
    return b->x && b->codes && (b->noise || !noise_of(s)) && (b->opaque || !q->info->has_alpha)
               ? BC_OK
               : out_of_memory(q, err);
}

static bc_status check(const bc_image_settings *s, bc_error *err)
{
    if (!bci_image_is_ruled(s) && (s->bits < 1 || s->bits > 16))
        return bci_fail(err, BC_E_USAGE, "%d bit(s), expected 1 to 16", s->bits);
    if (s->effort < 0 || s->effort > 12)
        return bci_fail(err, BC_E_USAGE, "effort %d, expected 1 to 12, or 0 for the default",
                        s->effort);
    if (s->rounding == BC_ROUND_TRUNCATE && bci_image_is_dithered(s))
        return bci_fail(err, BC_E_USAGE,
                        "`rounding=truncate` is the bare bit shift and takes no "
                        "dither, expected `dither=none`");
    return BC_OK;
}

bc_status bci_grid_rows_new(const bc_image_info *info, const bc_image_settings *settings,
                            const bci_image_ruler *ruler, uint32_t first_channel,
                            uint32_t sample_maxval, bci_grid_rows **out, bc_error *err)
{
    const bc_granular everything = { -INFINITY, INFINITY };
    bc_status st = check(settings, err);
    bci_grid_rows *q = NULL;

    if (st)
        return st;
    q = calloc(1, sizeof *q);
    if (!q)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory");
    q->info = info;
    q->settings = settings;
    q->n_colours = info->n_channels - info->has_alpha;
    q->row_samples = q->n_colours * info->width;
    q->region = ruler ? bc_granular_of(&ruler->grid, &ruler->scale) : everything;
    q->first_channel = first_channel;
    choose_streams(q);
    st = bci_sample_tables_init(&q->of, info, settings, ruler, sample_maxval, err);
    for (int i = 0; !st && i < N_PARTS; i++)
        st = allocate_part(q, &q->parts[i]) ? BC_OK : out_of_memory(q, err);
    if (st)
        goto done;
    if (settings->kernel)
        st = make_diffuser(q, err);
    if (st)
        goto done;
    *out = q;
    q = NULL;
done:
    bci_grid_rows_free(q);
    return st;
}

void bci_grid_rows_free(bci_grid_rows *q)
{
    if (!q)
        return;
    for (int i = 0; i < N_PARTS; i++) {
        part *p = &q->parts[i];

        free(p->x);
        free(p->from);
        free(p->to);
        free(p->noise);
        free(p->plane);
        free(p->wide_codes);
        free(p->codes);
        free(p->opaque);
        free(p->pairs);
        free(p->histogram);
    }
    free(q->batch.x);
    free(q->batch.noise);
    free(q->batch.opaque);
    free(q->batch.codes);
    bc_diffuser_free(q->diffuser);
    bci_sample_tables_free(&q->of);
    free(q);
}

/* The sample at place i of a row, in either width. */
static inline uint32_t sample_at(const void *row, bool is_wide, size_t i)
{
    return is_wide ? ((const uint16_t *)row)[i] : ((const uint8_t *)row)[i];
}

/* Run `body` for every colour sample v of a row; i counts them without alpha. The two widths
 * without alpha get loops of their own. */
#define FOR_COLOURS(q, row, body)                                                                  \
    do {                                                                                           \
        const bool wide_ = (q)->info->maxval > 255;                                                \
        const size_t n_ = (q)->row_samples, channels_ = (q)->info->n_channels;                     \
        if ((q)->info->has_alpha) {                                                                \
            for (size_t i = 0; i < n_; i++) {                                                      \
                const size_t at_ = i / (q)->n_colours * channels_ + i % (q)->n_colours;            \
                const uint32_t v = sample_at(row, wide_, at_);                                     \
                body;                                                                              \
            }                                                                                      \
        } else if (wide_) {                                                                        \
            for (size_t i = 0; i < n_; i++) {                                                      \
                const uint32_t v = ((const uint16_t *)(row))[i];                                   \
                body;                                                                              \
            }                                                                                      \
        } else {                                                                                   \
            for (size_t i = 0; i < n_; i++) {                                                      \
                const uint32_t v = ((const uint8_t *)(row))[i];                                    \
                body;                                                                              \
            }                                                                                      \
        }                                                                                          \
    } while (0)

static void note_opaque(const bci_grid_rows *q, const void *row, uint8_t *opaque)
{
    const size_t channels = q->info->n_channels;

    for (size_t x = 0; x < q->info->width; x++)
        opaque[x] = sample_at(row, q->info->maxval > 255, x * channels + channels - 1) != 0;
}

/* `plane` is room for one channel. */
static void make_noise(const bci_grid_rows *q, uint32_t y, float *plane, float *noise)
{
    const uint32_t width = q->info->width;

    for (size_t c = 0; c < q->n_colours; c++) {
        float *to = q->n_colours == 1 ? noise : plane;
        const bc_noise *kind = noise_of(q->settings);
        const uint8_t *offset = kind->channel_offsets[q->first_channel + c];

        bc_noise_fill_row(kind, q->settings->seed, q->streams[c], width, offset[0], y + offset[1],
                          to, width);
        for (size_t x = 0; to == plane && x < width; x++)
            noise[x * q->n_colours + c] = plane[x];
    }
}

/* What a diffusion takes of row y; noise and opaque are NULL where there is none. */
static void find_values(const bci_grid_rows *q, const void *row, uint32_t y, float *plane, float *x,
                        float *noise, uint8_t *opaque)
{
    FOR_COLOURS(q, row, x[i] = q->of.place[v]);
    if (noise)
        make_noise(q, y, plane, noise);
    if (opaque)
        note_opaque(q, row, opaque);
}

static void diffuse_row(bci_grid_rows *q, part *p, const void *row, uint32_t y)
{
    float *noise = noise_of(q->settings) ? p->noise : NULL;
    uint8_t *opaque = q->info->has_alpha ? p->opaque : NULL;

    find_values(q, row, y, p->plane, p->x, noise, opaque);
    for (int i = y == 0 ? -N_WARM_UP : 0; i <= 0; i++)
        bc_diffuse_row(q->diffuser, p->x, noise, opaque, p->codes);
}

/* Colour samples of row y to p->codes. */
static void quantize_row(bci_grid_rows *q, part *p, const void *row, uint32_t y)
{
    if (!bci_image_is_dithered(q->settings)) {
        FOR_COLOURS(q, row, p->codes[i] = q->of.code[v]);
        return;
    }
    if (q->settings->kernel) {
        diffuse_row(q, p, row, y);
        return;
    }
    FOR_COLOURS(q, row, p->x[i] = q->of.place[v]);
    make_noise(q, y, p->plane, p->noise);
    /* x holds fractions of a step; no noise reaches further than these codes from them. */
    const bc_grid steps = {
        .family = BC_GRID_AFFINE, .lo = -8, .hi = 8, .den = 1.0, .shift_gain = 1.0, .bits = 5
    };

    bc_quantize_f32(&steps, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, p->x, p->noise, q->row_samples,
                    NULL, p->wide_codes);
    FOR_COLOURS(q, row, p->codes[i] = bci_code_within(&q->of, q->of.code[v] + p->wide_codes[i]));
}

static void sum_errors(const bci_grid_rows *q, part *p, const void *row, const uint16_t *codes,
                       const double *of_sample, const double *of_code, bc_error_sums *sums)
{
    FOR_COLOURS(q, row, p->from[i] = of_sample[v]);
    for (size_t i = 0; i < q->row_samples; i++)
        p->to[i] = of_code[codes[i]];
    bc_error_add_f64(sums, p->from, p->to, q->row_samples);
}

/* The counted pairs as sums, in the order of samples and codes. */
static void sum_pairs(const bci_grid_rows *q, part *p)
{
    const int bits = q->of.bits;

    for (uint32_t v = 0; v <= q->info->maxval; v++) {
        for (uint32_t k = 0; k < q->of.n_levels; k++) {
            const uint32_t count = p->pairs[v << bits | k];

            if (!count)
                continue;
            p->histogram[k] += count;
            bc_error_add_pair(&p->coded, q->of.coded[v], q->of.code_coded[k], count);
            bc_error_add_overload_pair(&p->coded, &q->region, q->of.coded[v], q->of.code_coded[k],
                                       count);
            bc_error_add_pair(&p->linear, q->of.light_of[v], q->of.code_light[k], count);
        }
    }
    memset(p->pairs, 0, (((size_t)q->info->maxval + 1) << bits) * sizeof *p->pairs);
    p->n_pairs = 0;
}

/* `codes` are those of colours, here and below. */
static void measure_row(const bci_grid_rows *q, part *p, const void *row, const uint16_t *codes)
{
    const int bits = q->of.bits;

    if (p->pairs) {
        FOR_COLOURS(q, row, p->pairs[v << bits | codes[i]]++);
        p->n_pairs += q->row_samples;
        if (p->n_pairs > UINT32_MAX - q->row_samples) /* before a count can overflow */
            sum_pairs(q, p);
        return;
    }
    for (size_t i = 0; i < q->row_samples; i++)
        p->histogram[codes[i]]++;
    sum_errors(q, p, row, codes, q->of.coded, q->of.code_coded, &p->coded);
    if (q->of.ruler)
        bc_error_add_overload_f64(&p->coded, &q->region, p->from, p->to, q->row_samples);
    sum_errors(q, p, row, codes, q->of.light_of, q->of.code_light, &p->linear);
}

/* What the file holds, with the alpha samples of the row put back between. */
static void interleave(const bci_grid_rows *q, const void *row, uint16_t *codes, uint16_t *out)
{
    const size_t channels = q->info->n_channels;

    for (size_t i = 0; q->of.ruler && i < q->row_samples; i++)
        codes[i] = q->of.stored[codes[i]];

    if (!q->info->has_alpha) {
        memcpy(out, codes, q->row_samples * sizeof *out);
        return;
    }
    for (size_t x = 0; x < q->info->width; x++) {
        for (size_t c = 0; c < q->n_colours; c++)
            out[x * channels + c] = codes[x * q->n_colours + c];
        out[x * channels + channels - 1] =
            (uint16_t)sample_at(row, q->info->maxval > 255, x * channels + channels - 1);
    }
}

/* One step for the rows of one part. */
typedef void (*step)(bci_grid_rows *q, part *p, const void *row, uint32_t i, uint16_t *out);

/* All of row i of a batch. */
static void reduce_row(bci_grid_rows *q, part *p, const void *row, uint32_t i, uint16_t *out)
{
    quantize_row(q, p, row, q->row + i);
    measure_row(q, p, row, p->codes);
    interleave(q, row, p->codes, out);
}

/* What comes before a shared diffusion, and after. */
static void begin_row(bci_grid_rows *q, part *p, const void *row, uint32_t i, uint16_t *out)
{
    const batch *b = &q->batch;
    const size_t at = i * q->row_samples;

    (void)out;
    find_values(q, row, q->row + i, p->plane, b->x + at, b->noise ? b->noise + at : NULL,
                b->opaque ? b->opaque + (size_t)i * q->info->width : NULL);
}

static void end_row(bci_grid_rows *q, part *p, const void *row, uint32_t i, uint16_t *out)
{
    uint16_t *codes = q->batch.codes + i * q->row_samples;

    measure_row(q, p, row, codes);
    interleave(q, row, codes, out);
}

static void take_part(bci_grid_rows *q, part *p, step take, const uint8_t *samples, uint32_t from,
                      uint32_t to, uint16_t *codes)
{
    const size_t row_values = (size_t)q->info->width * q->info->n_channels;
    const size_t row_bytes = row_values * (q->info->maxval > 255 ? 2 : 1);

    for (uint32_t i = from; i < to; i++)
        take(q, p, samples + i * row_bytes, i, codes + i * row_values);
}

/* The rows of a batch, in parts that are the same for any number of threads, because figures are
 * summed by part. */
static void take_parts(bci_grid_rows *q, step take, bool in_order, const void *samples, uint32_t n,
                       uint16_t *codes)
{
    (void)in_order; /* without OpenMP they are anyway */
    for (uint32_t i = 0; i < N_PARTS; i++) {
        const uint32_t from = (uint32_t)((uint64_t)n * i / N_PARTS);
        const uint32_t to = (uint32_t)((uint64_t)n * (i + 1) / N_PARTS);
        part *p = &q->parts[i];

#pragma omp task if (!in_order)
        take_part(q, p, take, samples, from, to, codes);
    }
#pragma omp taskwait
}

static void diffuse_batch(bci_grid_rows *q, uint32_t n)
{
    const batch *b = &q->batch;

    for (int i = 0; q->row == 0 && i < N_WARM_UP; i++)
        bc_diffuse_row(q->diffuser, b->x, b->noise, b->opaque, b->codes);
    bc_diffuse_rows(q->diffuser, n, b->x, b->noise, b->opaque, b->codes);
}

void bci_grid_rows_reduce(bci_grid_rows *q, const void *samples, uint32_t n, uint16_t *codes)
{
    if (n > 1 && n <= q->batch.n_rows) {
        take_parts(q, begin_row, false, samples, n, codes);
        diffuse_batch(q, n);
        take_parts(q, end_row, false, samples, n, codes);
    } else {
        /* Rows of one diffusion follow each other. */
        take_parts(q, reduce_row, q->settings->kernel != NULL, samples, n, codes);
    }
    q->row += n;
}

void bci_grid_rows_measure(bci_grid_rows *q, bc_image_result *result)
{
    uint64_t *histogram = q->parts[0].histogram; /* the others are added to it */

    for (int i = 0; i < N_PARTS; i++) {
        part *p = &q->parts[i];

        if (p->n_pairs > 0)
            sum_pairs(q, p);
        for (uint32_t k = 0; i > 0 && k < q->of.n_levels; k++)
            histogram[k] += p->histogram[k];
        bc_error_merge(&result->coded, &p->coded);
        bc_error_merge(&result->linear, &p->linear);
    }
    result->n_levels = q->of.n_levels;
    result->n_levels_used = (uint32_t)bc_levels_used(histogram, q->of.n_levels);
    result->entropy_bits = bc_entropy_bits(histogram, q->of.n_levels);
    bci_image_code_counts_take(result->codes, &q->parts[0].histogram, q->of.n_levels);
}
