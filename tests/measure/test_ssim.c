/* Structural similarity: closed forms, the formula of the paper in double, and scikit-image. */
#include <stdlib.h>
#include <string.h>

#include "../core/bits.h"
#include "../core/expect.h"
#include "bitcrush/quality.h"
#include "pictures.h"

static const double c1 = 1e-4, c2 = 9e-4; /* (0.01 L)^2 and (0.03 L)^2, L = 1 */

static bc_ssim *begin(size_t width, size_t height, size_t n_channels, uint32_t x_max,
                      uint32_t y_max)
{
    bc_ssim *s = NULL;
    bc_error err = { .status = BC_OK };

    EXPECT(bc_ssim_new((uint32_t)width, (uint32_t)height, (uint32_t)n_channels, x_max, y_max, &s,
                       &err) == BC_OK,
           "%zu x %zu x %zu: %s", width, height, n_channels, err.text);
    return s;
}

static double ssim_of(const float *x, const float *y, size_t width, size_t height,
                      size_t n_channels)
{
    bc_ssim *s = begin(width, height, n_channels, 1, 1);
    double mean;

    for (size_t row = 0; row < height; row++)
        bc_ssim_add_row(s, x + row * width * n_channels, y + row * width * n_channels);
    mean = bc_ssim_mean(s);
    bc_ssim_free(s);
    return mean;
}

/* The same of integers; samples beyond 8 bits are handed over as they are. */
static double ssim_of_samples(const uint16_t *x, uint32_t x_max, const uint16_t *y, uint32_t y_max,
                              size_t width, size_t height, size_t n_channels)
{
    const size_t n = width * n_channels;
    bc_ssim *s = begin(width, height, n_channels, x_max, y_max);
    uint8_t *bytes = malloc(n);
    double mean;

    assert_non_null(bytes);
    for (size_t row = 0; row < height; row++, x += n, y += n) {
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)x[i];
        bc_ssim_add_samples(s, x_max > 255 ? (const void *)x : bytes, y);
    }
    mean = bc_ssim_mean(s);
    free(bytes);
    bc_ssim_free(s);
    return mean;
}

/* The window of the paper, an 11 x 11 Gaussian of sigma 1.5 that sums to 1. */
static double weights[11][11];

static int make_weights(void **state)
{
    double total = 0.0;

    (void)state;
    for (int j = 0; j < 11; j++)
        for (int i = 0; i < 11; i++) {
            const int dx = i - 5, dy = j - 5;

            total += weights[j][i] = exp(-(dx * dx + dy * dy) / (2.0 * 1.5 * 1.5));
        }
    for (int j = 0; j < 11; j++)
        for (int i = 0; i < 11; i++)
            weights[j][i] /= total;
    return 0;
}

/* Mean and covariance in the window whose first pixel is *p, *q, as the paper defines them
 * (equations 14 to 16): deviations from the mean first. */
static double window_mean(const double *p, size_t width)
{
    double sum = 0.0;

    for (size_t j = 0; j < 11; j++)
        for (size_t i = 0; i < 11; i++)
            sum += weights[j][i] * p[j * width + i];
    return sum;
}

static double window_covariance(const double *p, const double *q, size_t width)
{
    const double mean_p = window_mean(p, width), mean_q = window_mean(q, width);
    double sum = 0.0;

    for (size_t j = 0; j < 11; j++)
        for (size_t i = 0; i < 11; i++)
            sum += weights[j][i] * (p[j * width + i] - mean_p) * (q[j * width + i] - mean_q);
    return sum;
}

static double formula(double mean_x, double mean_y, double var_x, double var_y, double covariance)
{
    return (2.0 * mean_x * mean_y + c1) * (2.0 * covariance + c2) /
           ((mean_x * mean_x + mean_y * mean_y + c1) * (var_x + var_y + c2));
}

static double literal_ssim(const double *x, const double *y, size_t width, size_t height)
{
    double sum = 0.0;

    for (size_t top = 0; top + 11 <= height; top++)
        for (size_t left = 0; left + 11 <= width; left++) {
            const double *p = x + top * width + left, *q = y + top * width + left;

            sum += formula(window_mean(p, width), window_mean(q, width),
                           window_covariance(p, p, width), window_covariance(q, q, width),
                           window_covariance(p, q, width));
        }
    return sum / (double)((width - 10) * (height - 10));
}

/* Luma of BT.709 over coded values, from interleaved samples. */
static double *literal_luma(const uint16_t *samples, uint32_t max, size_t n_pixels,
                            size_t n_channels)
{
    double *luma = malloc(n_pixels * sizeof *luma);

    assert_non_null(luma);
    for (size_t i = 0; i < n_pixels; i++) {
        const uint16_t *p = samples + i * n_channels;

        luma[i] = (n_channels == 1 ? p[0] : 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]) / max;
    }
    return luma;
}

/* imfilter(picture, ones(f, f) / f^2, 'symmetric') and every f-th pixel of it: for MATLAB the
 * middle of a window of f is its pixel number floor((f + 1) / 2), counted from 1. Frees the
 * picture. */
static double *literal_average(double *picture, size_t width, size_t height, size_t f)
{
    const size_t w = (width + f - 1) / f, h = (height + f - 1) / f;
    const ptrdiff_t to_middle = (ptrdiff_t)((f + 1) / 2) - 1;
    double *small = malloc(w * h * sizeof *small);

    assert_non_null(small);
    for (size_t k = 0; k < w * h; k++) {
        double sum = 0.0;

        for (size_t j = 0; j < f; j++)
            for (size_t i = 0; i < f; i++) {
                const ptrdiff_t y = (ptrdiff_t)(k / w * f + j) - to_middle;
                const ptrdiff_t x = (ptrdiff_t)(k % w * f + i) - to_middle;

                sum += picture[(size_t)reflected(y, (ptrdiff_t)height) * width +
                               (size_t)reflected(x, (ptrdiff_t)width)];
            }
        small[k] = sum / (double)(f * f);
    }
    free(picture);
    return small;
}

static double literal_ssim_of_samples(const uint16_t *x, uint32_t x_max, const uint16_t *y,
                                      uint32_t y_max, size_t width, size_t height,
                                      size_t n_channels, size_t f)
{
    double *p = literal_luma(x, x_max, width * height, n_channels);
    double *q = literal_luma(y, y_max, width * height, n_channels);
    double result;

    if (f > 1) {
        p = literal_average(p, width, height, f);
        q = literal_average(q, width, height, f);
    }
    result = literal_ssim(p, q, (width + f - 1) / f, (height + f - 1) / f);
    free(p);
    free(q);
    return result;
}

static uint16_t *random_samples(size_t n, uint32_t max, uint64_t seed)
{
    uint16_t *samples = malloc(n * sizeof *samples);

    assert_non_null(samples);
    for (size_t i = 0; i < n; i++)
        samples[i] = (uint16_t)(random_bits(&seed) % (max + 1));
    return samples;
}

static void copies(void **state)
{
    static const struct {
        size_t width, height;
    } sizes[] = { { 11, 11 }, { 40, 30 }, { 390, 384 }, { 700, 650 } };

    (void)state;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t w = sizes[k].width, h = sizes[k].height;

        for (size_t n = 1; n <= 3; n += 2) {
            uint16_t *x = random_samples(w * h * n, 15, k), *y = malloc(w * h * n * sizeof *y);
            float *f = malloc(w * h * n * sizeof *f);

            assert_true(y && f);
            for (size_t i = 0; i < w * h * n; i++) {
                y[i] = (uint16_t)(17 * x[i]); /* the same value of 255 as x of 15 */
                f[i] = (float)x[i] / 15.0f;
            }
            EXPECT(ssim_of(f, f, w, h, n) == 1.0, "%zu x %zu x %zu, floats", w, h, n);
            EXPECT(ssim_of_samples(x, 15, x, 15, w, h, n) == 1.0, "%zu x %zu x %zu", w, h, n);
            EXPECT(ssim_of_samples(x, 15, y, 255, w, h, n) == 1.0,
                   "%zu x %zu x %zu, another full scale", w, h, n);
            free(x);
            free(y);
            free(f);
        }
    }
}

/* Flat pictures have luminance only: (2 a b + C1) / (a^2 + b^2 + C1). */
static void flat_pictures(void **state)
{
    static const double pairs[][2] = { { 0.5, 0.25 }, { 0.0, 1.0 }, { 0.0, 0.0 }, { 1.0, 0.875 } };
    static float x[500 * 400], y[500 * 400];
    static const size_t sizes[][2] = { { 20, 13 }, { 500, 400 } };

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        const double a = pairs[k][0], b = pairs[k][1];

        for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
            x[i] = (float)a;
            y[i] = (float)b;
        }
        for (size_t z = 0; z < 2; z++)
            EXPECT_NEAR(ssim_of(x, y, sizes[z][0], sizes[z][1], 1),
                        (2.0 * a * b + c1) / (a * a + b * b + c1), 1e-12, "%g and %g, width %zu", a,
                        b, sizes[z][0]);
    }
}

/* Checkerboards m + a (-1)^(i + j) and m + b (-1)^(i + j): with A the alternating sum of the
 * weights along one side, a window's mean is m +- a A^2 and its variance a^2 (1 - A^4). The
 * negative of a picture is the row b = -a. */
static void checkerboards(void **state)
{
    static const double rows[][3] = { { 0.5, 0.25, 0.125 }, { 0.5, 0.25, 0.5 },
                                      { 0.5, 0.25, -0.25 }, { 0.5, 0.5, -0.5 },
                                      { 0.75, 0.125, 0.0 }, { 0.5, 0.015625, 0.03125 } };
    enum { SIDE = 20 }; /* 100 windows, half of either sign */
    static float x[SIDE * SIDE], y[SIDE * SIDE];
    double alternating = 0.0, total = 0.0;

    (void)state;
    for (int k = -5; k <= 5; k++) {
        alternating += (k & 1 ? -1.0 : 1.0) * exp(-k * k / 4.5);
        total += exp(-k * k / 4.5);
    }
    const double A = alternating / total, A2 = A * A, rest = 1.0 - A2 * A2;

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const double m = rows[r][0], a = rows[r][1], b = rows[r][2];
        double want = 0.0;

        for (size_t i = 0; i < SIDE * SIDE; i++) {
            const double sign = (i % SIDE + i / SIDE) & 1 ? -1.0 : 1.0;

            x[i] = (float)(m + a * sign);
            y[i] = (float)(m + b * sign);
        }
        for (double sign = -1.0; sign <= 1.0; sign += 2.0)
            want += 0.5 * formula(m + sign * a * A2, m + sign * b * A2, a * a * rest, b * b * rest,
                                  a * b * rest);
        EXPECT_NEAR(ssim_of(x, y, SIDE, SIDE, 1), want, 1e-11, "m %g, a %g, b %g", m, a, b);
        EXPECT(b >= 0.0 || ssim_of(x, y, SIDE, SIDE, 1) < -0.98, "negative of m %g, a %g", m, a);
    }
}

/* Noise against other noise, reduced noise and its negative, of every width of samples. */
static void literal_formula(void **state)
{
    enum { WIDTH = 40, HEIGHT = 30 };
    static const struct {
        uint32_t x_max, y_max;
    } scales[] = { { 255, 15 }, { 255, 255 }, { 65535, 255 }, { 1, 1 }, { 65535, 65535 } };

    (void)state;
    for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
        const uint32_t x_max = scales[k].x_max, y_max = scales[k].y_max;

        for (size_t n = 1; n <= 3; n += 2) {
            const size_t n_samples = WIDTH * HEIGHT * n;
            uint16_t *x = random_samples(n_samples, x_max, 7 + k);
            uint16_t *y = random_samples(n_samples, y_max, 70 + k);

            for (int relation = 0; relation < 3; relation++) {
                for (size_t i = 0; i < n_samples && relation == 1; i++)
                    y[i] = (uint16_t)((x[i] * y_max + x_max / 2) / x_max);
                for (size_t i = 0; i < n_samples && relation == 2; i++)
                    y[i] = (uint16_t)(y_max - y[i]);

                const double want =
                    literal_ssim_of_samples(x, x_max, y, y_max, WIDTH, HEIGHT, n, 1);

                /* Variances here are differences of means near 1, in double. */
                EXPECT_NEAR(ssim_of_samples(x, x_max, y, y_max, WIDTH, HEIGHT, n), want, 1e-12,
                            "scales %u and %u, %zu channels, relation %d", x_max, y_max, n,
                            relation);
                EXPECT(relation != 2 || want < -0.9, "a negative has %g", want);
            }
            free(x);
            free(y);
        }
    }
}

/* Sizes at which blocks stick out on every side, end flush or are left over. */
static void averaging(void **state)
{
    static const struct {
        size_t width, height, n_channels, factor;
    } rows[] = {
        { 384, 400, 1, 2 }, { 385, 384, 3, 2 }, { 640, 701, 1, 3 },   { 701, 641, 3, 3 },
        { 896, 897, 1, 4 }, { 898, 899, 1, 4 }, { 1153, 1152, 1, 5 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const size_t w = rows[r].width, h = rows[r].height, n = rows[r].n_channels;
        uint16_t *x = random_samples(w * h * n, 255, r), *y = malloc(w * h * n * sizeof *y);

        assert_non_null(y);
        for (size_t i = 0; i < w * h * n; i++) {
            x[i] = (uint16_t)((x[i] + 7 * waves(i / n % w, i / n / w)) / 8);
            y[i] = x[i] >= 128;
        }
        EXPECT_NEAR(ssim_of_samples(x, 255, y, 1, w, h, n),
                    literal_ssim_of_samples(x, 255, y, 1, w, h, n, rows[r].factor), 1e-12,
                    "%zu x %zu x %zu", w, h, n);
        free(x);
        free(y);
    }
}

static void factors(void **state)
{
    static const struct {
        size_t width, height;
        uint32_t factor; /* max(1, round(min(width, height) / 256)) as MATLAB rounds */
    } rows[] = {
        { 1, 1, 1 },      { 256, 256, 1 },    { 383, 383, 1 },    { 384, 384, 2 },
        { 9000, 383, 1 }, { 512, 512, 2 },    { 639, 900, 2 },    { 900, 640, 3 },
        { 1200, 800, 3 }, { 6000, 4000, 16 }, { 4000, 6000, 16 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_ssim *s = begin(rows[r].width, rows[r].height, 1, 255, 255);

        EXPECT(bc_ssim_factor(s) == rows[r].factor, "%zu x %zu: %u", rows[r].width, rows[r].height,
               bc_ssim_factor(s));
        bc_ssim_free(s);
    }
}

/* Numbers of skimage.metrics.structural_similarity (0.19.3; gaussian_weights, sigma 1.5,
 * use_sample_covariance false, data_range 1) for pictures and their nearest 1-bit copies; large
 * ones averaged down by NumPy before. */
static void scikit_image_numbers(void **state)
{
    static const struct {
        size_t width, height, n_channels;
        double ssim;
    } rows[] = {
        { 40, 30, 1, 0.7362985656795024 },    { 40, 30, 3, 0.7619192017322636 },
        { 11, 11, 1, 0.7221325505095374 },    { 300, 200, 3, 0.765594690304625 },
        { 384, 400, 0, 0.680523983036198 },   { 701, 650, 0, 0.7762529338674425 },
        { 900, 1030, 0, 0.7815973335028267 },
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const bool is_waves = rows[r].n_channels == 0;
        const size_t w = rows[r].width, h = rows[r].height, n = is_waves ? 1 : rows[r].n_channels;
        uint16_t *x = malloc(w * h * n * sizeof *x), *y = malloc(w * h * n * sizeof *y);

        assert_true(x && y);
        for (size_t i = 0; i < w * h * n; i++) {
            const size_t column = i / n % w, row = i / n / w;

            x[i] = (uint16_t)(is_waves ? waves(column, row) : restless(column, row, i % n));
            y[i] = x[i] >= 128;
        }
        EXPECT_NEAR(ssim_of_samples(x, 255, y, 1, w, h, n), rows[r].ssim, 1e-12, "%zu x %zu x %zu",
                    w, h, n);
        free(x);
        free(y);
    }
}

/* Floats carry values within 2^-25 and sums of a few of them: 1e-6 in all. */
static void floats_and_integers(void **state)
{
    static const size_t sizes[][2] = { { 50, 40 }, { 800, 700 } };

    (void)state;
    for (size_t z = 0; z < 2; z++) {
        const size_t w = sizes[z][0], h = sizes[z][1], n = w * h * 3;
        uint16_t *x = random_samples(n, 255, 1), *y = random_samples(n, 15, 2);
        float *fx = malloc(n * sizeof *fx), *fy = malloc(n * sizeof *fy);

        assert_true(fx && fy);
        for (size_t i = 0; i < n; i++) {
            fx[i] = (float)x[i] / 255.0f;
            fy[i] = (float)y[i] / 15.0f;
        }
        EXPECT_NEAR(ssim_of(fx, fy, w, h, 3), ssim_of_samples(x, 255, y, 15, w, h, 3), 1e-6,
                    "%zu x %zu", w, h);
        EXPECT(ssim_of(fx, fy, w, h, 3) == ssim_of(fy, fx, w, h, 3), "%zu x %zu, exchanged", w, h);
        free(x);
        free(y);
        free(fx);
        free(fy);
    }
}

static void absent_figures(void **state)
{
    static const struct {
        size_t width, height;
        bool exists;
    } rows[] = { { 1, 1, false },   { 10, 10, false }, { 10, 50, false },
                 { 50, 10, false }, { 11, 11, true },  { 11, 50, true } };
    static float x[50 * 50];

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_ssim *s = begin(rows[r].width, rows[r].height, 1, 1, 1);

        for (size_t row = 0; row < rows[r].height; row++) {
            EXPECT(isnan(bc_ssim_mean(s)), "%zu x %zu before row %zu", rows[r].width,
                   rows[r].height, row);
            bc_ssim_add_row(s, x, x);
        }
        EXPECT(isnan(bc_ssim_mean(s)) != rows[r].exists, "%zu x %zu", rows[r].width,
               rows[r].height);
        bc_ssim_free(s);
    }
    x[20 * 50 + 20] = NAN;
    assert_true(isnan(ssim_of(x, x, 50, 50, 1)));
    bc_ssim_free(NULL);
}

static void refusals(void **state)
{
    static const uint32_t rows[][5] = { { 0, 5, 1, 255, 255 },  { 5, 0, 1, 255, 255 },
                                        { 5, 5, 0, 255, 255 },  { 5, 5, 2, 255, 255 },
                                        { 5, 5, 4, 255, 255 },  { 5, 5, 1, 0, 255 },
                                        { 5, 5, 1, 255, 0 },    { 5, 5, 1, 65536, 255 },
                                        { 5, 5, 1, 255, 65536 } };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bc_ssim *s = NULL;
        bc_error err = { .status = BC_OK };

        const bc_status st =
            bc_ssim_new(rows[r][0], rows[r][1], rows[r][2], rows[r][3], rows[r][4], &s, &err);

        assert_int_equal(st, BC_E_USAGE);
        assert_null(s);
        assert_int_equal(err.status, BC_E_USAGE);
        assert_non_null(strstr(err.text, "expected"));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SENTENCE("a copy has exactly 1 on any full scale", copies),
        SENTENCE("flat pictures differ in luminance only", flat_pictures),
        SENTENCE("checkerboards follow the closed form, negatives below 0", checkerboards),
        SENTENCE("noise follows the formula of the paper", literal_formula),
        SENTENCE("large pictures are averaged down as ssim.m does", averaging),
        SENTENCE("the factor follows the smaller side", factors),
        SENTENCE("scikit-image finds the same numbers", scikit_image_numbers),
        SENTENCE("floats and integers agree, pictures can be exchanged", floats_and_integers),
        SENTENCE("there is no figure without a window or before the end", absent_figures),
        SENTENCE("sizes, channels and scales out of range are refused", refusals),
    };

    return cmocka_run_group_tests_name("SSIM", tests, make_weights, NULL);
}
