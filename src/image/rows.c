/* Knows how rows of samples become rows of codes: which values stand for a sample, where
 * noise or feedback comes in, and how the cost is counted.
 *
 * Samples are integers, so all that depends on one sample alone is a table: its code without
 * dither, its position on the grid for noise, its value for error diffusion. */
#include "image/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/light.h"

enum {
    N_PARTS = 4, /* rows of a batch are quantized in so many parts when they can */
    /* The first line is diffused so often before it counts (an even number, for serpentines).
     * Without, a dark top stays black until enough error has gathered: on a dark photograph at
     * 1 bit 0.0003 of full scale was missing. */
    N_WARM_UP = 32,
    MAX_PAIRS = 1 << 18, /* (sample, code) pairs counted in a table rather than summed */
};

/* Scratch and counts of one part of a batch. */
typedef struct {
    float *x, *y;         /* row of positions or values; reconstruction when summing */
    float *noise, *plane; /* interleaved, and of one channel */
    int32_t *wide_codes;
    uint16_t *codes; /* colour codes of a row without alpha */
    uint8_t *opaque;
    uint32_t *pairs;  /* counts by sample << bits | code, or NULL */
    uint64_t n_pairs; /* counted since they were last summed */
    uint64_t *histogram;
    bc_error_sums coded, linear;
} part;

struct bci_rows {
    const bc_image_info *info;
    const bc_image_settings *settings;
    size_t n_colours, row_samples; /* colour channels; colour samples in a row */
    uint32_t n_levels;
    uint32_t row; /* rows done */
    bc_grid grid; /* the levels, coded or in linear light */
    float *light_table;
    uint32_t first_channel; /* of the picture */
    uint32_t streams[3];
    uint16_t *code_of;           /* no dither: the code; noise: the code below; by sample */
    float *place_of;             /* noise: the way to the next code; diffusion: value; by sample */
    double *coded_of, *light_of; /* by sample */
    double *coded_of_code, *light_of_code; /* by code */
    bc_diffuser *diffuser;
    part parts[N_PARTS];
};

static bool has_noise(const bc_image_settings *s)
{
    return s->noise && s->noise->form != BC_NOISE_NONE;
}

/* The noise that goes with the settings: what was asked for, or what the kernel brings. */
static const bc_noise *noise_of(const bc_image_settings *s)
{
    if (has_noise(s))
        return s->noise;
    return s->kernel && s->kernel->n_modulations ? bc_noise_find("rpdf") : NULL;
}

static bool is_dithered(const bc_image_settings *s)
{
    return s->kernel || has_noise(s);
}

static bool counts_pairs(const bci_rows *q)
{
    return ((uint64_t)q->info->maxval + 1) << q->settings->bits <= MAX_PAIRS;
}

static double light_of(const bci_rows *q, double coded)
{
    return bc_transfer_decode(&q->info->transfer, coded);
}

static bc_status build_grid(bci_rows *q, bc_error *err)
{
    const int bits = q->settings->bits;

    if (!q->settings->linear_light || !is_dithered(q->settings))
        return bc_grid_uniform(bits, &q->grid, err);
    q->light_table = malloc(2 * (size_t)q->n_levels * sizeof *q->light_table);
    if (!q->light_table)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory for %u levels", q->n_levels);
    return bc_grid_light(bits, &q->info->transfer, q->light_table, &q->grid, err);
}

/* Nearest level of every sample, by the grid in double: exact for every depth. */
static void fill_codes(bci_rows *q)
{
    for (uint32_t v = 0; v <= q->info->maxval; v++) {
        const double x = bci_coded_value(q->info, q->settings->bits, v);
        int32_t code;

        bc_quantize_f64(&q->grid, &BC_SCALE_IDENTITY, q->settings->rounding, &x, NULL, 1, NULL,
                        &code);
        q->code_of[v] = (uint16_t)code;
    }
}

/* Where noise is added: a code and the fraction of a step above it, so that the fraction keeps
 * its bits on every code and a sample that is a level stays one. */
static void fill_position(bci_rows *q, uint32_t v, double x)
{
    /* The levels in linear light are floats: compared as such, a level lies on itself. The
     * coded ones may miss it by the rounding of a product. */
    const bc_position p = bc_grid_position(&q->grid, q->light_table ? (double)(float)x : x);
    const double nearest = rint(p.rest);
    const double rest = fabs(p.rest - nearest) < 1e-9 ? nearest : p.rest;
    const double below = floor(rest);

    q->code_of[v] = (uint16_t)(p.base + below);
    q->place_of[v] = (float)(rest - below);
}

static void fill_tables(bci_rows *q)
{
    const double top = q->n_levels - 1;

    for (uint32_t v = 0; v <= q->info->maxval; v++) {
        const double coded = bci_coded_value(q->info, q->settings->bits, v);
        const double light = light_of(q, coded), x = q->light_table ? light : coded;

        if (q->settings->kernel)
            q->place_of[v] = (float)x;
        else if (is_dithered(q->settings))
            fill_position(q, v, x);
        q->coded_of[v] = coded;
        q->light_of[v] = light;
    }
    for (uint32_t k = 0; k < q->n_levels; k++) {
        q->coded_of_code[k] = k / top;
        q->light_of_code[k] = light_of(q, k / top);
    }
    if (!is_dithered(q->settings))
        fill_codes(q);
}

/* Streams differ by channel and by the depth that the samples come with: a picture reduced
 * to 8 bits and then to 4 gets new noise the second time. */
static void choose_streams(bci_rows *q)
{
    static const char *const names[] = { "red", "green", "blue" };
    const uint64_t history = (uint64_t)q->info->true_depth << 32 | q->info->maxval;

    for (size_t c = 0; c < q->n_colours; c++)
        q->streams[c] = bc_noise_stream(names[q->first_channel + c], history);
}

static bool allocate_part(bci_rows *q, part *p)
{
    const size_t n = q->row_samples;

    p->x = malloc(n * sizeof *p->x);
    p->y = malloc(n * sizeof *p->y);
    p->noise = malloc(n * sizeof *p->noise);
    p->plane = malloc(q->info->width * sizeof *p->plane);
    p->wide_codes = malloc(n * sizeof *p->wide_codes);
    p->codes = malloc(n * sizeof *p->codes);
    p->opaque = malloc(q->info->width);
    p->histogram = calloc(q->n_levels, sizeof *p->histogram);
    if (counts_pairs(q))
        p->pairs = calloc(((size_t)q->info->maxval + 1) << q->settings->bits, sizeof *p->pairs);
    return p->x && p->y && p->noise && p->plane && p->wide_codes && p->codes && p->opaque &&
           p->histogram && (p->pairs || !counts_pairs(q));
}

static bool allocate(bci_rows *q)
{
    const size_t n = (size_t)q->info->maxval + 1;
    bool ok;

    q->code_of = malloc(n * sizeof *q->code_of);
    q->place_of = malloc(n * sizeof *q->place_of);
    q->coded_of = malloc(n * sizeof *q->coded_of);
    q->light_of = malloc(n * sizeof *q->light_of);
    q->coded_of_code = malloc(q->n_levels * sizeof *q->coded_of_code);
    q->light_of_code = malloc(q->n_levels * sizeof *q->light_of_code);
    ok = q->code_of && q->place_of && q->coded_of && q->light_of && q->coded_of_code &&
         q->light_of_code;
    for (int i = 0; ok && i < N_PARTS; i++)
        ok = allocate_part(q, &q->parts[i]);
    return ok;
}

static bc_status check(const bc_image_settings *s, bc_error *err)
{
    if (s->bits < 1 || s->bits > 16)
        return bci_fail(err, BC_E_USAGE, "%d bits, expected 1 to 16", s->bits);
    if (s->effort < 0 || s->effort > 12)
        return bci_fail(err, BC_E_USAGE, "effort %d, expected 1 to 12, or 0 for the default",
                        s->effort);
    if (s->rounding == BC_ROUND_TRUNCATE && is_dithered(s))
        return bci_fail(err, BC_E_USAGE,
                        "rounding truncate is the bare bit shift and takes no "
                        "dither, expected dither none");
    return BC_OK;
}

bc_status bci_rows_new(const bc_image_info *info, const bc_image_settings *settings,
                       uint32_t first_channel, bci_rows **out, bc_error *err)
{
    bc_status st = check(settings, err);
    bci_rows *q = NULL;

    if (st)
        return st;
    q = calloc(1, sizeof *q);
    if (!q)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory");
    q->info = info;
    q->settings = settings;
    q->n_colours = info->n_channels - info->has_alpha;
    q->row_samples = q->n_colours * info->width;
    q->n_levels = 1u << settings->bits;
    q->first_channel = first_channel;
    choose_streams(q);
    st = build_grid(q, err);
    if (!st && !allocate(q))
        st = bci_fail(err, BC_E_LIMIT, "picture: out of memory for rows of %u pixels", info->width);
    if (st)
        goto done;
    fill_tables(q);
    if (settings->kernel)
        st = bc_diffuser_new(settings->kernel, &q->grid, settings->scan, settings->strength,
                             info->width, q->n_colours, &q->diffuser, err);
    if (st)
        goto done;
    *out = q;
    q = NULL;
done:
    bci_rows_free(q);
    return st;
}

void bci_rows_free(bci_rows *q)
{
    if (!q)
        return;
    for (int i = 0; i < N_PARTS; i++) {
        part *p = &q->parts[i];

        free(p->x);
        free(p->y);
        free(p->noise);
        free(p->plane);
        free(p->wide_codes);
        free(p->codes);
        free(p->opaque);
        free(p->pairs);
        free(p->histogram);
    }
    bc_diffuser_free(q->diffuser);
    free(q->light_table);
    free(q->code_of);
    free(q->place_of);
    free(q->coded_of);
    free(q->light_of);
    free(q->coded_of_code);
    free(q->light_of_code);
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

static void note_opaque(const bci_rows *q, const void *row, uint8_t *opaque)
{
    const size_t channels = q->info->n_channels;

    for (size_t x = 0; x < q->info->width; x++)
        opaque[x] = sample_at(row, q->info->maxval > 255, x * channels + channels - 1) != 0;
}

static void make_noise(const bci_rows *q, part *p, uint32_t y)
{
    const uint32_t width = q->info->width;

    for (size_t c = 0; c < q->n_colours; c++) {
        float *to = q->n_colours == 1 ? p->noise : p->plane;

        const bc_noise *kind = noise_of(q->settings);
        const uint8_t *offset = kind->channel_offsets[q->first_channel + c];

        bc_noise_fill_row(kind, q->settings->seed, q->streams[c], width, offset[0], y + offset[1],
                          to, width);
        for (size_t x = 0; to == p->plane && x < width; x++)
            p->noise[x * q->n_colours + c] = p->plane[x];
    }
}

static inline uint16_t near_code(const bci_rows *q, int32_t code)
{
    return (uint16_t)(code < 0 ? 0 : code > q->grid.hi ? q->grid.hi : code);
}

/* Colour samples of row y to p->codes. */
static void quantize_row(bci_rows *q, part *p, const void *row, uint32_t y)
{
    if (!is_dithered(q->settings)) {
        FOR_COLOURS(q, row, p->codes[i] = q->code_of[v]);
        return;
    }
    FOR_COLOURS(q, row, p->x[i] = q->place_of[v]);
    const bool needs_noise = noise_of(q->settings) != NULL;

    if (needs_noise)
        make_noise(q, p, y);
    if (q->settings->kernel) {
        if (q->info->has_alpha)
            note_opaque(q, row, p->opaque);
        for (int i = y == 0 ? -N_WARM_UP : 0; i <= 0; i++)
            bc_diffuse_row(q->diffuser, p->x, needs_noise ? p->noise : NULL,
                           q->info->has_alpha ? p->opaque : NULL, p->codes);
        return;
    }
    /* x holds fractions of a step; no noise reaches further than these codes from them. */
    const bc_grid steps = {
        .family = BC_GRID_AFFINE, .lo = -8, .hi = 8, .den = 1.0, .shift_gain = 1.0, .bits = 5
    };

    bc_quantize_f32(&steps, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, p->x, p->noise, q->row_samples,
                    NULL, p->wide_codes);
    FOR_COLOURS(q, row, p->codes[i] = near_code(q, q->code_of[v] + p->wide_codes[i]));
}

static void sum_errors(const bci_rows *q, part *p, const void *row, const double *of_sample,
                       const double *of_code, bc_error_sums *sums)
{
    FOR_COLOURS(q, row, p->x[i] = (float)of_sample[v]);
    for (size_t i = 0; i < q->row_samples; i++)
        p->y[i] = (float)of_code[p->codes[i]];
    bc_error_add_f32(sums, p->x, p->y, q->row_samples);
}

/* The counted pairs as sums, in the order of samples and codes. */
static void sum_pairs(const bci_rows *q, part *p)
{
    const int bits = q->settings->bits;

    for (uint32_t v = 0; v <= q->info->maxval; v++) {
        for (uint32_t k = 0; k < q->n_levels; k++) {
            const uint32_t count = p->pairs[v << bits | k];

            if (!count)
                continue;
            p->histogram[k] += count;
            bc_error_add_pair(&p->coded, q->coded_of[v], q->coded_of_code[k], count);
            bc_error_add_pair(&p->linear, q->light_of[v], q->light_of_code[k], count);
        }
    }
    memset(p->pairs, 0, (((size_t)q->info->maxval + 1) << bits) * sizeof *p->pairs);
    p->n_pairs = 0;
}

static void measure_row(const bci_rows *q, part *p, const void *row)
{
    const int bits = q->settings->bits;

    if (p->pairs) {
        FOR_COLOURS(q, row, p->pairs[v << bits | p->codes[i]]++);
        p->n_pairs += q->row_samples;
        if (p->n_pairs > UINT32_MAX - q->row_samples) /* before a count can overflow */
            sum_pairs(q, p);
        return;
    }
    for (size_t i = 0; i < q->row_samples; i++)
        p->histogram[p->codes[i]]++;
    sum_errors(q, p, row, q->coded_of, q->coded_of_code, &p->coded);
    sum_errors(q, p, row, q->light_of, q->light_of_code, &p->linear);
}

/* Codes with the alpha samples of the row put back between them. */
static void interleave(const bci_rows *q, const part *p, const void *row, uint16_t *codes)
{
    const size_t channels = q->info->n_channels;

    if (!q->info->has_alpha) {
        memcpy(codes, p->codes, q->row_samples * sizeof *codes);
        return;
    }
    for (size_t x = 0; x < q->info->width; x++) {
        for (size_t c = 0; c < q->n_colours; c++)
            codes[x * channels + c] = p->codes[x * q->n_colours + c];
        codes[x * channels + channels - 1] =
            (uint16_t)sample_at(row, q->info->maxval > 255, x * channels + channels - 1);
    }
}

static void reduce_part(bci_rows *q, part *p, const uint8_t *samples, uint32_t y, uint32_t n,
                        uint16_t *codes)
{
    const size_t channels = q->info->n_channels;
    const size_t row_values = q->info->width * channels;
    const size_t row_bytes = row_values * (q->info->maxval > 255 ? 2 : 1);

    for (uint32_t i = 0; i < n; i++, samples += row_bytes, codes += row_values) {
        quantize_row(q, p, samples, y + i);
        measure_row(q, p, samples);
        interleave(q, p, samples, codes);
    }
}

void bci_rows_reduce(bci_rows *q, const void *samples, uint32_t n, uint16_t *codes)
{
    const size_t row_values = (size_t)q->info->width * q->info->n_channels;
    const size_t row_bytes = row_values * (q->info->maxval > 255 ? 2 : 1);
    /* Rows of one diffusion follow each other; the others are cut in fixed parts. */
    const uint32_t n_parts = q->settings->kernel ? 1 : N_PARTS;

    for (uint32_t i = 0; i < n_parts; i++) {
        const uint32_t from = (uint32_t)((uint64_t)n * i / n_parts);
        const uint32_t to = (uint32_t)((uint64_t)n * (i + 1) / n_parts);
        const uint8_t *part_samples = (const uint8_t *)samples + from * row_bytes;
        uint16_t *part_codes = codes + from * row_values;
        part *p = &q->parts[i];
        const uint32_t y = q->row + from;

#pragma omp task if (n_parts > 1)
        reduce_part(q, p, part_samples, y, to - from, part_codes);
    }
#pragma omp taskwait
    q->row += n;
}

void bci_rows_measure(bci_rows *q, bc_image_result *result)
{
    uint64_t *histogram = q->parts[0].histogram; /* the others are added to it */

    for (int i = 0; i < N_PARTS; i++) {
        part *p = &q->parts[i];

        if (p->n_pairs > 0)
            sum_pairs(q, p);
        for (uint32_t k = 0; i > 0 && k < q->n_levels; k++)
            histogram[k] += p->histogram[k];
        bc_error_merge(&result->coded, &p->coded);
        bc_error_merge(&result->linear, &p->linear);
    }
    result->n_levels = q->n_levels;
    result->n_levels_used = (uint32_t)bc_levels_used(histogram, q->n_levels);
    result->entropy_bits = bc_entropy_bits(histogram, q->n_levels);
}
