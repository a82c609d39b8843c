/* Knows the comparison of two pictures: the figures of a reduction for any two files of one
 * size. Depths, formats and transfer functions may differ; grey counts as colour of equal
 * channels, alpha is left out, but what it hides in both does not blur and has no structure. */
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/quality.h"
#include "image/codec.h"
#include "image/quality.h"

/* One of the two: its rows as coded values and as light. */
typedef struct {
    bc_image_reader *reader;
    double *coded_of, *light_of; /* by sample */
    void *row;
    double *coded, *light; /* a row of n_colours values a pixel, that errors are summed of */
    float *shown, *lit;    /* the same for eyes */
    bool *is_hidden;       /* a row of pixels: is fully transparent */
} side;

static bc_status open_side(side *s, const char *path, const bc_reading *reading, bc_error *err)
{
    bc_status st = bc_image_open_with(path, reading, &s->reader, err);

    if (st)
        return st;
    const bc_image_info *info = &s->reader->info;
    const size_t n = (size_t)info->maxval + 1, width = info->width;

    st = bci_image_take_memory(s->reader, width,
                               info->n_channels * sizeof(uint16_t) +
                                   6 * (sizeof(double) + sizeof(float)),
                               "comparing rows", err);
    if (st)
        return st;
    s->coded_of = malloc(n * sizeof *s->coded_of);
    s->light_of = malloc(n * sizeof *s->light_of);
    s->row = malloc(width * info->n_channels * sizeof(uint16_t));
    s->coded = malloc(width * 3 * sizeof *s->coded);
    s->light = malloc(width * 3 * sizeof *s->light);
    s->shown = malloc(width * 3 * sizeof *s->shown);
    s->lit = malloc(width * 3 * sizeof *s->lit);
    s->is_hidden = calloc(width, sizeof *s->is_hidden);
    if (!s->is_hidden || !s->coded_of || !s->light_of || !s->row || !s->coded || !s->light ||
        !s->shown || !s->lit)
        return bci_fail(err, BC_E_LIMIT, "%s: out of memory for rows of %u pixel(s)", path,
                        info->width);
    for (size_t v = 0; v < n; v++) {
        const double coded = (double)v / info->maxval;

        s->coded_of[v] = coded;
        s->light_of[v] = bc_transfer_decode(&info->transfer, coded);
    }
    return BC_OK;
}

static void close_side(side *s)
{
    bc_image_reader_free(s->reader);
    free(s->coded_of);
    free(s->light_of);
    free(s->row);
    free(s->coded);
    free(s->light);
    free(s->shown);
    free(s->lit);
    free(s->is_hidden);
}

static bc_status read_row(side *s, size_t n_colours, bc_error *err)
{
    const bc_image_info *info = &s->reader->info;
    const bc_status st = bc_image_read(s->reader, s->row, 1, err);
    const uint8_t *bytes = s->row;
    const uint16_t *words = s->row;
    const size_t own = info->n_channels - info->has_alpha;

    for (size_t x = 0; !st && info->has_alpha && x < info->width; x++) {
        const size_t at = (x + 1) * info->n_channels - 1;

        s->is_hidden[x] = (info->maxval > 255 ? words[at] : bytes[at]) == 0;
    }
    for (size_t x = 0; !st && x < info->width; x++) {
        for (size_t c = 0; c < n_colours; c++) {
            const size_t at = x * info->n_channels + (c < own ? c : 0);
            const uint32_t v = info->maxval > 255 ? words[at] : bytes[at];

            s->coded[x * n_colours + c] = s->coded_of[v];
            s->light[x * n_colours + c] = s->light_of[v];
            s->shown[x * n_colours + c] = (float)s->coded_of[v];
            s->lit[x * n_colours + c] = (float)s->light_of[v];
        }
    }
    return st;
}

/* Where both are fully transparent, b becomes a. */
static void pass_over_hidden(const side *a, side *b, size_t n_colours)
{
    if (!a->reader->info.has_alpha || !b->reader->info.has_alpha)
        return;
    for (size_t x = 0; x < a->reader->info.width; x++)
        for (size_t c = 0; c < n_colours && a->is_hidden[x] && b->is_hidden[x]; c++) {
            b->shown[x * n_colours + c] = a->shown[x * n_colours + c];
            b->lit[x * n_colours + c] = a->lit[x * n_colours + c];
        }
}

static bc_status compare_rows(side *a, side *b, size_t n_colours, bc_image_comparison *r,
                              bc_error *err)
{
    const size_t n = n_colours * a->reader->info.width;
    bc_blurred *blurred = NULL;
    bc_ssim *ssim = NULL;

    b->reader->memory += a->reader->memory;
    bc_status st = bci_quality_take_memory(b->reader, n_colours, err);

    if (!st)
        st = bc_blurred_new(r->a.width, r->a.height, (uint32_t)n_colours, BC_BLURRED_SIGMA,
                            BC_BLURRED_AUTO, &blurred, err);
    if (!st)
        st = bc_ssim_new(r->a.width, r->a.height, (uint32_t)n_colours, 1, 1, &ssim, err);
    for (uint32_t y = 0; !st && y < r->a.height; y++) {
        st = read_row(a, n_colours, err);
        if (!st)
            st = read_row(b, n_colours, err);
        if (st)
            break;
        bc_error_add_f64(&r->coded, a->coded, b->coded, n);
        bc_error_add_f64(&r->linear, a->light, b->light, n);
        pass_over_hidden(a, b, n_colours);
        bc_ssim_add_row(ssim, a->shown, b->shown);
        for (size_t i = 0; i < n; i++)
            b->lit[i] -= a->lit[i];
        bc_blurred_add_row(blurred, b->lit);
    }
    if (!st) {
        r->blurred_psnr_db = bc_blurred_psnr_db(blurred);
        r->ssim = bc_ssim_mean(ssim);
        r->ssim_factor = bc_ssim_factor(ssim);
    }
    bc_blurred_free(blurred);
    bc_ssim_free(ssim);
    return st;
}

bc_status bc_image_compare(const char *path_a, const char *path_b, const bc_reading *reading,
                           bc_image_comparison *result, bc_error *err)
{
    side a = { 0 }, b = { 0 };
    bc_image_comparison r = { 0 };
    bc_status st = open_side(&a, path_a, reading, err);

    if (!st)
        st = open_side(&b, path_b, reading, err);
    if (st)
        goto done;
    r.a = a.reader->info;
    r.b = b.reader->info;
    if (r.a.width != r.b.width || r.a.height != r.b.height) {
        st = bci_fail(err, BC_E_USAGE, "%s: %u x %u pixels, expected %u x %u as %s has", path_b,
                      r.b.width, r.b.height, r.a.width, r.a.height, path_a);
        goto done;
    }
    st = compare_rows(&a, &b, r.a.n_channels >= 3 || r.b.n_channels >= 3 ? 3 : 1, &r, err);
    if (st)
        goto done;
    snprintf(r.salvaged[0], sizeof r.salvaged[0], "%s", bc_image_salvaged(a.reader));
    snprintf(r.salvaged[1], sizeof r.salvaged[1], "%s", bc_image_salvaged(b.reader));
    *result = r;
done:
    close_side(&a);
    close_side(&b);
    return st;
}
