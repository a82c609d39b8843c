/* Knows pictures whose channels have different rulers: each colour channel then is a grey picture
 * of its own, with the alpha of the whole, and alpha is rounded by itself. Channels of one ruler go
 * through together, and rows that are cut into runs apart from all that. */
#include "image/planes.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "image/grid_rows.h"
#include "image/png_layout.h"
#include "image/runs.h"

enum { MAX_PLANES = 3 };

struct bci_planes {
    const bc_image_info *info;
    const bc_image_settings *settings;
    uint32_t n_planes; /* 1: all channels in one */
    bc_image_info plane_info[MAX_PLANES];
    bc_image_settings plane_settings[MAX_PLANES];
    bci_grid_rows *rows[MAX_PLANES];
    bci_image_rulers rulers;
    bci_image_runs *runs; /* in place of the rows */
    uint16_t *alpha_of;   /* alpha code by sample, or NULL to keep samples */
    void *samples;        /* a row of one plane */
    uint16_t *codes;
};

static bool is_mixed(const bc_image_info *info, const bc_image_settings *s,
                     const bci_image_rulers *rulers)
{
    const uint32_t n = info->n_channels - info->has_alpha;

    if (rulers)
        return rulers->n > 1;
    for (uint32_t c = 1; c < n; c++)
        if (s->channel_bits[c] != s->channel_bits[0])
            return true;
    return false;
}

static bc_status new_plane(bci_planes *p, uint32_t c, uint32_t sample_maxval, bc_error *err)
{
    bc_image_info *info = &p->plane_info[c];
    bc_image_settings *settings = &p->plane_settings[c];

    *info = *p->info;
    *settings = *p->settings;
    if (p->n_planes > 1)
        info->n_channels = 1 + info->has_alpha;
    if (settings->channel_bits[c])
        settings->bits = settings->channel_bits[c];
    return bci_grid_rows_new(info, settings, p->rulers.n ? &p->rulers.of[c] : NULL, c,
                             sample_maxval, &p->rows[c], err);
}

static bc_status make_alpha_codes(bci_planes *p, bc_error *err)
{
    const int bits = p->settings->alpha_bits;
    const uint32_t max = p->info->alpha_maxval;

    if (!bits || !p->info->has_alpha)
        return BC_OK;
    p->alpha_of = malloc(((size_t)max + 1) * sizeof *p->alpha_of);
    if (!p->alpha_of)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory");
    for (uint32_t a = 0; a <= max; a++)
        p->alpha_of[a] = (uint16_t)bci_rescale(a, max, (1u << bits) - 1);
    return BC_OK;
}

bc_status bci_planes_new(const bc_image_info *info, const bc_image_settings *settings,
                         const bci_image_rulers *rulers, uint32_t sample_maxval, bci_planes **out,
                         bc_error *err)
{
    const size_t width = info->width;
    bci_planes *p = calloc(1, sizeof *p);
    bc_status st = BC_OK;

    if (!p)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory");
    p->info = info;
    p->settings = settings;
    if (rulers)
        p->rulers = *rulers;
    p->n_planes = is_mixed(info, settings, rulers) ? info->n_channels - info->has_alpha : 1;
    p->samples = malloc(2 * width * sizeof(uint16_t));
    p->codes = malloc(2 * width * sizeof *p->codes);
    if (!p->samples || !p->codes)
        st = bci_fail(err, BC_E_LIMIT, "picture: out of memory for rows of %zu pixel(s)", width);
    if (!st && bci_image_has_runs(settings))
        st = bci_image_runs_new(info, settings, sample_maxval, &p->runs, err);
    for (uint32_t c = 0; !st && !p->runs && c < p->n_planes; c++)
        st = new_plane(p, c, sample_maxval, err);
    if (!st)
        st = make_alpha_codes(p, err);
    if (st) {
        bci_planes_free(p);
        return st;
    }
    *out = p;
    return BC_OK;
}

void bci_planes_free(bci_planes *p)
{
    if (!p)
        return;
    for (uint32_t c = 0; c < MAX_PLANES; c++)
        bci_grid_rows_free(p->rows[c]);
    bci_image_runs_free(p->runs);
    free(p->alpha_of);
    free(p->samples);
    free(p->codes);
    free(p);
}

/* Channel c of a row, with alpha, to or from a row of its own; elements of `size` bytes. */
static void take_plane(const bci_planes *p, uint32_t c, const uint8_t *row, size_t size,
                       uint8_t *plane)
{
    const uint32_t channels = p->info->n_channels, own = 1 + p->info->has_alpha;

    for (size_t x = 0; x < p->info->width; x++) {
        memcpy(plane + x * own * size, row + (x * channels + c) * size, size);
        if (p->info->has_alpha)
            memcpy(plane + (x * own + 1) * size, row + (x * channels + channels - 1) * size, size);
    }
}

static void put_plane(const bci_planes *p, uint32_t c, const uint16_t *plane, uint16_t *row)
{
    const uint32_t channels = p->info->n_channels, own = 1 + p->info->has_alpha;

    for (size_t x = 0; x < p->info->width; x++) {
        row[x * channels + c] = plane[x * own];
        if (p->info->has_alpha)
            row[x * channels + channels - 1] = plane[x * own + 1];
    }
}

static void reduce_mixed(bci_planes *p, const uint8_t *samples, uint32_t n, uint16_t *codes)
{
    const size_t size = p->info->maxval > 255 ? 2 : 1;
    const size_t row_values = (size_t)p->info->width * p->info->n_channels;

    for (uint32_t y = 0; y < n; y++, samples += row_values * size, codes += row_values) {
        for (uint32_t c = 0; c < p->n_planes; c++) {
            take_plane(p, c, samples, size, p->samples);
            bci_grid_rows_reduce(p->rows[c], p->samples, 1, p->codes);
            put_plane(p, c, p->codes, codes);
        }
    }
}

void bci_planes_reduce(bci_planes *p, const void *samples, uint32_t n, uint16_t *codes)
{
    const size_t channels = p->info->n_channels;

    if (p->runs)
        bci_image_runs_reduce(p->runs, samples, n, codes);
    else if (p->n_planes == 1)
        bci_grid_rows_reduce(p->rows[0], samples, n, codes);
    else
        reduce_mixed(p, samples, n, codes);
    for (size_t i = channels - 1; p->alpha_of && i < p->info->width * channels * n; i += channels)
        codes[i] = p->alpha_of[codes[i]];
}

bc_status bci_planes_measure(bci_planes *p, bc_image_result *result, bc_error *err)
{
    double entropy_bits = 0.0;
    uint32_t n_used = 0, n_levels = 0;

    if (p->runs)
        return bci_image_runs_measure(p->runs, result, err);

    for (uint32_t c = 0; c < p->n_planes; c++) {
        bci_grid_rows_measure(p->rows[c], result);
        entropy_bits += result->entropy_bits / p->n_planes;
        n_used = result->n_levels_used > n_used ? result->n_levels_used : n_used;
        n_levels = result->n_levels > n_levels ? result->n_levels : n_levels;
    }
    result->entropy_bits = entropy_bits;
    result->n_levels_used = n_used;
    result->n_levels = n_levels;
    return BC_OK;
}
