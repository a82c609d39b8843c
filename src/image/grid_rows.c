/* Knows how rows of samples become rows of codes: which values stand for a sample, where
 * noise or feedback comes in, and how the cost is counted.
 *
 * Samples are integers, so all that depends on one sample alone is a table: its code without
 * dither, its position on the grid for noise, its value for error diffusion. */
#include "image/grid_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "image/png_layout.h"

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
    uint32_t n_levels;
    int bits;                     /* that tell levels apart */
    uint32_t row;                 /* rows done */
    const bci_image_ruler *ruler; /* NULL: levels of `bits` */
    bc_granular region;           /* beyond it samples are clipped */
    bc_grid grid;                 /* the levels, coded or in linear light */
    float *light_table;
    uint16_t *sample_of;    /* under a ruler: what the file holds, by code */
    uint32_t first_channel; /* of the picture */
    uint32_t sample_maxval; /* of the file that codes are written to */
    uint32_t streams[3];
    uint16_t *code_of;           /* no dither: the code; noise: the code below; by sample */
    float *place_of;             /* noise: the way to the next code; diffusion: value; by sample */
    double *coded_of, *light_of; /* by sample */
    double *coded_of_code, *light_of_code; /* by code: of what the file holds */
    bc_diffuser *diffuser;
    part parts[N_PARTS];
    batch batch;
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

static bool counts_pairs(const bci_grid_rows *q)
{
    return ((uint64_t)q->info->maxval + 1) << q->bits <= MAX_PAIRS;
}

static double light_of(const bci_grid_rows *q, double coded)
{
    return bc_transfer_decode(&q->info->transfer, coded);
}

static bool sees_light(const bci_grid_rows *q)
{
    return q->settings->linear_light && is_dithered(q->settings);
}

/* The marks of the ruler and, in linear light, points half way between them in coded values. */
static bc_status build_ruled_grid(bci_grid_rows *q, bc_error *err)
{
    float *marks = q->light_table, *middles = marks + q->n_levels;
    const bool is_light = sees_light(q);

    for (uint32_t k = 0; k < q->n_levels; k++) {
        const double v = bci_image_ruler_mark(q->ruler, k);

        marks[k] = (float)(is_light ? light_of(q, bci_image_ruler_value(q->ruler, k)) : v);
        if (k > 0)
            middles[k - 1] = (float)light_of(q, 0.5 * (bci_image_ruler_value(q->ruler, k - 1) +
                                                       bci_image_ruler_value(q->ruler, k)));
    }
    const bc_status st = bc_grid_codebook(marks, q->n_levels, &q->grid, NULL);

    q->grid.thresholds = is_light ? middles : NULL;
    return st ? bci_fail(
                    err, BC_E_USAGE,
                    "%s: marks lie closer together than errors can be told, expected `dither=none`",
                    q->settings->spec.name)
              : BC_OK;
}

static bc_status build_grid(bci_grid_rows *q, bc_error *err)
{
    const bool needs_table = q->ruler ? q->settings->kernel || sees_light(q) : sees_light(q);

    if (!needs_table)
        return q->ruler ? BC_OK : bc_grid_uniform(q->bits, &q->grid, err);
    q->light_table = malloc(2 * (size_t)q->n_levels * sizeof *q->light_table);
    if (!q->light_table)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory for %u level(s)", q->n_levels);
    return q->ruler ? build_ruled_grid(q, err)
                    : bc_grid_light(q->bits, &q->info->transfer, q->light_table, &q->grid, err);
}

static double value_of(const bci_grid_rows *q, uint32_t v)
{
    return q->ruler ? v / (double)q->info->maxval : bci_coded_value(q->info, q->bits, v);
}

static int32_t near_code(const bci_grid_rows *q, int64_t code)
{
    const int64_t last = (int64_t)q->n_levels - 1;

    return (int32_t)(code < 0 ? 0 : code > last ? last : code);
}

/* Nearest level of every sample, by the grid in double: exact for every depth. */
static void fill_codes(bci_grid_rows *q)
{
    const bc_scale identity = BC_SCALE_IDENTITY;

    for (uint32_t v = 0; v <= q->info->maxval; v++) {
        const double x = value_of(q, v);
        int32_t code;

        bc_quantize_f64(q->ruler ? &q->ruler->grid : &q->grid,
                        q->ruler ? &q->ruler->scale : &identity, q->settings->rounding, &x, NULL, 1,
                        NULL, &code);
        q->code_of[v] = (uint16_t)near_code(q, (int64_t)code - (q->ruler ? q->ruler->first : 0));
    }
}

/* Where x lies on the levels, counted from the first; *rest is the way from there in steps. */
static int64_t place_on(const bci_grid_rows *q, double x, double *rest)
{
    const bci_image_ruler *r = q->ruler;
    bc_position p;

    if (q->light_table || !r) {
        /* The levels in linear light are floats: compared as such, a level lies on itself. The
         * coded ones may miss it by the rounding of a product. */
        p = bc_grid_position(&q->grid, q->light_table ? (double)(float)x : x);
        *rest = p.rest;
        return p.base;
    }
    const double zero = r->scale.zero / r->grid.den;

    p = bc_grid_position(&r->grid, r->scale.gain > 0.0
                                       ? (x - r->scale.offset) / r->scale.gain + zero
                                       : bc_grid_value(&r->grid, r->first));
    *rest = p.rest;
    return (int64_t)p.base - r->first;
}

/* Where noise is added: a code and the fraction of a step above it, so that the fraction keeps
 * its bits on every code and a sample that is a level stays one. */
static void fill_position(bci_grid_rows *q, uint32_t v, double x)
{
    double rest;
    const int64_t base = place_on(q, x, &rest);
    const double nearest = rint(rest);
    const double exact = fabs(rest - nearest) < 1e-9 ? nearest : rest;
    const int64_t below = base + (int64_t)floor(exact);
    const int32_t code = near_code(q, below);

    q->code_of[v] = (uint16_t)code;
    q->place_of[v] = (float)(exact - floor(exact) + (double)(below - code));
}

static void fill_tables(bci_grid_rows *q)
{
    for (uint32_t v = 0; v <= q->info->maxval; v++) {
        const double meant = value_of(q, v);
        const double x = sees_light(q) ? light_of(q, meant) : meant;

        if (q->settings->kernel)
            q->place_of[v] = (float)x;
        else if (is_dithered(q->settings))
            fill_position(q, v, x);
        q->coded_of[v] = v / (double)q->info->maxval;
        q->light_of[v] = light_of(q, q->coded_of[v]);
    }
    for (uint32_t k = 0; k < q->n_levels; k++) {
        if (q->ruler)
            q->sample_of[k] = (uint16_t)rint(bci_image_ruler_value(q->ruler, k) * q->sample_maxval);
        q->coded_of_code[k] = q->ruler ? q->sample_of[k] / (double)q->sample_maxval
                                       : bci_stored_value(k, q->n_levels - 1, q->sample_maxval);
        q->light_of_code[k] = light_of(q, q->coded_of_code[k]);
    }
    if (!is_dithered(q->settings))
        fill_codes(q);
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
    p->y = malloc(n * sizeof *p->y);
    p->noise = malloc(n * sizeof *p->noise);
    p->plane = malloc(q->info->width * sizeof *p->plane);
    p->wide_codes = malloc(n * sizeof *p->wide_codes);
    p->codes = malloc(n * sizeof *p->codes);
    p->opaque = malloc(q->info->width);
    p->histogram = calloc(q->n_levels, sizeof *p->histogram);
    if (counts_pairs(q))
        p->pairs = calloc(((size_t)q->info->maxval + 1) << q->bits, sizeof *p->pairs);
    return p->x && p->y && p->noise && p->plane && p->wide_codes && p->codes && p->opaque &&
           p->histogram && (p->pairs || !counts_pairs(q));
}

static bool allocate(bci_grid_rows *q)
{
    const size_t n = (size_t)q->info->maxval + 1;
    bool ok;

    q->code_of = malloc(n * sizeof *q->code_of);
    q->place_of = malloc(n * sizeof *q->place_of);
    q->coded_of = malloc(n * sizeof *q->coded_of);
    q->light_of = malloc(n * sizeof *q->light_of);
    q->coded_of_code = malloc(q->n_levels * sizeof *q->coded_of_code);
    q->light_of_code = malloc(q->n_levels * sizeof *q->light_of_code);
    q->sample_of = q->ruler ? malloc(q->n_levels * sizeof *q->sample_of) : NULL;
    ok = q->code_of && q->place_of && q->coded_of && q->light_of && q->coded_of_code &&
         q->light_of_code && (q->sample_of || !q->ruler);
    for (int i = 0; ok && i < N_PARTS; i++)
        ok = allocate_part(q, &q->parts[i]);
    return ok;
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
    bc_status st = bc_diffuser_new(s->kernel, &q->grid, s->scan, s->strength, q->info->width,
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
    if (s->rounding == BC_ROUND_TRUNCATE && is_dithered(s))
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
    q->ruler = ruler;
    q->region = ruler ? bc_granular_of(&ruler->grid, &ruler->scale) : everything;
    q->bits = ruler ? 1 : settings->bits;
    while (ruler && UINT32_C(1) << q->bits < ruler->n)
        q->bits++;
    q->n_levels = ruler ? ruler->n : 1u << q->bits;
    q->first_channel = first_channel;
    q->sample_maxval = sample_maxval;
    choose_streams(q);
    st = build_grid(q, err);
    if (!st && !allocate(q))
        st = out_of_memory(q, err);
    if (st)
        goto done;
    fill_tables(q);
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
        free(p->y);
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
    free(q->light_table);
    free(q->code_of);
    free(q->place_of);
    free(q->coded_of);
    free(q->light_of);
    free(q->coded_of_code);
    free(q->light_of_code);
    free(q->sample_of);
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
    FOR_COLOURS(q, row, x[i] = q->place_of[v]);
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
    if (!is_dithered(q->settings)) {
        FOR_COLOURS(q, row, p->codes[i] = q->code_of[v]);
        return;
    }
    if (q->settings->kernel) {
        diffuse_row(q, p, row, y);
        return;
    }
    FOR_COLOURS(q, row, p->x[i] = q->place_of[v]);
    make_noise(q, y, p->plane, p->noise);
    /* x holds fractions of a step; no noise reaches further than these codes from them. */
    const bc_grid steps = {
        .family = BC_GRID_AFFINE, .lo = -8, .hi = 8, .den = 1.0, .shift_gain = 1.0, .bits = 5
    };

    bc_quantize_f32(&steps, &BC_SCALE_IDENTITY, BC_ROUND_NEAREST, p->x, p->noise, q->row_samples,
                    NULL, p->wide_codes);
    FOR_COLOURS(q, row, p->codes[i] = (uint16_t)near_code(q, q->code_of[v] + p->wide_codes[i]));
}

static void sum_errors(const bci_grid_rows *q, part *p, const void *row, const uint16_t *codes,
                       const double *of_sample, const double *of_code, bc_error_sums *sums)
{
    FOR_COLOURS(q, row, p->x[i] = (float)of_sample[v]);
    for (size_t i = 0; i < q->row_samples; i++)
        p->y[i] = (float)of_code[codes[i]];
    bc_error_add_f32(sums, p->x, p->y, q->row_samples);
}

/* The counted pairs as sums, in the order of samples and codes. */
static void sum_pairs(const bci_grid_rows *q, part *p)
{
    const int bits = q->bits;

    for (uint32_t v = 0; v <= q->info->maxval; v++) {
        for (uint32_t k = 0; k < q->n_levels; k++) {
            const uint32_t count = p->pairs[v << bits | k];

            if (!count)
                continue;
            p->histogram[k] += count;
            bc_error_add_pair(&p->coded, q->coded_of[v], q->coded_of_code[k], count);
            bc_error_add_overload_pair(&p->coded, &q->region, q->coded_of[v], q->coded_of_code[k],
                                       count);
            bc_error_add_pair(&p->linear, q->light_of[v], q->light_of_code[k], count);
        }
    }
    memset(p->pairs, 0, (((size_t)q->info->maxval + 1) << bits) * sizeof *p->pairs);
    p->n_pairs = 0;
}

/* `codes` are those of colours, here and below. */
static void measure_row(const bci_grid_rows *q, part *p, const void *row, const uint16_t *codes)
{
    const int bits = q->bits;

    if (p->pairs) {
        FOR_COLOURS(q, row, p->pairs[v << bits | codes[i]]++);
        p->n_pairs += q->row_samples;
        if (p->n_pairs > UINT32_MAX - q->row_samples) /* before a count can overflow */
            sum_pairs(q, p);
        return;
    }
    for (size_t i = 0; i < q->row_samples; i++)
        p->histogram[codes[i]]++;
    sum_errors(q, p, row, codes, q->coded_of, q->coded_of_code, &p->coded);
    if (q->ruler)
        bc_error_add_overload_f32(&p->coded, &q->region, p->x, p->y, q->row_samples);
    sum_errors(q, p, row, codes, q->light_of, q->light_of_code, &p->linear);
}

/* What the file holds, with the alpha samples of the row put back between. */
static void interleave(const bci_grid_rows *q, const void *row, uint16_t *codes, uint16_t *out)
{
    const size_t channels = q->info->n_channels;

    for (size_t i = 0; q->ruler && i < q->row_samples; i++)
        codes[i] = q->sample_of[codes[i]];

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
        for (uint32_t k = 0; i > 0 && k < q->n_levels; k++)
            histogram[k] += p->histogram[k];
        bc_error_merge(&result->coded, &p->coded);
        bc_error_merge(&result->linear, &p->linear);
    }
    result->n_levels = q->n_levels;
    result->n_levels_used = (uint32_t)bc_levels_used(histogram, q->n_levels);
    result->entropy_bits = bc_entropy_bits(histogram, q->n_levels);
}
