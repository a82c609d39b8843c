/* Knows structural similarity, from rows.
 *
 * Averaging down and luma are linear, so that rows are added up first, then columns, then
 * channels: full-size rows cost one addition per value. What follows runs on the small picture,
 * in double, because variances come from differences of nearly equal means. */
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "bitcrush/quality.h"
#include "measure/window.h"

enum {
    WINDOW = 11,
    RADIUS = WINDOW / 2,
    USUAL_SIDE = 256, /* the size SSIM was fitted at: larger pictures are averaged down to it */
};

/* What a window tells of both pictures: means of x, y, x^2, y^2, x y. */
enum { X, Y, XX, YY, XY, N_MOMENTS };

static const double window_sigma = 1.5;
static const double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03; /* (K L)^2, L = 1 */
static const double luma_of[3] = { 0.2126, 0.7152, 0.0722 };

/* One picture of the pair. */
typedef struct {
    uint32_t max;
    float *sums; /* of the rows of a block, by column and channel */
} side;

struct bc_ssim {
    size_t width, height, n_channels, factor;
    size_t small_width, small_height; /* averaged down */
    size_t n_windows;                 /* in a row: small_width - 10, or 0 */
    ptrdiff_t before;                 /* pixels of the first block beyond the edge */
    size_t row, small_row;            /* rows done */
    side x, y;
    double taps[RADIUS + 1];
    double *moments; /* N_MOMENTS small rows */
    double *along;   /* a row of windows, weighted along */
    double *windows; /* WINDOW rows of windows in the making x N_MOMENTS x n_windows */
    double sum;
    double n_summed;
};

static bool allocate(bc_ssim *s)
{
    const size_t n = s->width * s->n_channels;

    /* None of these takes 64 doubles a column. */
    if (s->width > SIZE_MAX / 64 / sizeof *s->windows)
        return false;
    s->x.sums = calloc(n, sizeof *s->x.sums);
    s->y.sums = calloc(n, sizeof *s->y.sums);
    s->moments = malloc(N_MOMENTS * s->small_width * sizeof *s->moments);
    s->along = malloc((s->n_windows + 1) * sizeof *s->along);
    s->windows = malloc(WINDOW * N_MOMENTS * (s->n_windows + 1) * sizeof *s->windows);
    return s->x.sums && s->y.sums && s->moments && s->along && s->windows;
}

bc_status bc_ssim_new(uint32_t width, uint32_t height, uint32_t n_channels, uint32_t x_max,
                      uint32_t y_max, bc_ssim **out, bc_error *err)
{
    const uint32_t smaller = width < height ? width : height;
    bc_ssim *s = NULL;

    if (width == 0 || height == 0 || (n_channels != 1 && n_channels != 3))
        return bci_fail(err, BC_E_USAGE,
                        "SSIM: a picture of %u x %u pixels and %u channel(s), "
                        "expected at least 1 x 1 and 1 or 3 channels",
                        width, height, n_channels);
    if (x_max < 1 || x_max > UINT16_MAX || y_max < 1 || y_max > UINT16_MAX)
        return bci_fail(err, BC_E_USAGE, "SSIM: full scales %u and %u, expected 1 to 65535", x_max,
                        y_max);
    s = calloc(1, sizeof *s);
    if (!s)
        return bci_fail(err, BC_E_LIMIT, "SSIM: out of memory");
    s->width = width;
    s->height = height;
    s->n_channels = n_channels;
    s->factor = smaller / USUAL_SIDE + (smaller % USUAL_SIDE >= USUAL_SIDE / 2);
    s->factor = s->factor ? s->factor : 1;
    s->before = (ptrdiff_t)((s->factor - 1) / 2);
    s->small_width = (width - 1) / s->factor + 1;
    s->small_height = (height - 1) / s->factor + 1;
    s->n_windows = s->small_width < WINDOW ? 0 : s->small_width - WINDOW + 1;
    s->x.max = x_max;
    s->y.max = y_max;
    bci_window_gaussian(window_sigma, RADIUS, s->taps);
    if (!allocate(s)) {
        bc_ssim_free(s);
        return bci_fail(err, BC_E_LIMIT, "SSIM: out of memory for rows of %u pixel(s)", width);
    }
    *out = s;
    return BC_OK;
}

void bc_ssim_free(bc_ssim *s)
{
    if (!s)
        return;
    free(s->x.sums);
    free(s->y.sums);
    free(s->moments);
    free(s->along);
    free(s->windows);
    free(s);
}

/* The window numbered `top` from the top, in its place of the ring. */
static double *windows_of(const bc_ssim *s, size_t top, int moment)
{
    return s->windows + (top % WINDOW * N_MOMENTS + (size_t)moment) * s->n_windows;
}

/* The weight of the pixel k from the first of a window. */
static double tap(const bc_ssim *s, size_t k)
{
    return s->taps[k > RADIUS ? k - RADIUS : RADIUS - k];
}

/* Add the small row of one moment to all windows that it is part of. */
static void add_moment(bc_ssim *s, int moment)
{
    const double *row = s->moments + (size_t)moment * s->small_width;
    const size_t n = s->n_windows, y = s->small_row;

    for (size_t i = 0; i < n; i++)
        s->along[i] = s->taps[RADIUS] * row[i];
    for (size_t k = 1; k < WINDOW; k++) {
        const double weight = tap(s, k);

        for (size_t i = 0; i < n; i++)
            s->along[i] += weight * row[i + k];
    }
    for (size_t k = 0; k < WINDOW && k <= y; k++) {
        double *restrict to = windows_of(s, y - k, moment);
        const double weight = tap(s, k);

        for (size_t i = 0; i < n; i++)
            to[i] = (k ? to[i] : 0.0) + weight * s->along[i];
    }
}

/* SSIM of a finished row of windows. Equation 13 of the paper; var is E[x^2] - E[x]^2. */
static void sum_windows(bc_ssim *s, size_t top)
{
    const double *mean_x = windows_of(s, top, X), *mean_y = windows_of(s, top, Y);
    const double *mean_xx = windows_of(s, top, XX), *mean_yy = windows_of(s, top, YY);
    const double *mean_xy = windows_of(s, top, XY);
    double sum = 0.0;

    for (size_t i = 0; i < s->n_windows; i++) {
        const double xx = mean_x[i] * mean_x[i], yy = mean_y[i] * mean_y[i];
        const double xy = mean_x[i] * mean_y[i];
        const double var_x = mean_xx[i] - xx, var_y = mean_yy[i] - yy;
        const double covariance = mean_xy[i] - xy;

        sum += (2.0 * xy + c1) * (2.0 * covariance + c2) / ((xx + yy + c1) * (var_x + var_y + c2));
    }
    s->sum += sum;
    s->n_summed += (double)s->n_windows;
}

/* The sum of one channel over block j of columns. */
static double sum_block(const bc_ssim *s, const float *sums, size_t j, size_t channel)
{
    const ptrdiff_t first = (ptrdiff_t)(j * s->factor) - s->before, n = (ptrdiff_t)s->width;
    const ptrdiff_t end = first + (ptrdiff_t)s->factor;
    double sum = 0.0;

    if (first < 0 || end > n) {
        for (ptrdiff_t i = first; i < end; i++)
            sum += (double)sums[bci_window_mirrored(i, n) * s->n_channels + channel];
        return sum;
    }
    for (size_t i = (size_t)first; i < (size_t)end; i++)
        sum += (double)sums[i * s->n_channels + channel];
    return sum;
}

/* Luma 0..1 of a row of blocks. Sums of samples are integers and the division is the only
 * rounding, so that equal values on different full scales stay equal. */
static void average(const bc_ssim *s, const side *picture, double *luma)
{
    const double area = (double)s->factor * (double)s->factor * picture->max;

    for (size_t j = 0; j < s->small_width; j++) {
        luma[j] = s->n_channels == 1 ? sum_block(s, picture->sums, j, 0) / area : 0.0;
        for (size_t c = 0; c < s->n_channels && s->n_channels == 3; c++)
            luma[j] += luma_of[c] * (sum_block(s, picture->sums, j, c) / area);
    }
}

/* A row of blocks is complete: average it, add it to its windows, begin the next. */
static void finish_blocks(bc_ssim *s)
{
    const size_t n = s->small_width, n_sums = s->width * s->n_channels;
    double *x = s->moments + X * n, *y = s->moments + Y * n;
    double *xx = s->moments + XX * n, *yy = s->moments + YY * n, *xy = s->moments + XY * n;

    average(s, &s->x, x);
    average(s, &s->y, y);
    for (size_t i = 0; i < n; i++) {
        xx[i] = x[i] * x[i];
        yy[i] = y[i] * y[i];
        xy[i] = x[i] * y[i];
    }
    for (int m = 0; m < N_MOMENTS; m++)
        add_moment(s, m);
    s->small_row++;
    if (s->small_row >= WINDOW)
        sum_windows(s, s->small_row - WINDOW);
    memset(s->x.sums, 0, n_sums * sizeof *s->x.sums);
    memset(s->y.sums, 0, n_sums * sizeof *s->y.sums);
}

/* How many rows of its block row y stands for: 2 where it is its own mirror image too, 0 past
 * the last block. Mirror images never leave the block at the edge. */
static int times_of(const bc_ssim *s, ptrdiff_t y)
{
    const ptrdiff_t n = (ptrdiff_t)s->height;
    const ptrdiff_t end = (ptrdiff_t)(s->small_height * s->factor) - s->before;

    return (y < end) + (y < s->before) + (2 * n - 1 - y < end);
}

static bool ends_block(const bc_ssim *s, ptrdiff_t y)
{
    const bool is_last = y + 1 == (ptrdiff_t)s->height;
    const bool is_full = (y + 1 + s->before) % (ptrdiff_t)s->factor == 0;

    return s->small_row < s->small_height && (is_last || is_full);
}

static void add_f32(float *restrict sums, const float *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sums[i] += row[i];
}

/* Sums of integers are exact in float below 2^24: 16-bit samples up to a factor of 256. */
static void add_u8(float *restrict sums, const uint8_t *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sums[i] += (float)row[i];
}

static void add_u16(float *restrict sums, const uint16_t *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sums[i] += (float)row[i];
}

static void end_row(bc_ssim *s)
{
    if (ends_block(s, (ptrdiff_t)s->row))
        finish_blocks(s);
    s->row++;
}

void bc_ssim_add_row(bc_ssim *s, const float *x, const float *y)
{
    const size_t n = s->width * s->n_channels;

    assert(s->row < s->height);
    for (int times = times_of(s, (ptrdiff_t)s->row); times > 0; times--) {
        add_f32(s->x.sums, x, n);
        add_f32(s->y.sums, y, n);
    }
    end_row(s);
}

void bc_ssim_add_samples(bc_ssim *s, const void *x, const uint16_t *y)
{
    const size_t n = s->width * s->n_channels;

    assert(s->row < s->height);
    for (int times = times_of(s, (ptrdiff_t)s->row); times > 0; times--) {
        if (s->x.max > UINT8_MAX)
            add_u16(s->x.sums, x, n);
        else
            add_u8(s->x.sums, x, n);
        add_u16(s->y.sums, y, n);
    }
    end_row(s);
}

uint32_t bc_ssim_factor(const bc_ssim *s)
{
    return (uint32_t)s->factor;
}

double bc_ssim_mean(const bc_ssim *s)
{
    return s->row < s->height || s->n_summed == 0.0 ? (double)NAN : s->sum / s->n_summed;
}
