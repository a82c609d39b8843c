/* Knows error diffusion in the plane: the kernels and the walk over a line.
 *
 * The nearest level of a value is looked up in equal cells over the span of the grid, fine
 * enough that a cell holds at most one point of decision: one load answers code, value and
 * threshold. Where 2^16 cells do not suffice, a cell names its first code and the walk
 * goes up from there. */
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
    float threshold;    /* from here on the upper code; +infinity when there is none */
    float below, above; /* values of the lower and the upper code */
    uint32_t code;      /* the lower code */
} cell;

struct bc_diffuser {
    const bc_kernel *kernel;
    bc_scan scan;
    size_t width, n_channels;
    size_t line; /* lines done */
    float weights[BC_KERNEL_MAX_TAPS];
    float first, cell_gain; /* cell of v = (v - first) * cell_gain */
    float last_cell;
    float v_min, v_max; /* bounds of x plus carried error */
    bool cells_suffice; /* no cell holds two points of decision */
    uint32_t n_levels;
    cell *cells;
    float *values;     /* n_levels */
    float *thresholds; /* n_levels - 1 */
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

static inline uint32_t cell_index(const bc_diffuser *d, float v)
{
    float at = (v - d->first) * d->cell_gain;

    at = at > 0.0f ? at : 0.0f;
    at = at < d->last_cell ? at : d->last_cell;
    return (uint32_t)(int32_t)at;
}

static void copy_levels(bc_diffuser *d, const bc_grid *g)
{
    for (uint32_t k = 0; k < d->n_levels; k++)
        d->values[k] = (float)bc_grid_value(g, g->lo + (int32_t)k);
    for (uint32_t k = 0; k + 1 < d->n_levels; k++)
        d->thresholds[k] = g->thresholds ? g->thresholds[k]
                                         : 0.5f * (d->values[k] + d->values[k + 1]);
}

/* Cells are filled through cell_index itself, which is monotone: so a cell's code is right
 * whatever the rounding of the index. */
static void fill_cells(bc_diffuser *d, uint32_t n_cells)
{
    uint32_t k = 0; /* thresholds passed */

    d->cells_suffice = true;
    for (uint32_t i = 0; i < n_cells; i++) {
        cell *c = &d->cells[i];

        *c = (cell){ INFINITY, d->values[k], d->values[k], k };
        if (k + 1 == d->n_levels || cell_index(d, d->thresholds[k]) != i)
            continue;
        c->threshold = d->thresholds[k];
        c->above = d->values[k + 1];
        k++;
        for (; k + 1 < d->n_levels && cell_index(d, d->thresholds[k]) == i; k++)
            d->cells_suffice = false;
    }
}

static bc_status build_cells(bc_diffuser *d, bc_error *err)
{
    const float span = d->values[d->n_levels - 1] - d->values[0];
    float gap = span;
    uint32_t n_cells = 64;

    for (uint32_t k = 0; k + 2 < d->n_levels; k++)
        gap = fminf(gap, d->thresholds[k + 1] - d->thresholds[k]);
    while (n_cells < MAX_CELLS && span / (float)n_cells > 0.9f * gap)
        n_cells *= 2;
    d->cells = malloc(n_cells * sizeof *d->cells);
    if (!d->cells)
        return bci_fail(err, BC_E_LIMIT, "error diffusion: out of memory for %u cells", n_cells);
    d->first = d->values[0];
    d->cell_gain = (float)n_cells / span;
    d->last_cell = (float)(n_cells - 1);
    d->v_min = d->values[0] - span;
    d->v_max = d->values[d->n_levels - 1] + span;
    fill_cells(d, n_cells);
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

        for (size_t c = 0; c < n_channels; c++) {
            const size_t at = pixel * n_channels + c;
            float *here = s.errors[0] + PAD * n_channels + at;
            const float sent = given ? *here + ahead[0][c] : 0.0f;
            float v = x[at] + sent, value;
            uint32_t code;

            v = v > s.v_min ? v : v == v ? s.v_min : 0.0f;
            v = v < s.v_max ? v : s.v_max;
            const cell *found = &s.cells[cell_index(&s, v)];

            if (cells_suffice) {
                value = v >= found->threshold ? found->above : found->below;
                code = found->code + (v >= found->threshold);
            } else {
                code = climb(&s, found->code, v, &value);
            }
            codes[at] = (uint16_t)code;
            const float e = given ? v - value : 0.0f;

            ahead[0][c] = ahead[1][c];
            ahead[1][c] = 0.0f;
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
