/* Knows how samples and codes become the errors in linear light that are blurred and the
 * coded values that are compared by structure. */
#include "image/quality.h"

#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "bitcrush/quality.h"
#include "image/rows.h"

enum { MAX_COLOURS = 3 };

struct bci_quality {
    const bc_image_info *info;
    size_t n_colours, row_samples;
    bool is_direct; /* samples and codes can be compared as they lie */
    float *light_of;                   /* by sample */
    float *light_of_code[MAX_COLOURS]; /* by channel and code */
    float *coded_of_code[MAX_COLOURS];
    float *e, *x, *y; /* a row of colour samples: error; coded values */
    bc_blurred *blurred;
    bc_ssim *ssim;
};

static int bits_of(const bc_image_settings *s, size_t c)
{
    return s->channel_bits[c] ? s->channel_bits[c] : s->bits;
}

static bool is_mixed(const bc_image_settings *s, size_t n_colours)
{
    for (size_t c = 1; c < n_colours; c++)
        if (bits_of(s, c) != bits_of(s, 0))
            return true;
    return false;
}

static bool fill_tables(bci_quality *q, const bc_image_settings *s)
{
    const uint32_t maxval = q->info->maxval;

    q->light_of = malloc(((size_t)maxval + 1) * sizeof *q->light_of);
    for (uint32_t v = 0; q->light_of && v <= maxval; v++)
        q->light_of[v] = (float)bc_transfer_decode(&q->info->transfer, bci_coded_value(q->info, s->bits, v));
    for (size_t c = 0; c < q->n_colours; c++) {
        const size_t n = (size_t)1 << bits_of(s, c);

        q->light_of_code[c] = malloc(n * sizeof **q->light_of_code);
        q->coded_of_code[c] = malloc(n * sizeof **q->coded_of_code);
        if (!q->light_of_code[c] || !q->coded_of_code[c])
            return false;
        for (size_t k = 0; k < n; k++) {
            const double coded = (double)k / (double)(n - 1);

            q->light_of_code[c][k] = (float)bc_transfer_decode(&q->info->transfer, coded);
            q->coded_of_code[c][k] = (float)coded;
        }
    }
    return q->light_of != NULL;
}

bc_status bci_quality_new(const bc_image_info *info, const bc_image_settings *settings,
                          bci_quality **out, bc_error *err)
{
    bci_quality *q = calloc(1, sizeof *q);
    bc_status st = BC_OK;

    if (!q)
        return bci_fail(err, BC_E_LIMIT, "quality: out of memory");
    q->info = info;
    q->n_colours = info->n_channels - info->has_alpha;
    q->row_samples = q->n_colours * info->width;
    q->e = malloc(q->row_samples * sizeof *q->e);
    q->x = malloc(q->row_samples * sizeof *q->x);
    q->y = malloc(q->row_samples * sizeof *q->y);
    if (!q->e || !q->x || !q->y || !fill_tables(q, settings))
        st = bci_fail(err, BC_E_LIMIT, "quality: out of memory");
    if (!st)
        st = bc_blurred_new(info->width, info->height, (uint32_t)q->n_colours, BC_BLURRED_SIGMA,
                            BC_BLURRED_AUTO, &q->blurred, err);
    q->is_direct = !info->has_alpha && !is_mixed(settings, q->n_colours);
    if (!st)
        st = bc_ssim_new(info->width, info->height, (uint32_t)q->n_colours,
                         q->is_direct ? info->maxval : 1,
                         q->is_direct ? (1u << settings->bits) - 1 : 1, &q->ssim, err);
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
    bc_blurred_free(q->blurred);
    bc_ssim_free(q->ssim);
    free(q->light_of);
    free(q->e);
    free(q->x);
    free(q->y);
    free(q);
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
        for (size_t c = 0; c < q->n_colours; c++, i++, at++) {
            const uint32_t v = is_wide ? words[at] : bytes[at];

            q->e[i] = q->light_of_code[c][codes[at]] - q->light_of[v];
            q->x[i] = (float)v * scale;
            q->y[i] = q->coded_of_code[c][codes[at]];
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

void bci_quality_add(bci_quality *q, const void *samples, const uint16_t *codes, uint32_t n)
{
    const size_t row_values = (size_t)q->info->width * q->info->n_channels;
    const size_t row_bytes = row_values * (q->info->maxval > 255 ? 2 : 1);
    const uint8_t *row = samples;

    for (uint32_t y = 0; y < n; y++, row += row_bytes, codes += row_values) {
        if (q->is_direct && q->info->maxval <= 255)
            take_errors(q, row, codes);
        else
            take_row(q, row, codes);
        bc_blurred_add_row(q->blurred, q->e);
        if (q->is_direct)
            bc_ssim_add_samples(q->ssim, row, codes);
        else
            bc_ssim_add_row(q->ssim, q->x, q->y);
    }
}

void bci_quality_measure(const bci_quality *q, bc_image_result *result)
{
    result->blurred_psnr_db = bc_blurred_psnr_db(q->blurred);
    result->ssim = bc_ssim_mean(q->ssim);
    result->ssim_factor = bc_ssim_factor(q->ssim);
}
