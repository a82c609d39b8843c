/* Knows error diffusion as the papers state it, pixel by pixel in double, to walk beside the
 * library: at each pixel the code must be a nearest level of what the walk expects there, and the
 * walk goes on with that code, so that the last bit of a float decides nothing. */
#ifndef DIFFUSION_WALK_H
#define DIFFUSION_WALK_H

#include <stdlib.h>
#include <string.h>

#include "bitcrush/feedback.h"
#include "grids.h"

typedef struct {
    const char *name; /* of the row, for messages */
    const bc_grid *grid;
    const bc_diffusion *kernel;
    bc_scan scan;
    double strength;
    size_t width, height, n_channels;
} diffusion;

/* Level k counts from the lowest code. */
static inline double level(const bc_grid *g, size_t k)
{
    return bc_grid_value(g, g->lo + (int32_t)k);
}

/* How far v lies on the wrong side of the points of decision around level k; 0 when it does not. */
static inline double misplaced(const bc_grid *g, size_t k, double v)
{
    const size_t top = (size_t)bc_grid_levels(g) - 1;
    const double below = k == 0          ? -INFINITY
                         : g->thresholds ? (double)g->thresholds[k - 1]
                                         : 0.5 * (level(g, k - 1) + level(g, k));
    const double above = k == top        ? INFINITY
                         : g->thresholds ? (double)g->thresholds[k]
                                         : 0.5 * (level(g, k) + level(g, k + 1));

    return fmax(0.0, fmax(below - v, v - above));
}

/* Diffuse a picture through the library. */
static inline void diffuse(const diffusion *d, const float *x, const uint8_t *opaque,
                           uint16_t *codes)
{
    const size_t line = d->width * d->n_channels;
    bc_diffuser *diffuser = NULL;
    bc_error err = { .status = BC_OK };

    EXPECT(bc_diffuser_new(d->kernel, d->grid, d->scan, d->strength, d->width, d->n_channels,
                           &diffuser, &err) == BC_OK,
           "%s: %s", d->name, err.text);
    for (size_t y = 0; y < d->height; y++)
        bc_diffuse_row(diffuser, x + y * line, NULL, opaque ? opaque + y * d->width : NULL,
                       codes + y * line);
    bc_diffuser_free(diffuser);
}

/* Walk over the codes and fail where one is not nearest, by more than `tolerance`. */
static inline void walk(const diffusion *d, const float *x, const uint8_t *opaque,
                        const uint16_t *codes, double tolerance)
{
    const size_t n = d->width * d->height * d->n_channels;
    const double first = level(d->grid, 0);
    const double span = level(d->grid, (size_t)bc_grid_levels(d->grid) - 1) - first;
    double *sent = calloc(n, sizeof *sent);

    assert_non_null(sent);
    for (size_t y = 0; y < d->height; y++) {
        const bool backward = d->scan == BC_SCAN_SERPENTINE && y % 2 == 1;

        for (size_t i = 0; i < d->width; i++) {
            const size_t px = backward ? d->width - 1 - i : i;
            const bool given = !opaque || opaque[y * d->width + px];

            for (size_t c = 0; c < d->n_channels; c++) {
                const size_t at = (y * d->width + px) * d->n_channels + c;
                /* Carried errors are bounded to one span past the ends. */
                const double v = fmax(first - span, fmin((double)x[at] + (given ? sent[at] : 0.0),
                                                         first + 2.0 * span));

                EXPECT(codes[at] < bc_grid_levels(d->grid), "%s: code %d", d->name, codes[at]);
                EXPECT(misplaced(d->grid, codes[at], v) <= tolerance,
                       "%s: %.9g at column %zu, line %zu, channel %zu became level %d, %.9g",
                       d->name, v, px, y, c, codes[at], level(d->grid, codes[at]));
                if (!given)
                    continue;
                const double e = v - level(d->grid, codes[at]);

                for (int t = 0; t < d->kernel->n_taps; t++) {
                    const bc_diffusion_tap tap = d->kernel->taps[t];
                    const ptrdiff_t aimed = (ptrdiff_t)px + (backward ? -tap.dx : tap.dx);
                    const ptrdiff_t last = (ptrdiff_t)d->width - 1;
                    /* What falls beside the picture goes to its border, and from the end of
                     * the line walked to the line below. */
                    const ptrdiff_t tx = aimed < 0 ? 0 : aimed > last ? last : aimed;
                    const size_t ty = y + (size_t)(tap.dy > 0 ? tap.dy : tx != aimed);

                    if (ty < d->height)
                        sent[(ty * d->width + (size_t)tx) * d->n_channels + c] +=
                            e * d->strength * tap.weight / d->kernel->divisor;
                }
            }
        }
    }
    free(sent);
}

#endif
