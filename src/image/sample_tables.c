/* Knows what every sample and every code of a picture stands for. Samples are integers, so all that
 * depends on one alone is a table: its code without dither, its position on the grid for noise,
 * its value for error diffusion. */
#include "image/sample_tables.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "bitcrush/light.h"
#include "image/dithered.h"
#include "image/png_layout.h"

static double light_of(const bci_sample_tables *t, double coded)
{
    return bc_transfer_decode(&t->info->transfer, coded);
}

static bool sees_light(const bci_sample_tables *t)
{
    return t->settings->linear_light && bci_image_is_dithered(t->settings);
}

/* The marks of the ruler and, in linear light, points half way between them in coded values. */
static bc_status build_ruled_grid(bci_sample_tables *t, bc_error *err)
{
    float *marks = t->light, *middles = marks + t->n_levels;
    const bool is_light = sees_light(t);

    for (uint32_t k = 0; k < t->n_levels; k++) {
        const double v = bci_image_ruler_mark(t->ruler, k);

        marks[k] = (float)(is_light ? light_of(t, bci_image_ruler_value(t->ruler, k)) : v);
        if (k > 0)
            middles[k - 1] = (float)light_of(t, 0.5 * (bci_image_ruler_value(t->ruler, k - 1) +
                                                       bci_image_ruler_value(t->ruler, k)));
    }
    const bc_status st = bc_grid_codebook(marks, t->n_levels, &t->grid, NULL);

    t->grid.thresholds = is_light ? middles : NULL;
    return st ? bci_fail(
                    err, BC_E_USAGE,
                    "%s: marks lie closer together than errors can be told, expected `dither=none`",
                    t->settings->spec.name)
              : BC_OK;
}

static bc_status build_grid(bci_sample_tables *t, bc_error *err)
{
    const bool needs_table = t->ruler ? t->settings->kernel || sees_light(t) : sees_light(t);

    if (!needs_table)
        return t->ruler ? BC_OK : bc_grid_uniform(t->bits, &t->grid, err);
    t->light = calloc(2 * (size_t)t->n_levels, sizeof *t->light);
    if (!t->light)
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory for %u level(s)", t->n_levels);
    return t->ruler ? build_ruled_grid(t, err)
                    : bc_grid_light(t->bits, &t->info->transfer, t->light, &t->grid, err);
}

static double value_of(const bci_sample_tables *t, uint32_t v)
{
    return t->ruler ? v / (double)t->info->maxval : bci_coded_value(t->info, t->bits, v);
}

/* Nearest level of every sample, by the grid in double: exact for every depth. */
static void fill_codes(bci_sample_tables *t)
{
    const bc_scale identity = BC_SCALE_IDENTITY;

    for (uint32_t v = 0; v <= t->info->maxval; v++) {
        const double x = value_of(t, v);
        int32_t code;

        bc_quantize_f64(t->ruler ? &t->ruler->grid : &t->grid,
                        t->ruler ? &t->ruler->scale : &identity, t->settings->rounding, &x, NULL, 1,
                        NULL, &code);
        t->code[v] = bci_code_within(t, (int64_t)code - (t->ruler ? t->ruler->first : 0));
    }
}

/* Where x lies on the levels, counted from the first; *rest is the way from there in steps. */
static int64_t place_on(const bci_sample_tables *t, double x, double *rest)
{
    const bci_image_ruler *r = t->ruler;
    bc_position p;

    if (t->light || !r) {
        /* The levels in linear light are floats: compared as such, a level lies on itself. The
         * coded ones may miss it by the rounding of a product. */
        p = bc_grid_position(&t->grid, t->light ? (double)(float)x : x);
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
static void fill_position(bci_sample_tables *t, uint32_t v, double x)
{
    double rest;
    const int64_t base = place_on(t, x, &rest);
    const double nearest = rint(rest);
    const double exact = fabs(rest - nearest) < 1e-9 ? nearest : rest;
    const int64_t below = base + (int64_t)floor(exact);
    const int32_t code = bci_code_within(t, below);

    t->code[v] = (uint16_t)code;
    t->place[v] = (float)(exact - floor(exact) + (double)(below - code));
}

static void fill(bci_sample_tables *t)
{
    for (uint32_t v = 0; v <= t->info->maxval; v++) {
        const double meant = value_of(t, v), coded = v / (double)t->info->maxval;
        const double x = sees_light(t) ? light_of(t, meant) : meant;

        if (t->settings->kernel)
            t->place[v] = (float)x;
        else if (bci_image_is_dithered(t->settings))
            fill_position(t, v, x);
        t->coded[v] = coded;
        t->light_of[v] = sees_light(t) && meant == coded ? x : light_of(t, coded);
    }
    for (uint32_t k = 0; k < t->n_levels; k++) {
        if (t->ruler)
            t->stored[k] = (uint16_t)rint(bci_image_ruler_value(t->ruler, k) * t->sample_maxval);
        t->code_coded[k] = t->ruler ? t->stored[k] / (double)t->sample_maxval
                                    : bci_stored_value(k, t->n_levels - 1, t->sample_maxval);
        t->code_light[k] = light_of(t, t->code_coded[k]);
    }
    if (!bci_image_is_dithered(t->settings))
        fill_codes(t);
}

static bool allocate(bci_sample_tables *t)
{
    const size_t n = (size_t)t->info->maxval + 1;

    t->code = malloc(n * sizeof *t->code);
    t->place = malloc(n * sizeof *t->place);
    t->coded = malloc(n * sizeof *t->coded);
    t->light_of = malloc(n * sizeof *t->light_of);
    t->code_coded = malloc(t->n_levels * sizeof *t->code_coded);
    t->code_light = malloc(t->n_levels * sizeof *t->code_light);
    t->stored = t->ruler ? malloc(t->n_levels * sizeof *t->stored) : NULL;
    return t->code && t->place && t->coded && t->light_of && t->code_coded && t->code_light &&
           (t->stored || !t->ruler);
}

bc_status bci_sample_tables_init(bci_sample_tables *t, const bc_image_info *info,
                                 const bc_image_settings *settings, const bci_image_ruler *ruler,
                                 uint32_t sample_maxval, bc_error *err)
{
    t->info = info;
    t->settings = settings;
    t->ruler = ruler;
    t->sample_maxval = sample_maxval;
    t->bits = ruler ? 1 : settings->bits;
    while (ruler && UINT32_C(1) << t->bits < ruler->n)
        t->bits++;
    t->n_levels = ruler ? ruler->n : 1u << t->bits;
    const bc_status st = build_grid(t, err);

    if (st)
        return st;
    if (!allocate(t))
        return bci_fail(err, BC_E_LIMIT, "picture: out of memory for tables of %u sample(s)",
                        info->maxval + 1);
    fill(t);
    return BC_OK;
}

void bci_sample_tables_free(bci_sample_tables *t)
{
    free(t->light);
    free(t->code);
    free(t->place);
    free(t->coded);
    free(t->light_of);
    free(t->stored);
    free(t->code_coded);
    free(t->code_light);
    *t = (bci_sample_tables){ 0 };
}
