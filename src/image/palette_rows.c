/* Knows how rows go through a palette: cut in parts that can run at the same time, written as
 * indices or as colours, and compared with what they were. */
#include "image/palette_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "image/codec.h"
#include "image/dithered.h"
#include "image/palette_map.h"
#include "image/png_layout.h"

enum { N_PARTS = 4 };

/* Grey counts as equal red, green and blue, as a colour of a palette may not be grey. */
typedef struct {
    uint8_t *indices;
    uint32_t *pairs;   /* of 8-bit samples: counts by channel, sample and index; or NULL */
    uint64_t n_pixels; /* counted since they were last summed */
    double *x, *y;     /* of deeper ones: a row of samples and of what became of them */
    uint64_t histogram[BC_PALETTE_MAX_COLOURS];
    bc_error_sums coded, linear;
} part;

struct bci_palette_rows {
    const bc_image_info *info;
    const bc_image_settings *settings;
    const bc_palette *palette;
    uint32_t sample_maxval; /* of the file, where it has colours; 0 where it has indices */
    size_t n_colours;       /* colour channels of the input */
    uint32_t row;           /* rows done */
    bci_palette_map *map;
    double *light_of;                        /* by sample */
    double coded[BC_PALETTE_MAX_COLOURS][3]; /* as the file has them, by index */
    double light[BC_PALETTE_MAX_COLOURS][3]; /* the same in linear light */
    part parts[N_PARTS];
};

bc_status bci_palette_distinct(const bc_palette *palette, bc_palette *out, bc_error *err)
{
    bc_palette distinct = { 0 };

    if (palette->n_colours < 1 || palette->n_colours > BC_PALETTE_MAX_COLOURS)
        return bci_fail(err, BC_E_USAGE, "palette: %u colour(s), expected 1 to %d",
                        palette->n_colours, BC_PALETTE_MAX_COLOURS);
    for (uint32_t i = 0; i < palette->n_colours; i++) {
        uint32_t j = 0;

        while (j < distinct.n_colours &&
               memcmp(distinct.colours[j], palette->colours[i], sizeof distinct.colours[j]) != 0)
            j++;
        memcpy(distinct.colours[j], palette->colours[i], sizeof distinct.colours[j]);
        distinct.n_colours += j == distinct.n_colours;
    }
    *out = distinct;
    return BC_OK;
}

static double light_of(const bci_palette_rows *q, double coded)
{
    return bc_transfer_decode(&q->info->transfer, coded);
}

static bool allocate(bci_palette_rows *q)
{
    const size_t width = q->info->width, n_samples = (size_t)q->info->maxval + 1;
    bool ok = true;

    for (int i = 0; ok && i < N_PARTS; i++) {
        part *p = &q->parts[i];

        ok = (p->indices = malloc(width)) != NULL;
        if (ok && n_samples <= 256)
            ok = (p->pairs = calloc(q->n_colours * n_samples * BC_PALETTE_MAX_COLOURS,
                                    sizeof *p->pairs)) != NULL;
        else if (ok)
            ok = (p->x = malloc(width * 3 * sizeof *p->x)) &&
                 (p->y = malloc(width * 3 * sizeof *p->y));
    }
    if (ok)
        ok = (q->light_of = malloc(n_samples * sizeof *q->light_of)) != NULL;
    return ok;
}

static void fill_tables(bci_palette_rows *q)
{
    for (uint32_t v = 0; v <= q->info->maxval; v++)
        q->light_of[v] = light_of(q, (double)v / q->info->maxval);
    for (uint32_t k = 0; k < q->palette->n_colours; k++) {
        for (size_t c = 0; c < 3; c++) {
            const uint32_t most = q->sample_maxval ? q->sample_maxval : 255;
            const double coded = bci_stored_value(q->palette->colours[k][c], 255, most);

            q->coded[k][c] = coded;
            q->light[k][c] = light_of(q, coded);
        }
    }
}

bc_status bci_palette_rows_new(const bc_image_info *info, const bc_image_settings *settings,
                               const bc_palette *palette, uint32_t sample_maxval,
                               bci_palette_rows **out, bc_error *err)
{
    const bool is_dithered = bci_image_is_dithered(settings);
    /* A fitted palette is fitted in coded values: undithered, the nearest colour is so too. */
    const bool in_coded = is_dithered ? !settings->linear_light : !settings->palette;
    bci_palette_rows *q;
    bc_status st;

    if (settings->rounding == BC_ROUND_TRUNCATE)
        return bci_fail(err, BC_E_USAGE,
                        "`rounding=truncate` is the bare bit shift, expected "
                        "`rounding=nearest` with a palette");
    q = calloc(1, sizeof *q);
    if (!q)
        return bci_fail(err, BC_E_LIMIT, "palette: out of memory");
    q->info = info;
    q->settings = settings;
    q->palette = palette;
    q->sample_maxval = sample_maxval;
    q->n_colours = info->n_channels >= 3 ? 3 : 1;
    st = allocate(q) ? bci_palette_map_new(info, settings, palette, in_coded, &q->map, err)
                     : bci_fail(err, BC_E_LIMIT, "palette: out of memory for rows of %u pixel(s)",
                                info->width);
    if (st) {
        bci_palette_rows_free(q);
        return st;
    }
    fill_tables(q);
    *out = q;
    return BC_OK;
}

void bci_palette_rows_free(bci_palette_rows *q)
{
    if (!q)
        return;
    for (int i = 0; i < N_PARTS; i++) {
        free(q->parts[i].indices);
        free(q->parts[i].pairs);
        free(q->parts[i].x);
        free(q->parts[i].y);
    }
    bci_palette_map_free(q->map);
    free(q->light_of);
    free(q);
}

/* The counted pairs of one part as sums, in the order of channels, samples and indices. */
static void sum_pairs(const bci_palette_rows *q, part *p)
{
    const uint32_t n_samples = q->info->maxval + 1;

    for (size_t c = 0; c < 3; c++) {
        const uint32_t *count =
            p->pairs + (c < q->n_colours ? c : 0) * n_samples * BC_PALETTE_MAX_COLOURS;

        for (uint32_t v = 0; v < n_samples; v++, count += BC_PALETTE_MAX_COLOURS) {
            const double x = v / (double)q->info->maxval, light = q->light_of[v];

            for (uint32_t k = 0; k < q->palette->n_colours; k++) {
                if (!count[k])
                    continue;
                bc_error_add_pair(&p->coded, x, q->coded[k][c], count[k]);
                bc_error_add_pair(&p->linear, light, q->light[k][c], count[k]);
            }
        }
    }
    memset(p->pairs, 0, q->n_colours * n_samples * BC_PALETTE_MAX_COLOURS * sizeof *p->pairs);
    p->n_pixels = 0;
}

static void count_pairs(const bci_palette_rows *q, part *p, const uint8_t *row)
{
    const bc_image_info *info = q->info;
    const size_t n_samples = (size_t)info->maxval + 1;

    for (size_t x = 0; x < info->width; x++, row += info->n_channels) {
        const uint8_t k = p->indices[x];

        for (size_t c = 0; c < q->n_colours; c++)
            p->pairs[(c * n_samples + row[c]) * BC_PALETTE_MAX_COLOURS + k]++;
        p->histogram[k]++;
    }
    p->n_pixels += info->width;
    if (p->n_pixels > UINT32_MAX - info->width) /* before a count can overflow */
        sum_pairs(q, p);
}

static void sum_errors(const bci_palette_rows *q, part *p, const uint16_t *row)
{
    const bc_image_info *info = q->info;
    const size_t step = q->n_colours == 3;

    for (int in_light = 0; in_light < 2; in_light++) {
        size_t n = 0;

        for (size_t x = 0; x < info->width; x++) {
            const uint8_t k = p->indices[x];

            for (size_t c = 0; c < 3; c++, n++) {
                const uint16_t v = row[x * info->n_channels + c * step];

                p->x[n] = in_light ? q->light_of[v] : v / (double)info->maxval;
                p->y[n] = in_light ? q->light[k][c] : q->coded[k][c];
            }
            p->histogram[k] += in_light == 0;
        }
        bc_error_add_f64(in_light ? &p->linear : &p->coded, p->x, p->y, n);
    }
}

/* The alpha sample of pixel x as a code: as it came, or rounded. */
static uint16_t alpha_code(const bci_palette_rows *q, const void *row, size_t x)
{
    const bc_image_info *info = q->info;
    const uint32_t a = bci_sample_at(row, info->maxval > 255, (x + 1) * info->n_channels - 1);
    const int bits = q->settings->alpha_bits;

    return (uint16_t)(bits ? bci_rescale(a, info->alpha_maxval, (1u << bits) - 1) : a);
}

static void write_codes(const bci_palette_rows *q, const part *p, const void *row, uint16_t *codes)
{
    const bc_image_info *info = q->info;

    for (size_t x = 0; x < info->width; x++) {
        const uint8_t *colour = q->palette->colours[p->indices[x]];

        if (q->sample_maxval == 0) {
            *codes++ = p->indices[x];
            continue;
        }
        for (int c = 0; c < 3; c++)
            *codes++ = colour[c];
        if (info->has_alpha)
            *codes++ = alpha_code(q, row, x);
    }
}

static void reduce_part(bci_palette_rows *q, int i, const uint8_t *samples, uint32_t y, uint32_t n,
                        uint16_t *codes)
{
    const bc_image_info *info = q->info;
    const size_t row_bytes = bci_image_row_bytes(info);
    const size_t row_codes = (size_t)info->width * (q->sample_maxval ? 3u + info->has_alpha : 1);
    part *p = &q->parts[i];

    for (uint32_t j = 0; j < n; j++, samples += row_bytes, codes += row_codes) {
        bci_palette_map_row(q->map, i, samples, y + j, p->indices);
        if (p->pairs)
            count_pairs(q, p, samples);
        else
            sum_errors(q, p, (const uint16_t *)(const void *)samples);
        write_codes(q, p, samples, codes);
    }
}

void bci_palette_rows_reduce(bci_palette_rows *q, const void *samples, uint32_t n, uint16_t *codes)
{
    const bc_image_info *info = q->info;
    const size_t row_bytes = bci_image_row_bytes(info);
    const size_t row_codes = (size_t)info->width * (q->sample_maxval ? 3u + info->has_alpha : 1);
    /* Rows of one diffusion follow each other; the others are cut in fixed parts. */
    const uint32_t n_parts = q->settings->kernel ? 1 : N_PARTS;

    for (uint32_t i = 0; i < n_parts; i++) {
        const uint32_t from = (uint32_t)((uint64_t)n * i / n_parts);
        const uint32_t to = (uint32_t)((uint64_t)n * (i + 1) / n_parts);
        const uint8_t *part_samples = (const uint8_t *)samples + from * row_bytes;
        uint16_t *part_codes = codes + from * row_codes;
        const uint32_t y = q->row + from;

#pragma omp task if (n_parts > 1)
        reduce_part(q, (int)i, part_samples, y, to - from, part_codes);
    }
#pragma omp taskwait
    q->row += n;
}

void bci_palette_rows_measure(bci_palette_rows *q, bc_image_result *result)
{
    const uint32_t n = q->palette->n_colours;
    uint64_t histogram[BC_PALETTE_MAX_COLOURS] = { 0 };

    for (int i = 0; i < N_PARTS; i++) {
        part *p = &q->parts[i];

        if (p->pairs)
            sum_pairs(q, p);
        for (uint32_t k = 0; k < n; k++)
            histogram[k] += p->histogram[k];
        bc_error_merge(&result->coded, &p->coded);
        bc_error_merge(&result->linear, &p->linear);
    }
    result->n_levels = n;
    result->n_levels_used = (uint32_t)bc_levels_used(histogram, n);
    result->entropy_bits = bc_entropy_bits(histogram, n);
}
