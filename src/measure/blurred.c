/* Knows the mean square of a blurred error, from rows.
 *
 * The Gaussian is separable. Down the columns each incoming row is added, weighted, to the
 * blurred rows in the making that it is part of; nothing is kept of it. A blurred row that has
 * got its last part is blurred along and summed. Only rows that are evaluated are ever made,
 * and the pass along runs over whole rows: neighbouring outputs share vector loads, which makes
 * all columns as cheap as picking every fifth would be. */
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/quality.h"
#include "measure/window.h"

enum {
    N_LANES = 8,
    ALONG_CHUNK = 256, /* outputs of the pass along at once, a multiple of N_LANES */
    DOWN_CHUNK = 2048, /* of a row that stays in the first cache for all blurred rows */
};

static const double max_sigma = 64.0;
static const double phi_squared = 2.6180339887498949;

/* A blurred row in the making. */
typedef struct {
    size_t center;
    float *values; /* of column 0; `margin` more at both ends */
} blurred_row;

/* Sums of squares of evaluated rows; sample i of a row goes to lane i % N_LANES. */
typedef struct {
    double lanes[N_LANES];
} squares;

struct bc_blurred {
    size_t width, height, n_channels;
    size_t row; /* rows added */
    ptrdiff_t radius;
    double *taps;    /* radius + 1 */
    float *taps_f32; /* the same for the pass along */
    size_t margin;   /* radius * n_channels */
    /* Evaluated are n_edge rows at the top and at the bottom, and between them n_inner rows. */
    size_t n_edge, n_inner;
    double spacing; /* of the inner rows */
    size_t n_begun;
    blurred_row *making; /* n_making rows in their order, the rest are free */
    size_t n_making, max_making;
    float *values;
    squares edge, inner;
};

/* The row that the evaluated row number j is. */
static size_t center_of(const bc_blurred *b, size_t j)
{
    const size_t inner = j - b->n_edge;

    if (j < b->n_edge)
        return j;
    if (inner < b->n_inner)
        return b->n_edge + (size_t)(((double)inner + 0.5) * b->spacing);
    return b->height - b->n_edge + (inner - b->n_inner);
}

static bool wants_sparse(const bc_blurred *b, bc_blurred_rows rows)
{
    const uint64_t n_pixels = (uint64_t)b->width * b->height;

    if (rows == BC_BLURRED_AUTO)
        return n_pixels >= BC_BLURRED_SPARSE_PIXELS && b->height >= BC_BLURRED_SPARSE_HEIGHT;
    return rows == BC_BLURRED_SPARSE_ROWS;
}

/* Within the radius of the top and bottom edges all rows are evaluated: a dither pattern does
 * not cancel against its mirror image, so that these few rows can hold a tenth of the sum. */
static void choose_rows(bc_blurred *b, double sigma, bc_blurred_rows rows)
{
    const double spacing = phi_squared * sigma;
    const size_t n_edges = 2 * (size_t)b->radius;

    b->spacing = 1.0;
    b->n_inner = b->height;
    if (!wants_sparse(b, rows) || spacing <= 1.0 || b->height < n_edges + (size_t)ceil(spacing))
        return;
    b->spacing = spacing;
    b->n_edge = (size_t)b->radius;
    b->n_inner = (size_t)ceil((double)(b->height - n_edges) / spacing - 0.5);
}

static bool allocate(bc_blurred *b)
{
    const size_t n_taps = (size_t)b->radius + 1;
    const size_t reach = b->width + 2 * (size_t)b->radius;
    const size_t limit = SIZE_MAX / sizeof *b->values / b->max_making / b->n_channels;

    if (reach < b->width || reach > limit)
        return false;
    b->taps = malloc(n_taps * sizeof *b->taps);
    b->taps_f32 = malloc(n_taps * sizeof *b->taps_f32);
    b->making = malloc(b->max_making * sizeof *b->making);
    b->values = malloc(b->max_making * reach * b->n_channels * sizeof *b->values);
    for (size_t i = 0; b->making && b->values && i < b->max_making; i++)
        b->making[i].values = b->values + i * reach * b->n_channels + b->margin;
    return b->taps && b->taps_f32 && b->making && b->values;
}

bc_status bc_blurred_new(uint32_t width, uint32_t height, uint32_t n_channels, double sigma,
                         bc_blurred_rows rows, bc_blurred **out, bc_error *err)
{
    bc_blurred *b = NULL;

    if (width == 0 || height == 0 || n_channels == 0)
        return bci_fail(err, BC_E_USAGE,
                        "blurred error: a picture of %u x %u pixels and %u channel(s), "
                        "expected at least 1 of each",
                        width, height, n_channels);
    if (!(sigma > 0.0 && sigma <= max_sigma))
        return bci_fail(err, BC_E_USAGE,
                        "blurred error: sigma %g pixels, expected more than 0 "
                        "and up to %g",
                        sigma, max_sigma);
    b = calloc(1, sizeof *b);
    if (!b)
        return bci_fail(err, BC_E_LIMIT, "blurred error: out of memory");
    b->width = width;
    b->height = height;
    b->n_channels = n_channels;
    b->radius = (ptrdiff_t)ceil(4.0 * sigma);
    b->max_making = 2 * (size_t)b->radius + 1;
    b->margin = (size_t)b->radius * n_channels;
    if (!allocate(b)) {
        bc_blurred_free(b);
        return bci_fail(err, BC_E_LIMIT, "blurred error: out of memory for rows of %u pixel(s)",
                        width);
    }
    choose_rows(b, sigma, rows);
    bci_window_gaussian(sigma, (int)b->radius, b->taps);
    for (ptrdiff_t k = 0; k <= b->radius; k++)
        b->taps_f32[k] = (float)b->taps[k];
    *out = b;
    return BC_OK;
}

void bc_blurred_free(bc_blurred *b)
{
    if (!b)
        return;
    free(b->taps);
    free(b->taps_f32);
    free(b->making);
    free(b->values);
    free(b);
}

/* The weight of row y in the blurred row at `center`: one tap, and near an edge also those of
 * the mirror images of y. */
static float weight_of(const bc_blurred *b, size_t center, size_t y)
{
    const ptrdiff_t c = (ptrdiff_t)center, n = (ptrdiff_t)b->height;
    double sum = 0.0;

    if (c >= b->radius && c + b->radius < n)
        return b->taps_f32[c > (ptrdiff_t)y ? c - (ptrdiff_t)y : (ptrdiff_t)y - c];
    for (ptrdiff_t d = -b->radius; d <= b->radius; d++)
        if (bci_window_mirrored(c + d, n) == y)
            sum += b->taps[d < 0 ? -d : d];
    return (float)sum;
}

static void add_weighted(float *restrict sum, const float *restrict e, float weight, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += weight * e[i];
}

/* Blur n values along, `stride` apart and valid for radius * stride on both sides, and add
 * their squares. */
static void add_squares(squares *sum, const float *row, size_t n, size_t stride, const float *taps,
                        size_t radius)
{
    squares s = *sum;
    float out[ALONG_CHUNK];

    for (size_t at = 0; at < n; at += ALONG_CHUNK) {
        const float *x = row + at;
        const size_t m = n - at < ALONG_CHUNK ? n - at : ALONG_CHUNK;
        size_t i = 0;

        for (size_t j = 0; j < m; j++)
            out[j] = taps[0] * x[j];
        for (size_t k = 1; k <= radius; k++) {
            const float *before = x - k * stride, *after = x + k * stride;

            for (size_t j = 0; j < m; j++)
                out[j] += taps[k] * (before[j] + after[j]);
        }
        for (; i + N_LANES <= m; i += N_LANES)
            for (size_t j = 0; j < N_LANES; j++)
                s.lanes[j] += (double)out[i + j] * (double)out[i + j];
        for (; i < m; i++)
            s.lanes[i % N_LANES] += (double)out[i] * (double)out[i];
    }
    *sum = s;
}

/* Give a blurred row its mirrored ends. */
static void mirror_ends(const bc_blurred *b, float *row)
{
    const ptrdiff_t n = (ptrdiff_t)b->width, channels = (ptrdiff_t)b->n_channels;

    for (ptrdiff_t k = 0; k < b->radius; k++) {
        const size_t before = bci_window_mirrored(-1 - k, n) * b->n_channels;
        const size_t after = bci_window_mirrored(n + k, n) * b->n_channels;

        for (ptrdiff_t c = 0; c < channels; c++) {
            row[(-1 - k) * channels + c] = row[before + (size_t)c];
            row[(n + k) * channels + c] = row[after + (size_t)c];
        }
    }
}

/* Begin the blurred rows that row y is the first part of. */
static void begin_rows(bc_blurred *b, size_t y)
{
    const size_t n_rows = 2 * b->n_edge + b->n_inner;

    for (; b->n_begun < n_rows; b->n_begun++) {
        const size_t center = center_of(b, b->n_begun);

        if (center > y + (size_t)b->radius)
            return;
        assert(b->n_making < b->max_making);
        blurred_row *r = &b->making[b->n_making++];

        r->center = center;
        memset(r->values, 0, b->width * b->n_channels * sizeof *r->values);
    }
}

/* Sum up the blurred rows that row y was the last part of. Their memory is the next to be used
 * again, while it is in the cache. */
static void finish_rows(bc_blurred *b, size_t y)
{
    while (b->n_making) {
        const blurred_row r = b->making[0];
        const bool is_edge = r.center < b->n_edge || r.center >= b->height - b->n_edge;

        if (r.center + (size_t)b->radius > y && y + 1 < b->height)
            return;
        mirror_ends(b, r.values);
        add_squares(is_edge ? &b->edge : &b->inner, r.values, b->width * b->n_channels,
                    b->n_channels, b->taps_f32, (size_t)b->radius);
        b->n_making--;
        memmove(b->making, b->making + 1, b->n_making * sizeof r);
        b->making[b->n_making] = r;
    }
}

void bc_blurred_add_row(bc_blurred *b, const float *e)
{
    const size_t n = b->width * b->n_channels, y = b->row;

    assert(y < b->height);
    begin_rows(b, y);
    for (size_t at = 0; at < n; at += DOWN_CHUNK) {
        const size_t m = n - at < DOWN_CHUNK ? n - at : DOWN_CHUNK;

        for (size_t j = 0; j < b->n_making; j++)
            add_weighted(b->making[j].values + at, e + at, weight_of(b, b->making[j].center, y), m);
    }
    finish_rows(b, y);
    b->row++;
}

double bc_blurred_mean_square(const bc_blurred *b)
{
    const double n_inner_rows = (double)(b->height - 2 * b->n_edge);
    double edge = 0.0, inner = 0.0;

    if (b->row < b->height)
        return NAN;
    for (int j = 0; j < N_LANES; j++) {
        edge += b->edge.lanes[j];
        inner += b->inner.lanes[j];
    }
    return (edge + inner * (n_inner_rows / (double)b->n_inner)) /
           ((double)b->height * (double)b->width * (double)b->n_channels);
}

double bc_blurred_psnr_db(const bc_blurred *b)
{
    const double mean_square = bc_blurred_mean_square(b);

    return mean_square == 0.0 ? (double)INFINITY : -10.0 * log10(mean_square);
}

double bc_blurred_row_spacing(const bc_blurred *b)
{
    return b->spacing;
}
