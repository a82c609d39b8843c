/* Knows how rows of samples are rounded run by run: each colour channel of a row is cut into
 * blocks, or into groups with a scale each. */
#include "image/runs.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "image/code_counts.h"
#include "image/dithered.h"

/* Rows of a batch are cut into so many parts, whose figures are summed in order. */
enum { N_PARTS = 4 };

typedef struct {
    bci_lay_room room;
    float *noise_row;
    double *x, *y, *noise; /* of a channel of a row */
    double *from, *to;     /* the same in light */
    uint64_t *histogram;
    bc_error_sums coded, linear, clipped;
    bc_status status;
    bc_error error;
} part;

struct bci_image_runs {
    const bc_image_info *info;
    const bc_image_settings *settings;
    bci_laying laying;
    uint32_t sample_maxval, n_colours, row; /* rows done */
    size_t n_levels;
    uint32_t streams[3];
    double *light_of, *light_of_stored; /* by sample of input and output */
    part parts[N_PARTS];
};

static bc_status part_new(const bci_image_runs *q, part *p, bc_error *err)
{
    const size_t n = q->info->width;
    const bc_status st = bci_lay_room_new(&q->laying, n, &p->room, err);

    if (st)
        return st;
    p->noise_row = malloc(n * sizeof *p->noise_row);
    p->x = malloc(n * sizeof *p->x);
    p->y = malloc(n * sizeof *p->y);
    p->noise = malloc(n * sizeof *p->noise);
    p->from = malloc(n * sizeof *p->from);
    p->to = malloc(n * sizeof *p->to);
    p->histogram = calloc(q->n_levels + 1, sizeof *p->histogram);
    return p->noise_row && p->x && p->y && p->noise && p->from && p->to && p->histogram
               ? BC_OK
               : bci_fail(err, BC_E_LIMIT, "picture: out of memory for rows of %u pixel(s)",
                          q->info->width);
}

/* By sample of 0..maxval. */
static double *light_table(const bc_image_info *info, uint32_t maxval)
{
    double *light = malloc(((size_t)maxval + 1) * sizeof *light);

    for (uint32_t v = 0; light && v <= maxval; v++)
        light[v] = bc_transfer_decode(&info->transfer, v / (double)maxval);
    return light;
}

bc_status bci_image_runs_new(const bc_image_info *info, const bc_image_settings *settings,
                             uint32_t sample_maxval, bci_image_runs **out, bc_error *err)
{
    static const char *const names[] = { "red", "green", "blue" };
    bci_image_runs *q = calloc(1, sizeof *q);
    bc_status st = BC_OK;

    if (!q)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory");
    q->info = info;
    q->settings = settings;
    q->laying = bci_image_laying(settings);
    q->sample_maxval = sample_maxval;
    q->n_colours = info->n_channels - info->has_alpha;
    q->n_levels = bci_laid_levels(&q->laying);
    for (uint32_t c = 0; c < q->n_colours; c++)
        q->streams[c] = bc_noise_stream(names[c], (uint64_t)info->true_depth << 32 | info->maxval);
    q->light_of = light_table(info, info->maxval);
    q->light_of_stored = light_table(info, sample_maxval);
    if (!q->light_of || !q->light_of_stored)
        st = bci_fail(err, BC_E_LIMIT, "picture: out of memory");
    for (int i = 0; !st && i < N_PARTS; i++)
        st = part_new(q, &q->parts[i], err);
    if (st) {
        bci_image_runs_free(q);
        return st;
    }
    *out = q;
    return BC_OK;
}

void bci_image_runs_free(bci_image_runs *q)
{
    if (!q)
        return;
    for (int i = 0; i < N_PARTS; i++) {
        part *p = &q->parts[i];

        bci_lay_room_free(&p->room);
        free(p->noise_row);
        free(p->x);
        free(p->y);
        free(p->noise);
        free(p->from);
        free(p->to);
        free(p->histogram);
    }
    free(q->light_of);
    free(q->light_of_stored);
    free(q);
}

static void make_noise(const bci_image_runs *q, part *p, uint32_t c, uint32_t y)
{
    const bc_noise *kind = q->settings->noise;
    const uint8_t *offset = kind->channel_offsets[c];

    bc_noise_fill_row(kind, q->settings->seed, q->streams[c], q->info->width, offset[0],
                      y + offset[1], p->noise_row, q->info->width);
    for (size_t x = 0; x < q->info->width; x++)
        p->noise[x] = (double)p->noise_row[x];
}

static uint32_t sample_at(const bci_image_runs *q, const void *row, size_t i)
{
    return q->info->maxval > 255 ? ((const uint16_t *)row)[i] : ((const uint8_t *)row)[i];
}

/* Channel c of a row: what its values are stored as is what is measured. */
static bc_status reduce_channel(const bci_image_runs *q, part *p, const void *row, uint32_t c,
                                uint32_t y, uint16_t *out)
{
    const uint32_t channels = q->info->n_channels, width = q->info->width;
    const double maxval = q->info->maxval, top = q->sample_maxval;
    bc_status st;

    for (size_t x = 0; x < width; x++)
        p->x[x] = sample_at(q, row, x * channels + c) / maxval;
    if (bci_image_has_noise(q->settings))
        make_noise(q, p, c, y);
    st = bci_lay(&q->laying, &p->room, p->x, bci_image_has_noise(q->settings) ? p->noise : NULL,
                 width, p->y, &p->clipped, q->n_levels ? p->histogram : NULL, &p->error);
    if (st)
        return st;
    for (size_t x = 0; x < width; x++) {
        const uint16_t stored = (uint16_t)rint(fmin(fmax(p->y[x], 0.0), 1.0) * top);

        out[x * channels + c] = stored;
        p->y[x] = stored / top;
        p->from[x] = q->light_of[sample_at(q, row, x * channels + c)];
        p->to[x] = q->light_of_stored[stored];
    }
    bc_error_add_f64(&p->coded, p->x, p->y, width);
    bc_error_add_f64(&p->linear, p->from, p->to, width);
    return BC_OK;
}

static void reduce_row(const bci_image_runs *q, part *p, const void *row, uint32_t y, uint16_t *out)
{
    const uint32_t channels = q->info->n_channels;

    for (uint32_t c = 0; !p->status && c < q->n_colours; c++)
        p->status = reduce_channel(q, p, row, c, y, out);
    for (size_t i = channels - 1; q->info->has_alpha && i < (size_t)q->info->width * channels;
         i += channels)
        out[i] = (uint16_t)sample_at(q, row, i);
}

static void reduce_part(const bci_image_runs *q, part *p, const uint8_t *samples, uint32_t from,
                        uint32_t to, uint16_t *out)
{
    const size_t row_values = (size_t)q->info->width * q->info->n_channels;
    const size_t row_bytes = row_values * (q->info->maxval > 255 ? 2 : 1);

    for (uint32_t i = from; i < to; i++)
        reduce_row(q, p, samples + i * row_bytes, q->row + i, out + i * row_values);
}

void bci_image_runs_reduce(bci_image_runs *q, const void *samples, uint32_t n, uint16_t *out)
{
    for (uint32_t i = 0; i < N_PARTS; i++) {
        const uint32_t from = (uint32_t)((uint64_t)n * i / N_PARTS);
        const uint32_t to = (uint32_t)((uint64_t)n * (i + 1) / N_PARTS);
        part *p = &q->parts[i];

#pragma omp task
        reduce_part(q, p, samples, from, to, out);
    }
#pragma omp taskwait
    q->row += n;
}

bc_status bci_image_runs_measure(bci_image_runs *q, bc_image_result *result, bc_error *err)
{
    uint64_t *histogram = q->parts[0].histogram; /* the others are added to it */

    for (int i = 0; i < N_PARTS; i++) {
        const part *p = &q->parts[i];

        if (p->status)
            return bci_fail(err, p->status, "%s", p->error.text);
        for (size_t k = 0; i > 0 && k < q->n_levels; k++)
            histogram[k] += p->histogram[k];
        bc_error_merge(&result->coded, &p->coded);
        bc_error_merge(&result->coded, &p->clipped);
        bc_error_merge(&result->linear, &p->linear);
    }
    result->n_levels = (uint32_t)q->n_levels;
    result->n_levels_used = (uint32_t)bc_levels_used(histogram, q->n_levels);
    result->entropy_bits = q->n_levels ? bc_entropy_bits(histogram, q->n_levels) : NAN;
    bci_image_code_counts_take(result->codes, &q->parts[0].histogram, (uint32_t)q->n_levels);
    return BC_OK;
}
