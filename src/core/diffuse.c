/* Knows error diffusion in the plane: the kernels and the walk over a line.
 *
 * The nearest level of a value is looked up in equal cells over the span of the grid, fine
 * enough that a cell holds at most one point of decision: one load answers code, value and
 * threshold. Where 2^16 cells do not suffice, a cell names its first code and the walk
 * goes up from there. All values are kept in units of cells from the first level: what a
 * pixel waits for, from the error of its neighbour to its own, is then an addition, two
 * bounds, a conversion, two loads, a subtraction and a product. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/feedback.h"

static const bc_kernel rows[] = {
    { "floyd-steinberg", "4 taps, the classic", "Floyd and Steinberg, Proc. SID 17/2, 1976", 16, 4,
      { { 1, 0, 7 }, { -1, 1, 3 }, { 0, 1, 5 }, { 1, 1, 1 } } },
};

enum {
    PAD = 3,     /* pixels beside a line that errors may fall on: lost at the border */
    N_LINES = 3, /* the line in work and two below it */
    MAX_CELLS = 1 << 16,
    MAX_CHANNELS = 4,
};

typedef struct {
    float threshold; /* from here on the upper code; +infinity when there is none */
    uint32_t code;   /* the lower code */
    float values[2]; /* of the lower and the upper code */
} cell;

struct bc_diffuser {
    const bc_kernel *kernel;
    bc_scan scan;
    size_t width, n_channels;
    size_t line; /* lines done */
    float weights[BC_KERNEL_MAX_TAPS];
    float first, cell_gain; /* v in cells = (x - first) * cell_gain */
    float zero;             /* x = 0 in cells: what NaN counts as */
    float v_min, v_max;     /* bounds of v and its carried error: one span past both ends */
    bool cells_suffice;     /* no cell holds two points of decision */
    uint32_t n_levels;
    int32_t n_cells; /* over the span of the grid */
    cell *cells;     /* 3 n_cells, from v_min to v_max */
    float *values;     /* n_levels, in cells */
    float *thresholds; /* n_levels - 1, in cells */
    float *errors[N_LINES];
};

size_t bc_kernel_rows(const bc_kernel **out)
{
    *out = rows;
    return sizeof rows / sizeof *rows;
}

const bc_kernel *bc_kernel_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(name, rows[i].name) == 0)
            return &rows[i];
    return NULL;
}

/* The cell of v_min <= v <= v_max. Monotone; cell n_cells takes the values on both sides of
 * the first level, because conversion cuts toward zero. */
static inline const cell *cell_at(const bc_diffuser *d, float v)
{
    return d->cells + (d->n_cells + (int32_t)v);
}

static void copy_levels(bc_diffuser *d, const bc_grid *g)
{
    for (uint32_t k = 0; k < d->n_levels; k++)
        d->values[k] = (float)bc_grid_value(g, g->lo + (int32_t)k);
    for (uint32_t k = 0; k + 1 < d->n_levels; k++)
        d->thresholds[k] = g->thresholds ? g->thresholds[k]
                                         : 0.5f * (d->values[k] + d->values[k + 1]);
}

/* Cells are filled through cell_at itself, which is monotone: so a cell's code is right
 * whatever the rounding of the index. */
static void fill_cells(bc_diffuser *d)
{
    uint32_t k = 0; /* thresholds passed */

    d->cells_suffice = true;
    for (cell *c = d->cells; c < d->cells + 3 * d->n_cells; c++) {
        *c = (cell){ INFINITY, k, { d->values[k], d->values[k] } };
        if (k + 1 == d->n_levels || cell_at(d, d->thresholds[k]) != c)
            continue;
        c->threshold = d->thresholds[k];
        c->values[1] = d->values[k + 1];
        k++;
        for (; k + 1 < d->n_levels && cell_at(d, d->thresholds[k]) == c; k++)
            d->cells_suffice = false;
    }
}

/* How many cells keep all points of decision apart, a power of 2. */
static int32_t cells_needed(const bc_diffuser *d, float span)
{
    float gap = span;
    int32_t n = 64;

    for (uint32_t k = 0; k + 2 < d->n_levels; k++)
        gap = fminf(gap, d->thresholds[k + 1] - d->thresholds[k]);
    while (n < MAX_CELLS && span / (float)n > 0.9f * gap)
        n *= 2;
    return n;
}

static bc_status build_cells(bc_diffuser *d, bc_error *err)
{
    const float span = d->values[d->n_levels - 1] - d->values[0];

    d->n_cells = cells_needed(d, span);
    d->cells = malloc(3 * (size_t)d->n_cells * sizeof *d->cells);
    if (!d->cells)
        return bci_fail(err, BC_E_LIMIT, "error diffusion: out of memory for %d cells",
                        d->n_cells);
    d->first = d->values[0];
    d->cell_gain = (float)d->n_cells / span;
    d->zero = -d->first * d->cell_gain;
    d->v_min = (float)-d->n_cells;
    d->v_max = (float)(2 * d->n_cells - 1);
    for (uint32_t k = 0; k < d->n_levels; k++)
        d->values[k] = (d->values[k] - d->first) * d->cell_gain;
    for (uint32_t k = 0; k + 1 < d->n_levels; k++)
        d->thresholds[k] = (d->thresholds[k] - d->first) * d->cell_gain;
    fill_cells(d);
    return BC_OK;
}

bc_status bc_diffuser_new(const bc_kernel *kernel, const bc_grid *grid, bc_scan scan,
                          double strength, size_t width, size_t n_channels, bc_diffuser **out,
                          bc_error *err)
{
    const size_t line_size = (width + 2 * PAD) * n_channels;
    bc_diffuser *d = NULL;
    bc_status st;

    if (!(strength >= 0.0 && strength <= 1.0))
        return bci_fail(err, BC_E_USAGE, "error diffusion: strength %g, expected 0 to 1", strength);
    if (width == 0 || width > SIZE_MAX / 64 || n_channels < 1 || n_channels > MAX_CHANNELS)
        return bci_fail(err, BC_E_USAGE, "error diffusion: %zu pixels of %zu channels, expected at "
                        "least 1 pixel of 1 to 4 channels", width, n_channels);
    if (bc_grid_levels(grid) > 65536 || isinf(bc_grid_value(grid, grid->hi)))
        return bci_fail(err, BC_E_USAGE, "error diffusion: expected a grid of at most 65536 finite "
                        "levels");
    d = calloc(1, sizeof *d);
    if (d) {
        *d = (bc_diffuser){ .kernel = kernel, .scan = scan, .width = width,
                            .n_channels = n_channels, .n_levels = (uint32_t)bc_grid_levels(grid) };
        d->values = malloc(d->n_levels * sizeof *d->values);
        d->thresholds = malloc(d->n_levels * sizeof *d->thresholds);
        for (int i = 0; i < N_LINES; i++)
            d->errors[i] = calloc(line_size, sizeof *d->errors[i]);
    }
    if (!d || !d->values || !d->thresholds || !d->errors[0] || !d->errors[1] || !d->errors[2]) {
        st = bci_fail(err, BC_E_LIMIT, "error diffusion: out of memory for lines of %zu pixels",
                      width);
        goto done;
    }
    for (int t = 0; t < kernel->n_taps; t++)
        d->weights[t] = (float)(strength * kernel->taps[t].weight / kernel->divisor);
    copy_levels(d, grid);
    st = build_cells(d, err);
    if (st)
        goto done;
    *out = d;
    d = NULL;
done:
    bc_diffuser_free(d);
    return st;
}

void bc_diffuser_free(bc_diffuser *d)
{
    if (!d)
        return;
    for (int i = 0; i < N_LINES; i++)
        free(d->errors[i]);
    free(d->thresholds);
    free(d->values);
    free(d->cells);
    free(d);
}

/* The nearest level of v and its value, inside a cell of several points of decision. */
static uint32_t climb(const bc_diffuser *d, uint32_t code, float v, float *value)
{
    while (code + 1 < d->n_levels && v >= d->thresholds[code])
        code++;
    *value = d->values[code];
    return code;
}

/* One line; kernel, number of channels and cells_suffice are literal in every call, so that
 * the loops over them unroll. Errors for the rest of this line travel in `ahead`. */
static inline __attribute__((always_inline)) void
diffuse_line(bc_diffuser *d, const bc_kernel *kernel, size_t n_channels, bool cells_suffice,
             const float *x, const uint8_t *opaque, uint16_t *codes)
{
    const bool backward = d->scan == BC_SCAN_SERPENTINE && d->line % 2 != 0;
    const ptrdiff_t step = backward ? -(ptrdiff_t)n_channels : (ptrdiff_t)n_channels;
    const bc_diffuser s = *d; /* the stores below cannot change a local copy */
    float ahead[2][MAX_CHANNELS] = { { 0 } };
    float weights[BC_KERNEL_MAX_TAPS];
    size_t pixel = backward ? s.width - 1 : 0;

    memcpy(weights, s.weights, sizeof weights);
    for (size_t i = 0; i < s.width; i++, pixel += backward ? (size_t)-1 : 1) {
        const bool given = !opaque || opaque[pixel];

#pragma GCC unroll 4
        for (size_t c = 0; c < n_channels; c++) {
            const size_t at = pixel * n_channels + c;
            const float *here = s.errors[0] + PAD * n_channels + at;
            const float own = (x[at] - s.first) * s.cell_gain;
            const float known = own == own ? own : s.zero; /* NaN */
            float v = given ? (known + *here) + ahead[0][c] : known, value;
            uint32_t code;

            v = v > s.v_min ? v : s.v_min;
            v = v < s.v_max ? v : s.v_max;
            const cell *found = cell_at(&s, v);

            if (cells_suffice) {
                /* By index, not by branch: which level wins is as good as random. */
                const uint32_t is_above = v >= found->threshold;

                value = found->values[is_above];
                code = found->code + is_above;
            } else {
                code = climb(&s, found->code, v, &value);
            }
            codes[at] = (uint16_t)code;
            const float e = given ? v - value : 0.0f;

            ahead[0][c] = ahead[1][c];
            ahead[1][c] = 0.0f;
#pragma GCC unroll 11
            for (int t = 0; t < kernel->n_taps; t++) {
                const bc_kernel_tap tap = kernel->taps[t];

                if (tap.dy == 0)
                    ahead[tap.dx - 1][c] += e * weights[t];
                else
                    s.errors[tap.dy][PAD * n_channels + at + (size_t)(tap.dx * step)] +=
                        e * weights[t];
            }
        }
    }
}

/* The shapes worth unrolling; the last line serves all others. */
static void diffuse_any(bc_diffuser *d, const float *x, const uint8_t *opaque, uint16_t *codes)
{
    if (d->kernel == &rows[0] && d->cells_suffice && !opaque && d->n_channels == 1)
        diffuse_line(d, &rows[0], 1, true, x, NULL, codes);
    else if (d->kernel == &rows[0] && d->cells_suffice && !opaque && d->n_channels == 3)
        diffuse_line(d, &rows[0], 3, true, x, NULL, codes);
    else
        diffuse_line(d, d->kernel, d->n_channels, d->cells_suffice, x, opaque, codes);
}

void bc_diffuse_row(bc_diffuser *d, const float *x, const uint8_t *opaque, uint16_t *codes)
{
    diffuse_any(d, x, opaque, codes);

    float *done = d->errors[0];

    memset(done, 0, (d->width + 2 * PAD) * d->n_channels * sizeof *done);
    for (int i = 0; i + 1 < N_LINES; i++)
        d->errors[i] = d->errors[i + 1];
    d->errors[N_LINES - 1] = done;
    d->line++;
}
