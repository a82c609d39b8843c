/* Knows how samples and codes become the errors in linear light that are blurred and the
 * coded values that are compared by structure. Indices are looked up first, and grey samples
 * repeated where the result has colours: from there on all pictures are alike. */
#include "image/quality.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "bitcrush/quality.h"
#include "image/png_layout.h"

enum { MAX_COLOURS = 3 };

struct bci_quality {
    const bc_image_info *info;
    const bci_picture *picture;
    size_t n_colours, row_samples; /* of what is compared, without alpha */
    bool repeats_grey;
    void *samples;                     /* a row of grey samples as RGB, or NULL */
    uint16_t *codes;                   /* a row of indices as colours, or NULL */
    uint16_t *stored, *stored_of;      /* a row of codes as the file's samples, by code; or NULL */
    bool is_direct;                    /* samples can be compared as they lie */
    float *light_of;                   /* by sample */
    float *light_of_code[MAX_COLOURS]; /* by channel and code */
    float *coded_of_code[MAX_COLOURS];
    float *e, *x, *y; /* a row of colour samples: error; coded values */
    bc_blurred *blurred;
    bc_ssim *ssim;
};

static bool is_mixed(const bci_quality *q)
{
    for (size_t c = 1; c < q->n_colours; c++)
        if (q->picture->channel_bits[c] != q->picture->channel_bits[0])
            return true;
    return false;
}

static bool fill_tables(bci_quality *q)
{
    const uint32_t maxval = q->info->maxval;

    q->light_of = malloc(((size_t)maxval + 1) * sizeof *q->light_of);
    for (uint32_t v = 0; q->light_of && v <= maxval; v++)
        q->light_of[v] = (float)bc_transfer_decode(&q->info->transfer, v / (double)maxval);
    for (size_t c = 0; c < q->n_colours; c++) {
        const size_t n = (size_t)1 << q->picture->channel_bits[c];

        q->light_of_code[c] = malloc(n * sizeof **q->light_of_code);
        q->coded_of_code[c] = malloc(n * sizeof **q->coded_of_code);
        if (!q->light_of_code[c] || !q->coded_of_code[c])
            return false;
        for (size_t k = 0; k < n; k++) {
            const double coded =
                bci_stored_value((uint32_t)k, (uint32_t)n - 1, q->picture->sample_maxval);

            q->light_of_code[c][k] = (float)bc_transfer_decode(&q->info->transfer, coded);
            q->coded_of_code[c][k] = (float)coded;
        }
    }
    return q->light_of != NULL;
}

static bool allocate(bci_quality *q)
{
    const size_t n = (q->n_colours + q->info->has_alpha) * q->info->width;

    q->e = malloc(q->row_samples * sizeof *q->e);
    q->x = malloc(q->row_samples * sizeof *q->x);
    q->y = malloc(q->row_samples * sizeof *q->y);
    if (q->repeats_grey)
        q->samples = malloc(n * sizeof(uint16_t));
    if (bci_has_indices(q->picture))
        q->codes = malloc(n * sizeof *q->codes);
    return q->e && q->x && q->y && (q->samples || !q->repeats_grey) &&
           (q->codes || !bci_has_indices(q->picture)) && fill_tables(q);
}

bc_status bci_quality_take_memory(bc_image_reader *r, size_t n_colours, bc_error *err)
{
    const size_t n_blurred = 2 * (size_t)ceil(4.0 * BC_BLURRED_SIGMA) + 1;
    enum {
        ROWS = 12,         /* values of a sample: of both pictures, their error, sums by block */
        STRUCTURE = 12 * 5 /* sums of a column in the window of SSIM and beside it */
    };

    return bci_image_take_memory(r, r->info.width,
                                 n_colours * (n_blurred + ROWS) * sizeof(float) +
                                     STRUCTURE * sizeof(double),
                                 "measuring the errors", err);
}

/* Codes are compared as they lie, too, where all levels are samples of the file. */
static bool make_stored(bci_quality *q)
{
    const uint32_t top = (1u << q->picture->bits) - 1, maxval = q->picture->sample_maxval;

    if (!q->is_direct || maxval % top == 0)
        return true;
    q->stored = malloc(q->row_samples * sizeof *q->stored);
    q->stored_of = malloc(((size_t)top + 1) * sizeof *q->stored_of);
    for (uint32_t k = 0; q->stored_of && k <= top; k++)
        q->stored_of[k] = (uint16_t)bci_rescale(k, top, maxval);
    return q->stored && q->stored_of;
}

/* Of what is compared with samples. */
static uint32_t full_scale_of_codes(const bci_quality *q)
{
    if (!q->is_direct)
        return 1;
    return q->stored ? q->picture->sample_maxval : (1u << q->picture->bits) - 1;
}

bc_status bci_quality_new(const bc_image_info *info, const bci_picture *picture, bci_quality **out,
                          bc_error *err)
{
    bci_quality *q = calloc(1, sizeof *q);
    bc_status st = BC_OK;

    if (!q)
        return bci_fail(err, BC_E_LIMIT, "quality: out of memory");
    q->info = info;
    q->picture = picture;
    q->n_colours = bci_has_indices(picture) ? 3 : picture->n_channels - picture->has_alpha;
    q->repeats_grey = q->n_colours > info->n_channels - info->has_alpha;
    q->row_samples = q->n_colours * info->width;
    q->is_direct = !info->has_alpha && !is_mixed(q);
    if (!allocate(q) || !make_stored(q))
        st = bci_fail(err, BC_E_LIMIT, "quality: out of memory");
    if (!st)
        st = bc_blurred_new(info->width, info->height, (uint32_t)q->n_colours, BC_BLURRED_SIGMA,
                            BC_BLURRED_AUTO, &q->blurred, err);
    if (!st)
        st = bc_ssim_new(info->width, info->height, (uint32_t)q->n_colours,
                         q->is_direct ? info->maxval : 1, full_scale_of_codes(q), &q->ssim, err);
    if (st) {
        bci_quality_free(q);
        return st;
    }
    *out = q;
    return BC_OK;
}

void bci_quality_free(bci_quality *q)
{
    if (!q)
        return;
    for (size_t c = 0; c < MAX_COLOURS; c++) {
        free(q->light_of_code[c]);
        free(q->coded_of_code[c]);
    }
    free(q->samples);
    free(q->codes);
    free(q->stored);
    free(q->stored_of);
    bc_blurred_free(q->blurred);
    bc_ssim_free(q->ssim);
    free(q->light_of);
    free(q->e);
    free(q->x);
    free(q->y);
    free(q);
}

/* A row of grey as RGB. */
static const void *repeated(const bci_quality *q, const void *row)
{
    const bool is_wide = q->info->maxval > 255;
    const uint8_t *bytes = row;
    const uint16_t *words = row;
    size_t to = 0;

    for (size_t from = 0; from < (size_t)q->info->width * q->info->n_channels; from++) {
        const bool is_alpha = q->info->has_alpha && from % 2 == 1;

        for (int c = 0; c < (is_alpha ? 1 : 3); c++, to++) {
            if (is_wide)
                ((uint16_t *)q->samples)[to] = words[from];
            else
                ((uint8_t *)q->samples)[to] = bytes[from];
        }
    }
    return q->samples;
}

/* A row of indices as colours. */
static const uint16_t *looked_up(const bci_quality *q, const uint16_t *indices)
{
    for (size_t x = 0; x < q->info->width; x++)
        for (size_t c = 0; c < 3; c++)
            q->codes[3 * x + c] = q->picture->palette->colours[indices[x]][c];
    return q->codes;
}

/* A row as errors in light and, where they cannot be compared directly, as coded values. */
static void take_row(bci_quality *q, const void *samples, const uint16_t *codes)
{
    const uint8_t *bytes = samples;
    const uint16_t *words = samples;
    const bool is_wide = q->info->maxval > 255;
    const float scale = 1.0f / (float)q->info->maxval;
    size_t at = 0;

    for (size_t i = 0; i < q->row_samples; at += q->info->has_alpha) {
        const size_t alpha_at = at + q->n_colours;
        const bool is_hidden =
            q->info->has_alpha && (is_wide ? words[alpha_at] : bytes[alpha_at]) == 0;

        for (size_t c = 0; c < q->n_colours; c++, i++, at++) {
            const uint32_t v = is_wide ? words[at] : bytes[at];

            q->x[i] = (float)v * scale;
            q->y[i] = is_hidden ? q->x[i] : q->coded_of_code[c][codes[at]];
            q->e[i] = is_hidden ? 0.0f : q->light_of_code[c][codes[at]] - q->light_of[v];
        }
    }
}

/* The common case, which needs errors only: 8-bit samples, codes of one depth, no alpha. */
static void take_errors(bci_quality *q, const uint8_t *samples, const uint16_t *codes)
{
    const float *light_of_code = q->light_of_code[0];

    for (size_t i = 0; i < q->row_samples; i++)
        q->e[i] = light_of_code[codes[i]] - q->light_of[samples[i]];
}

static void add_row(bci_quality *q, const void *samples, const uint16_t *codes)
{
    if (q->is_direct && q->info->maxval <= 255)
        take_errors(q, samples, codes);
    else
        take_row(q, samples, codes);
    bc_blurred_add_row(q->blurred, q->e);
    for (size_t i = 0; q->stored && i < q->row_samples; i++)
        q->stored[i] = q->stored_of[codes[i]];
    if (q->is_direct)
        bc_ssim_add_samples(q->ssim, samples, q->stored ? q->stored : codes);
    else
        bc_ssim_add_row(q->ssim, q->x, q->y);
}

void bci_quality_add(bci_quality *q, const void *samples, const uint16_t *codes, uint32_t n)
{
    const size_t row_codes = (size_t)q->info->width * q->picture->n_channels;
    const size_t row_bytes = bci_image_row_bytes(q->info);
    const uint8_t *row = samples;

    for (uint32_t y = 0; y < n; y++, row += row_bytes, codes += row_codes)
        add_row(q, q->repeats_grey ? repeated(q, row) : row,
                q->codes ? looked_up(q, codes) : codes);
}

void bci_quality_measure(const bci_quality *q, bc_image_result *result)
{
    result->blurred_psnr_db = bc_blurred_psnr_db(q->blurred);
    result->ssim = bc_ssim_mean(q->ssim);
    result->ssim_factor = bc_ssim_factor(q->ssim);
}
