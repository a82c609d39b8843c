/* Knows how two pictures are read for a page: the whole made smaller in linear light, a detail as
 * it is, the error amplified, and the codes counted. */
#include "image/views.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/light.h"

enum {
    MAX_SIDE = 960, /* pixels of a picture on the page; larger ones are made smaller, and */
    DETAIL_WIDTH = 480,
    DETAIL_HEIGHT = 320, /* so much of their middle is shown as it is */
};

static bc_status short_of_memory(bc_error *err)
{
    return bci_fail(err, BC_E_LIMIT, "out of memory for pictures on a page");
}

static uint32_t sample(const bci_image_side *s, uint32_t x, uint32_t c)
{
    const size_t at = (size_t)x * s->info->n_channels + c;

    return s->info->maxval > 255 ? ((const uint16_t *)s->row)[at] : ((const uint8_t *)s->row)[at];
}

/* Sample of colour c, 0 to 2, of a pixel. */
static uint32_t colour(const bci_image_side *s, uint32_t x, uint32_t c)
{
    return sample(s, x, s->info->n_channels >= 3 ? c : 0);
}

static double alpha(const bci_image_side *s, uint32_t x)
{
    return s->info->has_alpha
               ? (double)sample(s, x, s->info->n_channels - 1) / s->info->alpha_maxval
               : 1.0;
}

static bc_status open_side(bci_image_side *s, const char *path, const bc_reading *reading,
                           bc_error *err)
{
    bc_status st = bc_image_open_with(path, reading, &s->reader, err);

    if (st)
        return st;
    s->info = bc_image_get_info(s->reader);
    const size_t n = (size_t)s->info->maxval + 1;

    s->light_of = malloc(n * sizeof *s->light_of);
    s->shown_of = malloc(n);
    s->row = malloc((size_t)s->info->width * s->info->n_channels * 2);
    if (!s->light_of || !s->shown_of || !s->row)
        return short_of_memory(err);
    for (size_t v = 0; v < n; v++) {
        const double light = bc_transfer_decode(&s->info->transfer, (double)v / s->info->maxval);

        s->light_of[v] = (float)light;
        s->shown_of[v] = (uint8_t)lrint(255.0 * bc_coded_from_light(light));
    }
    return BC_OK;
}

/* Room for what is shown. */
static bc_status prepare_side(bci_image_side *s, const bci_image_views *p, bc_error *err)
{
    s->sums = calloc((size_t)p->small_width * BCI_VIEW_CHANNELS, sizeof *s->sums);
    s->small = malloc((size_t)p->small_width * p->small_height * BCI_VIEW_CHANNELS);
    s->part = malloc((size_t)p->width * p->height * BCI_VIEW_CHANNELS);
    return s->sums && s->small && s->part ? BC_OK : short_of_memory(err);
}

static void close_side(bci_image_side *s)
{
    bc_image_reader_free(s->reader);
    free(s->light_of);
    free(s->shown_of);
    free(s->row);
    free(s->sums);
    free(s->small);
    free(s->part);
}

/* A row of the whole, averaged over factor x factor pixels in linear light. */
static void add_to_small(bci_image_side *s, const bci_image_views *p, uint32_t y)
{
    const double n = (double)p->factor * p->factor;
    const bool is_last = y % p->factor == p->factor - 1;
    uint8_t *to = s->small + (size_t)(y / p->factor) * p->small_width * BCI_VIEW_CHANNELS;

    if (y / p->factor >= p->small_height)
        return;
    for (uint32_t x = 0; x < p->small_width * p->factor; x++) {
        double *sums = &s->sums[(size_t)(x / p->factor) * BCI_VIEW_CHANNELS];

        for (uint32_t c = 0; c < 3; c++)
            sums[c] += (double)s->light_of[colour(s, x, c)];
        sums[3] += alpha(s, x);
    }
    for (size_t i = 0; is_last && i < (size_t)p->small_width * BCI_VIEW_CHANNELS; i++) {
        const double mean = s->sums[i] / n;

        to[i] =
            (uint8_t)lrint(255.0 * (i % BCI_VIEW_CHANNELS < 3 ? bc_coded_from_light(mean) : mean));
        s->sums[i] = 0.0;
    }
}

static void add_to_part(bci_image_side *s, const bci_image_views *p, uint32_t y)
{
    uint8_t *to = s->part + (size_t)(y - p->y) * p->width * BCI_VIEW_CHANNELS;

    for (uint32_t x = p->x; x < p->x + p->width; x++, to += BCI_VIEW_CHANNELS) {
        for (uint32_t c = 0; c < 3; c++)
            to[c] = s->shown_of[colour(s, x, c)];
        to[3] = (uint8_t)lrint(255.0 * alpha(s, x));
    }
}

/* The coded value of a channel; with is_grey of the pixel's luma, as `gray` makes it. */
static double coded(const bci_image_side *s, uint32_t x, uint32_t c, bool is_grey)
{
    static const double luma[] = { 0.2126, 0.7152, 0.0722 };
    double light = 0.0;

    if (!is_grey || s->info->n_channels < 3)
        return (double)colour(s, x, c) / s->info->maxval;
    for (uint32_t i = 0; i < 3; i++)
        light += luma[i] * (double)s->light_of[colour(s, x, i)];
    return bc_transfer_encode(&s->info->transfer, light);
}

static void add_to_error(bci_image_views *p, uint32_t y)
{
    uint8_t *to = p->error + (size_t)(y - p->y) * p->width * 3;

    for (uint32_t x = p->x; x < p->x + p->width; x++) {
        for (uint32_t c = 0; c < 3; c++) {
            const double e = coded(&p->b, x, c, p->is_grey) - coded(&p->a, x, c, p->is_grey);

            *to++ = (uint8_t)lrint(fmin(fmax(127.5 + 127.5 * p->gain * e, 0.0), 255.0));
        }
    }
}

static void count_colours(bci_image_views *p)
{
    const bci_image_side *s = &p->b;

    for (uint32_t x = 0; x < s->info->width; x++) {
        for (uint32_t i = 0; i < p->palette->n_colours; i++) {
            const uint8_t *entry = p->palette->colours[i];

            if (entry[0] == s->shown_of[colour(s, x, 0)] &&
                entry[1] == s->shown_of[colour(s, x, 1)] &&
                entry[2] == s->shown_of[colour(s, x, 2)]) {
                p->counts[i]++;
                break;
            }
        }
    }
}

static bc_status read_all(bci_image_views *p, bc_error *err)
{
    const bool is_smaller = p->factor > 1;
    bc_status st = BC_OK;

    for (uint32_t y = 0; !st && y < p->a.info->height; y++) {
        st = bc_image_read(p->a.reader, p->a.row, 1, err);
        if (!st)
            st = bc_image_read(p->b.reader, p->b.row, 1, err);
        if (st)
            return st;
        if (is_smaller) {
            add_to_small(&p->a, p, y);
            add_to_small(&p->b, p, y);
        }
        if (y >= p->y && y < p->y + p->height) {
            add_to_part(&p->a, p, y);
            add_to_part(&p->b, p, y);
            add_to_error(p, y);
        }
        if (p->palette)
            count_colours(p);
    }
    return st;
}

/* A power of two that makes the RMS error a fifth of what the picture can show, or a bit more;
 * where errors are larger they are not lowered. */
static double error_gain(double rmse)
{
    return rmse > 0.0 ? fmax(exp2(floor(log2(0.4 / rmse))), 1.0) : 1.0;
}

/* How the pictures are shown; both are open. */
static bc_status plan(bci_image_views *p, const bc_image_settings *s, const bc_image_result *m,
                      bc_error *err)
{
    const uint32_t width = p->a.info->width, height = p->a.info->height;
    const uint32_t longer = width > height ? width : height;
    bc_status st;

    p->factor = (longer + MAX_SIDE - 1) / MAX_SIDE;
    p->small_width = width / p->factor ? width / p->factor : 1;
    p->small_height = height / p->factor ? height / p->factor : 1;
    p->width = p->factor > 1 && width > DETAIL_WIDTH ? DETAIL_WIDTH : width;
    p->height = p->factor > 1 && height > DETAIL_HEIGHT ? DETAIL_HEIGHT : height;
    p->x = (width - p->width) / 2;
    p->y = (height - p->height) / 2;
    p->is_grey = s->grey;
    p->gain = error_gain(bc_error_rmse(&m->coded));
    p->palette = m->palette.n_colours ? &m->palette : NULL;
    p->error = malloc((size_t)p->width * p->height * 3);
    p->counts = p->palette ? calloc(p->palette->n_colours, sizeof *p->counts) : NULL;
    if (!p->error || (p->palette && !p->counts))
        return short_of_memory(err);
    st = prepare_side(&p->a, p, err);
    return st ? st : prepare_side(&p->b, p, err);
}

bc_status bci_image_views_read(bci_image_views *v, const char *in, const char *out,
                               const bc_image_settings *s, const bc_image_result *m, bc_error *err)
{
    bc_status st = open_side(&v->a, in, &s->reading, err);

    if (!st)
        st = open_side(&v->b, out, &s->reading, err);
    if (!st)
        st = plan(v, s, m, err);
    return st ? st : read_all(v, err);
}

void bci_image_views_free(bci_image_views *v)
{
    close_side(&v->a);
    close_side(&v->b);
    free(v->error);
    free(v->counts);
}
